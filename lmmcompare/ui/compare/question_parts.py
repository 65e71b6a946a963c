"""What the parts of the question are made of: words, pick lists, and what a pick changes."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from ...explain.question import Question
from ...formula import baselines
from ...formula.spec import ModelSpec
from ..kit.binding import bind
from ..kit.page_elements import html, plain
from ..server import comparison_cache
from ..session import view_address, views
from ..session.state import Analysis
from .model_form import apply

MOST_LEVELS = 60
"""A predictor of more levels gets no list of them; its baseline can be written into the formula."""


def word(text: str, name: str = "") -> None:
    """A word of the question, and a name that cannot be picked."""
    strong = f" <strong>{escape(name)}</strong>" if name else ""
    html(f'<span class="lmm-word">{escape(text)}{strong}</span>', "content")


def pick(
    key: str, options: list[str], value: str, change: Callable[[str], None], label: str, *, open_ended: bool = False
) -> None:
    """One part of the question."""
    if len(options) == 1 and not open_ended:
        word("", value)
        return
    st.selectbox(
        plain(label),
        options,
        label_visibility="collapsed",
        width=min(260, 56 + 9 * max(4, len(value))),
        accept_new_options=open_ended,
        **bind(f"question {key}", value, change),
    )


def ask(question: Question) -> None:
    """Another question, drawn against its own predictor."""
    views.ask(question)
    st.session_state[view_address.X] = None


def change_formula(question: Question, change: Callable[[ModelSpec], ModelSpec]) -> None:
    """Another formula for the same question."""
    ask(question)
    apply(change)


def with_baseline(analysis: Analysis, spec: ModelSpec, name: str, level: str) -> ModelSpec:
    """The levels compared with this one; with the first the column stands as it is."""
    first = comparison_cache.levels(analysis.table, name)[0]
    is_number = comparison_cache.is_number(analysis.table, name)
    return baselines.with_baseline(spec, name, "" if level == first else level, is_number=is_number)
