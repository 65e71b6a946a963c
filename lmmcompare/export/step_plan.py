"""Which changes of a table the scripts make themselves, from the columns that they read, and which the rows in the file have behind them.

New columns, joins, rows kept or left out, codes made missing, cells filled down and names are written as code. What turns a table (one row
per measurement) or reads text anew is not: the file holds the table after the last of those, and the code goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from ..data.join import Join
from ..data.new_columns import NewColumn
from ..data.recipe import Step, apply_step
from ..data.steps import Drop, FillDown, Keep, LeaveOut, Rename, Retype, SetMissing
from ..errors import DataError
from .source import Source

CODED = (NewColumn, Join, Keep, LeaveOut, SetMissing, FillDown, Rename, Drop)
"""Steps that the scripts make."""


@dataclass(frozen=True, eq=False)
class CodedStep:
    """A change that is written as code.

    Attributes
    ----------
    before, after : DataFrame
        The table before and after it.
    words : str
        What it does, in a sentence.
    other : DataFrame, optional
        The table that it joins.
    """

    step: Step
    before: pd.DataFrame
    after: pd.DataFrame
    words: str
    other: pd.DataFrame | None = None

    @property
    def columns_read(self) -> set[str]:
        """The columns that it goes by."""
        return _reads(self.step)

    @property
    def columns_made(self) -> set[str]:
        """The columns that are new after it."""
        return {str(name) for name in self.after.columns} - {str(name) for name in self.before.columns}

    def new_column(self) -> pd.Series:
        """The column that a step made."""
        assert isinstance(self.step, NewColumn)
        return self.after[self.step.name]


@dataclass(frozen=True, eq=False)
class StepPlan:
    """The rows that the file holds, and what is done to them.

    Attributes
    ----------
    frame : DataFrame
        The rows in the file, with the columns that are needed.
    done_before : tuple of str
        What was done to them before, a sentence each.
    """

    frame: pd.DataFrame
    done_before: tuple[str, ...] = ()
    coded_steps: tuple[CodedStep, ...] = field(default=(), repr=False)


def plan_steps(source: Source, columns: Sequence[str]) -> StepPlan:
    """How the columns that a comparison uses come from the file: what it holds, and the changes in code."""
    as_it_is = StepPlan(source.frame, source.changes)
    if source.origin is None or not source.steps:
        return as_it_is
    in_file, coded = _order(source.steps)
    try:
        table = source.origin
        for step in in_file:
            table = apply_step(step, table)
        done, later = table.notes[len(source.origin.notes) :], []
        for step in coded:
            changed = apply_step(step, table)
            other = table.companion(step.table) if isinstance(step, Join) else None
            later.append(
                CodedStep(step, table.frame, changed.frame, changed.notes[-1], None if other is None else other.frame)
            )
            table = changed
    except DataError:  # in another order than the reader's
        return as_it_is
    if not table.frame[list(columns)].equals(source.frame[list(columns)]):
        return as_it_is
    scripted, needed = _needed(later, set(columns))
    start = later[0].before if later else source.frame
    return (
        StepPlan(start[[name for name in start.columns if name in needed]], done, tuple(scripted))
        if scripted
        else as_it_is
    )


def _order(steps: Sequence[Step]) -> tuple[list[Step], list[Step]]:
    """The steps that the file has behind it and those that are coded; a new type goes before what does not touch its column."""
    in_file: list[Step] = []
    coded: list[Step] = []
    for step in steps:
        if isinstance(step, CODED):
            coded.append(step)
        elif isinstance(step, Retype) and not any(_touches(other, step.column) for other in coded):
            in_file.append(step)
        else:
            in_file, coded = [*in_file, *coded, step], []
    return in_file, coded


def _touches(step: Step, column: str) -> bool:
    made = {step.name} if isinstance(step, NewColumn) else {step.to} if isinstance(step, Rename) else set()
    return isinstance(step, Keep | LeaveOut | Join) or column in _reads(step) | made


def _needed(later: Sequence[CodedStep], columns: set[str]) -> tuple[list[CodedStep], set[str]]:
    """The stages without which the columns cannot be had, and the columns that the file must hold."""
    scripted: list[CodedStep] = []
    for stage in reversed(later):
        if isinstance(stage.step, Drop):
            continue
        changes_rows = isinstance(stage.step, Keep | LeaveOut)
        changes_values = isinstance(stage.step, SetMissing | FillDown) and bool(stage.columns_read & columns)
        if changes_rows or changes_values or stage.columns_made & columns:
            columns = (columns - stage.columns_made) | stage.columns_read
            scripted.insert(0, stage)
    return scripted, columns


def _reads(step: Step) -> set[str]:
    if isinstance(step, NewColumn):
        return {step.column, *step.by, *([step.order] if step.order else [])}
    if isinstance(step, Join):
        return {here for here, _ in step.keys}
    if isinstance(step, Drop | FillDown):
        return set(step.columns)
    return {step.column} if isinstance(step, Keep | Rename | SetMissing | Retype) else set()
