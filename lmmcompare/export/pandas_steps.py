"""What was done to a table as lines of pandas: new columns, joins, rows kept or left out, codes made missing, cells filled down, names."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..data.columns import is_date
from ..data.join import Join
from ..data.key_values import key_kind
from ..data.new_columns import NewColumn
from ..data.steps import FillDown, Keep, LeaveOut, Rename, SetMissing
from .comments import commented_steps
from .data_file import DataFile
from .step_plan import CodedStep

KEYS = {"date": "pd.to_datetime({})", "number": "pd.to_numeric({}.astype(object))", "text": "text({})"}
"""In what form the keys of two tables are the same, by what they are compared as."""

TEXT = '''

def text(column):
    """Values as they are written."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return column.astype("str").where(column.notna())
    if pd.api.types.is_integer_dtype(column.dtype):
        return column.map(str, na_action="ignore").astype("str").where(column.notna())
    write = lambda v: f"{v:.0f}" if v % 1 == 0 and abs(v) < 1e15 else repr(float(v))
    return column.map(write, na_action="ignore").astype("str").where(column.notna())

'''
FINITE = ".where(np.isfinite)"

Read = Callable[[DataFile, str, str], list[str]]


def pandas_steps(file: DataFile, read: Read) -> list[str]:
    """The lines that change ``data`` as the reader did; none where nothing was done.

    Parameters
    ----------
    read : callable
        Gives the lines that read another file into a variable.
    """
    body = commented_steps(file, _lines, lambda stage, other: _join(stage, other, read))
    helpers = [TEXT] if any("text(" in line and not line.startswith("#") for line in body) else []
    return [*helpers, *(["# What was done to the table"] if body else []), *body]


def _lines(stage: CodedStep) -> list[str]:
    step = stage.step
    match step:
        case NewColumn():
            return _new_column(stage, step)
        case Keep():
            return [f"data = data[{_kept_rows(step)}].reset_index(drop=True)"]
        case LeaveOut(rows):
            return [f"data = data[~(data.index + 1).isin({list(rows)!r})].reset_index(drop=True)"]
        case SetMissing(column, values):
            return [f"data[{column!r}] = data[{column!r}].mask(data[{column!r}].isin({list(values)!r}))"]
        case FillDown(columns):
            return [f"data[{list(columns)!r}] = data[{list(columns)!r}].ffill()"]
        case Rename(column, to):
            return [f"data = data.rename(columns={{{column!r}: {to!r}}})"]
    raise TypeError(f"not a step that is coded: {step!r}")


def _kept_rows(step: Keep) -> str:
    column = f"data[{step.column!r}]"
    if step.op == "present":
        return f"{column}.notna()"
    if step.op == "in":
        return f"text({column}).isin({list(step.values)!r})"
    bounds = [
        f"({column} {sign} {bound!r})" for sign, bound in ((">=", step.low), ("<=", step.high)) if bound is not None
    ]
    return " & ".join(bounds) or f"{column}.notna()"


def _new_column(stage: CodedStep, step: NewColumn) -> list[str]:
    column, new = f"data[{step.column!r}]", f"data[{step.name!r}]"
    lines = []
    if step.by and step.how != "combination":
        lines.append(f"g = data.groupby({list(step.by)!r}, observed=True).ngroup()")
        lines.append("g = g.where(g >= 0)  # missing where the group is")
    match step.how:
        case "combination":
            both = f'text({column}) + ":" + text(data[{step.by[0]!r}])'
            return [f"{new} = pd.Categorical({both}, categories={_levels(stage)!r})"]
        case "recode":
            recoded = f"text({column}).replace({dict(step.recoded)!r})"
            return [f"{new} = pd.Categorical({recoded}, categories={_levels(stage)!r})"]
        case "number":
            return [*lines, _rows(stage, step), f"{new} = g.loc[rows].groupby(g).cumcount() + 1.0"]
    return [*lines, f"x = {_amount(stage, step.column)}", *_amounts(stage, step, new)]


def _amounts(stage: CodedStep, step: NewColumn, new: str) -> list[str]:
    """The lines of a new column of numbers, or of ranges of them, from the numbers ``x`` and the groups ``g``."""
    match step.how:
        case "mean" | "within":
            mean = f'x{FINITE}.groupby(g).transform("mean")'
            return [f"{new} = {mean if step.how == 'mean' else f'x - {mean}'}"]
        case "centred":
            return [f"{new} = x - x{FINITE}.mean()"]
        case "standardised":
            return [f"{new} = (x - x{FINITE}.mean()) / x{FINITE}.std()"]
        case "log" | "exp" | "sqrt":
            return ['with np.errstate(all="ignore"):', f"    {new} = np.{step.how}(x){FINITE}"]
        case "change":
            first = f"g.map(x{FINITE}.loc[rows].groupby(g).first())"
            return [_rows(stage, step), f"{new} = x - {first}"]
        case "lag":
            return [_rows(stage, step), f"{new} = x.loc[rows].groupby(g).shift()"]
        case "rank":
            return [f"{new} = x{'.groupby(g)' if step.by else ''}.rank()"]
        case "since":
            return [f'{new} = x - x{FINITE}.groupby(g).transform("min")']
        case "days":
            return [f"{new} = x"]
        case "years":
            return [f"{new} = x / 365.25"]
        case "cut":
            points = np.unique(step.points).tolist()
            place = f'np.searchsorted({points!r}, x, side="right")'
            return [f"{new} = pd.Categorical.from_codes(np.where(x.isna(), -1, {place}), {_levels(stage)!r})"]
    raise TypeError(f"not a new column: {step.how}")


def _amount(stage: CodedStep, name: str) -> str:
    """A column's numbers; of dates the days since the earliest."""
    if not is_date(stage.before[name]):
        return f"data[{name!r}].astype(float)"
    day = f"pd.to_datetime(data[{name!r}])"
    return f"({day} - {day}.min()) / pd.Timedelta(days=1)"


def _rows(stage: CodedStep, step: NewColumn) -> str:
    """The rows in their order."""
    if not step.order:
        return "rows = data.index"
    return f"rows = ({_amount(stage, step.order)}){FINITE}.dropna().sort_values(kind='stable').index"


def _levels(stage: CodedStep) -> list[str]:
    return [str(level) for level in stage.new_column().cat.categories]


def _join(stage: CodedStep, other: DataFile, read: Read) -> list[str]:
    """Every row stays in its order and gets what the row of the other table with its key has."""
    step = stage.step
    assert isinstance(step, Join) and stage.other is not None
    lines, keys = read(other, "other", "OTHER_ROWS"), {}
    for k, (name, name_there) in enumerate(step.keys, 1):
        form = KEYS[key_kind(stage.before[name], stage.other[name_there])]
        there = f"other[{other.inputs[k - 1].name!r}]"
        lines.append(f'other["key_{k}"] = {form.format(there)}')
        keys[f"key_{k}"] = form.format(f"data[{name!r}]")
    made = ", ".join(f"{key}={value}" for key, value in keys.items())
    lines.append(f'found = data[[]].assign({made}).merge(other, how="left", on={list(keys)!r}, validate="many_to_one")')
    added = [field.name for field in other.inputs[len(step.keys) :]]
    return [*lines, *(f"data[{name!r}] = found[{name!r}]" for name in added)]
