"""Factors, comparisons and texts, as R makes them of values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError, DesignError
from ..formula.deparse import number_text
from ..formula.expressions import Arithmetic, Call, Expression, Quantiles, Value
from .levels import factorize, label_text
from .unusable import not_numbers_error

Values: TypeAlias = Array | pd.Categorical
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def as_numbers(values: Values, expression: Expression, *, convert: bool = False) -> Array:
    """Values as float64; with ``convert`` as R's ``as.numeric`` does: a factor's codes from 1, text as the numbers it shows.

    Raises
    ------
    DataError
        For text and levels otherwise.
    """
    if isinstance(values, pd.Categorical):
        if convert:
            return np.where(values.codes < 0, np.nan, values.codes + 1.0)
        raise not_numbers_error(str(expression), "levels")
    if values.dtype.kind != "O":
        return values.astype(float)
    numbers = np.asarray(pd.to_numeric(pd.Series(values), errors="coerce"), dtype=float)
    if not convert or np.isnan(numbers).any():
        if not convert:
            raise not_numbers_error(str(expression), "text")
        wrong = values[np.isnan(numbers)][0]
        raise DataError(
            f"“{str(wrong)[:30]}” in {expression} is text that shows no number.",
            f"For the numbers 1, 2, … of its levels write as.numeric(factor({expression})).",
        )
    return numbers


def as_texts(values: Values) -> Array:
    """Values as an array of texts, a whole number without decimals and truths in R's words; missing ones stay so."""
    codes, levels = _coded(values)
    return np.array([*map(level_text, levels), None], dtype=object)[codes]  # -1, the missing, is the last


def level_text(value: Any) -> str:
    """A value as R's ``as.character`` has it."""
    if isinstance(value, bool | np.bool_):
        return str(value).upper()
    return number_text(float(value)) if isinstance(value, int | float | np.number) else str(value)


def as_factor(
    values: Values, call: Call | None = None, state: dict[Any, Any] | None = None, *, ordered: bool | None = None
) -> pd.Categorical:
    """Values as a factor, its levels in order unless ``levels`` names them; what is not among these is missing.

    Parameters
    ----------
    values : array or Categorical
    call : Call, optional
        With the options ``levels`` and ``labels``.
    state : dict, optional
        Keeps the levels that were met first.
    ordered : bool, optional
        Whether the levels have an order; that of the values when left out.
    """
    codes, present = _coded(values)
    levels = state.get("levels") if state else None
    asked = call.option("levels") if call else None
    if levels is None:
        levels = present if asked is None else pd.Index(asked if isinstance(asked, tuple) else (asked,))
        if state is not None:
            state["levels"] = levels
    into = {label_text(level): k for k, level in enumerate(levels)}
    place = np.array([into.get(label_text(level), -1) for level in present], dtype=np.int64)
    codes = np.where(codes < 0, -1, place[codes] if len(place) else -1)
    if call is not None and state is not None and asked is not None and (codes < 0).all():
        raise DesignError(f"None of the levels in {call} is among the values.", "Check how they are written.")
    names = _labels(call, levels)
    distinct = pd.Index(list(dict.fromkeys(names)))  # levels with the same label are one, as in R
    codes = np.where(codes < 0, -1, distinct.get_indexer(names)[codes])
    if ordered is None:
        ordered = bool(getattr(values, "ordered", False))
    return pd.Categorical.from_codes(codes, distinct, ordered=ordered)


def _coded(values: Values) -> tuple[Array, pd.Index]:
    """Codes and levels; missing values have the code -1."""
    if isinstance(values, pd.Categorical):
        return values.codes.astype(np.int64), values.categories
    missing = np.asarray(pd.isna(values), dtype=bool)
    codes = np.full(len(values), -1, dtype=np.int64)
    result, levels = factorize(pd.Series(values[~missing]).infer_objects())
    codes[~missing] = result
    return codes, levels


def _labels(call: Call | None, levels: pd.Index) -> list[Any]:
    labels = call.option("labels") if call else None
    if labels is None:
        return list(levels)
    names = [level_text(v) for v in (labels if isinstance(labels, tuple) else (labels,))]
    if len(names) == 1 < len(levels):
        return [f"{names[0]}{k + 1}" for k in range(len(levels))]
    if len(names) != len(levels):
        raise DesignError(
            f"{call} has {len(names)} labels for {len(levels)} levels, {', '.join(map(str, levels[:6]))}.",
            "Give each level its label.",
        )
    return names


def relevelled(values: pd.Categorical, call: Call, state: dict[Any, Any]) -> pd.Categorical:
    """A factor with one level put first."""
    ref = call.option("ref")
    if ref is None:
        raise DesignError(f"{call} names no level.", f'Write relevel({call.argument}, ref = "level").')
    names = [label_text(level) for level in values.categories]
    if not state:  # a number is a level's place, as in R
        at = names.index(ref) if ref in names else int(ref) - 1 if isinstance(ref, float | int) else -1
        if not 0 <= at < len(names):
            raise DesignError(
                f"“{ref}” in {call} is not one of the levels, {', '.join(names[:6])}.",
                f'Name one of these, ref = "{names[0]}".',
            )
        state["first"] = names[at]
    first = [k for k, name in enumerate(names) if name == state["first"]]
    order = [*first, *(k for k in range(len(names)) if k not in first)]
    return values.reorder_categories(values.categories[order])


def cut(values: Array, call: Call, state: dict[Any, Any]) -> Values:
    """Numbers as the intervals in which they lie; those in none are missing."""
    right, lowest = bool(call.option("right", True)), bool(call.option("include.lowest", False))
    if not state:
        state["breaks"] = _breaks(values, call)
    breaks, labels = state["breaks"], call.option("labels")
    codes = np.searchsorted(breaks, values, side="left" if right else "right") - 1
    if lowest:
        codes = np.where(values == (breaks[0] if right else breaks[-1]), 0 if right else len(breaks) - 2, codes)
    codes = np.where(np.isnan(values) | (codes >= len(breaks) - 1), -1, codes)
    if labels is False:
        return np.where(codes < 0, np.nan, codes + 1.0)
    names = [level_text(v) for v in labels] if isinstance(labels, tuple) else _intervals(breaks, call, right, lowest)
    if len(names) != len(breaks) - 1:
        raise DesignError(f"{call} has {len(names)} labels for {len(breaks) - 1} intervals.", "Give each its label.")
    return pd.Categorical.from_codes(codes, pd.Index(names), ordered=bool(call.option("ordered_result")))


def _breaks(values: Array, call: Call) -> Array:
    asked = call.option("breaks")
    if asked is None:
        raise DesignError(f"{call} has no breaks.", f"Write cut({call.argument}, 3) or name them, c(0, 10, 20).")
    if isinstance(asked, Quantiles):
        asked = tuple(np.quantile(values[~np.isnan(values)], asked.probs).tolist())
        if len(set(asked)) < len(asked):
            raise DesignError(f"{call} has two quantiles that are the same.", "Ask for fewer, or name the breaks.")
    if isinstance(asked, tuple) and len(asked) > 1:
        breaks = np.sort(np.asarray(asked, dtype=float))
        if len(np.unique(breaks)) < len(breaks):
            raise DesignError(f"{call} names a break twice.", "Name each once.")
        return breaks
    n = asked[0] if isinstance(asked, tuple) else asked
    if not 2 <= n <= 200:
        raise DesignError(
            f"{call} needs from 2 to 200 intervals.", "Write their number, or the breaks as c(0, 10, 20)."
        )
    present = values[~np.isnan(values)]
    low, high = float(present.min()), float(present.max())
    wide = (high - low) or abs(low)
    breaks = np.linspace(low, high, int(n) + 1)
    if high == low:
        return np.linspace(low - wide / 1000, high + wide / 1000, int(n) + 1)
    breaks[0], breaks[-1] = low - wide / 1000, high + wide / 1000
    return breaks


def _intervals(breaks: Array, call: Call, right: bool, lowest: bool) -> list[str]:
    """R's names of intervals: as many digits as tell the breaks apart."""
    display: list[str] = []
    least = int(call.option("dig.lab", 3))
    for digits in range(least, max(12, least) + 1):
        display = [
            " Inf" if b == np.inf else "-Inf" if b == -np.inf else f"{b:.{digits}g}" for b in breaks
        ]  # R's blank
        if len(set(display)) == len(display):
            break
    names = [f"({a},{b}]" if right else f"[{a},{b})" for a, b in pairwise(display)]
    if lowest:
        at = 0 if right else -1
        names[at] = f"[{names[at][1:-1]}]"
    return names


def compare(sign: str, left: Values, right: Values, expression: Arithmetic) -> Array:
    """A comparison of two expressions, text with text where either is text."""
    texts = [isinstance(v, pd.Categorical) or v.dtype.kind == "O" for v in (left, right)]
    if not any(texts):
        return np.asarray(_COMPARE[sign](left, right), dtype=bool)
    if sign in ("==", "!="):
        same = np.asarray(as_texts(left) == as_texts(right), dtype=bool)
        return same if sign == "==" else ~same
    ordered = next((v for v in (left, right) if isinstance(v, pd.Categorical) and v.ordered), None)
    if ordered is None:
        raise DesignError(
            f"{expression} compares texts, which have no order here.", "Use == or !=, or list them after %in%."
        )
    known = pd.Index([level_text(level) for level in ordered.categories], dtype=object)
    ranks = [known.get_indexer(as_texts(values)) for values in (left, right)]
    if min(rank.min(initial=0) for rank in ranks) < 0:
        raise DesignError(f"{expression} names a level that the factor has not.", f"Its levels are {', '.join(known)}.")
    return np.asarray(_COMPARE[sign](*ranks), dtype=bool)


def is_among(values: Values, wanted: Value) -> Array:
    """Whether each value is one of some constants; numbers and texts that show them are the same, as in R."""
    asked = wanted if isinstance(wanted, tuple) else (wanted,)
    if (
        not isinstance(values, pd.Categorical)
        and values.dtype.kind == "f"
        and not any(isinstance(w, str) for w in asked)
    ):
        return np.isin(values, np.asarray(asked, dtype=float))
    codes, levels = _coded(values)
    texts = {level_text(w) for w in asked}
    return np.array([*(level_text(level) in texts for level in levels), False])[codes]
