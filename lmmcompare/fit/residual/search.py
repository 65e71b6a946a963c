"""Newton's method for a structure's few parameters within bounds, from several starts, with a certificate.

An optimum is accepted when no free parameter could lower the criterion by more than `CERTAIN` (half the Newton decrement) and the
Hessian among them is positive; a parameter at a bound that the gradient pushes against is the boundary.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ...arrays import Array
from .criterion import Solution

CERTAIN = 1e-8
MOST = 60
STEP, FORWARD = 1e-4, 1e-6
LONGEST = 1.5
"""The longest step in any parameter, of large ones relative to it."""
APART = 1e-3
"""Two optima further apart than this are two."""
FLAT = 1e-6
"""A second derivative below this says nothing: of a parameter that matters it is about the number of rows."""


class Problem(Protocol):
    """A criterion with its gradient, and where it may be searched."""

    @property
    def low(self) -> Array:
        """Lower bounds of the parameters."""
        ...

    @property
    def high(self) -> Array:
        """Upper bounds of the parameters."""
        ...

    def starts(self) -> list[Array]:
        """Points to start from."""
        ...

    def solve(self, parameters: Array) -> Solution:
        """Everything at some parameters."""
        ...


@dataclass(frozen=True)
class Optimum:
    """The lowest optimum that was found.

    Parameters
    ----------
    bound : tuple of int
        Parameters that lie at a bound.
    decrement : float
        Newton decrement among the others.
    others : tuple of Solution
        Optima that are not the lowest.
    """

    solution: Solution
    converged: bool
    bound: tuple[int, ...]
    decrement: float
    others: tuple[Solution, ...] = ()
    flat: bool = False
    """Whether some direction leaves the criterion as it is."""


def optimise(problem: Problem, fixed: dict[int, float] | None = None, start: Array | None = None) -> Optimum:
    """Search from the starts that the structure offers, or from ``start``; some parameters may be held ``fixed``."""
    held = fixed or {}
    starts = [_with(s, held) for s in (problem.starts() if start is None else [start])]
    scored = [problem.solve(s) for s in starts]
    ends: list[Optimum] = []
    for at in _valleys(scored):
        result = _newton(problem, scored[at], frozenset(held))
        if not any(np.allclose(result.solution.parameters, e.solution.parameters, rtol=0, atol=APART) for e in ends):
            ends.append(result)
    ends.sort(key=lambda e: e.solution.criterion)
    best = ends[0]
    others = tuple(e.solution for e in ends[1:] if e.converged and not e.bound)
    return replace(best, others=others)


def _slopes_of_gradient(problem: Problem, current: Solution) -> Array:
    """Forward differences of the gradient, (m, m): half the work of `hessian`, and near enough for a step."""
    at, m = current.parameters, len(current.parameters)
    result = np.empty((m, m))
    for k in range(m):
        step = FORWARD * max(1.0, abs(at[k]))
        result[k] = (problem.solve(at + step * np.eye(m)[k]).gradient - current.gradient) / step
    return (result + result.T) / 2


def hessian(problem: Problem, at: Array) -> Array:
    """Central differences of the gradient, (m, m)."""
    m = len(at)
    result = np.empty((m, m))
    for k in range(m):
        step = STEP * max(1.0, abs(at[k])) * np.eye(m)[k]
        result[k] = (problem.solve(at + step).gradient - problem.solve(at - step).gradient) / (2 * step[k])
    return (result + result.T) / 2


def _with(start: Array, held: dict[int, float]) -> Array:
    result = start.astype(float)
    for k, value in held.items():
        result[k] = value
    return result


def _valleys(scored: list[Solution]) -> list[int]:
    """Which starts lie lower than those next to them, of those that differ from the first in the first parameter only; all others."""
    tail = scored[0].parameters[1:]
    line = [k for k, s in enumerate(scored) if np.array_equal(s.parameters[1:], tail)]
    others = [k for k in range(len(scored)) if k not in line]
    order = sorted(line, key=lambda k: float(scored[k].parameters[0]) if len(scored[k].parameters) else 0.0)
    value = np.array([np.inf, *(scored[k].criterion for k in order), np.inf])
    low = (value[1:-1] <= value[:-2]) & (value[1:-1] < value[2:])
    return ([order[k] for k in np.flatnonzero(low)] or [0]) + others


def _newton(problem: Problem, current: Solution, held: frozenset[int]) -> Optimum:
    low, high = problem.low, problem.high
    decrement, positive, free = 0.0, True, np.zeros(0, dtype=int)
    for _ in range(MOST):
        at, gradient = current.parameters, current.gradient
        outward = ((at <= low) & (gradient > 0)) | ((at >= high) & (gradient < 0))
        free = np.array([k for k in range(len(at)) if k not in held and not outward[k]], dtype=int)
        bound = tuple(int(k) for k in np.flatnonzero(outward) if k not in held)
        if not len(free):
            return Optimum(current, True, bound, 0.0)
        unit = np.maximum(1.0, np.abs(at[free]))  # large parameters count relative to their size
        curvature = _slopes_of_gradient(problem, current)[np.ix_(free, free)] * unit[:, None] * unit
        values, vectors = np.linalg.eigh(curvature)
        positive = bool(values[0] > 0)
        along = vectors.T @ (gradient[free] * unit)
        floor = max(1e-8 * np.abs(values).max(), 1e-10)
        decrement = float((along**2 / np.maximum(np.abs(values), floor)).sum())
        if decrement < CERTAIN and np.abs(values[0]) < FLAT:
            return Optimum(current, False, bound, decrement, flat=True)
        if decrement < CERTAIN and positive:
            end = polished(problem, current, free, curvature / unit[:, None] / unit)
            return Optimum(end, True, bound, decrement)
        step = np.zeros(len(at))
        step[free] = -unit * (vectors @ (along / np.maximum(np.abs(values), floor)))
        longest = float((np.abs(step) / np.maximum(1.0, np.abs(at))).max())  # 0 on a saddle
        step *= min(1.0, LONGEST / longest) if longest > 0 else 1.0
        following = _downhill(problem, current, step, low, high)
        if following is None:
            break
        current = following
    return Optimum(current, decrement < CERTAIN and positive, bound, decrement)


def polished(problem: Problem, current: Solution, free: Array, curvature: Array) -> Solution:
    """One step more, which leaves the square of what is left; taken where the criterion agrees."""
    to = current.parameters.copy()
    to[free] -= np.linalg.solve(curvature, current.gradient[free])
    better = problem.solve(np.clip(to, problem.low, problem.high))
    return better if better.criterion <= current.criterion + 1e-10 * abs(current.criterion) else current


def _downhill(problem: Problem, current: Solution, step: Array, low: Array, high: Array) -> Solution | None:
    """The first of ever shorter steps that lowers the criterion."""
    for halvings in range(40):
        to = np.clip(current.parameters + step / 2**halvings, low, high)
        following = problem.solve(to)
        promised = float(current.gradient @ (to - current.parameters))
        if following.criterion <= current.criterion + 1e-4 * promised and following.criterion < current.criterion:
            return following
    return None
