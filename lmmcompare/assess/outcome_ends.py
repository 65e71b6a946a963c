"""Outcomes that pile up at an end of their range, and shares: what a linear model makes of the ends."""

from __future__ import annotations

import re

import numpy as np

from ..arrays import Array
from ..text.numbers import number, percent

PILE, FEWEST = 0.05, 5
"""An end is said to hold rows back where it has this share of them, in so many rows, and twice as many as the value next to it."""
MOST_CODES = 7
"""Of so few different values each may hold many rows."""
NEAR = 0.05
"""Shares matter as such where they come this near to 0 or to 1."""
PERCENT = re.compile("percent|pct|perc(?![a-z])|%|share|proportion", re.IGNORECASE)
"""Names of percentages."""


def ends_sentence(name: str, values: Array) -> str:
    """What is to be known of a measurement at the ends of its range; empty where nothing is."""
    different, counts = np.unique(values, return_counts=True)
    if len(different) <= MOST_CODES:
        return ""
    return _piles(name, different, counts) or _shares(name, float(different[0]), float(different[-1]))


def _piles(name: str, different: Array, counts: Array) -> str:
    def pile(end: int, beside: int) -> bool:
        return bool(counts[end] >= max(FEWEST, PILE * counts.sum(), 2 * counts[beside]))

    lowest, highest = pile(0, 1), pile(-1, -2)
    if not (lowest or highest):
        return ""
    ends = [
        f"the {which} value of {name}, {number(float(different[at]))} ({percent(float(counts[at] / counts.sum()))} of the rows)"
        for which, at, there in (("lowest", 0, lowest), ("highest", -1, highest))
        if there
    ]
    two_part = " Where 0 means none at all, a model in two parts fits better." if lowest and different[0] == 0 else ""
    return (
        f"Many rows have {' and many '.join(ends)}. If the scale ends there (a floor or a ceiling, a limit of detection), what lies beyond "
        "cannot show: slopes come out too flat, and rows near that end scatter less than the model takes them to. A censored (tobit) "
        f"mixed model allows for that; it is not fitted here.{two_part}"
    )


def _shares(name: str, low: float, high: float) -> str:
    """Of percentages only where the name says what they are: scores go from 0 to 100, too."""
    whole = 100 if PERCENT.search(name) and high > 1 else 1
    if low < 0 or high > whole or high <= whole / 2 or (low > NEAR * whole and high < (1 - NEAR) * whole):
        return ""
    return (
        f"{name} lies between 0 and {whole} ({number(low)} to {number(high)}). If it is a share, it scatters less and changes less the "
        f"nearer it is to 0 or {whole}, which can look like slopes that differ between groups; and a linear model may predict less than "
        f"0 or more than {whole}. A logistic mixed model, where it is so many of so many, or a beta or fractional logit one keeps within; "
        "none is fitted here."
    )
