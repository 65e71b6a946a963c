"""Minimise criteria over theta, any number of problems at once, and certify what was found.

The last Hessian of a search is the certificate; what the search cannot see is looked for by `restarts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

import numpy as np

from ..arrays import Array
from .criterion_protocol import Criteria, P
from .restarts import CERTIFIED, SINGULAR, LowerPoints
from .search import first, search, settle

MAX_RESTARTS = 3


@dataclass(frozen=True, eq=False)
class Optima(Generic[P]):
    """Where the search of each problem stopped, and why that may be believed.

    Parameters
    ----------
    point : Point
    converged : (B,) bool array
        Whether the gradient certifies the optimum.
    singular : (B,) bool array
        Whether the optimum lies on the boundary: a variance of zero or a correlation of one.
    decrement : (B,) array
        By how much a Newton step would still lower the criterion (before the last one was made).
    """

    point: P
    converged: Array
    singular: Array
    decrement: Array


def minimise(criteria: Criteria[P], start: Array | None = None, restarts: int = MAX_RESTARTS) -> Optima[P]:
    """Minimise each criterion from ``start`` (m, B), or from what one EM step makes of the identity.

    A column of zeros in Lambda is stationary whatever the data, since the criterion is even in it. So a stop is
    accepted only if the derivative in the covariance itself is not negative in any direction; otherwise the search
    starts again in that direction. And since the criterion of small data may have two minima, the stop must also be lower
    than the models without some of the random coefficients, and than what further starts lead to. With no ``restarts``
    the minimum that the start leads down to is taken.
    """
    theta_map = criteria.theta_map
    with np.errstate(all="ignore"):  # a step too far gives NaN, which is no lower point
        descent = search(criteria, first(criteria) if start is None else start)
        decrement, best = descent.decrement, settle(criteria, descent)
        left, part, here = np.arange(criteria.size), criteria, best
        for _ in range(restarts):
            points = LowerPoints(part, here)
            points.find()
            theta, lower = points.theta, points.lower
            if not lower.any():
                break
            if not lower.all():
                left, part = left[lower], part.take(np.flatnonzero(lower))
                theta, here = theta[:, lower], here.take(np.flatnonzero(lower))
            descent = search(part, theta)
            again = settle(part, descent)
            better = again.criterion <= here.criterion + 1e-12 * np.maximum(np.abs(here.criterion), 1.0)
            here = here.where(better, again)
            decrement[left[better]] = descent.decrement[better]
            best = best.put(left, here)
        singular = theta_map.on_boundary(best.theta, SINGULAR)
        return Optima(best, (decrement < CERTIFIED) & np.isfinite(best.criterion), singular, decrement)
