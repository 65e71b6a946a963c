"""The panels that explain why the models differ: dial, two slopes, gap, standard error, intercept, and advice."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ...comparison.comparison import Comparison
from ...explain.dial import Dial, dial
from ...explain.effect_phrases import far_from_zero
from ...explain.gap_sentences import recentred_formula
from ...explain.group_frame import groups_frame, pooling_weight
from ...panels import Sentence
from ...panels.dial import dial as dial_of
from ...panels.dial import has_dial
from ...panels.model_differences import intercept, two_slopes
from ...tables.coefficients import term_label
from ...text.labels import an, group_phrase, literal, noun, plural
from ...text.numbers import count, decimals_for, percent
from ..kit import address_widgets
from ..kit.binding import bind
from ..kit.dial import sync_dial
from ..kit.page_elements import heading, numbers_table, paragraph, plain
from ..kit.panel import figure, head, show
from ..server import comparison_cache
from ..server.cache import cached
from ..session import state
from ..session.state import Analysis
from ..session.views import View, drawn_mark, mark_group, picture_of, redraw


@cached(100)
def dial_of_term(table: str, formula: str, reml: bool, term: str) -> Dial:
    """The dial of a coefficient."""
    return dial(comparison_cache.comparison(table, formula, reml), term)


def dial_panel(analysis: Analysis, comparison: Comparison, view: View) -> bool:
    """The coefficient from OLS to dummies, to be dragged; False where there is none."""
    picture = picture_of(analysis, view)
    if not has_dial(comparison, picture, view.x, view.term):
        return False
    result = dial_of_term(*analysis.key, view.term)
    show(dial_of(comparison, picture, view.term, result, highlight=view.highlight), analysis.key)
    sync_dial(f"{view.term} {analysis.key}", result.chosen, len(result.curve) - 1)
    return True


def slopes_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """The between line, the within lines, and OLS between them, where `has_two_slopes`."""
    whole, above = replace(view, zero=False), st.container()
    picture = picture_of(analysis, whole)
    centred = picture.draws_slope(view.term) and st.toggle(
        plain(f"Centre within {plural(comparison.group)}"), **address_widgets.switch("centre", "centre within")
    )
    panel = two_slopes(comparison, picture, view.term, highlight=drawn_mark(analysis, whole), centred=centred)
    with above:
        head(panel)
        for block in panel.blocks:
            if isinstance(block, Sentence):
                paragraph(block.text)
    for drawn in panel.figures:
        figure(panel, drawn, analysis.key, mark_group)


def intercept_panel(analysis: Analysis, comparison: Comparison) -> None:
    """Why the intercepts differ, with the offer to recentre."""
    show(intercept(comparison), analysis.key)
    far = far_from_zero(comparison)
    if far:
        names = " and ".join(far)
        st.button(
            plain(f"Recentre: put the intercept at the mean of {names}"),
            key="recentre",
            on_click=_recentre,
            args=(comparison,),
        )


def _recentre(comparison: Comparison) -> None:
    state.change(formula=recentred_formula(comparison))
    redraw()


def groups_panel(comparison: Comparison, view: View) -> None:
    """Every group's weight in the coefficient, and what would change its shrinkage."""
    group, fit = noun(comparison.group), comparison.random_intercept
    labels = comparison.grouping.labels if comparison.grouping else []
    if view.term != comparison.constant:
        frame = groups_frame(comparison, view.term)
        heading(
            f"Every {group} in the {term_label(comparison, view.term)} coefficient",
            "Its share of the weight in each model, how far it pulls OLS away from the mixed model, and how far "
            "the mixed model would move without it.",
        )
        shares = ["weight_ols", "weight_mixed"] + (["kept"] if frame["kept"].notna().any() else [])
        names = {
            "group": group,
            "n": "Rows",
            "weight_ols": "Weight in OLS",
            "weight_mixed": "Weight in the mixed model",
            "pull": "Pulls OLS by",
            "kept": "Keeps of its distance from the common line",
            "influence": "Without it, the mixed model moves by",
        }
        names = {column: text for column, text in names.items() if column != "kept" or "kept" in shares}
        display = frame[list(names)].assign(**{c: 100 * frame[c] for c in shares}).rename(columns=names)
        places = min(9, decimals_for(float(comparison.one_factor.bse[view.term])) + 1)
        percents = {names[c]: 1 for c in shares}
        numbers_table(display, dict.fromkeys((names["pull"], names["influence"]), places) | percents, {}, percents)
    chosen = view.highlight or labels[0]
    n = int(comparison.moments.n[labels.index(chosen)])
    heading(
        f"What if {group_phrase(comparison.group, chosen)} had more rows, or noisier ones?",
        f"It has {count(n, 'row')}. The {group} chosen here is highlighted in all pictures.",
    )
    which, left, right = st.columns([0.28, 0.36, 0.36], vertical_alignment="bottom")
    with which:
        st.selectbox(plain(group[:1].upper() + group[1:]), labels, **bind("pick what if", chosen, mark_group))
    with left:
        most = max(4 * n, 20)
        size = st.slider("Its rows", 1, most, **address_widgets.number("rows", f"what if rows {chosen}", n, 1, most))
    with right:
        keeps = address_widgets.number("sd", f"what if sd {chosen}", 1.0, 0.2, 5.0)
        spread = st.slider("Its residual SD, times the fitted one", 0.2, 5.0, step=0.1, **keeps)
    # a row more counts as the rows of this group do on average
    counts, sd = float(comparison.moments.w[labels.index(chosen)]), fit.row_sigma
    weight = pooling_weight(comparison, size * counts / n, spread * sd)
    now = pooling_weight(comparison, counts, sd)
    paragraph(
        f"In the random-intercept model it would keep **{percent(weight)}** of its own distance from the common line (now "
        f"{percent(now)}). {literal(an(group)[:1].upper() + an(group)[1:])} with many rows close to its line is believed, one with "
        "few or scattered rows is pulled to the others."
    )
