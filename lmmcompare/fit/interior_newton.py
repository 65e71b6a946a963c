"""The plain case of a small model: a minimum inside, reached by Newton's steps alone, and no other to be looked for.

Most fits are like this, and to know that one is takes a few evaluations more. Whatever is not plain, a variance near zero, a
step that does not lead down, a model that may have several minima, is left to `optimise.minimise`, which looks at everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dgesdd, dposv

from ..arrays import Array
from ..work.interruption import check
from .minque import minque
from .problem import Problem
from .restarts import HIDDEN, REGULAR, SINGULAR
from .search import LAST, NEAR, TINY
from .small_criterion import Known, SmallCriterion
from .theta import ThetaMap

CLOSE, REST = 1e-9, 1e-17
"""A step that promises less than the first is the last where as much less than the second would be left after it."""
NO_OTHER = 1e-2
"""A step that leads as near to a known minimum leads to no other."""
STEPS = 20
"""More Newton steps than a plain case needs."""
NEARBY = 0.5
"""How far theta may be moved, beside its own size: Newton's step is far too long where the criterion curves little or down."""
LARGE = 10.0
"""Relative standard deviations above this are no plain case where there are several."""
FAR = 1e3
"""A single relative standard deviation above this is no plain case."""


@dataclass(frozen=True, eq=False)
class NewtonEnd:
    """Where Newton's steps led.

    Parameters
    ----------
    theta : (m,) array
    before : (m,) array
        Theta before the last step, which promised next to nothing.
    value : float
        The criterion there.
    decrement : float
        What that one promised.
    """

    theta: Array
    before: Array
    value: float
    decrement: float
    evaluations: int


def descend(
    criterion: SmallCriterion, problem: Problem, start: Array | None, minimum: Known | None = None
) -> NewtonEnd | None:
    """Newton's steps down to where none is left to make; None where one does not lead down.

    Parameters
    ----------
    start : (m,) array or None
        None for `minque`.
    minimum : Known, optional
        One that is known, of standard deviations alone: a step down to it is the last.
    """
    evaluations = 1
    if start is None:
        evaluations = 2
        start = minque(criterion, problem)
        if start is None:
            return None
    here = criterion.at(np.asarray(start, dtype=float))
    before = np.nan  # what the last step promised, where it was made in full
    for _ in range(STEPS):
        check()
        step, promise, curved = _step(here)
        rest = promise * (promise / before) ** 2  # Newton's promises fall quadratically
        last = promise < LAST or (promise < CLOSE and rest < REST)
        if minimum is not None and curved and here.value > minimum.value:
            last |= bool(np.abs(np.abs(here.theta + step) - np.abs(minimum.theta)).max() < NO_OTHER)
        if not promise < np.inf or (last and not curved):
            return None
        if last:
            return NewtonEnd(here.theta + step, here.theta, here.value, promise, evaluations)
        length, rounding = 1.0, (promise < NEAR) * 1e-12 * abs(here.value)
        while True:
            there = criterion.at(here.theta + length * step)
            evaluations += 1
            if there.value <= here.value + rounding - 2e-4 * length * promise:
                break
            length /= 2
            if length < 0.1:
                return None
        here, before = there, promise if length == 1 else np.nan
    return None


def _step(at: Known) -> tuple[Array, float, bool]:
    """Newton's step, what it promises, and whether the criterion curves up; where it does not, a step of its size leads down too."""
    if len(at.theta) == 1:
        slope, curve = float(at.gradient[0]), float(at.hessian[0, 0])
        size = max(abs(curve), TINY)
        return -at.gradient / size, 0.5 * slope * slope / size, curve > 0
    scale = 1 / np.sqrt(np.maximum(np.abs(at.hessian.diagonal()), TINY))
    standard, down = at.hessian * scale[:, None] * scale, scale * at.gradient
    _, along, info = dposv(standard, down, lower=1)
    if info:
        if not np.isfinite(standard).all():
            return down, np.nan, False
        values, vectors = np.linalg.eigh(standard)
        slopes = vectors.T @ down
        sizes = np.abs(slopes) / np.maximum(np.abs(values), REGULAR)
        sizes[values < -REGULAR] = np.maximum(sizes[values < -REGULAR], 1.0)  # off a ridge at once, not by doubling
        along = vectors @ np.copysign(sizes, slopes)
    along /= max(1.0, float((np.abs(scale * along) / (np.abs(at.theta) + NEARBY)).max()))
    return -scale * along, float(0.5 * down @ along), not info


def is_inside(theta_map: ThetaMap, theta: Array) -> bool:
    """Whether no variance is zero or huge and no correlation one, as far as theta's own gradient must see that."""
    diagonal = [abs(entry) for entry in theta[theta_map.diagonal].tolist()]
    if max(diagonal) > (LARGE if len(theta) > 1 else FAR):
        return False
    if max(theta_map.sizes) == 1:
        return min(diagonal) > REGULAR
    _, sizes, _, info = dgesdd(theta_map.matrix(theta), compute_uv=0)
    return info == 0 and bool(sizes[-1] > REGULAR)


def is_lowest(criterion: SmallCriterion, theta_map: ThetaMap, at: NewtonEnd) -> bool:
    """Whether the models without some of the random coefficients all have a clearly higher criterion."""
    without = [np.zeros_like(at.theta)]
    if theta_map.k > 1:
        without += [np.where(theta_map.rows == k, 0.0, at.theta) for k in range(theta_map.k)]
    least = at.value + max(HIDDEN, 1e-12 * abs(at.value))
    return all(criterion.value(theta) > least or np.abs(theta - at.theta).max() <= SINGULAR for theta in without)
