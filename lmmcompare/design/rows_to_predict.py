"""Rows to predict: those that a design holds, or new ones coded as these were, without those that cannot be predicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError, NotEstimableWarning, warn
from ..formula.expressions import columns_of
from ..text.numbers import count
from .build import encode_new
from .coefficients import CONSTANT
from .design import Design
from .rows import gaps, warn_outside
from .weights_offsets import offset_of


@dataclass(frozen=True, eq=False)
class ColumnValues:
    """The columns of a design at some points.

    Parameters
    ----------
    columns : sequence of (n,) arrays
        The design's columns, without the outcome, and further ones that a model has.
    """

    columns: Sequence[Array]
    n: int

    def __len__(self) -> int:
        return self.n

    def matrix(self, columns: Sequence[int]) -> Array:
        """Some of the columns, `CONSTANT` among them or not, as the rows of an array (p, n)."""
        values = [np.ones(self.n) if k == CONSTANT else self.columns[k] for k in columns]
        return np.array(values).reshape(len(columns), self.n)

    def combination(self, columns: Sequence[int], coefficients: Array) -> Array:
        """The sum of some columns times their coefficients, (n,); those without a coefficient, NaN, are left out."""
        result = np.zeros(self.n)
        for k, beta in zip(columns, coefficients, strict=True):
            if np.isfinite(beta):
                result += beta if k == CONSTANT else beta * self.columns[k]
        return result

    def effects(self, columns: Sequence[int], effects: Array, codes: Array) -> Array:
        """The sum of some columns times their random effects (k, J), of the points' levels ``codes``; 0 for a level of -1."""
        result = np.zeros(self.n)
        for k, own in zip(columns, effects, strict=True):
            effect = np.append(own, 0.0)[codes]
            result += effect if k == CONSTANT else effect * self.columns[k]
        return result


@dataclass(frozen=True, eq=False)
class RowsToPredict(ColumnValues):
    """Complete rows, as columns of a design.

    Parameters
    ----------
    offset : (n,) array or float
    index : Index
        Of all rows that were given.
    places : (n,) array of int
        Which of these the rows are: those that lack nothing, and need no coefficient that is not estimable.
    frame : DataFrame or None
        The rows as given; None of those that the design holds.
    """

    offset: Array | float
    index: pd.Index
    places: Array
    frame: pd.DataFrame | None = None

    def series(self, values: Array, name: str) -> pd.Series:
        """Values of the rows, NaN for the rest of those given."""
        if self.n == len(self.index):
            return pd.Series(values, index=self.index, name=name)
        result = np.full(len(self.index), np.nan)
        result[self.places] = values
        return pd.Series(result, index=self.index, name=name)

    def keep(self, rows: Array) -> Self:
        """Some of the rows, (n,) of bool."""
        return replace(
            self,
            columns=[column[rows] for column in self.columns],
            n=int(rows.sum()),
            offset=self.offset[rows] if isinstance(self.offset, np.ndarray) else self.offset,
            places=self.places[rows],
            frame=None if self.frame is None else self.frame.loc[rows],
        )


def held_rows(design: Design) -> RowsToPredict:
    """The rows that a design holds: those used, or of a table that an engine has a uniform sample."""
    columns = [column[:] for column in design.columns[:-1]]
    return RowsToPredict(columns, design.n_held, design.row_offset, design.index, np.arange(design.n_held))


def new_rows(design: Design, data: pd.DataFrame) -> RowsToPredict:
    """New rows, coded as the design's own were.

    Raises
    ------
    DataError
        When they are no DataFrame, or lack a column.
    """
    if not isinstance(data, pd.DataFrame):
        raise DataError(
            f"New rows are a DataFrame of pandas, not {type(data).__name__}.", "pd.DataFrame(...) makes one."
        )
    spec, encoder = design.spec, design.encoder
    needed = list(dict.fromkeys(c for factor in (*spec.factors, *spec.offset) for c in columns_of(factor)))
    for name in needed:
        if name not in data.columns:
            what = "offset" if not any(name in columns_of(factor) for factor in spec.factors) else "model"
            raise DataError(f"There is no column “{name}” in the new rows.", f"The {what} needs it to predict: add it.")
    complete = data[needed].notna().all(axis=1).to_numpy(copy=True)
    complete[complete] = ~gaps((*spec.factors, *spec.offset), data.loc[complete], encoder)
    frame = data.loc[complete]
    warn_outside(spec.factors, frame, encoder)
    columns, offset = [c[:] for c in encode_new(design, frame)], offset_of(spec, frame, encoder)
    result = RowsToPredict(
        columns, len(frame), 0.0 if offset is None else offset, data.index, np.flatnonzero(complete), frame
    )
    known = _estimable(design, columns, len(frame))
    return result if known.all() else result.keep(known)


def _estimable(design: Design, columns: Sequence[Array], n: int) -> Array:
    """Which new rows keep to the combinations that left columns out; a warning tells of the others."""
    known = np.ones(n, dtype=bool)
    for one in design.aliased:
        holds = one.holds(columns)
        if (n_not := int((known & ~holds).sum())) > 0:
            warn(
                f"{count(n_not, 'new row')} cannot be predicted: “{one.label}” is not estimable ({one.reason}), and these rows "
                "need it.",
                NotEstimableWarning,
            )
        known &= holds
    return known
