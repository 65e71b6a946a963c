"""Random coefficients beside residuals that are serially correlated or unequal (nlme's `lme`): criterion and gradient.

Per group ``V = R + Z Psi Z'`` with ``Psi = L L'`` relative to the residual variance. Its columns are split, ``W = D + Z C``: the
groups' own means go with the random intercept, so that groups which lie far apart cost no digits. With ``S`` for products through R^-1,
``B = (I + Psi S_zz)^-1``, ``H = B Psi`` and ``N = B C - H S_zD``,

    V^-1 W = R^-1 (D + Z N),   W'V^-1 W = S_DD - S_Dz H S_zD + S_Dz B C + C'B'S_zD + C'S_zz B C,   |V| = |R| |I + Psi S_zz|.

The derivative in any weight of the sums follows from ``D + Z N`` too, and that in L is 2 M L as in the mixed model's own engine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...arrays import Array
from ...moments.group_serial_sums import GroupGaps
from ...work.interruption import check
from ..theta import ThetaMap
from .criterion import LOG_2PI, Counts, Elimination, Solution, infinite
from .search import Optimum, optimise
from .serial import Serial

MANY = 2_000
"""More groups than this are searched from fewer starts."""
SMALL = 0.1
"""The share of the first start's random coefficients in another, where the residuals have several parameters."""
ZERO = 1e-5
"""A relative SD below this is zero."""
DOWNHILL = 1e-5
"""A slope of the criterion in a variance of zero that is this much below zero, for each group, shows that zero is not best."""


@dataclass(frozen=True, eq=False)
class MixedProblem(Counts):
    """What is minimised: over the residuals' parameters and theta.

    Parameters
    ----------
    structure : Serial
        With the sums of D, (q columns).
    groups : GroupGaps
        Each group's products of Z with [D Z].
    means : (q, J) array
        The groups' means of W that D is without.
    intercept : int or None
        The place of the random intercept among the columns of Z.
    n : int
        Rows.
    far : float
        The SD of the outcome's group means relative to that within groups, or 1 if that is larger: where a search starts.
    """

    structure: Serial
    groups: GroupGaps
    means: Array
    intercept: int | None
    theta_map: ThetaMap
    n: int
    reml: bool
    far: float = 1.0

    @property
    def own(self) -> int:
        """How many of the parameters are the residuals'."""
        return len(self.structure.low)

    @property
    def low(self) -> Array:
        """Lower bounds of the parameters; theta has none, as its sign does not matter."""
        return np.concatenate([self.structure.low, np.full(len(self.theta_map.rows), -np.inf)])

    @property
    def high(self) -> Array:
        """Upper bounds of the parameters."""
        return np.concatenate([self.structure.high, np.full(len(self.theta_map.rows), np.inf)])

    def starts(self) -> list[Array]:
        """The structure's starts with uncorrelated random coefficients; of many groups, whose likelihood is smooth, fewer."""
        intercept = self.theta_map.rows == (-1 if self.intercept is None else self.intercept)
        theta = np.where(self.theta_map.diagonal, np.where(intercept, self.far, 1.0), 0.0)
        starts = self.structure.starts()
        if self.groups.n_groups > MANY:
            return [np.concatenate([start, theta]) for start in starts[::3]]
        small = [np.concatenate([starts[0], SMALL * theta])] if self.own > 1 else []
        return [np.concatenate([start, theta]) for start in starts] + small

    def factor(self, parameters: Array) -> Array:
        """L, (k, k)."""
        return self.theta_map.matrix(parameters[self.own :])

    def solve(self, parameters: Array) -> Solution:
        """Evaluate the criterion and its gradient."""
        check()
        weighting = self.structure.weigh(parameters[: self.own])
        parts = self._parts(parameters, weighting.value)
        p, tables = self.p, self.structure.tables.reshape(len(weighting.value), -1)
        total = (weighting.value @ tables).reshape(p + 1, p + 1) + parts.added
        result = Elimination.of(total)
        if result is None:
            return infinite(parameters, p, weighting)
        variance = result.rss / self.df
        pulled = np.outer(result.direction, result.direction) / variance
        criterion = weighting.logdet + parts.logdet + self.df * (1 + LOG_2PI + np.log(variance))
        if self.reml and p:
            pulled[:p, :p] += result.inverse
            criterion += result.log_det
        through = pulled @ parts.path
        of_z = np.array([[(a * b).sum(axis=0) for b in parts.path] for a in through])
        slope = np.concatenate([2 * through, of_z + parts.h], axis=1)
        of_tables = tables @ pulled.ravel() + self.groups.weight_slopes(slope)
        gradient = weighting.slopes @ of_tables + weighting.logdet_slopes
        k = len(parts.products)
        flat = parts.products.reshape(k, -1)
        curvature = parts.z_v_z.sum(axis=-1) - (pulled @ parts.products).reshape(k, -1) @ flat.T
        curvature = (curvature + curvature.T) / 2
        along = self.theta_map.entries(2 * curvature @ self.factor(parameters))
        return Solution(
            parameters,
            float(criterion),
            np.concatenate([gradient, along]),
            result.beta,
            result.inverse,
            result.rss,
            variance,
            weighting,
            curvature,
        )

    def modes(self, solution: Solution) -> Array:
        """Conditional modes of the random coefficients, (k, J), in centred and scaled columns."""
        parts, factor = self._parts(solution.parameters, solution.weighting.value), self.factor(solution.parameters)
        return factor @ factor.T @ np.einsum("aqj,q->aj", parts.products, solution.direction)

    def _parts(self, parameters: Array, weights: Array) -> _Parts:
        factor, q = self.factor(parameters), self.structure.tables.shape[-1]
        psi, sums = factor @ factor.T, self.groups.total(weights)
        s_d, s_z = sums[:, :q], sums[:, q:]
        b, logdet = _inverse(np.eye(len(psi))[..., None] + _product(psi[..., None], s_z))
        h = _product(b, psi[..., None])
        sentence = _product(h, s_d)
        added = -_joined(s_d, sentence)
        path, z_v_z = -sentence, _product(s_z, b)
        if self.intercept is not None:
            i = self.intercept
            through = (s_d * b[:, i][:, None]).sum(axis=0)
            cross = through @ self.means.T
            added = added + cross + cross.T + (self.means * z_v_z[i, i]) @ self.means.T
            path = path + b[:, i][:, None] * self.means
            # without cancellation: Z'V^-1 W = (I - S_zz H) S_zD + S_zz B C, where I - S_zz H = B'
            products = _product(b.transpose(1, 0, 2), s_d) + z_v_z[:, i][:, None] * self.means
        else:
            products = s_d + _product(s_z, path)
        return _Parts(added, path, products, h, z_v_z, logdet)


@dataclass(frozen=True, eq=False)
class _Parts:
    """What the groups give: their share of ``W'V^-1 W``, N, ``Z'V^-1 W``, H, ``Z'V^-1 Z`` and ``log |I + Psi S_zz|``."""

    added: Array
    path: Array
    products: Array
    h: Array
    z_v_z: Array
    logdet: float


def _inverse(matrices: Array) -> tuple[Array, float]:
    """Group by group the inverse of small matrices (k, k, J), and the sum of the logs of their determinants."""
    if len(matrices) == 1:
        return 1 / matrices, float(np.log(matrices).sum())
    if len(matrices) == 2:
        (a, b), (c, d) = matrices
        determinant = a * d - b * c
        return np.array([[d, -b], [-c, a]]) / determinant, float(np.log(determinant).sum())
    moved = matrices.transpose(2, 0, 1)
    return np.linalg.inv(moved).transpose(1, 2, 0), float(np.linalg.slogdet(moved)[1].sum())


def _product(left: Array, right: Array) -> Array:
    """Group by group the product of small matrices, (a, b, J) and (b, c, J)."""
    result = left[:, 0, None] * right[0]
    for k in range(1, len(right)):
        result += left[:, k, None] * right[k]
    return result


def _joined(left: Array, right: Array) -> Array:
    """``sum over groups and coefficients of left' right``, (q, q)."""
    q = left.shape[1]
    return left.transpose(1, 0, 2).reshape(q, -1) @ right.transpose(1, 0, 2).reshape(q, -1).T


def optimise_mixed(problem: MixedProblem) -> Optimum:
    """The lowest optimum; from a variance of zero that is not best the search goes on."""
    result = optimise(problem)
    for _ in range(3):
        rising = _rising(problem, result.solution)
        if rising is None:
            break
        again = optimise(problem, start=rising)
        if again.solution.criterion >= result.solution.criterion:
            break
        result = again
    own = problem.own
    theta = problem.theta_map.canonical(result.solution.parameters[own:])
    theta[problem.theta_map.diagonal & (theta < ZERO)] = 0.0
    return replace(result, solution=problem.solve(np.concatenate([result.solution.parameters[:own], theta])))


def is_singular(problem: MixedProblem, solution: Solution) -> bool:
    """Whether a variance is zero or a correlation one."""
    return bool((np.abs(solution.parameters[problem.own :][problem.theta_map.diagonal]) < ZERO).any())


def _rising(problem: MixedProblem, solution: Solution) -> Array | None:
    """A start beside a singular solution, where more variance lowers the criterion; None where it does not."""
    factor, curvature = problem.factor(solution.parameters), solution.curvature
    assert curvature is not None
    values, vectors = np.linalg.eigh(factor @ factor.T)
    null = vectors[:, values < ZERO**2]
    if not null.shape[1]:
        return None
    lowest, direction = np.linalg.eigh(null.T @ curvature @ null)
    if lowest[0] >= -DOWNHILL * problem.groups.n_groups:
        return None
    more = null @ direction[:, 0]
    theta = problem.theta_map.from_covariance(
        (factor @ factor.T + 0.1 * np.outer(more, more)) * problem.theta_map.together
    )
    return np.concatenate([solution.parameters[: problem.own], theta])
