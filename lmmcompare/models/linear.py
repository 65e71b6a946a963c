"""Results of least squares: complete pooling and no pooling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from ..arrays import Array
from ..design.coefficients import CONSTANT, free_name
from ..design.rows_to_predict import held_rows, new_rows
from ..errors import DesignError, OptionError
from ..fit.bases import basis, cross_total
from ..fit.linear import GroupFits, LinearFit, group_intercepts, per_group
from ..formula.expressions import quote
from ..inference.robust import Kind, RobustCovariance, cluster_robust
from ..inference.t_tests import two_sided
from ..text import numbers
from ..text.labels import bare
from .marginal.estimator import Ddf, Estimator, constant, refuse_unknown_ddf
from .result import Result, Summary, as_text, names_index

ASK_DUMMIES = "Add it: group dummies say nothing of an average group."


@dataclass(frozen=True, repr=False)
class OLSResult(Result):
    """Complete pooling: ordinary least squares, with cluster-robust standard errors where clusters are given."""

    fit: LinearFit
    cluster: str | None = None
    kind: Kind = "CR2"
    """Which cluster-robust standard errors, where clusters are given."""

    @property
    def _vcov(self) -> Array:
        return self.clustered.vcov if self.cluster else self.fit.vcov

    @cached_property
    def clustered(self) -> RobustCovariance:
        """The cluster-robust covariance that the standard errors are of, where clusters are given."""
        return self.robust(self.kind)

    def robust(self, kind: Kind = "CR2") -> RobustCovariance:
        """Cluster-robust covariance with Satterthwaite degrees of freedom, as clubSandwich computes them.

        Parameters
        ----------
        kind : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
            See `inference.robust.cluster_robust`.

        Raises
        ------
        OptionError
            For another kind.
        DesignError
            Without clusters.
        """
        return cluster_robust(self.moments, self.columns, kind)

    @cached_property
    def bse(self) -> pd.Series:
        """Standard errors; where clusters are given NaN of a coefficient that rests on one cluster alone."""
        se = self.clustered.se if self.cluster else np.sqrt(self._vcov.diagonal())
        return pd.Series(se, index=names_index(self.names), name="se")

    @cached_property
    def df(self) -> pd.Series:
        """Residual degrees of freedom, or Satterthwaite's for cluster-robust errors."""
        df = self.clustered.df if self.cluster else np.full(len(self.names), float(self.fit.df))
        return pd.Series(df, index=names_index(self.names), name="df")

    def estimator(self, ddf: Ddf | None = None) -> Estimator:
        """The standard errors and degrees of freedom of linear combinations of the coefficients."""
        refuse_unknown_ddf(ddf)
        if ddf not in (None, "residual", "asymptotic"):
            raise OptionError(f"Least squares has no {ddf} degrees of freedom.", "Leave ddf out.")
        if self.cluster:
            robust = self.clustered
            words, kind = f"errors clustered by {bare(self.cluster)} ({self.kind})", "Satterthwaite’s"
            units, spread = robust.units, robust.spread
            df: Callable[[Array], Array] = robust.df_of
        else:
            words, kind = "classical errors", "residual"
            whole = basis(self.moments, self.columns, centred=CONSTANT in self.columns)
            units, spread = whole.to_units, self.fit.row_variance * np.linalg.inv(cross_total(self.moments, whole))
            df = constant(float(self.fit.df))
        if ddf == "asymptotic":
            kind, df = "infinite", constant(np.inf)
        words = f"{words}, {kind} degrees of freedom"
        alone = self.clustered.rests_on_one if self.cluster else None
        return Estimator(self.design, self.columns, self.fit.beta, words, units, spread, df, alone)

    @property
    def df_resid(self) -> int:
        """Residual degrees of freedom."""
        return self.fit.df

    @property
    def _constant(self) -> bool:
        """Whether the fit has a constant, which the mean is then compared with."""
        return self.design.intercept

    @property
    def rsquared(self) -> float:
        """Share of the outcome's sum of squares explained: about the mean, or about 0 without an intercept (as R does)."""
        return 1 - self.fit.rss / self.fit.tss

    @property
    def rsquared_adj(self) -> float:
        """`rsquared` with variances in the place of sums of squares: a useless predictor does not raise it."""
        unexplained = (1 - self.rsquared) * (self.nobs - self._constant)
        return 1 - unexplained / self.fit.df if self.fit.df else float("nan")

    @property
    def df_model(self) -> int:
        """Coefficients estimated beside the constant, dummies included: the F statistic's first degrees of freedom."""
        return self.fit.rank - self._constant

    @property
    def fvalue(self) -> float:
        """F statistic of all predictors together, with classical errors; NaN without predictors."""
        if self.df_model == 0:
            return float("nan")
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.float64((self.fit.tss - self.fit.rss) / self.df_model) / self.fit.sigma2)

    @property
    def f_pvalue(self) -> float:
        """The p value of `fvalue`, on `df_model` and `df_resid` degrees of freedom."""
        return float(fdtrc(self.df_model, self.df_resid, self.fvalue)) if self.df_model else float("nan")

    @property
    def llf(self) -> float:
        """Log-likelihood."""
        return self.fit.loglik

    @property
    def aic(self) -> float:
        """Akaike's criterion, the residual variance counted as a parameter (as R does)."""
        return -2 * self.llf + 2 * (self.fit.rank + 1)

    @property
    def bic(self) -> float:
        """Schwarz's criterion, the residual variance counted as a parameter (as R does)."""
        return -2 * self.llf + np.log(self.nobs) * (self.fit.rank + 1)

    def summary(self) -> Summary:
        """The fit as text."""
        errors = f"cluster-robust ({self.kind})" if self.cluster else "classical"
        kind = "Ordinary" if self.design.weights is None else "Weighted"
        head = f"{kind} least squares: {self.formula}\nStandard errors: {errors}\n{self.weights_line}"
        foot = (
            f"Residual SD {numbers.number(self.sigma, 4)} on {self.fit.df:,} df; R² {numbers.number(self.rsquared, 4)}"
        )
        foot += f", adjusted {numbers.number(self.rsquared_adj, 4)}"
        if self.df_model:
            foot += f"; F {numbers.number(self.fvalue, 4)} on {self.df_model:,} and {self.fit.df:,} df, {numbers.p_value(self.f_pvalue)}"
        return Summary(f"{head}\n{as_text(self.table())}\n\n{foot}")


@dataclass(frozen=True, repr=False)
class NoPoolingResult(OLSResult):
    """No pooling: an intercept for each group with common slopes (group dummies), and a regression for each group.

    ``params`` are the common slopes; a predictor that is constant within groups is NaN, absorbed by the dummies.
    """

    @property
    def _constant(self) -> bool:
        return True  # the dummies add up to one

    @property
    def formula(self) -> str:
        """The model as formula text, the dummies as a factor of the groups."""
        assert self.design.grouping is not None
        names = [quote(name) for name in self.design.grouping.columns]
        return f"{super().formula} + {'factor' if len(names) == 1 else 'interaction'}({', '.join(names)})"

    def robust(self, kind: Kind = "CR2") -> RobustCovariance:
        """Cluster-robust covariance of the common slopes, the dummies' leverage counted; see `OLSResult.robust`."""
        known = np.flatnonzero(np.isfinite(self.fit.beta))
        result = cluster_robust(self.moments, [self.columns[k] for k in known], kind, dummies=True)
        vcov, df = np.full((len(self.names),) * 2, np.nan), np.full(len(self.names), np.nan)
        vcov[np.ix_(known, known)], df[known] = result.vcov, result.df
        return replace(result, vcov=vcov, df=df)

    def estimator(self, ddf: Ddf | None = None) -> Estimator:
        """Group dummies have none: see the error."""
        refuse_unknown_ddf(ddf)
        raise DesignError(
            "Group dummies have no adjusted means: each group has an intercept of its own, and none is the average one.",
            "Ask least squares or a mixed model.",
        )

    @cached_property
    def group_intercepts(self) -> pd.DataFrame:
        """Each group's intercept under common slopes with its standard error, a row a group."""
        assert self.design.grouping is not None
        estimate, se = group_intercepts(self.moments, self.fit, self.columns)
        return pd.DataFrame({"estimate": estimate, "se": se}, index=self.design.grouping.levels)

    def treatment_contrasts(self) -> pd.DataFrame:
        """All coefficients as R prints them: the first group's intercept, slopes, then differences from that group.

        Returns
        -------
        DataFrame
            ``estimate, se, t, p`` by name of the coefficient; NaN for a slope that the dummies absorb.
        """
        assert self.design.grouping is not None
        slopes = self.moments.center[self.columns][:, None] + (
            self.moments.scale[self.columns][:, None] * self.moments.mean[self.columns]
        )
        known = np.isfinite(self.fit.beta)
        apart = (slopes - slopes[:, :1])[known]
        variance = self.fit.row_variance * (1 / self.moments.w + 1 / self.moments.w[0])
        variance = variance + np.einsum("aj,ab,bj->j", apart, self.fit.vcov[np.ix_(known, known)], apart)
        intercepts = self.group_intercepts
        names: list[str] = []
        for level in self.design.grouping.labels[1:]:
            names.append(free_name(f"{self.design.grouping.name}[T.{level}]", "group", {*self.names, *names}))
        level = intercepts["estimate"].to_numpy()
        estimate = np.array([level[0], *self.fit.beta, *(level - level[0])[1:]])
        se = np.array([intercepts["se"].iloc[0], *np.sqrt(np.diag(self.fit.vcov)), *np.sqrt(variance[1:])])
        with np.errstate(divide="ignore", invalid="ignore"):
            t = estimate / se
        p = two_sided(t, self.fit.df)
        return pd.DataFrame(
            {"estimate": estimate, "se": se, "t": t, "p": p}, index=[self.design.constant, *self.names, *names]
        )

    @cached_property
    def per_group(self) -> GroupFits:
        """A regression for each group by itself."""
        own = [CONSTANT] * self.design.intercept + self.columns
        return per_group(self.moments, own)

    @cached_property
    def fittedvalues(self) -> pd.Series:
        """Fitted values of the rows that the design holds, each with its group's intercept, with the table's index."""
        assert self.design.grouping is not None
        intercepts = self.group_intercepts["estimate"].to_numpy()
        rows = held_rows(self.design)
        values = self.fixed_part(rows) + intercepts[self.design.grouping.codes]
        return rows.series(values + rows.offset, "fitted")

    def predict(self, data: pd.DataFrame | None = None) -> pd.Series:
        """Predictions for new rows of known groups, with their index.

        NaN for other groups, with an `UnknownLevelWarning`: dummies cannot say anything of them.
        """
        if data is None:
            return self.fittedvalues.rename("predicted")
        rows = new_rows(self.design, data)
        assert self.design.grouping is not None and rows.frame is not None
        codes, known = self.design.grouping.find(rows.frame, ASK_DUMMIES)
        self.design.grouping.warn_of_unknown(rows.frame, codes, known, "no prediction")
        intercepts = np.append(self.group_intercepts["estimate"].to_numpy(), np.nan)
        return rows.series(self.fixed_part(rows) + intercepts[codes] + rows.offset, "predicted")
