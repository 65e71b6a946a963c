"""Where the predictors are that the effect asked about changes with: at a level or value, on average, or how it changes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from ...arrays import Array
from ...comparison.comparison import Comparison
from ...comparison.moderator_values import level_names, typical_values
from ...explain.effect_question import available_modifiers
from ...explain.question import Question, questions
from ...formula import baselines, modifiers
from ...formula.expressions import columns_of
from ...formula.spec import ModelSpec
from ...text.labels import literal
from ...text.numbers import MINUS, exact, number
from ..kit.page_elements import note
from ..server import comparison_cache
from ..session import state, views
from ..session.state import Analysis
from .question_parts import MOST_LEVELS, ask, change_formula, pick, with_baseline, word

AVERAGE = "its average"
"""Of a factor: the average over its levels, each counting alike."""
NOWHERE = ("here", None)
"""Where the formula's functions of a predictor are 0: of these no value or level is the formula's to choose."""
At = tuple[str, Hashable]
"""Where an effect is told: ("at", a level, a number, `formula.modifiers.MEAN` or `AVERAGE`), at each value: ("each", predictor), or how it
changes: ("change", its part)."""


def place(
    analysis: Analysis, comparison: Comparison, question: Question, name: str, modifier: str | None = None
) -> None:
    """Where a predictor that the effect changes with is, at each of its values (``modifier``), or how the effect changes with it."""
    levels = level_names(comparison, name)
    options = _levels_at(comparison, name, levels) if levels else _numbers_at(analysis, comparison, name)
    is_moved = bool(options)  # by the formula, to a level or a value
    if not options:
        options = {_at_zero(comparison, name): NOWHERE, "now": NOWHERE}
    current, others = options.pop("now", None), {c for c in question.changes if c[0] != name}
    if name in available_modifiers(comparison, question.term):
        options = {f"each {name}": ("each", name)} | options
    if modifier == name and not question.changes:
        current = ("each", name)
    for q in questions(comparison):
        changed = dict(q.changes).get(name)
        if (
            q.predictor == question.predictor
            and q.part == question.part
            and changed
            and {*q.changes} - {(name, changed)} == others
        ):
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
    word(f"at {name}")

    def go(words: str) -> None:
        at, remark = (options[words], "") if words in options else _typed(comparison, analysis, name, words)
        if at is not None:
            _apply(analysis, comparison, question, name, at)
        if remark:
            state.set_notices([remark])

    pick(f"at {name}", list(options), chosen, go, f"At {name}", open_ended=is_moved and not levels)


def _at_zero(comparison: Comparison, name: str) -> str:
    """Where the functions of a predictor that stand in its interactions are 0, as one of the options."""
    terms = [term.factors for term in comparison.spec.terms if len(term.factors) > 1]
    texts = dict.fromkeys(str(f) for factors in terms for f in factors if name in columns_of(f))
    return f"where {' and '.join(texts)} is 0"


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


def extrapolation_note(analysis: Analysis, comparison: Comparison, name: str) -> None:
    """Draw a note if the effect is evaluated at a value that no row comes near."""
    if beyond := beyond_data(analysis, comparison, name):
        note(f"**Note.** The effect is {beyond}: another value can be picked above.")


def beyond_data(analysis: Analysis, comparison: Comparison, name: str) -> str:
    """What to say of an effect at a value that no row comes near; empty where rows do."""
    zero = None if level_names(comparison, name) else modifiers.origin_of(comparison.spec, name)
    values = _values(analysis, comparison, name) if isinstance(zero, float) else np.empty(0)
    if not isinstance(zero, float) or not len(values) or values.min() <= zero <= values.max():
        return ""
    reach = f"{exact(float(values.min()))} to {exact(float(values.max()))}"
    return f"carried beyond the data to {exact(zero)}, where {literal(name)} goes from {reach}"


def _numbers_at(analysis: Analysis, comparison: Comparison, name: str) -> dict[str, At]:
    """Values of a number, its mean, and where it is "now"."""
    origin = modifiers.origin_of(comparison.spec, name)
    values = _values(analysis, comparison, name)
    if origin is None or not len(values):
        return {}
    at = {*typical_values(values)} | ({origin} if not isinstance(origin, str) else set())
    options: dict[str, At] = {exact(value): ("at", value) for value in sorted(at)}
    mean = f"its mean, {number(float(values.mean()))}"
    return options | {mean: ("at", modifiers.MEAN), "now": ("at", origin)}


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
    span = f"{name} goes from {exact(low)} to {exact(high)} in these data"
    return ("at", nearest), f"{span}, and {exact(value)} lies outside: the effect is shown at {exact(nearest)}."


def _apply(analysis: Analysis, comparison: Comparison, question: Question, name: str, at: At) -> None:
    """Callback: set the question to the effect at one value or at each, or to its change."""
    what, value = at
    others = tuple(c for c in question.changes if c[0] != name)
    wanted = (*others, (name, str(value))) if what == "change" else others
    alike = [q for q in questions(comparison) if q.predictor == question.predictor and q.part == question.part]
    result = next((q for q in alike if {*q.changes} == {*wanted}), None)
    if what == "each" or views.session_modifier() == name:
        views.set_modifier(name if what == "each" else None)
    if what in ("each", "here"):
        ask(next((q for q in alike if not q.changes), question))
    if what == "change" and result is not None:
        views.set_modifier(None)
        ask(result)
    if what == "at":
        change_formula(
            result or question, lambda spec: _placed(analysis, spec, name, value, bool(level_names(comparison, name)))
        )


def _placed(analysis: Analysis, spec: ModelSpec, name: str, value: Any, has_levels: bool) -> ModelSpec:
    """The formula whose coefficients hold where a predictor has this level or value."""
    if not has_levels:
        return modifiers.with_origin(spec, name, value)
    if value == AVERAGE:
        return modifiers.averaged(spec, name)
    return with_baseline(analysis, spec, name, str(value))


def _base(comparison: Comparison, question: Question, name: str) -> str:
    """The level that a changing predictor's others are compared with in a question."""
    parts = comparison.coefficient(question.term).parts
    return next((p.baseline for p in parts if p.subject == name and p.baseline), "the others")
