"""CSV files: a small one is read as an upload is; large ones and several by DuckDB, by the same rules.

A column is numbers, dates, truth values or text by all of its cells, never by the first alone, and text where numbers would
lose what tells its values apart ("007", "1.10" beside "1.1"). What decides is `data.text_types`; here DuckDB counts for it.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from ..data.blank_separated import with_tabs
from ..data.csv_dialect import Dialect, decode, detect
from ..data.limits import max_bytes
from ..data.read import read as read_table
from ..data.readers import cell_patterns
from ..data.table import Table, unique_names
from ..data.text_types import (
    DATED,
    DOTS,
    NUMERIC,
    REPLACED,
    Form,
    are_dotted,
    are_mostly_commas,
    form_of,
    has_decimal_points,
    may_be_marked,
)
from ..errors import DataError, warn
from .sql_text import literal, quoted

HEAD = 1 << 20
"""Bytes that tell the separator and the names of the columns."""
PACKED = {".gz": 0.1, ".zst": 0.1}
"""The share of the largest file that a packed one may have to be read as an upload is."""


def read(
    connection: duckdb.DuckDBPyConnection,
    pattern: str,
    files: Sequence[str],
    columns: Sequence[str] | None,
    header: bool | None = None,
) -> duckdb.DuckDBPyRelation:
    """The files as one relation; parameters as in `parquet_files.read`, and ``header`` as in `data.read.read`."""
    path = Path(files[0])
    if len(files) == 1 and path.is_file() and path.stat().st_size <= max_bytes() * PACKED.get(path.suffix, 1.0):
        whole = read_table(path.read_bytes(), path.name, header=header)
        _warn(whole)
        return connection.from_arrow(pa.Table.from_pandas(whole.frame, preserve_index=False))
    dialect, names, head = _layout(path, header)
    _warn(head)
    cells = connection.read_csv(
        pattern,
        delimiter=dialect.separator,
        quotechar=dialect.quote,
        header=head.first_line is not False,
        names=names,
        all_varchar=True,
    )
    wanted = [name for name in names if columns is None or name in columns] or names  # none: who asks is told the names
    asked = {name: _asked(head.frame.get(name), dialect.separator) for name in wanted}
    prepared = _prepared(cells, names, list(asked))
    typed = _typed(prepared, asked, dialect.separator)
    return prepared.project(", ".join(f"{value} as {quoted(name)}" for name, value in typed.items()))


def _prepared(cells: duckdb.DuckDBPyRelation, names: Sequence[str], wanted: Sequence[str]) -> duckdb.DuckDBPyRelation:
    """The rows with any value; of each column that is wanted, t0, t1, … as text and v0, v1, … as it may be a number.

    Cells without blanks around them, null where they say nothing; a column of its own for each, as a query names it often.
    """
    trimmed = cells.project(", ".join(f"{_trimmed(quoted(name))} as c{k}" for k, name in enumerate(names)))
    filled = trimmed.filter(" or ".join(f"c{k} <> ''" for k in range(len(names))))
    columns = []
    for k, name in enumerate(wanted):
        cell = f"c{names.index(name)}"
        text, value = (
            f"case when {cell} in ({', '.join(map(literal, missing))}) then null else {cell} end"
            for missing in (cell_patterns.MISSING, cell_patterns.MISSING_IN_NUMBERS)
        )
        columns.append(f"{text} as t{k}, replace({value}, '{cell_patterns.MINUS}', '-') as v{k}")
    return filled.project(", ".join(columns))


def _trimmed(cell: str) -> str:
    """A cell without spaces of any kind around it; most begin and end with a sign that is none, and are told by that alone."""
    plain = f"ascii({cell}) between 33 and 126 and ascii(right({cell}, 1)) between 33 and 126"
    return f"case when {plain} then {cell} else trim({cell}, {literal(cell_patterns.SPACES)}) end"


def _warn(table: Table) -> None:
    """Say that the first line may be a row that is lost, to whoever called the package."""
    if not table.sure:
        what = "taken for names of columns" if table.first_line else "taken for a row of data"
        warn(
            f"The first line of “{table.name}” was {what}, of which nobody can be certain: lmmcompare.read(path, header=True) or "
            "header=False settles it."
        )


def _layout(path: Path, header: bool | None) -> tuple[Dialect, list[str], Table]:
    """The dialect, the names of the columns, and the head of a file as an upload is read."""
    with _unpacked(path) as file:
        head = file.read(min(HEAD, max_bytes()))
    head = head[: head.rfind(b"\n") + 1] or head
    text, _ = decode(head, f"“{path.name}”")
    if with_tabs(text) is not None:
        raise DataError(
            f"“{path.name}” has blanks between its columns, and is too large to be read whole.",
            'Write it with commas or tabs: write.csv(d, "d.csv", row.names = FALSE) in R.',
        )
    dialect = detect(text, f"“{path.name}”")
    table = read_table(head, path.name, header=header)
    if dialect.above or table.further_lines:
        raise DataError(
            f"“{path.name}” has more than one line of names, or lines above them, and is too large to be read whole.",
            "Leave the one line of names and the rows.",
        )
    extra = {"row names": (["row"], []), "blank": ([], [""])}.get(dialect.extra, ([], []))
    raw = [*extra[0], *dialect.header, *extra[1]]
    return dialect, unique_names([""] * len(raw) if table.first_line is False else raw)[0], table


def _unpacked(path: Path) -> Any:
    """The bytes of a file as a stream, of a packed one those in it."""
    if path.suffix == ".zst":
        return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _asked(head: pd.Series | None, separator: str) -> tuple[str, ...]:
    """The patterns that may be found in every cell of a column, by its head: what that rules out, no further row brings back."""
    if head is None or (head.isna() | head.isin(cell_patterns.MISSING_IN_NUMBERS)).all():
        return (*NUMERIC, *DATED, *cell_patterns.TRUTHS)
    if pd.api.types.is_bool_dtype(head.dtype):
        return cell_patterns.TRUTHS
    if pd.api.types.is_datetime64_any_dtype(head.dtype):
        return DATED
    return NUMERIC if pd.api.types.is_numeric_dtype(head.dtype) or separator != "," else ()  # of text, decimal commas


@dataclass(frozen=True)
class _Counted:
    """The facts of a column (`data.text_types.Facts`), counted by DuckDB.

    Parameters
    ----------
    n, rows, values, whole : int
        Cells that are not missing among numbers; all of them; those that are not missing among text; those that BIGINT holds.
    found : dict
        Pattern to the cells in which it is found.
    """

    n: int
    rows: int
    values: int
    whole: int
    found: dict[str, int]

    @property
    def complete(self) -> bool:
        return self.n == self.rows

    def all(self, pattern: str) -> bool:
        return self.found.get(pattern, 0) == self.n

    def share(self, pattern: str) -> float:
        return self.found.get(pattern, 0) / self.n


def _typed(cells: duckdb.DuckDBPyRelation, asked: dict[str, tuple[str, ...]], separator: str) -> dict[str, str]:
    """The expression of each column's values, in terms of `_prepared` columns, by two passes over all cells, seldom three."""
    values = {name: f"v{k}" for k, name in enumerate(asked)}
    facts = _count(cells, values, asked)
    if separator != "," and (undecided := [name for name in asked if may_be_marked(facts[name])]):
        _count_marked(cells, {name: values[name] for name in undecided}, facts)
    of_commas = "," if any(map(has_decimal_points, facts.values())) else separator
    forms = {name: form_of(facts[name], of_commas) for name in asked}
    texts = {name: _replaced(values[name], REPLACED.get(form, ())) for name, form in forms.items()}
    typed = {name: _value(texts[name], forms[name], facts[name]) for name in asked if forms[name] != "text"}
    told_apart = _are_told_apart(cells, {name: (texts[name], value, forms[name]) for name, value in typed.items()})
    typed = {name: value for name, value in typed.items() if told_apart[name]}
    commas = {n for n in asked if forms[n] == "decimal comma" and n in typed}
    mixed = {n for n in asked if forms[n] == "text" and are_mostly_commas(facts[n], of_commas)}
    if separator != "," and commas | mixed:  # "1.234" beside "0,5" is a thousand and more
        dotted = [name for name in typed if forms[name] == "number" and are_dotted(facts[name])]
        typed |= {name: f"({_replaced(values[name], DOTS)})::DOUBLE" for name in dotted}
    return {n: typed.get(n) or _text(k, facts[n].values > 0, n in mixed) for k, n in enumerate(asked)}


def _count(
    cells: duckdb.DuckDBPyRelation, values: dict[str, str], asked: dict[str, tuple[str, ...]]
) -> dict[str, _Counted]:
    """The facts of all columns, by one pass."""
    counts = [
        f"count({value}), count(*), count(t{k}), count(try_cast({value} as BIGINT))"
        + "".join(f", count(*) filter (regexp_matches({value}, {literal(pattern)}))" for pattern in asked[name])
        for k, (name, value) in enumerate(values.items())
    ]
    result = iter(_row(cells, counts) if counts else ())
    return {
        name: _Counted(next(result), next(result), next(result), next(result), {p: next(result) for p in patterns})
        for name, patterns in asked.items()
    }


def _count_marked(cells: duckdb.DuckDBPyRelation, values: dict[str, str], facts: dict[str, _Counted]) -> None:
    """Add to the facts of these columns how many cells are numbers with a sign or a unit; a pass of its own (`may_be_marked`)."""
    pattern = cell_patterns.MARKED_NUMBER
    counts = [f"count(*) filter (regexp_matches({value}, {literal(pattern)}))" for value in values.values()]
    for name, count in zip(values, _row(cells, counts), strict=True):
        facts[name].found[pattern] = count


def _value(text: str, form: Form, facts: _Counted) -> str:
    """The expression that makes values of text."""
    if form == "truth":
        return f"(lower({text}) = 'true')"
    if form == "date":
        return f"try_cast(rtrim({text}, 'Z') as TIMESTAMP{'_NS' * (facts.share(cell_patterns.NANOSECONDS) > 0)})"
    return f"({text})::{'BIGINT' if form == 'whole' and facts.whole == facts.n else 'DOUBLE'}"


def _are_told_apart(cells: duckdb.DuckDBPyRelation, typed: dict[str, tuple[str, str, Form]]) -> dict[str, bool]:
    """Whether each text is a value of its own, as `data.readers.numeric_text` and `data.infer_types` have it; one pass over all cells."""
    counts = {}
    for name, (text, value, form) in typed.items():
        if form == "date":
            bad, one = f"{value} is null and {text} is not null", text
        elif form != "truth" and value.endswith("DOUBLE"):
            rounded = f"try_cast({value} as HUGEINT) is distinct from try_cast({text} as HUGEINT)"
            long = f"regexp_matches({text}, {literal(cell_patterns.LONG)}) and (length({text}) > 38 or {rounded})"
            bad, one = f"regexp_matches({text}, {literal(cell_patterns.CODE)}) or ({long})", text
            for pattern, new in cell_patterns.ONE_WRITING:
                one = f"regexp_replace({one}, {literal(pattern)}, {literal(new)})"
            value = f"{value} + 0"
        else:
            continue
        counts[name] = f"coalesce(bool_or({bad}), false) or count(distinct {one}) > count(distinct {value})"
    lost = dict(zip(counts, _row(cells, list(counts.values())) if counts else (), strict=True))
    return {name: not lost.get(name, False) for name in typed}


def _text(k: int, any_value: bool, mostly_commas: bool) -> str:
    """The expression of a column of text; a column without any value is one of missing numbers."""
    if not any_value:
        return "NULL::DOUBLE"
    if not mostly_commas:
        return f"t{k}"
    plain = _replaced(f"v{k}", REPLACED["decimal comma"])
    return f"case when regexp_matches(v{k}, {literal(cell_patterns.DECIMAL_COMMA)}) then {plain} else t{k} end"


def _row(cells: duckdb.DuckDBPyRelation, asked: Sequence[str]) -> tuple[Any, ...]:
    """What is asked of all cells."""
    result = cells.query("cells_of_file", f"SELECT {', '.join(asked)} FROM cells_of_file")
    assert result is not None
    return tuple(result.fetchall()[0])


def _replaced(text: str, replacements: Sequence[tuple[str, str]]) -> str:
    for old, new in replacements:
        text = f"replace({text}, {literal(old)}, {literal(new)})"
    return text
