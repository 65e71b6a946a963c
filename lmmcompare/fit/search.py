"""The steps down the criterion over theta, for any number of problems at once.

Each problem goes its own way: a step that does not lower its criterion is shortened for it alone, and who has arrived
leaves the array, so that the slow ones cost no more than themselves. A single fit is an array of one.

The criterion depends on theta through Lambda Lambda' alone, so the sign of a column of Lambda is free and no bound is
needed: an optimum with a variance of zero is an ordinary minimum at theta = 0. Scoring steps are Newton's with the
expected Hessian, or with the average of the expected and the observed one where there are several grouping factors.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arrays import Array
from ..work.interruption import check
from .criterion_protocol import Criteria, P
from .descent import Descent
from .small_cholesky import backward, cholesky, forward, semidefinite
from .theta import ThetaMap

LARGEST = 1e7
"""Largest relative standard deviation that is searched; beyond it rounding hides the residual variance."""
NEAR = 1e-6
"""Scoring ends when a step would lower the criterion by less than this; Newton steps do the rest."""
PATIENCE = 5
"""So many scoring steps may be slow before Newton's own Hessian is asked for."""
SLOW = 0.3
"""A step is slow when the next promises more than this share of what it promised."""
LAST = 1e-12
"""The Newton step that promises less than this is the last: the error after it is far below rounding."""
FLAT = 1e-9
"""Curvature of the criterion, in theta or its logarithm, below which a variance makes no difference."""
SINGULAR_HESSIAN = 3e-5
"""A Hessian whose standardised Cholesky factor has a smaller pivot is taken apart into its eigenvectors."""
TINY = 1e-100
"""Stands for a curvature of zero where one divides by it."""
SHORTEST = 1e-8
"""A step shortened to less than this part has failed."""
MAX_TRIES = 400
"""Steps, and the shorter ones tried in their place."""
TURN = 10
"""After so many tries the random coefficients are put in order."""


def first(criteria: Criteria[P]) -> Array:
    """Theta (m, B) after an EM step from the identity, and more of them while they enlarge the covariance much.

    With M the criterion's derivative in the relative covariance P, the EM step is ``P - P M P / J``.
    """
    theta_map, size = criteria.theta_map, criteria.size
    levels = np.broadcast_to(criteria.levels, (theta_map.k, size))
    theta = theta_map.from_covariances(np.repeat(np.eye(theta_map.k)[..., None], size, axis=2))
    left, before = np.arange(size), np.ones(size)
    while len(left):
        part = criteria if len(left) == size else criteria.take(left)
        factor = theta_map.matrix(theta[:, left])
        relative = np.einsum("acn,bcn->abn", factor, factor)
        pulled = np.einsum("abn,bcn,cdn->adn", relative, part.at(theta[:, left]).curvature, relative)
        covariance = (relative - pulled / levels[:, None, left]) * theta_map.together[..., None]
        theta[:, left] = theta_map.from_covariances(covariance)
        after = np.einsum("aan->n", covariance)
        grown = (after > 4 * before) & (after < criteria.theta_limits.min())
        left, before = left[grown], after[grown]
    return theta


def search(criteria: Criteria[P], theta: Array) -> Descent:
    """Steps from theta (m, B) until none is left to make.

    Where the first coefficient of a block varies little and the others much, theta has a curved valley: their variance is
    a sum of squares along a row of Lambda, and only the sum matters. There the steps are short. So who has not arrived
    after a few goes on with each block's coefficients in the order of their variances, the largest first.
    """
    theta_map = criteria.theta_map
    if criteria.descent is not None and (own := criteria.descent(theta)) is not None:
        return own
    if max(theta_map.sizes) == 1 or criteria.reordered is None:
        return descend(criteria, theta, MAX_TRIES)
    result = descend(criteria, theta, TURN)
    for _ in range(MAX_TRIES // TURN):
        left = np.flatnonzero(~result.arrived)
        if not len(left):
            break
        factor = theta_map.matrix(result.theta[:, left])
        order = np.concatenate(
            [
                rows.start + np.argsort(-(factor[rows] ** 2).sum(axis=1), axis=0, kind="stable")
                for rows in theta_map.block_slices()
            ]
        )
        turn = criteria.take(left).reordered
        assert turn is not None
        ordered = descend(turn(order), _turned(theta_map, result.theta[:, left], order), TURN)
        back = np.argsort(order, axis=0)
        theta, before = (_turned(theta_map, t, back) for t in (ordered.theta, ordered.before))
        result.put(left, replace(ordered, theta=theta, before=before))
    return result


def settle(criteria: Criteria[P], descent: Descent) -> P:
    """What is known where the steps led, or before the last one where rounding hid that it led up.

    Negligible variances are exactly zero.
    """
    tidied = criteria.theta_map.canonical
    point = criteria.at(tidied(descent.theta))
    risen = ~(point.criterion <= descent.value + 1e-12 * np.abs(descent.value)) & np.isfinite(descent.value)
    if risen.any():
        index = np.flatnonzero(risen)
        before = criteria.take(index).at(tidied(descent.before[:, index]))
        here = point.take(index)
        point = point.put(index, here.where(~(before.criterion > here.criterion), before))
    return point


def _turned(theta_map: ThetaMap, theta: Array, order: Array) -> Array:
    """Theta of the same covariances with the coefficients in another order, (k, B)."""
    factor = np.take_along_axis(theta_map.matrix(theta), order[:, None], axis=0)
    return theta_map.entries(semidefinite(np.einsum("acn,bcn->abn", factor, factor)))


def descend(criteria: Criteria[P], theta: Array, tries: int) -> Descent:
    """At most so many steps, or tries at one, from theta (m, B)."""
    result, largest = Descent.begin(theta), criteria.theta_limits[:, None]
    point, left = criteria.at(theta), np.arange(criteria.size)
    result.value[:] = point.criterion
    exact, near = np.full((2, criteria.size), [[not criteria.scoring], [False]])
    length, before = np.ones(criteria.size), np.full(criteria.size, np.inf)
    made = np.zeros(criteria.size, dtype=int)
    for _ in range(tries):
        check()
        failed = length < SHORTEST
        stop = failed & (exact | near)
        step, promise = _step(criteria, point, exact)
        if not exact.all():
            slow = (made >= PATIENCE) & (promise > SLOW * before)
            near = near | (~exact & (promise < NEAR))
            switch = ~exact & ((failed & ~stop) | slow | (near & criteria.newton))
            if switch.any():
                exact = exact | switch
                step, promise = _step(criteria, point, exact, (step, promise))
            length = np.where(failed & ~stop, 1.0, length)
        near = near | (promise < NEAR)
        last = stop | (near & (promise < LAST)) | ~np.isfinite(promise)
        if last.any():
            move = np.where(np.isfinite(step[:, last]) & ~stop[last], step[:, last], 0.0)
            result.theta[:, left[last]] = _within(point.theta[:, last] + move, largest)
            result.decrement[left[last]], result.arrived[left[last]] = promise[last], True
            stay = np.flatnonzero(~last)
            if not len(stay):
                break
            left, exact, near, made = left[stay], exact[stay], near[stay], made[stay]
            length, before = length[stay], before[stay]
            step, promise, criteria, point = step[:, stay], promise[stay], criteria.take(stay), point.take(stay)
        moved = criteria.at(_within(point.theta + length * step, largest))
        rise, slope = moved.criterion - point.criterion, 2 * length * promise
        rounding = (promise < NEAR) * 1e-12 * np.abs(point.criterion)
        lower = rise <= rounding - 1e-4 * slope
        if lower.all():
            length, before, point = np.ones(len(left)), promise, moved
        else:
            curved = np.where(np.isfinite(rise), slope / (2 * (rise + slope)), 0.0)
            length = np.where(lower, 1.0, length * np.clip(curved, 0.1, 0.5))
            before, point = np.where(lower, promise, before), point.where(lower, moved)
        made = made + lower
        result.theta[:, left] = result.before[:, left] = point.theta
        result.value[left], result.decrement[left] = point.criterion, promise
    return result


def _within(theta: Array, largest: Array) -> Array:
    return np.minimum(np.maximum(theta, -largest), largest)


def _step(
    criteria: Criteria[P], point: P, exact: Array, scored: tuple[Array, Array] | None = None
) -> tuple[Array, Array]:
    """Steps and what they promise, with the observed Hessian where ``exact``, else as ``scored`` or to be scored."""
    held = None
    if criteria.theta_map.structured:  # a residual variance of 0 lies beyond the largest theta that is searched
        held = (np.abs(point.theta) >= criteria.theta_limits[:, None]) & (point.gradient * point.theta < 0)
    if exact.all():
        return newton(point.hessian, point.gradient, point.theta, held)
    step, promise = scored or newton(point.expected, point.gradient, point.theta, held)
    if not exact.any():
        return step, promise
    own, promised = newton(point.hessian, point.gradient, point.theta, held)
    return np.where(exact, own, step), np.where(exact, promised, promise)


def newton(hessian: Array, gradient: Array, theta: Array, held: Array | None = None) -> tuple[Array, Array]:
    """Each problem's Newton step (m, B), and by how much it promises to lower the criterion, (B,).

    Along a negative direction a step of its size leads down too; a flat one cannot be improved measurably. Variances that
    the data say nothing of stay where they are, and so does what is ``held``, (m, B).
    """
    # standardised: theta's entries may differ by orders of magnitude
    curved = np.abs(np.einsum("mmn->mn", hessian))
    scale = 1 / np.sqrt(np.maximum(curved, TINY))
    scale[curved * np.maximum(np.abs(theta), 1.0) ** 2 < FLAT] = 0.0
    if held is not None:
        scale[held] = 0.0
    standard, slope = hessian * scale[:, None] * scale, scale * gradient
    lower = cholesky(standard)
    half = forward(lower, slope[:, None])
    step = backward(lower, half)[:, 0]
    promise = 0.5 * (half[:, 0] ** 2).sum(axis=0)
    pivots = np.einsum("mmn->mn", lower)
    flat = ~(pivots > SINGULAR_HESSIAN).all(axis=0) & np.isfinite(standard).all(axis=(0, 1))
    if flat.any():
        step[:, flat], promise[flat] = _by_eigenvectors(standard[..., flat], slope[:, flat])
    return -scale * step, promise


def _by_eigenvectors(hessian: Array, slope: Array) -> tuple[Array, Array]:
    """Newton's steps upwards and what those downwards promise."""
    values, vectors = np.linalg.eigh(hessian.transpose(2, 0, 1))
    most = np.abs(values)
    size = np.maximum(most, np.maximum(1e-9 * most.max(axis=1, keepdims=True), TINY))
    rotated = (slope.T[:, None] @ vectors)[:, 0]
    along = rotated / size
    return (vectors @ along[..., None])[..., 0].T, 0.5 * (rotated * along).sum(axis=1)


def differences(criteria: Criteria[P], point: P) -> Array:
    """Observed Hessians by differences of the gradient, (m, m, B)."""
    theta = point.theta
    result = np.empty((len(theta), *theta.shape))
    for e, step in enumerate(1e-5 * np.maximum(np.abs(theta), 0.1)):
        moved = theta.copy()
        moved[e] += step
        result[e] = (criteria.at(moved).gradient - point.gradient) / step
    return (result + result.swapaxes(0, 1)) / 2
