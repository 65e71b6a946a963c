"""Lowess of many samples at once: a line fitted around each point of a grid, by weights that fall with distance.

The curve is that of Cleveland (1979, J. Am. Stat. Assoc. 74(368)) without robust steps, as statsmodels' `lowess` gives it;
a sample of more rows than `BINS` goes in by means of so many neighbours.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array

BINS = 200
CHUNK = 25
"""Samples worked on at a time, so that their weights stay in the processor's cache."""
SHARE = 2 / 3
"""Of a sample's rows, how many each line is fitted to."""


def local_lines(x: Array, y: Array, grid: Array) -> Array:
    """Lowess curves of B samples at places g, (G, B); NaN where a window holds one value of x only.

    Parameters
    ----------
    x, y : (m, B) arrays
    grid : (G,) array
    """
    low, high = grid.min(), grid.max()
    unit = (high - low) / 2 or 1.0
    x, grid = (x - (low + high) / 2) / unit, (grid - (low + high) / 2) / unit  # for the sums of squares
    x, y, n = _binned(np.ascontiguousarray(x.T), np.ascontiguousarray(y.T))
    k = max(int(SHARE * len(n) + 1e-10), 2)
    parts = [_lines(x[a : a + CHUNK], y[a : a + CHUNK], n, grid, k) for a in range(0, len(x), CHUNK)]
    return np.concatenate(parts).T


def _binned(x: Array, y: Array) -> tuple[Array, Array, Array]:
    """Samples (B, m) by size of x, rows of many brought to the means of neighbours; and how many rows each mean is of."""
    m = x.shape[1]
    order = np.argsort(x, axis=1)
    x, y = np.take_along_axis(x, order, axis=1), np.take_along_axis(y, order, axis=1)
    ends = np.linspace(0, m, min(BINS, m) + 1).astype(int)
    n = np.diff(ends).astype(float)
    if len(n) < m:
        x, y = (np.add.reduceat(v, ends[:-1], axis=1) / n for v in (x, y))
    return x, y, n


def _lines(x: Array, y: Array, n: Array, grid: Array, k: int) -> Array:
    """The lines' heights at the places (b, G), of samples (b, m) by size of x."""
    from_left, from_right = grid[:, None] - x[:, None, : x.shape[1] - k + 1], x[:, None, k - 1 :] - grid[:, None]
    reach = np.maximum(from_left, from_right).min(axis=2)[:, :, None]  # to the k-th nearest
    weight = np.abs(x[:, None, :] - grid[:, None])
    weight /= np.maximum(reach, np.finfo(float).tiny)
    np.minimum(weight, 1.0, out=weight)
    weight *= weight * weight
    np.subtract(1.0, weight, out=weight)
    weight *= weight * weight
    sums = weight @ (np.stack([np.ones_like(x), x, x**2, y, x * y], axis=2) * n[:, None])
    whole, first, second, height, slope = np.moveaxis(sums, 2, 0)
    spread = whole * second - first**2
    with np.errstate(divide="ignore", invalid="ignore"):
        line = (second * height - first * slope + grid * (whole * slope - first * height)) / spread
    return np.where(spread > 1e-10 * whole * second, line, np.nan)
