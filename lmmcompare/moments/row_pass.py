"""One pass over the rows of a table in memory, to the group moments of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ..arrays import Array
from .groups import ROUNDING, Moments, refuse_large

CHUNK = 1 << 16


class Rows(Protocol):
    """A column that gives its values for a slice of rows."""

    def __getitem__(self, rows: slice) -> Array: ...


class Weights(Protocol):
    """Prior weights of rows over their mean, for a slice of rows."""

    @property
    def mean(self) -> float:
        """Mean of the weights as given."""

    def __getitem__(self, rows: slice) -> Array: ...


def compute(
    columns: Sequence[Rows],
    codes: Array | None,
    n_rows: int,
    n_groups: int = 1,
    *,
    units: tuple[Array, Array] | None = None,
    weights: Weights | None = None,
) -> Moments:
    """Moments of columns over the groups that ``codes`` gives.

    Parameters
    ----------
    columns : sequence
        Each gives its values for a slice of rows.
    codes : (n_rows,) int array or None
        Group of each row, 0 to ``n_groups`` - 1; None for a single group.
    units : tuple of (q,) arrays, optional
        Centres and scales, those of the same columns over other groups; their own when left out.
    weights : optional
        The rows' prior weights.

    Raises
    ------
    TooLargeError
        When the moments alone would take more than `MAX_BYTES`.
    """
    refuse_large(n_groups, len(columns))
    rows = _Blocks(columns, codes, weights, n_rows, n_groups)
    guess = [float(column[: min(rows.size, n_rows)].mean()) for column in columns]
    n, weight, log_weight, mean = _group_means(rows, guess)
    w = n if weights is None else weight
    within = _within_products(rows, guess, mean)

    # the rounded centre itself is taken out, so that other groups' moments of the same columns have the same zero
    center = mean @ w / w.sum() + guess if units is None else units[0]
    mean -= (center - guess)[:, None]
    if units is None:
        total = np.einsum("kkj->kj", within).sum(axis=-1) + (mean**2) @ w
        scale = np.sqrt(total / n_rows)
        constant = scale <= ROUNDING * np.abs(center)
        if constant.any():
            mean[constant], within[constant], within[:, constant], scale[constant] = 0.0, 0.0, 0.0, 1.0
    else:
        scale = units[1]
    mean /= scale[:, None]
    within /= (scale[:, None] * scale)[:, :, None]
    result = Moments(n, mean, within, center, scale)
    if weights is None:
        return result
    return replace(result, weight=weight, log_weight=log_weight, mean_weight=weights.mean)


@dataclass(frozen=True, eq=False)
class _Blocks:
    """The rows in blocks, each small enough for a processor's cache but not small beside the groups."""

    columns: Sequence[Rows]
    codes: Array | None
    weights: Weights | None
    n_rows: int
    n_groups: int

    @property
    def size(self) -> int:
        return max(CHUNK, min(4 * self.n_groups, 16 * CHUNK))

    def __iter__(self) -> Iterator[tuple[Array | None, Array | None, list[Array]]]:
        """Yield each block's groups, weights, and columns."""
        for start in range(0, self.n_rows, self.size):
            rows = slice(start, min(start + self.size, self.n_rows))
            group = None if self.codes is None else self.codes[rows].astype(np.intp, copy=False)
            weights = None if self.weights is None else self.weights[rows]
            yield group, weights, [column[rows] for column in self.columns]


def _group_means(rows: _Blocks, guess: Sequence[float]) -> tuple[Array, Array, Array, Array]:
    """Each group's size, weight and sum of log weights (J,), and its means less ``guess``, (q, J)."""
    n, weight, log_weight = np.zeros((3, rows.n_groups))
    mean = np.zeros((len(rows.columns), rows.n_groups))
    for group, weights, values in rows:
        n += _sums(group, None, rows.n_groups, len(values[0]) if values else 0)
        if weights is not None:
            weight += _sums(group, weights, rows.n_groups)
            log_weight += _sums(group, np.log(weights), rows.n_groups)
        for k, column in enumerate(values):
            deviation = column - guess[k]
            mean[k] += _sums(group, deviation if weights is None else deviation * weights, rows.n_groups)
    mean /= n if rows.weights is None else weight
    return n, weight, log_weight, mean


def _within_products(rows: _Blocks, guess: Sequence[float], mean: Array) -> Array:
    """Cross-products about the groups' means, (q, q, J)."""
    q = len(rows.columns)
    within = np.zeros((q, q, rows.n_groups))
    for group, weights, values in rows:
        for k in range(q):
            values[k] = values[k] - guess[k]
            values[k] -= mean[k, 0] if group is None else mean[k][group]
            weighted = values[k] if weights is None else values[k] * weights
            for i in range(k + 1):
                within[i, k] += _sums(group, values[i] * weighted, rows.n_groups)
    for k in range(1, q):
        within[k, :k] = within[:k, k]
    return within


def _sums(group: Array | None, values: Array | None, n_groups: int, length: int = 0) -> Array | float:
    if group is None:
        return float(length) if values is None else float(values.sum())
    return np.bincount(group, values, n_groups)
