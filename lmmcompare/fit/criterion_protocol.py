"""What the search for a minimum asks of the criteria: of one model, of many replicates, or without each of many groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, Self, TypeVar

from ..arrays import Array
from .descent import Descent
from .theta import ThetaMap


class Point(Protocol):
    """What is known of B criteria, each at its own theta; problems along the last axis, NaN where theta is too far."""

    @property
    def theta(self) -> Array:
        """(m, B)."""

    @property
    def criterion(self) -> Array:
        """Profiled deviances or REML criteria, (B,)."""

    @property
    def gradient(self) -> Array:
        """In theta, (m, B)."""

    @property
    def curvature(self) -> Array:
        """Derivatives of the criteria in the relative covariance ``Lambda Lambda'``, (k, k, B)."""

    @property
    def expected(self) -> Array:
        """Expected Hessians in theta, (m, m, B); asked for where the criteria are `Criteria.scoring`."""

    @property
    def hessian(self) -> Array:
        """Observed Hessians in theta, (m, m, B)."""

    def take(self, index: Array) -> Self:
        """Those of some of the problems."""

    def where(self, chosen: Array, other: Self) -> Self:
        """The other's points for the problems chosen, (B,), and these points for the rest."""

    def put(self, index: Array, other: Self) -> Self:
        """These points, replaced by the other's for the problems at ``index``."""


P = TypeVar("P", bound=Point)
"""What `Criteria` are known by at a theta."""


class Criteria(Protocol[P]):
    """B problems of the same shape, whose criteria are searched as one array."""

    @property
    def theta_map(self) -> ThetaMap:
        """Of all of them."""

    @property
    def size(self) -> int:
        """B."""

    @property
    def levels(self) -> Array:
        """Levels of each random coefficient's grouping factor, (k, B), or with axes of length 1."""

    @property
    def theta_limits(self) -> Array:
        """How far each entry of theta is searched, (m,)."""

    @property
    def reach(self) -> float:
        """How far the relative covariance may be moved from where a search stopped; infinite where it does not matter."""

    @property
    def scoring(self) -> bool:
        """Whether there are expected Hessians to begin with; else all steps are Newton's."""

    @property
    def newton(self) -> bool:
        """Whether scoring gives way to Newton's Hessian near the end, not only where it is slow."""

    @property
    def can_repeat(self) -> bool:
        """Whether `take` gives a problem as often as it is asked for, so that searches from several starts are one."""

    @property
    def descent(self) -> Callable[[Array], Descent | None] | None:
        """A way of its own down from theta (m, 1), which gives up where it is not plain; None where there is none."""

    def take(self, index: Array) -> Criteria[P]:
        """Some of the problems."""

    @property
    def reordered(self) -> Callable[[Array], Criteria[P]] | None:
        """The criteria with each problem's random coefficients in an order of its own, (k, B); None where that is not needed."""

    def at(self, theta: Array) -> P:
        """The criteria at theta (m, B) with their derivatives."""

    def values(self, theta: Array) -> Array:
        """The criteria alone, (B,)."""

    def further_starts(self, at: P) -> list[tuple[Array, Array]]:
        """Other starts for problems that may have a lower minimum elsewhere: their indices, and theta for each."""
