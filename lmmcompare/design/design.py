"""The design of a model: its columns, rows and groups, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import TooLargeError
from ..formula.spec import ModelSpec
from .aliasing import Aliased, aliased_sentence
from .coefficients import CONSTANT, Coefficient, constant_name
from .encoding import DesignColumn, Encoder
from .grouping import Grouping
from .r_names import r_name
from .sample import Sample
from .terms import RandomBlock
from .weights_offsets import PriorWeights, known_sentence, label


@dataclass(frozen=True, eq=False)
class Design:
    """All columns of a model over the rows that are complete, or over a uniform sample of them.

    Parameters
    ----------
    columns : list of DesignColumn
        Every column but the constant; the outcome is the last.
    fixed : tuple of int
        Columns of the fixed part that can be estimated.
    terms : dict
        Term text to the indices of its columns, those that cannot be estimated among them.
    blocks : tuple of RandomBlock
        Grouping factor by grouping factor.
    groupings : tuple of Grouping
        The grouping factors, the one with the most levels first.
    focal : int
        Which of them the groups of figures and tables are.
    rows : array of int or None
        Positions of the rows used; None for all.
    n : int
        Rows used.
    missing : dict
        Column to the number of rows that it makes unusable.
    index : Index
        Of the rows that the columns hold, as the table has it.
    sampled : Sample or None
        Of a table that an engine has; the columns then hold its rows.
    unweighted : int
        Rows that are left out for a weight of 0.
    offset : array or None
        Of the rows that the columns hold; the outcome's column is less it.
    aliased : tuple of Aliased
        Columns of the terms that are combinations of those before them, which no model has.
    predictors : dict
        Columns of the table that the fixed part and the offset are made of, over the rows that the columns hold.
    """

    spec: ModelSpec
    columns: list[DesignColumn]
    intercept: bool
    fixed: tuple[int, ...]
    terms: dict[str, tuple[int, ...]]
    blocks: tuple[RandomBlock, ...]
    groupings: tuple[Grouping, ...]
    focal: int
    rows: Array | None
    n_total: int
    n: int
    missing: dict[str, int]
    encoder: Encoder
    index: pd.Index
    sampled: Sample | None = None
    weights: PriorWeights | None = None
    unweighted: int = 0
    offset: Array | None = None
    aliased: tuple[Aliased, ...] = ()
    predictors: Mapping[str, pd.Series] = field(default_factory=dict)

    @property
    def n_held(self) -> int:
        """How many rows the columns hold: all rows used, or those of a sample."""
        return len(self.sampled.frame) if self.sampled else self.n

    @property
    def is_sample(self) -> bool:
        """Whether the columns hold fewer rows than are used."""
        return self.n_held < self.n

    def rows_of(self, table: pd.DataFrame | None) -> pd.DataFrame:
        """The table's rows that the columns hold; a table that an engine has is not needed for them."""
        if self.sampled:
            return self.sampled.frame
        assert table is not None
        return table if self.rows is None else table.iloc[self.rows]

    def refuse_sample(self, what: str) -> None:
        """Raise where ``what`` needs all rows, and the columns hold a sample of them."""
        if self.is_sample:
            raise TooLargeError(
                f"{what} would go through all {self.n:,} rows, of which a sample of {self.n_held:,} is at hand.",
                "Fit the model to a table in memory.",
            )

    def range_of(self, name: str, values: Array) -> tuple[float, float]:
        """A numeric predictor's smallest and largest value over all rows; ``values`` are those of the rows held."""
        low, high = self.sampled.ranges[name] if self.sampled and name in self.sampled.ranges else (values, values)
        return float(low.min()), float(high.max())

    @property
    def sample_sentence(self) -> str:
        """Which rows stand for all, as a sentence; empty where all are at hand."""
        return f"A uniform sample of {self.n_held:,} of {self.n:,} rows." if self.is_sample else ""

    @property
    def grouping(self) -> Grouping | None:
        """The grouping factor that is shown."""
        return self.groupings[self.focal] if self.groupings else None

    @property
    def outcome(self) -> int:
        """Index of the outcome's column."""
        return len(self.columns) - 1

    @property
    def row_offset(self) -> Array | float:
        """The offset of the rows that the columns hold; 0 where there is none."""
        return 0.0 if self.offset is None else self.offset

    @property
    def root_weights(self) -> Array:
        """Roots of the rows' prior weights over their mean, (n,): rows multiplied by these have errors of one variance."""
        return np.ones(self.n_held) if self.weights is None else np.sqrt(self.weights.relative)

    @property
    def response(self) -> Array:
        """The outcome of these rows, its offset in it."""
        return self.columns[-1][:] + self.row_offset

    @property
    def response_name(self) -> str:
        """What the outcome is called, its offset in it."""
        return label(self.spec.outcome)

    @property
    def names(self) -> list[str]:
        """Names of all columns, the outcome last."""
        return [c.name for c in self.columns]

    @property
    def constant(self) -> str:
        """What the intercept is called."""
        return self._coefficients[CONSTANT].name

    @cached_property
    def _coefficients(self) -> dict[int, Coefficient]:
        """What the coefficient of each column is of, the constant's among them."""
        result = {CONSTANT: Coefficient(constant_name(self.spec.columns), CONSTANT)}
        return result | {k: Coefficient(c.name, k, c.parts) for k, c in enumerate(self.columns[:-1])}

    @cached_property
    def by_name(self) -> dict[str, Coefficient]:
        """Coefficients of the constant and of all columns, those with random coefficients too, by their names."""
        random = {n: self._coefficients[k] for b in self.blocks for n, k in zip(b.names, b.columns, strict=True)}
        return random | {result.name: result for result in self._coefficients.values()}

    def coefficient(self, column: int) -> Coefficient:
        """What the coefficient of a column is of; `CONSTANT` is the intercept."""
        return self._coefficients[column]

    @cached_property
    def fixed_names(self) -> list[str]:
        """Names of the fixed coefficients, the intercept first."""
        return [self.constant] * self.intercept + [self.columns[k].name for k in self.fixed]

    @property
    def all_fixed(self) -> tuple[int, ...]:
        """Columns of the fixed part in the order of the formula, those left out among them."""
        return tuple(k for columns in self.terms.values() for k in columns)

    @cached_property
    def all_names(self) -> list[str]:
        """Names of the coefficients of the constant and of `all_fixed`."""
        return [self.constant] * self.intercept + [self.columns[k].name for k in self.all_fixed]

    @cached_property
    def term_labels(self) -> dict[str, str]:
        """Terms of the fixed part as readers see them, by their text."""
        return {str(term): term.label for term in self.spec.terms}

    @cached_property
    def r_names(self) -> dict[str, str]:
        """What R calls each coefficient, by its name here."""
        made = {
            text: state["levels"][1:]
            for text, state in self.encoder.states.items()
            if text.startswith("dummy(") and state
        }
        return {name: r_name(c, self.encoder.levels | made, self.spec.order) for name, c in self.by_name.items()}

    @property
    def some_lack_several(self) -> bool:
        """Whether a row that is left out is counted for more than one reason."""
        return sum(self.missing.values()) + self.unweighted > self.n_total - self.n

    @property
    def rows_sentence(self) -> str:
        """How many rows are used, and why others are not."""
        known = self._known_sentence + aliased_sentence(self.aliased)
        if self.n == self.n_total:
            return f"All {self.n:,} rows are used, the same for every model.{known}"
        reasons = ", ".join(
            [f"{k:,} without “{name}”" for name, k in self.missing.items()]
            + [f"{self.unweighted:,} with a weight of 0"] * (self.unweighted > 0)
            + ["some lack several"] * self.some_lack_several
        )
        return f"{self.n:,} of {self.n_total:,} rows are used, the same for every model; left out: {reasons}.{known}"

    @property
    def _known_sentence(self) -> str:
        """What rows weigh and what is taken off the outcome, after a blank; empty where there are neither weights nor offsets."""
        return known_sentence(self.spec, self.weights, self.names[-1])
