"""A column as numbers, categories, text, dates or truth values, and the category that the others are compared with."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ...data.change_type import as_category
from ...data.columns import is_date, is_number
from ...data.detection_limits import SUBSTITUTES
from ...data.steps import Retype, Type
from ...errors import DataError
from ...text.labels import literal
from ..kit.page_elements import explain_error, note
from ..server import comparison_cache
from ..session.state import Analysis
from . import recipes

WORDS: dict[Type, str] = {
    "number": "Numbers",
    "category": "Categories",
    "text": "Text",
    "date": "Dates",
    "truth": "True or false",
}


def types_tab(analysis: Analysis) -> Retype | None:
    """The change of type that was picked; None where there is none."""
    frame = comparison_cache.frame(analysis.table)
    infos = {info.name: info for info in comparison_cache.columns(analysis.table)}
    column = st.selectbox("Column", list(infos), index=None, placeholder="choose one", key="type column")
    if column is None:
        return None
    note(literal(f"“{column}” is {infos[column].words}."))
    now = _type(frame[column])
    to: Type = st.segmented_control(
        "What it holds",
        list(WORDS),
        default=now,
        required=True,
        format_func=WORDS.__getitem__,
        key=f"type to {column}",
    )
    try:
        levels: tuple[str, ...] = ()
        if to == "category":
            result = as_category(frame[column]).categories.tolist()
            first = st.selectbox(
                "The others are compared with (baseline)",
                result,
                key=f"baseline {column}",
            )
            levels = (first,) if result and first != result[0] else ()
        if to == "truth" and now != "truth":
            result = [str(name) for name in as_category(frame[column]).remove_unused_categories().categories]
            if len(result) == 2:
                true = st.segmented_control(
                    "True is", result, default=result[1], required=True, key=f"true of {column}"
                )
                levels = (true,)
        if to == "number" and now != "number" and recipes.rows_beyond_limits(analysis.table, column):
            beyond = {"": "missing", **SUBSTITUTES}
            by = st.segmented_control(
                "Values beyond a limit of detection become",
                list(beyond),
                default="",
                required=True,
                format_func=beyond.__getitem__,
                key=f"beyond {column}",
            )
            levels = (by,) if by else ()
        if to == "date":
            note("As a predictor a date counts in days since the earliest one; as a group every date is one.")
        if to == now and not levels:
            return None
        step = Retype(column, to, levels)
        note(literal(f"Afterwards: {step.apply(frame[[column]])[1]}"))
    except DataError as error:
        explain_error(error)
        return None
    return step


def _type(column: pd.Series) -> Type:
    if is_number(column):
        return "number"
    if is_date(column):
        return "date"
    if pd.api.types.is_bool_dtype(column.dtype):
        return "truth"
    return "category" if isinstance(column.dtype, pd.CategoricalDtype) else "text"
