"""Satterthwaite's degrees of freedom of the mixed model's coefficients, and F tests of several of them together.

Kuznetsova, Brockhoff and Christensen (2017), lmerTest package, J. Stat. Softw. 82(13), section 2: with V the variance of
a contrast as a function of the variance parameters, g its gradient and A their asymptotic covariance,
``df = 2 V^2 / (g' A g)``; several contrasts are turned into uncorrelated ones, and F has the denominator whose mean is
that of the sum of their squared t statistics (Fai and Cornelius 1996, J. Stat. Comput. Simul. 54).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..fit.criterion import Solution, solve
from ..fit.mixed import MixedFit
from ..fit.problem import Problem
from .small_sample import FTest, SmallSample, inverse

STEP, WIDEST = 1e-4, 0.05
"""Steps of the central differences, relative to theta: their error is the square."""


def steps(theta: Array) -> Array:
    """Step sizes of the numerical derivatives, one for each variance parameter.

    The criterion is a difference of numbers theta^2 times as large, so the gradient's rounding is theta^2 times that of a
    float64. Where groups differ very much more than their rows, a wider step keeps it small beside the difference.
    """
    rounding = np.finfo(float).eps * max(1.0, float((theta**2).max(initial=0.0)))
    return np.clip(np.cbrt(rounding), STEP, WIDEST) * np.maximum(np.abs(theta), 0.1)


@dataclass(frozen=True)
class Satterthwaite(SmallSample):
    """Satterthwaite's method for one fit: computed once, then applied to any contrast.

    The variance parameters are theta and the residual variance, as in lmerTest. On the boundary, criterion and covariance are even
    functions of the theta that is 0: no slope, and nothing mixed with the other parameters. So it matters as little whether that
    theta is counted among them as in which columns the random part is written: what lies on the boundary counts as known.
    """

    @classmethod
    def of(cls, fit: MixedFit) -> Satterthwaite:
        """The method for a fit."""
        return cls.at(fit.problem, fit.optimum.solution, fit.beta, fit.row_variance)

    @classmethod
    def at(cls, problem: Problem, solution: Solution, beta: Array, row_variance: float) -> Satterthwaite:
        """The Hessian and the covariance's slopes, by central differences of the gradient.

        Parameters
        ----------
        solution : Solution
            Its optimum.
        beta : (p,) array
            The coefficients, in the columns' units.
        row_variance : float
            As in `MixedFit`.
        """
        theta, variance = solution.theta, solution.pwrss / problem.df
        vcov = row_variance * np.linalg.inv(solution.xx)
        m, p = len(theta), problem.p
        hessian, slopes = np.empty((m + 1, m + 1)), np.empty((m + 1, p, p))
        for k, step in enumerate(steps(theta)):
            up, down = theta.copy(), theta.copy()
            up[k] += step
            down[k] -= step
            above, below = solve(problem, up), solve(problem, down)
            hessian[k, :m] = (above.gradient - below.gradient) / (2 * step)
            slopes[k] = row_variance * (np.linalg.inv(above.xx) - np.linalg.inv(below.xx)) / (2 * step)
        # the residual variance was profiled out; put its row and column back (f = D + df log s + pwrss / s)
        hessian[m, m] = problem.df / variance**2
        hessian[:m, m] = hessian[m, :m] = -solution.pwrss_slope / variance**2
        hessian[:m, :m] += np.outer(hessian[:m, m], hessian[:m, m]) / hessian[m, m]
        slopes[m] = vcov / variance
        return cls(beta, problem.fixed.to_units, vcov, slopes, 2 * inverse((hessian + hessian.T) / 2))

    def f_test(self, contrasts: Array) -> FTest:
        """F test that contrasts (c, p), in the columns' units, are all 0."""
        rows, estimates, variances = self.directions(contrasts)
        if not len(rows):
            return FTest(np.nan, 0, np.nan)
        return FTest(float((estimates**2 / variances).mean()), len(rows), denominator(self.df(rows)))


def denominator(df: Array) -> float:
    """Denominator degrees of freedom of the mean of squared independent t statistics with these degrees of freedom.

    ``2 E / (E - q)`` with E the sum of their means, ``df / (df - 2)``; 2 where one of them has no mean.
    """
    if np.allclose(df, df[0], rtol=0.0, atol=1e-8):
        return float(df.mean())
    if (df <= 2).any():
        return 2.0
    excess = float((2 / (df - 2)).sum())
    return 2 * (len(df) + excess) / excess
