"""Groups that stand in the fixed part and in the random part: nothing tells how they vary, nor how surely they can be compared."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..text.labels import literal, noun, plural
from .predictor_level import Level, level


def has_fixed_groups(comparison: Comparison) -> bool:
    """Whether the fixed part has a coefficient for each of the shown groups, whose random intercept then has no variance to find."""
    return (comparison.group, comparison.constant) in comparison.mixed.unidentified


def fixed_groups_sentence(comparison: Comparison, term: str) -> str:
    """That the error of a coefficient that compares such groups is arbitrary; empty elsewhere."""
    if term == comparison.constant or term not in comparison.ols.names or not has_fixed_groups(comparison):
        return ""
    if level(comparison, comparison.column_of(term)).level not in (Level.BETWEEN, Level.CONTEXTUAL):
        return ""
    one, groups = literal(noun(comparison.group)), literal(plural(comparison.group))
    return (
        f"The fixed part has a coefficient for each {one}, so these data cannot tell how {groups} vary, on which the error of what "
        "compares them rests. OLS and the mixed model take that variance to be 0: their errors are the smallest possible, and right "
        f"only for these very {groups}."
    )
