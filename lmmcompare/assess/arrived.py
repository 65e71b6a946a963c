"""Whether a fit arrived at an optimum, and what it means where that lies on the boundary."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ..columns import CONSTANT, INTERCEPT
from ..labels import plural, term_label
from ..results import MixedResult

Array = np.ndarray

NOTHING = 1e-4
"""A random coefficient whose part of the outcome has an SD below this share of the residual SD does not vary."""
ONE = 1 - 1e-4
"""A correlation beyond this is 1."""


def arrived(result: MixedResult) -> str:
    """Sentences on convergence and, where the fit is singular, on which variance is 0 or which correlation is 1."""
    if not result.converged:
        return (
            "The search did not end at an optimum: the gradient there is not 0. Do not rely on these numbers; a simpler random part "
            "may help."
        )
    text = "The search ended at a certified optimum: no small change of the variances fits better."
    if not result.singular:
        return f"{text} No variance is 0 and no correlation 1, so the fit is not singular."
    found = [*_still(result), *_tied(result)]
    edge = ", and ".join(found) if found else "the random coefficients are tied to each other"
    return (
        f"{text} It lies on the boundary (a singular fit): {edge}. That is an estimate like any other, but it says that these data "
        "support a simpler random part, and tests and intervals of what stands at the boundary are approximate."
    )


def _size(result: MixedResult, column: int) -> float:
    """What one unit of a random coefficient does to the outcome at most, about."""
    return 1.0 if column == CONSTANT else float(result.moments.scale[column])


def _still(result: MixedResult) -> list[str]:
    """Random coefficients that do not vary."""
    found = []
    for block, covariance in zip(result.blocks, result.fit.covariances, strict=True):
        groups = plural(result.factors[block.factor])
        for name, column, variance in zip(block.names, block.columns, np.diag(covariance), strict=True):
            if np.sqrt(max(variance, 0.0)) * _size(result, column) < NOTHING * result.sigma:
                slope = "" if name == INTERCEPT else f" of the {term_label(name)} slope"
                found.append(f"the variance between {groups}{slope} is 0")
    return found


def _tied(result: MixedResult) -> list[str]:
    """Random coefficients that go with each other entirely."""
    found = []
    for block, covariance in zip(result.blocks, result.fit.covariances, strict=True):
        sd = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        for i, j in combinations(range(len(sd)), 2):
            sizes = (sd[k] * _size(result, block.columns[k]) for k in (i, j))
            if min(sizes) < NOTHING * result.sigma:
                continue
            correlation = covariance[i, j] / (sd[i] * sd[j])
            if abs(correlation) > ONE:
                a, b = ("intercept" if n == INTERCEPT else term_label(n) for n in (block.names[i], block.names[j]))
                sign = "1" if correlation > 0 else "−1"
                found.append(f"the correlation of {a} and {b} is {sign}")
    return found
