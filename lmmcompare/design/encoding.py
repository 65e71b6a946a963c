"""Factors to columns of numbers, remembering what was learnt (levels, spline knots) so that new rows code alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from formulaic.transforms import basis_spline, center, poly, scale

from ..errors import DataError, DesignError
from ..formula.spec import Arithmetic, Call, Column, Constant, Expression, columns_of
from .coefficients import Part
from .dtypes import day_name, days, first_day, is_date, is_numeric, level_names, plain
from .unusable import (
    LARGEST,
    SMALLEST,
    huge_values,
    not_finite,
    not_numbers,
    refuse_few_values,
    refuse_level_count,
    refuse_stray_text,
)

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A 0/1 column, kept as the level codes that many such columns share."""

    codes: Array
    level: int

    def __getitem__(self, rows: slice | Array) -> Array:
        return (self.codes[rows] == self.level).astype(float)


Piece = Array | Indicator


@dataclass(frozen=True, slots=True)
class DesignColumn:
    """A column of the model matrix: a product of pieces, multiplied only for the rows that are asked for.

    Parameters
    ----------
    name : str
    pieces : tuple of arrays or Indicators
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


@dataclass(slots=True)
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
    """

    levels: dict[str, pd.Index] = field(default_factory=dict)
    states: dict[str, dict[Any, Any]] = field(default_factory=dict)
    origins: dict[str, pd.Timestamp | None] = field(default_factory=dict)
    ordered: dict[str, str] = field(default_factory=dict)

    def learn_dates(self, factors: Iterable[Expression], frame: pd.DataFrame) -> None:
        """Learn which predictors are dates, and the day that these are counted from: the earliest."""
        for name in (name for factor in factors if not is_level_call(factor) for name in columns_of(factor)):
            if name not in self.origins and is_date(frame[name]):
                self.origins[name] = first_day(frame[name])

    def is_categorical(self, factor: Expression, frame: pd.DataFrame) -> bool:
        """Whether a factor is coded by its levels rather than used as a number."""
        if is_level_call(factor):
            return True
        return isinstance(factor, Column) and factor.name not in self.origins and not is_numeric(frame[factor.name])

    def learn(self, factor: Expression, frame: pd.DataFrame) -> Array:
        """Learn a categorical factor's levels and give the level codes."""
        name = next(columns_of(factor))
        column = frame[name]
        codes, levels = factorize(column)
        if isinstance(factor, Column):
            refuse_stray_text(column, levels, name)
        refuse_level_count(name, len(levels))
        self.levels[str(factor)] = levels
        if getattr(column.dtype, "ordered", False):
            self.ordered[name] = str(factor)
        return codes

    def codes(self, factor: Expression, frame: pd.DataFrame) -> Array:
        """Level codes of new rows of a learnt factor; unseen levels are refused."""
        name = next(columns_of(factor))
        codes, levels = factorize(frame[name])
        into = positions(self.levels[str(factor)], levels)
        if (into < 0).any():
            raise DataError(
                f"“{levels[into < 0][0]}” in column “{name}” is not one of the levels that the model was fitted to."
            )
        return into[codes]

    def numbers(self, expression: Expression, frame: pd.DataFrame) -> list[Array]:
        """The numeric column or columns of a factor, each as float64 of the frame's length."""
        values = self._evaluate(expression, frame)
        if values.ndim == 1:
            return [values]
        return [np.ascontiguousarray(values[:, k]) for k in range(values.shape[1])]

    def column(self, column: pd.Series) -> Array:
        """A column of the table that is used as a number, dates in days since the day that was learnt."""
        name = str(column.name)
        if (origin := self.origins.get(name)) is not None:
            return days(plain(column), origin)
        return numeric_values(plain(column), name)

    def unit(self, name: str) -> str:
        """What a column that is used as a number of days counts: "days since 2020-01-31", "days"; else nothing."""
        if name not in self.origins:
            return ""
        origin = self.origins[name]
        return "days" if origin is None else f"days since {day_name(origin)}"

    def _evaluate(self, expression: Expression, frame: pd.DataFrame) -> Array:
        match expression:
            case Column(name):
                return self.column(frame[name])
            case Constant(value):
                return np.full(len(frame), value)
            case Arithmetic(operator, left, right):
                a, b = self._evaluate(left, frame), self._evaluate(right, frame)
                with np.errstate(all="ignore"):
                    return np.asarray(_OPERATORS[operator](a, b), dtype=float)
            case Call(function, (argument,), options):
                values = self._evaluate(argument, frame)
                with np.errstate(all="ignore"):
                    result = self._call(str(expression), function, values, dict(options))
                if not np.isfinite(result).all():
                    n_bad = int((~np.isfinite(result.reshape(len(result), -1)).all(axis=1)).sum())
                    raise not_finite(expression, n_bad)
                return result
        raise TypeError(f"not an expression: {expression!r}")

    def _call(self, text: str, function: str, values: Array, options: Mapping[str, Any]) -> Array:
        if function in _PLAIN:
            return np.asarray(_PLAIN[function](values), dtype=float)
        state = self.states.setdefault(text, {})
        if function == "poly":
            if not state:
                _refuse_few_values(values, options.get("degree", 1), text)
            return np.asarray(poly(values, **options, _state=state), dtype=float)
        if function == "bs":
            if not state:
                degree = options.get("degree", 3)
                if options.get("df", degree) < degree:
                    raise DesignError(
                        f"{text} has fewer df than its degree, {degree:g}.", f"Ask for at least {degree:g}."
                    )
                _refuse_few_values(values, options.get("df", degree), text)
            spline = basis_spline(values, **options, extrapolation="extend", _state=state)
            return np.column_stack([np.asarray(column, dtype=float) for _, column in sorted(spline.items())])
        return np.asarray({"scale": scale, "center": center}[function](values, _state=state), dtype=float)


_OPERATORS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power}
_PLAIN: dict[str, Callable[[Array], Array]] = {"I": lambda v: v, "log": np.log, "exp": np.exp, "sqrt": np.sqrt}


def is_level_call(factor: Expression) -> bool:
    """Whether a factor is ``factor(x)`` or ``C(x)``, which make levels of whatever a column holds."""
    return isinstance(factor, Call) and factor.function in ("factor", "C")


def numeric_values(column: pd.Series, name: str) -> Array:
    """A column as float64, without a copy where it is float64 already.

    Raises
    ------
    DataError
        When it holds text, naming some of it, or infinite values.
    """
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=float, na_value=np.nan)
    if not is_numeric(column):
        refuse_stray_text(column, pd.Index(column.dropna().unique()), name)
        kind = "dates" if is_date(column) else "text"
        raise not_numbers(name, kind)
    values = column.to_numpy(dtype=float, na_value=np.nan) if column.hasnans else column.to_numpy(dtype=float)
    huge = np.abs(values) > LARGEST
    if huge.any():
        raise huge_values(name, int(huge.sum()), int(np.isinf(values).sum()))
    if len(values) and 0 < np.nanmax(np.abs(values), initial=0.0) < SMALLEST:
        raise DataError(
            f"All values of column “{name}” are closer to 0 than {SMALLEST:g}, so that their squares are lost.",
            "Choose another unit: multiply the column by a power of ten.",
        )
    return values


def factorize(column: pd.Series) -> tuple[Array, pd.Index]:
    """Level codes and levels of a column without missing values: sorted, or in a Categorical's own order."""
    column = plain(column)
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        present = np.bincount(codes, minlength=len(column.cat.categories)) > 0
        if present.all():
            return codes, level_names(column.cat.categories)
        return (np.cumsum(present) - 1)[codes], level_names(column.cat.categories[present])
    if isinstance(column.dtype, np.dtype) and (
        column.dtype.kind == "i" or (column.dtype.kind == "u" and column.max() < 2**63)
    ):
        values = column.to_numpy()
        low, high = int(values.min()), int(values.max())
        if high - low < 2 * len(values):  # a dense range of integers needs no hashing
            codes = values.astype(np.int64) - low
            present = np.bincount(codes) > 0
            if not present.all():
                codes = (np.cumsum(present) - 1)[codes]
            return codes, pd.Index(np.flatnonzero(present) + low)
    codes, values = pd.factorize(column)
    levels = pd.Index(values)
    try:
        order = levels.argsort()
    except TypeError:  # mixed types have no order of their own
        order = levels.astype(str).argsort()
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[codes], level_names(levels[order])


def _like(levels: pd.Index, known: pd.Index) -> pd.Index:
    """Levels of new rows as the known ones are written: truths, 0 and 1, and their words are the same."""
    truth, words = {True: True, False: False}, {"True": True, "False": False}
    if pd.api.types.is_bool_dtype(known.dtype) and not pd.api.types.is_bool_dtype(levels.dtype):
        return pd.Index([(truth | words).get(level, level) for level in levels], dtype=object)
    if pd.api.types.is_bool_dtype(levels.dtype):
        if pd.api.types.is_numeric_dtype(known.dtype) and not pd.api.types.is_bool_dtype(known.dtype):
            return pd.Index(levels.astype(int))
        if set(known) <= words.keys():
            return pd.Index([str(level) for level in levels])
    return levels


def positions(levels: pd.Index, values: pd.Index) -> Array:
    """The position of each value among levels, whatever type they have: 7, 7.0 and "7" are one; -1 for none, so "07"."""
    values = _like(values, levels)
    found = levels.get_indexer(values)
    for alike in (_whole, str):
        if (found >= 0).all():
            return found
        written, wanted = (pd.Index([alike(v) for v in of], dtype=object) for of in (levels, values))
        if written.is_unique:
            found = np.where(found < 0, written.get_indexer(wanted), found)
    return found


def _whole(value: Any) -> str:
    """A label as text, a whole number without decimals."""
    if isinstance(value, float | np.floating) and np.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value)


def _refuse_few_values(values: Array, needed: float, text: str) -> None:
    refuse_few_values(len(np.unique(values)), needed, text)
