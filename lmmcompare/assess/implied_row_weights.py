"""The weights that a residual structure gives to the rows of one group for its mean and trend, and the effective number of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..fit.residual.unstructured import Unstructured
from ..fit.residual.whiten import Places, whitened
from ..models.gls import GLSResult
from .time_order import Clock

MOST_ROWS = 60
"""A group of more rows than this is no picture of single rows."""
GRID = 201


@dataclass(frozen=True, eq=False)
class RowWeights:
    """One group's rows with their weights by generalized least squares, ``R^-1 1 / (1'R^-1 1)`` for its mean.

    R is the covariance of the residuals within the group. Random effects stand aside: a random intercept leaves all of these weights as
    they are, a random slope of the time those of the trend.

    Parameters
    ----------
    clock : str
        The column of times or visits; empty where rows are in the order of the table.
    frame : DataFrame
        ``label, time, mean, trend, trend_independent``: each row's time as text and number, its weight in the mean
        (they add to 1), and in the slope on the time (times outcomes they add to it), by R and by least squares; NaN where there is
        no time.
    effective_rows : float
        How many independent rows of the same variance pin the mean down as well: mean variance times ``1'R^-1 1``.
    trend_se : float
        The trend's standard error over that of as many independent rows of the same variance; NaN without a time.
    rho : float
        Of cs(), ar1() and car1(); NaN of others.
    kind : str
        The structure's, empty where only variances differ.
    signed : bool
        Whether serial correlation may be negative at these times.
    """

    group: str
    clock: str
    frame: pd.DataFrame
    effective_rows: float
    trend_se: float
    rho: float
    kind: str
    signed: bool

    @property
    def size(self) -> int:
        """Rows of the group."""
        return len(self.frame)

    @property
    def gap(self) -> Array:
        """Time from each row to the next, (n - 1,), in the clock's unit; 1 without a clock."""
        time = np.sort(self.frame["time"].to_numpy(float))
        return np.diff(time) if self.clock else np.ones(len(time) - 1)

    @property
    def lowest(self) -> float:
        """The most negative correlation that all rows of the group can have with each other."""
        return -1 / (self.size - 1)

    def curve(self) -> pd.DataFrame:
        """Effective rows along the correlation, by structure: ``structure, rho, effective_rows``."""
        low = self.lowest
        shares = np.linspace(0, 1, GRID) ** 2  # finer where the curve is steep
        one = low + (1 - low) * np.clip(shares, 1e-4, 1)
        serial = np.linspace(-0.98 if self.signed else 0.0, 0.999, GRID)
        return pd.concat(
            [
                pd.DataFrame({"structure": "cs", "rho": one, "effective_rows": under_one_correlation(self.size, one)}),
                pd.DataFrame(
                    {"structure": "ar1", "rho": serial, "effective_rows": under_serial_correlation(self.gap, serial)}
                ),
            ],
            ignore_index=True,
        )


def under_one_correlation(size: int, rho: Array) -> Array:
    """``n / (1 + (n - 1) rho)``."""
    return size / (1 + (size - 1) * rho)


def under_serial_correlation(gap: Array, rho: Array) -> Array:
    """``1'R^-1 1 = 1 + sum (1 - rho^d) / (1 + rho^d)`` over the gaps d from each row to the next."""
    power = np.power(rho[:, None], gap)
    return 1 + ((1 - power) / (1 + power)).sum(axis=1)


def row_weights(comparison: Comparison, clock: Clock, group: str | None = None) -> RowWeights | None:
    """The weights of one group's rows under the structure that was asked for.

    Parameters
    ----------
    clock : Clock
        What the trend is along: the structure's own times or visits, or proposed ones.
    group : str, optional
        Its label; when left out, or where it has too few or too many rows, the largest that can be drawn.

    Returns
    -------
    RowWeights or None
        None without structured residuals, and where no group has 3 to `MOST_ROWS` rows.
    """
    fit, grouping = comparison.structured, comparison.grouping
    if fit is None or comparison.design.is_sample:
        return None
    size = np.bincount(grouping.codes)
    drawable = (size >= 3) & (size <= MOST_ROWS)
    if not drawable.any():
        return None
    at = grouping.labels.index(group) if group in grouping.labels else -1
    if at < 0 or not drawable[at]:
        at = int(np.where(drawable, size, -1).argmax())
    rows = np.flatnonzero(grouping.codes == at)
    rows = rows[np.argsort(clock.time[rows], kind="stable")]
    precision = residual_precision(fit, rows)
    time = clock.time[rows] if clock.name else np.arange(len(rows), dtype=float)
    total, ones = float(precision.sum()), np.ones(len(rows))
    variance = float(np.trace(np.linalg.inv(precision))) / len(rows)
    trend, trend_se = np.full((2, len(rows)), np.nan), float("nan")
    if clock.name and np.isfinite(time).all() and np.ptp(time) > 0:
        x = np.column_stack([ones, time - time.mean()])
        inside = np.linalg.inv(x.T @ precision @ x)
        squares = float(x[:, 1] @ x[:, 1])
        trend = np.array([(inside @ x.T @ precision)[1], x[:, 1] / squares])
        trend_se = float(np.sqrt(inside[1, 1] * squares / variance))
    frame = pd.DataFrame(
        {
            "label": clock.labels(rows),
            "time": time,
            "mean": precision.sum(axis=0) / total,
            "trend": trend[0],
            "trend_independent": trend[1],
        }
    )
    correlation = fit.residual_correlation
    rho = correlation if fit.correlation is not None and isinstance(correlation, float) else float("nan")
    gap = np.diff(time)
    steps = bool(len(gap)) and bool((gap == np.round(gap)).all() and (np.mod(gap, 2) == 1).all())
    return RowWeights(
        str(grouping.labels[at]),
        clock.name,
        frame,
        variance * total,
        trend_se,
        rho,
        fit.correlation.kind if fit.correlation else "",
        steps,
    )


def residual_precision(fit: GLSResult, rows: Array) -> Array:
    """``R^-1`` of some rows of one group, in the outcome's units, (n, n)."""
    structure, own = fit.fit.structure, fit.residuals
    n = len(rows)
    place = own.visit if own.visit is not None else own.time if own.time is not None else np.zeros(fit.nobs)
    places = Places(np.zeros(n, dtype=np.int64), own.level[rows], place[rows])
    half = whitened(structure, fit.fit.solution.parameters, np.eye(n), places)
    unit = fit.fit.scale if isinstance(structure, Unstructured) else fit.sigma
    return half @ half.T / unit**2
