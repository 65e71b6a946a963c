"""Tables made from others by a recipe: kept beside them, so that every step can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pandas as pd

from ...data.dates import WAYS, as_date
from ...data.detect_wide import suggest_wide
from ...data.detection_limits import limits_of
from ...data.formatted_numbers import from_format, without_sign
from ...data.level_order import numeric_order
from ...data.merged_cells import MergedCells, merged_cells
from ...data.new_columns import NewColumn
from ...data.recipe import Step, apply
from ...data.relation_to_groups import groups
from ...data.reshape import Families
from ...data.steps import FillDown, Retype, ToLong
from ...data.summary_rows import SummaryRows, summary_rows
from ...data.within_between import within_between
from ...errors import DataError
from ...formula import edit
from ...formula.expressions import Column
from ...formula.spec import ModelSpec, RandomTerm, Term
from ...share import link
from ..server import comparison_cache, table_sources
from ..server.cache import cached
from ..server.uploads import ChangedTable, with_steps
from ..session import state
from ..session.state import Analysis

OF_VALUES = (Retype, FillDown)
"""Steps after which a column may be another part of the comparison, so that it is guessed anew."""


def apply_step(analysis: Analysis, step: Step) -> None:
    """Change the table that is looked at, and look at the changed one; DataError where that cannot be done."""
    changed = _after(analysis, step)
    frame = changed.frame
    formula = "" if isinstance(step, OF_VALUES) and _is_suggested(analysis) else _formula(analysis, frame, step)
    if isinstance(step, ToLong):
        formula = _of_long(step.families, frame)
    _open(table_sources.keep(changed), formula, analysis)


def apply_steps(analysis: Analysis, steps: Sequence[Step], formula: str) -> None:
    """Change the table by several steps, and look at this comparison of the changed one."""
    _open(table_sources.keep(_after(analysis, *steps)), formula, analysis)


def _after(analysis: Analysis, *steps: Step) -> ChangedTable:
    """The table that is looked at as these steps make it."""
    return with_steps(table_sources.find(analysis.table), analysis.table, *steps)


def undo_step(analysis: Analysis, table: ChangedTable, position: int) -> None:
    """Look at the table without one of its steps; DataError where a later step needs it."""
    recipe = table.recipe.without(position)
    if not recipe.steps and link.kind_of(table.origin) == link.EXAMPLE:
        state.open_analysis(state.opening(table.origin))
        return
    origin = table_sources.find(table.origin)
    key = table.origin
    changed = apply(recipe, replace(origin, companions=table.companions))
    if recipe.steps:
        key = table_sources.keep(
            replace(table, frame=changed.frame, labels=changed.labels, notes=changed.notes, recipe=recipe)
        )
    retyped = isinstance(table.recipe.steps[position], OF_VALUES)
    _open(key, "" if retyped and _is_suggested(analysis) else _formula(analysis, changed.frame), analysis)


def _open(table: str, formula: str, analysis: Analysis) -> None:
    state.open_analysis(Analysis(table, formula or comparison_cache.suggested_formula(table), analysis.reml))


def _is_suggested(analysis: Analysis) -> bool:
    """Whether the formula is a mere guess, which a column of another type may change."""
    return analysis.formula == comparison_cache.suggested_formula(analysis.table)


def _formula(analysis: Analysis, frame: pd.DataFrame, step: Step | None = None) -> str:
    """The formula that is looked at, where the table still has its columns; without a slope of a column that was retyped."""
    if not analysis.formula:
        return ""
    spec = analysis.spec
    slopes = edit.slope_columns(spec)
    if isinstance(step, Retype) and step.column in slopes:  # a slope for each of ten days is more than the data carry
        spec = edit.with_slopes(spec, [name for name in slopes if name != step.column])
    return spec.text if set(spec.columns) <= set(frame.columns) else ""


def _of_long(families: Families, frame: pd.DataFrame) -> str:
    """The comparison that repeated measurements ask for: how the first of them changes over time."""
    outcome = next((name for name in families.names if pd.api.types.is_numeric_dtype(frame[name].dtype)), None)
    if outcome is None:
        return ""
    return ModelSpec(Column(outcome), (Term((Column(families.time),)),), random=(RandomTerm((families.id,)),)).formula


@cached(100)
def families(table: str) -> Families | None:
    """Repeated measurements that stand side by side in a table, by the names of its columns."""
    return suggest_wide(comparison_cache.frame(table))


@cached(100)
def lost_as_numbers(table: str, column: str) -> int:
    """How many rows of a column become missing once it is read as numbers."""
    before = comparison_cache.frame(table)[[column]]
    after, _ = Retype(column, "number").apply(before)
    return int(after[column].isna().sum() - before[column].isna().sum())


@cached(100)
def rows_beyond_limits(table: str, column: str) -> int:
    """How many rows of a column of text are beyond a limit of detection, such as "<0.5"."""
    codes, unique = pd.factorize(comparison_cache.frame(table)[column])
    named = ~np.isnan(limits_of(pd.Series(unique, dtype=object))[0])
    return int(np.append(named, False)[codes].sum())


@cached(100)
def rows_without_sign(table: str, column: str) -> tuple[int, str]:
    """How many rows of a column of numbers as text lack a sign that others have, such as a percent sign, and that sign."""
    present = comparison_cache.frame(table)[column].dropna()
    found = from_format(pd.Series(present.unique(), dtype="str"))
    sign = found[1] if found is not None else ""
    return without_sign(present.astype("str"), sign), sign


@cached(100)
def dates_of(table: str, column: str) -> tuple[str, ...]:
    """The orders in which text may be read as dates: one where it tells, two where it does not, none where it is no date."""
    before = comparison_cache.frame(table)[column]
    possible = []
    for order in WAYS:
        with suppress(DataError):
            possible += [order] * int(as_date(before, order)[0].notna().sum() == before.notna().sum())
    with suppress(DataError):
        as_date(before)
        return tuple(possible[:1])
    return tuple(possible)


@cached(100)
def order_of_numbers(table: str, column: str) -> tuple[str, ...]:
    """The values of a column of text such as "week 12" in the order of their numbers, where letters have another."""
    return numeric_order(comparison_cache.frame(table)[column])


@cached(100)
def cells_merged(table: str) -> MergedCells | None:
    """The columns of a table in which a group's name stands in its first row only."""
    return merged_cells(comparison_cache.frame(table))


@cached(100)
def groups_filled_down(table: str, columns: tuple[str, ...]) -> list[str]:
    """The groups of these columns once they are filled down, a phrase each."""
    filled, _ = FillDown(columns).apply(comparison_cache.frame(table)[list(columns)])
    return [groups(filled, name).words for name in columns]


@cached(100)
def rows_of_summary(table: str) -> SummaryRows | None:
    """Totals and notes at the end of a table."""
    return summary_rows(comparison_cache.frame(table))


@cached(100)
def rows_with(table: str, column: str, values: tuple[float, ...]) -> int:
    """How many rows of a column of numbers hold one of these values."""
    return int(comparison_cache.frame(table)[column].isin(values).sum())


def within_between_formula(spec: ModelSpec, column: str, steps: Sequence[NewColumn]) -> str:
    """The comparison with a predictor's parts in its place, a slope of it as one of its distance from the mean."""
    predictors, slopes = edit.predictor_columns(spec), edit.slope_columns(spec)
    within = next((step.name for step in steps if step.how == "within"), column)
    parts = [within, *(step.name for step in steps if step.how == "mean")]
    changed = edit.with_predictors(
        spec, [name for other in predictors for name in (parts if other == column else [other])]
    )
    return (
        edit.with_slopes(changed, [within if name == column else name for name in slopes]).text
        if slopes
        else changed.text
    )


@cached(200)
def parts(table: str, column: str, groupings: tuple[tuple[str, ...], ...]) -> tuple[NewColumn, ...]:
    """The steps that split a predictor into its part within the groups and their means; none where it has one part only."""
    return within_between(comparison_cache.frame(table), column, groupings)
