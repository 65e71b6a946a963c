"""Fits with names on them: statsmodels' words, and lme4's where statsmodels has none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from . import numbers
from .design import CONSTANT, INTERCEPT, Design, encode_new
from .encode import factorize
from .errors import DataError
from .fit.linear import GroupFits, LinearFit, group_intercepts, per_group
from .fit.mixed import MixedFit
from .inference.robust import Kind, RobustCovariance, cluster_robust
from .inference.satterthwaite import satterthwaite
from .moments import Moments
from .spec import columns_of

Array = np.ndarray


@dataclass(frozen=True)
class Result:
    """What every fitted model can tell.

    Parameters
    ----------
    design : Design
    moments : Moments
    names : list of str
        Names of the coefficients.
    columns : list of int
        Their columns in ``moments``; -1 is the intercept.
    """

    design: Design
    moments: Moments
    names: list[str]
    columns: list[int]

    @property
    def _beta(self) -> Array:
        raise NotImplementedError

    @property
    def _vcov(self) -> Array:
        raise NotImplementedError

    @property
    def df(self) -> pd.Series:
        """Degrees of freedom of each coefficient's t statistic."""
        raise NotImplementedError

    @property
    def formula(self) -> str:
        """The model as formula text."""
        return self.design.spec.formula

    @property
    def nobs(self) -> int:
        """Rows used."""
        return self.design.n

    @cached_property
    def params(self) -> pd.Series:
        """Coefficients."""
        return pd.Series(self._beta, index=self.names, name="estimate")

    @cached_property
    def bse(self) -> pd.Series:
        """Standard errors."""
        return pd.Series(np.sqrt(np.diag(self._vcov)), index=self.names, name="se")

    def cov_params(self) -> pd.DataFrame:
        """Covariance matrix of the coefficients."""
        return pd.DataFrame(self._vcov, index=self.names, columns=self.names)

    @property
    def tvalues(self) -> pd.Series:
        """Estimate divided by standard error."""
        return (self.params / self.bse).rename("t")

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p values of t tests against 0."""
        return pd.Series(2 * stats.t.sf(np.abs(self.tvalues), self.df), index=self.names, name="p")

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Confidence limits of the coefficients, columns ``lower`` and ``upper``."""
        reach = stats.t.ppf(1 - alpha / 2, self.df) * self.bse
        return pd.DataFrame({"lower": self.params - reach, "upper": self.params + reach})

    def table(self, alpha: float = 0.05) -> pd.DataFrame:
        """All about the coefficients in one frame."""
        columns = {"estimate": self.params, "se": self.bse, "df": self.df, "t": self.tvalues, "p": self.pvalues}
        return pd.concat([pd.DataFrame(columns), self.conf_int(alpha)], axis=1)

    def _linear(self, columns: list[Array], n: int) -> Array:
        """The fixed part for rows given as columns."""
        value = np.zeros(n)
        for k, beta in zip(self.columns, self._beta, strict=True):
            if np.isfinite(beta):
                value += beta if k == CONSTANT else beta * columns[k]
        return value

    def _new_rows(self, data: pd.DataFrame) -> tuple[Array, list[Array], pd.DataFrame]:
        """Which of the new rows are complete, their columns, and those rows."""
        spec = self.design.spec
        terms = (*spec.terms, *(t for r in spec.random for t in r.terms))
        needed = list(dict.fromkeys(c for term in terms for factor in term.factors for c in columns_of(factor)))
        for name in needed:
            if name not in data.columns:
                raise DataError(
                    f"There is no column “{name}” in the new rows.", "The model needs it to predict: add it."
                )
        complete = data[needed].notna().all(axis=1).to_numpy()
        rows = data.loc[complete]
        return complete, [c[:] for c in encode_new(self.design, rows)], rows

    def _own_rows(self) -> list[Array]:
        return [column[:] for column in self.design.columns[:-1]]


@dataclass(frozen=True)
class OLSResult(Result):
    """Complete pooling: ordinary least squares, with cluster-robust standard errors where clusters are given."""

    fit: LinearFit
    cluster: str | None = None

    @property
    def _beta(self) -> Array:
        return self.fit.beta

    @property
    def _vcov(self) -> Array:
        return self.robust().vcov if self.cluster else self.fit.vcov

    def robust(self, kind: Kind = "CR2") -> RobustCovariance:
        """Cluster-robust covariance: CR0, CR1 or CR2, with Satterthwaite degrees of freedom."""
        return cluster_robust(self.moments, self.columns, kind)

    @cached_property
    def df(self) -> pd.Series:
        """Residual degrees of freedom, or Satterthwaite's for cluster-robust errors."""
        df = self.robust().df if self.cluster else np.full(len(self.names), float(self.fit.df))
        return pd.Series(df, index=self.names, name="df")

    @property
    def df_resid(self) -> int:
        """Residual degrees of freedom."""
        return self.fit.df

    @property
    def scale(self) -> float:
        """Residual variance."""
        return self.fit.sigma2

    @property
    def sigma(self) -> float:
        """Residual standard deviation."""
        return float(np.sqrt(self.fit.sigma2))

    @property
    def rsquared(self) -> float:
        """Share of the outcome's sum of squares explained."""
        return 1 - self.fit.rss / self.fit.tss

    @property
    def fvalue(self) -> float:
        """F statistic of all predictors together; NaN without predictors."""
        predictors = self.fit.rank - self.design.intercept
        if predictors == 0:
            return float("nan")
        return (self.fit.tss - self.fit.rss) / predictors / self.fit.sigma2

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

    @cached_property
    def fittedvalues(self) -> Array:
        """Fitted values of the rows used."""
        return self._linear(self._own_rows(), self.nobs)

    @property
    def resid(self) -> Array:
        """Outcome minus fitted values."""
        return self.design.columns[-1][:] - self.fittedvalues

    def predict(self, data: pd.DataFrame | None = None) -> Array:
        """Predictions for new rows (NaN where a predictor is missing), or the fitted values."""
        if data is None:
            return self.fittedvalues
        complete, columns, rows = self._new_rows(data)
        found = np.full(len(data), np.nan)
        found[complete] = self._linear(columns, len(rows))
        return found

    def summary(self) -> str:
        """The fit as text."""
        errors = "cluster-robust (CR2)" if self.cluster else "classical"
        head = f"Ordinary least squares: {self.design.spec.fixed_only().formula}\nStandard errors: {errors}\n"
        foot = f"Residual SD {numbers.number(self.sigma, 4)} on {self.fit.df:,} df; R² {self.rsquared:.4f}"
        return f"{head}\n{_as_text(self.table())}\n\n{foot}"


@dataclass(frozen=True)
class NoPoolingResult(OLSResult):
    """No pooling: an intercept for each group with common slopes (group dummies), and a regression for each group.

    ``params`` are the common slopes; a predictor that is constant within groups is NaN, absorbed by the dummies.
    """

    @cached_property
    def group_intercepts(self) -> pd.DataFrame:
        """Each group's intercept under common slopes with its standard error, a row a group."""
        assert self.design.grouping is not None
        estimate, se = group_intercepts(self.moments, self.fit, self.columns)
        return pd.DataFrame({"estimate": estimate, "se": se}, index=self.design.grouping.levels)

    def treatment_contrasts(self) -> pd.DataFrame:
        """All coefficients as R prints them: the first group's intercept, slopes, then differences from that group."""
        assert self.design.grouping is not None
        slopes = self.moments.center[self.columns][:, None] + (
            self.moments.scale[self.columns][:, None] * self.moments.mean[self.columns]
        )
        known = np.isfinite(self.fit.beta)
        apart = (slopes - slopes[:, :1])[known]
        variance = self.fit.sigma2 * (1 / self.moments.n + 1 / self.moments.n[0])
        variance = variance + np.einsum("aj,ab,bj->j", apart, self.fit.vcov[np.ix_(known, known)], apart)
        intercepts = self.group_intercepts
        names = [f"{self.design.grouping.name}[T.{level}]" for level in self.design.grouping.labels[1:]]
        level = intercepts["estimate"].to_numpy()
        estimate = [level[0], *self.fit.beta, *(level - level[0])[1:]]
        se = [intercepts["se"].iloc[0], *np.sqrt(np.diag(self.fit.vcov)), *np.sqrt(variance[1:])]
        return pd.DataFrame({"estimate": estimate, "se": se}, index=[INTERCEPT, *self.names, *names])

    @cached_property
    def per_group(self) -> GroupFits:
        """A regression for each group by itself."""
        own = [CONSTANT] * self.design.intercept + self.columns
        return per_group(self.moments, own)

    @cached_property
    def fittedvalues(self) -> Array:
        """Fitted values of the rows used, each with its group's intercept."""
        assert self.design.grouping is not None
        intercepts = self.group_intercepts["estimate"].to_numpy()
        return self._linear(self._own_rows(), self.nobs) + intercepts[self.design.grouping.codes]

    def predict(self, data: pd.DataFrame | None = None) -> Array:
        """Predictions for new rows of known groups (NaN for other groups: dummies cannot say anything of them)."""
        if data is None:
            return self.fittedvalues
        complete, columns, rows = self._new_rows(data)
        codes = _group_codes(self.design, rows)
        intercepts = np.append(self.group_intercepts["estimate"].to_numpy(), np.nan)
        found = np.full(len(data), np.nan)
        found[complete] = self._linear(columns, len(rows)) + intercepts[codes]
        return found


@dataclass(frozen=True)
class MixedResult(Result):
    """Partial pooling: a linear mixed model fitted by REML or ML."""

    fit: MixedFit
    blocks: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...]
    means_of: tuple[int, ...] = ()
    """Design columns whose group means are further columns of the fixed part (within-between)."""

    @property
    def _beta(self) -> Array:
        return self.fit.beta

    @property
    def _vcov(self) -> Array:
        return self.fit.vcov

    @property
    def df(self) -> pd.Series:
        """Satterthwaite degrees of freedom."""
        return self.df_satterthwaite

    @cached_property
    def df_satterthwaite(self) -> pd.Series:
        """Satterthwaite degrees of freedom, as lmerTest computes them."""
        return pd.Series(satterthwaite(self.fit), index=self.names, name="df")

    @property
    def reml(self) -> bool:
        """Whether the fit is by REML."""
        return self.fit.reml

    @property
    def group(self) -> str:
        """The grouping factor."""
        assert self.design.grouping is not None
        return self.design.grouping.name

    @property
    def random_names(self) -> list[str]:
        """Names of the random coefficients."""
        return [name for _, names in self.blocks for name in names]

    @property
    def random_columns(self) -> list[int]:
        """Their columns in the moments."""
        return [column for columns, _ in self.blocks for column in columns]

    @property
    def scale(self) -> float:
        """Residual variance."""
        return self.fit.sigma2

    @property
    def sigma(self) -> float:
        """Residual standard deviation."""
        return float(np.sqrt(self.fit.sigma2))

    @property
    def theta(self) -> Array:
        """Relative covariance factor, in lme4's order."""
        return self.fit.theta

    @property
    def criterion(self) -> float:
        """REML criterion, or deviance under ML."""
        return self.fit.criterion

    @property
    def singular(self) -> bool:
        """Whether the fit is on the boundary: a variance of zero or a correlation of one."""
        return self.fit.optimum.singular

    @property
    def converged(self) -> bool:
        """Whether the projected gradient certifies the optimum."""
        return self.fit.optimum.converged

    @property
    def llf(self) -> float:
        """Log-likelihood, restricted under REML."""
        return self.fit.loglik

    @property
    def aic(self) -> float:
        """Akaike's criterion from the fit's own criterion; comparable between REML fits of the same fixed part only."""
        return self.criterion + 2 * self.fit.n_parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion from the fit's own criterion."""
        return self.criterion + np.log(self.nobs) * self.fit.n_parameters

    @cached_property
    def _covariance(self) -> Array:
        k = len(self.random_names)
        covariance = np.zeros((k, k))
        start = 0
        for block in self.fit.covariances:
            covariance[start : start + len(block), start : start + len(block)] = block
            start += len(block)
        return covariance

    @property
    def cov_re(self) -> dict[str, pd.DataFrame]:
        """Covariance matrix of the random effects, by grouping factor."""
        names = self.random_names
        return {self.group: pd.DataFrame(self._covariance, index=names, columns=names)}

    @cached_property
    def random_effects(self) -> dict[str, pd.DataFrame]:
        """Conditional modes, by grouping factor: levels by terms."""
        assert self.design.grouping is not None
        frame = pd.DataFrame(self.fit.modes.T, index=self.design.grouping.levels, columns=self.random_names)
        return {self.group: frame}

    @cached_property
    def random_effects_se(self) -> dict[str, pd.DataFrame]:
        """Conditional standard deviations of the random effects, given the fit (lme4's condVar)."""
        assert self.design.grouping is not None
        se = np.sqrt(np.maximum(np.einsum("kkj->jk", self.fit.mode_covariances), 0.0))
        return {self.group: pd.DataFrame(se, index=self.design.grouping.levels, columns=self.random_names)}

    @property
    def icc(self) -> float:
        """Share of variance between groups, by a random intercept over the residual and intercept variances."""
        names = self.random_names
        between = float(self._covariance[names.index(INTERCEPT), names.index(INTERCEPT)]) if INTERCEPT in names else 0.0
        return between / (between + self.scale)

    def _with_means(self, columns: list[Array], codes: Array) -> list[Array]:
        """The columns with the group means that a within-between model adds; a group never seen has the overall mean."""
        if not self.means_of:
            return columns
        index = list(self.means_of)
        center, scale = self.moments.center[index], self.moments.scale[index]
        means = np.column_stack([self.moments.mean[index], np.zeros(len(index))])
        return columns + [c + s * m[codes] for c, s, m in zip(center, scale, means, strict=True)]

    def _random_part(self, columns: list[Array], codes: Array, n: int) -> Array:
        value = np.zeros(n)
        for modes, k in zip(self.fit.modes, self.random_columns, strict=True):
            effect = np.append(modes, 0.0)[codes]
            value += effect if k == CONSTANT else effect * columns[k]
        return value

    @cached_property
    def fittedvalues(self) -> Array:
        """Fitted values of the rows used, each with its group's random effects."""
        return self.predict()

    @property
    def resid(self) -> Array:
        """Outcome minus fitted values."""
        return self.design.columns[-1][:] - self.fittedvalues

    def predict(self, data: pd.DataFrame | None = None, level: Literal["group", "population"] = "group") -> Array:
        """Predictions for new rows; a group never seen gets the population's line.

        Parameters
        ----------
        data : DataFrame, optional
            The rows fitted, when left out.
        level : {"group", "population"}
            With each row's group's random effects, or without any.

        Returns
        -------
        (n,) array
            NaN where a predictor is missing.
        """
        if level not in ("group", "population"):
            raise ValueError(f"level is 'group' or 'population', not {level!r}")
        assert self.design.grouping is not None
        if data is None:
            complete, columns, codes = None, self._own_rows(), self.design.grouping.codes
        else:
            complete, columns, rows = self._new_rows(data)
            codes = _group_codes(self.design, rows)
        value = self._linear(self._with_means(columns, codes), len(codes))
        if level == "group":
            value += self._random_part(columns, codes, len(codes))
        if data is None:
            return value
        found = np.full(len(data), np.nan)
        found[complete] = value
        return found

    def summary(self) -> str:
        """The fit as text."""
        kind = "REML" if self.reml else "maximum likelihood"
        spread = self.cov_re[self.group]
        lines = [f"Linear mixed model fit by {kind}: {self.formula}", f"Criterion {self.criterion:.4f}", ""]
        lines += [f"{self.group}: SD of {n} {numbers.number(np.sqrt(spread.loc[n, n]), 4)}" for n in spread]
        lines += [f"Residual SD {numbers.number(self.sigma, 4)}", "", _as_text(self.table()), ""]
        lines.append(f"{self.nobs:,} rows, {self.moments.n_groups:,} groups of {self.group}")
        if self.singular:
            lines.append("Boundary (singular) fit: a variance is zero or a correlation is one.")
        if not self.converged:
            lines.append("NOT converged: the gradient at the end is not zero.")
        return "\n".join(lines)


def _group_codes(design: Design, rows: pd.DataFrame) -> Array:
    """Each new row's group among the fitted ones, -1 for none."""
    assert design.grouping is not None
    names = design.spec.groupings[0] if design.spec.groupings else (design.grouping.name,)
    if any(name not in rows.columns for name in names):
        return np.full(len(rows), -1)
    if len(names) > 1:
        labels = rows[list(names)].astype(str).agg(":".join, axis=1)
        return design.grouping.levels.get_indexer(pd.Index(labels))
    present = rows[names[0]].notna()
    codes = np.full(len(rows), -1)
    if present.any():
        own, levels = factorize(rows.loc[present, names[0]])
        known = design.grouping.levels.get_indexer(levels)
        codes[present.to_numpy()] = known[own]
    return codes


def _as_text(table: pd.DataFrame) -> str:
    shown = table.map(lambda v: numbers.number(float(v), 4))
    return shown.to_string()
