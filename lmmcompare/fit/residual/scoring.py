"""The search for a free covariance between visits: EM steps, then Newton's, or Fisher's where the Hessian is not positive.

Each step is taken relative to the covariance that it starts from, so that no covariance is ill conditioned. With J groups the EM step
is then ``I - G / J``, G the derivative of the criterion. Hessian and expected information are exact, from ``tr(A D_i B D_j)``: Fisher
scoring with the information of REML ends in small trials where that of ML does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...arrays import Array
from .criterion import Problem, Solution, solve
from .search import CERTAIN, Optimum, polished
from .unstructured import Unstructured

EM_STEPS, MOST = 5, 200
SINGULAR = 1e-10
"""An eigenvalue below this of the correlation matrix of the first visit and the differences from it is none."""
NEARLY = 1e-6
"""A search that ends below this without an optimum was on its way there."""


@dataclass(frozen=True, eq=False)
class Information:
    """What a fit's covariance parameters are known by, of twice the negative log-likelihood.

    Parameters
    ----------
    observed, expected : (m, m) arrays
        Its Hessian; the Hessian's expectation (twice Fisher's information, of the restricted likelihood under REML).
    """

    observed: Array
    expected: Array


def information(problem: Problem, solution: Solution) -> Information:
    """Hessian and expected information at a solution."""
    structure, p = problem.structure, problem.p
    assert isinstance(structure, Unstructured)
    known = structure.precisions(structure.theta(solution.parameters))
    assert known is not None
    inverse, direction = known[0], solution.direction
    inner = structure.inward(inverse)
    own = structure.traces(inner, structure.sums.groups[:, None, None] * inner)
    slopes = -np.tensordot(solution.weighting.slopes, structure.tables, axes=1)
    residual = structure.inward(inverse @ structure.folded(np.outer(direction, direction)) @ inverse)
    along = slopes[:, :p] @ direction
    observed = 2 * (structure.traces(inner, residual) - along @ solution.inverse @ along.T) - own
    expected = own
    if problem.reml:
        padded = np.zeros((p + 1, p + 1))
        padded[:p, :p] = solution.inverse
        shared = structure.traces(inner, structure.inward(inverse @ structure.folded(padded) @ inverse))
        spread = slopes[:, :p, :p] @ solution.inverse
        fixed = 2 * shared - np.einsum("iab,jba->ij", spread, spread)
        observed, expected = observed + fixed, own - fixed
    return Information((observed + observed.T) / 2, (expected + expected.T) / 2)


def optimise_covariance(problem: Problem) -> tuple[Problem, Optimum]:
    """Search for V; where it tends to a singular matrix the search ends there. The problem that comes back has V for its base."""
    assert isinstance(problem.structure, Unstructured)
    at = _Place(problem, solve(problem, problem.structure.starts()[0]))
    for _ in range(EM_STEPS):
        at = at.by_em() or at
    decrement = np.inf
    for _ in range(MOST):
        current = at.solution
        known = information(at.problem, current)
        size = np.sqrt(np.abs(np.diag(known.expected)))
        observed = known.observed / np.outer(size, size)
        positive = bool(np.linalg.eigvalsh(observed)[0] > 1e-8)
        matrix = observed if positive else known.expected / np.outer(size, size)
        direction = _solved(matrix, -current.gradient / size) / size
        decrement = float(-direction @ current.gradient)
        if decrement < CERTAIN or smallest(at.structure, current) < SINGULAR:
            certain = decrement < CERTAIN and positive
            if certain:
                current = polished(at.problem, current, np.arange(len(size)), known.observed)
            return at.problem, Optimum(current, certain, (), decrement)
        following = at.along(direction) or at.by_em()
        if following is None:
            return at.problem, Optimum(current, False, (), decrement)
        at = following
    return at.problem, Optimum(at.solution, False, (), decrement)


def smallest(structure: Unstructured, solution: Solution) -> float:
    """The smallest eigenvalue of the correlation matrix of the first visit and the differences from it.

    It is small where some combination of visits has next to no variance, but not where groups lie far apart.
    """
    covariance = structure.of_differences(solution.parameters)
    size = np.sqrt(np.diag(covariance))
    return float(np.linalg.eigvalsh(covariance / np.outer(size, size))[0])


@dataclass(frozen=True, eq=False)
class _Place:
    """Where a search is: a problem whose base is the covariance that has been reached, and its solution there."""

    problem: Problem
    solution: Solution

    @property
    def structure(self) -> Unstructured:
        """The family, with its base."""
        assert isinstance(self.problem.structure, Unstructured)
        return self.problem.structure

    def _at(self, theta: Array) -> _Place | None:
        """The place of a covariance relative to this one's; None where it is not positive definite."""
        structure = self.structure.rebased(theta)
        if structure is None:
            return None
        problem = replace(self.problem, structure=structure)
        return _Place(problem, solve(problem, structure.starts()[0]))

    def by_em(self) -> _Place | None:
        """One EM step; None where it does not lower the criterion."""
        slope, k = self.structure.theta(self.solution.gradient), self.structure.sums.n_visits
        slope = slope * (1 + np.eye(k)) / 2  # an entry off the diagonal stands twice
        following = self._at(np.eye(k) - slope / self.structure.sums.groups.sum())
        lower = following is not None and following.solution.criterion < self.solution.criterion
        return following if lower else None

    def along(self, direction: Array) -> _Place | None:
        """The first of ever shorter steps that lowers the criterion, V staying positive definite."""
        for halvings in range(30):
            step = direction / 2**halvings
            following = self._at(self.structure.theta(self.solution.parameters + step))
            promised = 1e-4 * float(self.solution.gradient @ step)
            if following is not None and following.solution.criterion < self.solution.criterion + promised:
                return following
        return None


def _solved(matrix: Array, gradient: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return vectors @ ((vectors.T @ gradient) / np.maximum(values, 1e-10 * values[-1]))
