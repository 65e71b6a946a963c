"""Under “Can I trust it?”: residuals within groups and by level, each with a button for the structure that models what is seen."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ...assess.autocorrelation import Autocorrelation, autocorrelation
from ...assess.exact_fit import is_exact
from ...assess.level_spreads import LevelSpreads, spreads_by_level
from ...assess.time_order import clock_of, clocks
from ...comparison.comparison import Comparison
from ...data.time_columns import Times, is_whole
from ...explain.autocorrelation import Remedy, correlation_remedy, spread_remedy
from ...explain.autocorrelation_sentences import consequence_sentence
from ...explain.residual_structure import other_factor_sentence, sampled_rows_sentence
from ...formula import edit
from ...panels.autocorrelation import autocorrelation as autocorrelation_of
from ...panels.autocorrelation import level_spreads
from ..kit import address_widgets
from ..kit.page_elements import note, plain
from ..kit.panel import body, head
from ..server import comparison_cache
from ..server.cache import cached
from ..session import view_address
from ..session.state import Analysis
from ..session.views import redraw
from .residual_form import set_structure

ROWS = "order of the rows"


@cached(200)
def _autocorrelation(table: str, formula: str, reml: bool, clock: str) -> Autocorrelation | None:
    comparison = comparison_cache.comparison(table, formula, reml)
    rows = comparison.design.rows_of(comparison_cache.frame(table))
    return autocorrelation(comparison, clock_of(rows, clock))


@cached(100)
def _spreads(table: str, formula: str, reml: bool, clock: str, columns: tuple[str, ...]) -> list[LevelSpreads]:
    comparison = comparison_cache.comparison(table, formula, reml)
    rows = comparison.design.rows_of(comparison_cache.frame(table))
    return spreads_by_level(comparison, rows, list(columns), clock_of(rows, clock).time)


def residual_checks(analysis: Analysis, comparison: Comparison, term: str, frame: pd.DataFrame) -> None:
    """Both panels beside each other, each with the column to choose and the button of what would mend it."""
    if is_exact(comparison.mixed):
        return
    if sentence := sampled_rows_sentence(comparison, "trust") or other_factor_sentence(comparison):
        note(sentence)
        return
    group = comparison.grouping.columns
    times = comparison_cache.times_of(analysis.table, group, edit.outcome_column(comparison.spec))
    offered = clocks(comparison, comparison.design.rows_of(comparison_cache.frame(analysis.table)), times)
    left, right = st.columns(2, gap="large")
    with left:
        clock = _correlation(analysis, comparison, offered, term, frame)
    with right:
        column = _by_level(analysis, comparison, times, clock)
    view_address.show_columns(analysis.formula, (clock, column))


def _correlation(analysis: Analysis, comparison: Comparison, offered: list[str], term: str, frame: pd.DataFrame) -> str:
    """The autocorrelation; gives the clock that was chosen."""
    above, clock = st.container(), offered[0]
    if len(offered) > 1:
        clock = st.selectbox(
            "Rows in the order of",
            offered,
            format_func=lambda name: name or ROWS,
            width=320,
            **address_widgets.one_of("clock", f"clock {comparison.group}", offered, clock, lambda name: name or ROWS),
        )
    result = _autocorrelation(*analysis.key, clock)
    remedy = None
    if result is not None and clock:
        column = comparison.design.rows_of(comparison_cache.frame(analysis.table))[clock]
        remedy = correlation_remedy(comparison, result, steps=is_whole(column), visits=int(column.nunique()))
    elif result is not None:
        remedy = correlation_remedy(comparison, result, steps=False, visits=0)
    consequence = consequence_sentence(comparison, result, term, frame) if result is not None else ""
    panel = autocorrelation_of(comparison, result, remedy, consequence)
    if panel is not None:
        with above:
            head(panel)
            body(panel, analysis.key)
            _button(analysis, remedy, "mend correlation")
    return clock


def _by_level(analysis: Analysis, comparison: Comparison, times: Times, clock: str) -> str:
    """The residuals' scatter by the levels of one column: the structure's own, or the one where it is most unequal; gives it."""
    spreads = {one.column: one for one in _spreads(*analysis.key, clock, times.levels)}
    if not spreads:
        return ""
    own = comparison.spec.variance
    above, column = st.container(), own if own in spreads else next(iter(spreads))
    if len(spreads) > 1:
        column = st.selectbox(
            "Scatter by",
            list(spreads),
            width=320,
            **address_widgets.one_of("spread", f"spread {comparison.spec.variance}", spreads, column),
        )
    remedy = spread_remedy(comparison, spreads[column])
    panel = level_spreads(spreads[column], remedy)
    if panel is not None:
        with above:
            head(panel)
            body(panel, analysis.key)
            _button(analysis, remedy, "mend spread")
    return column


def _button(analysis: Analysis, remedy: Remedy | None, key: str) -> None:
    """Take up the structure that would hold what is seen."""
    if remedy is not None:
        st.button(plain(f"Fit {remedy.name}"), key=key, icon=":material/add:", on_click=_mend, args=(analysis, remedy))


def _mend(analysis: Analysis, remedy: Remedy) -> None:
    set_structure(analysis, remedy.kind, remedy.column)
    redraw()
