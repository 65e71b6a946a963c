"""Residual diagnostics of a mixed model: residuals against fitted values, residual SDs by group, and leverages."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import chdtri

from ..arrays import Array
from ..fit.bases import cross, tiled
from ..models import MixedResult
from ..text.labels import group_phrase, plural
from ..text.numbers import count, number, percent
from .diagnostic_result import Bands, Diagnostic
from .diagnostics_rows import Null, Rows, group_residuals, rows_of, simulate
from .exact_fit import is_exact, no_residuals_sentence
from .lowess import local_lines

SMOOTHED = 1_000
"""The smoother takes a uniform sample of so many rows."""
CURVES = 200
"""Draws of the smoother for its bands."""
GRID = 40
EMPTY = 0.05
"""A place with no row within this share of the range has no curve."""
NEIGHBOURS = 10
"""Fewest rows that a width is told from."""
MOST = 100.0
"""Ratios of widths beyond this are said to be over it."""
SAME_WIDTH = 1.1
"""Of two widths that differ by less than this factor none is called the wider."""
TOO_FEW = "The fitted values take too few different values for a curve."
HIGH = 2.0
"""A leverage of so many times the mean is called high (Hoaglin and Welsch 1978)."""


def residuals_against_fitted(result: MixedResult, rows: Rows | None = None, null: Null | None = None) -> Diagnostic:
    """Standardised residuals against fitted values with a smoother, which shows a trend that is left.

    Residuals of a mixed model rise a little with the fitted values even if it holds, since random effects are shrunk; the
    bands, from draws of the model, know that.

    Returns
    -------
    Diagnostic
        ``frame``: ``row`` (from 1, among those used), ``group``, ``fitted, residual, pearson, standardised, leverage``;
        ``lines``: ``x, y`` (lowess) and its bands ``lower, upper, lower_all, upper_all``.
    """
    if is_exact(result):
        return no_residuals_sentence(result)
    rows, null = _both(result, rows, null)
    lines, bands = _smoothed(rows.fitted, rows.standardised, null.fitted, null.standardised)
    out = bands.outside_all(lines["y"].to_numpy())
    if lines.empty:
        sentence = TOO_FEW
    elif out.any():
        gap = lines["y"].to_numpy() - bands.expected
        worst = int(np.where(out, np.abs(gap), 0.0).argmax())
        sentence = (
            f"Over {percent(float(out.mean()))} of the range of fitted values the curve lies outside the band: near "
            f"{number(lines['x'].iloc[worst])} the residuals average {number(abs(gap[worst]), 2)} SD "
            f"{'above' if gap[worst] > 0 else 'below'} what the model expects. A term may be missing or bent."
        )
    else:
        sentence = (
            f"No departure is visible: the curve through {count(len(rows.places), 'residual')} stays in the band."
        )
    well = (
        "If all were well, the points would lie evenly about 0 and the curve would stay in the band, as 95% of curves do when the "
        "model holds."
    )
    return Diagnostic(_points(result, rows), sentence, well, lines, rows.note)


def spread_against_fitted(result: MixedResult, rows: Rows | None = None, null: Null | None = None) -> Diagnostic:
    """The size of standardised residuals against fitted values, which shows whether the residual SD is the same everywhere.

    ``lines`` is the smoother of the absolute values; ``frame`` has them as ``size`` beside what `residuals_against_fitted`
    has.
    """
    if is_exact(result):
        return no_residuals_sentence(result)
    rows, null = _both(result, rows, null)
    size = np.abs(rows.standardised)
    lines, bands = _smoothed(rows.fitted, size, null.fitted, np.abs(null.standardised))
    out = bands.outside_all(lines["y"].to_numpy())
    if lines.empty:
        sentence = TOO_FEW
    elif out.any():
        ends = lines["x"].to_numpy()[[lines["y"].argmin(), lines["y"].argmax()]]
        widths = _widths(rows.fitted, rows.standardised, ends)
        low, high = np.argsort(widths)
        sentence = (
            _sizes_sentence(lines, bands, out)
            if widths[high] < SAME_WIDTH * widths[low]  # the curve is of sizes, whose means differ where squares do not
            else f"The residuals are {_times(widths[high], widths[low])} times as wide near {number(ends[high])} as near "
            f"{number(ends[low])}: the curve leaves the band over {percent(float(out.mean()))} of the range. Standard errors assume "
            "one width."
        )
    else:
        sentence = (
            f"No departure is visible: the curve through the sizes of {count(len(rows.places), 'residual')} stays in the band, as it does "
            "where they are equally wide everywhere."
        )
    well = "If all were well, the curve would be level, near 0.8, and stay in the band, as 95% of curves do when the model holds."
    frame = _points(result, rows).assign(size=size)
    return Diagnostic(frame, sentence, well, lines, rows.note)


def residuals_by_group(result: MixedResult, rows: Rows | None = None) -> Diagnostic:
    """Each group's residual SD, and the band in which 95% would lie if all had the same.

    A group's sum of squared residuals over sigma^2 is on average ``df = sum (1 - h_i)``. It is close to a chi-square, times what gives
    it its mean and its variance: a direction that is shrunk counts for part of a degree of freedom, and scatters less than that.

    Returns
    -------
    Diagnostic
        ``frame``: a row per group in the order of the levels, ``group, n, df, mean`` (of the residuals), ``sd, lower, upper,
        outside``; a group with less than half a degree of freedom has NaN.
    """
    if is_exact(result):
        return no_residuals_sentence(result)
    factor, grouping = result.group, result.groupings[result.focal]
    rows, sums = rows_of(result) if rows is None else rows, group_residuals(result)
    n, whole = sums.n.astype(int), rows.n == len(rows.places)
    taken = np.bincount(grouping.codes, rows.leverage, len(n)) if whole else n * rows.leverage.mean()
    df = n - taken
    known = df >= 0.5
    safe = np.where(known, df, np.nan)
    sd = np.sqrt(sums.square / safe)
    of_band = safe * safe / (safe - _lost_to_shrinkage(result, taken))
    lower, upper = (result.sigma * np.sqrt(chdtri(of_band, tail) / of_band) for tail in (0.975, 0.025))
    outside = (sd < lower) | (sd > upper)
    frame = pd.DataFrame(
        {
            "group": grouping.labels,
            "n": n,
            "df": df,
            "mean": sums.total / np.where(n, n, np.nan),
            "sd": sd,
            "lower": lower,
            "upper": upper,
            "outside": outside,
        }
    )
    names, counted = plural(factor), int(known.sum())
    if not counted:
        sentence = f"The {names} have too few rows each for a residual SD of their own."
    else:
        low, high = int(np.nanargmin(sd)), int(np.nanargmax(sd))
        sentence = (
            f"{int(outside.sum()):,} of {counted:,} {names} ({percent(outside.sum() / counted)}) "
            f"{'has' if outside.sum() == 1 else 'have'} a residual SD outside the band; "
            f"5% would by chance. It is largest in {group_phrase(factor, grouping.labels[high])} ({number(sd[high])}) and smallest in "
            f"{group_phrase(factor, grouping.labels[low])} ({number(sd[low])}); the model has {number(result.sigma)} for all."
        )
    well = f"If all {names} had the same residual SD, 95% of the points would lie in the band, which is wider for {names} with few rows."
    note = "" if whole else f"Leverages are those of {len(rows.places):,} random rows on average."
    note = f"{result.design.sample_sentence} {note}" if sums.sampled else note
    return Diagnostic(frame, sentence, well, note=note)


def _lost_to_shrinkage(result: MixedResult, taken: Array) -> Array:
    """What the squares of ``I - H_jj``'s eigenvalues lack to their sum, group by group; 0 with several grouping factors.

    Half of the variance of e'e / sigma^2 is the sum of these squares (Satterthwaite 1946). ``H_jj`` is the group's own shrinkage,
    ``Z Psi Z' V^-1``, and ``taken`` less its trace the fixed part's small share.
    """
    if len(result.groupings) > 1:
        return np.zeros(len(taken))
    factor, bases = result.fit.optimum.solution.factor, result.fit.problem.random
    zz = np.moveaxis(tiled(cross, result.moments, bases, bases), -1, 0)
    own = factor @ np.linalg.solve(factor.T @ zz @ factor + np.eye(len(factor)), factor.T) @ zz
    first, second = np.einsum("jaa->j", own), np.einsum("jab,jba->j", own, own)
    lost: Array = first - second + np.maximum(taken - first, 0.0)
    return lost


def leverages(result: MixedResult, rows: Rows | None = None) -> Diagnostic:
    """Leverages: the derivative of each row's fitted value with respect to its own outcome.

    ``frame`` as in `residuals_against_fitted`, with ``high`` where the leverage is twice the mean or more.
    """
    rows = rows_of(result) if rows is None else rows
    mean, top = float(rows.leverage.mean()), int(rows.leverage.argmax())
    high = rows.leverage >= HIGH * mean
    frame = _points(result, rows).assign(high=high)
    many = "No row" if not high.any() else count(int(high.sum()), "row")
    # Where a row of a sample stands in the table is not known.
    row = "a row" if result.design.is_sample else f"row {rows.places[top] + 1:,}"
    sentence = (
        f"Coefficients and random effects together count for {number(mean * rows.n)} free numbers (the sum of the leverages), "
        f"{number(mean, 2)} for each of {rows.n:,} rows. {many}{' of those shown' if rows.note else ''} "
        f"{'have' if high.sum() > 1 else 'has'} twice that or more; the highest leverage is {number(rows.leverage[top], 2)}, of {row} "
        f"({group_phrase(result.group, frame['group'].iloc[top])})."
    )
    well = (
        f"If no row stood out, all leverages would lie near {number(mean, 2)}; one near 1 means that the row alone decides its "
        "fitted value, so that its residual says nothing."
    )
    return Diagnostic(frame, sentence, well, note=rows.note)


def _both(result: MixedResult, rows: Rows | None, null: Null | None) -> tuple[Rows, Null]:
    rows = rows_of(result) if rows is None else rows
    return rows, simulate(result, rows) if null is None else null


def _points(result: MixedResult, rows: Rows) -> pd.DataFrame:
    grouping = result.groupings[result.focal]
    return pd.DataFrame(
        {
            "row": rows.places + 1,
            "group": np.array(grouping.labels, dtype=object)[grouping.codes[rows.places]],
            "fitted": rows.fitted,
            "residual": rows.residual,
            "pearson": rows.pearson,
            "standardised": rows.standardised,
            "leverage": rows.leverage,
        }
    )


def _smoothed(x: Array, y: Array, drawn_x: Array, drawn_y: Array) -> tuple[pd.DataFrame, Bands]:
    """The lowess curve (Cleveland 1979, no robust steps) and its bands from the draws' own curves, where there are rows.

    A curve is a mean of rows: it is kept within those that it is of, for a line through few far ones may leave them.
    """
    few = np.random.default_rng(2).permutation(len(x))[:SMOOTHED]
    low, high = np.quantile(x, [0.01, 0.99])
    grid = np.linspace(low, high, GRID)
    heights = np.column_stack([y[few], drawn_y[few, :CURVES]])
    curves = local_lines(np.column_stack([x[few], drawn_x[few, :CURVES]]), heights, grid)
    curves = np.clip(curves, heights.min(axis=0), heights.max(axis=0))
    nearest = np.abs(x[few][:, None] - grid).min(axis=0)
    known = np.isfinite(curves).all(axis=1) & (nearest <= EMPTY * (high - low))
    bands = Bands.of(curves[known, 1:], curves[known, 0])
    return pd.DataFrame({"x": grid[known], "y": curves[known, 0], **bands.columns()}), bands


def _sizes_sentence(lines: pd.DataFrame, bands: Bands, out: Array) -> str:
    """Where the curve through the sizes of residuals lies farthest outside its band, and how many times as high as expected."""
    ratio = lines["y"].to_numpy() / bands.expected
    worst = int(np.where(out, np.abs(np.log(np.maximum(ratio, 1e-9))), 0.0).argmax())
    return (
        f"The curve leaves the band over {percent(float(out.mean()))} of the range: near {number(lines['x'].iloc[worst])} the residuals "
        f"are on average {number(ratio[worst], 2)} times as large as the model expects."
    )


def _widths(x: Array, y: Array, places: Array) -> Array:
    """Root mean square of the rows nearest to each place, a tenth of them."""
    near = min(max(NEIGHBOURS, len(x) // 10), len(x))
    order = np.argpartition(np.abs(x[:, None] - places), near - 1, axis=0)[:near]
    return np.sqrt((y[order] ** 2).mean(axis=0))


def _times(wide: float, narrow: float) -> str:
    """A ratio of two widths, bounded."""
    return f"over {MOST:.0f}" if wide > MOST * narrow else number(wide / narrow, 2)
