"""The dial: every coefficient that a random-intercept model could give, from OLS to group dummies.

Moving the variance ratio tau^2 / sigma^2 from 0 to infinity moves the coefficient from OLS's to the dummies'. The profile
criterion along the way says how well the data like each point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..assess.missing_rows import differs_by_missing_rows
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..fit.criterion import solve
from ..fit.mixed import in_units
from ..fit.problem import problem
from ..fit.single import Optimum
from ..text.labels import literal, noun, plural
from .confounded_in_dummies import mixed_in_dummies
from .identity import weight_matrix
from .weighting_sentences import ols_counts_clause

STEPS = 61
"""Points along the way, the ends and the fitted ratio included."""
REACH = 1e3
"""How far the ratio goes on either side of the one that gives a group of median size a weight of one half."""
MARGIN = 30.0
"""How far it goes at least on either side of the fitted ratio."""


@dataclass(frozen=True, eq=False)
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


def dial(comparison: Comparison, term: str) -> Dial:
    """Walk the variance ratio from 0 to so large that nothing but the dummies' slope is left."""
    moments, fit = comparison.moments, comparison.random_intercept
    setting = problem(moments, fit.columns, [(CONSTANT,)], reml=comparison.reml)
    fitted = float(fit.fit.optimum.solution.theta[0]) ** 2
    middle = 1 / float(np.median(moments.w))
    low, high = middle / REACH, middle * REACH
    if fitted > 0:
        low, high = min(low, fitted / MARGIN), max(high, fitted * MARGIN)
    grid = np.geomspace(low, high, STEPS - 2 - (fitted > 0))
    ratios = np.unique(np.concatenate([[0.0], grid, [fitted], [1e3 * high]]))
    rows, intercepts, coefficients = [], [], []
    at = fit.names.index(term)
    weights = _weights_within(comparison, term, ratios)
    for ratio, weight in zip(ratios, weights, strict=True):
        solution = solve(setting, np.array([np.sqrt(ratio)]))
        here = in_units(moments, setting, Optimum(solution, True, False, 0.0, 1))
        rows.append((ratio / moments.mean_weight, here.beta[at], np.sqrt(here.vcov[at, at]), weight, here.loglik))
        level = here.beta[fit.columns.index(CONSTANT)] if CONSTANT in fit.columns else 0.0
        intercepts.append(level + here.modes[0][0])
        coefficients.append(here.beta)
    curve = pd.DataFrame(rows, columns=["ratio", "estimate", "se", "weight_within", "loglik"])
    curve["drop"] = fit.llf - curve.pop("loglik")
    chosen = int(np.flatnonzero(ratios == fitted)[0])
    return Dial(curve, np.array(intercepts), np.array(coefficients), chosen)


def dial_sentence(comparison: Comparison, term: str, path: Dial) -> str:
    """What turning the dial does to the coefficient, from the coefficient's own way along it."""
    groups, name = literal(plural(comparison.group)), literal(comparison.coefficient(term).label)
    estimate, se = path.curve["estimate"], float(path.curve["se"].iloc[path.chosen])
    if float(np.ptp(estimate)) < 1e-3 * se:
        return (
            f"Drag it: as the variance between {groups} grows against the variance within, the lines move apart, but the {name} "
            "coefficient stays where it is. The curve below it shows which ratio fits the data best."
        )
    missing = ""
    if comparison.moments.varies_within[comparison.column_of(term)]:
        way = "leaves OLS's" if term in mixed_in_dummies(comparison) else "leaves OLS's and ends at the dummies'"
        if differs_by_missing_rows(comparison, comparison.column_of(term)):
            missing = (
                f" Only rows that are missing make the means of {name} differ between {groups}: what it leaves behind on the way is how "
                "those whose rows are missing differ from the others."
            )
    else:
        one = literal(noun(comparison.group))
        way = f"goes from OLS's, where every {one} counts {ols_counts_clause(comparison, 'its')}, to one where all {groups} count alike"
    return (
        f"Drag it: as the variance between {groups} grows against the variance within, the {name} coefficient {way}.{missing} The curve "
        "below it shows which ratio fits the data best."
    )


def _weights_within(comparison: Comparison, term: str, ratios: Array) -> Array:
    """The coefficient's weight on its slope within groups, W_kk, at each ratio."""
    moments, fit = comparison.moments, comparison.random_intercept
    slopes = [c for c in fit.columns if c != CONSTANT]
    k, intercept = slopes.index(fit.columns[fit.names.index(term)]), CONSTANT in fit.columns
    weights = [moments.w / (1 + moments.w * ratio) for ratio in ratios]
    return np.array([weight_matrix(moments, slopes, w, intercept=intercept)[k, k] for w in weights])
