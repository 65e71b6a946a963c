"""One pass over the rows: each group's size, means and within-group cross-products.

Every model that the app compares is a function of these; after this a fit never touches a row again. Columns are
centred at their overall mean and scaled by their overall standard deviation, and each group's cross-products are taken
about that group's own means, so that neither a large offset nor large differences between groups cost digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from ..arrays import Array
from ..errors import TooLargeError

CHUNK = 1 << 16
MAX_BYTES = 2_000_000_000
ROUNDING = 1e-15
"""Standard deviation of a column, as a share of its mean, that its rounding alone may give."""


class Rows(Protocol):
    """A column that gives its values for a slice of rows."""

    def __getitem__(self, rows: slice) -> Array: ...


class Weights(Protocol):
    """Prior weights of rows over their mean, for a slice of rows."""

    @property
    def mean(self) -> float:
        """Mean of the weights as given."""

    def __getitem__(self, rows: slice) -> Array: ...


@dataclass(frozen=True)
class Remainder:
    """What nearly collinear columns leave of a column: ``column - sum of coefficients * others``, a column of its own.

    Cross-products of the column itself have lost the digits in which it differs from the others; those of the remainder,
    taken row by row, have not.

    Parameters
    ----------
    column, at : int
        The column, and its remainder, among the moments' columns.
    others : tuple of int
    coefficients : tuple of float
        Coefficients of the other columns, in the columns' units.
    """

    column: int
    at: int
    others: tuple[int, ...]
    coefficients: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Moments:
    """Group moments of ``q`` columns over ``J`` groups; the groups run along the last axis.

    Parameters
    ----------
    n : (J,) float array
        Number of rows in each group.
    mean : (q, J) array
        Group means of the centred and scaled columns.
    within : (q, q, J) array
        Cross-products about the group's own means.
    center, scale : (q,) arrays
        A column's value is ``center + scale * (centred and scaled value)``.
    remainders : tuple of Remainder
        Remainders of columns that are nearly collinear with others.
    weight : (J,) array or None
        Sums of the rows' prior weights over their mean; None without prior weights. Means, centres and cross-products are then
        weighted: those of rows multiplied by the root of their weight, the constant's column too.
    log_weight : (J,) array or None
        Sums of the logarithms of these.
    mean_weight : float
        Mean of the prior weights as given: a row of this weight counts as one row.
    """

    n: Array
    mean: Array
    within: Array
    center: Array
    scale: Array
    remainders: tuple[Remainder, ...] = ()
    weight: Array | None = None
    log_weight: Array | None = None
    mean_weight: float = 1.0

    @property
    def w(self) -> Array:
        """Cross-product of the constant column in each group, (J,): the number of rows, or the sum of relative weights."""
        return self.n if self.weight is None else self.weight

    @property
    def log_weights(self) -> float:
        """The sum of the logarithms of all rows' relative prior weights; 0 without any."""
        return 0.0 if self.log_weight is None else float(self.log_weight.sum())

    @property
    def n_groups(self) -> int:
        """The number of groups, J."""
        return len(self.n)

    @cached_property
    def n_rows(self) -> int:
        """The number of rows."""
        return int(self.n.sum())

    @cached_property
    def same_sizes(self) -> bool:
        """Whether all groups have as many rows, and rows of the same prior weight together."""
        return bool(np.ptp(self.n) == 0 and np.ptp(self.w) <= 1e-12 * self.w.max())

    @cached_property
    def within_total(self) -> Array:
        """Pooled within-group cross-products, (q, q)."""
        return self.within.sum(axis=-1)

    @cached_property
    def between_total(self) -> Array:
        """Cross-products of the group means, weighted by size, (q, q)."""
        return (self.mean * self.w) @ self.mean.T

    @cached_property
    def with_constant(self) -> tuple[Array, Array, Array]:
        """Means (q + 1, J), scales and centres over them (q + 1,), of the columns and, last, of a constant 1, which is column -1."""
        q = len(self.center)
        mean, scale, offset = np.ones((q + 1, self.n_groups)), np.ones(q + 1), np.zeros(q + 1)
        mean[:q], scale[:q], offset[:q] = self.mean, self.scale, self.center / self.scale
        return mean, scale, offset

    @cached_property
    def varies_within(self) -> Array:
        """Whether a column varies within any group, (q,)."""
        return self.within_total.diagonal() > 1e-14 * (self.within_total + self.between_total).diagonal()

    @cached_property
    def varies_between(self) -> Array:
        """Whether a column's group means differ, (q,)."""
        return self.between_total.diagonal() > 1e-14 * (self.within_total + self.between_total).diagonal()

    def with_group_means(self, columns: Sequence[int]) -> Moments:
        """Further columns, before the last: the group means of ``columns``, which vary between groups only."""
        return self._with_copies(columns, keep_means=True)

    def with_deviations(self, columns: Sequence[int]) -> Moments:
        """Further columns, before the last: ``columns`` minus their group means, which vary within groups only."""
        return self._with_copies(columns, keep_means=False)

    def _with_copies(self, columns: Sequence[int], *, keep_means: bool) -> Moments:
        """Copies of columns, before the last, of which one part only is kept: the group means or the deviations."""
        last = len(self.center) - 1
        order = [*range(last), *columns, last]
        copies = slice(last, last + len(columns))
        mean, within, center = self.mean[order], self.within[np.ix_(order, order)], self.center[order]
        if keep_means:
            within[copies] = 0.0
            within[:, copies] = 0.0
        else:
            mean[copies] = 0.0
            center[copies] = 0.0
        return replace(self, mean=mean, within=within, center=center, scale=self.scale[order])

    def keep(self, groups: Array) -> Moments:
        """The moments of some of the groups."""
        weight, log_weight = (None if a is None else a[groups] for a in (self.weight, self.log_weight))
        return replace(
            self,
            n=self.n[groups],
            mean=self.mean[:, groups],
            within=self.within[:, :, groups],
            weight=weight,
            log_weight=log_weight,
        )

    def columns(self, columns: Sequence[int]) -> Moments:
        """The moments of some of the columns."""
        k = list(columns)
        return replace(
            self,
            mean=self.mean[k],
            within=self.within[np.ix_(k, k)],
            center=self.center[k],
            scale=self.scale[k],
            remainders=(),
        )


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
    n_rows, n_groups : int
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


def refuse_large(n_groups: int, q: int) -> None:
    """Raise when the moments of so many groups and columns would take more than `MAX_BYTES`."""
    needed = 8 * n_groups * q * (q + 1)
    if needed > MAX_BYTES:
        raise TooLargeError(
            f"{n_groups:,} groups with {q:,} columns need {needed / 1e9:.1f} GB; {MAX_BYTES / 1e9:.0f} GB are allowed.",
            "Choose fewer predictors or a grouping column with fewer levels.",
        )


def _sums(group: Array | None, values: Array | None, n_groups: int, length: int = 0) -> Array | float:
    if group is None:
        return float(length) if values is None else float(values.sum())
    return np.bincount(group, values, n_groups)
