"""The replicates of a bootstrap: how they are drawn and refitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..arrays import Array
from ..fit.mixed import MixedFit
from ..fit.problem import Problem
from ..fit.random_structure import Structure
from ..fit.replicate_designs import new_outcomes, weighted
from ..fit.replicate_fits import ReplicateFits, Units, fit_replicates
from ..fit.simulator import Simulator
from ..fit.single import Optimum, optimise
from ..moments.groups import Moments

Draw = Callable[[int], tuple[Array, Array, Array]]
"""A number of replicates to their parameters, which of them are singular, and which converged."""


def parametric(fit: MixedFit, moments: Moments, normal: np.random.Generator, square: np.random.Generator) -> Draw:
    """Refits to outcomes simulated from the fit."""
    setting, solution, units = fit.problem, fit.optimum.solution, Units.of(fit.problem, moments)
    simulator = Simulator.of(setting, solution.theta, solution.beta, float(np.sqrt(solution.pwrss / setting.df)))
    start = None if fit.optimum.singular else solution.theta

    def draw(size: int) -> tuple[Array, Array, Array]:
        projected, remaining = simulator.draw(normal, square, size)
        if setting.vectorised:
            return _estimates(fit_replicates(new_outcomes(setting, projected, remaining), units, start))
        optima = [optimise(_with_outcome(setting, projected[:, b], remaining[:, b]), start) for b in range(size)]
        draws = np.concatenate([_in_units(setting, units, o) for o in optima])
        return draws, np.array([o.singular for o in optima]), np.array([o.converged for o in optima])

    return draw


def case(fit: MixedFit, moments: Moments, generator: np.random.Generator) -> Draw:
    """Refits to as many groups as there are, drawn with replacement."""
    groups, units = moments.n_groups, Units.of(fit.problem, moments)
    start = None if fit.optimum.singular else fit.optimum.solution.theta

    def draw(size: int) -> tuple[Array, Array, Array]:
        weights = generator.multinomial(groups, np.full(groups, 1 / groups), size).astype(float)
        return _estimates(fit_replicates(weighted(fit.problem, moments, weights), units, start))

    return draw


def _estimates(fits: ReplicateFits) -> tuple[Array, Array, Array]:
    return parameters(fits.beta, fits.covariances, fits.sigma2), fits.singular, fits.converged


def parameters(
    beta: Array, covariances: tuple[Array, ...], sigma2: Array, structures: Sequence[Structure | None] = ()
) -> Array:
    """The array `Bootstrap.draws`, (B, P), from coefficients (B, p), blocks' covariances (B, s, s), residual variances (B,)."""
    sds = [np.sqrt(np.einsum("nss->ns", c)) for c in covariances]
    correlations = []
    with np.errstate(invalid="ignore", divide="ignore"):
        for sd, covariance in zip(sds, covariances, strict=True):
            i, j = np.tril_indices(sd.shape[1], -1)
            correlations.append(np.clip(covariance[:, i, j] / (sd[:, i] * sd[:, j]), -1.0, 1.0))
    for k, structure in enumerate(structures):
        if structure is not None:
            sds[k] = sds[k][:, : structure.n_deviations]
            correlations[k] = correlations[k][:, : structure.pattern.parameters]
    return np.concatenate([beta, *sds, *correlations, np.sqrt(sigma2)[:, None]], axis=1)


def _with_outcome(setting: Problem, projected: Array, remaining: Array) -> Problem:
    """The problem with another outcome, in the form that `Simulator.draw` returns."""
    p, other_factors = setting.p, setting.other_factors
    q = 0 if other_factors is None else other_factors.size
    both, whole = setting.projected.copy(), setting.remaining.copy()
    both[:, p] = projected
    whole[p] = whole[:, p] = remaining[q:]
    if other_factors is not None:
        remaining_w = other_factors.remaining_w.copy()
        remaining_w[:, p] = remaining[:q]
        other_factors = replace(other_factors, remaining_w=remaining_w)
    return replace(
        setting,
        projected=both,
        remaining=whole,
        zw=np.einsum("baj,bpj->apj", setting.root, both),
        other_factors=other_factors,
    )


def _in_units(setting: Problem, units: Units, optimum: Optimum) -> Array:
    """The parameters of one fit, (1, P)."""
    solution = optimum.solution
    variance = solution.pwrss / setting.df * units.scale**2
    relative = variance * solution.factor @ solution.factor.T
    blocks = zip(setting.theta_map.block_slices(), units.random, strict=True)
    covariances = tuple((u.to_units @ relative[rows, rows] @ u.to_units.T)[None] for rows, u in blocks)
    beta = units.scale * units.fixed.to_units @ solution.beta + units.shift
    return parameters(beta[None], covariances, np.array([variance * units.mean_weight]), setting.theta_map.structures)
