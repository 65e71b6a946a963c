"""Whether an effect can be asked for at each value of another predictor, and as which question."""

from __future__ import annotations

from ..assess.effects_at import EffectQuestion, evaluation_points
from ..comparison.comparison import Comparison
from ..work.memo import memoised
from .curve_terms import curve_of
from .question import question_of, where_it_changes


@memoised
def available_modifiers(comparison: Comparison, term: str) -> list[str]:
    """The predictors at each of whose values the effect that a coefficient is about can be told, in the formula's order."""
    question = question_of(comparison, term)
    if question is None or comparison.coefficient(term).kind == "contrast" or curve_of(comparison, term):
        return []
    if comparison.coefficient(term).parts[0].level is not None and not question.base:
        return []  # a level by itself: a mean, and no effect
    return [name for name in where_it_changes(comparison, term) if evaluation_points(comparison, name)]


def effect_question(comparison: Comparison, term: str, by: str) -> EffectQuestion | None:
    """The effect of a coefficient at each value of a predictor; None where that cannot be asked."""
    question = question_of(comparison, term)
    if question is None or question.changes or by not in available_modifiers(comparison, term):
        return None
    return EffectQuestion(question.predictor, by, question.part if question.base else "", question.base)
