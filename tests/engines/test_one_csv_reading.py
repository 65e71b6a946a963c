"""One reading: what an upload of a text file becomes, its path becomes too, whether it is read whole or by DuckDB."""

from __future__ import annotations

import csv
import io
from itertools import product
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import lmmcompare
from lmmcompare.data.read import read
from lmmcompare.engines import csv_files
from lmmcompare.engines.files import connect
from lmmcompare.errors import DataError
from tests.effort import crossed, examples

FAMILIES = {
    "whole": ["0", "1", "-3", "42", "-0"],
    "signs": ["+5", "5", "\N{MINUS SIGN}2", "-2", "7"],
    "codes": ["01", "1", "007", "12"],
    "hexadecimal": ["0x10", "16", "3"],
    "fractions": ["1.5", ".5", "0.25", "2.", "-3.75"],
    "padded": ["1.1", "1.10", "1.2", "2"],
    "exponents": ["1e3", "1000", "2.5E-2", "1e400"],
    "long": ["9007199254740993", "9007199254740992", "1", "12"],
    "longer": ["9223372036854775807", "9223372036854775808", "123456789012345678901234567890", "5"],
    "infinite": ["inf", "-inf", "Infinity", "INF", "1"],
    "names": ["Nan", "nan(1)", "Ann", "T", "F"],
    "markers": ["", "NA", ".", "-", "?", "None", "na", "NULL", "n/a"],
    "decimal commas": ["1,5", "0,25", "-3,75", "1.234,5", "1.234", "12"],
    "thousands": ["1,234", "1,234,567", "12", "1,234.5"],
    "points of thousands": ["1.234", "12.345", "1.234.567"],
    "prices": ["$5.02", "$1,012.5", "$7"],
    "shares": ["12.5 %", "7 %"],
    "truths": ["True", "False"],
    "capital truths": ["TRUE", "FALSE"],
    "small truths": ["true", "false"],
    "days": ["2021-01-15", "2020-02-29", "1999-12-31"],
    "no days": ["2021-02-30", "2021-13-01", "2021-01-15"],
    "moments": ["2021-01-15 12:30", "2021-01-15T12:30:15", "2021-01-15 12:30:15.25", "2021-01-15"],
    "universal": ["2021-01-15T12:30Z", "2021-01-16T12:30:01Z"],
    "odd moments": ["2021-01-15 24:00", "2021-01-15 23:59:60", "2021-01-15 12:30:15.1234567"],
    "other days": ["15.01.2021", "1/2/2021"],
    "words": ["a", "b", "it's", "two words", 'a "word"', "ж", "1 2"],
}
LONG, SEPARATED = {"long", "longer"}, {"decimal commas", "thousands", "points of thousands"}
"""Beyond 2^53 and with separators of thousands, whole numbers are exact in an upload and text by DuckDB; neither loses any."""
CONNECTION = connect()
SPACED = ["", " ", "\N{NO-BREAK SPACE}", "\t"]


@st.composite
def columns(draw: Any, rows: int) -> list[str]:
    """Cells of one family, perhaps among markers of missing values, or of two families."""
    family, other = (draw(st.sampled_from(list(FAMILIES))) for _ in range(2))
    assume(not ({family, other} & LONG and {family, other} & SEPARATED))
    more = draw(st.sampled_from([[], FAMILIES["markers"][:2], FAMILIES["markers"], FAMILIES[other]]))
    cells = draw(st.lists(st.sampled_from(FAMILIES[family] + more), min_size=rows, max_size=rows))
    space = draw(st.sampled_from(SPACED))
    return [space + cell if k % 3 == 0 else cell for k, cell in enumerate(cells)]


@st.composite
def tables(draw: Any) -> list[list[str]]:
    rows = draw(st.integers(2, 12))
    return [draw(columns(rows)) for _ in range(draw(st.integers(2, 4)))]


def as_read(frame: pd.DataFrame) -> dict[str, tuple[str, list[Any]]]:
    """Each column's kind, and its values in one way of writing each."""
    found = {}
    for name in frame:
        column = frame[name]
        types = pd.api.types
        if types.is_bool_dtype(column.dtype) or {type(v) for v in column.dropna()} == {bool}:
            kind, values = "truth", [None if pd.isna(v) else bool(v) for v in column]
        elif types.is_numeric_dtype(column.dtype):
            kind, values = "number", [None if pd.isna(v) else v for v in column.tolist()]
        elif types.is_datetime64_any_dtype(column.dtype):
            kind, values = "date", [None if pd.isna(v) else str(pd.Timestamp(v)) for v in column]
        else:
            kind, values = "text", [None if pd.isna(v) else v for v in column]
        found[str(name)] = (kind, values)
    return found


def by_path(path: Path) -> dict[str, tuple[str, list[Any]]]:
    fetched = csv_files.read(CONNECTION, str(path), [str(path)], None).df()
    return as_read(fetched.sort_values("id", ignore_index=True))


TABLES = (tables(), st.sampled_from([",", ";", "\t"]), st.floats(0, 1))


@given(*TABLES)
@settings(max_examples=examples(25))
def test_upload_path_and_duckdb_read_a_table_alike(
    tmp_path_factory: Any, cells: Any, separator: str, head: float
) -> None:
    check(tmp_path_factory.getbasetemp() / "alike.csv", cells, separator, head)


@pytest.mark.slow
@given(*TABLES)
@settings(max_examples=300)
def test_upload_path_and_duckdb_read_many_tables_alike(
    tmp_path_factory: Any, cells: Any, separator: str, head: float
) -> None:
    check(tmp_path_factory.getbasetemp() / "alike.csv", cells, separator, head)


@pytest.mark.parametrize(
    ("family", "separator"),
    [*crossed([f for f in FAMILIES if f not in SEPARATED], ",;"), *product(sorted(SEPARATED), ",;")],
)
def test_each_family_alone_and_beside_missing_cells(family: str, separator: str, tmp_path: Path) -> None:
    cells = FAMILIES[family]
    check(tmp_path / "t.csv", [cells, [*cells[1:], ""], [*cells[1:], "x"], ["", *cells[1:]]], separator, 0.4)


@pytest.mark.parametrize("marked", [["$5.02", "$6.5", "$7"], ["12.5 %", "7 %", "0.25 %"]])
def test_points_of_prices_and_shares_tell_what_commas_are(marked: list[str], tmp_path: Path) -> None:
    """Beside them "1,234" is a thousand and more, though semicolons stand between the columns."""
    check(tmp_path / "t.csv", [["1,234", "987", "2,000"], marked], ";", 0.4)
    assert by_path(tmp_path / "t.csv")["c0"] == ("number", [1234, 987, 2000])


def check(path: Path, cells: list[list[str]], separator: str, share: float) -> None:
    """Write a table and read it in the three ways; DuckDB judges its head by so many of its bytes."""
    names = [f"c{k}" for k in range(len(cells))]
    text = io.StringIO()
    write = csv.writer(text, delimiter=separator, lineterminator="\n")
    write.writerows([["id", *names], *([f"{k + 10}", *row] for k, row in enumerate(zip(*cells, strict=True)))])
    content = text.getvalue().encode()
    path.write_bytes(content)
    upload = as_read(read(content, "t.csv").frame)
    assert by_path(path) == upload
    least = len(b"\n".join(content.split(b"\n")[:3])) + 1
    head = least + int(share * max(len(content) - 1 - least, 0))
    with mock.patch.object(csv_files, "max_bytes", lambda: min(head, len(content) - 1)):
        assert by_path(path) == upload


UNSAFE = "Ann,1,2\nBob,3,4.5\nCem,5,6\nDan,6,1\n"


@pytest.mark.parametrize("limit", [1_000, len(UNSAFE) - 1])
def test_a_first_line_of_data_is_kept_by_whoever_knows(limit: int, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(UNSAFE)
    with mock.patch.object(csv_files, "max_bytes", lambda: limit):
        with pytest.warns(UserWarning, match="header=False") as said:
            assert len(lmmcompare.read(tmp_path / "t.csv").df()) == 3
        assert said[0].filename == __file__
        frame = lmmcompare.read(tmp_path / "t.csv", header=False).df()
    assert sorted(frame["column_1"]) == ["Ann", "Bob", "Cem", "Dan"]


def test_other_files_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[["Ann", 1], ["Bob", 2], ["Ann", 3]]')
    assert len(lmmcompare.read(tmp_path / "t.json", header=False)) == 3
    assert lmmcompare.read(tmp_path / "t.json", header=True).columns.tolist() == ["Ann", "1"]
    with pytest.raises(DataError, match="cannot be read"):
        lmmcompare.read(tmp_path / "none.xlsx")
