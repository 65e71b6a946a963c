"""Factors to columns of numbers, remembering what was learnt (levels, spline knots) so that new rows code alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from formulaic.transforms import basis_spline, center, poly, scale

from .errors import DataError, DesignError
from .numbers import count
from .spec import Arithmetic, Call, Column, Constant, Expression, columns_of

Array = np.ndarray[Any, np.dtype[Any]]

LARGEST = 1e150
"""Numbers beyond this have squares that no float64 can hold."""
MAX_LEVELS = 200
"""Most levels of a categorical predictor; a column with more is a grouping factor or a mistake."""


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
    """

    name: str
    pieces: tuple[Piece, ...]
    uses: tuple[tuple[str, ...], ...]

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
    """

    levels: dict[str, pd.Index] = field(default_factory=dict)
    states: dict[str, dict[Any, Any]] = field(default_factory=dict)

    def is_categorical(self, factor: Expression, frame: pd.DataFrame) -> bool:
        """Whether a factor is coded by its levels rather than used as a number."""
        if isinstance(factor, Call) and factor.function in ("factor", "C"):
            return True
        return isinstance(factor, Column) and not is_numeric(frame[factor.name])

    def learn(self, factor: Expression, frame: pd.DataFrame) -> Array:
        """Learn a categorical factor's levels and give the level codes."""
        name = next(columns_of(factor))
        column = frame[name]
        codes, levels = factorize(column)
        if isinstance(factor, Column):
            refuse_mostly_numbers(column, levels, name)
        refuse_level_count(name, len(levels))
        self.levels[str(factor)] = levels
        return codes

    def codes(self, factor: Expression, frame: pd.DataFrame) -> Array:
        """Level codes of new rows of a learnt factor; unseen levels are refused."""
        name = next(columns_of(factor))
        codes, levels = factorize(frame[name])
        into = self.levels[str(factor)].get_indexer(levels)
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

    def _evaluate(self, expression: Expression, frame: pd.DataFrame) -> Array:
        match expression:
            case Column(name):
                return numeric_values(frame[name], name)
            case Constant(value):
                return np.full(len(frame), value)
            case Arithmetic(operator, left, right):
                a, b = self._evaluate(left, frame), self._evaluate(right, frame)
                with np.errstate(all="ignore"):
                    return np.asarray(_OPERATORS[operator](a, b), dtype=float)
            case Call(function, argument, options):
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


def is_numeric(column: pd.Series) -> bool:
    """Whether a column holds numbers (booleans are categories)."""
    kind = column.dtype
    return pd.api.types.is_any_real_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


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
        refuse_mostly_numbers(column, pd.Index(column.dropna().unique()), name)
        kind = "dates" if pd.api.types.is_datetime64_any_dtype(column.dtype) else "text"
        raise not_numbers(name, kind)
    values = column.to_numpy(dtype=float, na_value=np.nan) if column.hasnans else column.to_numpy(dtype=float)
    huge = np.abs(values) > LARGEST
    if huge.any():
        raise huge_values(name, int(huge.sum()), int(np.isinf(values).sum()))
    return values


def huge_values(name: str, n_huge: int, n_infinite: int) -> DataError:
    """Values that no sum of squares can hold, as an error."""
    what = ("infinite value", "infinite values")
    if not n_infinite:
        what = f"value beyond {LARGEST:g}", f"values beyond {LARGEST:g}"
    return DataError(
        f"Column “{name}” has {count(n_infinite or n_huge, *what)}.",
        "Replace them by missing values or drop the rows.",
    )


def not_numbers(name: str, kind: str) -> DataError:
    """A column that should hold numbers, as an error; ``kind`` is what it holds."""
    return DataError(
        f"Column “{name}” holds {kind}, where numbers are needed.", "Choose a numeric column, or recode it as numbers."
    )


def not_finite(expression: Expression, n: int) -> DataError:
    """An expression that is no number in some rows, as an error."""
    return DataError(
        f"{expression} is not a finite number in {count(n, 'row')}.",
        "Check for zeros and negative values, or leave the function out.",
    )


def refuse_level_count(name: str, n_levels: int) -> None:
    """Raise when a categorical predictor has one level, or more than `MAX_LEVELS`."""
    if n_levels < 2:
        raise DesignError(f"Column “{name}” has the same value in all rows used.", "Remove it from the predictors.")
    if n_levels > MAX_LEVELS:
        raise DesignError(
            f"Column “{name}” has {n_levels:,} different values; as a categorical predictor it would add "
            f"{n_levels - 1:,} columns.",
            f"Use it as the grouping factor, or choose a predictor with at most {MAX_LEVELS} values.",
        )


def refuse_mostly_numbers(column: pd.Series, levels: pd.Index, name: str) -> None:
    """Raise when a text column is a numeric one with some text in it: the usual slip of a data file."""
    if isinstance(column.dtype, pd.CategoricalDtype) or pd.api.types.is_bool_dtype(column.dtype):
        return
    offending = text_among_numbers(levels)
    if len(offending):
        raise mostly_numbers(name, offending, int(column.isin(offending).sum()))


def text_among_numbers(levels: pd.Index) -> pd.Index:
    """The texts among values that are numbers otherwise; none where there are few values or most are text."""
    if len(levels) <= 3:
        return levels[:0]
    is_text = np.isnan(np.asarray(pd.to_numeric(levels, errors="coerce"), dtype=float))
    return levels[is_text] if is_text.mean() <= 0.5 else levels[:0]


def mostly_numbers(name: str, offending: pd.Index, n: int) -> DataError:
    """A column of numbers with some text in it, as an error; ``n`` is the number of rows with text."""
    shown = ", ".join(f"“{str(v)[:30]}”" for v in offending[:3])
    return DataError(
        f"Column “{name}” is numeric but for text in {count(n, 'row')}: {shown}.",
        "Mend these cells or make them missing; in the app by “Change the table”, “Column types”, on the Data page.",
    )


def factorize(column: pd.Series) -> tuple[Array, pd.Index]:
    """Level codes and levels of a column without missing values: sorted, or in a Categorical's own order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        present = np.bincount(codes, minlength=len(column.cat.categories)) > 0
        if present.all():
            return codes, column.cat.categories
        return (np.cumsum(present) - 1)[codes], column.cat.categories[present]
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
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
    return rank[codes], levels[order]


def _refuse_few_values(values: Array, needed: float, text: str) -> None:
    refuse_few_values(len(np.unique(values)), needed, text)


def refuse_few_values(distinct: int, needed: float, text: str) -> None:
    """Raise when a curve has as many parameters as there are different values, or more."""
    if distinct <= needed:
        raise DesignError(f"{text} needs more than {needed:g} different values, but there are {distinct}.", "Lower it.")
