"""The dial: every coefficient that a random-intercept model could give, from OLS to group dummies.

Moving the variance ratio tau^2 / sigma^2 from 0 to infinity moves the coefficient from OLS's to the dummies'. The profile
criterion along the way says how well the data like each point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..columns import CONSTANT
from ..compare import Comparison
from ..fit.criterion import problem, solve
from ..fit.mixed import in_units
from ..fit.optimise import Optimum

Array = np.ndarray
STEPS = 61
REACH = 1e3
"""How far the ratio goes on either side of the one that gives a group of median size a weight of one half."""
MARGIN = 30.0
"""How far it goes at least on either side of the fitted ratio."""


@dataclass(frozen=True)
class Dial:
    """The random-intercept model at each of a range of variance ratios.

    Parameters
    ----------
    curve : DataFrame
        ``ratio, estimate, se, weight_within, drop``: tau^2 / sigma^2, the coefficient, its standard error at that ratio,
        the weight on the slope within groups, and how much lower the log-likelihood is than at the best ratio.
    intercepts : (steps, J) array
        Each group's fitted intercept at each ratio.
    coefficients : (steps, p) array
        All fixed coefficients at each ratio.
    chosen : int
        The step of the fitted ratio, which is among the steps.
    """

    curve: pd.DataFrame
    intercepts: Array
    coefficients: Array
    chosen: int


def dial(comparison: Comparison, term: str, steps: int = STEPS) -> Dial:
    """Walk the variance ratio from 0 to so large that nothing but the dummies' slope is left.

    Parameters
    ----------
    comparison : Comparison
    term : str
        The coefficient to follow.
    steps : int
        Points along the way, the ends and the fitted ratio included.
    """
    moments, fit = comparison.moments, comparison.random_intercept
    setting = problem(moments, fit.columns, [(CONSTANT,)], reml=comparison.reml)
    fitted = float(fit.fit.optimum.solution.theta[0]) ** 2
    middle = 1 / float(np.median(moments.n))
    low, high = middle / REACH, middle * REACH
    if fitted > 0:
        low, high = min(low, fitted / MARGIN), max(high, fitted * MARGIN)
    grid = np.geomspace(low, high, steps - 2 - (fitted > 0))
    ratios = np.unique(np.concatenate([[0.0], grid, [fitted], [1e3 * high]]))
    rows, intercepts, coefficients = [], [], []
    at = fit.names.index(term)
    weights = _weights_within(comparison, term, ratios)
    for ratio, weight in zip(ratios, weights, strict=True):
        solution = solve(setting, np.array([np.sqrt(ratio)]))
        here = in_units(moments, setting, Optimum(solution, True, False, 0.0, 1))
        rows.append((ratio, here.beta[at], np.sqrt(here.vcov[at, at]), weight, here.loglik))
        level = here.beta[fit.columns.index(CONSTANT)] if CONSTANT in fit.columns else 0.0
        intercepts.append(level + here.modes[0][0])
        coefficients.append(here.beta)
    curve = pd.DataFrame(rows, columns=["ratio", "estimate", "se", "weight_within", "loglik"])
    curve["drop"] = fit.llf - curve.pop("loglik")
    chosen = int(np.flatnonzero(ratios == fitted)[0])
    return Dial(curve, np.array(intercepts), np.array(coefficients), chosen)


def _weights_within(comparison: Comparison, term: str, ratios: Array) -> Array:
    """Weight on the within slope at each ratio, the other predictors partialled out under the same weights."""
    moments, fit = comparison.moments, comparison.random_intercept
    slopes = [c for c in fit.columns if c != CONSTANT]
    k = slopes.index(fit.columns[fit.names.index(term)])
    others = [i for i in range(len(slopes)) if i != k]
    inside = moments.within_total[np.ix_(slopes, slopes)]
    found = []
    for ratio in ratios:
        weight = moments.n / (1 + moments.n * ratio)
        apart = moments.mean[slopes]
        if CONSTANT in fit.columns:
            apart = apart - (apart @ weight / weight.sum())[:, None]
        else:
            apart = apart + (moments.center[slopes] / moments.scale[slopes])[:, None]
        between = (apart * weight) @ apart.T
        total = inside + between
        direction = np.zeros(len(slopes))
        direction[k] = 1.0
        direction[others] = -np.linalg.solve(total[np.ix_(others, others)], total[others, k])
        found.append(float(direction @ inside @ direction) / float(direction @ total @ direction))
    return np.array(found)
