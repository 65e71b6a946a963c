"""Mixed models whose residuals are serially correlated or unequal (nlme's `lme`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

from ..arrays import Array
from ..design.design import Design
from ..design.grouping import Grouping, find_levels
from ..design.rows_to_predict import RowsToPredict, held_rows, new_rows
from ..design.terms import RandomBlock
from ..errors import DesignError, FormulaError, OptionError
from ..fit.bases import Basis, basis
from ..fit.residual.gls import best
from ..fit.residual.mixed import MixedProblem, is_singular
from ..fit.residual.whiten import PlacedRows
from ..formula.correlation import Correlation
from ..formula.spec import ModelSpec
from ..moments.crossed import Crossing
from ..moments.groups import Moments
from .aliasing import estimable_part
from .estimability import refuse_impossible
from .gathering import compute_crossing, fixed_columns
from .gls import GLSResult
from .gls_fitting import refuse_weights, residual_design
from .gls_outcome import Outcome
from .random_structures import refuse_structured
from .residual_rows import read_residuals, rows_at_hand
from .residual_structure import basis_rows, spacing
from .result import names_index
from .serial_problem import Sums, SumsOf, mixed_problem, refuse_short_groups, sums_of_rows


@dataclass(frozen=True, repr=False)
class SerialMixedResult(GLSResult):
    """Random coefficients of one grouping factor, with residuals serially correlated within it or unequal."""

    blocks: tuple[RandomBlock, ...]
    random: tuple[Basis, ...]
    """A basis for each block."""

    @property
    def _problem(self) -> MixedProblem:
        assert isinstance(self.fit.problem, MixedProblem)
        return self.fit.problem

    @property
    def formula(self) -> str:
        """The model as formula text, without what it takes residuals for."""
        return self.design.spec.formula

    @property
    def grouping(self) -> Grouping:
        """The grouping factor."""
        return self.design.groupings[0]

    @property
    def random_names(self) -> list[str]:
        """Names of the random coefficients."""
        return [name for block in self.blocks for name in block.names]

    @property
    def random_columns(self) -> list[int]:
        """Columns of the random coefficients; -1 is the intercept."""
        return [k for block in self.blocks for k in block.columns]

    @cached_property
    def _units(self) -> Array:
        return block_diag(*(part.to_units for part in self.random))

    def random_matrix(self, rows: RowsToPredict) -> Array:
        """Some rows' columns of random coefficients, in the units of the fit, (k, n)."""
        return self._units.T @ rows.matrix(self.random_columns)

    @property
    def placed_rows(self) -> PlacedRows:
        """The rows that the model was fitted to, in the units of the fit."""
        random = [basis_rows(self.design, self.moments, part) for part in self.random]
        return replace(super().placed_rows, random=np.concatenate(random))

    @cached_property
    def cov_re(self) -> dict[str, pd.DataFrame]:
        """Covariance matrix of the random coefficients, by grouping factor."""
        root = self._units @ self._problem.factor(self.fit.solution.parameters)
        covariance = self.fit.solution.variance * self.fit.scale**2 * root @ root.T
        return {
            self.grouping.name: pd.DataFrame(
                covariance, index=names_index(self.random_names), columns=names_index(self.random_names)
            )
        }

    @cached_property
    def random_effects(self) -> dict[str, pd.DataFrame]:
        """Conditional modes, by grouping factor: levels by terms."""
        modes = self.fit.scale * self._units @ self._problem.modes(self.fit.solution)
        return {
            self.grouping.name: pd.DataFrame(
                modes.T, index=self.grouping.levels, columns=names_index(self.random_names)
            )
        }

    @property
    def outcome(self) -> Outcome:
        """What became of the search; "singular": a variance is zero or a correlation of random coefficients one."""
        if is_singular(self._problem, self.fit.solution):
            return "singular"
        return super().outcome

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know before the numbers are used, as sentences."""
        if self.outcome != "singular":
            return super().notes
        return (
            *self.residuals.notes,
            "The best value is on the boundary: a variance of the random coefficients is zero, or two of them are perfectly correlated. "
            "What they seemed to hold may be the residuals’ own correlation.",
        )

    @property
    def converged(self) -> bool:
        """Whether the optimum is certified, on the boundary or inside."""
        return self.fit.optimum.converged

    @cached_property
    def fittedvalues(self) -> pd.Series:
        """Fitted values of the rows, each with its group's random coefficients, with the table's index."""
        return self.predict().rename("fitted")

    def predict(self, data: pd.DataFrame | None = None, level: Literal["group", "population"] = "group") -> pd.Series:
        """Predictions for new rows, with their index; NaN where a predictor is missing.

        A group that the model was not fitted to counts with an effect of 0, and an `UnknownLevelWarning` says so.

        Parameters
        ----------
        data : DataFrame, optional
            The rows that the design holds, when left out.
        level : {"group", "population"}
            With each row's group's random coefficients, or without any.
        """
        if level not in ("group", "population"):
            raise OptionError(f"level is 'group' or 'population', not {level!r}.", "Choose one of the two.")
        rows = held_rows(self.design) if data is None else new_rows(self.design, data)
        codes = self.grouping.codes
        if rows.frame is not None:
            codes = find_levels([self.grouping], rows.frame, effects=level == "group", means=False)[0]
        value = self.fixed_part(rows) + rows.offset
        if level == "group":
            value += rows.effects(self.random_columns, self.random_effects[self.grouping.name].to_numpy().T, codes)
        return rows.series(value, "predicted")


def serial_mixed(
    spec: ModelSpec, data: Any, correlation: Correlation | None, variance: str | None, *, reml: bool
) -> SerialMixedResult:
    """Fit random coefficients beside serially correlated or unequal residuals; see `lmer`.

    Parameters
    ----------
    data : DataFrame, table, str, Path or Measured
        As for `lmer`; or rows of an engine that the model's own sums have been taken of.

    Raises
    ------
    LmmCompareError
        Naming what is wrong and the remedy.
    """
    _refuse(spec, correlation)
    refuse_weights(spec)
    if isinstance(data, pd.DataFrame):
        design, crossing, sums_of = _in_memory(spec, data, correlation, variance)
    else:
        from .serial_engine import in_engine  # slow to import, and needed only here

        design, crossing, sums_of = in_engine(spec, data, correlation, variance)
    moments = crossing.factors[0]
    design = estimable_part(design, moments)
    refuse_impossible(design, crossing)
    refuse_structured(design.blocks)
    columns = fixed_columns(design)
    whole = basis(moments, [*columns, moments.outcome])
    random = tuple(basis(moments, block.columns) for block in design.blocks)
    refuse_short_groups(moments, random, correlation)
    sums, groups, residuals = sums_of(moments, whole, random)
    problem = mixed_problem(moments, whole, random, correlation, sums, groups, reml=reml)
    if correlation is not None:
        residuals.notes.extend(spacing(problem.structure, correlation))
    fit = best(moments, whole, problem)
    design, residuals = rows_at_hand(design, residuals)
    return SerialMixedResult(design, moments, design.fixed_names, columns, fit, whole, residuals, design.blocks, random)


def _in_memory(
    spec: ModelSpec, data: pd.DataFrame, correlation: Correlation | None, variance: str | None
) -> tuple[Design, Crossing, SumsOf]:
    """The design and the moments of rows, and what sums them once the basis is known."""
    design, frame = residual_design(spec, data, correlation, variance)
    residuals = read_residuals(design, frame, correlation, variance)

    def sums_of(moments: Moments, whole: Basis, random: tuple[Basis, ...]) -> Sums:
        return *sums_of_rows(design, moments, whole, random, residuals), residuals

    return design, compute_crossing(design), sums_of


def _refuse(spec: ModelSpec, correlation: Correlation | None) -> None:
    if not spec.random:
        raise FormulaError("lmer() needs a random part.", "Add one such as (1 | group), or use gls().")
    if len(spec.groupings) > 1:
        raise DesignError(
            "Correlated or unequal residuals are fitted beside one grouping factor, and the formula has several.",
            f"Keep the random part of one, such as {spec.random[0]}.",
        )
    if correlation is None:
        return
    if correlation.kind in ("cs", "us"):
        why = (
            "a random intercept and cs() are the same model where the correlation is positive"
            if correlation.kind == "cs"
            else "a free covariance holds whatever random coefficients could add"
        )
        raise DesignError(
            f"{correlation} beside a random part cannot be told apart from it: {why}.",
            f"Use gls() with {correlation} and no random part, or ar1(time | {correlation.group_label}) here.",
        )
    if correlation.group != spec.groupings[0]:
        raise DesignError(
            f"The residuals are correlated within “{correlation.group_label}”, but the random part is of "
            f"“{spec.random[0].group_text}”.",
            "Name the same groups in both.",
        )
