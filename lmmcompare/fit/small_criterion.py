"""What is known of one criterion at one theta, and the search's view of it: its derivatives are exact, and cost few calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..arrays import Array


@dataclass(frozen=True, eq=False)
class Known:
    """A criterion at one theta; NaN throughout where rounding leaves none.

    Parameters
    ----------
    theta : (m,) array
    value : float
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


class SmallCriterion(Protocol):
    """A criterion that costs few calls."""

    def value(self, theta: Array) -> float:
        """The criterion at theta (m,), NaN where rounding leaves none."""

    def at(self, theta: Array) -> Known:
        """The same with its derivatives."""
