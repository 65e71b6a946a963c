"""Every model's estimates with their tests, for many replicates as one array, from their group moments.

The same numbers as those of `lm`, `lmer` and `compare` for one replicate after another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Array
from ..fit.bases import CONSTANT
from ..fit.replicate_designs import stacked
from ..fit.replicate_fits import fit_replicates
from ..inference.t_tests import t_quantile
from ..model_catalogue import Model
from ..moments.groups import Moments
from . import least_squares


@dataclass(frozen=True, eq=False)
class Estimates:
    """Coefficients of one model in B replicates, in the columns' units.

    Parameters
    ----------
    estimate, se, df : (B, p) arrays
        Coefficients, their standard errors, and the degrees of freedom of their t statistics.
    singular : (B,) bool array
        Fits on the boundary; False for least squares.
    usable : (B,) bool array
        False where the replicate's columns cannot carry the model, or its optimum could not be certified.
    """

    estimate: Array
    se: Array
    df: Array
    singular: Array
    usable: Array

    def reach(self, alpha: float = 0.05) -> Array:
        """Half the width of the ``1 - alpha`` intervals, (B, p)."""
        return t_quantile(self.df, alpha) * self.se


Estimator = Callable[[Moments, int], Estimates]


def ols(moments: Moments, size: int) -> Estimates:
    """Complete pooling with classical standard errors.

    Parameters
    ----------
    moments : Moments
        Of the predictors and the outcome over B x J groups, those of the first replicate first.
    size : int
        The number of replicates, B.
    """
    fit = least_squares.ols(moments, _columns(moments), size)
    return _estimates(fit.beta, fit.se, np.broadcast_to(fit.df[:, None], fit.beta.shape))


def ols_robust(moments: Moments, size: int) -> Estimates:
    """Complete pooling with cluster-robust standard errors, CR2, and their Satterthwaite degrees of freedom."""
    fit = least_squares.ols(moments, _columns(moments), size)
    return _estimates(fit.beta, *least_squares.cr2(fit))


def no_pooling(moments: Moments, size: int) -> Estimates:
    """The slopes under group dummies."""
    fit = least_squares.dummies(moments, _columns(moments)[1:], size)
    return _estimates(fit.beta, fit.se, np.broadcast_to(fit.df[:, None], fit.beta.shape))


def random_intercept(moments: Moments, size: int) -> Estimates:
    """The mixed model in which the groups' intercepts differ, by REML, with Satterthwaite degrees of freedom."""
    return _mixed(moments, size, _columns(moments), [CONSTANT])


def random_slope(moments: Moments, size: int) -> Estimates:
    """The mixed model in which intercepts and slopes differ and correlate."""
    columns = _columns(moments)
    inside = moments.within.reshape(*moments.within.shape[:2], size, -1).sum(axis=-1)
    varies = np.einsum("qqn->qn", inside)[:-1] > least_squares.CONSTANT_COLUMN * moments.n_rows / size
    result = _mixed(moments, size, columns, columns)
    return replace(result, usable=result.usable & varies.all(axis=0))


def within_between(moments: Moments, size: int) -> Estimates:
    """The random intercept with the predictors' group means as further columns (Mundlak 1978, Econometrica 46)."""
    predictors = _columns(moments)[1:]
    widened = moments.with_group_means(predictors)
    return _mixed(widened, size, _columns(widened), [CONSTANT])


ESTIMATORS: dict[str, Estimator] = {
    Model.OLS: ols,
    Model.OLS_ROBUST: ols_robust,
    Model.NO_POOLING: no_pooling,
    Model.RANDOM_INTERCEPT: random_intercept,
    Model.RANDOM_SLOPE: random_slope,
    Model.WITHIN_BETWEEN: within_between,
}


def _columns(moments: Moments) -> list[int]:
    """The intercept and every column but the outcome."""
    return [CONSTANT, *range(moments.outcome)]


def _mixed(moments: Moments, size: int, columns: Sequence[int], random: Sequence[int]) -> Estimates:
    fits = fit_replicates(*stacked(moments, columns, [random], size, reml=True))
    result = _estimates(fits.beta, fits.se, fits.satterthwaite())
    return replace(result, singular=fits.singular, usable=result.usable & fits.converged)


def _estimates(beta: Array, se: Array, df: Array) -> Estimates:
    usable = (np.isfinite(beta) & np.isfinite(se) & (df > 0)).all(axis=1)
    return Estimates(beta, se, df, np.zeros(len(beta), dtype=bool), usable)
