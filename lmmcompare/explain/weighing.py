"""How models weigh groups of different sizes, from the weights themselves."""

from __future__ import annotations

import numpy as np

from ..comparison.compare import Comparison
from ..text.labels import an, literal, plural
from ..text.numbers import count, number
from .identity import group_weights

ALIKE = 1.05
"""Weights that differ by less than this factor are called alike."""


def weighing(comparison: Comparison) -> str:
    """How much more a large group counts than a small one, under OLS and with a random intercept."""
    n = comparison.moments.n
    if np.ptp(n) == 0:
        return f"All {literal(plural(comparison.group))} have the same number of rows, so both weigh them alike."
    weights = group_weights(comparison, "random_intercept")
    small, large = int(n.argmin()), int(n.argmax())
    by_rows, mixed = float(n[large] / n[small]), float(weights[large] / weights[small])
    one, rows = literal(an(comparison.group)), count(int(n[large]), "row")
    start = f"Under OLS {one} of {rows} counts {_times(by_rows)} as much as one of {int(n[small]):,}"
    if mixed < ALIKE:
        return f"{start}; with a random intercept all count nearly alike."
    if mixed > by_rows / ALIKE:
        return f"{start}; with a random intercept it does so too, or nearly."
    return f"{start}, with a random intercept {_times(mixed)}."


def _times(ratio: float) -> str:
    return f"{number(ratio, 2)} times"
