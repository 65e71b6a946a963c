"""Points that a reader leaves out of the picture by hand: the table without their rows is looked at, and what is left out is said."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ...comparison.picture import Picture
from ...errors import LmmCompareError
from ...share.excluded_rows import MOST, parts_of, table_without
from ...text.numbers import count
from ..kit.shell import explain_error, note
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


def leaving_out(analysis: Analysis, picture: Picture) -> Callable[[list[int]], None] | None:
    """What is done with the numbers of the rows that a reader leaves out, all of them; None where points are no rows."""
    if "number" not in picture.points:
        return None
    whole, _ = parts_of(analysis.table)

    def leave_out(rows: list[int]) -> None:
        n = len(comparison_cache.frame(whole))
        numbers = sorted({row for row in rows if 0 < row <= n})
        try:
            if len(numbers) > MOST:
                raise LmmCompareError(
                    f"{len(numbers):,} points are more than can be left out by hand, which is {MOST}.",
                    "Filter the rows on the Data page.",
                )
            table = table_without(whole, numbers)
            comparison_cache.comparison(table, analysis.formula, analysis.reml, waiting=_silent)
        except LmmCompareError as error:
            st.session_state[_REFUSAL] = error
        else:
            _look_at(table)

    return leave_out


def _silent(_seconds: float) -> None:
    """A callback draws nothing while models are fitted."""


def _look_at(table: str) -> None:
    """Look at the same comparison of this table; what the reader chose to see stays."""
    state.change(table=table)
    redraw()
