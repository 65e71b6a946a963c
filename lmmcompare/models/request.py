"""The model argument of `lm`, `lmer` and `compare`: formula text, a specification, or a model call of another program."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..design.dtypes import is_numeric
from ..design.subset_conditions import keep_rows
from ..errors import FormulaError, OptionError
from ..formula import parse
from ..formula.calls import ModelCall, is_call, read_call, with_groups
from ..formula.spec import ModelSpec
from .arguments import Known, with_known_parts

FormulaLike = str | ModelSpec | ModelCall


def resolve(
    asked: FormulaLike,
    data: Any,
    reml: bool = True,
    *,
    weights: Known | None = None,
    offset: Known | None = None,
    grouped: bool = False,
) -> tuple[ModelSpec, Any, bool]:
    """The specification, the rows and whether by REML; a call's own subset and method go before what is given beside it.

    Parameters
    ----------
    asked : str, ModelSpec or ModelCall
        Formula text, text of a call such as ``lmer(y ~ x + (x | g), d, REML = FALSE)``, or one of these as it was read.
    data : DataFrame, table, str or Path
    weights, offset : str, expression or array, optional
        Prior weights and an offset given beside the formula.
    grouped : bool
        Whether a call without a random part gets one, for the groups that it names otherwise.

    Raises
    ------
    LmmCompareError
        Where text cannot be read, or a call asks for what cannot be done with this table.
    """
    if reml not in (True, False):
        raise OptionError(f"reml is {reml!r}.", "It is True for REML and False for maximum likelihood.")
    if isinstance(asked, str) and is_call(asked):
        asked = read_call(asked, _kinds(data))
    if isinstance(asked, str):
        asked = parse(asked)
    if isinstance(asked, ModelSpec):
        return *with_known_parts(asked, data, weights, offset), reml
    if not isinstance(asked, ModelCall):
        raise FormulaError(
            f"The formula is text, not {type(asked).__name__}.",
            "Give the formula first, then the table: y ~ x + (1 | g), data.",
        )
    if grouped:
        asked = with_groups(asked, _kinds(data))
    spec, data = with_known_parts(asked.spec, data, weights, offset)
    if asked.conditions:
        if not isinstance(data, pd.DataFrame):
            raise FormulaError(
                "The call chooses rows, which is done of a pandas DataFrame only.",
                "Choose the rows in the engine, and leave the condition out.",
            )
        data = keep_rows(data, asked.conditions)
    return spec, data, reml if asked.reml is None else asked.reml


def _kinds(data: Any) -> dict[str, bool]:
    """The columns of a table in memory, and whether each holds numbers; of a name that stands twice, the last column."""
    return {str(name): is_numeric(column) for name, column in data.items()} if isinstance(data, pd.DataFrame) else {}
