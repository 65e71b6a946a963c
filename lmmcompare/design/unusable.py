"""Columns that a formula cannot use: why, and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container

import numpy as np
import pandas as pd

from ..errors import DataError, DesignError
from ..formula.expressions import Expression, columns_of, quote
from ..formula.spec import RandomTerm
from ..text.numbers import count
from .dtypes import are_other_dates, which_iso

LARGEST = 1e150
"""Numbers beyond this have squares that no float64 can hold."""
SMALLEST = 1e-150
"""A column whose numbers are all closer to 0 than this has squares that are 0."""
MAX_LEVELS = 200
"""Most levels of a categorical predictor; a column with more is a grouping factor or a mistake."""


def refuse_huge(name: str, n_huge: int, n_infinite: int) -> None:
    """Raise when a column has values that no sum of squares can hold."""
    if not n_huge:
        return
    what = ("infinite value", "infinite values")
    if not n_infinite:
        what = f"value beyond {LARGEST:g}", f"values beyond {LARGEST:g}"
    raise DataError(
        f"Column “{name}” has {count(n_infinite or n_huge, *what)}.",
        "Replace them by missing values or drop the rows.",
    )


def not_numbers_error(name: str, kind: str) -> DataError:
    """A column that should hold numbers, as an error; ``kind`` is what it holds."""
    remedy = in_app = "Choose a numeric column, or recode it as numbers."
    if kind == "text":
        own = f"data[{json.dumps(name, ensure_ascii=False)}]"
        remedy += f' In pandas: pd.to_numeric({own}), or ({own} == "…").astype(int) for one of two values.'
        in_app += " Where it has two values, the Data page counts one of them as 1 and the other as 0."
    return DataError(f"Column “{name}” holds {kind}, where numbers are needed.", remedy, in_app=in_app)


def not_finite_error(expression: Expression, n: int) -> DataError:
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


def refuse_stray_text(column: pd.Series, levels: pd.Index, name: str) -> None:
    """Raise when a text column is one of numbers or dates with some text in it: the usual slip of a data file."""
    if isinstance(column.dtype, pd.CategoricalDtype) or pd.api.types.is_bool_dtype(column.dtype):
        return
    refuse_stray_levels(levels, name, lambda offending: int(column.isin(offending).sum()))


def refuse_stray_levels(levels: pd.Index, name: str, rows_with: Callable[[pd.Index], int]) -> None:
    """Raise when the different values of a text column are numbers or dates with some text among them, or dates that are not ISO's.

    Parameters
    ----------
    rows_with : callable
        How many rows have one of some values.
    """
    offending, what = stray_text(levels)
    if len(offending):
        raise mixed_with_text_error(name, what, offending, rows_with(offending))
    if are_other_dates(levels):
        raise other_dates_error(name, str(levels[0]))


def stray_text(levels: pd.Index) -> tuple[pd.Index, str]:
    """The texts among values that are numbers or dates otherwise, and what these are; none where there are few or most are text."""
    if len(levels) <= 3:
        return levels[:0], ""
    is_text = np.isnan(np.asarray(pd.to_numeric(levels, errors="coerce"), dtype=float))
    if is_text.mean() <= 0.5:
        return levels[is_text], "is numeric"
    is_text = ~which_iso(levels)
    return (levels[is_text], "holds dates") if is_text.mean() <= 0.5 else (levels[:0], "")


def mixed_with_text_error(name: str, what: str, offending: pd.Index, n: int) -> DataError:
    """A column of numbers or dates with some text in it, as an error; ``n`` is the number of rows with text."""
    display = ", ".join(f"“{str(v)[:30]}”" for v in offending[:3])
    convert = "to_numeric" if what == "is numeric" else "to_datetime"
    mend = "Mend these cells or make them missing"
    return DataError(
        f"Column “{name}” {what} but for text in {count(n, 'row')}: {display}.",
        f'{mend}; in pandas pd.{convert}(data[{json.dumps(name, ensure_ascii=False)}], errors="coerce") does the latter.',
        in_app=f"{mend}: “Change the table”, “Column types”, on the Data page.",
    )


def other_dates_error(name: str, example: str) -> DataError:
    """Dates as text that is not ISO's, as an error: as levels they would be a coefficient each."""
    each = f"For a coefficient each, write factor({quote(name)})."
    return DataError(
        f"Column “{name}” holds dates such as “{example[:30]}” as text.",
        f"Write them as 2020-01-31; in pandas pd.to_datetime(data[{json.dumps(name, ensure_ascii=False)}], dayfirst=…) does. {each}",
        in_app=f"Write them as 2020-01-31: “Change the table”, “Column types”, on the Data page. {each}",
    )


def refuse_few_values(distinct: int, needed: float, text: str) -> None:
    """Raise when a curve has as many parameters as there are different values, or more."""
    if distinct <= needed:
        raise DesignError(f"{text} needs more than {needed:g} different values, but there are {distinct}.", "Lower it.")


def no_clock_error(random: RandomTerm) -> DesignError:
    """An autoregressive term whose columns have no order in time, as an error."""
    names = [name for term in random.terms for factor in term.factors for name in columns_of(factor)]
    return DesignError(
        f"{random} has no clock: ar1() is about the levels of one factor, one after the other in time.",
        f"Write ar1(0 + factor({quote(names[-1])}) | {random.group_text}) with a column that says when.",
    )


_NUMBERED = re.compile(r"(\D*?)(-?\d+(?:\.\d+)?)(\D*)")


def refuse_disordered(text: str, levels: pd.Index, ordered: Container[str]) -> None:
    """Raise when the clock of an autoregressive term runs 1, 10, 2: numbers in texts, which are sorted as texts.

    ``ordered`` holds the factors whose categories were given an order; those keep it.
    """
    result = [_NUMBERED.fullmatch(str(level)) for level in levels]
    if text in ordered or len({(m[1], m[3]) if m else None for m in result}) != 1 or result[0] is None:
        return
    steps = np.diff([float(m[2]) for m in result if m])
    if (steps < 0).any():
        wrong = int(np.flatnonzero(steps < 0)[0])
        raise DesignError(
            f"ar1() counts the levels of {text} in their order, which is that of texts: … “{levels[wrong]}”, “{levels[wrong + 1]}” …",
            "Make it a numeric column, or a pandas Categorical with its categories in order.",
            in_app="Make it a numeric column, or put its categories in order: “Change the table”, “Column types”, on the Data page.",
        )
