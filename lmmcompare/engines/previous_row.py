"""Each row beside the row before it in its group, by an engine: a window, or where rows lie in order already one look back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from .files import connect
from .sql_text import quoted
from .table import Frame, fetch, numbers

BEFORE = "before "
"""What stands before a column's name where it is that of the row before."""
DISORDER = "disorder"
"""Whether a row came before its predecessor, 0 or 1: its sums are then worth nothing."""
LOOK = 100_000
"""Rows that are looked at before the table is taken for sorted."""


def with_windows(table: Frame) -> Frame:
    """The rows in an engine that has windows over groups: those of PyArrow, for which narwhals has none (2.28), in DuckDB."""
    if not table.implementation.is_pyarrow():
        return table
    return nw.from_native(connect().from_arrow(fetch(table).to_arrow()))


def with_row_before(table: Frame, keys: Sequence[str], time: str, names: Sequence[str]) -> Iterator[Frame]:
    """The rows, each with some columns of the row before it in time; null in the first row of a group.

    Parameters
    ----------
    table : LazyFrame
        Of an engine that has windows.
    names : sequence of str
        The columns that are wanted of the row before, the time among them.

    Yields
    ------
    LazyFrame
        The cheapest way first; where a row of it is in disorder, the next is to be taken.
    """
    engine = table.implementation
    if engine.is_dask():
        yield _by_partition(table, keys, time, names)
        return
    if engine.is_duckdb():
        few = _look_back(nw.from_native(table.to_native().limit(LOOK)), keys, time, [time])
        if not numbers(few.select(nw.col(DISORDER).sum()))[DISORDER]:
            yield _look_back(table, keys, time, names)
    before = [nw.col(n).shift(1).over(*keys, order_by=time).alias(f"{BEFORE}{n}") for n in names]
    yield table.with_columns(*before, nw.lit(0).alias(DISORDER))


def _look_back(table: Frame, keys: Sequence[str], time: str, names: Sequence[str]) -> Frame:
    """Each row beside the one before it, where DuckDB gives the rows sorted by group and time: that takes neither a sort nor memory.

    Whatever order a scan gives rows in, they are sorted where none of them is in disorder.
    """
    native: Any = table.to_native()
    back = ", ".join(f"lag({quoted(n)}) OVER () AS {quoted(BEFORE + n)}" for n in [*keys, *names])
    own, past = (", ".join(quoted(prefix + k) for k in keys) for prefix in ("", BEFORE))
    same = f"row({own}) = row({past})"
    wrong = f"row({own}) < row({past}) OR ({same} AND {quoted(time)} <= {quoted(BEFORE + time)})"
    of_group = ", ".join(f"CASE WHEN {same} THEN {quoted(BEFORE + n)} END AS {quoted(BEFORE + n)}" for n in names)
    first = f"{quoted(BEFORE + keys[0])} IS NULL"
    looked = native.project(f"*, {back}").project(
        f"{', '.join(map(quoted, native.columns))}, {of_group}, "
        f"CASE WHEN {first} THEN 0 WHEN {wrong} THEN 1 ELSE 0 END AS {DISORDER}"
    )
    return nw.from_native(looked)


def _by_partition(table: Frame, keys: Sequence[str], time: str, names: Sequence[str]) -> Frame:
    """Each row beside the one before it, by Dask, which has no window by order: each group is brought into one partition."""
    native: Any = table.to_native()

    def back(part: pd.DataFrame) -> pd.DataFrame:
        part = part.sort_values([*keys, time])
        before = part.groupby(list(keys), sort=False, observed=True)[list(names)].shift(1)
        return pd.concat([part, before.add_prefix(BEFORE)], axis=1).assign(**{DISORDER: 0})

    return nw.from_native(native.shuffle(list(keys)).map_partitions(back, meta=back(native._meta)))
