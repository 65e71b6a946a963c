"""When the keys of two tables are the same: numbers by value, of any size, dates, texts; and which are nearly so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..arrays import Array
from .change_type import as_text
from .columns import is_date, is_number
from .readers.numeric_text import LARGEST_EXACT
from .steps import column_of
from .text_cells import Text


def shared_codes(
    frame: pd.DataFrame, other: pd.DataFrame, keys: Sequence[tuple[str, str]]
) -> tuple[Array, Array, list[str]]:
    """(n,) and (m,) codes of the keys of two tables, equal where all values are, -1 where one is missing; and how they were compared."""
    codes, notes = np.zeros(len(frame) + len(other), dtype=np.int64), []
    for name, name_there in keys:
        here, there, note = comparable(column_of(frame, name), column_of(other, name_there))
        notes += [note] if note else []
        more, levels = pd.factorize(pd.concat([here, there], ignore_index=True))
        both = np.where((codes < 0) | (more < 0), -1, codes * max(len(levels), 1) + more)
        codes = pd.factorize(np.where(both < 0, np.nan, both.astype(float)))[0]
    return codes[: len(frame)], codes[len(frame) :], notes


def key_kind(here: pd.Series, there: pd.Series) -> Literal["date", "number", "text"]:
    """As what two columns of keys are compared."""
    one, _, _ = comparable(here, there)
    if is_date(one):
        return "date"
    return "number" if pd.api.types.is_numeric_dtype(one.dtype) else "text"


def comparable(here: pd.Series, there: pd.Series) -> tuple[pd.Series, pd.Series, str]:
    """Two columns' values so that equal ones are equal: numbers, dates or texts; and a sentence where their types differ.

    Texts that are all numbers, such as 01, are compared with numbers by value; other texts with numbers as these are written.
    Whole numbers beyond 2^53 are compared by their digits, which float64 would round.
    """
    if is_number(here) and is_number(there):
        exact = _are_exact(here) and _are_exact(there)
        return (here, there, "") if exact else (_digits(here), _digits(there), "")
    if all(is_date(column) for column in (here, there)):
        return here.astype("datetime64[ns]"), there.astype("datetime64[ns]"), ""
    if is_number(here) == is_number(there):
        one, two = as_text(here), as_text(there)
        return one, two, _of_dates(here, there, one, two)
    turned = is_number(here)
    text, values, sides = (there, here, ("there", "here")) if turned else (here, there, ("here", "there"))
    text, written = as_text(text), _digits(values)
    numbers = pd.to_numeric(text, errors="coerce")
    as_numbers = bool((numbers.notna() | text.isna()).all()) and _are_exact(numbers) and _are_exact(values)
    note = (
        f"“{text.name}” is text {sides[0]}, such as {_first(text)}, and a number {sides[1]}, such as {_first(written)}: "
        f"compared as {'numbers' if as_numbers else 'text'}."
    )
    one, two = (numbers, values) if as_numbers else (text, written)
    return (two, one, note) if turned else (one, two, note)


def _of_dates(here: pd.Series, there: pd.Series, one: pd.Series, two: pd.Series) -> str:
    """A sentence where dates are compared with text, which may write them in another way."""
    dated = is_date(here)
    if dated == is_date(there):
        return ""
    kinds = ("a date", "text") if dated else ("text", "a date")
    return (
        f"“{here.name}” is {kinds[0]} here, such as {_first(one)}, and {kinds[1]} there, such as {_first(two)}: "
        "compared as text, for which both must be written as 2020-01-31."
    )


def _are_exact(numbers: pd.Series) -> bool:
    """Whether no number is so large that float64 would round it, were it whole."""
    values = np.abs(numbers.to_numpy(dtype=float, na_value=np.nan))
    return not bool((values >= LARGEST_EXACT).any())


def _digits(numbers: pd.Series) -> pd.Series:
    """Numbers as text, whole ones of any size with all their digits."""
    if pd.api.types.is_integer_dtype(numbers.dtype):
        return as_text(numbers)
    large = numbers.notna() & (np.abs(numbers.astype(float)) >= LARGEST_EXACT) & np.isfinite(numbers.astype(float))
    return as_text(numbers).mask(large, numbers.where(large).map(lambda value: f"{value:.0f}", na_action="ignore"))


def _first(text: pd.Series) -> str:
    present = text.dropna()
    return str(present.iloc[0])[:40] if len(present) else "none"


def nearly_the_same(here: pd.DataFrame, there: pd.DataFrame) -> list[tuple[str, str]]:
    """Keys of two tables that differ in capitals, blanks and leading zeros only, as each table writes them.

    Parameters
    ----------
    here, there : DataFrame
        The columns of the keys, in the same order.
    """
    one, two = _written(here), _written(there)
    places = (
        _loosely(one).assign(here=range(len(one))).merge(_loosely(two).drop_duplicates().reset_index(names="there"))
    )
    pairs = zip(_joined(one.iloc[places["here"]]), _joined(two.iloc[places["there"]]), strict=True)
    return [(left, right) for left, right in pairs if left != right]


def _written(keys: pd.DataFrame) -> pd.DataFrame:
    """Each complete key once, its columns numbered, as text."""
    keys = keys.dropna().drop_duplicates()
    columns = [column for _, column in keys.items()]
    texts = [_digits(column) if is_number(column) else as_text(column) for column in columns]
    return pd.DataFrame({str(k): text.to_numpy() for k, text in enumerate(texts)})


def _loosely(keys: pd.DataFrame) -> pd.DataFrame:
    """Keys without what people write differently."""
    return keys.apply(lambda texts: pd.Series(_without_style(pa.array(texts, pa.string())).to_pandas(), texts.index))


def _without_style(texts: Text) -> Text:
    bare = pc.utf8_lower(pc.replace_substring_regex(texts, r"[\s\pZ]+", ""))
    return pc.replace_substring_regex(bare, r"(^|[^0-9])0+([0-9])", r"\1\2")


def _joined(keys: pd.DataFrame) -> list[str]:
    return [" ".join(key)[:40] for key in keys.itertuples(index=False)]
