"""The search for a free covariance between visits: EM steps, then Newton's, or Fisher's where the Hessian is not positive.

With J groups the EM step is ``V - V G V / J``, G the derivative of the criterion in V. Hessian and expected information are exact,
from ``tr(A D_i B D_j)``: Fisher scoring with the information of REML ends in small trials where that of ML does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from .criterion import Problem, Solution, solve
from .search import CERTAIN, Optimum
from .unstructured import Unstructured

EM_STEPS, MOST = 5, 200
SINGULAR = 1e-7
"""An eigenvalue of the correlation matrix below this is none."""


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
    inverse = structure.precisions(structure.covariance(solution.parameters))
    assert inverse is not None
    fitted = np.append(-solution.beta, 1.0)
    own = structure.traces(inverse, structure.sums.groups[:, None, None] * inverse)
    slopes = -np.tensordot(solution.weighting.slopes, structure.tables, axes=1)
    residual = inverse @ structure.folded(np.outer(fitted, fitted)) @ inverse
    along = slopes[:, :p] @ fitted
    observed = 2 * (structure.traces(inverse, residual) - along @ solution.inverse @ along.T) - own
    expected = own
    if problem.reml:
        padded = np.zeros((p + 1, p + 1))
        padded[:p, :p] = solution.inverse
        shared = structure.traces(inverse, inverse @ structure.folded(padded) @ inverse)
        spread = slopes[:, :p, :p] @ solution.inverse
        fixed = 2 * shared - np.einsum("iab,jba->ij", spread, spread)
        observed, expected = observed + fixed, own - fixed
    return Information((observed + observed.T) / 2, (expected + expected.T) / 2)


def optimise_covariance(problem: Problem) -> Optimum:
    """Search for V; where it tends to a singular matrix the search ends there."""
    structure = problem.structure
    assert isinstance(structure, Unstructured)
    current = solve(problem, structure.starts()[0])
    groups = structure.sums.groups.sum()
    for _ in range(EM_STEPS):
        current = _em_step(problem, structure, current, groups)
    decrement = np.inf
    for iteration in range(1, MOST + 1):
        known = information(problem, current)
        size = np.sqrt(np.abs(np.diag(known.expected)))
        observed = known.observed / np.outer(size, size)
        positive = bool(np.linalg.eigvalsh(observed)[0] > 1e-8)
        matrix = observed if positive else known.expected / np.outer(size, size)
        direction = _solved(matrix, -current.gradient / size) / size
        decrement = float(-direction @ current.gradient)
        if decrement < CERTAIN or smallest(structure, current) < SINGULAR:
            return Optimum(current, decrement < CERTAIN and positive, (), decrement, iteration)
        following = _shortened(problem, current, direction) or _em_step(problem, structure, current, groups)
        if following is current:
            return Optimum(current, False, (), decrement, iteration)
        current = following
    return Optimum(current, False, (), decrement, MOST)


def smallest(structure: Unstructured, solution: Solution) -> float:
    """The smallest eigenvalue of the correlation matrix."""
    covariance = structure.covariance(solution.parameters)
    size = np.sqrt(np.diag(covariance))
    return float(np.linalg.eigvalsh(covariance / np.outer(size, size))[0])


def _em_step(problem: Problem, structure: Unstructured, current: Solution, groups: float) -> Solution:
    covariance, slope = structure.covariance(current.parameters), structure.covariance(current.gradient)
    slope = slope * (1 + np.eye(len(slope))) / 2  # an entry off the diagonal stands twice in V
    following = solve(problem, structure.parameters(covariance - covariance @ slope @ covariance / groups))
    return following if following.criterion < current.criterion else current


def _solved(matrix: Array, gradient: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return vectors @ ((vectors.T @ gradient) / np.maximum(values, 1e-10 * values[-1]))


def _shortened(problem: Problem, current: Solution, direction: Array) -> Solution | None:
    """The first of ever shorter steps that lowers the criterion, V staying positive definite."""
    for halvings in range(30):
        following = solve(problem, current.parameters + direction / 2**halvings)
        if following.criterion < current.criterion + 1e-4 * float(current.gradient @ direction) / 2**halvings:
            return following
    return None
