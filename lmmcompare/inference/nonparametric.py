"""Random effects without a normal distribution: nonparametric maximum likelihood.

Laird (1978), J. Am. Stat. Assoc. 73: the likelihood is highest for a distribution of a few mass points. Lindsay (1983), Ann.
Stat. 11: with D(u) the derivative of the log-likelihood towards a mass at u, a distribution is best if and only if D is
nowhere positive, and no other has a log-likelihood more than sup D higher: that is the certificate. In rounds, masses are
tried where D is highest, all masses are set by constrained Newton steps (Wang 2007, J. R. Stat. Soc. B 69), and points,
masses, coefficients and sigma then move together by quasi-Newton steps; EM alone (Aitkin 1999, Biometrics 55) would take
thousands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..errors import DesignError, TooLargeError
from ..fit.mixed import MixedFit, by_ml
from ..fit.problem import Problem
from ..moments.groups import Moments
from .mass_points import CERTIFIED, maximise, places
from .mixture import Groups, Mixture, log_sum

MOST_GROUPS = (50_000, 5_000)
"""With one random coefficient, and with more of them: two to four seconds."""


@dataclass(frozen=True, eq=False)
class NonparametricFit:
    """Mass points for the random effects, in the columns' units.

    Parameters
    ----------
    points : (m, k) array
        Random coefficients less their mean, the largest mass first.
    masses : (m,) array
    beta : (p,) array
        Coefficients; those of the random effects' columns are means.
    posterior_means : (k, J) array
        Each group's random coefficients less the overall mean.
    gap : float
        Upper bound of what another distribution could add to the log-likelihood at these coefficients and sigma.
    normal : MixedFit
        The fit with normal random effects by maximum likelihood.
    """

    points: Array
    masses: Array
    beta: Array
    sigma2: float
    loglik: float
    posterior_means: Array
    gap: float
    normal: MixedFit

    @property
    def converged(self) -> bool:
        """Whether `gap`, the possible gain in log-likelihood, is negligible."""
        return self.gap <= CERTIFIED


def most_groups(n_random: int) -> int:
    """The largest number of groups for which the model is fitted with this many random coefficients."""
    return MOST_GROUPS[min(n_random, len(MOST_GROUPS)) - 1]


def nonparametric(fit: MixedFit, moments: Moments) -> NonparametricFit:
    """Fit with mass points instead of normal random effects, by maximum likelihood.

    Parameters
    ----------
    fit : MixedFit
        With one grouping factor; coefficients of different blocks may depend on each other here.

    Raises
    ------
    DesignError
        When there are several grouping factors, when a random coefficient has no fixed one for its mean, or when the random
        coefficients can fit every row, so that sigma would be 0.
    TooLargeError
        When there are too many groups to wait for.
    """
    columns = np.concatenate([b.columns for b in fit.problem.random])
    _refuse(fit.problem, columns)
    normal = by_ml(fit, moments)
    problem, best = normal.problem, normal.optimum.solution
    mine = np.isin(problem.fixed.columns, columns)
    free = np.flatnonzero(~mine)
    # where the mass points lie takes the place of the random effects' own coefficients
    groups = Groups(problem, np.where(mine, best.beta, 0.0), free)
    _refuse_saturated(groups)
    sigma = 0.5 * float(np.log(best.pwrss / problem.n))
    at, gap = maximise(groups, places(groups, best, free), best.beta[free], sigma)
    inside = best.beta.copy()
    inside[free] = at.beta
    return _in_units(groups, at, gap, inside, normal, moments)


def _refuse(problem: Problem, columns: Array) -> None:
    if problem.other_factors is not None:
        raise DesignError(
            "Mass points for the random effects are fitted with one grouping factor only.",
            "Leave the other grouping factors out.",
        )
    if not np.isin(columns, problem.fixed.columns).all():
        raise DesignError(
            "A random coefficient has no fixed one, which mass points need for their mean.",
            "Add its predictor (or the intercept) to the fixed part, or write it there as in the random part, not as poly() or a spline.",
        )
    if len(np.unique(columns)) < len(columns):
        raise DesignError(
            "A random coefficient stands in two terms of the random part, of which the data see the sum only.",
            "Write each random coefficient once.",
        )
    most, result = most_groups(len(columns)), problem.levels[0]
    if result > most:
        raise TooLargeError(
            f"Mass points for {result:,} groups would keep a reader waiting; {most:,} groups are allowed here.",
            "Take a sample of the groups, or a random intercept only.",
        )


def _refuse_saturated(groups: Groups) -> None:
    least = groups.yy
    if len(groups.xx):
        least -= float(groups.xy @ np.linalg.lstsq(groups.xx, groups.xy)[0])
    if least <= 1e-12 * groups.n:
        raise DesignError(
            "Mass points could fit every row of every group, and sigma would be 0.",
            "Use fewer random coefficients, or groups with more rows.",
        )


def _in_units(
    groups: Groups, at: Mixture, gap: float, inside: Array, normal: MixedFit, moments: Moments
) -> NonparametricFit:
    problem, scale = normal.problem, moments.scale[-1]
    masses = np.exp(at.log_masses)
    points = scale * at.points @ problem.random_units.T
    mean = masses @ points
    beta = normal.beta + scale * problem.fixed.to_units @ (inside - normal.optimum.solution.beta)
    order = problem.fixed.columns.tolist()
    np.add.at(beta, [order.index(c) for b in problem.random for c in b.columns], mean)
    _, posterior = log_sum(groups.kernel(at.points, at) + at.log_masses)
    largest = np.argsort(-masses)
    return NonparametricFit(
        (points - mean)[largest],
        masses[largest],
        beta,
        float(scale**2) * moments.mean_weight / at.precision,
        groups.loglik(at) - groups.n * float(np.log(scale)) + 0.5 * moments.log_weights,
        (posterior @ (points - mean)).T,
        gap,
        normal,
    )
