"""Which models a study can fit, why others cannot be fitted, and the true value of each coefficient."""

from __future__ import annotations

import numpy as np

from ..design.coefficients import INTERCEPT
from ..model_catalogue import Model
from ..simulate.design import Design, design
from ..simulate.settings import Settings
from ..simulate.truth import contextual_effect, intercept_between
from ..text.numbers import count
from .estimators import ESTIMATORS
from .residual_structures import STRUCTURES, absent_structures

OFFERED = (*ESTIMATORS, *STRUCTURES)
"""Keys of all models that a study can fit, in the order of its table."""
SAME_MEANS = 1e-8
"""Group means that differ by less than this share of the predictor's spread are equal but for rounding."""


def usually_left_out(settings: Settings) -> tuple[str, ...]:
    """Models left out by default: those with structured residuals, where residuals are independent with equal variances."""
    correlated = settings.autocorrelation or settings.exchangeable
    unequal = settings.noise_by_x != 1 or settings.sigma_by_group != 1
    return () if correlated or unequal else tuple(STRUCTURES)


def terms_of(settings: Settings, model: str) -> list[str]:
    """Names of a model's coefficients, in the order of the estimates."""
    if not settings.has_slope:
        return [INTERCEPT]
    x = settings.x_name
    own: dict[str, list[str]] = {Model.NO_POOLING: [x], Model.WITHIN_BETWEEN: [INTERCEPT, x, f"{x}_mean"]}
    return own.get(model, [INTERCEPT, x])


def absent_models(settings: Settings) -> dict[str, str]:
    """Each model that cannot be fitted to these data, with a sentence that gives the reason."""
    drawn, groups = design(settings), settings.groups
    rows, x, result = len(drawn.codes), settings.x_name, {}
    if settings.where not in ("within", "both"):
        nothing = f"“{x}” varies between groups only" if settings.has_slope else "There is no predictor"
        result[Model.NO_POOLING] = f"{nothing}, so dummies leave nothing to estimate."
        result[Model.RANDOM_SLOPE] = f"{nothing}, so nothing can have a random slope."
        result[Model.WITHIN_BETWEEN] = f"{nothing}, so there are no two slopes to tell apart."
        return result | absent_structures(settings, drawn)
    if rows - groups < 2:
        result[Model.NO_POOLING] = f"Dummies would use up all rows: too few rows for {groups:,} groups."
    if rows <= 2 * groups:
        result[Model.RANDOM_SLOPE] = (
            f"An intercept and a slope for each of {groups:,} groups are too many for {count(rows, 'row')}."
        )
    if settings.where == "within" and _equal_means(drawn):
        result[Model.WITHIN_BETWEEN] = f"All groups have the same mean of “{x}”, so there is no slope between them."
    elif groups < 4:
        result[Model.WITHIN_BETWEEN] = f"{groups} groups are too few for the group means of “{x}”."
    return result | absent_structures(settings, drawn)


def _equal_means(drawn: Design) -> bool:
    means = np.bincount(drawn.codes, drawn.x[0]) / drawn.sizes
    return bool(np.ptp(means) <= SAME_MEANS * drawn.x[0].std())


def truth_of(settings: Settings, model: str) -> list[float]:
    """The true value of each of a model's coefficients.

    Where intercepts depend on the predictor's group mean, the slope is that within groups, and the coefficient of the
    group mean what the one between groups has beyond that; a predictor without variation within groups has the slope
    between them. OLS and a random intercept without the group mean are biased then, and that is what a study shows.
    """
    context = contextual_effect(settings)
    slope = settings.slope + (context if settings.where == "between" else 0.0)
    of_means = context and (model == Model.WITHIN_BETWEEN or settings.where == "between")
    at_zero = intercept_between(settings) if of_means else settings.intercept
    true = {INTERCEPT: at_zero, settings.x_name: slope, f"{settings.x_name}_mean": context}
    return [true[term] for term in terms_of(settings, model)]
