"""Picking the measurements that stand side by side, and what one row for each would look like."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ...data.detect_wide import wide
from ...data.reshape import Families, check, to_long
from ...data.steps import ToLong
from ...errors import DataError
from ...text.labels import literal
from ...text.numbers import count
from ..kit.page_elements import explain_error, note
from ..server import comparison_cache
from ..session.state import Analysis
from . import recipes

MOST_NAMES = 6
PREVIEWED = 2


def long_tab(analysis: Analysis) -> ToLong | None:
    """What is to be made long; None while it cannot be."""
    frame = comparison_cache.frame(analysis.table)
    names = [str(name) for name in frame.columns]
    suggested = recipes.families(analysis.table)
    key = f"long columns {analysis.table}"
    st.session_state.setdefault(key, list(suggested.columns) if suggested else [])
    note("For tables with several measurements in a row, such as score_1, score_2, score_3.")
    picked = st.multiselect("Columns that hold measurements", names, key=key, placeholder="choose two or more")
    if len(picked) < 2:
        return None
    try:
        same = suggested is not None and set(picked) == set(suggested.columns)
        families = suggested if same and suggested is not None else wide(frame, picked)
        families = _named(families, [name for name in names if name not in picked], analysis.table)
        check(frame, families)
        first = to_long(frame.head(PREVIEWED), families, keep_missing=True)
    except DataError as error:
        explain_error(error)
        return None
    rows = len(frame) * len(families.times)
    note(
        f"{count(len(frame), 'row')} become {rows:,}, {len(families.times):,} for each “{literal(families.id)}”. The first of them:"
    )
    st.dataframe(first.head(12), hide_index=True, height="content", placeholder="missing")
    keep = st.checkbox("Keep rows in which nothing was measured", key="long keep")
    return ToLong(families, keep)


def _named(families: Families, others: list[str], table: str) -> Families:
    """The names that a person gives, those that were found to begin with; keys of the boxes follow what was found."""
    made = families.id not in others
    measures = []
    with st.container(horizontal=True):
        for name, columns in families.measures[:MOST_NAMES]:
            label = f"{columns[0]} … is called" if len(families.measures) > 1 else "The measurement is called"
            measures.append((_text(label, name, f"long name {columns}{table}"), columns))
        time = _text("Its time is called", families.time, f"long time {families.columns}{table}")
        options = [families.id, *(name for name in others if name != families.id)]
        row = st.selectbox(
            "Rows belong to",
            options,
            key=f"long id {families.columns}{table}",
            format_func=lambda name: f"{name} (new: the row’s number)" if made and name == families.id else name,
        )
    return replace(families, measures=(*measures, *families.measures[MOST_NAMES:]), time=time, id=row)


def _text(label: str, value: str, key: str) -> str:
    st.session_state.setdefault(key, value)
    return st.text_input(label, key=key, max_chars=200).strip() or value
