"""What lies between groups as further evidence of a difference within them: recovery of inter-block information."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import literal, model_phrase, plural
from ..text.numbers import p_value
from .coefficient_words import Words
from .effect_phrases import noun_of, predictor_name
from .predictor_level import Level
from .random_assignment import may_be_assigned
from .rests_on import MOST, information_by_group

GAIN = 0.95
"""The mixed model's standard error is told where it is below this share of the dummies'."""
SEEN = 0.05
"""Two slopes are seen to differ below this p value."""


def by_random_assignment(comparison: Comparison, term: str, words: Words, estimate: str) -> str:
    """That the mixed model tells a coefficient more precisely than the dummies where it is the same between groups; empty elsewhere.

    Yates (1940), Ann. Eugenics 10: in incomplete blocks to which treatments were assigned at random. Not where one
    group decides it: what a single group got was hardly drawn for its rows. Nor of an interaction.

    Parameters
    ----------
    estimate : str
        The random intercept's, with its interval.
    """
    of = words.facts
    if comparison.formula_model != Model.RANDOM_INTERCEPT or of.level is not Level.BOTH or of.by_rows_alone:
        return ""
    is_product = (
        len(comparison.coefficient(term).parts) > 1
    )  # which nobody assigns: a part of it may be what groups are
    if is_product or not may_be_assigned(comparison, term):
        return ""
    if not words.contrast_p > SEEN or comparison.mixed.bse[term] > GAIN * comparison.no_pooling.bse[term]:
        return ""
    if information_by_group(comparison, comparison.column_of(term)).max() > MOST:
        return ""
    groups, name = literal(plural(comparison.group)), literal(predictor_name(comparison, term))
    return (
        f"If the {noun_of(comparison, term)} between {groups} is the same, as it is where {name} was assigned to their rows at random, "
        f"{model_phrase(Model.RANDOM_INTERCEPT)} tells it more precisely, for it takes in what lies between {groups} (inter-block "
        f"information): {estimate}. These data do not show that it is another ({p_value(words.contrast_p)})."
    )
