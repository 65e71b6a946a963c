"""Each coefficient as a weighted mean of the slope within groups and the slope between them.

For a random intercept at its fitted variances, balanced or not,

    beta = (A_W + A_B)^-1 (A_W beta_W + A_B beta_B)

with A_W the within-group cross-products of X, A_B = sum_j w_j (xbar_j - x~)(xbar_j - x~)', w_j = n_j psi_j,
psi_j = sigma^2 / (sigma^2 + n_j tau^2) and x~ the w-weighted mean (Maddala 1971, Econometrica 39; Wooldridge 2010,
section 10.7). psi = 1 is OLS, psi = 0 the within (dummy, fixed-effects) estimate. With several predictors the chosen
one is first cleared of the others under the same weights (Frisch, Waugh and Lovell), so its weights are two numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..compare import Comparison
from ..design import CONSTANT, INTERCEPT
from ..errors import DesignError
from ..moments import Moments
from ..results import MixedResult

Array = np.ndarray


@dataclass(frozen=True)
class Split:
    """One coefficient, split by level.

    Parameters
    ----------
    weight_within : float
        Weight on the within-group slope; 1 minus it goes to the between-group slope.
    estimate_within, estimate_between : float
        The two slopes; NaN where the data have no such part.
    estimate : float
        The coefficient put together again from the four numbers.
    """

    weight_within: float
    estimate_within: float
    estimate_between: float
    estimate: float


def psi(fit: MixedResult) -> Array:
    """``sigma^2 / (sigma^2 + n_j tau^2)`` of a random-intercept fit, (J,)."""
    tau2 = float(fit.cov_re[fit.group].to_numpy()[0, 0])
    return np.asarray(fit.scale / (fit.scale + fit.moments.n * tau2))


def split(moments: Moments, columns: list[int], column: int, psi: Array | None, *, intercept: bool = True) -> Split:
    """Split the coefficient of ``column`` in the regression on ``columns`` with weights ``n_j psi_j`` between groups.

    Parameters
    ----------
    moments : Moments
    columns : list of int
        The fixed columns; the constant may be among them.
    column : int
        The one to explain.
    psi : (J,) array or None
        None for group dummies, which use no between-group information.
    intercept : bool
        Whether the model has one.
    """
    index = [c for c in columns if c != CONSTANT]
    if psi is None:
        index = [c for c in index if moments.varies_within[c]]
    k = index.index(column)
    whole = [*index, len(moments.center) - 1]
    within = moments.within_total[np.ix_(whole, whole)]
    if psi is None:
        between = np.zeros_like(within)
    else:
        weight = moments.n * psi
        mean = moments.mean[whole]
        if intercept:
            apart = mean - (mean @ weight / weight.sum())[:, None]
        else:
            apart = mean + (moments.center[whole] / moments.scale[whole])[:, None]
        between = (apart * weight) @ apart.T
    p = len(index)
    total = (within + between)[:p, :p]
    others = [i for i in range(p) if i != k]
    direction = np.zeros(p)
    direction[k] = 1.0
    if others:
        direction[others] = -np.linalg.solve(total[np.ix_(others, others)], total[others, k])
    size_w, size_b = (float(direction @ part[:p, :p] @ direction) for part in (within, between))
    sum_w, sum_b = (float(direction @ part[:p, p]) for part in (within, between))
    units = moments.scale[-1] / moments.scale[column]
    size = size_w + size_b
    nothing = 1e-14 * size
    return Split(
        size_w / size if size_w > nothing else 0.0,
        units * sum_w / size_w if size_w > nothing else np.nan,
        units * sum_b / size_b if size_b > nothing else np.nan,
        units * (sum_w + sum_b) / size,
    )


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
        Columns ``model, weight_within, estimate_within, estimate_between, estimate``, for OLS, random intercept and
        group dummies.

    Raises
    ------
    DesignError
        For an unknown coefficient.
    """
    names = comparison.design.fixed_names
    if term not in names or term == INTERCEPT:
        raise DesignError(f"There is no coefficient “{term}” to explain.", f"There are {', '.join(names)}.")
    design, moments = comparison.design, comparison.moments
    columns = comparison.ols.columns
    column = columns[names.index(term)]
    weights: dict[str, Array | None] = {
        "ols": np.ones(moments.n_groups),
        "random_intercept": psi(comparison.random_intercept),
    }
    if "no_pooling" in comparison.fits and moments.varies_within[column]:
        weights["no_pooling"] = None
    rows = []
    for model, weight in weights.items():
        part = split(moments, columns, column, weight, intercept=design.intercept)
        rows.append((model, part.weight_within, part.estimate_within, part.estimate_between, part.estimate))
    return pd.DataFrame(rows, columns=["model", "weight_within", "estimate_within", "estimate_between", "estimate"])
