"""What is known of the criterion of one problem at one theta, as an array of one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from ..arrays import Array
from .criterion import Solution
from .criterion_protocol import Criteria
from .expected_hessian import expected_hessian
from .search import differences
from .small_criterion import Known


class _OnePoint:
    """The only point that there is."""

    def take(self, index: Array) -> Self:
        """Itself: there is one only."""
        assert len(index) == 1
        return self

    def where(self, chosen: Array, other: Self) -> Self:
        """The other if it is chosen."""
        return other if chosen[0] else self

    def put(self, index: Array, other: Self) -> Self:
        """The other."""
        assert len(index) == 1
        return other


@dataclass(frozen=True, eq=False)
class SmallPoint(_OnePoint):
    """`Point` of one small problem.

    Parameters
    ----------
    theta : (m, 1) array
    """

    theta: Array
    known: Known

    @property
    def criterion(self) -> Array:
        """The criterion, (1,)."""
        return np.array([self.known.value])

    @property
    def gradient(self) -> Array:
        """The gradient in theta, (m, 1)."""
        return self.known.gradient[:, None]

    @property
    def curvature(self) -> Array:
        """The derivative in the relative covariance, (k, k, 1)."""
        return self.known.curvature[..., None]

    @property
    def hessian(self) -> Array:
        """The exact Hessian in theta, (m, m, 1)."""
        return self.known.hessian[..., None]

    @property
    def expected(self) -> Array:
        """Not asked for: all steps are Newton's."""
        return self.hessian


@dataclass(frozen=True, eq=False)
class SinglePoint(_OnePoint):
    """`Point` of one problem.

    Parameters
    ----------
    criteria : Criteria
        Those that it is of.
    theta : (m, 1) array
    solution : Solution or None
        None where rounding leaves none.
    """

    criteria: Criteria[SinglePoint]
    theta: Array
    solution: Solution | None

    def known(self) -> Solution:
        """The solution, where there is one."""
        if self.solution is None:
            raise np.linalg.LinAlgError("the fixed columns' cross-products are not positive definite")
        return self.solution

    @property
    def criterion(self) -> Array:
        """The criterion, (1,)."""
        return np.array([np.nan if self.solution is None else self.solution.criterion])

    @property
    def gradient(self) -> Array:
        """The gradient in theta, (m, 1)."""
        return np.full(self.theta.shape, np.nan) if self.solution is None else self.solution.gradient[:, None]

    @property
    def curvature(self) -> Array:
        """The derivative in the relative covariance, (k, k, 1)."""
        k = self.criteria.theta_map.k
        return np.full((k, k, 1), np.nan) if self.solution is None else self.solution.curvature[..., None]

    @cached_property
    def expected(self) -> Array:
        """The expected Hessian for given covariances, plus what theta's own curvature adds to it, (m, m, 1)."""
        m = len(self.theta)
        return np.full((m, m, 1), np.nan) if self.solution is None else expected_hessian(self.solution)[..., None]

    @cached_property
    def hessian(self) -> Array:
        """The observed Hessian, by differences of the analytic gradient, (m, m, 1)."""
        return differences(self.criteria, self)
