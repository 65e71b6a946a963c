"""The numbers behind the difference of standard errors: Moulton's factor, clustering of the predictor times that of the residuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..assess.random_columns import means_in_dummies
from ..comparison.comparison import Comparison
from ..fit.bases import basis, cross_total
from ..inference.robust import Kind, RobustCovariance
from ..model_catalogue import Model
from ..models import NoPoolingResult, Result
from ..text.labels import model_label
from ..work.memo import memoised
from .inference_rows import inference_row


@dataclass(frozen=True)
class Moulton:
    """What clustering does to the variance of an OLS coefficient.

    Moulton (1986), Random group effects and the precision of regression estimates, J. Econometrics 32: with
    equicorrelated errors the true variance is OLS's times ``1 + rho_x rho_u (sum_j n_j (n_j - 1)) / N``.

    Parameters
    ----------
    predictor : float
        Correlation over all pairs of rows of one group of what the other predictors leave of the predictor; 1 for one that is
        constant within groups, negative for one that has the same mean in every group. It is of these rows, as the formula has it;
        a predictor's ICC (`assess.variance_explained.predictor_icc`) estimates that of all groups.
    residual : float
        The same of the OLS residuals.
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


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Cross-products of OLS's columns and the outcome: of rows with themselves, and over all pairs of rows of one group."""

    own: Array
    pairs: Array
    n_rows: float
    n_pairs: float

    @classmethod
    def of(cls, comparison: Comparison) -> _Pairs:
        """With prior weights the formulas stay exact, for rows of average weight."""
        moments, n = comparison.moments, comparison.moments.w
        whole = basis(moments, [*comparison.ols.columns, moments.outcome])
        own, sums = cross_total(moments, whole), whole.mean * n
        return cls(own, sums @ sums.T - own, moments.n_rows, float((n**2).sum() - moments.n_rows))

    def correlation(self, direction: Array) -> float:
        """The correlation over the pairs of a combination of the columns."""
        variance = float(direction @ self.own @ direction) / self.n_rows
        possible = variance > 0 and self.n_pairs > 0
        return float(direction @ self.pairs @ direction) / (variance * self.n_pairs) if possible else 0.0

    def residual(self) -> Array:
        """OLS's residuals as a combination of the columns."""
        return np.append(-np.linalg.solve(self.own[:-1, :-1], self.own[:-1, -1]), 1.0)


@memoised
def residual_correlation(comparison: Comparison) -> float:
    """Correlation of the OLS residuals over all pairs of rows of one group, from the group moments."""
    pairs = _Pairs.of(comparison)
    return pairs.correlation(pairs.residual())


@memoised
def moulton(comparison: Comparison, term: str) -> Moulton:
    """Moulton's factor for one coefficient, from the group moments."""
    pairs, at = _Pairs.of(comparison), comparison.ols.names.index(term)
    others = np.delete(np.arange(len(pairs.own) - 1), at)
    predictor = np.zeros(len(pairs.own))
    predictor[at] = 1.0
    predictor[others] = -np.linalg.solve(pairs.own[np.ix_(others, others)], pairs.own[others, at])
    return Moulton(pairs.correlation(predictor), residual_correlation(comparison), pairs.n_pairs / pairs.n_rows)


def robust_errors(comparison: Comparison, kind: Kind) -> RobustCovariance:
    """OLS's cluster-robust covariance."""
    return comparison.clustered_ols(kind).clustered


def error_table(
    comparison: Comparison, term: str, frame: pd.DataFrame | None = None, robust: Kind = "CR2"
) -> pd.DataFrame:
    """Standard errors of one coefficient side by side: ``model, label, se, df, ratio`` (to OLS's).

    Parameters
    ----------
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
        rows.append((Model.OLS_ROBUST, f"OLS, {kind}", float(result.se[at]), float(result.df[at])))
    fits: dict[Model, Result] = {k: f for k, f in comparison.fits.items() if k not in (Model.OLS, Model.WITHIN_BETWEEN)}
    if term in means_in_dummies(comparison):
        fits.pop(Model.NO_POOLING)
    for model, fit in fits.items():
        if term in fit.names and np.isfinite(fit.bse[term]):
            own = inference_row(comparison, model, term, frame)
            rows.append((model, model_label(model, group), float(own["se"]), float(own["df"])))
            if isinstance(fit, NoPoolingResult):
                result, at = fit.robust("CR2"), fit.names.index(term)
                rows.append((model, f"{model_label(model, group)}, CR2", float(result.se[at]), float(result.df[at])))
    table = pd.DataFrame(rows, columns=["model", "label", "se", "df"])
    return table.assign(ratio=table["se"] / table["se"].iloc[0])
