"""Search along one profile for the values at which the signed root of the rise in deviance equals a normal quantile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..arrays import Array
from ..text.numbers import number
from .deviance import Target

if TYPE_CHECKING:
    from scipy.interpolate import CubicHermiteSpline

CLOSE = 1e-4
"""A zeta this near to its goal needs one Newton step more and no fit: the error left is of its square."""
FLAT = 1e-3
"""Curvatures below this share of the largest are taken to be this share, so that no step is without end."""
JUMP = 1e-3
"""A bracket this narrow, relative to the distance from the estimate, must have met its goal."""
TINY = 1e-100
"""Stands for a curvature of zero where one divides by it."""
NUDGE = 0.1
"""Most that others are moved away from 0 where the deviance is even in them, so that a search can leave there."""
BETTER = 1e-6
"""A deviance this much below the optimum's shows that it was none."""
GRADIENT = 1e-4
"""Where the deviance is about as round as a ball, a gradient this small leaves it within 1e-8 of its minimum."""
FURTHER = 3
"""A step goes at most so many times as far from the estimate as the last one."""
MOST = 40
"""Fits of everything else that a limit may take."""
CURVE = 41
"""Points of a curve from limit to limit."""


@dataclass(frozen=True, eq=False)
class Interval:
    """A profile interval, in the columns' units.

    Parameters
    ----------
    estimate : float
        By maximum likelihood; NaN for a correlation of which a standard deviation is 0.
    lower, upper : float
        NaN where none was found.
    note : str
        Why a limit is an end of what is possible, or missing; empty where both are ordinary.
    value, zeta : (m,) arrays
        The signed root of the deviance's rise, for a curve from limit to limit; empty where there is none to draw.
    """

    estimate: float
    lower: float
    upper: float
    note: str
    value: Array = field(repr=False)
    zeta: Array = field(repr=False)


class Search:
    """The search along one profile, and the points at which the model was refitted.

    Parameters
    ----------
    target : Target
        At a local minimum of the deviance.
    deviance, least : float
        There, and at the lowest minimum.
    """

    def __init__(self, target: Target, deviance: float, least: float) -> None:
        self.target, self.deviance, self.least = target, deviance, least
        value, others, m = target.value, target.others, len(target.others)
        gradient = target.at(value, others)[1]
        hessian = np.empty((m, m))
        for i, h in enumerate(1e-5 * np.maximum(np.abs(others), 0.1)):
            hessian[i] = (target.at(value, others + h * np.eye(m)[i])[1] - gradient) / h
        above, below = value + target.step, value - target.step
        mixed = (target.at(above, others)[1] - target.at(below, others)[1]) / (2 * target.step)
        second = (target.slope(above, others) - target.slope(below, others)) / (2 * target.step)
        self.root = _whitening((hessian + hessian.T) / 2)
        self.drift = -self.root @ (self.root.T @ mixed)
        self.rate = float(np.sqrt(max(second + mixed @ self.drift, 1e-4 * abs(second)) / 2))
        self.points = {value: (0.0, self.rate)}

    def interval(self, goal: float) -> Interval:
        """Both limits, where zeta is ``-goal`` and ``goal``, and the profile between them."""
        target = self.target
        (lower, why_lower), (upper, why_upper) = self.limit(-goal, target.low), self.limit(goal, target.high)
        # comparisons with NaN are false: where a limit is missing the curve goes as far as the search did
        points = np.array([(v, *z) for v, z in sorted(self.points.items()) if not (v < lower or v > upper)]).T
        at = np.linspace(points[0, 0], points[0, -1], CURVE)
        zeta = _rising(*points)(at) if points.shape[1] > 1 else np.zeros(CURVE)
        estimate, lower, upper = (target.units(v) for v in (target.value, lower, upper))
        value, note = np.array([target.units(v) for v in at]), f"{why_lower} {why_upper}".strip()
        return Interval(estimate, lower, upper, note, value, zeta)

    def limit(self, goal: float, end: float) -> tuple[float, str]:
        """The value at which zeta is ``goal``, or the end of all values, with the reason."""
        target, middle = self.target, self.target.value
        if middle == end:
            return end, f"The estimate itself is {number(target.units(end))}."
        others, drift, root = target.others, self.drift, self.root
        infinite = np.inf * np.sign(goal)
        inside, outside, value = middle, infinite, middle + goal / self.rate
        for _ in range(MOST):
            if np.isinf(outside) and (value - end) * goal >= 0:
                value = end
            start = _moved_from_zero(others + drift * (value - inside), target.even, root)
            result, deviance, root = minimise(partial(target.at, value), start, root)
            rise = deviance - self.deviance
            if not deviance > self.least - BETTER:
                return float("nan"), "A limit was not found: on the way the model fits better than at the estimates."
            zeta = float(np.sign(goal) * np.sqrt(max(rise, 0.0)))
            slope = target.slope(value, result) / (2 * zeta) if zeta else self.rate
            self.points[value] = zeta, slope
            if value == end and abs(zeta) <= abs(goal):
                only = number(max(rise, 0.0))
                return end, f"{number(target.units(end))} is not ruled out: the deviance rises by {only} only."
            newton = value + (goal - zeta) / slope if slope > 0 else infinite
            if abs(zeta - goal) < CLOSE:
                self.points[newton] = goal, slope
                return newton, ""
            if abs(zeta) < abs(goal):
                same_side = (np.sign(result) == np.sign(others))[target.even].all()
                drift = (result - others) / (value - inside) if same_side else np.zeros_like(result)
                inside, others = value, result
            else:
                outside = value
            if abs(outside - inside) < JUMP * abs(outside - middle):
                # deviances do not jump: outside was fitted in a valley that is not the deepest
                outside = infinite
            value = _next(value, newton, middle, inside, outside)
        return float("nan"), "A limit was not found: the search did not end."


def _next(value: float, newton: float, middle: float, inside: float, outside: float) -> float:
    """Newton's step, as long as it is safe."""
    if np.isinf(outside):
        return middle + float(np.sign(outside)) * min(abs(newton - middle), FURTHER * abs(inside - middle))
    # ... where it stays between what is inside and outside, and does not cross most of the way between
    short = abs(newton - value) < abs(outside - inside) / 2
    ahead = min(inside, outside) < newton < max(inside, outside)
    return newton if short and ahead else (inside + outside) / 2


def _rising(value: Array, zeta: Array, slope: Array) -> CubicHermiteSpline:
    """Cubic pieces through points with slopes, these so limited that zeta falls nowhere (Fritsch and Carlson 1980)."""
    from scipy.interpolate import CubicHermiteSpline  # slow to import, and needed only here

    secant = np.diff(zeta) / np.diff(value)
    steepest = 3 * np.minimum(np.append(secant, np.inf), np.insert(secant, 0, np.inf))
    return CubicHermiteSpline(value, zeta, np.clip(slope, 0.0, steepest))


def _whitening(hessian: Array) -> Array:
    """A root R, with ``R R'`` the inverse of the Hessian after taking its eigenvalues' absolute values, at least ``FLAT``."""
    size = np.abs(np.diag(hessian))
    scale = 1 / np.sqrt(np.maximum(size, FLAT**2 * size.max(initial=TINY)))
    values, vectors = np.linalg.eigh(hessian * np.outer(scale, scale))
    return scale[:, None] * vectors / np.sqrt(np.maximum(np.abs(values), FLAT))


def _moved_from_zero(others: Array, even: Array, root: Array) -> Array:
    """The start moved away from 0 where the deviance is even, because 0 is a stationary point there."""
    least = np.minimum(np.sqrt((root**2).sum(axis=1)) / 2, NUDGE)
    return np.where(even & (np.abs(others) < 1e-2 * least), least, others)


def minimise(function: Callable[[Array], tuple[float, Array]], start: Array, root: Array) -> tuple[Array, float, Array]:
    """Minimise over ``start + root u`` by quasi-Newton steps in u, in which the Hessian is near the identity.

    Returns
    -------
    (m,) array, float, (m, m) array
        The minimum's place, its value, and a root for the next search.
    """
    from scipy.optimize import minimize  # slow to import, and needed only here

    def scaled(u: Array) -> tuple[float, Array]:
        with np.errstate(all="ignore"):
            try:
                value, gradient = function(start + root @ u)
            except np.linalg.LinAlgError:
                return np.inf, u
        return value, gradient @ root

    result = minimize(scaled, np.zeros(len(start)), jac=True, method="BFGS", options={"gtol": GRADIENT})
    try:
        return start + root @ result.x, result.fun, root @ np.linalg.cholesky(np.asarray(result.hess_inv))
    except np.linalg.LinAlgError:  # flat in some direction, where what the steps have learnt is rounding
        return start + root @ result.x, result.fun, root
