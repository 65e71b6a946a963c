"""The question above the answer: the effect of which predictor, compared with what, on what, and where."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from ...arrays import Array
from ...comparison.compare import Comparison
from ...comparison.slices import typical_values
from ...explain.question import (
    Question,
    level_names,
    proposed_baseline,
    question_of,
    questions,
    subjects,
    where_it_changes,
)
from ...formula import baselines, modifiers
from ...formula.spec import ModelSpec
from ...text.labels import literal
from ...text.numbers import MINUS, number
from ..kit.shell import html, note, plain
from ..server import comparison_cache
from ..session import state, view_state, views
from ..session.state import Analysis
from .model_form import apply

MOST_LEVELS = 60
"""A predictor of more levels gets no list of them; its baseline can be written into the formula."""
AVERAGE = "its average"
"""Of a factor: the average over its levels, each counting alike."""
At = tuple[str, Hashable]
"""Where an effect is told: ("at", a level, a number, `modifiers.MEAN` or `AVERAGE`), or how it changes: ("change", its part)."""


def question_bar(analysis: Analysis, comparison: Comparison, term: str) -> None:
    """The question's parts, each to be picked; the formula and the coefficient are the only truth."""
    question = question_of(comparison, term)
    if question is None:
        return
    with st.container(key="question", horizontal=True, vertical_alignment="center", gap="small"):
        _word("Effect of")
        asked = subjects(comparison)
        _pick("effect of", asked, question.of, partial(_ask_about, comparison), "Effect of")
        own = _own(comparison, question)
        if len(own) > 1:
            names = [q.part for q in own]
            _pick(
                "its part", names, question.part, lambda name: _ask(own[names.index(name)]), f"Which of {question.of}"
            )
        _compared_with(analysis, comparison, question)
        _word("on", comparison.design.names[-1])
        for name in where_it_changes(comparison, term):
            _at(analysis, comparison, question, name)
    if proposal := proposed_baseline(comparison, question.of):
        _propose(analysis, comparison, question, proposal)
    for name in where_it_changes(comparison, term):
        if name not in question.modifiers:
            _beyond(analysis, comparison, name)
    if words := views.question_notice(comparison):
        note(f"**Note.** {literal(words)}")


def _own(comparison: Comparison, question: Question) -> list[Question]:
    """The questions that differ in the predictor's level or part alone."""
    return [q for q in questions(comparison) if q.of == question.of and q.changes == question.changes]


def _compared_with(analysis: Analysis, comparison: Comparison, question: Question) -> None:
    """The baseline of a predictor with levels."""
    name, spec, levels = question.of, comparison.spec, level_names(comparison, question.of)
    named = baselines.baseline_of(spec, name)
    if not levels or (named is None and next(baselines.factors_of(spec, name), None) is None):
        return
    offered = [level for level in comparison_cache.levels(analysis.table, name) if level in levels]
    if not 2 <= len(offered) <= MOST_LEVELS:
        return
    current = named if named in offered else offered[0]
    options = offered
    if named is None:  # another coding than with a baseline
        current = "the average" if modifiers.AVERAGED in str(next(baselines.factors_of(spec, name))) else "its coding"
        options = [current, *offered]

    def compare_with(level: str) -> None:
        if level in offered:
            _change(question, lambda spec: _with_baseline(analysis, spec, name, level))

    _word("compared with")
    _pick("compared with", options, current, compare_with, "Compared with")


def _at(analysis: Analysis, comparison: Comparison, question: Question, name: str) -> None:
    """Where a predictor that the effect changes with is, or how the effect changes with it."""
    levels = level_names(comparison, name)
    options = _levels_at(comparison, name, levels) if levels else _numbers_at(analysis, comparison, name)
    current, others = options.pop("now", None), {c for c in question.changes if c[0] != name}
    for q in questions(comparison):
        changed = dict(q.changes).get(name)
        if q.of == question.of and q.part == question.part and changed and {*q.changes} - {(name, changed)} == others:
            words = (
                f"change per unit of {name}"
                if not levels
                else f"difference: {changed} less {_base(comparison, q, name)}"
            )
            options[words] = ("change", changed)
            if (name, changed) in question.changes:
                current = ("change", changed)
    chosen = next((words for words, at in options.items() if at == current), None)
    if chosen is None or len(options) < 2:
        return
    _word(f"at {name}")

    def go(words: str) -> None:
        at, remark = (options[words], "") if words in options else _typed(comparison, analysis, name, words)
        if at is not None:
            _go(analysis, comparison, question, name, at)
        if remark:
            state.say([remark])

    _pick(f"at {name}", list(options), chosen, go, f"At {name}", open_ended=not levels)


def _levels_at(comparison: Comparison, name: str, levels: Sequence[str]) -> dict[str, At]:
    """The levels of a factor that can be its baseline, its average, and where it is "now"."""
    named = baselines.baseline_of(comparison.spec, name)
    factor = next(baselines.factors_of(comparison.spec, name), None)
    if factor is None or len(levels) > MOST_LEVELS:
        return {}
    options: dict[str, At] = {level: ("at", level) for level in (*levels, AVERAGE)}
    if named is None:
        options["now"] = ("at", AVERAGE) if modifiers.AVERAGED in str(factor) else ("at", "")
    else:
        options["now"] = ("at", named or levels[0])
    return options


def _values(analysis: Analysis, comparison: Comparison, name: str) -> Array:
    """A number's values in the rows used; none of a column that is not the table's own, or of dates."""
    frame = comparison_cache.frame(analysis.table)
    if name not in frame or comparison.design.encoder.unit(name):
        return np.empty(0)
    return comparison.design.encoder.column(comparison.design.rows_of(frame)[name])


def _beyond(analysis: Analysis, comparison: Comparison, name: str) -> None:
    """Say where an effect is told at a value that no row comes near."""
    zero = None if level_names(comparison, name) else modifiers.origin_of(comparison.spec, name)
    values = _values(analysis, comparison, name) if isinstance(zero, float) else np.empty(0)
    if isinstance(zero, float) and len(values) and not values.min() <= zero <= values.max():
        reach = f"{_exact(float(values.min()))} to {_exact(float(values.max()))}"
        told = f"so an effect at {_exact(zero)} is carried beyond the data: another value can be picked above."
        note(f"**Note.** {literal(name)} goes from {reach} here, {told}")


def _numbers_at(analysis: Analysis, comparison: Comparison, name: str) -> dict[str, At]:
    """Values of a number, its mean, and where it is "now"."""
    origin = modifiers.origin_of(comparison.spec, name)
    values = _values(analysis, comparison, name)
    if origin is None or not len(values):
        return {}
    at = {*typical_values(values)} | ({origin} if not isinstance(origin, str) else set())
    options: dict[str, At] = {_exact(value): ("at", value) for value in sorted(at)}
    mean = f"its mean, {number(float(values.mean()))}"
    return options | {mean: ("at", modifiers.MEAN), "now": ("at", origin)}


def _exact(value: float) -> str:
    """A value in as many digits as it has, up to six."""
    return f"{value:.6g}".replace("-", MINUS)


def _typed(comparison: Comparison, analysis: Analysis, name: str, words: str) -> tuple[At | None, str]:
    """A value that was typed, or the nearest that the data have, and what is to be said of it; None where it is no number."""
    try:
        value = float(words.replace(MINUS, "-"))
    except ValueError:
        value = np.nan
    if not np.isfinite(value) or abs(value) > 1e12:
        return None, f"“{words[:40]}” is no number, so {name} stays where it is."
    values = _values(analysis, comparison, name)
    low, high = float(values.min()), float(values.max())
    nearest = min(max(value, low), high)
    if nearest == value:
        return ("at", value), ""
    span = f"{name} goes from {_exact(low)} to {_exact(high)} in these data"
    return ("at", nearest), f"{span}, and {_exact(value)} lies outside: the effect is shown at {_exact(nearest)}."


def _go(analysis: Analysis, comparison: Comparison, question: Question, name: str, at: At) -> None:
    """Ask for the effect at a value, or for its change."""
    what, value = at
    others = tuple(c for c in question.changes if c[0] != name)
    wanted = (*others, (name, str(value))) if what == "change" else others
    alike = [q for q in questions(comparison) if q.of == question.of and q.part == question.part]
    found = next((q for q in alike if {*q.changes} == {*wanted}), None)
    if what == "change" and found is not None:
        _ask(found)
    if what == "at":
        _change(
            found or question, lambda spec: _placed(analysis, spec, name, value, bool(level_names(comparison, name)))
        )


def _placed(analysis: Analysis, spec: ModelSpec, name: str, value: Any, has_levels: bool) -> ModelSpec:
    """The formula whose coefficients hold where a predictor has this level or value."""
    if not has_levels:
        return modifiers.with_origin(spec, name, value)
    if value == AVERAGE:
        return modifiers.averaged(spec, name)
    return _with_baseline(analysis, spec, name, str(value))


def _with_baseline(analysis: Analysis, spec: ModelSpec, name: str, level: str) -> ModelSpec:
    """The levels compared with this one; with the first the column stands as it is."""
    first = comparison_cache.levels(analysis.table, name)[0]
    is_number = comparison_cache.is_number(analysis.table, name)
    return baselines.with_baseline(spec, name, "" if level == first else level, is_number=is_number)


def _base(comparison: Comparison, question: Question, name: str) -> str:
    """The level that a changing predictor's others are compared with in a question."""
    parts = comparison.coefficient(question.term).parts
    return next((p.baseline for p in parts if p.subject == name and p.baseline), "the others")


def _propose(analysis: Analysis, comparison: Comparison, question: Question, level: str) -> None:
    """Offer the control level as baseline: nothing is recoded unasked."""
    first = level_names(comparison, question.of)[0]
    with st.container(key="proposal", horizontal=True, vertical_alignment="center", gap="small"):
        note(f"{literal(first)} is compared with because it comes first, as in R.")
        st.button(
            f"Compare with {plain(level)}",
            key="propose baseline",
            type="tertiary",
            on_click=_change,
            args=(
                question,
                lambda spec: _with_baseline(analysis, spec, question.of, level),
            ),
        )


def _change(question: Question, change: Callable[[ModelSpec], ModelSpec]) -> None:
    """Another formula for the same question."""
    _ask(question)
    apply(change)


def _ask_about(comparison: Comparison, name: str) -> None:
    """The first question about another predictor."""
    of_it = [q for q in questions(comparison) if q.of == name]
    _ask(min(of_it, key=lambda q: len(q.changes)))


def _ask(question: Question) -> None:
    """Another question, drawn against its own predictor."""
    views.ask(question)
    st.session_state[view_state.X] = None


def _word(text: str, name: str = "") -> None:
    strong = f" <strong>{escape(name)}</strong>" if name else ""
    html(f'<span class="lmm-word">{escape(text)}{strong}</span>', "content")


def _pick(
    key: str, options: list[str], value: str, change: Callable[[str], None], label: str, *, open_ended: bool = False
) -> None:
    """One part of the question."""
    key = f"question {key}"
    st.session_state[key] = value
    if len(options) == 1 and not open_ended:
        _word("", value)
        return
    st.selectbox(
        plain(label),
        options,
        key=key,
        label_visibility="collapsed",
        width=min(260, 56 + 9 * max(8, len(value))),
        on_change=lambda: change(st.session_state[key]),
        accept_new_options=open_ended,
    )
