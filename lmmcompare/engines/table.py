"""A table that some engine holds: what its columns are, how it is asked, and what it says when it fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

import narwhals as nw
from narwhals.dependencies import is_into_dataframe

from ..arrays import Array
from ..errors import DataError, LmmCompareError, TooLargeError
from ..work.interruption import check

Frame = nw.LazyFrame[Any]
Kind = Literal["number", "truth", "text", "date", "duration", "time", "other"]
ENGINES = {"duckdb": "DuckDB", "pyspark": "Spark", "pyspark_connect": "Spark", "dask": "Dask", "polars": "Polars"}
"""What engines are called where narwhals' own name is not."""
MICROSECONDS = 86_400e6
"""Of a day."""
LONGEST = 300
"""Most characters of an engine's own words."""

# An engine's own words that tell what happened, whichever engine it is.
_CAUSES: list[tuple[str, type[LmmCompareError], str, str]] = [
    (
        r"permission denied|access is denied|forbidden|\b403\b",
        DataError,
        "may not read the table",
        "Ask for permission to read it, or choose another table.",
    ),
    (
        r"no files found|no such file|does not exist|path_not_found|not found",
        DataError,
        "does not find the table",
        "Check where it lies.",
    ),
    (
        r"out of ?memory|memoryerror|cannot allocate",
        TooLargeError,
        "has not enough memory for the sums",
        "Choose fewer predictors or a grouping column with fewer levels, or give the engine more memory.",
    ),
    (
        r"closed|shut ?down|stopped|refused|connect|killed|timed out|timeout|lost|broken pipe|unreachable",
        DataError,
        "went away while it was asked",
        "Start it again, then ask once more.",
    ),
    (
        r"conver|cast|mismatch|incompatible|schema|parquet column",
        DataError,
        "found a column that holds one kind of values in one place and another kind elsewhere",
        "Give the column one type in all files.",
    ),
]


@dataclass(frozen=True)
class Table:
    """A table that is asked by expressions.

    Parameters
    ----------
    frame : LazyFrame
        Nothing is read before it is asked.
    kinds : dict
        Column to what it holds.
    """

    frame: Frame
    kinds: dict[str, Kind]

    @property
    def engine(self) -> str:
        """The engine's name, for sentences."""
        return engine_name(self.frame)

    def select(self, columns: Iterable[str], levels: Iterable[str] = ()) -> Table:
        """The same table with some of its columns, each as the one type that its kind of values has.

        Parameters
        ----------
        levels : iterable of str
            Those among them that are used by their levels: long numbers stay exact in them.

        Dates become datetimes without a time zone (UTC), lengths of time numbers of days, decimals floats. Polars' categories have
        the order in which they were met, another one in each run, and become text.
        """
        schema, by_level = _schema(self.frame), set(levels)
        keep = [_plain(name, schema[name], self.frame, by_level) for name in columns]
        utc = [name for name in columns if self.kinds[name] == "date" and getattr(schema[name], "time_zone", None)]
        long = [name for name in columns if schema[name] in (nw.Int64, nw.UInt64) and name not in by_level]
        return replace(self, frame=_rounded(in_utc(self.frame, utc), long).select(*keep))


def _plain(name: str, dtype: nw.dtypes.DType, frame: Frame, by_level: set[str]) -> nw.Expr:
    """A column as `Table.select` gives it."""
    column, engine = nw.col(name), frame.implementation
    if (dtype.is_decimal() or dtype in (nw.Int128, nw.UInt128)) and name not in by_level:
        return column.cast(nw.Float64)
    if dtype == nw.Categorical and engine.is_polars():
        return column.cast(nw.String)
    if dtype.is_float() and engine.is_pyarrow():
        return column + 0.0  # PyArrow's groups tell -0.0 and 0.0 apart
    if isinstance(dtype, nw.Duration):
        return (column.dt.total_microseconds().cast(nw.Float64) / MICROSECONDS).alias(name)
    return column.cast(nw.Datetime) if isinstance(dtype, nw.Date) else column


def _rounded(frame: Frame, names: Sequence[str]) -> Frame:
    """The frame with whole numbers as floats, where its engine refuses to cast those that a float rounds: PyArrow."""
    if not frame.implementation.is_pyarrow():
        return frame
    table = frame.to_native()
    for name in names:
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table.column(name).cast("float64", safe=False))
    return nw.from_native(table).lazy()


def in_utc(frame: Frame, names: Sequence[str]) -> Frame:
    """The frame with these dates as those of UTC, without their time zone; of Spark as those of the session."""
    if not names:
        return frame
    if frame.implementation.is_duckdb():  # its casts go by the connection's time zone
        from duckdb import ColumnExpression, FunctionExpression

        native = frame.to_native()
        moved = {
            n: FunctionExpression("make_timestamp", FunctionExpression("epoch_us", ColumnExpression(n))).alias(n)
            for n in names
        }
        return nw.from_native(native.select(*(moved.get(c, ColumnExpression(c)) for c in native.columns)))
    if frame.implementation.is_spark_like():
        return frame.with_columns(*(nw.col(name).cast(nw.Datetime) for name in names))
    return frame.with_columns(*(nw.col(n).dt.convert_time_zone("UTC").dt.replace_time_zone(None) for n in names))


def from_native(data: Any) -> Table:
    """Any table that narwhals can wrap.

    Raises
    ------
    DataError
        For anything else.
    """
    try:
        wrapped = nw.from_native(data)
    except TypeError:
        raise DataError(
            f"A {type(data).__name__} is no table that can be read.",
            "Give a DataFrame of pandas, Polars, Dask or Spark, a PyArrow table, a DuckDB relation, or the path of Parquet or CSV "
            "files.",
        ) from None
    frame = wrapped.lazy() if is_into_dataframe(data) else wrapped
    return Table(frame, {name: _kind(dtype) for name, dtype in _schema(frame).items()})


def fetch(frame: Frame) -> nw.DataFrame[Any]:
    """Have the engine compute a frame, and fetch it."""
    check()
    options: dict[str, Any] = {"engine": "streaming"} if frame.implementation.is_polars() else {}
    return frame.collect(**options)


def column_of(result: nw.DataFrame[Any], name: str) -> Array:
    """A column of what an engine gave, as floats; nothing at all is NaN."""
    return result.get_column(name).to_numpy().astype(float)


def numbers(frame: Frame) -> dict[str, float]:
    """A frame of one row of numbers, fetched; nothing at all is 0."""
    row = next(iter(fetch(frame).iter_rows(named=True)))
    return {name: 0.0 if value is None else float(value) for name, value in row.items()}


def engine_name(frame: Frame) -> str:
    """What the engine behind a frame is called."""
    name = frame.implementation.value
    return ENGINES.get(name, name)


@contextmanager
def readable_errors(engine: str) -> Iterator[None]:
    """Turn whatever an engine raises into a sentence: each has exceptions of its own, with no common base.

    Some raise when they are asked, others as soon as an expression is written down.
    """
    try:
        yield
    except LmmCompareError:
        raise
    except Exception as error:
        raise _in_words(engine, error) from error


def _in_words(engine: str, error: Exception) -> LmmCompareError:
    words = " ".join(str(error).split()) or type(error).__name__
    for pattern, kind, what, remedy in _CAUSES:
        if re.search(pattern, f"{type(error).__name__} {words}", re.IGNORECASE):
            return kind(f"{engine} {what}: {words[:LONGEST]}", remedy)
    return DataError(f"{engine} could not read the table: {words[:LONGEST]}", "Check the table with the engine itself.")


def _schema(frame: Frame) -> dict[str, nw.dtypes.DType]:
    with readable_errors(engine_name(frame)):
        return dict(frame.collect_schema())


def _kind(dtype: nw.dtypes.DType) -> Kind:
    if dtype.is_numeric():
        return "number"
    if dtype == nw.Boolean:
        return "truth"
    if dtype in (nw.String, nw.Categorical, nw.Enum):
        return "text"
    if isinstance(dtype, nw.Duration):
        return "duration"
    if isinstance(dtype, nw.Time):
        return "time"
    return "date" if dtype.is_temporal() else "other"
