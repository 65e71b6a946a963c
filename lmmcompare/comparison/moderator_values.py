"""The levels or values of one predictor at which the effect of another is reported and drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.levels import factorize, label_text
from ..design.predictors import Predictor
from ..formula.baselines import factors_of
from ..formula.expressions import columns_of
from ..text.numbers import brief
from .comparison import Comparison

MOST_SLICES = 6
"""A factor of more levels has no line for each of them; a number of more values has three."""
MOST_VALUES = 12
"""A number of more values is asked about at a low, the mean and a high one."""
SPREAD = 5
"""So many of a number's values stand for more than `MOST_SLICES`, up to `MOST_VALUES`, where an effect is told at each."""


@dataclass(frozen=True, eq=False)
class Slices:
    """The levels or values of a predictor at which lines are drawn.

    Parameters
    ----------
    labels : list of str
        Name of each slice: "Active", "z 3.2".
    values : list
        Level or number of each slice, as in the table.
    codes : (n,) array of int
        Each row's slice: its level, or the nearest of the values.
    numbers : (n,) array or None
        Each row's value of a numeric predictor; None for a factor.
    """

    name: str
    labels: list[str]
    values: list[object]
    codes: Array
    numbers: Array | None = None

    @property
    def is_number(self) -> bool:
        """Whether they are values of a number."""
        return self.numbers is not None


def slices(comparison: Comparison, rows: pd.DataFrame, name: str) -> Slices | None:
    """The levels of a factor, the few values of a number or a low, the mean and a high one; None where too many or only one."""
    levels = levels_of(comparison, name)
    if levels is not None:
        own, names = factorize(rows[name])
        if not 2 <= len(levels) <= MOST_SLICES:
            return None
        texts = [label_text(level) for level in levels]
        labels = texts if all(any(c.isalpha() for c in text) for text in texts) else [f"{name} {t}" for t in texts]
        return Slices(name, labels, list(levels), levels.get_indexer(names)[own].astype(np.int64))
    values = comparison.design.encoder.column(rows[name])
    at = typical_values(values, most=MOST_SLICES)
    if len(at) < 2:
        return None
    nearest = np.abs(values[:, None] - np.array(at)).argmin(axis=1)
    return Slices(name, [f"{name} {brief(value)}" for value in at], list(at), nearest, values)


def typical_values(values: Array, most: int = MOST_VALUES) -> list[float]:
    """Each value where there are few, else the mean and a standard deviation to either side, in three digits, within the data."""
    distinct = np.unique(values)
    if len(distinct) <= most:
        return [float(value) for value in distinct]
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    low, high = float(distinct[0]), float(distinct[-1])
    return [_short(value, spread, low, high) for value in (max(mean - spread, low), mean, min(mean + spread, high))]


def reported_values(values: Array) -> list[float]:
    """The values at which an effect is told: `typical_values`, and of many the first, the last and some evenly between."""
    result = typical_values(values)
    if len(result) <= MOST_SLICES:
        return result
    return [result[i] for i in np.linspace(0, len(result) - 1, SPREAD).round().astype(int)]


def _short(value: float, spread: float, low: float, high: float) -> float:
    """A value in as many decimals as tell a hundredth of the spread, not rounded beyond the data: a logarithm may have no value there."""
    decimals = int(np.ceil(2 - np.log10(spread)))
    result = round(value, decimals)
    return round(result + ((result < low) - (result > high)) * 10.0**-decimals, decimals)


def value_count(comparison: Comparison, name: str) -> int:
    """How many different levels or values a predictor has."""
    levels = levels_of(comparison, name)
    return len(np.unique(Predictor(comparison.design, name).values)) if levels is None else len(levels)


def levels_of(comparison: Comparison, x: str) -> pd.Index | None:
    """The levels of a categorical predictor; None where it is a number."""
    encoder = comparison.design.encoder
    own = (encoder.levels[str(f)] for f in factors_of(comparison.spec, x) if str(f) in encoder.levels)
    return next(own, encoder.sources.get(x))


def joined_columns(comparison: Comparison, x: str) -> set[str]:
    """Columns that an expression such as ``I(x * z)`` joins with x, at one remove or more, x among them."""
    together = [{*columns_of(f)} for f in comparison.spec.factors]
    result = {x}
    while wider := set().union(*(names for names in together if names & result)) - result:
        result |= wider
    return result


def level_names(comparison: Comparison, name: str) -> list[str]:
    """The levels of a categorical predictor as texts; none of a number."""
    levels = levels_of(comparison, name)
    return [] if levels is None else [label_text(level) for level in levels]
