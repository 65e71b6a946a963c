"""The live cross-check: the same models by statsmodels, on the same rows, and the largest difference."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..model_catalogue import Model
from ..models import MixedResult

MAX_ROWS = 20_000
"""More rows than this would keep a reader waiting for MixedLM."""


def crosscheck(comparison: Comparison) -> pd.DataFrame:
    """Refit OLS and the mixed models with statsmodels.

    Returns
    -------
    DataFrame
        A row per model and quantity: ``model, quantity, ours, statsmodels, difference`` (relative to the larger of the
        two and to the standard error where it is a coefficient).
    """
    import statsmodels.api as sm  # slow to import, and needed only here

    from .interruptible_statsmodels import InterruptibleMixedLM

    design = comparison.design
    design.refuse_sample("The cross-check")
    # statsmodels' mixed models take no weights: rows times the roots of their weights have errors of one variance
    root = design.root_weights
    unit, density = np.sqrt(comparison.moments.mean_weight), 0.5 * comparison.moments.log_weights
    columns = {c.name: c[:] * root for c in design.columns[:-1]}
    y = design.columns[-1][:] * root
    exog = pd.DataFrame({n: root if n == design.constant else columns[n] for n in design.fixed_names})
    rows: list[tuple[Model, str, float, float, float]] = []
    ols = sm.OLS(y, exog).fit()
    rows += _compared(Model.OLS, comparison.ols.params, comparison.ols.bse, ols.params, ols.bse)
    rows.append(_one(Model.OLS, "log-likelihood", comparison.ols.llf, float(ols.llf) + density))
    for key in (Model.RANDOM_INTERCEPT, Model.RANDOM_SLOPE):
        fit = comparison.fits.get(key)
        if not isinstance(fit, MixedResult) or len(fit.blocks) > 1:
            continue
        random = pd.DataFrame(
            {
                n: root if k == CONSTANT else columns[n]
                for k, n in zip(fit.random_columns, fit.random_names, strict=True)
            }
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # statsmodels warns of every boundary fit; the difference tells
            model = InterruptibleMixedLM(y, exog, groups=np.asarray(comparison.grouping.codes), exog_re=random)
            theirs = model.fit(reml=comparison.reml)
        names = fit.names
        rows += _compared(key, fit.params, fit.bse, theirs.fe_params[names], _errors(theirs)[names])
        rows.append(_one(key, "residual SD", fit.sigma, float(unit * np.sqrt(theirs.scale))))
        if not comparison.reml:
            rows.append(_one(key, "log-likelihood", fit.llf, float(theirs.llf) + density))
        else:
            rows.append(_one(key, "restricted log-likelihood", fit.llf, float(theirs.llf) + density))
    return pd.DataFrame(rows, columns=["model", "quantity", "ours", "statsmodels", "difference"])


def _errors(theirs: Any) -> pd.Series:
    """Standard errors at the fitted variances, (X' V^-1 X)^-1, as lme4 gives them.

    ``bse_fe`` would also hold the observed covariance of coefficients and variances, and so be larger without balance.
    """
    names = theirs.fe_params.index
    hessian = theirs.model.hessian(theirs.params_object)[0][: len(names), : len(names)]
    return pd.Series(np.sqrt(np.diag(np.linalg.inv(-hessian))), index=names)


def _compared(
    model: Model, estimate: pd.Series, se: pd.Series, their_estimate: pd.Series, their_se: pd.Series
) -> list[tuple[Model, str, float, float, float]]:
    rows: list[tuple[Model, str, float, float, float]] = []
    for name in estimate.index:
        ours, theirs = float(estimate[name]), float(their_estimate[name])
        rows.append((model, name, ours, theirs, abs(ours - theirs) / max(abs(ours), float(se[name]))))
        rows.append(_one(model, f"standard error of {name}", float(se[name]), float(their_se[name])))
    return rows


def _one(model: Model, quantity: str, ours: float, theirs: float) -> tuple[Model, str, float, float, float]:
    return model, quantity, ours, theirs, abs(ours - theirs) / max(abs(ours), 1e-300)
