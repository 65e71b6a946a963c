"""Results of mixed models: partial pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.coefficients import CONSTANT, Coefficient
from ..design.grouping import NewLevels, find_levels
from ..design.rows_to_predict import RowsToPredict, held_rows, new_rows
from ..design.terms import RandomBlock
from ..fit.mixed import by_ml
from ..formula.expressions import Column
from ..formula.spec import RandomTerm, Term
from ..text import numbers
from .random_form import included_effects
from .random_part import RandomPartResult
from .random_structures import parameters
from .result import Summary, as_text

NO_MAXIMUM = "random and fixed effects together fit every row, so that the likelihood grows without end as the residual variance goes to 0"
"""Why there is no fit by maximum likelihood."""


@dataclass(frozen=True, repr=False)
class MixedResult(RandomPartResult):
    """Partial pooling: a linear mixed model fitted by REML or ML."""

    means_of: tuple[int, ...] = ()
    """Design columns whose group means are further columns of the fixed part (within-between)."""
    shared_means: tuple[tuple[int, tuple[int, ...]], ...] = ()
    """Those of them whose means determine those of others, which are left out, each with these: their coefficients are no contrast of
    one predictor's two slopes."""

    @cached_property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """What each coefficient is of, group means last."""
        own = len(self.names) - len(self.means_of)
        means = zip(self.names[own:], self.columns[own:], map(self.design.coefficient, self.means_of), strict=True)
        result = map(self.design.coefficient, self.columns[:own])
        return (*result, *(Coefficient(name, column, mean_of=of) for name, column, of in means))

    @property
    def random_terms(self) -> tuple[RandomTerm, ...]:
        """The random part: what the formula says of these grouping factors, or the intercept or slopes that stand in its place."""
        design, groups = self.design, [g.columns for g in self.groupings]
        own = [b for b in design.blocks if design.groupings[b.factor].columns in groups]
        if [_shape(b) for b in own] == [_shape(b) for b in self.blocks]:
            return tuple(r for r in design.spec.random if r.group in groups)
        (block,) = self.blocks
        slopes = tuple(k for k in block.columns if k != CONSTANT)
        terms = tuple(t for t in design.spec.terms if slopes and design.terms[str(t)] == slopes)[:1]
        return (RandomTerm(groups[0], terms, CONSTANT in block.columns),)

    @property
    def formula(self) -> str:
        """The model as formula text, with its own random part, and with `mean_names` where it has group means."""
        spec = self.design.spec
        means = (Term((Column(name),)) for name in self.mean_names)
        return replace(spec, terms=(*spec.terms, *means), random=self.random_terms).formula

    @cached_property
    def by_ml(self) -> MixedResult:
        """The same model by maximum likelihood."""
        return replace(self, fit=by_ml(self.fit, self.moments)) if self.reml else self

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

    @property
    def average_means(self) -> Mapping[int, float]:
        """The columns of group means, each with its average."""
        own = self.columns[len(self.columns) - len(self.means_of) :]
        return dict(zip(own, self.group_means().values(), strict=True))

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
        for factor, modes, own, included in zip(self.factors, self.fit.modes, codes, wanted, strict=True):
            columns = self.columns_of(factor)
            at = [place for place, k in enumerate(columns) if k in included]
            value += rows.effects([columns[place] for place in at], modes[at], own)
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

    def summary(self) -> Summary:
        """The fit as text."""
        method = "REML" if self.reml else "maximum likelihood"
        lines = [f"Linear mixed model fit by {method}: {self.formula}", f"Criterion {self.criterion:.4f}", ""]
        words = {"sd": "SD of", "correlation": "correlation of"}
        for block, covariance in zip(self.blocks, self.fit.covariances, strict=True):
            for name, kind, value in parameters(block, covariance):
                lines.append(f"{self.factors[block.factor]}: {words[kind]} {name} {numbers.number(value, 4)}")
        lines += [f"Residual SD {numbers.number(self.sigma, 4)}", "", as_text(self.table()), ""]
        groups = ", ".join(f"{len(g.levels):,} groups of {g.name}" for g in self.groupings)
        lines += [f"{self.nobs:,} rows, {groups}", *self.weights_line.splitlines()]
        for factor, name in self.unidentified:
            lines.append(
                f"NOT identified: the variance of {name} by {factor}, which the fixed part has a coefficient for in each group."
            )
        if self.confounded:
            lines.append(f"NOT separable, only together: {'; '.join(self.confounded)}.")
        if self.singular and not self.unidentified:
            lines.append("Boundary (singular) fit: a variance is zero or a correlation is one.")
        if self.has_no_maximum:
            lines.append(f"NO maximum: {NO_MAXIMUM}.")
        elif not self.converged:
            lines.append("NOT converged: the gradient at the end is not zero.")
        return Summary("\n".join(lines))


def _shape(block: RandomBlock) -> tuple[object, ...]:
    return block.columns, block.structure, block.homogeneous
