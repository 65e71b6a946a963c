"""Influence of each group on a mixed model: the fits without each group in turn, computed from the moments.

Demidenko and Stukel (2005), Influence analysis for linear mixed-effects models, Stat. Med. 24(6), with the variances
estimated anew for each fit rather than held or moved by one step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from ..arrays import Array
from ..errors import DesignError
from ..fit.mixed import Estimates, MixedFit
from ..fit.optimise import minimise
from ..fit.problem import problem
from ..fit.replicate_designs import weighted
from ..fit.replicate_fits import Units, fit_replicates
from ..fit.restarts import HIDDEN, SINGULAR
from ..fit.single import Optimum, nearby, optimise
from ..fit.small_cholesky import semidefinite
from ..fit.threads import ONE_THREAD
from ..moments.crossed import Crossing
from ..moments.groups import Moments
from .leave_group_out import UNKNOWN, LeftOut
from .leave_out_criteria import WithoutGroups
from .satterthwaite import Satterthwaite

FEW = 300
"""Up to so many groups the model is refitted without each."""
NORMAL = 1.95
"""A t statistic below this is not significant at 5% with any degrees of freedom."""
WEIGHTY = 0.05
"""Of many groups one that changes no standard error by this share is taken to leave the degrees of freedom as they are."""
MANY = 50
"""With more levels of every factor than this it takes such a group to change them."""
MAX_WEIGHTS = 1 << 20
"""Refits x groups at once."""


@dataclass(frozen=True, eq=False)
class Refit:
    """A model fitted to other rows.

    Parameters
    ----------
    estimates : Estimates
    optimum : Optimum
    df : (p,) array
        As in `WithoutGroup`.
    """

    estimates: Estimates
    optimum: Optimum
    df: Array


@dataclass(frozen=True, eq=False)
class WithoutGroup:
    """The fits without each of J groups in turn, in the columns' units; NaN where the other groups do not identify the model.

    Parameters
    ----------
    beta : (p, J) array
        Coefficients.
    vcov : (p, p, J) array
        Their covariance matrices.
    df : (p, J) array
        Their degrees of freedom, Satterthwaite's; NaN where those of the fit to all groups do as well: for one of many groups that
        tells little of any coefficient, and where none differs from 0 at 5% with any degrees of freedom.
    covariance : (k, k, J) array
        Of the random coefficients.
    theta : (m, J) array
        Relative covariance factors, in lme4's order.
    sigma : (J,) array
        Residual standard deviations.
    singular, converged : (J,) bool arrays
    """

    beta: Array
    vcov: Array
    df: Array
    covariance: Array
    theta: Array
    sigma: Array
    singular: Array
    converged: Array

    @classmethod
    def unknown(cls, fit: MixedFit, n_groups: int) -> WithoutGroup:
        """Nothing but NaN."""
        p, k, m = len(fit.beta), fit.problem.theta_map.k, len(fit.theta)
        beta, vcov, df, covariance, theta, sigma = (
            np.full((*shape, n_groups), np.nan) for shape in ((p,), (p, p), (p,), (k, k), (m,), ())
        )
        none = np.zeros(n_groups, dtype=bool)
        return cls(beta, vcov, df, covariance, theta, sigma, none, none.copy())

    def put(self, group: int, refit: Refit | None) -> None:
        """Store the results of the fit without a group at that group's position."""
        if refit is None:
            return
        estimates, optimum = refit.estimates, refit.optimum
        self.df[:, group] = refit.df
        self.beta[:, group], self.vcov[:, :, group], self.theta[:, group] = (
            estimates.beta,
            estimates.vcov,
            estimates.theta,
        )
        self.covariance[:, :, group] = block_diag(*estimates.covariances)
        self.sigma[group] = np.sqrt(estimates.sigma2)
        self.singular[group], self.converged[group] = optimum.singular, optimum.converged

    def changes(self, fit: MixedFit) -> Array:
        """Change of each coefficient of ``fit`` when each group is left out, in units of its standard error, (p, J)."""
        return (self.beta - fit.beta[:, None]) / np.sqrt(np.diag(fit.vcov))[:, None]

    def cooks_distance(self, fit: MixedFit) -> Array:
        """Cook's distance of each group, (J,): ``d' V^-1 d / p`` of the change d (Demidenko and Stukel 2005)."""
        moved = self.beta - fit.beta[:, None]
        return np.einsum("pj,pq,qj->j", moved, np.linalg.inv(fit.vcov), moved) / max(len(fit.beta), 1)


def leave_one_group_out(fit: MixedFit, moments: Moments, columns: Sequence[int]) -> WithoutGroup:
    """The fit without each group in turn, variances estimated anew: what a refit to the other groups' rows gives.

    Parameters
    ----------
    fit : MixedFit
        With one grouping factor.
    moments : Moments
        What it was fitted to.
    columns : list of int
        Its fixed columns.

    Raises
    ------
    DesignError
        With several grouping factors (for those see `influence_crossed`); with a covariance structure and more than `FEW` groups.
    """
    _refuse_several_factors(fit)
    result = WithoutGroup.unknown(fit, moments.n_groups)
    structured = not fit.problem.vectorised
    if structured and moments.n_groups > FEW:
        raise DesignError(
            f"With a covariance structure a model is fitted without each group one after another, for up to {FEW} groups; here are "
            f"{moments.n_groups:,}.",
            "Use a random part without a structure.",
        )
    if moments.n_groups <= FEW:
        others, theta_map = moments.n_groups - 1, fit.problem.theta_map
        most = max((k for k, s in zip(theta_map.sizes, theta_map.known, strict=True) if s is None), default=0)
        most = most if structured else theta_map.k
        enough = (fit.n - moments.n > others * most) & (fit.df > moments.n) & (others > 1)
        if structured:
            for group in np.flatnonzero(enough):
                _refit_one(result, fit, moments, int(group))
            return result
        _refit(result, fit, moments, np.flatnonzero(enough))
        return result
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
        _put(result, fit, moments, model, criteria.take(near), best.theta[:, near])
        left = left[~near]
        if not len(left):
            break
    _refit(result, fit, moments, left, fit.optimum.solution.theta)
    here = np.flatnonzero(np.isfinite(values))
    lower = [model.at_shared(other, here).value < values[here] - HIDDEN for other in model.valleys()]
    se = np.sqrt(np.einsum("ppj->pj", result.vcov)) / np.sqrt(np.diag(fit.vcov))[:, None]
    weighty = (np.abs(se[:, here] - 1) > WEIGHTY).any(axis=0)  # their degrees of freedom may be others too
    _refit(result, fit, moments, here[np.any([*lower, weighty], axis=0)])
    return result


def _refuse_several_factors(fit: MixedFit) -> None:
    if len(fit.problem.levels) > 1:
        raise DesignError(
            f"The model has {len(fit.problem.levels)} grouping factors; sums over the groups of one do not tell what the others leave.",
            "Use leave_each_level_out, which goes back to the rows.",
        )


def _coefficients(fit: MixedFit, moments: Moments, groups: Array, change: Array) -> Array:
    """Coefficients in the columns' units, (p, J), from their change (B, p) in centred and scaled columns."""
    result = np.full((len(fit.beta), moments.n_groups), np.nan)
    result[:, groups] = fit.beta[:, None] + moments.scale[-1] * fit.problem.fixed.to_units @ change.T
    return result


def _put(
    optima: WithoutGroup, fit: MixedFit, moments: Moments, model: LeftOut, criteria: WithoutGroups, theta: Array
) -> None:
    """Store the fits at these thetas (m, B), in the columns' units."""
    groups, where = criteria.groups, criteria.theta_map
    if not len(groups):
        return
    there, scale = criteria.fits(theta), moments.scale[-1]
    units, axes = fit.problem.fixed.to_units, fit.problem.random_units @ model.axes
    relative = np.einsum("ab,bcj,dc->adj", axes, criteria.covariances(theta), axes, optimize=True)
    variance = scale**2 * there.sigma2
    optima.beta[:, groups] = _coefficients(fit, moments, groups, there.beta)[:, groups]
    optima.vcov[:, :, groups] = variance * np.einsum(
        "ab,jbc,dc->adj", units, np.linalg.inv(there.xx), units, optimize=True
    )
    optima.covariance[:, :, groups] = variance * relative
    optima.theta[:, groups] = semidefinite(relative / moments.mean_weight)[where.rows, where.columns]
    optima.sigma[groups] = np.sqrt(variance * moments.mean_weight)
    optima.singular[groups] = where.on_boundary(theta, SINGULAR)
    optima.converged[groups] = True


def _refit_one(optima: WithoutGroup, fit: MixedFit, moments: Moments, group: int) -> None:
    """Refit to all groups but one, starting from the fit to all, and store the results."""
    optima.put(group, refit(fit, moments.keep(np.arange(moments.n_groups) != group)))


def refit(fit: MixedFit, rest: Moments | Crossing) -> Refit | None:
    """The model of a fit to other rows, searched from where the fit is; None where they do not tell the coefficients apart.

    Parameters
    ----------
    fit : MixedFit
    rest : Moments or Crossing
        Of the other rows, columns and factors in the order in which the fit has them.
    """
    known, start = fit.problem, fit.optimum.solution.theta
    factors = [
        f for f, rows in enumerate(known.factor_rows) for own in known.theta_map.block_slices() if _in(own, rows)
    ]
    moments = rest.factors[0] if isinstance(rest, Crossing) else rest
    whole = {remainder.at: remainder.column for remainder in moments.remainders}
    with ONE_THREAD:
        try:
            again = problem(
                rest,
                [whole.get(column, column) for column in known.fixed.columns.tolist()],
                [b.columns.tolist() for b in known.random],
                reml=fit.reml,
                factors=factors,
                structures=known.theta_map.structures,
            )
            optimum = optimise(again) if fit.optimum.singular else nearby(again, start)
        except np.linalg.LinAlgError:
            return None
        size = np.sqrt(np.diag(optimum.solution.xx))
        if len(size) and np.linalg.eigvalsh(optimum.solution.xx / np.outer(size, size))[0] < UNKNOWN:
            return None
        estimates = Estimates.of(moments, again, optimum.solution)
        df, se = np.full(len(estimates.beta), np.nan), np.sqrt(np.diag(estimates.vcov))
        few = min(again.levels) <= MANY or (np.abs(se / np.sqrt(np.diag(fit.vcov)) - 1) > WEIGHTY).any()
        if few and (np.abs(estimates.beta) > NORMAL * se).any():
            relative = estimates.sigma2 / again.mean_weight
            df = Satterthwaite.at(again, optimum.solution, estimates.beta, relative).df()
        return Refit(estimates, optimum, df)


def _in(inner: slice, outer: slice) -> bool:
    return bool(outer.start <= inner.start < outer.stop)


def _refit(optima: WithoutGroup, fit: MixedFit, moments: Moments, groups: Array, start: Array | None = None) -> None:
    """Refit without each of ``groups`` and store the results."""
    if not len(groups):
        return
    most = max(1, MAX_WEIGHTS // moments.n_groups)
    if len(groups) > most:
        _refit(optima, fit, moments, groups[:most], start)
        _refit(optima, fit, moments, groups[most:], start)
        return
    weights = np.ones((len(groups), moments.n_groups))
    weights[np.arange(len(groups)), groups] = 0.0
    refits = fit_replicates(weighted(fit.problem, moments, weights), Units.of(fit.problem, moments), start)
    optima.beta[:, groups], optima.theta[:, groups] = refits.beta.T, refits.theta.T
    optima.df[:, groups] = refits.satterthwaite().T
    optima.vcov[:, :, groups] = refits.vcov.transpose(1, 2, 0)
    for rows, block in zip(fit.problem.theta_map.block_slices(), refits.covariances, strict=True):
        optima.covariance[rows, rows, groups] = block.transpose(1, 2, 0)
    optima.sigma[groups] = np.sqrt(refits.sigma2)
    optima.singular[groups], optima.converged[groups] = refits.singular, refits.converged
