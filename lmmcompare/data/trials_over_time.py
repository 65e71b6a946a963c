"""A time and what tells groups apart that are followed over it: in a trial the question is their product."""

from __future__ import annotations

from collections.abc import Sequence

from ..text.column_words import is_treatment
from .column_patterns import Pattern
from .predictor_scores import is_called_time
from .within_groups import within

MOST_ARMS = 6
"""Levels of a treatment, or of what else tells followed groups apart."""


def time_and_treatment(predictors: Sequence[Pattern], group: Pattern) -> tuple[Pattern, Pattern] | None:
    """The likeliest time within the groups, and what is one and the same in each of them: a treatment before all else.

    Parameters
    ----------
    predictors : sequence of Pattern
        The likeliest first; one of the two must be.
    """
    most = min(MOST_ARMS, group.levels // 2)  # more are names of the groups, such as codes of countries
    arms = [p for p in predictors if 2 <= p.levels <= most and p.relation_to(group)[0] == "between"]
    arms = [p for p in arms if p.levels == 2 or not p.info.is_number or is_treatment(p.name)]
    arm = next((p for p in arms if is_treatment(p.name)), arms[0] if arms else None)
    if arm is None:
        return None
    others = [p for p in predictors if p is not arm] if arm is predictors[0] else predictors[:1]
    time = next((p for p in others if _is_time(p, group)), None)
    return (time, arm) if time is not None else None


def _is_time(pattern: Pattern, group: Pattern) -> bool:
    if not (pattern.info.is_number or pattern.info.is_date) or pattern.relation_to(group)[0] not in ("within", "both"):
        return False
    return is_called_time(pattern) or within(pattern, group).rises
