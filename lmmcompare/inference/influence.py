"""Influence of each group on a mixed model: the fits without each group in turn, computed from the moments.

Demidenko and Stukel (2005), Influence analysis for linear mixed-effects models, Stat. Med. 24(6), with the variances
estimated anew for each fit rather than held or moved by one step.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from ..errors import DesignError
from ..fit.mixed import MixedFit
from ..fit.optimise import minimise
from ..fit.replicate_designs import weighted
from ..fit.replicate_fits import Units, fit_replicates
from ..fit.restarts import HIDDEN, SINGULAR
from ..fit.small_cholesky import semidefinite
from ..moments.groups import Moments
from .group_refits import WEIGHTY, WithoutGroup, refit
from .leave_group_out import LeftOut
from .leave_out_criteria import WithoutGroups

FEW = 300
"""Up to so many groups the model is refitted without each."""
MAX_WEIGHTS = 1 << 20
"""Refits x groups at once."""


def leave_one_group_out(fit: MixedFit, moments: Moments, columns: Sequence[int]) -> WithoutGroup:
    """The fit without each group in turn, variances estimated anew: what a refit to the other groups' rows gives.

    Parameters
    ----------
    fit : MixedFit
        With one grouping factor.
    moments : Moments
        What it was fitted to.

    Raises
    ------
    DesignError
        With several grouping factors (for those see `influence_crossed`); with a covariance structure and more than `FEW` groups.
    """
    if len(fit.problem.levels) > 1:
        raise DesignError(
            f"The model has {len(fit.problem.levels)} grouping factors; sums over the groups of one do not tell what the others leave.",
            "Use leave_each_level_out, which goes back to the rows.",
        )
    result, structured = WithoutGroup.unknown(fit, moments.n_groups), not fit.problem.vectorised
    if moments.n_groups > FEW:
        if structured:
            raise DesignError(
                f"With a covariance structure a model is fitted without each group one after another, for up to {FEW} groups; here "
                f"are {moments.n_groups:,}.",
                "Use a random part without a structure.",
            )
        _expand(result, fit, moments, columns)
        return result
    groups = _groups_to_spare(fit, moments)
    if structured:
        for group in groups:
            result.put(group, refit(fit, moments.keep(np.arange(moments.n_groups) != group)))
    else:
        _store_refits(result, fit, moments, groups)
    return result


def _groups_to_spare(fit: MixedFit, moments: Moments) -> Array:
    """The groups without which there are more groups than one, and more rows than coefficients, fixed and random."""
    others, theta_map = moments.n_groups - 1, fit.problem.theta_map
    most = theta_map.k
    if not fit.problem.vectorised:
        most = max((k for k, s in zip(theta_map.sizes, theta_map.known, strict=True) if s is None), default=0)
    return np.flatnonzero((fit.n - moments.n > others * most) & (fit.df > moments.n) & (others > 1))


def _expand(result: WithoutGroup, fit: MixedFit, moments: Moments, columns: Sequence[int]) -> None:
    """Store the fits without each of many groups, from expansions about the fit to all; out of their reach refits."""
    model = LeftOut.of(fit, moments, columns)
    left = np.flatnonzero(model.known())
    values = np.full(moments.n_groups, np.inf)
    start = model.parts.theta_map.from_covariances(model.fitted[:, :, None])
    for sums in model.expansions():
        criteria = WithoutGroups(sums, left, model.df, fit.reml)
        optima = minimise(criteria, np.repeat(start, len(left), axis=1))
        best = optima.point
        moved = np.abs(criteria.covariances(best.theta) - model.fitted[:, :, None]).max(axis=(0, 1))
        near = optima.converged & (moved <= sums.reach)
        values[left[near]] = best.criterion[near]
        _store_expanded(result, fit, moments, model, criteria.take(near), best.theta[:, near])
        left = left[~near]
        if not len(left):
            break
    _store_refits(result, fit, moments, left, fit.optimum.solution.theta)
    here = np.flatnonzero(np.isfinite(values))
    lower = [model.at_shared(other, here).value < values[here] - HIDDEN for other in model.valleys()]
    se = np.sqrt(np.einsum("ppj->pj", result.vcov)) / np.sqrt(np.diag(fit.vcov))[:, None]
    weighty = (np.abs(se[:, here] - 1) > WEIGHTY).any(axis=0)  # their degrees of freedom may be others too
    _store_refits(result, fit, moments, here[np.any([*lower, weighty], axis=0)])


def _store_expanded(
    result: WithoutGroup, fit: MixedFit, moments: Moments, model: LeftOut, criteria: WithoutGroups, theta: Array
) -> None:
    """Store the fits at these thetas (m, B), in the columns' units."""
    groups, where = criteria.groups, criteria.theta_map
    if not len(groups):
        return
    there, scale = criteria.fits(theta), moments.scale[-1]
    units, axes = fit.problem.fixed.to_units, fit.problem.random_units @ model.axes
    relative = np.einsum("ab,bcj,dc->adj", axes, criteria.covariances(theta), axes, optimize=True)
    variance = scale**2 * there.sigma2
    result.beta[:, groups] = fit.beta[:, None] + scale * units @ there.beta.T
    result.vcov[:, :, groups] = variance * np.einsum(
        "ab,jbc,dc->adj", units, np.linalg.inv(there.xx), units, optimize=True
    )
    result.covariance[:, :, groups] = variance * relative
    result.theta[:, groups] = semidefinite(relative / moments.mean_weight)[where.rows, where.columns]
    result.sigma[groups] = np.sqrt(variance * moments.mean_weight)
    result.singular[groups] = where.on_boundary(theta, SINGULAR)
    result.converged[groups] = True


def _store_refits(
    result: WithoutGroup, fit: MixedFit, moments: Moments, groups: Array, start: Array | None = None
) -> None:
    """Refit without each of ``groups`` and store the results."""
    if not len(groups):
        return
    most = max(1, MAX_WEIGHTS // moments.n_groups)
    if len(groups) > most:
        _store_refits(result, fit, moments, groups[:most], start)
        _store_refits(result, fit, moments, groups[most:], start)
        return
    weights = np.ones((len(groups), moments.n_groups))
    weights[np.arange(len(groups)), groups] = 0.0
    refits = fit_replicates(weighted(fit.problem, moments, weights), Units.of(fit.problem, moments), start)
    result.beta[:, groups], result.theta[:, groups] = refits.beta.T, refits.theta.T
    result.df[:, groups] = refits.satterthwaite().T
    result.vcov[:, :, groups] = refits.vcov.transpose(1, 2, 0)
    for rows, block in zip(fit.problem.theta_map.block_slices(), refits.covariances, strict=True):
        result.covariance[rows, rows, groups] = block.transpose(1, 2, 0)
    result.sigma[groups] = np.sqrt(refits.sigma2)
    result.singular[groups], result.converged[groups] = refits.singular, refits.converged
