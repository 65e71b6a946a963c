"""Families of contrasts between means: all pairs, against a control, neighbours, polynomials; names and signs are emmeans'."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Literal, get_args

import numpy as np

from ..arrays import Array
from .multiplicity import Adjustment

Family = Literal["pairwise", "revpairwise", "trt.vs.ctrl", "consec", "poly"]
FAMILIES: tuple[Family, ...] = get_args(Family)
USUAL: dict[Family, Adjustment] = {
    "pairwise": "tukey",
    "revpairwise": "tukey",
    "trt.vs.ctrl": "dunnettx",
    "consec": "holm",
    "poly": "none",
}
"""The adjustment of each family where none is asked for: emmeans', but for neighbours, whose multivariate t is not offered."""
DEGREES = ("linear", "quadratic", "cubic", "quartic")
HIGHEST = 6
"""Polynomials go up to this degree."""


def contrast_family(family: Family, names: Sequence[str], control: int = 0) -> tuple[list[str], Array]:
    """The contrasts' names and their weights.

    Parameters
    ----------
    family : {"pairwise", "revpairwise", "trt.vs.ctrl", "consec", "poly"}
    names : sequence of str
        The means, in order.
    control : int
        Of "trt.vs.ctrl" the place of the one that the others are compared with.

    Returns
    -------
    names : list of str
    weights : (contrasts, means) array
    """
    k = len(names)
    if family == "poly":
        weights = _polynomials(k)
        return [DEGREES[d] if d < len(DEGREES) else f"degree {d + 1}" for d in range(len(weights))], weights
    match family:
        case "pairwise":
            pairs = list(combinations(range(k), 2))
        case "revpairwise":
            pairs = [(j, i) for j in range(1, k) for i in range(j)]
        case "trt.vs.ctrl":
            pairs = [(i, control) for i in range(k) if i != control]
        case "consec":
            pairs = [(j, i) for i, j in pairwise(range(k))]
    weights = np.zeros((len(pairs), k))
    index = np.array(pairs, dtype=int).reshape(-1, 2)
    weights[np.arange(len(pairs)), index[:, 0]] = 1.0
    weights[np.arange(len(pairs)), index[:, 1]] = -1.0
    return [f"{names[i]} - {names[j]}" for i, j in pairs], weights


def _polynomials(k: int) -> Array:
    """Orthogonal polynomials of equally spaced levels in whole numbers, as tables have them; (degrees, k)."""
    highest = min(HIGHEST, k - 1)
    x = np.arange(k) - (k - 1) / 2
    q, r = np.linalg.qr(np.vander(x / max(np.abs(x).max(initial=1.0), 1.0), highest + 1, increasing=True))
    result = (q * np.sign(np.diag(r)))[:, 1:].T
    for row in result:
        row /= row[row > 0.01].min()
        while (apart := np.abs(row - np.round(row)).max()) > 0.05:
            row /= apart
    return np.round(result)
