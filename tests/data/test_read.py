"""Reading CSV files: what people save, what is refused and how, and a round trip of random tables."""

from __future__ import annotations

import csv
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lmmcompare.data import limits
from lmmcompare.data.csv_dialect import decode
from lmmcompare.data.read import Table, read
from lmmcompare.errors import DataError
from tests.effort import examples

nan = math.nan


def said(table: Table) -> str:
    return " ".join(table.notes)


@pytest.mark.parametrize(
    ("text", "expected", "note"),
    [
        ("a,b\n1,2\n3,4\n", {"a": [1, 3], "b": [2, 4]}, None),
        ("a,b\n1,2", {"a": [1], "b": [2]}, None),
        ("a;b\n1,5;2\n2,5;3\n", {"a": [1.5, 2.5], "b": [2, 3]}, "Semicolons separate the columns and commas mark"),
        ("a\tb\n1\t2.5\n", {"a": [1], "b": [2.5]}, "Tabs separate"),
        ("a|b\nx|2\ny|3\n", {"a": ["x", "y"], "b": [2, 3]}, "Vertical bars separate"),
        ("sep=;\na;b\n1;2\n", {"a": [1], "b": [2]}, "Semicolons"),
        ("a,b\r1,2\r3,4\r", {"a": [1, 3], "b": [2, 4]}, None),
        ("a,b\r\n1,2\r\n", {"a": [1], "b": [2]}, None),
        ('a,b\n"x, y",1\n"p ""q""\nr",2\n', {"a": ["x, y", 'p "q"\nr'], "b": [1, 2]}, None),
        ("a|b\n'x|1'|'y'\n'z'|'u'\n", {"a": ["x|1", "z"], "b": ["y", "u"]}, "Single quotes"),
        ("a,b\nit's,1\nrock 'n',2\n", {"a": ["it's", "rock 'n'"], "b": [1, 2]}, None),
        ("a, b\n x, 1\ny , 2\n", {"a": ["x", "y"], "b": [1, 2]}, "Spaces around"),
        ("a,b\n1,2\n\n3,4\n\n", {"a": [1, 3], "b": [2, 4]}, None),
        ("\n\na,b\n1,2\n  \n", {"a": [1], "b": [2]}, None),
        ("a,b\n1,2\n,\n3,4\n", {"a": [1, 3], "b": [2, 4]}, "1 row without any value left out"),
        ("\N{CYRILLIC SMALL LETTER YA},身長\nж,1\n", {"я": ["ж"], "身長": [1]}, None),
        ('"x","y"\n"1",1,2\n"2",3,4\n', {"row": [1, 2], "x": [1, 3], "y": [2, 4]}, "called “row”"),
        ("x,y\n1,2,\n3,4,\n", {"x": [1, 3], "y": [2, 4]}, "blank at the end"),
        ("0,1\n3,4\n", {"0": [3], "1": [4]}, None),
        ("1,2\n3,4\n", {"column_1": [1, 3], "column_2": [2, 4]}, "read as data"),
        (
            "d,x\n01.01.2020,1\n01.02.2020,2\n",
            {"d": ["01.01.2020", "01.02.2020"], "x": [1, 2]},
            "Dates were read as text",
        ),
        ("a,x\nu,inf\nv,-inf\nw,1\n", {"a": ["u", "v", "w"], "x": [math.inf, -math.inf, 1.0]}, None),
        ("a,x\nTrue,1\nFalse,2\n", {"a": [True, False], "x": [1, 2]}, "truth values"),
        ("a,x\nu,\N{MINUS SIGN}1.5\nv,+2\n", {"a": ["u", "v"], "x": [-1.5, 2.0]}, None),
        ("a,x\nu,\nv,\n", {"a": ["u", "v"], "x": [nan, nan]}, "2 cells were read as missing: blank"),
    ],
)
def test_what_people_save(text, expected, note):
    table = read(text.encode(), "data.csv")
    pd.testing.assert_frame_equal(table.frame, pd.DataFrame(expected))
    assert table.name == "data.csv"
    assert (note in said(table)) if note else table.notes == () or "missing" in said(table)


@pytest.mark.parametrize(
    ("text", "values", "note"),
    [
        ('k,n\na,"1,234"\nb,"5,678,901"\n', [1234, 5678901], "thousands"),
        ('k,n\na,"1,234.5"\nb,"2.5"\n', [1234.5, 2.5], "thousands"),
        ('k,n\na,"1,5"\nb,"2,25"\n', [1.5, 2.25], "Commas in quotes mark the decimals in “n”."),
        ("k;n\na;1.234,5\nb;2\n", [1234.5, 2.0], "decimals"),
        ("k;n\na;1,234\nb;2,5\n", [1.234, 2.5], "decimals"),
        ("k;n\na;1,234\nb;0,567\n", [1.234, 0.567], "decimals"),
        ("k;n\na;,5\nb;-3,1e2\n", [0.5, -310.0], "decimals"),
        ("k;n\na;1.5\nb;2.25\n", [1.5, 2.25], "Semicolons separate the columns."),
        ("k;n\na;1,5\nb;NA\n", [1.5, nan], "decimals"),
        ("k,n\na,0.1\nb,1e-3\n", [0.1, 0.001], None),
    ],
)
def test_commas_in_numbers(text, values, note):
    table = read(text.encode())
    np.testing.assert_array_equal(table.frame["n"].to_numpy(dtype=float), values)
    if note:
        assert note in said(table)


def test_commas_beyond_any_sample_are_found():
    rows = "".join(f"g{k % 5};{k}\n" for k in range(5000)) + "g1;2,5\n"
    table = read(f"k;n\n{rows}".encode())
    assert table.frame["n"].iloc[-1] == 2.5 and "decimals" in said(table)


def test_a_dot_of_thousands_beside_decimal_commas():
    table = read(b"a;b\n1.234;0,5\n2.345;1,5\n")
    assert table.frame["a"].tolist() == [1234, 2345] and "thousands" in said(table)


def test_numbers_below_a_thousand_beside_dots_of_thousands():
    """980 beside 1.200 was 1.2 and 980: all of the column had to have a dot."""
    table = read(b"a;b;g\n980;0,5;x\n1.200;1,5;x\n1.050;2,5;y\n", "a.csv")
    assert table.frame["a"].tolist() == [980, 1200, 1050]
    assert "Separators of thousands were removed in “a”." in table.notes
    decimal = read(b"a;b;g\n9.80;0,5;x\n1.200;1,5;x\n", "a.csv")  # of other than three digits they are none
    assert decimal.frame["a"].tolist() == [9.8, 1.2]


@pytest.mark.parametrize(
    ("separator", "cells", "others", "in_doubt"),
    [
        (";", ["980", "1.200"], ["5", "6"], True),
        (",", ["980", "1.200"], ["5", "6"], True),
        (";", ["9.801", "1.200"], ["5", "6"], True),
        (",", ["9.801", "1.200"], ["5", "6"], False),  # three decimals throughout
        (";", ["9.80", "1.200"], ["5", "6"], False),
        (",", ["980", "1.200"], ["5.5", "6"], False),  # points mark the decimals of another column
    ],
)
def test_points_that_may_separate_thousands_are_said(separator, cells, others, in_doubt):
    lines = ["g", "n", "x"], *(["a", *pair] for pair in zip(cells, others, strict=True))
    table = read("".join(separator.join(line) + "\n" for line in lines).encode(), "a.csv")
    assert table.frame["n"].tolist() == [float(cell) for cell in cells]
    assert any("Points were read as decimals in “n”" in note for note in table.notes) == in_doubt


@pytest.mark.parametrize(
    ("units", "price", "expected", "note"),
    [
        (["1,234", "987"], ["5.02", "6.5"], [1234, 987], "Separators of thousands were removed in “units”."),
        (["1,234", "987"], ["5", "6"], [1.234, 987], "commas mark the decimals"),  # nothing says that it is a thousand
        (["1,234", "987"], ["5.021", "6.502"], [1.234, 987], "commas mark the decimals"),  # nor do points of thousands
        (["1,5", "987"], ["5.02", "6.5"], [1.5, 987], "commas mark the decimals"),
        (["1,234", "987"], ["$5.02", "$6.5"], [1234, 987], "Separators of thousands were removed in “units”."),
        (["1,234", "987"], ["US$ 1,005.02", "US$ 6"], [1234, 987], "Separators of thousands were removed"),
        (["1,234", "987"], ["12.5 %", "7 %"], [1234, 987], "Separators of thousands were removed in “units”."),
        (["1,234", "987"], ["12.25kg", "7kg"], [1234, 987], "Separators of thousands were removed in “units”."),
        (["1,234", "987"], ["1.234 €", "6.502 €"], [1.234, 987], "commas mark the decimals"),
        (["1,234", "987"], ["1.234,50 €", "6 €"], [1.234, 987], "commas mark the decimals"),
        (["1,234", "987"], ["$5", "$6"], [1.234, 987], "commas mark the decimals"),
    ],
)
def test_a_comma_of_thousands_beside_decimal_points(units, price, expected, note):
    rows = "".join(f"{u};{p}\n" for u, p in zip(units, price, strict=True))
    for text in (
        f"units;price\n{rows}",
        f"price;units\n{''.join(f'{p};{u}' + chr(10) for u, p in zip(units, price, strict=True))}",
    ):
        table = read(text.encode())
        assert table.frame["units"].tolist() == expected and note in said(table)


def test_commas_at_the_ends_of_lines_make_no_column_and_no_name_is_told_of_it():
    table = read(b"g,y,\na,1,\nb,2,\n")
    assert list(table.frame) == ["g", "y"] and "left out" in said(table) and "replaced" not in said(table)


@pytest.mark.parametrize("error", ["#REF!", "#NAME?", "#NUM!", "#NULL!", "#DIV/0!", "#VALUE!", "#N/A"])
def test_errors_of_formulas_are_missing(error):
    table = read(f"g,y\na,1.5\nb,{error}\nc,2\n".encode())
    assert table.frame["y"].isna().tolist() == [False, True, False] and f"“{error}”" in said(table)


def test_stray_text_among_decimal_commas_leaves_numbers():
    table = read(b"a;b\n1,5;x\n2,5;y\n3,5;z\nn/a?;w\n")
    assert table.frame["a"].tolist() == ["1.5", "2.5", "3.5", "n/a?"]


@pytest.mark.parametrize(
    "marker", ["", "NA", "NaN", "nan", "n/a", "N/A", "NULL", "null", "<NA>", ".", "-", "?", "None", "..", ":"]
)
def test_missing_among_numbers(marker):
    table = read(f"a,b\n1,x\n{marker},y\n2,z\n".encode())
    np.testing.assert_array_equal(table.frame["a"], [1, nan, 2])
    assert "1 cell was read as missing" in said(table)
    assert (f"“{marker}”" if marker else "blank") in said(table)


def test_markers_that_may_be_values_stay_in_text():
    frame = read(b"a,b\nNone,1\n-,2\nNA,3\nx,4\n").frame
    assert frame["a"].isna().tolist() == [False, False, True, False]
    assert frame["a"].tolist()[:2] == ["None", "-"]


@pytest.mark.parametrize(
    ("header", "names", "note"),
    [
        ("a,,b", ["a", "column_2", "b"], "Blank column name replaced by “column_2”."),
        ("a,a,a", ["a", "a_2", "a_3"], "“a_2”, “a_3”"),
        ("a, a ,a_2", ["a", "a_3", "a_2"], "occur twice"),
        (" a,b ,c", ["a", "b", "c"], None),
        (",column_1,c", ["column_1_2", "column_1", "c"], "Blank"),
        ("a`b,c,d", ["a b", "c", "d"], "cleaned"),
        ('"a\nb",c,d', ["a b", "c", "d"], "cleaned"),
        ("a" * 300 + ",b,c", ["a" * 200, "b", "c"], "shortened"),
        ("a" * 300 + "," + "a" * 301 + ",c", ["a" * 200, "a" * 192 + "_2", "c"], "twice"),
    ],
)
def test_names_are_made_usable(header, names, note):
    table = read(f"{header}\n1,2,3\n".encode())
    assert list(table.frame.columns) == names
    assert (note in said(table)) if note else not table.notes


@pytest.mark.parametrize(
    ("content", "name", "note"),
    [
        ("größe,b\n1,ä\n".encode(), "größe", None),
        ("größe,b\n1,ä\n".encode("utf-8-sig"), "größe", None),
        ("größe,b\n1,ä\n".encode("cp1252"), "größe", "Windows-1252"),
        ("größe,b\n1,ä\n".encode("utf-16"), "größe", "UTF-16"),
    ],
)
def test_encodings(content, name, note):
    table = read(content)
    assert list(table.frame.columns) == [name, "b"] and table.frame["b"].tolist() == ["ä"]
    assert (note in said(table)) if note else not table.notes


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        (b"", "“f.csv” is empty", "Choose"),
        (b" \n\r\n", "“f.csv” is empty", "Choose"),
        (b"\xef\xbb\xbf\n", "“f.csv” is empty", "Choose"),
        (b"a,b\n1,\x002\n", "NUL", "Save"),
        ("a,b\n1,2\n".encode("utf-16-le"), "NUL", "Save"),
        (b"x\x81,b\n1,2\n", "not text", "Save"),
        (b"  <!DOCTYPE html><html>a,b</html>", "web page", "Download"),
        (b"a,b\n", "no rows", "at least one row"),
        (b"a,b", "no rows", "at least one row"),
        (b"a,b\n,\n,\n", "no rows", "at least one row"),
        (b"a\n1\n2\n", "tried commas, semicolons, tabs, vertical bars, blanks", "between the columns"),
        (b"a,b\n1,2\n3\n", "Line 3 of “f.csv” has 1 cell, not 2", "Mend that line"),
        (b"a,b\n1,2\n3,4,5\n", "Line 3 of “f.csv” has 3 cells, not 2", "Mend that line"),
        (b'a,b\n"x\ny",2\n"z",4,5\n', "Line 4 ", "Mend"),
        (b"sep=,\na,b\n1,2\n3\n", "Line 4 ", "Mend"),
        (b'a,b\n1,"x\n2,y\n', "quote in line 2 ", "Close"),
        (",".join(f"v{k}" for k in range(2001)).encode() + b"\n1\n", "2,001 columns", "Keep"),
    ],
)
def test_refused(content, problem, remedy):
    with pytest.raises(DataError) as caught:
        read(content, "f.csv")
    assert problem in caught.value.problem and remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest", "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "an Excel workbook"),
        (b"PAR1rest", "a Parquet file"),
        (b"\x1f\x8brest", "a gzip file"),
        (b'{"a": [1, 2]}', "JSON"),
    ],
)
def test_what_an_engine_is_to_read_as_csv_and_is_another_format(content, words):
    with pytest.raises(DataError, match=f"“f.csv” is {words}, not a CSV file") as caught:
        decode(content, "“f.csv”")
    assert "Save the table as CSV" in caught.value.remedy


def test_a_file_without_a_name_is_the_file():
    with pytest.raises(DataError, match="Line 3 of the file"):
        read(b"a,b\n1,2\n3\n")


def test_limits(monkeypatch):
    content = b"a,b\n" + b"1,2\n" * 300_000
    monkeypatch.setenv("LMMCOMPARE_MAX_MB", "1")
    with pytest.raises(DataError, match=r"1\.20 MB; at most 1\.00 MB"):
        read(content)
    monkeypatch.setenv("LMMCOMPARE_MAX_MB", "lots")
    assert len(read(content).frame) == 300_000
    monkeypatch.setattr(limits, "BYTES_PER_ROW", 50_000)
    with pytest.raises(DataError, match="300,000 rows; at most 1,000"):
        read(content)


def test_many_columns_and_long_cells():
    wide = ",".join(f"v{k}" for k in range(300)) + "\n" + ",".join(["1"] * 300) + "\n"
    assert read(wide.encode()).frame.shape == (1, 300)
    assert read(b"a,b\n1," + b"x" * 500_000 + b"\n2,y\n").frame["b"].str.len().tolist() == [500_000, 1]


def test_large_whole_numbers_are_kept_or_said():
    table = read(b"a,b\n9007199254740993,99999999999999999999\n")
    assert table.frame["a"].tolist() == [9007199254740993] and table.frame["b"].tolist() == ["99999999999999999999"]
    assert "“b”" in said(table) and "rounded" in said(table)


words = st.text(st.sampled_from('abcXYZ äж身,;|"\t\n.'), min_size=1, max_size=8).map(lambda t: f"w{t}w")
floats = st.floats(allow_nan=False, allow_infinity=False, width=64)


@st.composite
def tables(draw) -> pd.DataFrame:
    n = draw(st.integers(2, 12))

    def column(values):
        return draw(st.lists(values, min_size=n, max_size=n))

    return pd.DataFrame(
        {
            "name": column(words),
            "number": column(floats.map(lambda v: v + 0.0)),
            "gaps": [0.5, *column(st.one_of(floats, st.none()))[1:]],
            "whole": column(st.integers(-(2**62), 2**62)),
        }
    )


@settings(max_examples=examples(150))
@given(
    tables(), st.sampled_from(",;\t|"), st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans()
)
def test_round_trip(frame, separator, comma, encoding, quote_all):
    decimal = "," if comma and separator != "," else "."
    text = frame.to_csv(
        index=False, sep=separator, decimal=decimal, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    )
    back = read(text.encode(encoding)).frame
    assert list(back.columns) == list(frame.columns)
    assert back["name"].tolist() == frame["name"].tolist()
    assert back["whole"].tolist() == frame["whole"].tolist()
    for column in ("number", "gaps"):
        np.testing.assert_array_equal(back[column].to_numpy(dtype=float), frame[column].to_numpy(dtype=float))


@settings(max_examples=examples(300))
@given(st.one_of(st.binary(max_size=200), st.text(st.sampled_from("ab1,;\n\"'.\t| \r-"), max_size=60).map(str.encode)))
@example(b";\r,;")  # a cell that is a comma and no digit is no number
def test_any_bytes_give_a_table_or_a_sentence(content):
    try:
        table = read(content, "f.csv")
    except DataError as error:
        assert error.problem and error.remedy
    else:
        assert len(table.frame) and table.frame.columns.is_unique and all(table.frame.columns)


def test_values_that_differ_in_capitals_are_said_and_kept_apart():
    table = read(b"g,sex,y\na,M,1\na,m,2\nb,F,3\nb, F,4\nb,f,5\n", "a.csv")
    assert table.frame["sex"].tolist() == ["M", "m", "F", "F", "f"]
    assert "Values that differ in capitals only are different values: “sex (M and m)”." in table.notes
    assert not any("capitals" in note for note in read(b"g,sex,y\na,M,1\na,F,2\n", "a.csv").notes)
