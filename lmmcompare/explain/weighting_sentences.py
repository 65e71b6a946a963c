"""How models weigh groups of different sizes, from the weights themselves."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import an, literal, noun, plural
from ..text.numbers import count, number
from .identity import group_weights
from .predictor_level import MOST_NAMED

ALIKE = 1.05
"""Weights that differ by less than this factor are called alike."""


def group_weights_sentence(comparison: Comparison) -> str:
    """How much more a large group counts than a small one, under OLS and with a random intercept."""
    moments = comparison.moments
    n = moments.w
    if moments.same_sizes:
        groups = literal(plural(comparison.group))
        both = "both" if comparison.formula_model == Model.RANDOM_INTERCEPT else "OLS and a random intercept"
        return (
            f"All {groups} have the same number of rows{equal_weights_clause(comparison)}, so {both} weigh them alike."
        )
    weights = group_weights(comparison, Model.RANDOM_INTERCEPT)
    small, large = int(n.argmin()), int(n.argmax())
    by_rows, mixed = float(n[large] / n[small]), float(weights[large] / weights[small])
    one, rows = literal(an(comparison.group)), count(int(n[large]), "row")
    start = f"Under OLS {one} of {rows} counts {_times(by_rows)} as much as one of {int(n[small]):,}"
    if moments.weight is not None:
        group = literal(noun(comparison.group))
        start = (
            f"Under OLS the {group} whose rows weigh most, together, counts {_times(by_rows)} as much as the {group} whose rows "
            "weigh least"
        )
    if mixed < ALIKE:
        return f"{start}; with a random intercept all count nearly alike."
    if mixed > by_rows / ALIKE:
        return f"{start}; with a random intercept it does so too, or nearly."
    return f"{start}, with a random intercept {_times(mixed)}."


def ols_counts_clause(comparison: Comparison, their: str = "their") -> str:
    """How OLS counts groups: by their rows, or by the prior weights of these."""
    return f"by {their} rows" if comparison.design.weights is None else f"by the weights of {their} rows"


def equal_weights_clause(comparison: Comparison) -> str:
    """Says that the groups also weigh the same, where rows have weights; follows on the same number of rows."""
    return "" if comparison.design.weights is None else " and the same sum of weights"


def weighted_means_phrase(comparison: Comparison) -> str:
    """The means of a group's rows that the models compare: where rows have weights they count in them."""
    return "mean" if comparison.design.weights is None else "weighted mean"


def _times(ratio: float) -> str:
    return f"{number(ratio, 2)} times"


def random_slope_weighs_clause(comparison: Comparison) -> str:
    """What a random slope weighs rows by: "the random slope weighs the rows of a rat by day too".

    Not groups alone: in rats seen on the same days the slopes' variance makes late rows count for less, and all rats alike.
    """
    names = [n for n in comparison.one_factor.random_names if n != comparison.constant]
    by = (
        literal(listed([comparison.coefficient(n).label for n in names]))
        if len(names) <= MOST_NAMED
        else "what varies there"
    )
    return f"random slope weighs the rows of {literal(an(comparison.group))} by {by} too"
