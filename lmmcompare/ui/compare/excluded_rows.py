"""Leaving points out of the picture by hand: the session's table is replaced by one without their rows, and a note says so.

The picture comes first: its fragment alone runs with the new table, and is ahead of the page until the browser has painted it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

import streamlit as st

from ...comparison.picture import Picture
from ...errors import LmmCompareError
from ...share.excluded_rows import MOST, parts_of, table_without
from ...text.numbers import count
from ..kit.chart import Brush
from ..kit.page_elements import explain_error, note
from ..server import comparison_cache
from ..session import state
from ..session.state import Analysis
from ..session.views import redraw

_REFUSAL = "why points could not be left out"
_PICTURE_ANALYSIS = "picture ahead of the page"
"""Key of the session state: the analysis that the picture shows already and the rest of the page not yet."""


def picture_analysis(analysis: Analysis) -> Analysis:
    """The analysis that the picture shows: the page's, or a newer one without points that were left out since."""
    ahead: Analysis = st.session_state.get(_PICTURE_ANALYSIS, analysis)
    return ahead


def forget_picture_analysis() -> None:
    """Forget the picture's newer analysis, as the whole page is drawn."""
    st.session_state.pop(_PICTURE_ANALYSIS, None)


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


def brush_of(analysis: Analysis, picture: Picture) -> Brush | None:
    """The callbacks for leaving points out of the picture; None if its points are not single rows."""
    if "number" not in picture.points:
        return None

    def look_at(table: str) -> None:
        state.change(table=table)
        st.session_state[_PICTURE_ANALYSIS] = state.current()

    return Brush(partial(leave_out, analysis, look_at=look_at), _redraw_page)


def leave_out(analysis: Analysis, rows: Collection[int], look_at: Callable[[str], None] | None = None) -> None:
    """Leave out the rows of these numbers, and no others; where models cannot do without them, the page says so.

    Parameters
    ----------
    analysis : Analysis
    rows : collection of int
    look_at : callable, optional
        What is done with the table without them; the page looks at it where nothing else is said.
    """
    whole, _ = parts_of(analysis.table)
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
        (look_at or _look_at)(table)


def _redraw_page() -> None:
    """Rerun the page, now that the browser has painted the picture."""
    if _PICTURE_ANALYSIS in st.session_state:
        redraw()


def _silent(_seconds: float) -> None:
    """Progress callback that draws nothing, for fits within a callback."""


def _look_at(table: str) -> None:
    """Replace the session's table by this one; formula and view stay."""
    state.change(table=table)
    redraw()
