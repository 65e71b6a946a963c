"""A model call of another program that was pasted into the formula box, taken up as the analysis that it asks for."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from ...data.change_type import as_text
from ...data.recipe import MAX_ITEMS
from ...data.steps import Keep
from ...design.subset_conditions import meets
from ...errors import DataError
from ...formula import read
from ...formula.calls import Condition, read_call, with_groups
from ..data import recipes
from ..server import comparison_cache, table_sources
from ..session import state
from .absent_columns import refuse_absent


def adopt_call(text: str) -> None:
    """Look at what a call asks for: its formula, its method and its rows, with a sentence on what was read.

    Raises
    ------
    LmmCompareError
        Where it asks for what is not done here, with what to write instead; nothing is changed then.
    """
    analysis = state.current()
    kinds = {c.name: c.is_number for c in comparison_cache.columns(analysis.table)}
    call = read_call(text, kinds)
    call = replace(call, spec=read(call.spec, kinds))
    call = with_groups(call, kinds, analysis.spec if analysis.formula else None)
    refuse_absent(call.spec, text, list(kinds))
    for step in row_steps(analysis.table, call.conditions):
        recipes.apply_step(state.current(), step)
    state.change(formula=call.spec.text, reml=call.reml)
    state.set_notices([" ".join([call.sentence, *call.remarks])])


def row_steps(table: str, conditions: tuple[Condition, ...]) -> list[Keep]:
    """Conditions as steps that keep rows of a table, each with bounds or values that the table holds.

    Raises
    ------
    DataError
        Where a condition cannot be met or said so.
    """
    if conditions and table_sources.is_sample(table):
        raise DataError("The call chooses rows, which cannot be done of this table.", "Leave the condition out.")
    frame = comparison_cache.frame(table) if conditions else pd.DataFrame()
    return [step for condition in conditions if (step := _step(frame, condition)) is not None]


def _step(frame: pd.DataFrame, condition: Condition) -> Keep | None:
    met = meets(frame, condition)
    if met.all():
        return None
    column = frame[condition.column]
    if not met.any():
        raise DataError(f"No row is left where {condition}.", "Choose another condition.")
    if condition.operator == "present":
        return Keep(condition.column, "present")
    if condition.operator in ("<", "<=", ">", ">="):
        values = column[met]
        bound = float(values.min() if condition.operator[0] == ">" else values.max())
        return Keep(condition.column, "between", *((bound, None) if condition.operator[0] == ">" else (None, bound)))
    wanted = tuple(map(str, as_text(column[met]).dropna().unique()))
    if len(wanted) > MAX_ITEMS:
        raise DataError(
            f"{len(wanted):,} values of “{condition.column}” would be kept; {MAX_ITEMS:,} is the most.",
            "Choose the rows on the Data page.",
        )
    return Keep(condition.column, "in", values=wanted)
