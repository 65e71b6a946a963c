"""A new column on the Data page: what it is made from, its first values, and a predictor split within and between groups."""

from __future__ import annotations

import math
import re

import pandas as pd
import streamlit as st

from ...data.change_type import as_text
from ...data.column_info import ColumnInfo
from ...data.new_columns import GROUPED, ORDERED, How, NewColumn
from ...data.reshape import free_name
from ...errors import DataError, LmmCompareError
from ...formula import edit
from ...formula.expressions import Column, columns_of, group_name
from ...formula.spec import ModelSpec
from ...text.labels import literal
from ...text.numbers import number
from ..kit.page_elements import explain_error, note, plain
from ..server import comparison_cache, table_sources
from ..session.state import Analysis
from . import recipes

WORDS: dict[How, str] = {
    "mean": "Mean of its group",
    "within": "Distance from the group’s mean (within)",
    "centred": "Centred at the mean of all rows",
    "standardised": "Standardised",
    "log": "Logarithm",
    "exp": "Exponential",
    "sqrt": "Square root",
    "change": "Difference from the group’s first (baseline)",
    "lag": "Value of the row before (lag)",
    "rank": "Rank",
    "combination": "Combination of two factors",
    "cut": "Cut into ranges",
    "recode": "Recode values",
    "days": "Days since the earliest date",
    "years": "Years since the earliest date",
    "since": "Time since the group’s first row",
    "number": "Number of the row in its group",
}
SUFFIX: dict[How, str] = {
    "centred": "c",
    "standardised": "z",
    "combination": "and",
    "cut": "range",
    "recode": "new",
}
PREVIEW_ROWS = 8
MOST_VALUES = 20
"""Values that stand ready to be recoded."""


def new_column_tab(analysis: Analysis) -> NewColumn | None:
    """The column that was described, with its first values; None while something is missing."""
    frame = comparison_cache.frame(analysis.table)
    infos = {info.name: info for info in comparison_cache.columns(analysis.table)}
    how: How | None = st.selectbox(
        "What it is",
        list(WORDS),
        index=None,
        format_func=WORDS.__getitem__,
        placeholder="choose one",
        key=f"new how {len(infos)}",  # once a column was added, another one is described from the beginning
    )
    if how is None:
        return None
    column = _made_from(analysis, how, infos)
    if column is None:
        return None
    step = _described(analysis, how, infos[column], list(infos))
    if lacking := _lacking(step, infos[column]):
        note(literal(lacking))
        return None
    try:
        result, words = step.apply(frame)
    except DataError as error:
        explain_error(error)
        return None
    note(literal(words))
    columns = list(dict.fromkeys([*step.by, *([step.order] if step.order else []), column, step.name]))
    st.dataframe(result[columns].head(PREVIEW_ROWS), hide_index=True, placeholder="missing", height="content")
    return step


def _made_from(analysis: Analysis, how: How, infos: dict[str, ColumnInfo]) -> str | None:
    """The column that it is made from; rows are numbered in groups, whatever the other columns hold."""
    if how == "number":
        return next(iter(_groups(analysis, list(infos))), next(iter(infos)))
    usable = _usable(how, infos)
    if not usable:
        note("No column holds dates. “Column types” reads text as dates.")
        return None
    return st.selectbox("Of the column", usable, index=None, placeholder="choose one", key=f"new of {how}")


def _groups(analysis: Analysis, names: list[str]) -> list[str]:
    """The columns of the comparison's first grouping factor, of those there are."""
    groups = analysis.spec.groupings if analysis.formula else ()
    return [name for name in groups[0] if name in names] if groups else []


def _lacking(step: NewColumn, info: ColumnInfo) -> str:
    """What a person has yet to say; empty where all is said."""
    if step.how in GROUPED and not step.by:
        return "Choose the groups."
    if step.how == "combination" and not step.by:
        return "Choose the other column."
    if step.how == "cut" and not step.points:
        low, high = info.minimum, info.maximum
        bounds = f" “{info.name}” goes from {_figure(low)} to {_figure(high)}." if math.isfinite(low) else ""
        return f"Write the numbers to cut at.{bounds}"
    if step.how == "recode" and not step.recoded:
        return "Write what a value becomes behind its equals sign; a value with nothing behind it stays as it is."
    return ""


def _figure(value: float) -> str:
    return number(value, decimals=0 if value == round(value) else 2)


def _usable(how: How, infos: dict[str, ColumnInfo]) -> list[str]:
    if how in ("combination", "recode"):
        return list(infos)
    if how in ("days", "years"):
        return [name for name, info in infos.items() if info.is_date]
    return [name for name, info in infos.items() if info.is_number or info.is_date]


def _described(analysis: Analysis, how: How, info: ColumnInfo, names: list[str]) -> NewColumn:
    column = info.name
    others = [name for name in names if name != column or how == "number"]
    by: tuple[str, ...] = ()
    points: tuple[float, ...] = ()
    recoded: tuple[tuple[str, str], ...] = ()
    order = ""
    if how in GROUPED or how == "rank":
        first = _groups(analysis, others)
        label = "Groups (of several columns their combinations)"
        by = tuple(st.multiselect(label, others, default=first if how != "rank" else [], key=f"new by {how} {column}"))
    if how == "combination":
        other = st.selectbox("With the column", others, index=None, placeholder="choose one", key=f"new with {column}")
        by = (other,) if other is not None else ()
    if how in ORDERED:
        order = st.selectbox(
            "In the order of", ["", *others], format_func=_order_words, key=f"new order {how} {column}"
        )
    if how == "cut":
        points = _points(st.text_input("Cut at", placeholder="10, 20", max_chars=200, key=f"new points {column}"))
    if how == "recode":
        known = _values(comparison_cache.frame(analysis.table)[column])
        text = st.text_area(
            "Recode", value=known, placeholder="old = new\nanother = new", max_chars=5_000, key=f"new recode {column}"
        )
        recoded = _pairs(text)
    usual = f"number_in_{'_'.join(by)}" if how == "number" else f"{column}_{SUFFIX.get(how, how)}"
    name = free_name(usual, set(names))
    given = st.text_input("It is called", value=name, max_chars=200, key=f"new name {how} {column}").strip()
    return NewColumn(given or name, how, column, by, order, points, recoded)


def _values(column: pd.Series) -> str:
    """A line for each value, where there are few: "boy = "."""
    texts = as_text(column).dropna().unique()
    return "\n".join(f"{text} = " for text in sorted(texts)) if len(texts) <= MOST_VALUES else ""


def _order_words(name: str) -> str:
    return name or "the table, row after row"


def _points(text: str) -> tuple[float, ...]:
    """The numbers of a text; what is none is passed over, and the preview shows the ranges."""
    return tuple(float(word) for word in re.findall(r"[-+]?\d+(?:\.\d+)?", text))[:100]


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    lines = [line.split("=", 1) for line in text.splitlines() if "=" in line]
    return tuple((old.strip(), new.strip()) for old, new in lines if old.strip() and new.strip())


def within_between_offer(analysis: Analysis) -> None:
    """For each predictor that varies within and between the groups, a button that splits it."""
    if not analysis.formula or table_sources.is_sample(analysis.table):
        return
    spec, frame = analysis.spec, comparison_cache.frame(analysis.table)
    if not spec.random or not set(spec.columns) <= set(map(str, frame.columns)):
        return
    names = _alone(spec)
    for column in names:
        steps = recipes.parts(analysis.table, column, spec.groupings)
        if not steps:
            continue
        groups = " and ".join(f"“{group_name(group)}”" for group in spec.groupings)
        with st.container(key=f"split-{len(spec.groupings)}-{names.index(column)}", gap=None):
            clicked = st.button(
                f"{plain(column)}, within and between",
                key=f"within between {column}",
                type="tertiary",
                icon=":material/call_split:",
            )
            note(literal(f"It varies within and between {groups}, and its effects there may differ."))
        if clicked:
            try:
                recipes.apply_steps(analysis, steps, recipes.within_between_formula(spec, column, steps))
            except LmmCompareError as error:
                explain_error(error)
            else:
                st.rerun()


def _alone(spec: ModelSpec) -> list[str]:
    """Predictors that stand by themselves: no interaction or function of them would be lost."""
    plain = [
        term.factors[0].name for term in spec.terms if len(term.factors) == 1 and isinstance(term.factors[0], Column)
    ]
    fixed = [name for factor in spec.fixed_factors for name in columns_of(factor)]
    random = [name for r in spec.random for term in r.terms for factor in term.factors for name in columns_of(factor)]
    slopes = edit.slope_columns(spec)
    return [name for name in plain if fixed.count(name) == 1 and random.count(name) == slopes.count(name)]
