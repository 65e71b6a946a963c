"""Johnson-Neyman regions (1936): the values of a moderator where an effect differs from zero, pointwise and simultaneously.

Bauer and Curran (2005), Multivariate Behav. Res. 40(3). The pointwise region answers for one value that was chosen beforehand. Read off
as a region it is many tests; the simultaneous band, exact for the line over the data's range (`inference.line_band`), keeps the chance of
any false value at alpha.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ...arrays import Array
from ...design.predictors import Predictor
from ...errors import DesignError, OptionError
from ...inference.line_band import band_critical
from ...inference.t_tests import half_width, t_quantile
from ...text import numbers
from .estimates import MarginalEstimates
from .estimator import Ddf, Estimator
from .fitted_model import FittedModel
from .means import marginal_means, marginal_slopes
from .reference_grid import refuse_unknown

POINTS = 201
"""Places along the moderator that are looked at; ends of regions are then refined."""
REFINED = 33
KNOWN = 1e-10
"""A line whose estimates at both ends determine each other but for this share of the variance has one random coefficient."""
Region = tuple[float, float]


@dataclass(frozen=True, eq=False)
class JohnsonNeyman:
    """An effect as a line along a moderator, and where it differs from zero.

    Parameters
    ----------
    effect : str
        Name of the effect: "slope of x", "b - a".
    range : tuple of float
        The moderator's smallest and largest value in the data; nothing is said beyond.
    ends : (2, q) array
        The effect at these, as combinations of the model's columns.
    """

    effect: str
    moderator: str
    range: Region
    ends: Array
    estimator: Estimator
    alpha: float
    notes: tuple[str, ...] = ()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The effect at even steps over the range.

        Columns: the moderator, ``estimate, SE, df, lower.CL, upper.CL``, and the band's ``lower.band, upper.band``.
        """
        at = np.linspace(*self.range, POINTS)
        estimate, se, df = self._at(at)
        single, band = half_width(t_quantile(df, self.alpha), se), half_width(self.critical, se)
        limits = {"lower.CL": estimate - single, "upper.CL": estimate + single}
        bands = {"lower.band": estimate - band, "upper.band": estimate + band}
        return pd.DataFrame({self.moderator: at, "estimate": estimate, "SE": se, "df": df} | limits | bands)

    @cached_property
    def critical(self) -> float:
        """By how many standard errors the simultaneous band lies from the line; its df are the smallest along it.

        A line that is known at one value, as the difference of arms is 0 where t is 0 in ``y ~ t:arm``, has one t statistic elsewhere.
        """
        scaled = self.estimator.of_coefficients(self.ends) @ self.estimator.units
        covariance = scaled @ self.estimator.spread @ scaled.T
        both, product = covariance[0, 1], covariance[0, 0] * covariance[1, 1]
        known = product - both**2 <= KNOWN * product
        correlation = 1.0 if known else float(both / np.sqrt(product))
        return band_critical(correlation, float(self._at(np.linspace(*self.range, REFINED))[2].min()), self.alpha)

    @cached_property
    def pointwise(self) -> list[Region]:
        """Ranges of the moderator in which the effect differs from zero, each value by itself."""
        return self._regions(lambda df: t_quantile(df, self.alpha))

    @cached_property
    def simultaneous(self) -> list[Region]:
        """Ranges in which the simultaneous band leaves zero out."""
        return self._regions(lambda df: np.full(len(df), self.critical))

    def _at(self, at: Array) -> tuple[Array, Array, Array]:
        share = ((at - self.range[0]) / (self.range[1] - self.range[0]))[:, None]
        return self.estimator.estimates((1 - share) * self.ends[0] + share * self.ends[1])

    def _regions(self, quantile: Callable[[Array], Array]) -> list[Region]:
        def above(at: Array) -> Array:
            estimate, se, df = self._at(at)
            return np.abs(estimate) - half_width(quantile(df), se)

        at = np.linspace(*self.range, POINTS)
        positive = above(at) > 0
        changes = np.flatnonzero(positive[1:] != positive[:-1])
        low, high = at[changes], at[changes + 1]
        for _ in range(3):  # each bracket to a part of itself
            inner = np.linspace(low, high, REFINED, axis=1)
            signs = above(inner.ravel()).reshape(inner.shape) > 0
            first = (signs[:, 1:] != signs[:, :-1]).argmax(axis=1)
            rows = np.arange(len(inner))
            low, high = inner[rows, first], inner[rows, first + 1]
        bounds = ((low + high) / 2).tolist()
        starts = ([self.range[0]] if positive[0] else []) + [
            b for b, k in zip(bounds, changes, strict=True) if not positive[k]
        ]
        ends = [b for b, k in zip(bounds, changes, strict=True) if positive[k]] + (
            [self.range[1]] if positive[-1] else []
        )
        return list(zip(starts, ends, strict=True))

    def where(self, regions: Sequence[Region]) -> str:
        """Where some ranges are, as part of a sentence: "where ses is below 1.03 or above 2.59", "at no ses in the data"."""
        if not regions:
            return f"at no {self.moderator} in the data"
        if list(regions) == [self.range]:
            return f"at every {self.moderator} in the data"
        return f"where {self.moderator} is {' or '.join(_span(region, self.range) for region in regions)}"

    def __repr__(self) -> str:
        sure, (low, high) = f"{(1 - self.alpha) * 100:g}%", map(numbers.brief, self.range)
        effect = f"{self.effect[0].upper()}{self.effect[1:]}"
        lines = [
            f"{effect} along {self.moderator}, {low} to {high} in the data. It differs from 0",
            f"- by a {sure} interval at each value by itself: {self.where(self.pointwise)};",
            f"- by a {sure} band for all values at once: {self.where(self.simultaneous)}.",
        ]
        return "\n".join([*lines, f"{self.estimator.words[0].upper()}{self.estimator.words[1:]}.", *self.notes])


def johnson_neyman(
    model: FittedModel,
    predictor: str,
    moderator: str,
    levels: Sequence[Any] | None = None,
    *,
    ddf: Ddf | None = None,
    alpha: float = 0.05,
) -> JohnsonNeyman:
    """Where along a moderator the effect of a predictor differs from zero: `Result.johnson_neyman`."""
    refuse_unknown(model, [predictor, moderator])
    of, along = (Predictor(model.design, name) for name in (predictor, moderator))
    if along.levels is not None or predictor == moderator:
        what = "has levels" if along.levels is not None else "is the predictor itself"
        raise OptionError(f"“{moderator}” {what}, and cannot be a moderator here.", "Choose another column of numbers.")
    low, high = along.range
    at: dict[str, Any] = {moderator: [low, (low + high) / 2, high]}
    lines: MarginalEstimates
    if of.levels is None:
        lines, effect = marginal_slopes(model, predictor, moderator, at, ddf=ddf, alpha=alpha), f"slope of {predictor}"
    else:
        pair = list(levels) if levels is not None else list(of.levels[:2])
        if len(pair) != 2 or pair[0] == pair[1]:
            raise OptionError(f"The effect of “{predictor}” is between two levels.", "Name two: levels=(“a”, “b”).")
        means = marginal_means(model, predictor, moderator, at | {predictor: pair}, ddf=ddf, alpha=alpha)
        lines = means.contrasts(
            "pairwise" if str(means.labels[predictor][0]) != str(pair[0]) else "revpairwise", "none"
        )
        effect = f"difference of {pair[1]} from {pair[0]}"
    rows = lines.rows
    if not lines.estimator.estimable(rows).all():
        raise DesignError(
            f"The {effect} cannot be estimated: {lines.estimator.missing(rows[0])}.", "Choose other levels."
        )
    if not np.allclose(rows[1], (rows[0] + rows[2]) / 2, rtol=1e-7, atol=1e-9 * np.abs(rows).max()):
        raise DesignError(
            f"The {effect} is no straight line along “{moderator}”.",
            f"Ask for it at values: at={{“{moderator}”: [...]}}.",
        )
    if np.allclose(rows[0], rows[2], rtol=1e-9, atol=1e-12):
        raise DesignError(
            f"The model has no interaction of “{predictor}” and “{moderator}”: the {effect} is the same everywhere.",
            f"Add it to the formula: {predictor} * {moderator}.",
        )
    if np.isnan(lines.estimator.estimates(rows)[1]).any():
        raise DesignError(
            f"One cluster alone determines the {effect}, so it has no cluster-robust error.",
            "Ask a mixed model, or classical errors.",
        )
    notes = tuple(note for note in lines.notes if moderator not in note)
    return JohnsonNeyman(effect, moderator, (low, high), rows[[0, 2]], lines.estimator, alpha, notes)


def _span(region: Region, whole: Region) -> str:
    least = 1e-6 * (whole[1] - whole[0])  # ends are found to about this
    low, high = (numbers.brief(v if abs(v) > least else 0.0, 3) for v in region)
    if region[0] == whole[0]:
        return f"below {high}"
    return f"above {low}" if region[1] == whole[1] else f"from {low} to {high}"
