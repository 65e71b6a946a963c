"""A first count of the rows: how many there are, how many are complete, and what is missing or too large in each column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import isnan, prod
from operator import and_

import narwhals as nw

from ..design.unusable import LARGEST
from ..errors import DataError
from .expressions import is_finite
from .table import Frame, Table, numbers


@dataclass(frozen=True)
class Scan:
    """What a first pass over the rows found.

    Parameters
    ----------
    rows : LazyFrame
        The complete ones.
    n_total, n : int
        All rows, and the complete ones.
    missing : dict
        Column to the number of rows that it makes unusable.
    huge, infinite : dict
        Numeric column to the number of values beyond `LARGEST` among complete rows, and of infinite ones.
    ends : dict
        Column of whole numbers to bounds of its values.
    is_assumed : bool
        Whether it was not counted that all rows are complete and no value is too large (`assumed_scan`).
    """

    rows: Frame
    n_total: int
    n: int
    missing: dict[str, int]
    huge: dict[str, int]
    infinite: dict[str, int]
    ends: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_assumed: bool = False

    def most_levels(self, columns: Sequence[str]) -> int:
        """A bound on how many levels some columns have together: that of their whole numbers' ranges, and of the rows."""
        lengths = [high - low + 1 for low, high in (self.ends[name] for name in columns if name in self.ends)]
        return min(self.n, prod(lengths)) if len(lengths) == len(columns) else self.n


def _absent(rows: Frame) -> dict[str, nw.Expr]:
    """Column to whether it is missing."""
    result = {}
    for name, dtype in rows.collect_schema().items():
        column = nw.col(name)
        result[name] = column.is_null() | column.is_nan() if dtype.is_float() else column.is_null()
    return result


def scan(table: Table) -> Scan:
    """Count rows: all, complete, missing by column, beyond what a float can square.

    Raises
    ------
    DataError
        When DuckDB takes NaN for numbers.
    """
    schema, absent = dict(table.frame.collect_schema()), _absent(table.frame)
    complete = is_complete(table.frame)
    counted = {"n": complete}
    for k, name in enumerate(schema):
        counted[f"missing{k}"] = absent[name]
        if schema[name].is_float():
            size = nw.col(name).cast(nw.Float64).abs()
            counted[f"huge{k}"] = complete & (size > LARGEST)
            counted[f"infinite{k}"] = complete & ~is_finite(size)
    sums = [flag.cast(nw.Int64).sum().alias(name) for name, flag in counted.items()]
    totals = asked_totals(table.frame, schema, complete)
    found = numbers(table.frame.select(nw.len().alias("all"), *sums, *totals, *asked_ends(schema)))
    result = {name: int(found[name]) for name in ("all", *counted)}

    def by_column(what: str) -> dict[str, int]:
        return {name: n for k, name in enumerate(schema) if (n := result.get(f"{what}{k}", 0))}

    huge, infinite = by_column("huge"), by_column("infinite")
    for name in nan_totals(found, schema):
        if name not in huge and name not in infinite:  # the sum of these says nothing
            raise DataError(
                f"“{name}” holds NaN, which DuckDB takes for numbers in Parquet files unless it is told that there may be some.",
                "Give the path of the files, or the relation of read_parquet(…, can_have_nan = true).",
            )
    return Scan(
        table.frame.filter(complete),
        result["all"],
        result["n"],
        by_column("missing"),
        huge,
        infinite,
        ends_in(found, schema),
    )


def asked_totals(rows: Frame, names: Iterable[str], complete: nw.Expr) -> list[nw.Expr]:
    """The sums of columns over the complete rows, to be asked of DuckDB: where one is NaN, so is a value.

    DuckDB takes the smallest and largest value that Parquet files note of a column for bounds of all its values, and a condition
    that holds within the bounds for true. NaN is not among the values noted.
    """
    if not rows.implementation.is_duckdb():
        return []
    schema = rows.collect_schema()
    return [nw.when(complete).then(nw.col(n)).sum().alias(f"total of {n}") for n in names if schema[n].is_float()]


def nan_totals(found: Mapping[str, float], names: Iterable[str]) -> list[str]:
    """The columns whose sum is NaN, of what `asked_totals` gave."""
    return [name for name in names if isnan(found.get(f"total of {name}", 0.0))]


def is_complete(rows: Frame) -> nw.Expr:
    """Whether a row has all columns; NaN compares as larger than any number, or as nothing."""
    schema = rows.collect_schema().items()
    return reduce(
        and_,
        (nw.col(name) <= float("inf") if dtype.is_float() else ~nw.col(name).is_null() for name, dtype in schema),
    )


def asked_ends(schema: Mapping[str, nw.dtypes.DType]) -> list[nw.Expr]:
    """The smallest and largest values of the columns of whole numbers, to be asked for."""
    whole = [nw.col(name) for name, dtype in schema.items() if dtype.is_integer()]
    return [
        *(column.min().alias(f"low{k}") for k, column in enumerate(whole)),
        *(column.max().alias(f"high{k}") for k, column in enumerate(whole)),
    ]


def ends_in(found: Mapping[str, float], schema: Mapping[str, nw.dtypes.DType]) -> dict[str, tuple[int, int]]:
    """What `asked_ends` gave, of the columns whose values floats hold."""
    whole = [name for name, dtype in schema.items() if dtype.is_integer()]
    ends = {name: (int(found[f"low{k}"]), int(found[f"high{k}"])) for k, name in enumerate(whole)}
    return {name: (low, high) for name, (low, high) in ends.items() if max(-low, high) < 2**53}


def present(table: Table, columns: Iterable[str]) -> Frame:
    """The rows that have all of some columns."""
    absent = _absent(table.frame)
    return table.frame.filter(reduce(and_, (~absent[name] for name in columns)))
