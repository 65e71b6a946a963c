"""What is left between rows of one group, as a named pattern, and the structure of the residuals that would hold it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr

from ..assess.autocorrelation import REACH, Autocorrelation
from ..assess.level_spreads import LevelSpreads
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import an, noun

Pattern = Literal["offset", "alike", "alternate", "chance", "some", "none"]
AGREE = 1.3
"""The later lags side with the first where their sum is so many SDs below 0."""
UNEQUAL = 0.05
LARGEST = 20
"""In larger groups the most negative correlation, -1/(n - 1), is too near 0 to be what a picture shows."""
MOST_VISITS = 10
"""A free covariance is proposed for no more visits than this."""


@dataclass(frozen=True)
class Remedy:
    """A structure of the residuals that would hold what a picture shows.

    Parameters
    ----------
    kind : {"serial", "cs", "us", "variance"}
    column : str
        The times, visits or levels that it goes by; empty for "cs".
    slope : str
        A predictor whose random slopes would be another way to hold it; empty where there is none.
    """

    kind: Literal["serial", "cs", "us", "variance"]
    column: str
    name: str
    slope: str = ""


def pattern(result: Autocorrelation, model: Model) -> Pattern:
    """How rows of one group go together: all offsetting each other, neighbours alike or alternating, in another way, or not.

    By the nearest rows and by all distances: two tests, so that the nearest alone stand out where their p value is below half of
    `UNEQUAL`. Between that and the band's edge, where the other test finds nothing, it is "chance".
    """
    part, tests = result.of(model), result.tests.loc[model]
    first, later = part.iloc[0], part.iloc[1:]
    stands_out = tests["p"] < UNEQUAL or first_p(result, model) < UNEQUAL / 2
    if result.kind == "variogram":
        if first["value"] < first["lower"]:
            return "alike" if stands_out else "chance"
        return "some" if tests["p"] < UNEQUAL else "none"
    weight = np.sqrt(later["pairs"].to_numpy(float))
    z = (weight * later["value"].to_numpy(float) / later["upper"].to_numpy(float) * REACH).sum()
    if tests["score"] < -REACH and (later.empty or z < -AGREE * np.sqrt((weight**2).sum())):
        return "offset"
    if first["value"] > first["upper"]:
        return "alike" if stands_out else "chance"
    if first["value"] < first["lower"]:
        return "alternate" if stands_out else "chance"
    return "some" if tests["p"] < UNEQUAL else "none"


def first_p(result: Autocorrelation, model: Model) -> float:
    """The p value of the nearest rows alone, by their band."""
    first = result.of(model).iloc[0]
    middle, half = (first["upper"] + first["lower"]) / 2, (first["upper"] - first["lower"]) / 2
    return float(2 * ndtr(-abs(first["value"] - middle) / half * REACH))


def correlation_remedy(comparison: Comparison, result: Autocorrelation, *, steps: bool, visits: int) -> Remedy | None:
    """The structure that would hold what the last model leaves; None where nothing is left, or nothing is known that would.

    Parameters
    ----------
    steps : bool
        Whether the times are whole steps.
    visits : int
        Different times that there are.
    """
    if not can_have_structure(comparison):
        return None
    shape, correlation = pattern(result, result.models[-1]), comparison.spec.correlation
    kind, group, clock = (correlation.kind if correlation else ""), comparison.group, result.clock
    one = noun(group)
    enough = comparison.moments.n.max() > len(comparison.one_factor.random_names) + 1
    if shape == "offset" and kind != "cs" and comparison.moments.n.max() <= LARGEST:
        return Remedy("cs", "", f"one correlation within {an(one)}, which may be negative,")
    serial = bool(clock) and enough and kind not in ("ar1", "car1", "us")
    if serial and (shape == "alike" or (shape == "alternate" and steps)):
        return Remedy("serial", clock, f"serial correlation by {clock}", _slope(comparison, clock))
    if (
        shape not in ("none", "chance")
        and clock
        and kind != "us"
        and visits <= MOST_VISITS
        and comparison.moments.n_groups > 2 * visits
    ):
        return Remedy("us", clock, f"a free covariance by {clock}", _slope(comparison, clock))
    return None


def can_have_structure(comparison: Comparison) -> bool:
    """Whether a comparison's residuals may be given a structure: without prior weights, and with one grouping factor."""
    return comparison.design.weights is None and len(comparison.factors) == 1 and not comparison.design.is_sample


def spread_remedy(comparison: Comparison, result: LevelSpreads) -> Remedy | None:
    """A variance for each level, where they differ and the model has none yet."""
    if result.p >= UNEQUAL or not can_have_structure(comparison):
        return None
    correlation, variance = comparison.spec.correlation, comparison.spec.variance
    if variance == result.column or (
        correlation is not None and correlation.kind == "us" and correlation.order == result.column
    ):
        return None
    name = f"a residual variance for each level of {result.column}"
    return Remedy("variance", result.column, name, _slope(comparison, result.column))


def _slope(comparison: Comparison, column: str) -> str:
    """The column, where it is a predictor that varies within groups and has no random slope."""
    design = comparison.design
    if column not in design.names[:-1] or column in comparison.one_factor.random_names:
        return ""
    return column if comparison.moments.varies_within[design.names.index(column)] else ""
