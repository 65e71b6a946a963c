"""Prediction errors of a mixed model's lines, from the conditional covariances of fixed and random effects together.

For ``x'b + z'u`` of a known group it is that of the best linear unbiased predictor: the covariances of
``(b^ - b, u^ - u)`` are the blocks of the inverse of Henderson's mixed-model equations (Henderson 1975, Biometrics 31;
McLean, Sanders and Stroup 1991, Am. Stat. 45). With ``C = (X'H^-1 X)^-1`` and Psi the relative covariance they give

    var = sigma^2 [ d'Cd + z'(Psi - Psi Z'H^-1 Z Psi)z ],  d = x - X'H^-1 Z Psi z,

so that only the row's own groups are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..arrays import Array
from ..errors import TooLargeError
from ..fit.criterion import Solution
from ..fit.problem import Problem
from ..moments.groups import MAX_BYTES

Level = Literal["group", "population", "new group"]
FEW = 200
"""Rows of several factors with so few random coefficients in all need no covariance of all levels."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows to predict, along the last axis, in the fit's centred and scaled columns.

    Parameters
    ----------
    x : (p, r) array
    z : tuple of (k_f, r) arrays
        Random-effects columns of each factor.
    codes : tuple of (r,) int arrays
        Level of each factor; -1 for a level that is not in the fitted data.
    """

    x: Array
    z: tuple[Array, ...]
    codes: tuple[Array, ...]


def relative_variance(problem: Problem, solution: Solution, rows: Rows, level: Level) -> Array:
    """Variance of the prediction error of each row's line, in units of the residual variance, (r,)."""
    covariance = solution.factor @ solution.factor.T
    psi = [covariance[at, at] for at in problem.factor_rows]
    x, tail = rows.x, np.zeros(rows.x.shape[1])
    if level != "population":
        tail = sum((((p @ z) * z).sum(axis=0) for z, p in zip(rows.z, psi, strict=True)), tail)
    if level == "group":
        weights = [(p @ z) * (codes >= 0) for p, z, codes in zip(psi, rows.z, rows.codes, strict=True)]
        if problem.other_factors is None:
            pulled, explained = _one_factor(problem, solution, weights[0], rows.codes[0])
        else:
            pulled, explained = _several(problem, solution, weights, rows.codes)
        x, tail = x - pulled, tail - explained
    whitened = np.linalg.solve(np.linalg.cholesky(solution.xx), x)
    return (whitened**2).sum(axis=0) + np.maximum(tail, 0.0)


def _one_factor(problem: Problem, solution: Solution, weight: Array, codes: Array) -> tuple[Array, Array]:
    """``X'H^-1 Z w`` (p, r) and ``w'Z'H^-1 Z w`` (r,) with ``w = Psi z``; a level not in the data has w = 0."""
    half = (solution.half_z[:, :, codes] * weight).sum(axis=1)
    return (half[:, None] * solution.half_w[:, : problem.p, codes]).sum(axis=0), (half**2).sum(axis=0)


def _several(
    problem: Problem, solution: Solution, weights: list[Array], codes: tuple[Array, ...]
) -> tuple[Array, Array]:
    """What `_one_factor` gives, with several factors, from ``Z'H^-1 Z`` among the random coefficients that the rows have."""
    starts = np.cumsum([0, *(len(w) * n for w, n in zip(weights, problem.levels, strict=True))])
    parts = zip(weights, codes, starts, problem.levels, strict=False)
    place = np.concatenate([start + np.arange(len(w))[:, None] * n + np.maximum(c, 0) for w, c, start, n in parts])
    weight = np.concatenate(weights)
    pulled = (weight[:, :, None] * solution.z_h_x()[place]).sum(axis=0).T
    used, at = np.unique(place, return_inverse=True)
    if len(used) <= FEW:
        meets = _among(solution, used)[at[:, None], at]
    else:
        _refuse_large(int(starts[-1]))
        meets = solution.z_h_z()[place[:, None], place]
    return pulled, (weight[:, None] * weight * meets).sum(axis=(0, 1))


def _among(solution: Solution, used: Array) -> Array:
    """``Z'H^-1 Z`` among a few random coefficients, by their places in it."""
    assert solution.other_factors is not None
    k, _, n = solution.half_z.shape
    column, first = np.arange(len(used)), used < k * n
    own, rest = np.zeros((k * n, len(used))), np.zeros((len(solution.other_factors.z_w), len(used)))
    own[used[first], column[first]] = 1.0
    rest[used[~first] - k * n, column[~first]] = 1.0
    return solution.other_factors.products(solution.half_z, own.reshape(k, n, -1), rest)


def _refuse_large(size: int) -> None:
    if 8 * size**2 > MAX_BYTES:
        raise TooLargeError(
            f"The joint covariance of {size:,} random coefficients needs {8e-9 * size**2:.1f} GB; "
            f"{MAX_BYTES / 1e9:.0f} GB are allowed.",
            "Ask for fewer rows at a time, for the population or for a new group.",
        )
