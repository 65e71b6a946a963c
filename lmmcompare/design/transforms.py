"""Functions that learn from all values of a column: centre and scale, polynomials, splines, means and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import Array
from ..errors import DesignError
from ..formula.expressions import Call
from .unusable import refuse_few_values

State = dict[Any, Any]


def scale(values: Array, call: Call, state: State) -> Array:
    """Centred and divided, as R's ``scale``; ``center`` centres alone."""
    if not state:
        present = values[~np.isnan(values)]
        center = call.option("center", True)
        middle = float(present.mean()) if center is True else float(center)
        spread = call.option("scale", call.function == "scale")
        if spread is True:  # R: the root mean square about what was taken off, with n - 1
            rough = present - middle
            spread = np.sqrt((rough**2).sum() / max(1, len(rough) - 1))
        state.update(ddof=1, center=middle, scale=float(spread) if spread is not False else None)
    result = values - state["center"]
    return result if state["scale"] is None else np.asarray(result / state["scale"], dtype=float)


def poly(values: Array, call: Call, state: State) -> Array:
    """Orthogonal polynomials, or powers."""
    degree = int(call.option("degree", 1))
    if not state:
        refuse_few_values(len(np.unique(values)), degree, str(call))
    from formulaic.transforms import poly as formulaic_poly  # slow to import, and needed only here

    result = formulaic_poly(values, degree=degree, raw=bool(call.option("raw", False)), _state=state)
    return np.asarray(result, dtype=float)


def spline(values: Array, call: Call, state: State) -> Array:
    """B-splines (``bs``) or natural cubic splines (``ns``), those of R's package splines, (n, k).

    Beyond the boundary knots the outermost cubic goes on for ``bs``, a straight line for ``ns``, as in R.
    """
    degree = int(call.option("degree", 3)) if call.function == "bs" else 3
    if not state:
        state.update(_knots(values, call, degree))
    inner, (low, high) = np.asarray(state["knots"], dtype=float), state["ends"]
    whole = np.r_[[low] * (degree + 1), inner, [high] * (degree + 1)]
    from scipy.interpolate import BSpline  # slow to import, and needed only here

    basis = BSpline(whole, np.eye(len(whole) - degree - 1), degree, extrapolate=True)
    first = 0 if call.option("intercept", False) else 1
    if call.function == "bs":
        return np.asarray(basis(values), dtype=float)[:, first:]
    bend = basis.derivative(2)(np.array([low, high]))[:, first:]
    natural, _ = np.linalg.qr(bend.T, mode="complete")  # what has no curvature at both ends, in R's choice of basis
    result, slope = basis(np.clip(values, low, high)), basis.derivative(1)
    beyond = np.where(values < low, values - low, np.where(values > high, values - high, 0.0))
    at = np.flatnonzero(beyond)
    result[at] += beyond[at, None] * slope(np.clip(values[at], low, high))
    return np.asarray((result[:, first:] @ natural)[:, 2:], dtype=float)


def _knots(values: Array, call: Call, degree: int) -> State:
    ends = call.option("Boundary.knots")
    if ends is not None and (not isinstance(ends, tuple) or len(ends) != 2 or not ends[0] < ends[1]):
        raise DesignError(f"{call} needs two boundary knots.", "Write Boundary.knots = c(0, 10).")
    low, high = ends or (float(values.min()), float(values.max()))
    asked, df, constant = call.option("knots"), call.option("df"), int(call.option("intercept", False))
    if asked is not None:
        knots = np.sort(np.atleast_1d(np.asarray(asked, dtype=float)))
        if not ((knots > low) & (knots < high)).all():
            raise DesignError(f"{call} has a knot outside of {low:g} to {high:g}.", "Choose knots inside the range.")
        count = len(knots)
    else:
        least = degree + constant if call.function == "bs" else 1 + constant
        if df is not None and df < least:
            what = f"its degree, {degree:g}" if call.function == "bs" and not constant else f"{least:g}"
            raise DesignError(f"{call} has fewer df than {what}.", f"Ask for at least {least:g}.")
        count = int(df or least) - least
        inside = values[(values >= low) & (values <= high)]
        knots = np.quantile(inside, np.linspace(0, 1, count + 2)[1:-1])
    needed = count + (degree if call.function == "bs" else 1) + constant
    refuse_few_values(len(np.unique(values)), needed, str(call))
    return {"knots": tuple(map(float, knots)), "ends": (float(low), float(high))}


TRANSFORMS: dict[str, Callable[[Array, Call, State], Array]] = {
    "scale": scale,
    "center": scale,
    "poly": poly,
    "bs": spline,
    "ns": spline,
}
SUMMARIES: dict[str, Callable[[Array], float]] = {
    "mean": lambda v: float(v.mean()),
    "sd": lambda v: float(v.std(ddof=1)),
    "var": lambda v: float(v.var(ddof=1)),
    "median": lambda v: float(np.median(v)),
    "sum": lambda v: float(v.sum()),
    "min": lambda v: float(v.min()),
    "max": lambda v: float(v.max()),
}
