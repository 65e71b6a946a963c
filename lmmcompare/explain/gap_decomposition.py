"""Which groups a coefficient rests on, and how each pulls it away from the mixed model's.

Let r be the chosen column cleared of the others in the metric V^-1 of a model (Frisch, Waugh and Lovell). Then
``b = r'V^-1 y / r'V^-1 x``: every group has its share in the denominator, and its residuals from another model's line
move this model's coefficient away from the other's by their share in the numerator. Both sums are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..fit.bases import Basis, basis, cross, within
from ..fit.small_cholesky import forward
from ..model_catalogue import Model
from ..models import MixedResult, NoPoolingResult, Result
from ..moments.groups import Moments
from ..work.memo import memoised


@dataclass(frozen=True, eq=False)
class GroupSums:
    """A model's ``r'V^-1`` times its columns and the outcome, by group.

    Parameters
    ----------
    slopes : list of int
        The columns apart from the constant.
    at : int
        The chosen one's position among them.
    total, inside : (p + 1, J) arrays
        With each column, and with its deviations from the group's mean; scaled, centred.
    constant : (J,) array
        With the constant; zeros where the model has none.
    size : float
        ``r'V^-1 x``.
    """

    slopes: list[int]
    at: int
    total: Array
    inside: Array
    constant: Array
    size: float


@memoised
def group_sums(comparison: Comparison, term: str, model: Model) -> GroupSums:
    """The sums over each group that make one coefficient of one model."""
    moments, fit = comparison.moments, comparison.fits[model]
    known = np.isfinite(fit.params.to_numpy())
    columns = [c for c, ok in zip(fit.columns, known, strict=True) if ok]
    slopes = [c for c in columns if c != CONSTANT]
    k, p, outcome = slopes.index(fit.columns[fit.names.index(term)]), len(slopes), moments.outcome
    wide = moments.with_deviations([*slopes, outcome])
    whole = basis(wide, [*slopes, wide.outcome], centred=CONSTANT in columns or isinstance(fit, NoPoolingResult))
    deviations = basis(wide, range(outcome, outcome + p + 1), centred=True)
    product = _metric(wide, fit)
    design = [Basis(whole.columns[:p], whole.mean[:p], whole.to_units[:p, :p])]
    if CONSTANT in columns:
        design.append(basis(wide, [CONSTANT]))
    gram = np.block([[product(a, b).sum(axis=-1) for b in design] for a in design])
    others = [i for i in range(len(gram)) if i != k]
    direction = np.zeros(len(gram))
    direction[k] = 1.0
    direction[others] = -np.linalg.solve(gram[np.ix_(others, others)], gram[others, k])

    def along(target: Basis) -> Array:
        return np.tensordot(direction, np.concatenate([product(a, target) for a in design]), axes=1)

    total, inside = along(whole), along(deviations)
    constant = along(design[1])[0] if CONSTANT in columns else np.zeros(moments.n_groups)
    return GroupSums(slopes, k, total, inside, constant, float(total[k].sum()))


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


def weights_of_random_slope(comparison: Comparison) -> tuple[float, float, float]:
    """Weight within, slope within and slope between of a random slope's only predictor, under the model's own weights.

    The weight lies outside 0 to 1 where one level counts against itself, which matrices as weights can bring about.
    """
    fit = comparison.fits[Model.RANDOM_SLOPE]
    sums = group_sums(
        comparison, next(n for n, c in zip(fit.names, fit.columns, strict=True) if c != CONSTANT), Model.RANDOM_SLOPE
    )
    inside, whole = sums.inside.sum(axis=1), sums.total.sum(axis=1)
    units = comparison.moments.scale[-1] / comparison.moments.scale[sums.slopes[0]]
    share = inside[0] / whole[0]
    slope_within, slope_between = np.nan, np.nan
    if abs(share) > 1e-10:
        slope_within = units * inside[1] / inside[0]
    else:
        share = 0.0
    if abs(1 - share) > 1e-10:
        slope_between = units * (whole[1] - inside[1]) / (whole[0] - inside[0])
    else:
        share = 1.0
    return float(share), float(slope_within), float(slope_between)


def weight_shares(comparison: Comparison, term: str, model: Model) -> Array:
    """Each group's share in a model's coefficient, (J,); they sum to 1, and one may be negative."""
    sums = group_sums(comparison, term, model)
    return sums.total[sums.at] / sums.size


@memoised
def attribution(comparison: Comparison, term: str) -> pd.DataFrame:
    """The gap between OLS's coefficient and that of the mixed model asked for, split by group and level.

    Every row's residuals from the mixed model's population line pull OLS's coefficient away from it; the pulls add up to
    the gap exactly.

    Returns
    -------
    DataFrame
        ``group, n, within, between, total, share``: what the group's deviations and its mean contribute, and their sum
        as a share of the gap (NaN where there is no gap).
    """
    sums, moments, anchor = group_sums(comparison, term, Model.OLS), comparison.moments, comparison.mixed
    reference = dict(zip(anchor.columns, anchor.params.to_numpy(), strict=True))
    scale = moments.scale[-1]
    line = np.array([reference.get(c, 0.0) * moments.scale[c] / scale for c in sums.slopes])
    residual = np.append(-line, 1.0)
    within, total = residual @ sums.inside, residual @ sums.total
    if CONSTANT in reference:
        level = reference[CONSTANT] - moments.center[-1]
        level += sum(reference.get(c, 0.0) * moments.center[c] for c in sums.slopes)
        total = total - level / scale * sums.constant
    units = scale / moments.scale[sums.slopes[sums.at]] / sums.size
    within, total = units * within, units * total
    gap = float(total.sum())
    share = total / gap if abs(gap) > 1e-10 * float(np.abs(total).sum()) else np.full(len(total), np.nan)
    return pd.DataFrame(
        {
            "group": comparison.grouping.labels,
            "n": moments.n.astype(int),
            "within": within,
            "between": total - within,
            "total": total,
            "share": share,
        }
    )
