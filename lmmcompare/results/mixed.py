"""Results of mixed models: partial pooling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from .. import numbers
from ..columns import CONSTANT, INTERCEPT
from ..fit.mixed import MixedFit
from ..inference.satterthwaite import satterthwaite
from .base import Result, as_text, group_codes

Array = np.ndarray


@dataclass(frozen=True)
class MixedResult(Result):
    """Partial pooling: a linear mixed model fitted by REML or ML."""

    fit: MixedFit
    blocks: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...]
    means_of: tuple[int, ...] = ()
    """Design columns whose group means are further columns of the fixed part (within-between)."""

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
            codes = group_codes(self.design, rows)
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
        lines += [f"Residual SD {numbers.number(self.sigma, 4)}", "", as_text(self.table()), ""]
        lines.append(f"{self.nobs:,} rows, {self.moments.n_groups:,} groups of {self.group}")
        if self.singular:
            lines.append("Boundary (singular) fit: a variance is zero or a correlation is one.")
        if not self.converged:
            lines.append("NOT converged: the gradient at the end is not zero.")
        return "\n".join(lines)
