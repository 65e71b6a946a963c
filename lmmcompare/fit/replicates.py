"""Many replicates of a problem with one grouping factor, as arrays with an axis of B replicates before that of the groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..arrays import Array
from .theta import ThetaMap


@dataclass(frozen=True, eq=False)
class Replicates:
    """B problems with one grouping factor of J groups, in centred and scaled columns.

    Axes of length 1 where B is written serve all replicates: a design that they share is kept once.

    Parameters
    ----------
    root : (k, k, B, J) array
        R_j with ``R_j'R_j = Z_j'Z_j``.
    projected_x, projected_y : (k, p, B, J), (k, B, J) arrays
        What each group's random-effects columns see of the fixed-effects columns and of the outcome, ``R_j^-T Z_j'[X y]``.
    remaining : (p + 1, p + 1, B) array
        Cross-products of the rest of [X y], over all groups.
    weight : (B, J) array
        How often each group stands in the replicate; its share of ``projected`` is multiplied by the root of that already.
    n : (B,) array
        Rows.
    """

    root: Array
    projected_x: Array
    projected_y: Array
    remaining: Array
    weight: Array
    n: Array
    reml: bool
    theta_map: ThetaMap

    @property
    def size(self) -> int:
        """The number of replicates, B."""
        return self.projected_y.shape[1]

    @property
    def p(self) -> int:
        """Fixed coefficients."""
        return len(self.remaining) - 1

    @property
    def df(self) -> Array:
        """Divisor of the residual variance, (B,)."""
        return self.n - self.p * self.reml

    def take(self, index: Array | slice) -> Replicates:
        """Some of the replicates; of one alone any number of copies, which share its design."""
        if self.size == 1 and len(self.projected_y[0, index]) > 1:
            return replace(self, projected_y=self.projected_y[:, index])

        def some(a: Array, axis: int) -> Array:
            return a if a.shape[axis] == 1 and self.size > 1 else a[(..., index) + (slice(None),) * (-1 - axis)]

        return Replicates(
            some(self.root, -2),
            some(self.projected_x, -2),
            some(self.projected_y, -2),
            some(self.remaining, -1),
            some(self.weight, -2),
            some(self.n, -1),
            self.reml,
            self.theta_map,
        )

    def reordered(self, order: Array) -> Replicates:
        """The replicates with each one's random coefficients in an order of its own, (k, B)."""
        root = np.broadcast_to(self.root, (*self.root.shape[:2], self.size, self.root.shape[-1]))
        return replace(self, root=np.take_along_axis(root, order[None, :, :, None], axis=1))

    @cached_property
    def parts(self) -> list[Array]:
        """R_j and C_j, (k, ., B, J): side by side in one array where the replicates share neither."""
        parts = [self.root, self.projected_x, self.projected_y[:, None]]
        alike = all(part.shape[2] == self.size for part in parts)
        return [np.concatenate(parts, axis=1)] if alike else parts
