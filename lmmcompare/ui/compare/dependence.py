"""Two panels on how precisely a mean is estimated; the paired t-test of the second is cached for all sessions."""

from __future__ import annotations

import streamlit as st

from ...assess.implied_row_weights import RowWeights, row_weights
from ...assess.paired_t_test import Pairs, paired_t_test
from ...assess.time_order import clock_of, clocks
from ...comparison.comparison import Comparison
from ...explain.residual_structure import sampled_rows_sentence
from ...formula import edit
from ...inference.profile_search import Interval
from ...panels.correlation_profile import correlation_profile, has_profile
from ...panels.dependence import dependence, paired_panel
from ...panels.implied_row_weights import effective_rows
from ...panels.implied_row_weights import row_weights as row_weights_of
from ..kit.page_elements import note
from ..kit.panel import show
from ..server import comparison_cache
from ..server.cache import cached
from ..session.state import Analysis


def dependence_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The mean's standard error along the correlation of rows of one group."""
    show(dependence(comparison), analysis.key)


@cached(100)
def _pairs(table: str, formula: str, reml: bool) -> Pairs | None:
    return paired_t_test(comparison_cache.comparison(table, formula, reml))


def pairs_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The paired t-test beside the models that it is a case of."""
    show(paired_panel(comparison, _pairs(*analysis.key)), analysis.key)


@cached(100)
def _row_weights(table: str, formula: str, reml: bool, group: str | None) -> RowWeights | None:
    comparison, frame = comparison_cache.comparison(table, formula, reml), comparison_cache.frame(table)
    columns, rows = comparison.grouping.columns, comparison.design.rows_of(frame)
    times = comparison_cache.times_of(table, columns, edit.outcome_column(comparison.spec))
    return row_weights(comparison, clock_of(rows, clocks(comparison, rows, times)[0]), group)


@cached(100, spinner="The correlation’s profile…")
def _profile(table: str, formula: str, reml: bool) -> Interval | None:
    comparison = comparison_cache.comparison(table, formula, reml)
    fit = comparison.structured
    return fit.correlation_interval() if fit is not None and has_profile(comparison) else None


def correlation_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The interval of the residuals' correlation, where a structure was asked for."""
    if comparison.structured is not None:
        show(correlation_profile(comparison, _profile(*analysis.key)), analysis.key)


def row_weights_panel(analysis: Analysis, comparison: Comparison, group: str | None) -> None:
    """What the structure of the residuals does to the rows of the marked group, or of a large one."""
    if sentence := sampled_rows_sentence(comparison, "errors"):
        note(sentence)
        return
    if comparison.structured is None:
        return
    result = _row_weights(*analysis.key, group)
    worth = effective_rows(comparison, result)
    if worth is None:
        show(row_weights_of(comparison, result), analysis.key)
        return
    left, right = st.columns(2, gap="large")
    with left:
        show(row_weights_of(comparison, result), analysis.key)
    with right:
        show(worth, analysis.key)
