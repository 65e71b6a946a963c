"""What lies between groups as further evidence of a difference within them: recovery of inter-block information."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import literal, model_phrase, plural
from ..text.numbers import p_value
from .coefficient_words import Words
from .effect_phrases import noun_of, predictor_name
from .facts import Slope
from .predictor_level import Level

GAIN = 0.95
"""The mixed model's standard error is told where it is below this share of the dummies'."""
SEEN = 0.05
"""Two slopes are seen to differ below this p value."""


def by_random_assignment(comparison: Comparison, term: str, words: Words) -> str:
    """That the mixed model tells a coefficient more precisely than the dummies where it is the same between groups; empty elsewhere.

    Yates (1940), Ann. Eugenics 10: in incomplete blocks to which treatments were assigned at random.
    """
    of = words.facts
    if comparison.formula_model != Model.RANDOM_INTERCEPT or of.level is not Level.BOTH or of.by_rows_alone:
        return ""
    row = comparison.mixed.table().loc[term]
    if not of.contrast_p > SEEN or row["se"] > GAIN * comparison.no_pooling.bse[term]:
        return ""
    slope = Slope(float(row["estimate"]), float(row["se"]), float(row["df"]))
    groups, name = literal(plural(comparison.group)), literal(predictor_name(comparison, term))
    return (
        f"If the {noun_of(comparison, term)} between {groups} is the same, as it is where {name} was assigned to their rows at random, "
        f"{model_phrase(Model.RANDOM_INTERCEPT)} tells it more precisely, for it takes in what lies between {groups} (inter-block "
        f"information): {words.with_interval(slope)}. These data do not show that it is another ({p_value(of.contrast_p)})."
    )
