"""What a coefficient is made of: the slope within groups, the slope between them, and what comes through other predictors.

For a random intercept at its fitted variances, balanced or not,

    b = (A_W + A_B)^-1 (A_W b_W + A_B b_B) = W b_W + (I - W) b_B,    W = (A_W + A_B)^-1 A_W,

with A_W the within-group cross-products of X, A_B = sum_j w_j (xbar_j - x~)(xbar_j - x~)', w_j = n_j s2 / (s2 + n_j t2)
and x~ the w-weighted mean (Maddala 1971, Econometrica 39; Wooldridge 2010, section 10.7). w_j = n_j is OLS, w_j = 0 the
group dummies. b_W are the dummies' slopes, the same for every model; b_B is the regression of the group means with the
weights w_j. So for the coefficient k

    b_k = W_kk b_W,k + (1 - W_kk) b_B,k + sum over l != k of W_kl (b_W,l - b_B,l),

and the last part is what comes through the other predictors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..errors import DesignError, OptionError
from ..model_catalogue import Model
from ..moments.groups import Moments
from ..work.memo import memoised
from .gap_causes import gap_causes
from .gap_decomposition import weights_of_random_slope
from .predictor_level import level
from .regression_of_means import identified, means_about, regression_of_means

NO_VARIATION = 1e-11
"""Columns within groups are collinear where an eigenvalue of their correlation matrix is below this: the dummies leave one out."""
MODELS = (Model.OLS, Model.RANDOM_INTERCEPT, Model.RANDOM_SLOPE, Model.NO_POOLING)


@dataclass(frozen=True, eq=False)
class Identity:
    """All slopes of one model, taken apart.

    Parameters
    ----------
    columns : list of int
        The slopes' columns in the moments.
    weight : (p, p) array
        W, in the columns' units.
    within, between : (p,) arrays
        b_W and b_B; NaN where the deviations from the group means, or the group means, do not identify a slope.
    se_between : (p,) array
        Standard errors of b_B from the residuals of the group means, see `regression_of_means`.
    df_between : (p,) array
        Their degrees of freedom.
    estimate : (p,) array
        The coefficients, put together again.
    """

    columns: list[int]
    weight: Array
    within: Array
    between: Array
    se_between: Array
    df_between: Array
    estimate: Array

    def through_others(self, k: int) -> float:
        """What of the k-th slope comes through the other predictors.

        Where the group means do not identify a slope between groups, all that is not within counts as this.
        """
        own = float(self.weight[k, k])
        parts = (own * self.within[k], (1 - own) * self.between[k])
        return float(self.estimate[k] - sum(part for part in parts if np.isfinite(part)))


def group_weights(comparison: Comparison, model: Model) -> Array:
    """How much each group's mean counts in a model, w_j: (J,), in rows (of average prior weight)."""
    n = comparison.moments.w
    if model == Model.OLS:
        return n
    if model == Model.RANDOM_INTERCEPT:
        return n / (1 + n * float(comparison.random_intercept.fit.optimum.solution.theta[0]) ** 2)
    if model == Model.NO_POOLING:
        return np.zeros_like(n)
    raise ValueError(f"the groups have no weights of one number each in {model!r}")


def within_between_products(
    moments: Moments, columns: Sequence[int], weights: Array, *, intercept: bool
) -> tuple[Array, Array]:
    """Cross-products of columns and outcome within and between groups, scaled: two (p + 1, p + 1) arrays."""
    index = [*columns, moments.outcome]
    varies = moments.varies_within[index]
    inside = np.where(varies[:, None] & varies, moments.within_total[np.ix_(index, index)], 0.0)
    mean = means_about(moments, index, weights, intercept=intercept)
    return inside, (mean * weights) @ mean.T


def weight_matrix(moments: Moments, columns: Sequence[int], weights: Array, *, intercept: bool) -> Array:
    """W of a model in which group j's mean counts ``weights[j]``, in the columns' units, (p, p)."""
    inside, between = (a[:-1, :-1] for a in within_between_products(moments, columns, weights, intercept=intercept))
    scale = moments.scale[list(columns)]
    return np.linalg.solve(inside + between, inside) * scale / scale[:, None]


@memoised
def identity(comparison: Comparison, model: Model) -> Identity:
    """Take all slopes of OLS, of the random intercept or of the group dummies apart.

    Parameters
    ----------
    model : {"ols", "random_intercept", "no_pooling"}
    """
    moments, fit = comparison.moments, comparison.fits[model]
    known = np.isfinite(fit.params.to_numpy())
    columns = [c for c, ok in zip(fit.columns, known, strict=True) if ok and c != CONSTANT]
    intercept = comparison.design.intercept or model == Model.NO_POOLING
    weights = group_weights(comparison, model)
    inside, between = within_between_products(moments, columns, weights, intercept=intercept)
    p, units = len(columns), moments.scale[-1] / moments.scale[columns]
    within_slope = _within_slopes(inside)
    between_slope, spread, df = regression_of_means(comparison, tuple(columns), weights, intercept=intercept)
    total = inside + between
    estimate = np.linalg.solve(total[:p, :p], total[:p, p])
    return Identity(
        columns,
        weight_matrix(moments, columns, weights, intercept=intercept),
        units * within_slope,
        units * between_slope,
        units * spread,
        df,
        units * estimate,
    )


def _within_slopes(gram: Array) -> Array:
    """Slopes from cross-products with the outcome last; NaN where they are not identified."""
    p = len(gram) - 1
    slopes = np.full(p, np.nan)
    there = np.flatnonzero(np.diag(gram)[:p] > 0)
    if len(there):
        size = np.sqrt(np.diag(gram)[there])
        values, vectors = np.linalg.eigh(gram[np.ix_(there, there)] / np.outer(size, size))
        good = values > NO_VARIATION
        fitted = (vectors[:, good] / values[good]) @ (vectors[:, good].T @ (gram[there, p] / size)) / size
        slopes[there] = np.where(identified(vectors[:, ~good]), fitted, np.nan)
    return slopes


def explain(comparison: Comparison, term: str) -> pd.DataFrame:
    """What one coefficient is made of, a row per model.

    Parameters
    ----------
    comparison : Comparison
    term : str
        A coefficient's name other than the intercept.

    Returns
    -------
    DataFrame
        A row for each of OLS, random intercept, random slope and group dummies that has the coefficient, in columns

        - ``model``;
        - ``weight_within``, ``estimate_within``, ``estimate_between``: W_kk, b_W,k and b_B,k; NaN where the data do not
          identify a slope;
        - ``estimate``: the coefficient, put together again;
        - ``through_others``: what comes through the other predictors, so that ``weight_within * estimate_within +
          (1 - weight_within) * estimate_between + through_others`` (what is NaN counts as 0) is the estimate;
        - ``level``: at which level the column varies, see `predictor_level.Level`;
        - ``se_between``: the standard error of ``estimate_between``, from the residuals of the group means;
        - ``from_weights``, ``from_adjustment``: for a column that is constant within groups, the two causes of the model's
          distance from OLS, see `gap_causes.gap_causes`; NaN for others.

        With a random slope the weights are matrices, one a group; its parts are given where there is one predictor
        alone, its own under its own weights, and are NaN where there are several.

    Raises
    ------
    OptionError
        For what is no comparison.
    DesignError
        For an unknown coefficient.
    """
    if not isinstance(comparison, Comparison):
        raise OptionError(
            f"A comparison is explained, and this is of the type {type(comparison).__name__}.",
            "Give what compare() returns.",
        )
    if term == comparison.constant or term not in comparison.design.fixed_names:
        names = [n for n in comparison.design.fixed_names if n != comparison.constant]
        others = f"There are {', '.join(names)}." if names else "The model has no other than the intercept."
        if term in comparison.ols.aliased:
            reason = comparison.ols.aliased[term]
            raise DesignError(f"“{term}” is not estimable ({reason}), so there is nothing to explain.", others)
        raise DesignError(f"There is no coefficient “{term}” to explain.", others)
    column = comparison.column_of(term)
    rows = [(model, *_parts(comparison, column, model)) for model in models_with_term(comparison, term)]
    names = [
        "model",
        "weight_within",
        "estimate_within",
        "estimate_between",
        "estimate",
        "through_others",
        "se_between",
    ]
    frame = pd.DataFrame(rows, columns=names).assign(level=str(level(comparison, column).level))
    gaps = {
        m: gap_causes(comparison, column, group_weights(comparison, m), m) for m in (Model.OLS, Model.RANDOM_INTERCEPT)
    }
    nothing = (np.nan, np.nan)
    for k, cause in enumerate(("from_weights", "from_adjustment")):
        frame[cause] = [(gaps.get(m) or nothing)[k] for m in frame["model"]]
    return frame


def _parts(comparison: Comparison, column: int, model: Model) -> tuple[float, ...]:
    if model == Model.RANDOM_SLOPE:
        fit = comparison.fits[model]
        estimate = float(fit.params.iloc[fit.columns.index(column)])
        single = sum(c != CONSTANT for c in fit.columns) == 1
        weight, within, between = weights_of_random_slope(comparison) if single else (np.nan,) * 3
        return weight, within, between, estimate, 0.0 if single else np.nan, np.nan
    parts = identity(comparison, model)
    k = parts.columns.index(column)
    return (
        float(parts.weight[k, k]),
        float(parts.within[k]),
        float(parts.between[k]),
        float(parts.estimate[k]),
        parts.through_others(k),
        float(parts.se_between[k]),
    )


def models_with_term(comparison: Comparison, term: str) -> list[Model]:
    """The models that have this coefficient."""
    wanted = [m for m in MODELS if m in comparison.fits]
    return [m for m in wanted if m == Model.OLS or np.isfinite(comparison.fits[m].params.get(term, np.nan))]
