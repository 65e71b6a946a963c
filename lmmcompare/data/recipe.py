"""What was done to a table, as data that can be kept, undone step by step and sent along: it is read, never run."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, TypeVar

from ..errors import DataError
from .join import Join
from .limits import MAX_NAME
from .new_columns import HOW, NewColumn
from .reshape import Families
from .steps import TYPES, Drop, FillDown, Keep, LeaveOut, Rename, Retype, SetMissing, ToLong, labels_after
from .table import Table

T = TypeVar("T", bound=Table)

Step = ToLong | Retype | SetMissing | FillDown | Keep | LeaveOut | Rename | Drop | NewColumn | Join
VERSION = 1
MAX_STEPS = 50
MAX_JSON = 200_000
MAX_ITEMS = 5_000
MAX_KEYS = 10
"""Columns that tables are joined by."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Steps in their order; each sees the table that the ones before it made."""

    steps: tuple[Step, ...] = ()

    def then(self, step: Step) -> Recipe:
        """Add one more step.

        Raises
        ------
        DataError
            When it has as many as it can.
        """
        if len(self.steps) >= MAX_STEPS:
            raise DataError(f"A table can be changed in {MAX_STEPS} steps at most.", "Take one back first.")
        return Recipe((*self.steps, step))

    def without(self, position: int) -> Recipe:
        """Take one of its steps back, counted from 0."""
        return Recipe(self.steps[:position] + self.steps[position + 1 :])


def apply(recipe: Recipe, table: T) -> T:
    """The table after all steps, with a sentence from each among its notes; the table given is not changed.

    Raises
    ------
    DataError
        When a step cannot be done; the message begins with its number.
    """
    for position, step in enumerate(recipe.steps, start=1):
        try:
            table = apply_step(step, table)
        except DataError as error:
            raise DataError(f"Step {position}: {error.problem}", error.remedy, in_app=error.in_app) from None
    return table


def apply_step(step: Step, table: T) -> T:
    """The table after one step, with its sentence as the last note.

    Raises
    ------
    DataError
        When it cannot be done.
    """
    if not isinstance(step, Join):
        frame, words = step.apply(table.frame)
        return replace(table, frame=frame, labels=labels_after(step, table.labels), notes=(*table.notes, words))
    other = table.companion(step.table)
    if other is None:
        raise DataError(
            f"The table “{step.table}”, which is joined to this one, is not here.",
            "Give it together with this one.",
            in_app="Upload it together with this one.",
        )
    frame, words = step.apply(table.frame, other.frame)
    if step.digest and other.digest and step.digest != other.digest:
        words += f" “{step.table}” holds other values than the file that was joined before."
    added, _ = step.added_columns(table.frame, other.frame, step.match(table.frame, other.frame))
    labels = {new: other.labels[old] for new, old in added.items() if old in other.labels}
    return replace(table, frame=frame, labels={**table.labels, **labels}, notes=(*table.notes, words))


def to_json(recipe: Recipe) -> str:
    """The recipe as short text."""
    steps = [{"do": type(step).__name__, **asdict(step)} for step in recipe.steps]
    return json.dumps({"version": VERSION, "steps": steps}, separators=(",", ":"), ensure_ascii=False)


def from_json(text: str) -> Recipe:
    """A recipe from such text, which may come from anywhere: read by schema, within bounds, never evaluated.

    Raises
    ------
    DataError
        When it is too long, damaged, of another version, or says something that is no step.
    """
    if len(text) > MAX_JSON:
        raise _broken(f"it has {len(text):,} characters, and the most is {MAX_JSON:,}")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise _broken("it is no JSON") from None
    if not isinstance(content, dict) or set(content) != {"version", "steps"}:
        raise _broken("it has no version and steps")
    if content["version"] != VERSION:
        raise _broken(f"it is of version {str(content['version'])[:20]}, and this server reads version {VERSION}")
    steps = content["steps"]
    if not isinstance(steps, list) or len(steps) > MAX_STEPS:
        raise _broken(f"its steps are no list of at most {MAX_STEPS}")
    return Recipe(tuple(_step(position, values) for position, values in enumerate(steps, start=1)))


def _step(position: int, values: Any) -> Step:
    do = values.get("do") if isinstance(values, dict) else None
    if not isinstance(do, str) or do not in STEPS:
        raise _broken(f"step {position} is none of {', '.join(STEPS)}")
    fields = FIELDS[STEPS[do]]
    try:
        given = _fields({key: value for key, value in values.items() if key != "do"}, *fields)
        return STEPS[do](**{name: read(value) for (name, read), value in zip(fields.items(), given, strict=True)})
    except (TypeError, ValueError, OverflowError) as error:
        raise _broken(f"step {position} ({do}): {str(error)[:100]}") from None


def _broken(why: str) -> DataError:
    return DataError(
        f"The steps that change the table cannot be read: {why}.",
        "Open the table without them, or copy the link again.",
    )


def _fields(values: Any, *names: str) -> list[Any]:
    if not isinstance(values, dict) or set(values) != set(names):
        raise ValueError(f"it needs {', '.join(names)}")
    return [values[name] for name in names]


def _name(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME:
        raise ValueError(f"a name is text of 1 to {MAX_NAME} characters")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise ValueError(f"a list of at most {MAX_ITEMS:,} is needed")
    return value


def _names(value: Any) -> tuple[str, ...]:
    return tuple(map(_name, _list(value)))


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a finite number is needed")
    return float(value)


def _one_of(value: Any, allowed: tuple[Any, ...]) -> Any:
    if not any(value is one or (isinstance(value, str) and value == one) for one in allowed):
        raise ValueError(f"“{str(value)[:20]}” is none of {', '.join(map(str, allowed))}")
    return value


def _yes_or_no(value: Any) -> bool:
    return bool(_one_of(value, (True, False)))


def _name_or_nothing(value: Any) -> str:
    return "" if value == "" else _name(value)


def _numbers(value: Any) -> tuple[float, ...]:
    return tuple(map(_finite, _list(value)))


def _bound(value: Any) -> float | None:
    return None if value is None else _finite(value)


def _rows(value: Any) -> tuple[int, ...]:
    if not all(type(row) is int and row > 0 for row in _list(value)):
        raise ValueError("rows are numbered from 1")
    return tuple(sorted({*value}))


def _recoded(value: Any) -> tuple[tuple[str, ...], ...]:
    pairs = tuple(map(_names, _list(value)))
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("a value and what it becomes are needed")
    return pairs


def _keys(value: Any) -> tuple[tuple[str, ...], ...]:
    pairs = tuple(map(_names, _list(value)))
    if not 0 < len(pairs) <= MAX_KEYS or any(len(pair) != 2 for pair in pairs):
        raise ValueError("columns here and there are needed")
    return pairs


def _families(value: Any) -> Families:
    measures, times, row, time = _fields(value, "measures", "times", "id", "time")
    named = tuple((_name(name), _names(columns)) for name, columns in _list(measures))
    times = _list(times)
    if not named or any(len(columns) != len(times) for _, columns in named) or not times:
        raise ValueError("a column for each time is needed")
    taken = _names(times) if isinstance(times[0], str) else _numbers(times)
    result = Families(named, taken, _name(row), _name(time))
    if len(set(taken)) < len(taken) or len(set(result.columns)) < len(result.columns):
        raise ValueError("a time or a column is named twice")
    return result


FIELDS: dict[type[Step], dict[str, Callable[[Any], Any]]] = {
    ToLong: {"families": _families, "keep_missing": _yes_or_no},
    Retype: {"column": _name, "to": partial(_one_of, allowed=TYPES), "levels": _names},
    SetMissing: {"column": _name, "values": _numbers},
    FillDown: {"columns": _names},
    Keep: {
        "column": _name,
        "op": partial(_one_of, allowed=("between", "in", "present")),
        "low": _bound,
        "high": _bound,
        "values": _names,
    },
    LeaveOut: {"rows": _rows},
    Rename: {"column": _name, "to": _name},
    Drop: {"columns": _names},
    NewColumn: {
        "name": _name,
        "how": partial(_one_of, allowed=HOW),
        "column": _name,
        "by": _names,
        "order": _name_or_nothing,
        "points": _numbers,
        "recoded": _recoded,
    },
    Join: {"table": _name, "keys": _keys, "digest": _name_or_nothing},
}
"""The fields of each step, with what checks and reads the value of each."""
STEPS = {step.__name__: step for step in FIELDS}
