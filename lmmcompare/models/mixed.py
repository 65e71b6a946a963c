"""Results of mixed models: partial pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

from ..arrays import Array
from ..design.coefficients import CONSTANT, Coefficient
from ..design.grouping import Grouping, NewLevels, find_levels
from ..design.rows_to_predict import RowsToPredict, held_rows, new_rows
from ..design.terms import RandomBlock
from ..fit.bases import overall, spans_groups
from ..fit.mixed import MixedFit, by_ml
from ..inference.kenward_roger import KenwardRoger, kenward_roger
from ..inference.satterthwaite import Satterthwaite
from ..moments.crossed import Crossing
from .names_index import names_index
from .random_form import included_effects
from .random_structures import confounded
from .small_sample import SmallSampleResult
from .summary import summary_text


@dataclass(frozen=True)
class MixedResult(SmallSampleResult):
    """Partial pooling: a linear mixed model fitted by REML or ML."""

    fit: MixedFit
    blocks: tuple[RandomBlock, ...]
    """The covariance blocks, grouping factor by grouping factor."""
    groupings: tuple[Grouping, ...]
    """The grouping factors, the one with the most levels first."""
    crossing: Crossing
    """The moments over the levels of each of them, and of the cells in which they meet."""
    means_of: tuple[int, ...] = ()
    """Design columns whose group means are further columns of the fixed part (within-between)."""

    @cached_property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """What each coefficient is of, group means last."""
        own = len(self.names) - len(self.means_of)
        means = zip(self.names[own:], self.columns[own:], map(self.design.coefficient, self.means_of), strict=True)
        result = map(self.design.coefficient, self.columns[:own])
        return (*result, *(Coefficient(name, column, mean_of=of) for name, column, of in means))

    @cached_property
    def satterthwaite(self) -> Satterthwaite:
        """Satterthwaite's method, to be asked for any contrast."""
        return Satterthwaite.of(self.fit)

    @cached_property
    def kenward_roger(self) -> KenwardRoger:
        """Kenward and Roger's method, to be asked for any contrast."""
        return kenward_roger(self.fit)

    @cached_property
    def by_ml(self) -> MixedResult:
        """The same model by maximum likelihood."""
        return replace(self, fit=by_ml(self.fit, self.moments)) if self.reml else self

    @property
    def reml(self) -> bool:
        """Whether the fit is by REML."""
        return self.fit.reml

    @property
    def group(self) -> str:
        """The grouping factor, of several the one that is shown."""
        return self.groupings[self.focal].name

    @property
    def focal(self) -> int:
        """The position of the factor that is shown among the fit's own."""
        return self.design.focal if len(self.groupings) > 1 else 0

    @property
    def factors(self) -> list[str]:
        """The grouping factors, the one with the most levels first."""
        return [g.name for g in self.groupings]

    def terms_of(self, factor: str) -> list[str]:
        """Names of a factor's random coefficients."""
        at = self.factors.index(factor)
        return [name for b in self.blocks if b.factor == at for name in b.names]

    @property
    def random_names(self) -> list[str]:
        """Names of the shown factor's random coefficients."""
        return self.terms_of(self.group)

    @property
    def random_columns(self) -> list[int]:
        """Columns of the shown factor's random coefficients in the moments."""
        return self.columns_of(self.group)

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
    def cov_re(self) -> dict[str, pd.DataFrame]:
        """Covariance matrix of the random effects, by grouping factor."""
        result = {}
        for at, factor in enumerate(self.factors):
            parts = [c for b, c in zip(self.blocks, self.fit.covariances, strict=True) if b.factor == at]
            names = names_index(self.terms_of(factor))
            result[factor] = pd.DataFrame(block_diag(*parts), index=names, columns=names)
        return result

    @cached_property
    def random_effects(self) -> dict[str, pd.DataFrame]:
        """Conditional modes, by grouping factor: levels by terms."""
        return {
            g.name: pd.DataFrame(modes.T, index=g.levels, columns=names_index(self.terms_of(g.name)))
            for g, modes in zip(self.groupings, self.fit.modes, strict=True)
        }

    @cached_property
    def random_effects_se(self) -> dict[str, pd.DataFrame]:
        """Conditional standard deviations of the random effects, given the fit (lme4's condVar)."""
        return {
            g.name: pd.DataFrame(
                np.sqrt(np.maximum(np.einsum("kkj->jk", spread), 0.0)),
                index=g.levels,
                columns=names_index(self.terms_of(g.name)),
            )
            for g, spread in zip(self.groupings, self.fit.mode_covariances, strict=True)
        }

    def columns_of(self, factor: str) -> list[int]:
        """Columns of a factor's random coefficients in the moments."""
        at = self.factors.index(factor)
        return [column for b in self.blocks if b.factor == at for column in b.columns]

    @cached_property
    def random_variances(self) -> dict[str, float]:
        """Grouping factor to the variance that its random part gives the outcome: the mean of ``z'Sigma z`` over the rows.

        A random intercept's variance where it stands alone (Johnson 2014, Methods Ecol. Evol. 5, eq. 11).
        """
        result = {}
        for factor, covariance in self.cov_re.items():
            mean, spread = overall(self.moments, self.columns_of(factor))
            result[factor] = float(
                np.trace(covariance.to_numpy() @ (spread / self.moments.n_rows + np.outer(mean, mean)))
            )
        return result

    @property
    def icc(self) -> float:
        """Intraclass correlation: the shown factor's share of the variance that the fixed part leaves.

        The variance of its random part over that of all random parts and the residuals; where a random part is more than an
        intercept its variance differs from row to row, and its mean over the rows counts (`random_variances`). `icc_at` gives it
        at chosen values. With prior weights it is that of two rows of average weight, so that it does not depend on their unit.
        """
        return self.random_variances[self.group] / (sum(self.random_variances.values()) + self.fit.row_variance)

    def icc_at(self, values: Mapping[str, float]) -> dict[str, float]:
        """Each grouping factor's intraclass correlation for rows with given values of the columns that have random coefficients.

        Parameters
        ----------
        values : mapping
            Name of a random coefficient to its column's value, such as ``{"Days": 9}``; those left out are at their means.
        """
        variances = {}
        for factor, covariance in self.cov_re.items():
            mean, _ = overall(self.moments, self.columns_of(factor))
            z = np.array([values.get(n, m) for n, m in zip(self.terms_of(factor), mean, strict=True)])
            variances[factor] = float(z @ covariance.to_numpy() @ z)
        total = sum(variances.values()) + self.fit.row_variance
        return {factor: float(variance / total) for factor, variance in variances.items()}

    @cached_property
    def unidentified(self) -> tuple[tuple[str, str], ...]:
        """Random coefficients, each with its factor, whose variance the data say nothing of: the fixed part has them all too."""
        return tuple(
            (factor, name)
            for factor, moments in zip(self.factors, self.crossing.factors, strict=True)
            for name, column in zip(self.terms_of(factor), self.columns_of(factor), strict=True)
            if spans_groups(moments, self.columns, column)
        )

    @cached_property
    def confounded(self) -> tuple[str, ...]:
        """Variance parameters that are not identified separately, in words: other values of them fit exactly as well."""
        result = []
        for at, (factor, moments) in enumerate(zip(self.factors, self.crossing.factors, strict=True)):
            result += confounded(moments, [b for b in self.blocks if b.factor == at], factor)
        return tuple(dict.fromkeys(result))

    @property
    def mean_names(self) -> list[str]:
        """What a within-between model calls its coefficients of group means, and new rows a column that gives them."""
        return self.names[len(self.names) - len(self.means_of) :]

    def group_means(self, level: int | None = None) -> dict[str, float]:
        """The group means of a within-between model's predictors, by `mean_names`; over all rows where no level is given."""
        index = list(self.means_of)
        means = self.moments.center[index]
        if level is not None:
            means = means + self.moments.scale[index] * self.moments.mean[index, level]
        return dict(zip(self.mean_names, means.tolist(), strict=True))

    def fixed_matrix(self) -> Array:
        """X, the columns of the fixed part over the rows that the design holds, (n, p), group means among them."""
        rows = self.with_group_means(held_rows(self.design), self.groupings[self.focal].codes)
        return rows.matrix(self.columns).T

    def with_group_means(self, rows: RowsToPredict, codes: Array) -> RowsToPredict:
        """The rows with the columns of group means that a within-between model adds, of groups ``codes``, (n,).

        A group never seen has what the rows say in a column of `mean_names`, and the overall mean where they say nothing.
        """
        columns, frame = list(rows.columns), rows.frame
        for name, k in zip(self.mean_names, self.means_of, strict=True):
            center, scale = self.moments.center[k], self.moments.scale[k]
            of_new = np.full(len(codes), center)
            if frame is not None and name in frame.columns and name not in self.design.names:
                words = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
                of_new = np.where(np.isfinite(words), words, center)
            columns.append(np.where(codes >= 0, center + scale * self.moments.mean[k, codes], of_new))
        return replace(rows, columns=columns)

    def _random_part(self, rows: RowsToPredict, codes: Sequence[Array], wanted: Sequence[set[int]]) -> Array:
        """The random effects of some columns, a set for each grouping factor."""
        value = np.zeros(len(rows))
        for at, modes in enumerate(self.fit.modes):
            own = [column for b in self.blocks if b.factor == at for column in b.columns]
            for mode, k in ((m, k) for m, k in zip(modes, own, strict=True) if k in wanted[at]):
                effect = np.append(mode, 0.0)[codes[at]]
                value += effect if k == CONSTANT else effect * rows.columns[k]
        return value

    @cached_property
    def fittedvalues(self) -> pd.Series:
        """Fitted values of the rows that the design holds, each with its group's random effects, with the table's index."""
        return self.predict().rename("fitted")

    def predict(
        self,
        data: pd.DataFrame | None = None,
        level: Literal["group", "population"] = "group",
        *,
        re_form: str | float | None = None,
        allow_new_levels: bool | None = None,
    ) -> pd.Series:
        """Predictions for new rows, with their index.

        Labels of groups are matched whatever type they have: 7, 7.0 and "7" are one group. A group that the model was not
        fitted to counts with an effect of 0, and a row that lacks a label gets the population's line; an
        `UnknownLevelWarning` says so.

        A within-between model takes a known group's means of the predictors as they are; those of a group never seen from the
        rows' columns of `mean_names`, or as the means over all rows where there are none.

        Parameters
        ----------
        data : DataFrame, optional
            The rows that the design holds, when left out.
        level : {"group", "population"}
            With each row's group's random effects, or without any.
        re_form : str or nan, optional
            In the place of ``level``, lme4's ``re.form``: ``"~ (1 | g)"`` takes these random effects along and no others,
            nan, ``"NA"`` or ``"~0"`` none, ``"NULL"`` all.
        allow_new_levels : bool, optional
            lme4's ``allow.new.levels``: whether a group that the model was not fitted to has an effect of 0, without a warning,
            or is refused, as is a row that lacks a label.

        Returns
        -------
        Series
            NaN where a predictor is missing.

        Raises
        ------
        OptionError
            For another level, and a ``re_form`` that cannot be read or names what the model does not have.
        DataError
            When the rows lack a predictor; with ``level="group"`` also a grouping column. For groups that are not allowed.
        """
        factors = {grouping: self.columns_of(grouping.name) for grouping in self.groupings}
        wanted = included_effects(self.design, factors, level, re_form)
        rows = held_rows(self.design) if data is None else new_rows(self.design, data)
        new_levels: NewLevels = "warn" if allow_new_levels is None else "allow" if allow_new_levels else "refuse"
        codes = self.levels_of(rows, [bool(of) for of in wanted], new_levels)
        value = self.fixed_part(self.with_group_means(rows, codes[self.focal]))
        value += self._random_part(rows, codes, wanted)
        return rows.series(value + rows.offset, "predicted")

    def levels_of(self, rows: RowsToPredict, effects: Sequence[bool], new_levels: NewLevels = "warn") -> list[Array]:
        """The levels of rows by grouping factor, -1 for none; those without random effects matter for means only."""
        if rows.frame is None:
            return [g.codes for g in self.groupings]
        return find_levels(
            self.groupings, rows.frame, effects=effects, means=bool(self.means_of), new_levels=new_levels
        )

    def summary(self) -> str:
        """The fit as text."""
        return summary_text(self)
