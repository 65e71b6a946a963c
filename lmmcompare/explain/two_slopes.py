"""The picture of two slopes: the line through the group means, the common line within groups, OLS between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.compare import Comparison
from ..comparison.picture import Picture
from ..comparison.shrinkage import fitted_order
from ..design.coefficients import CONSTANT
from ..model_catalogue import Model
from ..text.labels import an, literal, noun, plural
from ..text.numbers import decimals_for, number
from ..work.memo import memoised
from .effect import noun_of
from .facts import facts
from .identity import identity
from .predictor_level import Level
from .weighting_sentences import weighted_means_phrase

CLOUD = 0.05
"""Share of the axis by which ranges are widened."""


@dataclass(frozen=True, eq=False)
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
    adjusted : bool
        Whether the outcomes are cleared of other predictors.
    """

    points: pd.DataFrame
    means: pd.DataFrame
    within_lines: pd.DataFrame
    between_line: pd.DataFrame
    ols_line: pd.DataFrame
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    labels: dict[str, str]
    adjusted: bool


def two_slopes(comparison: Comparison, term: str, picture: Picture, *, centred: bool = False) -> TwoSlopes:
    """Make the frames for a coefficient whose predictor is the picture's x axis.

    Outcomes are cleared of the other predictors: what lies within groups by the slopes within, what lies between them by
    the slopes between. So the lines are the least-squares lines of what is drawn. Where the group means do not identify
    the slopes between, OLS's clear both.
    """
    design, moments = comparison.design, comparison.moments
    assert design.grouping is not None
    of, column = facts(comparison, term), comparison.ols.columns[comparison.ols.names.index(term)]
    outcome = len(moments.center) - 1
    others = [k for k in design.fixed if k != column]
    inside, between = _clearing(comparison, others)
    deviation = moments.scale[others, None] * moments.mean[others]  # of each group's mean from the overall mean
    x_mean = moments.center[column] + moments.scale[column] * moments.mean[column]
    y_mean = moments.center[outcome] + moments.scale[outcome] * moments.mean[outcome] - between @ deviation
    labels = np.array(design.grouping.labels, dtype=object)
    display = np.isin(labels, picture.group_order)
    means = pd.DataFrame({"group": labels, "x": x_mean, "y": y_mean, "n": moments.n.astype(int)})[display].astype(
        {"group": object}
    )
    points = picture.points
    if others and len(points):
        rows = points["row"].to_numpy()
        codes = np.asarray(design.grouping.codes)[rows]
        off = np.stack([design.columns[k][rows] - moments.center[k] for k in others]) - deviation[:, codes]
        points = points.assign(y=points["y"] - inside @ off - between @ deviation[:, codes])
    if centred:
        home = means.set_index("group")
        points = points.assign(
            x=points["x"] - points["group"].map(home["x"]), y=points["y"] - points["group"].map(home["y"])
        )
        means = means.iloc[:0]
    x_range, y_range = _range(points["x"]), _range(points["y"])
    whole = np.array(x_range)
    decimals = decimals_for(float(comparison.ols.bse[term]))
    texts = {"ols": f"OLS {number(of.ols.estimate, decimals=decimals)}"}
    if of.within is not None and not of.little_within:
        texts["within"] = f"within {number(of.within.value, decimals=decimals)}"
    if of.between is not None and not of.little_between and not of.between.is_imprecise:
        texts["between"] = f"between {number(of.between.value, decimals=decimals)}"
    empty = pd.DataFrame({"x": [], "y": []}, dtype=float)
    x_all, y_all = float(moments.center[column]), float(moments.center[outcome])
    return TwoSlopes(
        points=points,
        means=means,
        within_lines=_within_lines(points, means, of.within.value, whole, centred=centred)
        if of.within is not None and "within" in texts
        else pd.DataFrame({"group": [], "x": [], "y": []}),
        between_line=_through(x_all, y_all, of.between.value, whole)
        if of.between is not None and "between" in texts and not centred
        else empty,
        ols_line=_through(x_all, y_all, of.ols.estimate, whole) if not centred else empty,
        x_range=x_range,
        y_range=y_range,
        labels=texts,
        adjusted=bool(others),
    )


def _clearing(comparison: Comparison, others: list[int]) -> tuple[Array, Array]:
    """The slopes within and between groups by which outcomes are cleared of other predictors."""
    parts, ols = identity(comparison, Model.OLS), comparison.ols
    at = [parts.columns.index(k) for k in others]
    varies_within, varies_between = comparison.moments.varies_within[others], comparison.moments.varies_between[others]
    inside = np.where(varies_within, parts.within[at], 0.0)
    between = np.where(varies_between, parts.between[at], 0.0)
    if np.isfinite(inside).all() and np.isfinite(between).all():
        return inside, between
    same = np.array([float(ols.params.iloc[ols.columns.index(k)]) for k in others])
    return same, same


def _within_lines(
    points: pd.DataFrame, means: pd.DataFrame, slope: float, whole: Array, *, centred: bool
) -> pd.DataFrame:
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
    assert comparison.design.grouping is not None
    labels = comparison.design.grouping.labels
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


def slopes_sentence(comparison: Comparison, term: str) -> tuple[str, str]:
    """A title for the picture of two slopes, and what to see in it."""
    of, groups = facts(comparison, term), literal(plural(comparison.group))
    a_group, one, name = (
        literal(w) for w in (an(comparison.group), noun(comparison.group), comparison.coefficient(term).label)
    )
    if of.level in (Level.BETWEEN, Level.CONTEXTUAL):
        return (
            "One line, between the groups' means",
            f"{name} is the same in all rows of {a_group}, so its points stand above each other.",
        )
    what = noun_of(comparison, term)
    if of.level in (Level.WITHIN, Level.WITHIN_GIVEN_MEANS):
        means = (
            f"{name} has the same {weighted_means_phrase(comparison)} in every {one}"
            if of.level is Level.WITHIN
            else f"The {one} means of {name} are taken up"
        )
        return f"One {what}, within", f"{means}: the short lines share the {what} within {groups}."
    parts = f"the large points are {one} means, the short lines share the {what} within {groups}"
    if not of.two_slopes:
        return "Within groups and between them", f"{parts[:1].upper()}{parts[1:]}."
    return f"Two {what}s, and OLS", f"{parts[:1].upper()}{parts[1:]}, the dashed line is the {what} between them."


@memoised
def simpson(comparison: Comparison, term: str) -> str:
    """A warning where OLS's slope and the slope within groups point in opposite directions; else empty."""
    of = facts(comparison, term)
    if not of.two_slopes or of.within is None or of.between is None:
        return ""
    within, pooled = of.within, of.ols.estimate
    if within.value * pooled >= 0 or within.value * of.between.value >= 0:
        return ""
    sure = abs(within.value) > 2 * within.se and abs(pooled) > 2 * float(comparison.ols.bse[term])
    decimals = decimals_for(float(comparison.ols.bse[term]))
    a_group, groups, name = (
        literal(w) for w in (an(comparison.group), plural(comparison.group), comparison.coefficient(term).label)
    )
    start = "**The sign turns over** (Simpson's paradox)" if sure else "**The two estimates have opposite signs**"
    doubt = (
        "" if sure else ", but one of them is less than two standard errors from 0, so the true signs may be the same"
    )
    return (
        f"{start}: over all rows together OLS's slope of {name} is {number(pooled, decimals=decimals)}, within "
        f"{a_group} it is {number(within.value, decimals=decimals)}{doubt}. "
        f"For what goes with a change of {name} within {a_group}, report the slope within; for differences between "
        f"{groups}, the slope between; OLS's answers neither."
    )
