"""The compare page: the answer, the picture, what the slope is made of, then depth: the numbers first."""

import router

router.require()

from collections.abc import Callable

import streamlit as st

from lmmcompare.comparison.compare import Comparison
from lmmcompare.explain.effect import held_at_zero
from lmmcompare.explain.residual_structure import left_out_sentence
from lmmcompare.panels.advice import advice
from lmmcompare.panels.answer import answer
from lmmcompare.panels.coefficients import all_coefficients, coefficient
from lmmcompare.panels.effects_at import effects_forest_panel, effects_table_panel
from lmmcompare.panels.model_table import numbers
from lmmcompare.panels.shrinkage import arrows
from lmmcompare.panels.standard_errors import standard_errors
from lmmcompare.panels.weights import weights
from lmmcompare.panels.why import gap
from lmmcompare.text.labels import an, literal, noun
from lmmcompare.ui.compare import (
    adjusted_means,
    dependence,
    diagnostics,
    equivalents,
    explanation,
    export,
    formula_notes,
    inference,
    intervals,
    model_tests,
    panels,
    power,
    prediction,
    question_bar,
)
from lmmcompare.ui.compare.inference import effects_shown
from lmmcompare.ui.compare.least_squares import least_squares_panel
from lmmcompare.ui.compare.statsmodels_check import check_panel
from lmmcompare.ui.kit import shell, visibility
from lmmcompare.ui.kit.panel import show
from lmmcompare.ui.lecture.keys import opening_key
from lmmcompare.ui.server import comparison_cache
from lmmcompare.ui.session import state, view_state, views
from lmmcompare.ui.session.comparison import fitted_or_last
from lmmcompare.ui.sharing import share_button
from lmmcompare.ui.simulate.panels import simulated_panel

DEPTH = "depth-tabs"


@st.fragment
def picture(analysis: state.Analysis) -> None:
    views.redraw_if_asked()
    comparison = comparison_cache.comparison(*analysis.key)
    view = views.current_view(comparison)
    panels.lines_panel(analysis, comparison, view)
    views.view_controls(comparison, view)
    views.mark_in_figures(comparison, view)
    state.write_address(view_state.of_comparison(comparison, view.term, view.x, view.highlight, view.zero))


@st.fragment
def depth(analysis: state.Analysis) -> None:
    """The tabs; only the open one is computed, and only for a reader who is near it."""
    views.redraw_if_asked()
    near = visibility.is_near()
    comparison = comparison_cache.comparison(*analysis.key)
    view = views.current_view(comparison)
    tabs: dict[str, tuple[str, Callable[[], None]]] = {
        "numbers": ("The numbers", lambda: the_numbers(analysis, comparison, view)),
        "why": ("Why they differ", lambda: why_they_differ(analysis, comparison, view)),
        "errors": ("Errors and intervals", lambda: errors_and_intervals(analysis, comparison, view)),
        "which": ("Which model?", lambda: which_model(analysis, comparison, view)),
        "trust": ("Can I trust it?", lambda: trust(analysis, comparison, view)),
        "means": ("Adjusted means", lambda: adjusted_means.means_panel(analysis, comparison)),
        "predict": ("Predict", lambda: prediction.predict_panel(analysis, comparison, view)),
        "shrinkage": ("Shrinkage", lambda: how_far_pulled(analysis, comparison, view)),
        "groups": (shell.plain(f"Each {noun(comparison.group)}"), lambda: each_group(analysis, comparison, view)),
        "fitted": ("What was fitted", lambda: what_was_fitted(analysis, comparison)),
        "take": ("Take it away", lambda: export.take_panel(analysis, comparison, view)),
    }
    if not comparison.design.fixed:  # without a predictor there is no slope to explain
        del tabs["why"], tabs["means"]
    labels = {name: label for name, (label, _) in tabs.items()}
    opened = st.tabs(list(labels.values()), on_change="rerun", key=view_state.tab_key(labels))
    for tab, (name, (_, draw)) in zip(opened, tabs.items(), strict=True):
        if tab.open:
            view_state.open_tab(name, labels)
            with tab:
                if near:
                    draw()
                else:
                    shell.html('<div class="lmm-below"></div>')
    (visibility.keep_watch if near else visibility.watch)(DEPTH)
    state.write_address(view_state.of_comparison(comparison, view.term, view.x, view.highlight, view.zero))


def the_numbers(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    display = inference.inferred(analysis, comparison)
    if analysis.settings is not None:
        simulated_panel(analysis, comparison, analysis.settings, display)
    if (effects := effects_shown(analysis, comparison, view)) is not None:
        show(effects_table_panel(comparison, view.term, effects, display), analysis.key)
    panels.table_panel(analysis, comparison, display)
    show(numbers(comparison, view.term, display), analysis.key)


def why_they_differ(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    at_one_value(comparison, view)
    explanation.dial_panel(analysis, comparison, view)
    left, right = st.columns(2, gap="large")
    with left:
        explanation.slopes_panel(analysis, comparison, view)
    with right:
        show(gap(comparison, view.term, highlight=view.highlight), analysis.key, views.mark_group)
    explanation.intercept_panel(analysis, comparison)


def at_one_value(comparison: Comparison, view: views.View) -> None:
    """Say at which value a tab tells an effect that the page tells at each."""
    if view.each and (held := held_at_zero(comparison, view.term)):
        where = literal(" and ".join(held))
        shell.note(
            f"This tab is about the effect where {where}. Another value can be picked at the end of the question above."
        )


def further_model(comparison: Comparison, tab: str) -> None:
    if sentence := left_out_sentence(comparison, tab):
        shell.note(sentence)


def how_far_pulled(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    show(arrows(comparison, comparison.asked), analysis.key, views.mark_group)
    further_model(comparison, "shrinkage")
    st.page_link(
        "pages/shrinkage.py", label="More on shrinkage: slopes, intervals, a table of all groups",
        query_params=state.own_address(),
    )  # fmt: skip


def errors_and_intervals(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    at_one_value(comparison, view)
    display = inference.inferred(analysis, comparison)
    show(standard_errors(comparison, view.term, display), analysis.key)
    dependence.pairs_panel(analysis, comparison)
    dependence.row_weights_panel(analysis, comparison, view.highlight)
    dependence.dependence_panel(analysis, comparison)
    intervals.intervals_panel(analysis, comparison, view)
    dependence.correlation_panel(analysis, comparison)
    power.power_panel(comparison, view.term)
    if len(comparison.terms) > 1:
        show(all_coefficients(comparison, display), analysis.key)


def which_model(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    at_one_value(comparison, view)
    display = inference.inferred(analysis, comparison)
    show(advice(comparison, view.term, display), analysis.key)
    shell.note(
        f"**Fixed or random?** Ask whether {literal(an(comparison.group))} that you predict for will be one of these or a new one: under "
        "“Predict” both are set side by side."
    )
    model_tests.tests_panel(analysis, comparison, view, display)
    model_tests.information_panel(analysis)
    model_tests.structures_panel(analysis, comparison)
    model_tests.reml_panel(analysis)
    model_tests.terms_panel(analysis, comparison)
    model_tests.shares_panel(analysis, comparison)


def trust(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    diagnostics.trust_panel(analysis, comparison, view, inference.inferred(analysis, comparison))


def each_group(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    if comparison.design.fixed:  # else the picture above has every group
        panels.panels_panel(analysis, comparison, view)
        further_model(comparison, "groups")
    explanation.groups_panel(comparison, view)


def what_was_fitted(analysis: state.Analysis, comparison: Comparison) -> None:
    check_panel(analysis, comparison)
    least_squares_panel(analysis, comparison)
    equivalents.equivalents_panel(analysis, comparison)


def page() -> None:
    result = fitted_or_last()
    if result is None:
        return
    analysis, comparison = result
    view = views.current_view(comparison)
    display = inference.inferred(analysis, comparison)
    effects = effects_shown(analysis, comparison, view)
    reply = answer(comparison, view.term, display, effects)
    share_button.share(reply.title, analysis)
    opening_key()
    question_bar.question_bar(analysis, comparison, view)
    shell.title(reply.title, reply.lead)
    formula_notes.remarks_panel(comparison)

    with st.container(key="answer"):  # its columns stand below each other where they would be too narrow (style.css)
        left, right = st.columns([0.63, 0.37], gap="large")
    with left:
        picture(analysis)
    with right:
        if effects is not None:
            show(effects_forest_panel(comparison, effects, display), analysis.key)
        else:
            show(weights(comparison, view.term), analysis.key)
            show(coefficient(comparison, view.term, display), analysis.key)
    with st.container(key=DEPTH):
        depth(analysis)


page()
