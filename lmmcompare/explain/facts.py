"""Everything that sentences about one coefficient may claim, each computed once, with the condition under which it holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..assess.missing_rows import differs_by_missing_rows
from ..assess.outcome_means import has_no_slope_between
from ..comparison.comparison import Comparison
from ..inference.t_tests import t_quantile
from ..model_catalogue import Model
from ..text.numbers import decimals_for
from ..work.memo import memoised
from .gap_causes import gap_causes
from .identity import group_weights, identity
from .inference_rows import slopes_apart
from .predictor_level import Level, Place, level

LITTLE = 0.01
"""No part is said as a slope where it has less than this share of the weight in every model: nothing rests on it."""
VAGUE = 10.0
"""Nor where its standard error exceeds both its size and OLS's error of the coefficient this many times: one near 0 may be well known."""


@dataclass(frozen=True)
class Slope:
    """A slope with its uncertainty.

    Parameters
    ----------
    df : float
        Degrees of freedom of its t interval.
    """

    value: float
    se: float
    df: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval; NaN where the degrees of freedom are used up, infinite where they are hardly any."""
        reach = float(t_quantile(self.df)) * self.se if self.df > 0 else float("nan")
        return self.value - reach, self.value + reach

    def is_imprecise(self, ols_error: float) -> bool:
        """Whether its standard error says that its size is unknown, beside OLS's error of the coefficient that it is a part of."""
        return not np.isfinite(self.se) or self.se > VAGUE * max(abs(self.value), ols_error)


@dataclass(frozen=True)
class Part:
    """What a coefficient of one model is made of: ``weight * within + (1 - weight) * between + through``."""

    estimate: float
    weight: float
    through: float
    between: Slope | None


@dataclass(frozen=True)
class Facts:
    """What holds for one coefficient, over the groups that are shown and for the models with those alone.

    Parameters
    ----------
    place : Place
        The level, decided from the raw column.
    ols, mixed : Part
        OLS and the random intercept.
    ols_error : float
        OLS's own standard error.
    within : Slope or None
        The dummies' slope; None where the dummies absorb the column.
    contrast : Slope or None
        The slope between minus the slope within, where a mixed model estimates it: within-between, or the formula's own
        model where it has the group means itself.
    contrast_p : float
        Its p value; NaN without one.
    from_weights, from_adjustment : float
        Of a column that is constant in every group: the two causes of the random intercept's distance from OLS.
    blend : bool
        Whether each coefficient lies between the two slopes, apart from what comes through the other predictors: there
        are two slopes, and both weights are shares.
    by_missing_rows : bool
        Whether the column's group means differ only since groups lack rows.
    by_rows_alone : bool
        Whether they differ only by which rows a group has, for this reason or as all groups have the column spread alike, or the
        outcome has one mean in all groups: what lies between groups is then no slope of it.
    """

    place: Place
    ols: Part
    ols_error: float
    mixed: Part
    within: Slope | None
    contrast: Slope | None
    contrast_p: float
    from_weights: float
    from_adjustment: float
    blend: bool
    by_missing_rows: bool
    by_rows_alone: bool

    @property
    def level(self) -> Level:
        """The level of the raw column."""
        return self.place.level

    @property
    def between(self) -> Slope | None:
        """The regression of the group means, with OLS's weights."""
        return self.ols.between

    @property
    def weights(self) -> tuple[float, float]:
        """What OLS and the random intercept put on the slope within groups."""
        return self.ols.weight, self.mixed.weight

    @property
    def little_between(self) -> bool:
        """Whether next to nothing of any model rests on what varies between groups."""
        return min(self.weights) >= 1 - LITTLE

    @property
    def little_within(self) -> bool:
        """Whether next to nothing of any model rests on what varies within groups."""
        return max(self.weights) <= LITTLE

    @property
    def says_between(self) -> bool:
        """Whether the slope between groups may be said."""
        known = self.between is not None and not self.between.is_imprecise(self.ols_error)
        return known and not (self.little_between or self.by_rows_alone)

    @property
    def two_slopes(self) -> bool:
        """Whether a slope within and a slope between may both be said."""
        within = self.within is not None and not (self.little_within or self.within.is_imprecise(self.ols_error))
        return self.blend and within and self.says_between


@memoised
def facts(comparison: Comparison, term: str) -> Facts:
    """Work out what holds for a coefficient other than the intercept.

    Raises
    ------
    DesignError
        Where the random intercept could not be fitted.
    """
    column = comparison.column_of(term)
    ols, mixed = (_part(comparison, model, column) for model in (Model.OLS, Model.RANDOM_INTERCEPT))
    place, within = level(comparison, column), _within(comparison, term)
    apart = slopes_apart(comparison, term)
    estimate = Slope(apart.value, apart.se, apart.df) if apart else None
    weights = group_weights(comparison, Model.RANDOM_INTERCEPT)
    gap = gap_causes(comparison, column, weights, Model.RANDOM_INTERCEPT) or (np.nan, np.nan)
    blend = (
        place.level is Level.BOTH
        and comparison.design.intercept
        and within is not None
        and ols.between is not None
        and all(0 <= part.weight <= 1 for part in (ols, mixed))
    )
    p = apart.p if apart else float("nan")
    by_rows = differs_by_missing_rows(comparison, column), has_no_slope_between(comparison, column)
    error = float(comparison.ols.bse[term])
    return Facts(place, ols, error, mixed, within, estimate, p, *gap, blend, *by_rows)


def _part(comparison: Comparison, model: Model, column: int) -> Part:
    parts = identity(comparison, model)
    k = parts.columns.index(column)
    between = None
    if np.isfinite(parts.between[k]):
        between = Slope(float(parts.between[k]), float(parts.se_between[k]), float(parts.df_between[k]))
    through = parts.through_others(k)
    size = max(abs(v) for v in (*np.nan_to_num([parts.within[k], parts.between[k]]), parts.estimate[k]))
    return Part(
        float(parts.estimate[k]), float(parts.weight[k, k]), 0.0 if abs(through) < 1e-9 * size else through, between
    )


def _within(comparison: Comparison, term: str) -> Slope | None:
    """The dummies' slope, where the deviations from the group means identify it by themselves."""
    parts = identity(comparison, Model.OLS)
    k = parts.columns.index(comparison.column_of(term))
    if not np.isfinite(parts.within[k]):
        return None
    value = float(parts.within[k])
    if Model.NO_POOLING not in comparison.fits:
        return Slope(value, float("nan"), 0.0)
    fit = comparison.no_pooling
    return Slope(value, float(fit.bse[term]), float(fit.df[term]))


def slope_decimals(comparison: Comparison, term: str) -> int:
    """Decimals of slopes side by side: OLS's error may be a hundred times that of the slope within, which would be rounded away."""
    errors, within = [float(comparison.ols.bse[term])], facts(comparison, term).within
    if within is not None and within.se > 0:
        errors.append(within.se)
    return decimals_for(min(errors))
