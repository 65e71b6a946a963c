"""What the criteria of many replicates say to the search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .replicate_criterion import Values, profile, solve
from .replicates import Replicates
from .search import LARGEST
from .theta import ThetaMap


@dataclass(frozen=True, eq=False)
class ReplicateCriteria:
    """`Criteria` of replicates, whose derivatives are exact."""

    replicates: Replicates
    reach, scoring, newton, can_repeat, descent = np.inf, True, True, True, None

    @property
    def theta_map(self) -> ThetaMap:
        """That of all replicates."""
        return self.replicates.theta_map

    @property
    def size(self) -> int:
        """The number of replicates, B."""
        return self.replicates.size

    @property
    def levels(self) -> Array:
        """Groups, (1, B) or (1, 1)."""
        return self.replicates.weight.sum(axis=-1)[None]

    @property
    def theta_limits(self) -> Array:
        """(m,)."""
        return self.theta_map.limits(LARGEST)

    def take(self, index: Array) -> ReplicateCriteria:
        """Those of some replicates, or of copies of one."""
        return ReplicateCriteria(self.replicates.take(index))

    def reordered(self, order: Array) -> ReplicateCriteria:
        """With each replicate's random coefficients in an order of its own, (k, B)."""
        return ReplicateCriteria(self.replicates.reordered(order))

    def at(self, theta: Array) -> Values:
        """The criteria with their derivatives at theta, (m, B)."""
        return solve(self.replicates, theta)

    def values(self, theta: Array) -> Array:
        """The criteria alone, (B,)."""
        return profile(self.replicates, theta).criterion

    def further_starts(self, at: Values) -> list[tuple[Array, Array]]:
        """None: of thousands of replicates each would cost another search."""
        return []
