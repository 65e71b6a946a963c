"""The picture of two slopes: the line through the group means, the common line within groups, OLS between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..model_catalogue import Model
from ..text.numbers import number
from .facts import facts, slope_decimals
from .identity import identity

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
    of, column = facts(comparison, term), comparison.column_of(term)
    outcome = moments.outcome
    others = [k for k in design.fixed if k != column]
    inside, between = _clearing(comparison, others)
    deviation = moments.scale[others, None] * moments.mean[others]  # of each group's mean from the overall mean
    x_mean = moments.center[column] + moments.scale[column] * moments.mean[column]
    y_mean = moments.center[outcome] + moments.scale[outcome] * moments.mean[outcome] - between @ deviation
    labels = np.array(comparison.grouping.labels, dtype=object)
    display = np.isin(labels, picture.group_order)
    means = pd.DataFrame({"group": labels, "x": x_mean, "y": y_mean, "n": moments.n.astype(int)})[display].astype(
        {"group": object}
    )
    points = picture.points
    if others and len(points):
        rows = points["row"].to_numpy()
        codes = np.asarray(comparison.grouping.codes)[rows]
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
    decimals = slope_decimals(comparison, term)
    texts = {"ols": f"OLS {number(of.ols.estimate, decimals=decimals)}"}
    if of.within is not None and not of.little_within:
        texts["within"] = f"within {number(of.within.value, decimals=decimals)}"
    if of.between is not None and of.says_between:
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
