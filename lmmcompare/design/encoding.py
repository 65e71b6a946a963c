"""Factors to columns of numbers, remembering what was learnt (levels, spline knots) so that new rows code alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError
from ..formula.expressions import Call, Column, Expression, columns_of
from .coefficients import Part
from .columns import Table
from .contrasts import Coded, Coding, coding_of
from .dtypes import day_name, days, first_day, is_date, is_numeric, plain_column
from .evaluation import Evaluation
from .kinds import columns_as_numbers, has_levels, leaves_gaps
from .levels import factorize, positions
from .unusable import LARGEST, SMALLEST, not_numbers_error, refuse_huge, refuse_level_count, refuse_stray_text


@dataclass(frozen=True, slots=True, eq=False)
class Indicator:
    """A 0/1 column, kept as the level codes that many such columns share."""

    codes: Array
    level: int

    def __getitem__(self, rows: slice | Array) -> Array:
        return (self.codes[rows] == self.level).astype(float)


Piece = Array | Indicator | Coded


@dataclass(frozen=True, slots=True)
class DesignColumn:
    """A column of the model matrix: a product of pieces, multiplied only for the rows that are asked for.

    Parameters
    ----------
    pieces : tuple of arrays, Indicators or Codeds
    uses : tuple of tuples of str
        The table's columns that each piece is made from.
    parts : tuple of Part
        What each piece is; none of the outcome.
    """

    name: str
    pieces: tuple[Piece, ...]
    uses: tuple[tuple[str, ...], ...]
    parts: tuple[Part, ...] = ()

    def __getitem__(self, rows: slice | Array) -> Array:
        values = self.pieces[0][rows]
        for piece in self.pieces[1:]:
            values = values * piece[rows]
        return values


@dataclass(slots=True, eq=False)
class Encoder:
    """Turns factors into pieces; the first frame it sees sets the levels and the states of transforms.

    Parameters
    ----------
    levels : dict
        Factor text to its levels, in order, the baseline first.
    states : dict
        Call text to what formulaic's stateful transform has learnt.
    origins : dict
        Column that is used as a number of days: of dates to the day that is 0, of lengths of time to None.
    ordered : dict
        Column of ordered categories to the factor that is made of it.
    sources : dict
        Column that functions use by its levels, or compare as text, to its levels.
    """

    levels: dict[str, pd.Index] = field(default_factory=dict)
    states: dict[str, dict[Any, Any]] = field(default_factory=dict)
    origins: dict[str, pd.Timestamp | None] = field(default_factory=dict)
    ordered: dict[str, str] = field(default_factory=dict)
    sources: dict[str, pd.Index] = field(default_factory=dict)

    def learn_dates(self, factors: Iterable[Expression], frame: Table) -> None:
        """Learn which predictors are dates, and the day that these are counted from: the earliest."""
        for name in (name for factor in factors for name in columns_as_numbers(factor)):
            if name not in self.origins and is_date(frame[name]):
                self.origins[name] = first_day(frame[name])

    def learn_sources(self, factors: Iterable[Expression], frame: Table) -> None:
        """Learn the levels of columns that functions use by these."""
        for factor in (f for f in factors if not isinstance(f, Column)):
            as_numbers = {n for n in columns_as_numbers(factor) if n in self.origins or is_numeric(frame[n])}
            for name in {*columns_of(factor)} - as_numbers - self.sources.keys():
                self.sources[name] = factorize(frame[name])[1]

    def is_categorical(self, factor: Expression, frame: Table) -> bool:
        """Whether a factor is coded by its levels rather than used as a number."""
        return has_levels(factor, lambda name: name not in self.origins and not is_numeric(frame[name]))

    def coding(self, factor: Expression) -> Coding:
        """How a learnt factor is coded where the model has its contrasts."""
        return coding_of(factor, self.levels[str(factor)])

    def learn(self, factor: Expression, frame: Table) -> Array:
        """Learn a categorical factor's levels and give the level codes."""
        name = next(columns_of(factor))
        column = self._categories(factor, frame)
        codes, levels = factorize(column)
        if isinstance(factor, Column):
            refuse_stray_text(column, levels, name)
        refuse_level_count(name if is_level_call(factor) or isinstance(factor, Column) else str(factor), len(levels))
        self.levels[str(factor)] = levels
        if getattr(column.dtype, "ordered", False):
            self.ordered[name] = str(factor)
        return codes

    def codes(self, factor: Expression, frame: Table) -> Array:
        """Level codes of new rows of a learnt factor; unseen levels are refused."""
        name = next(columns_of(factor))
        values = self._categories(factor, frame)
        if not leaves_gaps(factor) and values.hasnans:
            raise unseen_level_error(frame[name][values.isna()].iloc[0], name)
        codes, levels = factorize(values)
        into = positions(self.levels[str(factor)], levels)
        if (into < 0).any():
            raise unseen_level_error(levels[into < 0][0], name)
        return np.where(codes < 0, -1, into[codes]) if len(into) else codes

    def _categories(self, factor: Expression, frame: Table) -> pd.Series:
        """What a categorical factor holds, a column as the table has it."""
        column = factor if isinstance(factor, Column) else column_of_levels(factor)
        if column is not None:
            return frame[column.name]
        return pd.Series(self._evaluation(frame).values(factor), index=frame.index)

    def without_value(self, expression: Expression, frame: Table) -> Array:
        """Where an expression has no value although its columns have, as outside the breaks of ``cut``, (n,) of bool."""
        return np.asarray(pd.isna(pd.Series(self._evaluation(frame).values(expression))), dtype=bool)

    def learn_states(self, call: Call, frame: Table) -> None:
        """Let a function learn from these rows; what it learns stays."""
        self._evaluation(frame).values(call)

    def _evaluation(self, frame: Table) -> Evaluation:
        return Evaluation(frame, self.column, self.states)

    def numbers(self, expression: Expression, frame: Table) -> list[Array]:
        """The numeric column or columns of a factor, each as float64 of the frame's length."""
        values = self._evaluation(frame).finite(expression)
        if values.ndim == 1:
            return [values]
        return [np.ascontiguousarray(values[:, k]) for k in range(values.shape[1])]

    def column(self, column: pd.Series) -> Array:
        """A column of the table that is used as a number, dates in days since the day that was learnt."""
        name = str(column.name)
        if (origin := self.origins.get(name)) is not None:
            return days(plain_column(column), origin)
        return numeric_values(plain_column(column), name)

    def unit(self, name: str) -> str:
        """What a column that is used as a number of days counts: "days since 2020-01-31", "days"; else nothing."""
        if name not in self.origins:
            return ""
        origin = self.origins[name]
        return "days" if origin is None else f"days since {day_name(origin)}"


def column_of_levels(factor: Expression) -> Column | None:
    """The column whose own levels ``factor(x)`` or ``C(x)`` are, whatever it holds; None where they are others."""
    if (
        isinstance(factor, Call)
        and factor.function in ("factor", "as.factor", "C")
        and isinstance(factor.argument, Column)
    ):
        return factor.argument if not {"levels", "labels", "ordered"} & dict(factor.options).keys() else None
    return None


def unseen_level_error(level: Any, name: str) -> DataError:
    """A level that the model was not fitted to, as an error."""
    return DataError(f"“{level}” in column “{name}” is not one of the levels that the model was fitted to.")


def is_level_call(factor: Expression) -> bool:
    """Whether a factor makes levels of whatever one column holds, as ``factor(x)`` does."""
    return column_of_levels(factor) is not None


def numeric_values(column: pd.Series, name: str) -> Array:
    """A column as float64, without a copy where it is float64 already.

    Raises
    ------
    DataError
        When it holds text, naming some of it, or infinite values.
    """
    if not is_numeric(column):
        if pd.api.types.is_bool_dtype(column.dtype):
            return column.to_numpy(dtype=float, na_value=np.nan)
        refuse_stray_text(column, pd.Index(column.dropna().unique()), name)
        kind = "dates" if is_date(column) else "text"
        raise not_numbers_error(name, kind)
    known = isinstance(column.dtype, np.dtype) or not column.hasnans
    values = column.to_numpy(dtype=float) if known else column.to_numpy(dtype=float, na_value=np.nan)
    size = np.abs(values)
    largest = np.fmax.reduce(size, initial=0.0)  # of those that are not missing
    if largest > LARGEST:
        refuse_huge(name, int((size > LARGEST).sum()), int(np.isinf(values).sum()))
    if 0 < largest < SMALLEST:
        raise DataError(
            f"All values of column “{name}” are closer to 0 than {SMALLEST:g}, so that their squares are lost.",
            "Choose another unit: multiply the column by a power of ten.",
        )
    return values
