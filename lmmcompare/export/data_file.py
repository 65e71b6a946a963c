"""The columns that a comparison uses as CSV that R and pandas read alike, whatever names and levels are like.

Names and levels that a reader of CSV could misread (quotes next to line breaks, backslashes, blank ends,
"=1+1" in a spreadsheet) stay out of the file: such a column is called ``column_3`` in it, such levels are numbered, and the
scripts restore them. So the file's text is plain, and untrusted text is in the scripts as escaped strings only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from pathlib import PurePath

import pandas as pd

from ..comparison.comparison import Comparison
from ..data.join import Join
from ..data.recipe import Step
from ..design.kinds import columns_as_numbers
from ..errors import DataError
from ..formula.expressions import columns_of
from .file_columns import Field, column_of_file, date_column, is_plain, is_syntactic, text_or_number, unused_name
from .source import Source
from .step_plan import CodedStep, StepPlan, plan_steps

INLINE_ROWS = 200
"""Tables of up to so many rows stand in the scripts themselves."""
NO_R_NAME = re.compile(r"\.\.\.|\.\.\d+|offset\(.*")
"""Names that R's formulas take for something else even in backquotes."""


@dataclass(frozen=True, eq=False)
class DataFile:
    """The rows as the scripts read them, and the steps that the scripts then apply.

    Parameters
    ----------
    inputs : tuple of Field
        The columns of the file.
    inline : bool
        Whether the rows are written into the scripts, so that no file is needed.
    fields : tuple of Field
        The columns that the models use: those of the file, or what the scripts make of them.
    plan : StepPlan
        What they do to the rows before the models.
    aliases : dict of str to str
        What columns are called in R's code, at any stage.
    joined : tuple of DataFile
        The tables that they join, in the order of the joins.
    """

    name: str
    frame: pd.DataFrame
    inputs: tuple[Field, ...]
    inline: bool
    fields: tuple[Field, ...] = ()
    plan: StepPlan | None = None
    aliases: dict[str, str] = dataclass_field(default_factory=dict)
    joined: tuple[DataFile, ...] = ()

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

    @property
    def steps_in_code(self) -> tuple[CodedStep, ...]:
        """The changes that the scripts make."""
        return self.plan.coded_steps if self.plan is not None else ()

    @property
    def made_columns(self) -> tuple[Field, ...]:
        """The columns of the models that are not in the file."""
        known = {f.name for f in self.inputs}
        return tuple(f for f in self.fields if f.name not in known)


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
    plan = plan_steps(source, spec.columns)
    aliases = _aliases(spec.columns, plan, syntactic=spec.has_structure)
    fields, columns = [], {}
    for name in spec.columns:
        origin = comparison.design.encoder.origins.get(name)
        if origin is None:
            field, values = text_or_number(source.frame[name], aliases[name], name in as_numbers, name in predictors)
        else:
            field, values = date_column(source.frame[name], aliases[name], origin)
        fields.append(field)
        columns[aliases[name]] = values
    inputs = tuple(fields)
    if plan.coded_steps:
        origins = comparison.design.encoder.origins
        pairs = [
            column_of_file(plan.frame[name], aliases[name], origins.get(name)) for name in map(str, plan.frame.columns)
        ]
        inputs, columns = tuple(field for field, _ in pairs), {field.alias: values for field, values in pairs}
    return DataFile(
        source.csv_name,
        pd.DataFrame(columns),
        inputs,
        len(plan.frame) <= INLINE_ROWS,
        tuple(fields),
        plan,
        aliases,
        _joined(plan, aliases, source),
    )


def csv_text(comparison: Comparison, source: Source, name: str) -> str:
    """The text of a file that the scripts read, one of `csv_names`: the rows, or a table that is joined to them.

    Raises
    ------
    DataError
        Where nothing of a joined table is used.
    """
    file = data_file(comparison, source)
    for one in (file, *file.joined):
        if one.name == name:
            return one.text
    raise DataError(f"No column that the scripts join from {name} is used.", "They run without it.")


def csv_names(source: Source) -> list[str]:
    """The names that those files can have."""
    return [source.csv_name, *(_joined_name(step, k) for k, step in enumerate(joins(source.steps), 1))]


def joins(steps: Iterable[Step]) -> list[Join]:
    """The joins among steps."""
    return [step for step in steps if isinstance(step, Join)]


def _joined_name(step: Join, k: int) -> str:
    stem = re.sub(r"[^A-Za-z0-9]+", "-", PurePath(step.table).stem).strip("-")[:40]
    return f"{stem or 'table'}-joined-{k}.csv"


def _aliases(used: tuple[str, ...], plan: StepPlan, *, syntactic: bool) -> dict[str, str]:
    """A name in R's code for every column of the models, of the file and in between.

    With ``syntactic`` none needs backquotes: nlme puts the names together to formulas without them.
    """
    names = dict.fromkeys(used)
    for name in (
        *plan.frame.columns,
        *(name for stage in plan.coded_steps for name in sorted(stage.columns_made | stage.columns_read)),
    ):
        if plan.coded_steps:
            names[str(name)] = None
    every = tuple(names)

    def can_stay(name: str) -> bool:
        return is_plain(name) and not NO_R_NAME.fullmatch(name) and (is_syntactic(name) or not syntactic)

    return {name: name if can_stay(name) else unused_name(f"column_{k}", every) for k, name in enumerate(every, 1)}


def _joined(plan: StepPlan, aliases: dict[str, str], source: Source) -> tuple[DataFile, ...]:
    """The tables that are joined: their keys as key_1, key_2, and the columns that are added and used."""
    files, places = [], {step: k for k, step in enumerate(joins(source.steps), 1)}
    for stage in plan.coded_steps:
        if not isinstance(stage.step, Join) or stage.other is None:
            continue
        other = stage.other.dropna(subset=[there for _, there in stage.step.keys])
        added, _ = stage.step.added_columns(stage.before, stage.other, stage.step.match(stage.before, stage.other))
        pairs = [column_of_file(other[there], f"key_{k}", None) for k, (_, there) in enumerate(stage.step.keys, 1)]
        pairs += [
            column_of_file(other[old].rename(new), aliases[new], None) for new, old in added.items() if new in aliases
        ]
        frame = pd.DataFrame({field.alias: values for field, values in pairs})
        name = _joined_name(stage.step, places[stage.step])
        files.append(DataFile(name, frame, tuple(field for field, _ in pairs), len(frame) <= INLINE_ROWS))
    return tuple(files)
