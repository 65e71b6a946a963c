"""What cells of text may be, as lists and patterns: for cells in memory (``data.infer_types``) and cells that an engine has alike.

The patterns are searched for by RE2, which Arrow and DuckDB both have; each says itself where a cell begins and ends.
"""

from __future__ import annotations

MISSING = (
    "",
    "NA",
    "N/A",
    "#N/A",
    "n/a",
    "NaN",
    "nan",
    "NAN",
    "NULL",
    "null",
    "<NA>",
    "#NA",
    "#VALUE!",
    "#DIV/0!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    *("#NV", "#WERT!", "#BEZUG!", "#ZAHL!"),  # Excel says its errors in the language of the person
    *("#N/D", "#VALEUR!", "#NOM?", "#NOMBRE!", "#VALOR!", "#¡VALOR!", "#¡REF!", "#¡DIV/0!", "#¡NUM!", "#¿NOMBRE?"),
    *("#VALORE!", "#RIF!", "#NOME?"),
)
"""Cells that are missing values in every column."""
MISSING_IN_NUMBERS = (*MISSING, ".", "-", "--", "?", "*", "None", "none", "na", "..", "...", ":")
"""Cells, the last three of statistical offices, that are missing among numbers, dates and truth values; among text they are values."""
SPACES = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())
"""What may stand around a value and is no part of it."""
MINUS = "\N{MINUS SIGN}"
"""Stands for a hyphen before numbers."""

WHOLE = r"^-?(0|[1-9]\d*)$"
NUMBER = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:inf(inity)?))$"
COMMA = ","
POINT_AND_COMMA = r"\..*,|,.*\."
TWO_COMMAS = ",.*,"
COMMA_THOUSANDS = r"^[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?$"
DOT_THOUSANDS = r"^[+-]?(\d{1,3}|[1-9]\d{0,2}(\.\d{3})+)$"
POINT = r"\."
FRACTION = r"\.\d*[1-9]"
MARKED_NUMBER = r"^[+-]?([$€£¥]|\pL{1,3}[$.]? ?)?[+-]?\d+(,\d{3})*(\.\d*)? ?([%‰°$€£¥]|\pL{1,4})?$"
"""A number with a sign of currency before it, or one, a percent sign or a unit after it; points mark its decimals."""
DECIMALS = r"\.(\d{1,2}|\d{4,})(\D|$)"
"""Digits after a point that are no thousands."""
DECIMAL_COMMA = r"^[+-]?((\d{1,3}(\.\d{3})+|\d+)(,\d*)?|,\d+)([eE][+-]?\d+)?$"
TRUTHS = ("^(True|False)$", "^(TRUE|FALSE)$", "^(true|false)$")
"""Truth values, in one way of writing them for a whole column: "TRUE" and "true" are two texts."""
ISO_DATE = r"^\d{4}-\d{2}-\d{2}([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?)?Z?$"
NANOSECONDS = r"\.\d{7}"
UNIVERSAL = "Z$"
_MONTH, _DAY = r"(0?[1-9]|1[0-2])", r"(0?[1-9]|[12]\d|3[01])"
ANY_DATE = (
    "^("
    + "|".join(
        rf"\d{{4}}{sign}{_MONTH}{sign}{_DAY}|{_DAY}{sign}{_DAY}{sign}(\d{{2}}|\d{{4}})" for sign in ("-", "/", r"\.")
    )
    + r")([T ]\d{1,2}:\d{2}.*)?$"
)
"""A day in whatever order, with one sign between its parts: 1.0.102 is none."""

CODE = r"^[+-]?0(\d+|[xX].*)$"
"""Whole numbers that are names: as numbers they would lose their zeros."""
LONG = r"^[+-]?\d{16,}$"
"""Whole numbers that float64 may round."""
ONE_WRITING = ((r"^\+", ""), (r"\.0*$", ""), (r"^(-?)\.", r"\10."), (r"^-0(\.0*)?$", "0"))
"""Numbers in one way of writing each: no plus, no point without a digit on both sides, no ".0", no "-0"."""
