"""Minimise the criterion over theta, and certify what was found.

The criterion depends on theta through Lambda Lambda' alone, so the sign of a column of Lambda is free and no bound is
needed: an optimum with a variance of zero is an ordinary minimum at theta = 0. The way there is by scoring steps
(Newton's with the expected Hessian, or with the average of the expected and the observed one where there are several
grouping factors), the last ones by Newton steps proper, whose Hessian is the certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from .criterion import Problem, Solution, criterion, solve

Array = np.ndarray

SINGULAR = 1e-4
"""A relative standard deviation below this counts as zero (lme4's isSingular has the same limit)."""
CERTIFIED = 1e-7
"""A fit is certified when one more Newton step would lower the criterion by less than this."""
ZERO = 1e-6
"""A relative standard deviation below this is set to zero: the criterion cannot tell them apart."""
LARGEST = 1e7
"""Largest relative standard deviation that is searched; beyond it rounding hides the residual variance."""
NEAR = 1e-6
"""Scoring ends when a step would lower the criterion by less than this; Newton steps do the rest."""
LAST = 1e-9
"""The Newton step that promises less than this is the last: the error after it is far below rounding."""
HIDDEN = 1e-8
"""A descent of the criterion by less than this is not worth another start."""
REGULAR = 1e-2
"""Where no direction of a block has a relative standard deviation below this, theta's gradient sees all of them."""
TINY = 1e-100
"""Stands for a curvature of zero where one divides by it."""
MAX_STEPS = 200
MAX_RESTARTS = 3


@dataclass(frozen=True)
class Optimum:
    """Where the optimiser stopped, and why that may be believed.

    Parameters
    ----------
    solution : Solution
    converged : bool
        Whether the gradient certifies the optimum; never the optimiser's own opinion.
    singular : bool
        Whether the optimum lies on the boundary: a variance of zero or a correlation of one.
    decrement : float
        By how much a Newton step would still lower the criterion (before the last one was made).
    evaluations : int
        Evaluations of the criterion with its gradient.
    """

    solution: Solution
    converged: bool
    singular: bool
    decrement: float
    evaluations: int


def optimise(problem: Problem, start: Array | None = None) -> Optimum:
    """Minimise the criterion from ``start``, or from what one EM step makes of the identity.

    A column of zeros in Lambda is stationary whatever the data, since the criterion is even in it. So a stop is
    accepted only if the derivative in the covariance itself is not negative in any direction; otherwise the search
    starts again in that direction. And since the criterion of small data may have two minima, the stop must also be lower
    than the models without some of the random coefficients.
    """
    if problem.kept is None:
        return _optimise(problem, start)
    with _blas().limit(limits=1, user_api="blas"):
        return _optimise(problem, start)


@cache
def _blas() -> ThreadpoolController:
    """BLAS on one thread: two threads gain a fifth on an idle machine and cost tenfold on one that forty people share."""
    return ThreadpoolController()


def _optimise(problem: Problem, start: Array | None) -> Optimum:
    search = _Search(problem)
    solution = search.first() if start is None else search.at(np.asarray(start, dtype=float))
    for attempt in range(MAX_RESTARTS + 1):
        solution, decrement = search.descend(solution)
        solution = search.tidied(solution)
        lower = None if attempt == MAX_RESTARTS else search.hidden_descent(solution) or search.other_valley(solution)
        if lower is None:
            break
        solution = lower
    singular = bool((solution.theta[problem.theta_map.diagonal] < SINGULAR).any())
    return Optimum(solution, decrement < CERTIFIED, singular, decrement, search.evaluations)


class _Search:
    """The steps of one search, and how many evaluations they took."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.theta_map = problem, problem.theta_map
        self.evaluations = 0

    def at(self, theta: Array) -> Solution:
        self.evaluations += 1
        return solve(self.problem, theta)

    def first(self) -> Solution:
        """An EM step from the identity, and more of them while they enlarge the covariance much.

        With M the criterion's derivative in the relative covariance P, the EM step is ``P - P M P / J``.
        """
        solution, before, after = self.at(self.theta_map.entries(np.eye(self.theta_map.k))), 0.0, 1.0
        while after > 4 * before and after < LARGEST:
            covariance = np.zeros_like(solution.factor)
            relative = solution.factor @ solution.factor.T
            step = relative @ solution.curvature @ relative
            for rows, levels in zip(self.problem.factor_rows, self.problem.levels, strict=True):
                covariance[rows, rows] = relative[rows, rows] - step[rows, rows] / levels
            covariance *= self.theta_map.together
            solution = self.at(self.theta_map.from_covariance(covariance))
            before, after = max(after, 1.0), float(np.trace(covariance))
        return solution

    def descend(self, solution: Solution) -> tuple[Solution, float]:
        """Steps until none is left to make, and by how much the last one promised to lower the criterion."""
        near, decrement = False, np.inf
        for _ in range(MAX_STEPS):
            hessian = self.observed(solution) if near and solution.kept is None else self.expected(solution)
            # standardised: theta's entries may differ by orders of magnitude
            scale = 1 / np.sqrt(np.maximum(np.abs(np.diag(hessian)), TINY))
            values, vectors = np.linalg.eigh(hessian * np.outer(scale, scale))
            # a flat direction cannot be improved measurably; along a negative one a step of its size leads down too
            size = np.maximum(np.abs(values), 1e-9 * np.abs(values).max())
            rotated = vectors.T @ (scale * solution.gradient)
            decrement = float(0.5 * np.sum(rotated**2 / size))
            if not near and decrement < NEAR:
                near = True
                continue
            lower = self.along(solution, -scale * (vectors @ (rotated / size)), decrement)
            if near and (lower is None or decrement < LAST):
                return lower or solution, decrement
            near = near or lower is None
            solution = lower or solution
        return solution, decrement

    def expected(self, solution: Solution) -> Array:
        """The expected Hessian for given covariances, plus what theta's own curvature adds to it.

        With several factors the expected one has no sparse form; its average with the observed one has (Gilmour, Thompson
        and Cullis 1995, Biometrics 51): ``y'P H_a P H_b P y`` needs a few columns only.
        """
        rows, columns, m = self.theta_map.rows, self.theta_map.columns, len(solution.theta)
        unit = np.zeros((m, self.theta_map.k, self.theta_map.k))
        unit[np.arange(m), rows, columns] = 1.0
        change = unit @ solution.factor.T
        change += change.transpose(0, 2, 1)
        information = self._scored(solution, change) if solution.kept is None else self._averaged(solution, change)
        same = columns[:, None] == columns
        return information + 2 * np.where(same, solution.curvature[np.ix_(rows, rows)], 0.0)

    def _scored(self, solution: Solution, change: Array) -> Array:
        seen = np.einsum("mkj,mlj->klj", solution.half_z, solution.half_z)
        pull = np.einsum("akl,lmj->akmj", change, seen)
        trace = np.einsum("akkj->a", pull)
        return np.einsum("akmj,bmkj->ab", pull, pull) - np.outer(trace, trace) / self.problem.df

    def _averaged(self, solution: Solution, change: Array) -> Array:
        assert solution.kept is not None
        own, *others = self.problem.factor_rows
        kept, m, p = solution.kept.kept, len(change), self.problem.p
        direction = np.append(-solution.beta, 1.0)
        z_w = np.einsum("iaj,ipj->apj", solution.half_z, solution.half_w)
        residual = np.tensordot(z_w, direction, axes=([1], [0]))
        first = np.einsum("mab,bj->ajm", change[:, own, own], residual)
        parts = [
            np.einsum("mab,bl->alm", change[:, rows, rows], part).reshape(-1, m)
            for rows, part in zip(others, kept.parts(solution.kept.z_w @ direction), strict=True)
        ]
        weights = np.concatenate(parts)
        pull = np.einsum("ajm,aj->m", first, residual) + (solution.kept.z_w @ direction) @ weights
        on_x = np.einsum("apj,ajm->pm", z_w[:, :p], first) + solution.kept.z_w[:, :p].T @ weights
        square = solution.kept.products(solution.half_z, first, weights) - on_x.T @ np.linalg.solve(solution.xx, on_x)
        return self.problem.df * (square / solution.pwrss - np.outer(pull, pull) / solution.pwrss**2)

    def observed(self, solution: Solution) -> Array:
        """The Hessian, by differences of the analytic gradient."""
        theta = solution.theta
        hessian = np.empty((len(theta), len(theta)))
        for k, step in enumerate(1e-5 * np.maximum(np.abs(theta), 0.1)):
            moved = theta.copy()
            moved[k] += step
            hessian[k] = (self.at(moved).gradient - solution.gradient) / step
        return (hessian + hessian.T) / 2

    def along(self, solution: Solution, step: Array, decrement: float) -> Solution | None:
        """A lower point along ``step``, shortened as needed; None where rounding hides any."""
        size, slope = 1.0, 2 * decrement
        rounding = 1e-12 * abs(solution.criterion) if decrement < NEAR else 0.0
        for _ in range(25):
            found = self.at(np.clip(solution.theta + size * step, -LARGEST, LARGEST))
            rise = found.criterion - solution.criterion
            if rise <= rounding - 1e-4 * size * slope:
                return found
            curved = size * slope / (2 * (rise + size * slope)) if np.isfinite(rise) else 0.0
            size *= float(np.clip(curved, 0.1, 0.5))
        return None

    def tidied(self, solution: Solution) -> Solution:
        """The same optimum with a diagonal of Lambda that is not negative, and exactly zero where it is negligible."""
        factor = solution.factor * np.where(np.diag(solution.factor) < 0, -1.0, 1.0)
        theta = self.theta_map.entries(factor)
        theta[self.theta_map.diagonal & (theta < ZERO)] = 0.0
        return solution if np.array_equal(theta, solution.theta) else self.at(theta)

    def hidden_descent(self, solution: Solution) -> Solution | None:
        """A lower point where theta's own gradient sees none: adding ``v v'`` to the covariance tells."""
        covariance = solution.factor @ solution.factor.T
        for rows in self.theta_map.block_slices():
            if np.linalg.svd(solution.factor[rows, rows], compute_uv=False)[-1] > REGULAR:
                continue  # the gradient sees every direction
            values, vectors = np.linalg.eigh(solution.curvature[rows, rows])
            if values[0] >= -1e-6 * max(float(np.abs(values).max()), 1.0):
                continue
            direction = np.zeros(self.theta_map.k)
            direction[rows] = vectors[:, 0]
            for size in (1.0, 1e-1, 1e-2, 1e-3, 1e-4):
                found = self.at(self.theta_map.from_covariance(covariance + size * np.outer(direction, direction)))
                if found.criterion < solution.criterion - HIDDEN:
                    return found
        return None

    def other_valley(self, solution: Solution) -> Solution | None:
        """A lower point where one random coefficient, or all of them, have no variance."""
        kept = 1.0 - np.eye(self.theta_map.k) if self.theta_map.k > 1 else np.empty((0, 1))
        thetas = [np.zeros_like(solution.theta), *(self.theta_map.entries(solution.factor * k[:, None]) for k in kept)]
        values = [criterion(self.problem, theta) for theta in thetas]
        best = int(np.argmin(values))
        return self.at(thetas[best]) if values[best] < solution.criterion - HIDDEN else None
