"""The first line is read as names where it names, as a row where it is one; by every reader, and said."""

from __future__ import annotations

import datetime
import json

import pandas as pd
import pytest

from lmmcompare.data.read import read
from lmmcompare.data.readers.header import first_line
from lmmcompare.errors import DataError
from tests.data import made


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("g,y\na,1\nb,2", True),
        ("a,1.5\nb,2.5\na,3.5", False),  # a occurs again
        ("s01,3,5\ns02,4,6", False),  # built like the one below
        ("2020-01-01,3\n2020-01-02,4", False),
        ("Ann,1.5\nBob,2.5", False),  # 1.5 names nothing
        ("1.5,2\n3,4", False),
        ("a,,2.5\nb,3,4\na,5,6", False),  # a blank in the first row
        ("country,2019,2020\nA,3.4,5.1\nB,1,2", True),
        ("person,1,2,3\nAnn,3.4,5.1,2\nBob,1,2,3", True),
        ("region,0.25,0.5\nn,1.2,3\nn,2,3\ns,1,2\ns,2,2", True),  # regions repeat, “region” is none of them
        (",0,1\n0,3,4\n1,5,6", True),
        ("0,1\n3,4", True),
        ("name,town\nAnn,Bonn", True),
        ("y,timeout\n1,2\n2,x\n3,3\n4,5", True),
    ],
)
def test_names_or_a_row(text, header):
    first, *rows = (line.split(",") for line in text.split("\n"))
    assert first_line(first, rows).names is header
    columns = [f"column_{k + 1}" if not name or not header else name for k, name in enumerate(first)]
    table = read(text.encode(), "a.csv")
    assert list(table.frame.columns) == columns and len(table.frame) == len(rows) + (not header)
    assert table.first_line is header
    if not header:
        assert "was read as data" in " ".join(table.notes)
    for chosen in (True, False):  # whoever knows is believed
        rows_of = len(read(text.encode(), "a.csv", header=chosen).frame)
        assert rows_of == len(rows) + (not chosen)


UNSAFE = ["Ann,1,2\nBob,3,4\nCem,5,6", "Ann,2001,2002\nBob,3,4", "z,1,2.5\na,3,4\na,1,2\nb,3,4\nb,2,2"]


@pytest.mark.parametrize("text", UNSAFE)
def test_a_guess_that_may_lose_a_row_is_said_with_the_remedy(text):
    rows = [line.split(",") for line in text.split("\n")]
    for name, content in {
        "a.csv": text.encode(),
        "a.xlsx": made.xlsx(rows),
        "a.json": json.dumps(rows).encode(),
    }.items():
        guessed = read(content, name)
        assert guessed.first_line and not guessed.sure and "header=False" in " ".join(guessed.notes)
        table = read(content, name, header=False)
        assert table.sure and table.first_line is False and len(table.frame) == len(rows)
        assert table.frame.iloc[0].astype(str).str.removesuffix(".0").tolist() == rows[0]
        assert table.frame.columns.tolist() == [f"column_{k + 1}" for k in range(len(rows[0]))]


def test_names_of_a_first_line_that_looks_like_data():
    frame = read(b"2.5,3\n1,2\n4,5", "a.csv", header=True).frame
    assert frame.columns.tolist() == ["2.5", "3"] and len(frame) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", b'[{"a": 1, "b": 2}]'), ("a.csv", b'"x","y"\n"1",1,2\n"2",3,4\n')],
)
def test_a_file_that_keeps_names_apart_has_no_such_choice(name, content):
    assert read(content, name).first_line is None
    with pytest.raises(DataError):
        read(content, name, header=False)


def test_rows_of_json_are_all_read():
    rows = [[f"g{k % 24}", k / 8, k] for k in range(96)]
    table = read(json.dumps(rows).encode(), "a.json")
    assert table.frame.to_numpy().tolist() == rows and "was read as data" in " ".join(table.notes)
    named = read(json.dumps([["g", "y", "n"], *rows]).encode(), "a.json").frame
    assert list(named.columns) == ["g", "y", "n"] and len(named) == 96


def test_years_above_a_workbook():
    table = read(made.xlsx([("country", 1981, 1982), ("A", 2.5, 3.5), ("B", 4.5, 5.5), ("A", 1, 2)]), "a.xlsx")
    assert list(table.frame.columns) == ["country", "1981", "1982"]
    assert "names of columns" in " ".join(table.notes) and not table.sure


def test_a_workbook_without_names_keeps_its_first_row():
    frame = read(made.xlsx([("a", 2.5), ("b", 3.5), ("a", 1)]), "a.xlsx").frame
    assert frame.to_numpy().tolist() == [["a", 2.5], ["b", 3.5], ["a", 1.0]]


def test_midnight_is_said_among_times():
    moments = [datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 1, 12, 30), "unknown"]
    frame = read(_with_moments(moments), "a.xlsx").frame
    assert frame["at"].tolist() == ["2020-01-01 00:00:00", "2020-01-01 12:30:00", "unknown"]
    frame = read(_with_moments(moments[:2]), "a.xlsx").frame
    assert frame["at"].tolist() == [pd.Timestamp("2020-01-01"), pd.Timestamp("2020-01-01 12:30")]


def _with_moments(cells: list) -> bytes:
    return made.xlsx([("at", "x"), *((cell, 1.5) for cell in cells)], default_date_format="yyyy-mm-dd hh:mm")
