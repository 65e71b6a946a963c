"""Each coefficient as a weighted mean of the slope within groups and the slope between them.

For a random intercept at its fitted variances, balanced or not,

    beta = (A_W + A_B)^-1 (A_W beta_W + A_B beta_B)

with A_W the within-group cross-products of X, A_B = sum_j w_j (xbar_j - x~)(xbar_j - x~)', w_j = n_j psi_j,
psi_j = sigma^2 / (sigma^2 + n_j tau^2) and x~ the w-weighted mean (Maddala 1971, Econometrica 39; Wooldridge 2010,
section 10.7). psi = 1 is OLS, psi = 0 the within (dummy, fixed-effects) estimate. With random slopes the weights are
matrices, V_j^-1, one a group.

All of these are one computation here. Let r be the chosen predictor cleared of the others in the metric V^-1 (Frisch,
Waugh and Lovell). Then ``beta = r'V^-1 y / r'V^-1 r``, and splitting r and y into group means and deviations from them
splits both sums into a between and a within part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..columns import CONSTANT, INTERCEPT
from ..compare import Comparison
from ..errors import DesignError
from ..fit.basis import Basis, basis, cross, within
from ..fit.batched import forward
from ..moments import Moments
from ..once import once
from ..results import MixedResult, NoPoolingResult, Result

Array = np.ndarray
EMPTY = 1e-10
"""A level with less than this share of the predictor's variation counts as having none: rounding leaves about 1e-16."""


@dataclass(frozen=True)
class Split:
    """One coefficient of one model, split by level and by group.

    Parameters
    ----------
    weight_within : float
        Weight on the slope within groups; the rest goes to the slope between them. Outside 0 to 1 when, under the
        model's weights, one level counts against itself (possible with random slopes only).
    estimate_within, estimate_between : float
        The two slopes under the model's weights; NaN where the data have no such part.
    estimate : float
        The coefficient put together again from the parts.
    group_weight : (J,) array
        Each group's share in ``r'V^-1 x``; sums to 1.
    pull_within, pull_between : (J,) arrays
        By how much each group's deviations and its mean, as residuals from a reference fit, move this coefficient away
        from the reference's.
    """

    weight_within: float
    estimate_within: float
    estimate_between: float
    estimate: float
    group_weight: Array
    pull_within: Array
    pull_between: Array


@once
def split(comparison: Comparison, term: str, model: str, reference: str | None = None) -> Split:
    """Split the coefficient of ``term`` in one model.

    Parameters
    ----------
    comparison : Comparison
    term : str
        A coefficient other than the intercept.
    model : str
        ``ols``, ``no_pooling``, ``random_intercept`` or ``random_slope``.
    reference : str, optional
        The model from whose line residuals are taken for the groups' pulls; the comparison's own mixed model when left
        out.

    Raises
    ------
    DesignError
        For an unknown coefficient, or one that the model does not have.
    """
    fit, anchor = comparison.fits[model], comparison.fits[reference or comparison.chosen]
    if term == INTERCEPT or term not in fit.names or term not in anchor.names:
        names = [n for n in fit.names if n != INTERCEPT]
        raise DesignError(f"There is no coefficient “{term}” to explain.", f"There are {', '.join(names)}.")
    columns = fit.columns
    if model == "no_pooling":
        # the dummies absorb what does not vary within groups, or only together with the columns before it
        columns = [c for c, known in zip(columns, np.isfinite(fit.params), strict=True) if known]
    slopes = [c for c in columns if c != CONSTANT]
    beta = dict(zip(anchor.columns, anchor.params.to_numpy(), strict=True))
    return _split(comparison.moments, columns, slopes.index(fit.columns[fit.names.index(term)]), fit, beta)


def _split(moments: Moments, columns: list[int], k: int, fit: Result, reference: dict[int, float]) -> Split:
    outcome = len(moments.center) - 1
    slopes = [c for c in columns if c != CONSTANT]
    p = len(slopes)
    wide = moments.with_deviations([*slopes, outcome])
    whole = basis(
        wide, [*slopes, len(wide.center) - 1], centred=CONSTANT in columns or isinstance(fit, NoPoolingResult)
    )
    deviations = basis(wide, range(outcome, outcome + p + 1), centred=True)
    product = _metric(wide, fit)

    # r, as a combination of the columns: the chosen one minus its regression on the others and the constant
    design = [Basis(whole.columns[:p], whole.mean[:p], whole.to_units[:p, :p])]
    if CONSTANT in columns:
        design.append(basis(wide, [CONSTANT]))
    gram = np.block([[product(a, b).sum(axis=-1) for b in design] for a in design])
    others = [i for i in range(len(gram)) if i != k]
    direction = np.zeros(len(gram))
    direction[k] = 1.0
    direction[others] = -np.linalg.solve(gram[np.ix_(others, others)], gram[others, k])

    def along(target: Basis) -> Array:
        """R' V^-1 of each column of a basis, by group, (columns, J)."""
        return np.tensordot(direction, np.concatenate([product(a, target) for a in design]), axes=1)

    total, inside = along(whole), along(deviations)
    units = float(moments.scale[outcome] / moments.scale[slopes[k]])
    size, size_within = float(total[k].sum()), float(direction[:p] @ inside[:p].sum(axis=1))
    sum_within, sum_total = float(inside[p].sum()), float(total[p].sum())
    share, slope_within, slope_between = _levels(size, size_within, sum_total, sum_within)

    # residuals from the reference's line: outcome minus slopes minus level, in scaled units
    scale = moments.scale[outcome]
    line = np.array([reference.get(c, 0.0) * moments.scale[c] / scale for c in slopes])
    residual = np.append(-line, 1.0)
    pull_within, pull = residual @ inside, residual @ total
    if CONSTANT in columns:
        level = (
            reference[CONSTANT]
            - moments.center[outcome]
            + sum(reference.get(c, 0.0) * moments.center[c] for c in slopes)
        )
        pull = pull - level / scale * along(design[1])[0]
    return Split(
        share,
        units * slope_within,
        units * slope_between,
        units * sum_total / size,
        total[k] / size,
        units * pull_within / size,
        units * (pull - pull_within) / size,
    )


def _levels(size: float, size_within: float, total: float, total_within: float) -> tuple[float, float, float]:
    """Weight on the within slope, and the two slopes; a level at which r does not vary has no slope and no weight."""
    if abs(size_within) <= EMPTY * abs(size):
        return 0.0, np.nan, total / size
    if abs(size - size_within) <= EMPTY * abs(size):
        return 1.0, total / size, np.nan
    return size_within / size, total_within / size_within, (total - total_within) / (size - size_within)


def _metric(wide: Moments, fit: Result) -> Callable[[Basis, Basis], Array]:
    """The inner products ``a_j' V_j^-1 b_j`` of a model, by group: (columns of a, columns of b, J)."""
    if isinstance(fit, NoPoolingResult):
        return lambda a, b: within(wide, a, b)
    if not isinstance(fit, MixedResult):
        return lambda a, b: cross(wide, a, b)
    solution, blocks = fit.fit.optimum.solution, fit.fit.problem.random

    def half(target: Basis) -> Array:
        right = np.concatenate([cross(wide, block, target) for block in blocks])
        return forward(solution.lower, np.tensordot(solution.factor.T, right, axes=1))

    return lambda a, b: cross(wide, a, b) - np.einsum("kaj,kbj->abj", half(a), half(b))


def explain(comparison: Comparison, term: str) -> pd.DataFrame:
    """The identity's parts for one coefficient, a row per model.

    Parameters
    ----------
    comparison : Comparison
    term : str
        A coefficient's name other than the intercept.

    Returns
    -------
    DataFrame
        Columns ``model, weight_within, estimate_within, estimate_between, estimate``: OLS, random intercept, random slope
        and group dummies, as far as they were fitted.

    Raises
    ------
    DesignError
        For an unknown coefficient.
    """
    rows = []
    for model in explained(comparison, term):
        part = split(comparison, term, model)
        rows.append((model, part.weight_within, part.estimate_within, part.estimate_between, part.estimate))
    return pd.DataFrame(rows, columns=["model", "weight_within", "estimate_within", "estimate_between", "estimate"])


def explained(comparison: Comparison, term: str) -> list[str]:
    """The models that have this coefficient."""
    wanted = [m for m in ("ols", "random_intercept", "random_slope", "no_pooling") if m in comparison.fits]
    return [m for m in wanted if m == "ols" or np.isfinite(comparison.fits[m].params.get(term, np.nan))]


@once
def attribution(comparison: Comparison, term: str, model: str = "ols") -> pd.DataFrame:
    """The gap between a model's coefficient and the mixed model's, split by group and level.

    Every row's residuals from the mixed model's population line pull the other model's coefficient away from it; the
    pulls add up to the gap exactly.

    Returns
    -------
    DataFrame
        ``group, n, within, between, total, share``: what the group's deviations and its mean contribute, and their sum
        as a share of the gap (NaN where there is no gap).
    """
    part = split(comparison, term, model)
    assert comparison.design.grouping is not None
    total = part.pull_within + part.pull_between
    gap = float(total.sum())
    scale = float(np.abs(total).sum())
    share = total / gap if abs(gap) > 1e-10 * scale else np.full(len(total), np.nan)
    return pd.DataFrame({
        "group": comparison.design.grouping.labels, "n": comparison.moments.n.astype(int), "within": part.pull_within,
        "between": part.pull_between, "total": total, "share": share,
    })  # fmt: skip
