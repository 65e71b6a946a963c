"""Residuals made uncorrelated one after another: what each row brings that the rows before it in its group did not say."""

from __future__ import annotations

import numpy as np

from ...arrays import Array

MOST = 1_000
"""Rows of a group that are gone through; those after them have none."""


def innovations(residual: Array, z: Array, covariance: Array, codes: Array, place: Array) -> Array:
    """``L^-1 e`` for the Cholesky factor L of ``V = I + Z Psi Z'``, each group's rows in the order of ``place``.

    Row by row the error of the best linear prediction from the group's earlier rows, over its SD (the Kalman filter of
    coefficients that stay as they are); all groups' rows of one position at once. If V holds they are uncorrelated, of variance 1.

    Parameters
    ----------
    residual : (n,) array
        e, whose errors beside the random part have variance 1 and are uncorrelated.
    z : (k, n) array
    covariance : (k, k) array
        Psi; it may be negative where V is still positive definite, as under compound symmetry.
    codes : (n,) int array
    place : (n,) array

    Returns
    -------
    (n,) array
        In the order of ``residual``; NaN of the rows after the first `MOST` of a group.
    """
    order = np.lexsort((place, codes))
    size = np.bincount(codes)
    start = np.cumsum(size) - size
    longest = np.argsort(-size, kind="stable")  # so that the groups that still have rows stand first
    size, start = size[longest], start[longest]
    mean = np.zeros((len(z), len(size)))
    spread = np.repeat(covariance[..., None], len(size), axis=-1)
    result = np.full(len(residual), np.nan)
    for t in range(min(int(size[0]), MOST)):
        left = int(np.searchsorted(-size, -t))  # groups of more than t rows
        rows = order[start[:left] + t]
        own, mean, spread = z[:, rows], mean[:, :left], spread[..., :left]
        along = np.einsum("kmj,mj->kj", spread, own)
        variance = 1 + (own * along).sum(axis=0)
        error = residual[rows] - (own * mean).sum(axis=0)
        mean = mean + along * (error / variance)
        spread = spread - along[:, None] * along / variance
        result[rows] = error / np.sqrt(variance)
    return result
