"""Group moments: each group's size, means and within-group cross-products.

Every model that the app compares is a function of these, and no fit touches a row. Columns are
centred at their overall mean and scaled by their overall standard deviation, and each group's cross-products are taken
about that group's own means, so that neither a large offset nor large differences between groups cost digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..arrays import Array
from ..errors import TooLargeError

MAX_BYTES = 2_000_000_000
ROUNDING = 1e-15
"""Standard deviation of a column, as a share of its mean, that its rounding alone may give."""


@dataclass(frozen=True)
class Remainder:
    """What nearly collinear columns leave of a column: ``column - sum of coefficients * others``, a column of its own.

    Cross-products of the column itself have lost the digits in which it differs from the others; those of the remainder,
    taken row by row, have not.

    Parameters
    ----------
    column, at : int
        The column, and its remainder, among the moments' columns.
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
    def outcome(self) -> int:
        """The number of the outcome's column: the last."""
        return len(self.center) - 1

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
        last = self.outcome
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


def refuse_large(n_groups: int, q: int) -> None:
    """Raise when the moments of so many groups and columns would take more than `MAX_BYTES`."""
    needed = 8 * n_groups * q * (q + 1)
    if needed > MAX_BYTES:
        raise TooLargeError(
            f"{n_groups:,} groups with {q:,} columns need {needed / 1e9:.1f} GB; {MAX_BYTES / 1e9:.0f} GB are allowed.",
            "Choose fewer predictors or a grouping column with fewer levels.",
        )
