"""The picture of two slopes: the line through the group means, the common line within groups, OLS between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..columns import CONSTANT
from ..compare import Comparison
from ..labels import an, literal, plural, term_label
from ..numbers import decimals_for, number
from ..once import once
from ..picture import Picture
from ..shrinkage import fitted_order
from .identity import Split, split

Array = np.ndarray
CLOUD = 0.05
"""Share of the axis by which ranges are widened."""


@dataclass(frozen=True)
class TwoSlopes:
    """Frames of the picture, in the predictor's and the outcome's units.

    Parameters
    ----------
    points : DataFrame
        ``group, x, y``; deviations from the group means when centred.
    means : DataFrame
        ``group, x, y, n``; empty when centred.
    within_lines : DataFrame
        ``group, x, y``, two rows a line; one line for all when centred.
    between_line, ols_line : DataFrame
        ``x, y``, two rows; empty where there is no such line.
    x_range, y_range : tuple of float
    labels : dict
        Texts of the lines: ``within``, ``between``, ``ols``.
    """

    points: pd.DataFrame
    means: pd.DataFrame
    within_lines: pd.DataFrame
    between_line: pd.DataFrame
    ols_line: pd.DataFrame
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    labels: dict[str, str]


def two_slopes(comparison: Comparison, term: str, picture: Picture, *, centred: bool = False) -> TwoSlopes:
    """Make the frames for a coefficient whose predictor is the picture's x axis.

    Other predictors are held at their means: the groups' mean outcomes are cleared of them by OLS's coefficients.
    """
    design, moments, ols = comparison.design, comparison.moments, comparison.ols
    assert design.grouping is not None
    part = split(comparison, term, "ols")
    column = ols.columns[ols.names.index(term)]
    outcome = len(moments.center) - 1
    x_mean = moments.center[column] + moments.scale[column] * moments.mean[column]
    y_mean = moments.center[outcome] + moments.scale[outcome] * moments.mean[outcome]
    for k, beta in zip(ols.columns, ols.params.to_numpy(), strict=True):
        if k not in (CONSTANT, column):
            y_mean = y_mean - beta * moments.scale[k] * moments.mean[k]
    labels = np.array(design.grouping.labels, dtype=object)
    shown = np.isin(labels, picture.group_order)
    means = pd.DataFrame({"group": labels, "x": x_mean, "y": y_mean, "n": moments.n.astype(int)})[shown].astype(
        {"group": object}
    )
    points = picture.points
    if centred:
        home = means.set_index("group")
        points = points.assign(
            x=points["x"] - points["group"].map(home["x"]), y=points["y"] - points["group"].map(home["y"])
        )
        means = means.iloc[:0]
    x_range, y_range = _range(points["x"]), _range(points["y"])
    whole = np.array(x_range)
    decimals = decimals_for(float(ols.bse[term]))
    texts = {"ols": f"OLS {number(part.estimate, decimals=decimals)}"}
    if np.isfinite(part.estimate_within):
        texts["within"] = f"within {number(part.estimate_within, decimals=decimals)}"
    if np.isfinite(part.estimate_between):
        texts["between"] = f"between {number(part.estimate_between, decimals=decimals)}"
    empty = pd.DataFrame({"x": [], "y": []}, dtype=float)
    x_all, y_all = float(moments.center[column]), float(moments.center[outcome])
    return TwoSlopes(
        points=points,
        means=means,
        within_lines=_within_lines(points, means, part, whole, centred=centred),
        between_line=_through(x_all, y_all, part.estimate_between, whole)
        if "between" in texts and not centred
        else empty,
        ols_line=_through(x_all, y_all, part.estimate, whole) if not centred else empty,
        x_range=x_range,
        y_range=y_range,
        labels=texts,
    )


def _within_lines(
    points: pd.DataFrame, means: pd.DataFrame, part: Split, whole: Array, *, centred: bool
) -> pd.DataFrame:
    slope = part.estimate_within
    if not np.isfinite(slope):
        return pd.DataFrame({"group": [], "x": [], "y": []})
    if centred:
        return _through(0.0, 0.0, slope, whole).assign(group="")
    reach = points.groupby("group")["x"].agg(["min", "max"])
    home = means.set_index("group").join(reach).dropna()
    x = home[["min", "max"]].to_numpy()
    y = home["y"].to_numpy()[:, None] + slope * (x - home["x"].to_numpy()[:, None])
    return pd.DataFrame({"group": np.repeat(home.index.to_numpy(), 2), "x": x.ravel(), "y": y.ravel()})


def _through(x: float, y: float, slope: float, at: Array) -> pd.DataFrame:
    return pd.DataFrame({"x": at, "y": y + slope * (at - x)})


def _range(values: pd.Series) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    pad = CLOUD * ((high - low) or 1.0)
    return low - pad, high + pad


@dataclass(frozen=True)
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
    assert comparison.design.grouping is not None
    labels = comparison.design.grouping.labels
    shown = [g for g in fitted_order(fit) if g in set(picture.group_order)]
    index = [labels.index(g) for g in shown]
    reach = picture.points.groupby("group")["x"].agg(["min", "max"]).reindex(shown)
    group_x = np.tile(ends, (len(shown), 1)) if whole else reach.to_numpy()
    slope = coefficients[:, at]
    group_y = (intercepts[:, index] + offset[:, None])[:, :, None] + slope[:, None, None] * group_x
    at_ends = np.array(ends)
    population_y = (level + offset)[:, None] + slope[:, None] * at_ends
    ols = comparison.ols.params.to_numpy()
    ols_level = float(ols @ held) + (float(ols[fit.columns.index(CONSTANT)]) if CONSTANT in fit.columns else 0.0)
    return DialLines(shown, group_x, group_y, population_y, ols_level + float(ols[at]) * at_ends)


@once
def simpson(comparison: Comparison, term: str) -> str:
    """A warning where the pooled slope and the slope within groups point in opposite directions; else empty."""
    part = split(comparison, term, "ols")
    within, pooled = part.estimate_within, part.estimate
    if not np.isfinite(within) or within * pooled >= 0:
        return ""
    errors = comparison.no_pooling.bse if "no_pooling" in comparison.fits else comparison.ols.bse
    sure = abs(within) > 2 * float(errors.get(term, np.inf)) and abs(pooled) > 2 * float(comparison.ols.bse[term])
    decimals = decimals_for(float(comparison.ols.bse[term]))
    a_group, groups, name = (literal(w) for w in (an(comparison.group), plural(comparison.group), term_label(term)))
    return (
        f"**The sign turns over.** Pooled over all rows the slope of {name} is {number(pooled, decimals=decimals)}, within "
        f"{a_group} it is {number(within, decimals=decimals)} (Simpson's paradox)"
        f"{'' if sure else ', though one of the two is not far from 0 compared with its standard error'}. "
        f"For what happens when {name} changes within {a_group}, report the slope within; for differences between "
        f"{groups}, the slope between; the pooled one answers neither."
    )
