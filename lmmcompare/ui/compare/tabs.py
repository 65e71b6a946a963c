"""The contents of the compare page's tabs; imported once the tabs are scrolled near, as this loads most of the app's code."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ...comparison.comparison import Comparison
from ...explain.effect_phrases import held_at_zero
from ...explain.residual_structure import left_out_sentence
from ...panels.advice import advice
from ...panels.coefficients import all_coefficients
from ...panels.dial import no_dial
from ...panels.effects_at import effects_table_panel
from ...panels.model_differences import gap, has_two_slopes
from ...panels.model_table import numbers
from ...panels.shrinkage import arrows
from ...panels.standard_errors import standard_errors
from ...text.labels import an, literal
from ..kit import page_elements, viewport
from ..kit.panel import body, show
from ..session import state, views
from ..simulate.panels import simulated_panel
from . import (
    adjusted_means,
    dependence,
    diagnostics,
    equivalents,
    explanation,
    export,
    inference,
    intervals,
    model_tests,
    panels,
    power,
    prediction,
)
from .lm_summary import least_squares_panel
from .question_at import beyond_data
from .statsmodels_check import check_panel


def _the_numbers(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    display = inference.inferred(analysis, comparison)
    if analysis.settings is not None:
        simulated_panel(analysis, comparison, analysis.settings, display)
    if (effects := inference.effects_shown(analysis, comparison, view)) is not None:
        narrow = viewport.narrow()
        table = effects_table_panel(comparison, view.term, effects, display, asked_early=narrow)
        if narrow:  # the picture above has the same estimates
            with st.expander(page_elements.plain(table.title)):
                body(table, analysis.key)
        else:
            show(table, analysis.key)
    panels.table_panel(analysis, comparison, display)
    show(numbers(comparison, view.term, display), analysis.key)


def _why_they_differ(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    _at_one_value(analysis, comparison, view)
    has_dial = explanation.dial_panel(analysis, comparison, view)
    _groups_that_pull(analysis, comparison, view)
    if not has_dial:
        show(no_dial(comparison), analysis.key)


def _groups_that_pull(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    pulls = gap(comparison, view.term, highlight=view.highlight)
    if not has_two_slopes(
        comparison, views.picture_of(analysis, view), view.term
    ):  # nothing to stand beside the groups that pull
        show(pulls, analysis.key, views.mark_group)
        explanation.intercept_panel(analysis, comparison)
        return
    left, right = st.columns(2, gap="large")
    with left:
        explanation.slopes_panel(analysis, comparison, view)
    with right:
        show(pulls, analysis.key, views.mark_group)
        if not pulls.blocks:  # words alone would leave a hole beside the picture
            explanation.intercept_panel(analysis, comparison)
    if pulls.blocks:
        explanation.intercept_panel(analysis, comparison)


def _at_one_value(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    """Draw a note on the value at which a tab shows an effect that the page shows at each value."""
    if view.modifier and (held := held_at_zero(comparison, view.term)):
        where = literal(" and ".join(held))
        beyond = ", carried beyond the data" * bool(beyond_data(analysis, comparison, view.modifier))
        page_elements.note(
            f"This tab is about the effect where {where}{beyond}. Another value can be picked at the end of the question above."
        )


def _further_model(comparison: Comparison, tab: str) -> None:
    if sentence := left_out_sentence(comparison, tab):
        page_elements.note(sentence)


def _how_far_pulled(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    show(arrows(comparison, comparison.formula_model), analysis.key, views.mark_group)
    _further_model(comparison, "shrinkage")
    st.page_link(
        "pages/shrinkage.py", label="More on shrinkage: slopes, intervals, a table of all groups",
        query_params=state.own_address(), icon=":material/arrow_forward:",
    )  # fmt: skip


def _errors_and_intervals(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    _at_one_value(analysis, comparison, view)
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


def _which_model(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    _at_one_value(analysis, comparison, view)
    display = inference.inferred(analysis, comparison)
    show(advice(comparison, view.term, display), analysis.key)
    page_elements.note(
        f"**Fixed or random?** Ask whether {literal(an(comparison.group))} that you predict for will be one of these or a new one: under "
        "“Predict” both are set side by side."
    )
    model_tests.tests_panel(analysis, view, display)
    model_tests.information_panel(analysis, display)
    model_tests.structures_panel(analysis, comparison)
    model_tests.reml_panel(analysis)
    model_tests.terms_panel(analysis, comparison)
    model_tests.shares_panel(analysis)


def _trust(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    diagnostics.diagnostics_panel(analysis, comparison, view, inference.inferred(analysis, comparison))


def _each_group(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    if comparison.design.fixed:  # else the picture above has every group
        panels.panels_panel(analysis, comparison, view)
        _further_model(comparison, "groups")
    explanation.groups_panel(comparison, view)


def _means(analysis: state.Analysis, comparison: Comparison, _view: views.View) -> None:
    adjusted_means.means_panel(analysis, comparison)


def _what_was_fitted(analysis: state.Analysis, comparison: Comparison, _view: views.View) -> None:
    check_panel(analysis, comparison)
    least_squares_panel(analysis, comparison)
    equivalents.equivalents_panel(analysis, comparison)


DRAW: dict[str, Callable[[state.Analysis, Comparison, views.View], None]] = {
    "numbers": _the_numbers,
    "why": _why_they_differ,
    "errors": _errors_and_intervals,
    "which": _which_model,
    "trust": _trust,
    "means": _means,
    "predict": prediction.predict_panel,
    "shrinkage": _how_far_pulled,
    "groups": _each_group,
    "fitted": _what_was_fitted,
    "take": export.export_panel,
}
