"""A group's rows in a list, from which a reader leaves some out without a mouse, and puts them back."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ...comparison.comparison import Comparison
from ...comparison.picture import Picture
from ...share.excluded_rows import parts_of
from ...text.labels import an, noun
from ...text.numbers import number
from ..kit.binding import bind
from ..kit.page_elements import plain
from ..server import comparison_cache
from ..session import view_address
from ..session.state import Analysis
from .excluded_rows import leave_out

_OPEN, _GROUP = "list of rows", "group whose rows are listed"


def row_list(analysis: Analysis, comparison: Comparison, picture: Picture) -> None:
    """The button of the list, and the list where it is open; nothing where points are no rows.

    The marked group's rows come first; another group's can be asked for.
    """
    if "number" not in picture.points:
        return
    opened = st.popover(
        "Leave points out by a list",
        type="tertiary",
        icon=":material/playlist_remove:",
        key=_OPEN,
        on_change="rerun",
    )
    if not opened.open:
        return
    rows, grouping = _texts(analysis, picture), comparison.grouping
    groups = [str(label) for label in grouping.labels if str(label) in rows]
    wanted = st.session_state.get(_GROUP) or st.session_state.get(view_address.MARK)
    group = wanted if wanted in groups else groups[0]
    with opened:
        of = f"{noun(comparison.group)} {group}"
        st.selectbox(plain(f"Points of {an(comparison.group)}"), groups, **bind("rows of group", group, _list))
        _, out = parts_of(analysis.table)
        mine = rows[group]
        chosen = [row for row in out if row in mine]
        others = [row for row in out if row not in mine]
        st.multiselect(
            plain(f"Points of {of} that are left out"),
            [*mine],
            format_func=mine.__getitem__,
            placeholder="none; choose one to leave it out",
            **bind(f"rows of {group}", chosen, partial(_choose, analysis, others)),
        )


def _list(group: str) -> None:
    st.session_state[_GROUP] = group


def _choose(analysis: Analysis, others: list[int], rows: list[int]) -> None:
    leave_out(analysis, [*others, *rows])


def _texts(analysis: Analysis, picture: Picture) -> dict[str, dict[int, str]]:
    """What is said of each row that is a point, by its number, for each group."""
    whole, _ = parts_of(analysis.table)
    frame = comparison_cache.frame(whole)
    result: dict[str, dict[int, str]] = {}
    for points in (picture.points, picture.left_out):
        if points is None:
            continue
        for group, row, y in zip(points["group"], points["number"], points["y"], strict=True):
            x = frame[picture.x].iloc[row - 1] if picture.x in frame else ""
            result.setdefault(str(group), {})[int(row)] = (
                f"Row {row}: {picture.x} {x}, {picture.y_label} {number(y, 4)}"
            )
    return {group: dict(sorted(rows.items())) for group, rows in result.items()}
