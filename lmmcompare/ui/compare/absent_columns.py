"""Columns that a typed formula names and the table does not have: refused, with the formula that is likely meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...design.validation import near_column, refuse_unknown_columns
from ...errors import DataError, FormulaError
from ...formula.expressions import Column
from ...formula.spec import ModelSpec


def refuse_absent(spec: ModelSpec, text: str, columns: Sequence[str]) -> None:
    """Raise when a formula names a column that the table lacks.

    Parameters
    ----------
    text : str
        As it was typed or pasted, a formula or a whole call; the suggestion is the same with the names of columns put right.

    Raises
    ------
    FormulaError
    """
    groups = {name for group in spec.groupings for name in group}
    absent = [name for name in spec.columns if name not in columns]
    try:
        refuse_unknown_columns(spec.columns, columns, groups)
    except DataError as error:
        otherwise = [name for name in spec.columns if name not in groups]
        meant = {name: near_column(name, columns, otherwise if name in groups else ()) for name in absent}
        raise FormulaError(
            error.problem, error.remedy, suggestion=_with_names(text, meant) if all(meant.values()) else ""
        ) from None


def _with_names(text: str, replacements: dict[str, str]) -> str:
    """A text with names, which may stand in backquotes, replaced all at once; what is called like a function is none."""
    names = "|".join(re.escape(name) for name in replacements)
    return re.sub(
        rf"(?<![\w.`])(`?)({names})\1(?![\w.`]|\s*\()", lambda result: str(Column(replacements[result[2]])), text
    )
