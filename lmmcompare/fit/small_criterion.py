"""What is known of one criterion at one theta, and the search's view of it: its derivatives are exact, and cost few calls."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Protocol

import numpy as np

from ..arrays import Array
from .criterion import profiled
from .problem import Problem


@dataclass(frozen=True, eq=False)
class Known:
    """A criterion at one theta; NaN throughout where rounding leaves none.

    Parameters
    ----------
    theta : (m,) array
    gradient : (m,) array
    curvature : (k, k) array
        Derivative in the relative covariance ``Lambda Lambda'``.
    hessian : (m, m) array
        The observed one.
    """

    theta: Array
    value: float
    gradient: Array
    curvature: Array
    hessian: Array

    @classmethod
    def nothing(cls, theta: Array, k: int) -> Known:
        """Where rounding leaves no criterion."""
        m = len(theta)
        return cls(theta, np.nan, np.full(m, np.nan), np.full((k, k), np.nan), np.full((m, m), np.nan))


@dataclass(frozen=True, eq=False)
class VarianceSums:
    """What is needed to estimate the variances without a search, at one relative covariance.

    With ``P = H^-1 - H^-1 X (X'H^-1 X)^-1 X'H^-1`` and V_a the derivative of H in the relative covariance of theta's entry a.

    Parameters
    ----------
    traces : (m,) array
        ``tr(P V_a)``.
    pairs : (m, m) array
        ``tr(P V_a P V_b)``.
    squares : (m,) array
        ``y'P V_a P y``.
    total : float
        ``y'P y``.
    """

    traces: Array
    pairs: Array
    squares: Array
    total: float


class SmallCriterion(Protocol):
    """A criterion that costs few calls."""

    def variance_sums(self, theta: Array) -> VarianceSums | None:
        """What the variances are estimated from at theta; None where rounding leaves no criterion there."""

    def value(self, theta: Array) -> float:
        """The criterion at theta (m,), NaN where rounding leaves none."""

    def at(self, theta: Array) -> Known:
        """The criterion at theta (m,) with its derivatives."""


def weights(problem: Problem) -> Array:
    """How much each column of [X y] counts in the criterion's derivatives, omega, (p + 1,)."""
    result = np.full(problem.p + 1, float(problem.reml))
    result[-1] = problem.df
    return result


def value_of(problem: Problem, log_det: float, root: Array, info: int) -> float:
    """The criterion from the log determinant of ``S S'`` and LAPACK's root of what that leaves of [X y]; NaN where there is none."""
    diagonal = root.diagonal().tolist()
    if info or not min(diagonal) > 0:
        return np.nan
    xx_log_det = 2 * sum(map(log, diagonal[:-1])) if problem.reml else 0.0
    return float(profiled(log_det, diagonal[-1] ** 2, problem.df, xx_log_det))
