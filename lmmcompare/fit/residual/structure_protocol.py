"""What a structure of the residuals is to a fit: how its parameters weigh sums that were read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...arrays import Array


@dataclass(frozen=True, eq=False)
class Weighting:
    """``W'R^-1 W = sum of value_k M_k`` and ``log |R|`` at given parameters, with their derivatives.

    Parameters
    ----------
    value : (K,) array
    slopes : (m, K) array
    logdet_slopes : (m,) array
    """

    value: Array
    slopes: Array
    logdet: float
    logdet_slopes: Array


QUIET = -1.5
"""The log of a ratio of SDs that a search starts from, beside equal SDs."""


def quiet_levels(start: Array) -> list[Array]:
    """Starts in which one level's residuals spread less than the others', level by level; parameter 0 is the correlation.

    With a correlation and several variances the likelihood may have several peaks.
    """
    return [start + QUIET * unit for unit in np.eye(len(start))[1:]]


class Structure(Protocol):
    """A family of residual covariances R, and the sums over the rows that it weighs."""

    @property
    def tables(self) -> Array:
        """The sums, in centred and scaled columns, the outcome last, (K, q, q)."""
        ...

    @property
    def scaled(self) -> bool:
        """Whether the residual variance is a factor beside R, to be profiled out; else R is the covariance itself."""
        ...

    @property
    def low(self) -> Array:
        """Lower bounds of the parameters, (m,)."""
        ...

    @property
    def high(self) -> Array:
        """Upper bounds of the parameters, (m,)."""
        ...

    def weigh(self, parameters: Array) -> Weighting:
        """The weights of the sums at these parameters."""
        ...

    def starts(self) -> list[Array]:
        """Points that a search may start from, the first the most cautious."""
        ...
