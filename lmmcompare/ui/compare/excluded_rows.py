"""Points that a reader leaves out of the picture by hand: the table without their rows is looked at, and what is left out is said.

The picture comes first: its fragment alone runs with the new table, and is ahead of the page until the browser has painted it.
"""

from __future__ import annotations

import streamlit as st

from ...comparison.picture import Picture
from ...errors import LmmCompareError
from ...share.excluded_rows import MOST, parts_of, table_without
from ...text.numbers import count
from ..kit.chart import Brush
from ..kit.shell import explain_error, note
from ..server import comparison_cache
from ..session import state
from ..session.state import Analysis
from ..session.views import redraw

_REFUSAL = "why points could not be left out"
_AHEAD = "picture ahead of the page"
"""Where the session keeps the analysis that the page shows, and the one that its picture shows already."""


def ahead_of(analysis: Analysis) -> Analysis:
    """What the picture shows on a page that shows an analysis: the same, but without the points that were left out since."""
    page, picture = st.session_state.get(_AHEAD, (None, None))
    if page == analysis:
        return picture
    st.session_state.pop(_AHEAD, None)  # the page has caught up, or shows something else
    return analysis


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


def leaving_out(analysis: Analysis, picture: Picture) -> Brush | None:
    """What is done about the rows whose points a reader leaves out; None where points are no rows."""
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
            page, ahead = st.session_state.get(_AHEAD, (analysis, analysis))
            state.change(table=table)
            st.session_state[_AHEAD] = page if ahead == analysis else analysis, state.current()

    return Brush(leave_out, _catch_up)


def _catch_up() -> None:
    """The rest of the page, now that its reader sees the picture."""
    if _AHEAD in st.session_state:
        redraw()


def _silent(_seconds: float) -> None:
    """A callback draws nothing while models are fitted."""


def _look_at(table: str) -> None:
    """Look at the same comparison of this table; what the reader chose to see stays."""
    state.change(table=table)
    redraw()
