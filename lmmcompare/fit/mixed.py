"""The mixed model (partial pooling): fit from group moments, results in the user's units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Array
from ..moments.crossed import Crossing
from ..moments.groups import Moments
from .bases import CONSTANT
from .criterion import Solution, solve
from .problem import Problem, problem
from .random_structure import Structure
from .restarts import SINGULAR
from .single import Optimum, optimise
from .small_cholesky import semidefinite_cholesky
from .threads import ONE_THREAD
from .unbounded import is_unbounded, residual_vanishes


@dataclass(frozen=True, eq=False)
class MixedFit:
    """A linear mixed model's fit, in the columns' units.

    Parameters
    ----------
    beta, vcov : (p,), (p, p) arrays
    sigma2 : float
        Residual variance; of a row of weight 1 where there are prior weights.
    covariances : tuple of arrays
        Covariance matrix of each block of random coefficients.
    theta : (m,) array
        Relative covariance factor in the columns' units, in lme4's order; of structured blocks relative standard deviations
        and the correlation.
    criterion : float
        REML criterion, or deviance under ML; NaN where the likelihood has no maximum.
    modes : tuple of (k_f, levels) arrays
        Conditional modes of each grouping factor's random coefficients.
    mode_covariances : tuple of (k_f, k_f, levels) arrays
        Their covariances given the fit (lme4's condVar).
    n, df : int
        Rows; divisor of the residual variance.
    problem : Problem
        What the criterion was computed from, in centred and scaled columns.
    """

    beta: Array
    vcov: Array
    sigma2: float
    covariances: tuple[Array, ...]
    theta: Array
    criterion: float
    modes: tuple[Array, ...]
    mode_covariances: tuple[Array, ...]
    n: int
    df: int
    reml: bool
    problem: Problem
    optimum: Optimum

    @property
    def row_variance(self) -> float:
        """Residual variance of a row that the moments count as one: one of average prior weight."""
        return self.sigma2 / self.problem.mean_weight

    @property
    def loglik(self) -> float:
        """Maximised log-likelihood, restricted under REML."""
        return -0.5 * self.criterion

    @property
    def n_parameters(self) -> int:
        """Coefficients, variance parameters and the residual variance."""
        return len(self.beta) + len(self.theta) + 1


def mixed(
    data: Moments | Crossing,
    columns: Sequence[int],
    blocks: Sequence[Sequence[int]],
    *,
    reml: bool = True,
    factors: Sequence[int] | None = None,
    structures: Sequence[Structure | None] | None = None,
) -> MixedFit:
    """Fit by REML or ML.

    Parameters
    ----------
    data : Moments or Crossing
        For one grouping factor, or for several.
    columns : sequence of int
        Fixed columns; -1 is the intercept.
    blocks : sequence of sequences of int
        Columns of each block of random coefficients; coefficients of one block are correlated.
    factors : sequence of int, optional
        Each block's grouping factor in a crossing, in increasing order.
    structures : sequence of Structure or None, optional
        Each block's covariance structure; None for a full matrix.
    """
    with ONE_THREAD:
        setting = problem(data, columns, blocks, reml=reml, factors=factors, structures=structures)
        return in_units(_first(data), setting, _bounded(setting, optimise(setting)))


def at_theta(
    data: Moments | Crossing,
    columns: Sequence[int],
    blocks: Sequence[Sequence[int]],
    theta: Array,
    *,
    reml: bool = True,
    factors: Sequence[int] | None = None,
) -> MixedFit:
    """The fit at a given theta (in centred and scaled columns) instead of the best one."""
    setting = problem(data, columns, blocks, reml=reml, factors=factors)
    solution = solve(setting, np.asarray(theta, dtype=float))
    singular = setting.theta_map.singular(setting.theta_map.canonical(solution.theta), SINGULAR)
    return in_units(_first(data), setting, Optimum(solution, True, singular, 0.0, 1))


def _first(data: Moments | Crossing) -> Moments:
    return data.factors[0] if isinstance(data, Crossing) else data


def by_ml(fit: MixedFit, moments: Moments) -> MixedFit:
    """The same model by maximum likelihood; ``moments`` are those of any of its grouping factors."""
    if not fit.reml:
        return fit
    setting = replace(fit.problem, reml=False)
    return in_units(moments, setting, _bounded(setting, optimise(setting, fit.optimum.solution.theta)))


def _bounded(setting: Problem, optimum: Optimum) -> Optimum:
    """The optimum, which is none where the likelihood has no maximum, or the search went to a residual variance of 0."""
    if is_unbounded(setting):
        return replace(optimum, converged=False, unbounded=True)
    return replace(optimum, converged=False) if residual_vanishes(setting, optimum.solution) else optimum


@dataclass(frozen=True, eq=False)
class Estimates:
    """What is estimated, without the conditional modes; as in `MixedFit`."""

    beta: Array
    vcov: Array
    sigma2: float
    covariances: tuple[Array, ...]
    theta: Array

    @classmethod
    def of(cls, moments: Moments, setting: Problem, solution: Solution) -> Estimates:
        """Undo the centring and scaling."""
        scale = moments.scale[-1]
        variance = solution.pwrss / setting.df * scale**2
        units = setting.fixed.to_units
        beta = scale * units @ solution.beta
        beta[setting.fixed.columns == CONSTANT] += moments.center[-1]
        vcov = variance * units @ solution.inverse @ units.T
        relative = solution.factor @ solution.factor.T
        covariances, factors = [], []
        structured = {rows.start: (own, structure) for rows, own, structure in setting.theta_map.structured}
        for rows, part in zip(setting.theta_map.block_slices(), setting.random, strict=True):
            block = part.to_units @ relative[rows, rows] @ part.to_units.T
            covariances.append(variance * block)
            if rows.start in structured:
                own, structure = structured[rows.start]
                natural = structure.natural(solution.theta[own], part.to_units)
                natural[: structure.n_deviations] /= np.sqrt(setting.mean_weight)
                factors.append(natural)
                continue
            root = semidefinite_cholesky(block / setting.mean_weight)
            factors.append(np.concatenate([root[j:, j] for j in range(len(root))]))
        return cls(beta, vcov, variance * setting.mean_weight, tuple(covariances), np.concatenate(factors))


def in_units(moments: Moments, setting: Problem, optimum: Optimum) -> MixedFit:
    """Undo the centring and scaling."""
    solution: Solution = optimum.solution
    estimates = Estimates.of(moments, setting, solution)
    scale, units, variance = moments.scale[-1], setting.fixed.to_units, estimates.sigma2 / setting.mean_weight
    by_factor = [setting.random_units[rows, rows] for rows in setting.factor_rows]
    modes = [scale * u @ m for u, m in zip(by_factor, solution.conditional_modes(), strict=True)]
    spread = [
        variance * np.matmul(u @ c.transpose(2, 0, 1), u.T).transpose(1, 2, 0) if len(u) > 1 else variance * u**2 * c
        for u, c in zip(by_factor, solution.conditional_covariances(), strict=True)
    ]

    # the criterion is a density of the outcome, so its units matter; under REML those of the predictors too
    offset = 2 * setting.df * np.log(scale) - moments.log_weights
    if setting.reml:
        offset -= 2 * np.log(np.abs(np.diag(units))).sum()
    return MixedFit(
        estimates.beta,
        estimates.vcov,
        estimates.sigma2,
        estimates.covariances,
        estimates.theta,
        np.nan if optimum.unbounded else solution.criterion + offset,
        tuple(modes),
        tuple(spread),
        setting.n,
        setting.df,
        setting.reml,
        setting,
        optimum,
    )
