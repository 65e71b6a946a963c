"""Minimise the criteria of many replicates at once, and certify each: the search of `optimise`, one array at a time.

Each replicate goes its own way: a step that does not lower its criterion is shortened for it alone, and who has arrived
leaves the array, so that the slow ones cost no more than themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .many_criterion import Replicates, criterion
from .many_derivatives import Values, solve
from .optimise import CERTIFIED, HIDDEN, MAX_RESTARTS, SINGULAR
from .search import LARGEST, LAST, MAX_STEPS, NEAR, TINY
from .small_cholesky import backward, cholesky, forward, semidefinite
from .theta import ThetaMap

FLAT = 3e-5
"""A Hessian whose standardised Cholesky factor has a smaller pivot is taken apart into its eigenvectors."""
TURN = 10
"""After so many steps the random coefficients are put in order."""
SHORTEST = 1e-8
"""A step shortened to less than this part has failed."""


@dataclass(frozen=True, eq=False)
class Optima:
    """Where the search of each replicate stopped, and why that may be believed.

    Parameters
    ----------
    values : Values
    converged : (B,) bool array
        Whether the gradient certifies the optimum.
    singular : (B,) bool array
        Whether the optimum lies on the boundary.
    """

    values: Values
    converged: Array
    singular: Array


def optimise(replicates: Replicates, start: Array | None = None) -> Optima:
    """Minimise each replicate's criterion from ``start`` (m, B), or from what one EM step makes of the identity."""
    with np.errstate(all="ignore"):  # a step too far gives NaN, which is no lower point
        theta = first(replicates) if start is None else start
        theta, decrement = search(replicates, theta)
        values = solve(replicates, replicates.theta_map.tidied(theta))
        left = np.arange(replicates.size)
        for attempt in range(MAX_RESTARTS):
            part = replicates if attempt == 0 else replicates.take(left)
            theta, lower = lower_elsewhere(part, values if attempt == 0 else values.take(left))
            if not lower.any():
                break
            left, part = left[lower], part.take(np.flatnonzero(lower))
            theta, decrement[left] = search(part, theta[:, lower])
            values.put(left, solve(part, part.theta_map.tidied(theta)))
        singular = (values.theta[replicates.theta_map.diagonal] < SINGULAR).any(axis=0)
        return Optima(values, (decrement < CERTIFIED) & np.isfinite(values.criterion), singular)


def first(replicates: Replicates) -> Array:
    """An EM step from the identity, and more of them while they enlarge the covariance much.

    With M the criterion's derivative in the relative covariance P, the EM step is ``P - P M P / J``.
    """
    theta_map = replicates.theta_map
    groups = np.broadcast_to(replicates.weight.sum(axis=-1), replicates.size)
    theta = np.repeat(theta_map.entries(np.eye(theta_map.k))[:, None], replicates.size, axis=1)
    left, before = np.arange(replicates.size), np.zeros(replicates.size)
    while len(left):
        factor, part = theta_map.matrix(theta[:, left]), replicates.take(left)
        relative = np.einsum("acn,bcn->abn", factor, factor)
        pulled = np.einsum("abn,bcn,cdn->adn", relative, solve(part, theta[:, left]).curvature, relative)
        covariance = (relative - pulled / groups[left]) * theta_map.together[..., None]
        theta[:, left] = theta_map.entries(semidefinite(covariance))
        after = np.einsum("aan->n", covariance)
        grown = (after > 4 * np.maximum(before, 1.0)) & (after < LARGEST)
        left, before = left[grown], after[grown]
    return theta


def search(replicates: Replicates, theta: Array) -> tuple[Array, Array]:
    """Steps until none is left to make: theta (m, B), and by how much the last one promised to lower each criterion.

    Where the first coefficient of a block varies little and the others much, theta has a curved valley: their variance is
    a sum of squares along a row of Lambda, and only the sum matters. There the steps are short. So who has not arrived
    after a few goes on with each block's coefficients in the order of their variances, the largest first.
    """
    theta_map = replicates.theta_map
    if max(theta_map.sizes) == 1:
        return descend(replicates, theta, MAX_STEPS)
    theta, decrement = descend(replicates, theta, TURN)
    for _ in range(MAX_STEPS // TURN):
        left = np.flatnonzero(np.isinf(decrement))
        if not len(left):
            break
        factor = theta_map.matrix(theta[:, left])
        order = np.concatenate(
            [
                rows.start + np.argsort(-(factor[rows] ** 2).sum(axis=1), axis=0, kind="stable")
                for rows in theta_map.block_slices()
            ]
        )
        turned, decrement[left] = descend(
            replicates.take(left).turned(order), _turned(theta_map, theta[:, left], order), TURN
        )
        theta[:, left] = _turned(theta_map, turned, np.argsort(order, axis=0))
    return theta, decrement


def _turned(theta_map: ThetaMap, theta: Array, order: Array) -> Array:
    """Theta of the same covariances with the coefficients in another order, (k, B)."""
    factor = np.take_along_axis(theta_map.matrix(theta), order[:, None], axis=0)
    return theta_map.entries(semidefinite(np.einsum("acn,bcn->abn", factor, factor)))


def descend(replicates: Replicates, theta: Array, steps: int) -> tuple[Array, Array]:
    """At most so many steps: theta (m, B), and what the last one promised; infinite for who has not arrived."""
    result, decrement = theta.copy(), np.full(replicates.size, np.inf)
    point = solve(replicates, theta)
    left, near, size = np.arange(replicates.size), np.zeros(replicates.size, bool), np.ones(replicates.size)
    for _ in range(steps):
        step, promise = newton(point.expected, point.gradient)
        near = near | (promise < NEAR) | (size < SHORTEST)
        if near.any():
            close, promised = newton(point.hessian, point.gradient)
            step, promise = np.where(near, close, step), np.where(near, promised, promise)
        failed = size < SHORTEST
        last = near & (failed | (promise < LAST)) | ~np.isfinite(promise)
        if last.any():
            # the last step needs no check: the error after it is far below rounding
            reach = np.where(failed, 0.0, 1.0)[last]
            result[:, left[last]] = point.theta[:, last] + reach * np.where(np.isfinite(step), step, 0.0)[:, last]
            decrement[left[last]] = promise[last]
            stay = np.flatnonzero(~last)
            if not len(stay):
                break
            left, near, size, step, promise = left[stay], near[stay], size[stay], step[:, stay], promise[stay]
            replicates, point = replicates.take(stay), point.take(stay)
        moved = solve(replicates, np.clip(point.theta + size * step, -LARGEST, LARGEST))
        rise, slope = moved.criterion - point.criterion, 2 * size * promise
        rounding = np.where(promise < NEAR, 1e-12 * np.abs(point.criterion), 0.0)
        lower = rise <= rounding - 1e-4 * slope
        curved = np.where(np.isfinite(rise), slope / (2 * (rise + slope)), 0.0)
        size = np.where(lower, 1.0, size * np.clip(curved, 0.1, 0.5))
        point = point.where(lower, moved)
        result[:, left] = point.theta
    return result, decrement


def newton(hessian: Array, gradient: Array) -> tuple[Array, Array]:
    """Each replicate's Newton step (m, B), and by how much it promises to lower the criterion, (B,).

    Along a negative direction a step of its size leads down too; a flat one cannot be improved measurably.
    """
    scale = 1 / np.sqrt(np.maximum(np.abs(np.einsum("mmn->mn", hessian)), TINY))
    standard, slope = hessian * scale[:, None] * scale, scale * gradient
    lower = cholesky(standard)
    half = forward(lower, slope[:, None])
    step = backward(lower, half)[:, 0]
    promise = 0.5 * (half[:, 0] ** 2).sum(axis=0)
    flat = ~(np.einsum("mmn->mn", lower) > FLAT).all(axis=0) & np.isfinite(standard).all(axis=(0, 1))
    if flat.any():
        values, vectors = np.linalg.eigh(standard[..., flat].transpose(2, 0, 1))
        size = np.maximum(np.abs(values), 1e-9 * np.abs(values).max(axis=1, keepdims=True))
        rotated = np.einsum("nab,an->nb", vectors, slope[:, flat])
        step[:, flat] = np.einsum("nab,nb->an", vectors, rotated / size)
        promise[flat] = 0.5 * (rotated**2 / size).sum(axis=1)
    return -scale * step, promise


def lower_elsewhere(replicates: Replicates, values: Values) -> tuple[Array, Array]:
    """A lower point of each replicate that has one where the search could not see it: theta (m, B), and which have.

    A column of zeros in Lambda is stationary whatever the data: there the derivative in the covariance tells. And the
    criterion of small data may have two minima: the models without some of the random coefficients must not be better.
    """
    theta_map = replicates.theta_map
    factor, theta = theta_map.matrix(values.theta), values.theta.copy()
    best = values.criterion - HIDDEN
    lower = np.zeros(replicates.size, dtype=bool)
    for rows in theta_map.block_slices():
        along, vectors = np.linalg.eigh(np.nan_to_num(values.curvature[rows, rows]).transpose(2, 0, 1))
        hidden = along[:, 0] < -1e-6 * np.maximum(np.abs(along).max(axis=1), 1.0)
        direction = np.zeros((theta_map.k, replicates.size))
        direction[rows] = vectors[:, :, 0].T
        for size in (1.0, 1e-1, 1e-2, 1e-3, 1e-4):
            left = np.flatnonzero(hidden & ~lower)
            if not len(left):
                break
            covariance = np.einsum("acn,bcn->abn", factor[..., left], factor[..., left])
            covariance += size * direction[:, None, left] * direction[:, left]
            tried = theta_map.entries(semidefinite(covariance))
            good = criterion(replicates.take(left), tried) < best[left]
            theta[:, left[good]], lower[left[good]] = tried[:, good], True
    without = [np.zeros(theta_map.k), *(1.0 - np.eye(theta_map.k) if theta_map.k > 1 else [])]
    left = np.flatnonzero(~lower)
    part = replicates.take(left)
    for other_factors in without:
        tried = theta_map.entries(factor[..., left] * other_factors[:, None, None])
        value = criterion(part, tried)
        good = value < best[left]
        theta[:, left[good]], lower[left[good]] = tried[:, good], True
        best[left[good]] = value[good]
    return theta, lower
