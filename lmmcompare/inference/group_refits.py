"""A mixed model fitted to some of its rows, and the fits without each group in turn as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from ..arrays import Array
from ..fit.mixed import Estimates, MixedFit
from ..fit.problem import problem
from ..fit.single import Optimum, nearby, optimise
from ..fit.threads import ONE_THREAD
from ..moments.crossed import Crossing
from ..moments.groups import Moments
from .leave_group_out import UNKNOWN
from .satterthwaite import Satterthwaite

NORMAL = 1.95
"""A t statistic below this is not significant at 5% with any degrees of freedom."""
WEIGHTY = 0.05
"""Of many groups one that changes no standard error by this share is taken to leave the degrees of freedom as they are."""
MANY = 50
"""With more levels of every factor than this it takes such a group to change them."""


@dataclass(frozen=True, eq=False)
class Refit:
    """A model fitted to other rows.

    Parameters
    ----------
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


def refit(fit: MixedFit, rest: Moments | Crossing) -> Refit | None:
    """The model of a fit to other rows, searched from where the fit is; None where they do not tell the coefficients apart.

    Parameters
    ----------
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
