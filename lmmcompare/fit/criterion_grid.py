"""A coarse grid of the criterion of two random coefficients: the valleys in which a search should look for its minimum."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..arrays import Array
from .replicate_search import ReplicateCriteria
from .theta import ThetaMap

SIZES = np.array([0.03, 0.1, 0.3, 1.0, 3.0, 10.0])
"""Relative standard deviations of the grid, in the units of the centred and scaled columns."""
CORRELATIONS = np.array([-1.0, -0.9, -0.5, 0.0, 0.5, 0.9, 1.0])
"""With its ends: a minimum at a perfect correlation may stand beside one inside."""
MOST = 4
"""Valleys that are searched, the lowest ones; hardly ever is there a second."""


def valleys(criteria: ReplicateCriteria) -> Array:
    """The lowest points of the grid, each lower than all points around it.

    Parameters
    ----------
    criteria : ReplicateCriteria
        Of one problem with two random coefficients.

    Returns
    -------
    (m, n) array
        Thetas, the lowest first.
    """
    shape, thetas = _grid(criteria.theta_map)
    value = np.nan_to_num(criteria.take(np.zeros(thetas.shape[1], dtype=int)).values(thetas), nan=np.inf)
    around = value.reshape(shape)
    for axis in range(len(shape)):
        padding = [(int(k == axis),) * 2 for k in range(len(shape))]
        padded = np.pad(around, padding, constant_values=np.inf)
        around = np.minimum.reduce([np.take(padded, range(k, k + shape[axis]), axis) for k in range(3)])
    low = np.flatnonzero((value <= around.ravel()) & np.isfinite(value))
    return thetas[:, low[np.argsort(value[low], kind="stable")][:MOST]]


@lru_cache(maxsize=8)
def _grid(theta_map: ThetaMap) -> tuple[tuple[int, ...], Array]:
    """The grid's shape, and its thetas (m, n)."""
    correlations = CORRELATIONS if len(theta_map.sizes) == 1 else np.zeros(1)
    first, second, correlation = (part.ravel() for part in np.meshgrid(SIZES, SIZES, correlations, indexing="ij"))
    meet = correlation * first * second
    covariance = np.array([[first**2, meet], [meet, second**2]])
    return (len(SIZES), len(SIZES), len(correlations)), theta_map.from_covariances(covariance)
