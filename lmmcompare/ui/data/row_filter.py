"""Which rows are used: numbers within a range, some of the values, or rows where a column is not missing."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from ...data.change_type import as_category
from ...data.column_info import ColumnInfo
from ...data.steps import Keep
from ...errors import DataError
from ...text.labels import literal
from ..kit.page_elements import explain_error, note
from ..server import comparison_cache
from ..session.state import Analysis

Op = Literal["between", "in", "present"]
WORDS: dict[Op, str] = {"between": "A range", "in": "Some values", "present": "Not missing"}


def rows_tab(analysis: Analysis) -> Keep | None:
    """The filter that was picked; None while it keeps every row, or none."""
    frame = comparison_cache.frame(analysis.table)
    infos = {info.name: info for info in comparison_cache.columns(analysis.table)}
    column = st.selectbox("Column", list(infos), index=None, placeholder="choose one", key="rows column")
    if column is None:
        return None
    info = infos[column]
    note(literal(f"“{column}” is {info.words}."))
    ops: list[Op] = ["between", "in", "present"] if info.is_number else ["in", "present"]
    op: Op = st.segmented_control(
        "Rows to keep",
        ops,
        default=ops[0],
        required=True,
        format_func=WORDS.__getitem__,
        key=f"rows by {column}",
    )
    try:
        step = Keep(
            column,
            op,
            *(_range(info) if op == "between" else (None, None)),
            _values(analysis, column) if op == "in" else (),
        )
        if op == "in" and not step.values:
            return None
        keep = int(step.mask(frame).sum())
    except DataError as error:
        explain_error(error)
        return None
    if keep == len(frame):
        note(f"All {len(frame):,} rows are kept.")
        return None
    note(literal(step.words(keep, len(frame))))
    return step if keep else None


def _range(info: ColumnInfo) -> tuple[float | None, float | None]:
    with st.container(horizontal=True):
        low = st.number_input("From", value=None, placeholder=f"{info.minimum:g}", key=f"rows low {info.name}")
        high = st.number_input("To", value=None, placeholder=f"{info.maximum:g}", key=f"rows high {info.name}")
    return low, high


def _values(analysis: Analysis, column: str) -> tuple[str, ...]:
    result = as_category(comparison_cache.frame(analysis.table)[column]).categories.tolist()
    return tuple(st.multiselect("Values to keep", result, placeholder="choose some", key=f"rows values {column}"))
