"""The columns that a comparison uses as CSV that R and pandas read alike, whatever names and levels are like.

Names and levels that a reader of CSV could take for something else (quotes next to line breaks, backslashes, blank ends,
"=1+1" in a spreadsheet) stay out of the file: such a column is called ``column_3`` in it, such levels are numbered, and the
scripts say what they stand for. So the file's text is plain, and untrusted text stands in the scripts as escaped strings only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..comparison.compare import Comparison
from ..design.dtypes import dates, day_name, is_numeric, plain
from ..design.kinds import columns_as_numbers
from ..design.levels import factorize
from ..design.unusable import MAX_LEVELS
from ..errors import DataError
from ..formula.spec import columns_of
from .source import Source

INLINE_ROWS = 200
"""Tables of up to so many rows stand in the scripts themselves."""
LARGEST_ID = 2**53
"""Whole numbers beyond this are no longer exact as floating-point numbers."""
NO_R_NAME = re.compile(r"\.\.\.|\.\.\d+|offset\(.*")
"""Names that R's formulas take for something else even in backquotes."""


@dataclass(frozen=True)
class Field:
    """A column of the file.

    Parameters
    ----------
    name : str
        Its name in the table.
    alias : str
        Its name in the file and in R's code: the same where that can be.
    kind : {"number", "logical", "text", "date"}
        Dates stand in the file as text; the scripts make days since ``origin`` of them.
    levels : tuple of str, optional
        The levels of text in their order; None where there are many and their order does not matter.
    numbered : bool
        Whether the file holds the levels' numbers, from 1.
    origin : str
        Of dates the day that is 0, 2020-01-31.
    timed : bool
        Whether dates have a time.
    """

    name: str
    alias: str
    kind: str
    levels: tuple[str, ...] | None = None
    numbered: bool = False
    origin: str = ""
    timed: bool = False


@dataclass(frozen=True, eq=False)
class DataFile:
    """The rows as the scripts read them.

    Parameters
    ----------
    name : str
        The file's name.
    frame : DataFrame
        What stands in it.
    fields : tuple of Field
    inline : bool
        Whether the rows stand in the scripts, so that no file is needed.
    """

    name: str
    frame: pd.DataFrame
    fields: tuple[Field, ...]
    inline: bool

    @cached_property
    def text(self) -> str:
        """The CSV: commas, points, UTF-8, nothing where a value is missing."""
        return self.frame.to_csv(index=False, lineterminator="\n")

    @property
    def quoted(self) -> str:
        """The CSV between single quotes, a literal of R (and between three, of Python): it holds no backslash."""
        return self.text.replace("'", "\\'")

    def field(self, name: str) -> Field:
        """A column by its name in the table."""
        return next(f for f in self.fields if f.name == name)


def data_file(comparison: Comparison, source: Source) -> DataFile:
    """The columns that a comparison uses, all rows.

    Raises
    ------
    DataError
        For a name or level with a NUL character or half a character pair, which R cannot hold.
    TooLargeError
        For a table of which only a sample is at hand.
    """
    comparison.design.refuse_sample("A script")
    spec = comparison.spec
    factors = spec.factors
    predictors = {name for f in factors for name in columns_of(f)}
    numeric = (*(columns_as_numbers(f) for f in factors), *map(columns_of, spec.known_parts))
    as_numbers = set(columns_of(spec.outcome)).union(*numeric)
    fields, columns = [], {}
    for k, name in enumerate(spec.columns):
        alias = name if is_plain(name) and not NO_R_NAME.fullmatch(name) else unused(f"column_{k + 1}", spec.columns)
        origin = comparison.design.encoder.origins.get(name)
        if origin is None:
            field, values = _field(source.frame[name], alias, name in as_numbers, name in predictors)
        else:
            field, values = _date_field(source.frame[name], alias, origin)
        fields.append(field)
        columns[alias] = values
    return DataFile(source.csv_name, pd.DataFrame(columns), tuple(fields), len(source.frame) <= INLINE_ROWS)


def is_plain(text: str) -> bool:
    """Whether every reader of CSV takes a text as it stands, and no spreadsheet takes it for a formula."""
    return (
        0 < len(text) <= 200
        and text.isprintable()
        and text == text.strip()
        and text[0] not in "=+-@"
        and not any(c in text for c in "\\`")
    )


def unused(name: str, names: tuple[str, ...]) -> str:
    """The name, or with underscores behind it where there is such a one."""
    while name in names:
        name += "_"
    return name


def _field(column: pd.Series, alias: str, as_number: bool, predictor: bool) -> tuple[Field, pd.Series | pd.Categorical]:
    """A column as it stands in the file, and what it is."""
    name = str(column.name)
    refuse_unwritable(name)
    column = plain(column).reset_index(drop=True)
    if pd.api.types.is_bool_dtype(column.dtype):
        return Field(name, alias, "logical"), column.astype("boolean")
    if is_numeric(column):
        if not pd.api.types.is_integer_dtype(column.dtype):
            return Field(name, alias, "number"), column.astype(float)
        if as_number or column.abs().max() <= LARGEST_ID:
            return Field(name, alias, "number"), column
    present = column.notna().to_numpy()
    result, index = factorize(column[present])
    codes = np.full(len(column), -1)
    codes[present] = result
    levels = [str(level) for level in index]
    if len(set(levels)) < len(levels):  # 1 and "1" in one column
        levels = [f"{level} ({k})" for k, level in enumerate(levels, 1)]
    for level in levels:
        refuse_unwritable(level)
    if all(map(is_plain, levels)):
        known = tuple(levels) if predictor or len(levels) <= MAX_LEVELS else None
        return Field(name, alias, "text", known), pd.Categorical.from_codes(codes, levels)
    numbers = pd.Series(codes + 1).astype("Int64").mask(~present)
    return Field(name, alias, "text", tuple(levels), numbered=True), numbers


def _date_field(column: pd.Series, alias: str, origin: pd.Timestamp) -> tuple[Field, pd.Series]:
    """A column of dates that is used as a number."""
    name = str(column.name)
    refuse_unwritable(name)
    result = dates(plain(column)).reset_index(drop=True)
    timed = bool((result.dropna() != result.dropna().dt.normalize()).any())
    text = result.dt.strftime("%Y-%m-%d %H:%M:%S.%f" if timed else "%Y-%m-%d")
    return Field(name, alias, "date", origin=day_name(origin), timed=timed), text


def refuse_unwritable(text: str) -> None:
    """Raise for text that a script of R cannot hold."""
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
        raise DataError(
            f"“{text.encode('unicode_escape').decode()[:60]}” has a character that code in a file cannot hold.",
            "Rename the column or its levels.",
        )
