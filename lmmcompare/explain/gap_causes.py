"""Why two models differ in a coefficient that is constant within groups: how they weigh groups, what they take out first."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..model_catalogue import Model
from .predictor_level import Level, level


def gap_causes(comparison: Comparison, column: int, weights: Array, model: Model) -> tuple[float, float] | None:
    """The two causes of a model's distance from OLS; they add up to it.

    A coefficient of a column that is constant in every group is the weighted regression of ``ybar_j`` minus ``xbar_j``
    times the model's own slopes, for the columns x that vary within groups, on the columns that do not. So two models
    differ in the weights and in the slopes that they take out. Each cause is the average over the two orders in which
    one may be changed before the other.

    Parameters
    ----------
    weights : (J,) array
        How much each group's mean counts in the model.

    Returns
    -------
    tuple of float or None
        What comes from the weights, and from the adjustment; None for a column that varies within groups.
    """
    if level(comparison, column).level not in (Level.BETWEEN, Level.CONTEXTUAL):
        return None
    moments, ols, fit = comparison.moments, comparison.ols, comparison.fits[model]
    slopes = [c for c in fit.columns if c != CONSTANT]
    between = [c for c in slopes if not moments.varies_within[c]]
    inner = [c for c in slopes if moments.varies_within[c]]
    shift = np.zeros_like(moments.center) if comparison.design.intercept else moments.center / moments.scale
    mean = moments.mean + shift[:, None]
    design = mean[between]
    if comparison.design.intercept:
        design = np.vstack([design, np.ones(moments.n_groups)])

    def coefficient(w: Array, adjusted: Array) -> float:
        left = (design * w) @ design.T
        return float(np.linalg.solve(left, design @ (w * adjusted))[between.index(column)])

    def adjusted(of: Array) -> Array:
        return mean[-1] - of @ mean[inner]

    units = moments.scale[-1] / moments.scale[column]
    scaled = moments.scale[inner] / moments.scale[-1]
    outcome = {
        name: adjusted(scaled * np.array([float(f.params.iloc[f.columns.index(c)]) for c in inner]))
        for name, f in (("ols", ols), ("own", fit))
    }
    n = moments.w
    here, mixed = coefficient(weights, outcome["own"]), coefficient(weights, outcome["ols"])
    other, base = coefficient(n, outcome["own"]), coefficient(n, outcome["ols"])
    return units * ((here - other) + (mixed - base)) / 2, units * ((here - mixed) + (other - base)) / 2
