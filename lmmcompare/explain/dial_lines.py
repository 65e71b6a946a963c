"""The lines that the dial moves: of groups and of everyone, at every step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..comparison.shrinkage import fitted_order
from ..design.coefficients import CONSTANT


@dataclass(frozen=True, eq=False)
class DialLines:
    """The lines that the dial moves, against one predictor, the others at their means.

    Parameters
    ----------
    groups : list of str
        From the lowest to the highest fitted intercept.
    group_x : (J, 2) array
    group_y : (steps, J, 2) array
    population_y : (steps, 2) array
        At the ends of the x axis.
    ols_y : (2,) array
    """

    groups: list[str]
    group_x: Array
    group_y: Array
    population_y: Array
    ols_y: Array


def dial_lines(
    comparison: Comparison,
    term: str,
    picture: Picture,
    intercepts: Array,
    coefficients: Array,
    ends: tuple[float, float],
    *,
    whole: bool = False,
) -> DialLines:
    """Group lines, population line and OLS line of every step of the dial, for a predictor with a straight line.

    The common lines run between ``ends``, the groups' over their own ranges, or between the ends too where ``whole``.
    """
    fit, moments = comparison.random_intercept, comparison.moments
    at = fit.names.index(term)
    held = np.array([0.0 if k in (CONSTANT, fit.columns[at]) else float(moments.center[k]) for k in fit.columns])
    offset = coefficients @ held
    level = coefficients[:, fit.columns.index(CONSTANT)] if CONSTANT in fit.columns else np.zeros(len(coefficients))
    labels = comparison.grouping.labels
    display = [g for g in fitted_order(fit) if g in set(picture.group_order)]
    index = [labels.index(g) for g in display]
    reach = picture.points.groupby("group")["x"].agg(["min", "max"]).reindex(display)
    group_x = np.tile(ends, (len(display), 1)) if whole else reach.to_numpy()
    slope = coefficients[:, at]
    group_y = (intercepts[:, index] + offset[:, None])[:, :, None] + slope[:, None, None] * group_x
    at_ends = np.array(ends)
    population_y = (level + offset)[:, None] + slope[:, None] * at_ends
    ols = comparison.ols.params.to_numpy()
    ols_level = float(ols @ held) + (float(ols[fit.columns.index(CONSTANT)]) if CONSTANT in fit.columns else 0.0)
    return DialLines(display, group_x, group_y, population_y, ols_level + float(ols[at]) * at_ends)
