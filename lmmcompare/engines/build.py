"""A model and a table that an engine has, to the model's design and its moments: sums and a sample are all that is fetched."""

from __future__ import annotations

from collections.abc import Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from ..design.kinds import columns_as_numbers
from ..design.validation import refuse_few_rows, refuse_unusable_columns, required_columns, required_groupings
from ..errors import LmmCompareError
from ..formula import read
from ..formula.spec import ModelSpec
from .assumed_scan import AssumptionError, assume_complete
from .design_of_sums import Measured, design_of_sums
from .files import from_data
from .sample import SIZE
from .scan import Scan, present, scan
from .table import Table, readable_errors


@dataclass(frozen=True)
class FurtherColumns:
    """Columns that are needed of every row beside those of the formula, so that rows without them are left out.

    Parameters
    ----------
    groups : tuple of str
        Columns of groups that no sums are taken by.
    times : tuple of str
        Columns of numbers or dates.
    levels : tuple of str
        Columns that are used by their levels.
    """

    groups: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.groups, *self.times, *self.levels)


def measure(
    spec: ModelSpec,
    data: Any,
    *,
    group: str | None = None,
    sample: int | None = None,
    further: FurtherColumns | None = None,
) -> Measured:
    """The design and the moments of a model, from a table that need not fit into memory.

    Parameters
    ----------
    data : table, str or Path
        Whatever narwhals wraps (Polars, PyArrow, DuckDB, Dask, Spark, ...), or the path or pattern of Parquet or CSV files.
    group : str, optional
        As in `design.build`.
    sample : int, optional
        Rows that the design holds, drawn uniformly, `SIZE` when left out; all of them where there are no more.
    further : FurtherColumns, optional
        Columns beside the model's own, for further sums over the same rows.

    Raises
    ------
    LmmCompareError
        As `design.build` does; and when the engine fails, or the moments would take more memory than is allowed.
    """
    further = further or FurtherColumns()
    columns = [*spec.columns, *([group] if group else []), *further.columns]
    table = from_data(data, None if spec.pattern else columns)
    with readable_errors(table.engine):
        return _measure_table(spec, table, group, sample or SIZE, further)


def _measure_table(spec: ModelSpec, table: Table, group: str | None, size: int, further: FurtherColumns) -> Measured:
    """As `measure`, of an opened table; to be called within `readable_errors`."""
    spec = read(spec, table.kinds)
    needed = required_columns(spec, group)
    used = list(dict.fromkeys([*needed, *further.columns]))
    groups = chain.from_iterable(required_groupings(spec, group))
    refuse_unusable_columns(used, list(table.kinds), lambda name: table.kinds[name] == "other", groups)
    times = {*further.times, *_own_times(spec)}
    table = _selected(spec, table, used, times)
    if not further.columns and (assumed := assume_complete(spec, table.frame, size)):
        # whatever is wrong is told by the first pass that counts
        with suppress(AssumptionError, LmmCompareError), np.errstate(over="ignore", invalid="ignore"):
            return design_of_sums(spec, table, *assumed, group, size, times)
    table, first_pass = _scan(table, further)
    return design_of_sums(spec, table, first_pass, None, group, size, times)


def _selected(spec: ModelSpec, table: Table, used: Sequence[str], times: Set[str]) -> Table:
    """The table with the columns used, each of its one type."""
    numeric_parts = (*spec.factors, spec.outcome, *spec.known_parts)
    as_numbers = {name for factor in numeric_parts for name in columns_as_numbers(factor)} | times
    return table.select(used, levels=[name for name in used if name not in as_numbers])


def _scan(table: Table, further: FurtherColumns) -> tuple[Table, Scan]:
    """The table's rows that have the further columns, and what counting them gave."""
    first_pass = scan(table)
    if absent := {name: n for name in dict.fromkeys(further.columns) if (n := first_pass.missing.get(name, 0))}:
        # rows without these are none of the table's, also for what a transform learns
        table = replace(table, frame=present(table, absent))
        rest = scan(table)
        first_pass = replace(rest, n_total=first_pass.n_total, missing={**absent, **rest.missing})
    refuse_few_rows(first_pass.n, first_pass.n_total, first_pass.missing)
    return table, first_pass


def _own_times(spec: ModelSpec) -> tuple[str, ...]:
    """The column of times of a model whose residuals are serially correlated; of others none."""
    correlation = spec.correlation
    if correlation is None or correlation.order is None or correlation.kind == "us":
        return ()
    return (correlation.order,)
