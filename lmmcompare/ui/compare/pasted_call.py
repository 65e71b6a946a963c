"""A model call of another program that was pasted into the formula box, taken up as the analysis that it asks for."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from ...data.change_type import as_text
from ...data.recipe import MAX_ITEMS
from ...data.steps import Keep
from ...design.subset_conditions import meets
from ...errors import DataError, FormulaError
from ...formula import read
from ...formula.calls import Condition, ModelCall, read_call
from ...formula.calls.residuals import WITHOUT_RANDOM
from ...formula.spec import ModelSpec, RandomTerm
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
    spec, words = _with_group(call, analysis.spec if analysis.formula else None)
    refuse_absent(spec, text, list(kinds))
    for step in row_steps(analysis.table, call.conditions):
        recipes.apply_step(state.current(), step)
    state.change(formula=spec.text, reml=call.reml)
    state.set_notices([" ".join([call.sentence, *words, *call.remarks])])


def _with_group(call: ModelCall, present: ModelSpec | None) -> tuple[ModelSpec, list[str]]:
    """A call without a random part beside the models with groups: its correlation's, its clusters', or those that are looked at."""
    if call.spec.random:
        return call.spec, []
    correlation = call.spec.correlation
    group = correlation.group if correlation else (call.cluster,) if call.cluster else ()
    if not group and present and present.random:
        group = present.random[0].group
    if not group:
        raise FormulaError(
            "The call names no group, and the models compared here need one.", f"Write {call.formula} + (1 | group)."
        )
    term = RandomTerm(group)
    if not call.spec.has_structure:
        words = f"It has no random part: its model is OLS here, and {term} is for the models beside it."
    elif correlation and correlation.kind in WITHOUT_RANDOM:
        words = f"It has no random part, and {term} is for the models beside it."
    else:
        words = (
            f"It has no random part; here its residuals stand beside {term}, which is another model than the call's."
        )
    return call.spec.with_random(term), [words]


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
