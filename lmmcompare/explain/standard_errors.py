"""Why the standard errors differ: clustering of the predictor times clustering of the residuals (Moulton's factor)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..catalogue import Model
from ..comparison.compare import Comparison
from ..design.coefficients import CONSTANT
from ..fit.bases import basis, cross_total
from ..inference.robust import Kind, RobustCovariance
from ..models import MixedResult, NoPoolingResult, Result
from ..text.labels import model_label
from ..text.memo import once
from .inference_rows import inference_row


@dataclass(frozen=True)
class Moulton:
    """What clustering does to the variance of an OLS coefficient.

    Moulton (1986), Random group effects and the precision of regression estimates, J. Econometrics 32: with
    equicorrelated errors the true variance is OLS's times ``1 + rho_x rho_u (sum_j n_j (n_j - 1)) / N``.

    Parameters
    ----------
    predictor : float
        Intraclass correlation of what the other predictors leave of the predictor; 1 for one that is constant within
        groups, negative for one that has the same mean in every group.
    residual : float
        Intraclass correlation of the OLS residuals.
    pairs : float
        ``sum_j n_j (n_j - 1) / N``: with equal groups, the group size minus 1.
    """

    predictor: float
    residual: float
    pairs: float

    @property
    def factor(self) -> float:
        """By how much OLS's standard error should be multiplied; below 1 where it is too large."""
        return float(np.sqrt(max(1 + self.predictor * self.residual * self.pairs, 0.0)))


@once
def moulton(comparison: Comparison, term: str) -> Moulton:
    """Moulton's factor for one coefficient, from the group moments."""
    moments, ols = comparison.moments, comparison.ols
    outcome = len(moments.center) - 1
    columns = [c for c in ols.columns if c != CONSTANT]
    whole = basis(moments, [*([CONSTANT] if comparison.design.intercept else []), *columns, outcome])
    gram = cross_total(moments, whole)
    p = len(gram) - 1
    at = ols.names.index(term)
    others = [i for i in range(p) if i != at]
    predictor = np.zeros(p + 1)
    predictor[at] = 1.0
    predictor[others] = -np.linalg.solve(gram[np.ix_(others, others)], gram[others, at])
    residual = np.append(-np.linalg.solve(gram[:p, :p], gram[:p, p]), 1.0)
    n = moments.w  # with prior weights the formulas stay exact, for rows of average weight
    pairs = float((n**2).sum() - moments.n_rows)
    products = np.zeros((p + 1, p + 1))
    sums = whole.mean * n
    products = sums @ sums.T - gram  # over all pairs of different rows of one group

    def correlation(direction: Array) -> float:
        variance = float(direction @ gram @ direction) / moments.n_rows
        return float(direction @ products @ direction) / (variance * pairs) if variance > 0 and pairs > 0 else 0.0

    return Moulton(correlation(predictor), correlation(residual), pairs / moments.n_rows)


@once
def robust_errors(comparison: Comparison, kind: Kind) -> RobustCovariance:
    """OLS's cluster-robust covariance."""
    return comparison.ols.robust(kind)


def error_table(
    comparison: Comparison, term: str, frame: pd.DataFrame | None = None, robust: Kind = "CR2"
) -> pd.DataFrame:
    """Standard errors of one coefficient side by side: ``model, label, se, df, ratio`` (to OLS's).

    Parameters
    ----------
    comparison : Comparison
    term : str
    frame : DataFrame, optional
        The coefficients with the inference chosen, as `Comparison.coefficients` gives them: the mixed models' standard errors.
    robust : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        The kind of OLS's cluster-robust error that was chosen; CR1 and CR2 are there anyway.
    """
    group, ols = comparison.group, comparison.ols
    at = ols.names.index(term)
    rows: list[tuple[str, str, float, float]] = [(Model.OLS, "OLS", float(ols.bse[term]), float(ols.df[term]))]
    for kind in sorted({"CR1", "CR2", robust}):
        result = robust_errors(comparison, kind)
        rows.append((Model.OLS_ROBUST, f"OLS, {kind}", float(np.sqrt(result.vcov[at, at])), float(result.df[at])))
    fits: dict[str, Result] = {k: f for k, f in comparison.fits.items() if k not in (Model.OLS, Model.WITHIN_BETWEEN)}
    for model, fit in fits.items():
        if term in fit.names and np.isfinite(fit.bse[term]):
            own = inference_row(comparison, model, term, frame)
            rows.append((model, model_label(model, group), float(own["se"]), float(own["df"])))
            if isinstance(fit, NoPoolingResult):
                result, at = fit.robust("CR2"), fit.names.index(term)
                rows.append((model, f"{model_label(model, group)}, CR2", float(result.se[at]), float(result.df[at])))
    table = pd.DataFrame(rows, columns=["model", "label", "se", "df"])
    return table.assign(ratio=table["se"] / table["se"].iloc[0])


def slopes_vary(comparison: Comparison, term: str) -> float:
    """SD of the term's slope between groups in the random-slope fit; NaN where it has none."""
    fit = comparison.fits.get(Model.RANDOM_SLOPE)
    if not isinstance(fit, MixedResult) or term not in fit.random_names or term == comparison.constant:
        return float("nan")
    return float(np.sqrt(fit.cov_re[comparison.group].loc[term, term]))
