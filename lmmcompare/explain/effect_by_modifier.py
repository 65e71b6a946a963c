"""How the effect of a question goes over the values, or from level to level, of the predictor that it changes with."""

from __future__ import annotations

import numpy as np

from ..comparison.comparison import Comparison
from ..formula.modifiers import origin
from ..text.english import listed
from ..text.labels import literal
from ..text.numbers import decimals_for, exact, number
from ..work.memo import memoised
from .coefficient_words import headline_decimals
from .curve_terms import curve_of
from .question import Question, question_of, questions, where_it_changes

MOST_LEVELS = 4


@memoised
def across_sentence(comparison: Comparison, term: str) -> str:
    """The mixed model's effect at the lowest and the highest value of its one modifier, or at each of its few levels.

    Empty where the effect changes with no predictor or with several, or is told as a contrast of other coding.
    """
    question, modifiers = question_of(comparison, term), where_it_changes(comparison, term)
    if question is None or question.changes or len(modifiers) != 1 or curve_of(comparison, term):
        return ""
    if comparison.coefficient(term).kind == "contrast" or comparison.design.aliased:
        return ""  # beside combinations without rows the sums below may be of none that can be estimated
    changes = [
        q
        for q in questions(comparison)
        if (q.predictor, q.part, q.modifiers) == (question.predictor, question.part, (modifiers[0],))
    ]
    return _over_values(comparison, question, changes) or _over_levels(comparison, question, changes)


def _over_values(comparison: Comparison, question: Question, changes: list[Question]) -> str:
    """From the lowest to the highest value of a number."""
    design, name = comparison.design, changes[0].changes[0][0] if len(changes) == 1 else ""
    column = next((c for c in design.columns[:-1] if [p.subject for p in c.parts] == [name]), None)
    values = column.pieces[0] if column else None
    zero = origin(column.parts[0].factor) if column else None
    if column is None or zero is None or not isinstance(values, np.ndarray):
        return ""
    ends = design.range_of(column.name, values)
    params, decimals = comparison.mixed.params, headline_decimals(comparison, question.term)
    low, high = (
        number(float(params[question.term] + params[changes[0].term] * end), decimals=decimals) for end in ends
    )
    where = ("lowest", "highest") if isinstance(zero, str) else (_short(end + zero, ends) for end in ends)
    first, last = where
    return f"In the mixed model it goes from {low} where {literal(name)} is {first} to {high} where it is {last}."


def _short(value: float, ends: tuple[float, float]) -> str:
    """An end of a predictor's range, to a thousandth of the range or so where it has more digits."""
    rounded = round(value, decimals_for((ends[1] - ends[0]) / 4, 3))
    return exact(value if len(exact(value)) <= len(exact(rounded)) else rounded)


def _over_levels(comparison: Comparison, question: Question, changes: list[Question]) -> str:
    """At each level of a factor that is compared with a baseline."""
    parts = [p for q in changes for p in comparison.coefficient(q.term).parts if p.subject == q.changes[0][0]]
    if not parts or len(parts) >= MOST_LEVELS or any(p.level is None or p.baseline is None for p in parts):
        return ""
    params, decimals = comparison.mixed.params, headline_decimals(comparison, question.term)
    first = float(params[question.term])
    values = {str(parts[0].baseline): first}
    values |= {str(p.level): first + float(params[q.term]) for p, q in zip(parts, changes, strict=True)}
    told = {level: number(value, decimals=decimals) for level, value in values.items()}
    words, name = [f"{value} where it is {literal(level)}" for level, value in told.items()], literal(parts[0].subject)
    if len({*told.values()}) == 1:
        return f"It hardly changes with {name}: in the mixed model it is {told[str(parts[0].baseline)]} at every level."
    return f"It changes with {name}: in the mixed model it is {listed(words)}."
