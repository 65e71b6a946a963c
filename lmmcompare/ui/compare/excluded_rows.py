"""Leaving points out of the picture by hand: the session's table is replaced by one without their rows, and a note says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import streamlit as st

from ...errors import LmmCompareError
from ...share.excluded_rows import MOST, parts_of, table_without
from ...text.numbers import count
from ..kit.page_elements import explain_error, note
from ..server import comparison_cache
from ..session import state
from ..session.state import Analysis
from ..session.views import redraw

_REFUSAL = "why points could not be left out"


def left_out_notice(analysis: Analysis) -> None:
    """How many points are left out, with the way back; and why others could not be."""
    whole, rows = parts_of(analysis.table)
    refusal: LmmCompareError | None = st.session_state.pop(_REFUSAL, None)
    if refusal is not None:
        explain_error(refusal)
    if not rows:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="left-out"):
        with st.container(width="content"):
            note(f"**{count(len(rows), 'point')} left out** of all models and numbers on this page.")
        st.button(
            "Put it back" if len(rows) == 1 else "Put them back",
            key="put points back",
            type="tertiary",
            icon=":material/undo:",
            on_click=_look_at,
            args=(whole,),
        )


def leave_out(analysis: Analysis, rows: Collection[int]) -> None:
    """Leave out the rows of these numbers, and no others; where models cannot do without them, the page says so."""
    try:
        _look_at(without(analysis, rows).table)
    except LmmCompareError as error:
        st.session_state[_REFUSAL] = error


def without(analysis: Analysis, rows: Collection[int], most: float = float("inf")) -> Analysis:
    """The analysis without the rows of these numbers, once all models have been fitted.

    Parameters
    ----------
    rows : collection of int
        Numbers that no row has are passed over.
    most : float
        The largest estimated duration of the fit, in seconds.

    Raises
    ------
    LmmCompareError
        Where rows are too many, or the models cannot do without them.
    TooLong
        Where the fit is likely to take longer than ``most``.
    """
    whole, _ = parts_of(analysis.table)
    n = len(comparison_cache.frame(whole))
    numbers = sorted({row for row in rows if 0 < row <= n})
    if len(numbers) > MOST:
        raise LmmCompareError(
            f"{len(numbers):,} points are more than can be left out by hand, which is {MOST}.",
            "Filter the rows on the Data page.",
        )
    result = replace(analysis, table=table_without(whole, numbers))
    comparison_cache.comparison(*result.key, waiting=_silent, most=most)
    return result


def _silent(_seconds: float) -> None:
    """Progress callback that draws nothing, for fits within a callback."""


def _look_at(table: str) -> None:
    """Replace the session's table by this one; formula and view stay."""
    state.change(table=table)
    redraw()
