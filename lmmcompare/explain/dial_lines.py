"""The lines that the dial moves: of groups and of everyone, at every step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..comparison.shrinkage import fitted_order
from ..design.coefficients import CONSTANT
from .dial import Dial


@dataclass(frozen=True, eq=False)
class DialLines:
    """The lines that the dial moves, against one predictor, the others at their means.

    Parameters
    ----------
    groups : list of str
        From the lowest to the highest fitted intercept.
    group_x : (J, 2) array
    group_y : (steps, J, 2) array
    population_x : (2,) array
        The ends of the x axis.
    population_y : (steps, 2) array
    ols_y : (2,) array
    """

    groups: list[str]
    group_x: Array
    group_y: Array
    population_x: Array
    population_y: Array
    ols_y: Array


def dial_lines(
    comparison: Comparison, term: str, picture: Picture, dial: Dial, *, two_levels: bool = False
) -> DialLines:
    """Group lines, population line and OLS line of every step of the dial.

    The common lines run over the picture's x axis, the groups' over their own ranges; all from 0 to 1 where the predictor is
    a step between ``two_levels``.
    """
    ends, coefficients = (0.0, 1.0) if two_levels else picture.x_range, dial.coefficients
    fit, moments = comparison.random_intercept, comparison.moments
    at = fit.names.index(term)
    held = np.array([0.0 if k in (CONSTANT, fit.columns[at]) else float(moments.center[k]) for k in fit.columns])
    offset = coefficients @ held
    level = coefficients[:, fit.columns.index(CONSTANT)] if CONSTANT in fit.columns else np.zeros(len(coefficients))
    labels = comparison.grouping.labels
    display = [g for g in fitted_order(fit) if g in set(picture.group_order)]
    index = [labels.index(g) for g in display]
    reach = picture.points.groupby("group")["x"].agg(["min", "max"]).reindex(display)
    group_x = np.tile(ends, (len(display), 1)) if two_levels else reach.to_numpy()
    slope = coefficients[:, at]
    group_y = (dial.intercepts[:, index] + offset[:, None])[:, :, None] + slope[:, None, None] * group_x
    at_ends = np.array(ends)
    population_y = (level + offset)[:, None] + slope[:, None] * at_ends
    ols = comparison.ols.params.to_numpy()
    ols_level = float(ols @ held) + (float(ols[fit.columns.index(CONSTANT)]) if CONSTANT in fit.columns else 0.0)
    return DialLines(display, group_x, group_y, at_ends, population_y, ols_level + float(ols[at]) * at_ends)
