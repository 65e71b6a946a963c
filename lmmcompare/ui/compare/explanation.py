"""The panels that explain: the dial, the two slopes, the gap, the standard error, the intercept, what to report."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from ...comparison.compare import Comparison
from ...comparison.fitted_lines import Picture
from ...explain.advice import which_to_report
from ...explain.dial import Dial, dial, dial_sentence
from ...explain.error_verdict import errors_sentence
from ...explain.gap import far_from_zero, gap_sentence, intercept_sentence, recentred_formula
from ...explain.group_pulls import attribution
from ...explain.groups import groups_frame, new_weight
from ...explain.slopes import dial_lines, simpson, slopes_sentence, two_slopes
from ...explain.standard_errors import error_table
from ...figures.attribution import attribution_bars
from ...figures.dial import dial_figure, dial_stops
from ...figures.errors import error_bars
from ...figures.two_slopes import two_slopes as two_slopes_figure
from ...tables.coefficients import term_label
from ...text.labels import an, group_phrase, literal, noun, plural
from ...text.numbers import count, decimals_for, number, percent
from ..kit import bound_widgets
from ..kit.figure_cache import drawn
from ..kit.shell import chart, chart_by_width, heading, is_dark, note, plain, say
from ..server import comparison_cache
from ..server.cache import cached
from ..session import state, view_state
from ..session.state import Analysis
from ..session.views import View, mark_group, picture_of, redraw


@cached(100)
def _dial(table: str, formula: str, reml: bool, term: str) -> Dial:
    return dial(comparison_cache.comparison(table, formula, reml), term)


def _straight(view: View, picture: Picture) -> bool:
    """Whether the chosen coefficient is the slope of the picture's own x axis."""
    return view.x is not None and view.term == view.x and picture.x_ticks is None and len(picture.points) > 0


def _two_levels(comparison: Comparison, view: View, picture: Picture) -> bool:
    """Whether it is the step between the two levels of the picture's own x axis."""
    found = comparison.coefficient(view.term)
    of_x = found.baseline is not None and found.parts[0].source == view.x
    return of_x and len(picture.x_ticks or ()) == 2


def dial_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """The coefficient from OLS to dummies, to be dragged."""
    group, picture = noun(comparison.group), picture_of(analysis, view)
    title, two = f"The dial from OLS to {group} dummies", _two_levels(comparison, view, picture)
    if not (two or _straight(view, picture)):
        heading(title)
        note(
            "The dial is drawn for a predictor with one coefficient: numeric and not transformed, or of two categories."
        )
        return
    found, method = _dial(*analysis.key, view.term), "REML" if comparison.reml else "ML"
    heading(title, dial_sentence(comparison, view.term, found))
    above = st.container()
    stops = dial_stops(found.curve, found.chosen, method)
    # the slider inside the figure takes no keys
    turned = st.segmented_control(
        "Or set it to a ratio of", list(stops), format_func=stops.__getitem__, required=True, default=found.chosen,
        key=f"turned {view.term} {analysis.key}",
    )  # fmt: skip

    def draw(narrow: bool) -> go.Figure:
        ends = (0.0, 1.0) if two else picture.x_range
        lines = dial_lines(comparison, view.term, picture, found.intercepts, found.coefficients, ends, whole=two)
        return dial_figure(
            found.curve,
            chosen=found.chosen,
            turned=turned,
            points=picture.points,
            group_x=lines.group_x,
            group_y=lines.group_y,
            population_x=np.array(ends),
            population_y=lines.population_y,
            ols_y=lines.ols_y,
            group_order=lines.groups,
            x_label=picture.x_label,
            y_label=picture.y_label,
            x_range=picture.x_range,
            y_range=picture.y_range,
            x_ticks=picture.x_ticks,
            term_label=term_label(comparison, view.term),
            group_name=group,
            method=method,
            highlight=view.highlight,
            stacked=narrow,
            dark=is_dark(),
        )

    with above:
        chart_by_width(lambda narrow: drawn(lambda: draw(narrow), analysis.key, view, narrow, turned), "dial")
    if comparison.chosen == "random_slope":
        note("The dial belongs to the random intercept; a random slope has several variances to turn.")


def slopes_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """The between line, the within lines, and OLS between them."""
    group, picture = noun(comparison.group), picture_of(analysis, View(view.x, view.term, False, view.highlight))
    straight = _straight(view, picture)
    title, sentence = slopes_sentence(comparison, view.term)
    heading(title, sentence if straight else "")
    warning = simpson(comparison, view.term)
    if warning:
        say(warning)
    if not straight:
        note(
            "The picture is drawn for a numeric predictor that stands in the formula as it is, neither transformed nor categorical."
        )
        return
    centred = st.toggle(plain(f"Centre within {plural(group)}"), key=view_state.CENTRE, persist_state="session")

    def draw() -> go.Figure:
        frames = two_slopes(comparison, view.term, picture, centred=centred)
        deviation = f" minus the {group}'s mean" if centred else ""
        cleared = " cleared of the other predictors" if frames.cleared else ""
        return two_slopes_figure(
            frames.points,
            frames.means,
            frames.within_lines,
            frames.between_line,
            frames.ols_line,
            centred=centred,
            labels=frames.labels,
            group_order=picture.group_order,
            x_label=picture.x_label + deviation,
            y_label=picture.y_label + cleared + deviation,
            x_range=frames.x_range,
            y_range=frames.y_range,
            group_name=group,
            highlight=view.highlight,
            dark=is_dark(),
        )

    chart(drawn(draw, analysis.key, view, centred), "two slopes figure", mark_group)


def gap_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """Which groups, and which level, account for the gap between OLS and the mixed model."""
    frame = attribution(comparison, view.term)
    gap = float(frame["total"].sum())
    heading(f"Which {plural(comparison.group)} pull OLS away", gap_sentence(comparison, view.term))
    if frame["share"].isna().all():
        return

    def draw() -> go.Figure:
        return attribution_bars(
            frame,
            term_label=term_label(comparison, view.term),
            group_name=comparison.group,
            gap=gap,
            highlight=view.highlight,
            dark=is_dark(),
        )

    chart(drawn(draw, analysis.key, view.term, view.highlight), "gap figure", mark_group)


def errors_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """The standard error by model, and why they differ."""
    frame = error_table(comparison, view.term)
    name = "the intercept" if view.term == comparison.constant else term_label(comparison, view.term)
    heading(f"Standard errors of {name}", errors_sentence(comparison, view.term))
    figure = drawn(lambda: error_bars(frame, term_label=name, dark=is_dark()), analysis.key, view.term)
    chart(figure, "errors figure")
    note(
        "Degrees of freedom: "
        + "; ".join(f"{r.label} {number(float(r.df), decimals=0 if r.df > 100 else 1)}" for r in frame.itertuples())
        + ". The fewer, the wider an interval of so many standard errors has to be. CR1 and CR2 allow for rows that are alike in any "
        "way (cluster-robust); CR2 is the better one with few groups, its degrees of freedom being Satterthwaite's."
    )


def intercept_panel(comparison: Comparison) -> None:
    """Why the intercepts differ, with the offer to recentre."""
    heading("And the intercept?", intercept_sentence(comparison))
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
    st.session_state.pop("formula text", None)
    st.session_state.pop("formula error", None)
    state.change(formula=recentred_formula(comparison))
    redraw()


def report_panel(comparison: Comparison, view: View) -> None:
    """Which number answers which question."""
    heading(
        f"Which {term_label(comparison, view.term)} coefficient to report",
        "It depends on the question; each has its number.",
    )
    for advice in which_to_report(comparison, view.term):
        say(f"**{advice.question}** {advice.answer}.")
        note(advice.reason)


def groups_panel(comparison: Comparison, view: View) -> None:
    """Every group's weight in the coefficient, and what would change its shrinkage."""
    group, fit = noun(comparison.group), comparison.random_intercept
    labels = comparison.design.grouping.labels if comparison.design.grouping else []
    if view.term != comparison.constant:
        frame = groups_frame(comparison, view.term)
        heading(
            f"Every {group} in the {term_label(comparison, view.term)} coefficient",
            "Its share of the weight under OLS and in the mixed model, how far it pulls OLS away from the mixed model, and how far "
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
        shown = frame[list(names)].assign(**{c: 100 * frame[c] for c in shares}).rename(columns=names)
        places = min(9, decimals_for(float(comparison.pooled.bse[view.term])) + 1)
        share, change = (
            st.column_config.NumberColumn(format="%.1f%%"),
            st.column_config.NumberColumn(format=f"%.{places}f"),
        )
        config = {names[c]: share for c in shares} | {names[c]: change for c in ("pull", "influence")}
        st.dataframe(shown, hide_index=True, column_config=config, height="content" if len(shown) <= 15 else 420)
    chosen = view.highlight or labels[0]
    n = int(comparison.moments.n[labels.index(chosen)])
    heading(
        f"What if {group_phrase(comparison.group, chosen)} had more rows, or noisier ones?",
        f"It has {count(n, 'row')}. Highlight another {group} above the main picture to try that one.",
    )
    left, right = st.columns(2)
    with left:
        most = max(4 * n, 20)
        size = st.slider("Its rows", 1, most, **bound_widgets.number("rows", f"what if rows {chosen}", n, 1, most))
    with right:
        keeps = bound_widgets.number("sd", f"what if sd {chosen}", 1.0, 0.2, 5.0)
        spread = st.slider("Its residual SD, times the fitted one", 0.2, 5.0, step=0.1, **keeps)
    # a row more counts as the rows of this group do on average
    counts, sd = float(comparison.moments.w[labels.index(chosen)]), fit.row_sigma
    weight = new_weight(comparison, size * counts / n, spread * sd)
    now = new_weight(comparison, counts, sd)
    say(
        f"In the random-intercept model it would keep **{percent(weight)}** of its own distance from the common line (now "
        f"{percent(now)}). {literal(an(group)[:1].upper() + an(group)[1:])} with many rows close to its line is believed, one with "
        "few or scattered rows is pulled to the others."
    )
