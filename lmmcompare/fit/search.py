"""Steps down the criterion over theta: scoring steps, the last ones Newton's own.

The criterion depends on theta through Lambda Lambda' alone, so the sign of a column of Lambda is free and no bound is
needed: an optimum with a variance of zero is an ordinary minimum at theta = 0. Scoring steps are Newton's with the
expected Hessian, or with the average of the expected and the observed one where there are several grouping factors.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from .criterion import Solution, solve
from .problem import Problem
from .small_cholesky import products

LARGEST = 1e7
"""Largest relative standard deviation that is searched; beyond it rounding hides the residual variance."""
LARGEST_OF_SEVERAL = 1e5
"""The same with several grouping factors, where the kept ones' share is a difference."""
NEAR = 1e-6
"""Scoring ends when a step would lower the criterion by less than this; Newton steps do the rest."""
PATIENCE = 5
"""So many scoring steps may be slow before Newton's own Hessian is asked for."""
SLOW = 0.3
"""A step is slow when the next promises more than this share of what it promised."""
LAST = 1e-12
"""The Newton step that promises less than this is the last: the error after it is far below rounding."""
FLAT = 1e-9
"""Curvature of the criterion, in theta or its logarithm, below which a variance makes no difference."""
TINY = 1e-100
"""Stands for a curvature of zero where one divides by it."""
MAX_STEPS = 200


class Search:
    """The steps of one search, and how many evaluations they took."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.theta_map = problem, problem.theta_map
        self.largest = self.theta_map.limits(LARGEST if problem.other_factors is None else LARGEST_OF_SEVERAL)
        self.evaluations = 0

    def at(self, theta: Array) -> Solution:
        """The solution at one theta, counted."""
        self.evaluations += 1
        return solve(self.problem, theta)

    def first(self) -> Solution:
        """An EM step from the identity, and more of them while they enlarge the covariance much.

        With M the criterion's derivative in the relative covariance P, the EM step is ``P - P M P / J``.
        """
        solution, before, after = self.at(self.theta_map.from_covariance(np.eye(self.theta_map.k))), 0.0, 1.0
        while after > 4 * before and after < self.largest.min():
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
        near, exact, decrement = False, False, np.inf
        for step in range(MAX_STEPS):
            hessian, before = self.observed(solution) if exact else self.expected(solution), decrement
            # standardised: theta's entries may differ by orders of magnitude
            curved = np.abs(np.diag(hessian))
            scale = 1 / np.sqrt(np.maximum(curved, TINY))
            # of some variances the data say nothing: those stay where they are
            scale[curved * np.maximum(np.abs(solution.theta), 1.0) ** 2 < FLAT] = 0.0
            # a residual variance of 0 lies beyond the largest that is searched
            if self.theta_map.structured:
                scale[(np.abs(solution.theta) >= self.largest) & (solution.gradient * solution.theta < 0)] = 0.0
            values, vectors = np.linalg.eigh(hessian * np.outer(scale, scale))
            # a flat direction cannot be improved measurably; along a negative one a step of its size leads down too
            size = np.maximum(np.abs(values), max(1e-9 * np.abs(values).max(), TINY))
            rotated = vectors.T @ (scale * solution.gradient)
            decrement = float(0.5 * np.sum(rotated**2 / size))
            slow = step >= PATIENCE and decrement > SLOW * before
            if not exact and (slow or (decrement < NEAR and solution.other_factors is None)):
                near, exact = decrement < NEAR, True
                continue
            near = near or decrement < NEAR
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
        change = self.theta_map.changes(solution.theta) @ solution.factor.T
        change += change.transpose(0, 2, 1)
        information = (
            self._scored(solution, change) if solution.other_factors is None else self._averaged(solution, change)
        )
        return information + self.theta_map.bend(solution.curvature, solution.theta)

    def _scored(self, solution: Solution, change: Array) -> Array:
        projected = products(solution.half_z, solution.half_z)
        pull = np.tensordot(change, projected, axes=1)
        trace = np.einsum("akkj->a", pull)
        turned = np.ascontiguousarray(pull.swapaxes(1, 2)).reshape(len(pull), -1)
        return pull.reshape(len(pull), -1) @ turned.T - np.outer(trace, trace) / self.problem.df

    def _averaged(self, solution: Solution, change: Array) -> Array:
        assert solution.other_factors is not None
        own, *others = self.problem.factor_rows
        other_factors, m, p = solution.other_factors.other_factors, len(change), self.problem.p
        direction = np.append(-solution.beta, 1.0)
        z_w = np.einsum("iaj,ipj->apj", solution.half_z, solution.half_w)
        residual = np.tensordot(z_w, direction, axes=([1], [0]))
        first = np.einsum("mab,bj->ajm", change[:, own, own], residual)
        parts = [
            np.einsum("mab,bl->alm", change[:, rows, rows], part).reshape(-1, m)
            for rows, part in zip(others, other_factors.parts(solution.other_factors.z_w @ direction), strict=True)
        ]
        weights = np.concatenate(parts)
        pull = np.einsum("ajm,aj->m", first, residual) + (solution.other_factors.z_w @ direction) @ weights
        on_x = np.einsum("apj,ajm->pm", z_w[:, :p], first) + solution.other_factors.z_w[:, :p].T @ weights
        square = solution.other_factors.products(solution.half_z, first, weights) - on_x.T @ np.linalg.solve(
            solution.xx, on_x
        )
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
            try:
                result = self.at(np.clip(solution.theta + size * step, -self.largest, self.largest))
            except np.linalg.LinAlgError:  # too far: rounding has eaten the fixed effects' cross-products
                size /= 4
                continue
            rise = result.criterion - solution.criterion
            if rise <= rounding - 1e-4 * size * slope:
                return result
            curved = size * slope / (2 * (rise + size * slope)) if np.isfinite(rise) else 0.0
            size *= float(np.clip(curved, 0.1, 0.5))
        return None

    def tidied(self, solution: Solution) -> Solution:
        """The same optimum with a diagonal of Lambda that is not negative, and exactly zero where it is negligible."""
        theta = self.theta_map.tidied(solution.theta)
        return solution if np.array_equal(theta, solution.theta) else self.at(theta)
