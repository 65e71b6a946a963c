"""Tables with blanks between the columns, as R, Mplus, HLM and consoles write them."""

from __future__ import annotations

import time

import pytest

from lmmcompare.data.blank_separated import with_tabs
from lmmcompare.data.read import read
from lmmcompare.errors import DataError


def columns(text: str) -> dict[str, list]:
    return read(text.encode(), "a.dat").frame.to_dict("list")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"g" "y"\n"1" "a b" 1.5\n"2" "c" 2\n', {"row": [1, 2], "g": ["a b", "c"], "y": [1.5, 2.0]}),
        ('"g" "y"\n"a \\"b\\"" 1.5\n"c" 2\n', {"g": ['a "b"', "c"], "y": [1.5, 2.0]}),
        ('"g" "y"\n"a ""b""" 1.5\n"c" 2\n', {"g": ['a "b"', "c"], "y": [1.5, 2.0]}),
        ('"a, b" "y"\n"x, y" 1\n"z" 2\n', {"a, b": ["x, y", "z"], "y": [1, 2]}),
        ("1 1,5\n2 2,25\n2 3\n", {"column_1": [1, 2, 2], "column_2": [1.5, 2.25, 3.0]}),
        ("  1    1.5  \r\n  2   -2.5\r\n 10  3.25\r\n", {"column_1": [1, 2, 10], "column_2": [1.5, -2.5, 3.25]}),
        ("id  y\n 1   2\n\n 2   3", {"id": [1, 2], "y": [2, 3]}),
        ("id\ty z\n1\t2 3\n", {"id": [1], "y z": ["2 3"]}),  # a tab separates, where there is one
        ("id,y z\n1,2 3\n", {"id": [1], "y z": ["2 3"]}),
    ],
)
def test_blanks_between_columns(text, expected):
    assert columns(text) == expected


def test_missing_values_of_mplus():
    frame = read(b"1 2.5 *\n1 . 3\n2 4 5\n", "a.dat").frame
    assert frame.isna().to_numpy().tolist() == [[False, False, True], [False, True, False], [False] * 3]


def test_the_first_line_is_chosen():
    table = read(b"1 2\n3 4\n5 6\n", "a.dat", header=True)
    assert list(table.frame.columns) == ["1", "2"] and "Blanks separate the columns" in " ".join(table.notes)


def test_a_time_of_day_is_a_cell_of_its_own_unless_the_lines_are_too_wide_then():
    """R's `write.table` puts no quotes about moments, so that R itself cannot read what it wrote."""
    text = '"g" "at" "y"\n"1" "a" 2024-03-31 01:30:00 1.5\n"2" "b" 2024-04-01 02:30:00 2.5\n'
    found = columns(text)
    assert found["g"] == ["a", "b"] and found["y"] == [1.5, 2.5]
    assert [str(moment) for moment in found["at"]] == ["2024-03-31 01:30:00", "2024-04-01 02:30:00"]
    named = columns('"g" "at" "y"\n"a" 2024-03-31 01:30:00 1.5\n"a" 2024-04-01 02:30:00 2.5\n')  # row.names = FALSE
    assert named == {"g": ["a", "a"], "at": found["at"], "y": [1.5, 2.5]}
    nameless = columns("a 2024-03-31 01:30:00 1.5\na 2024-04-01 02:30:00 2.5\n")
    assert nameless == {"column_1": ["a", "a"], "column_2": found["at"], "column_3": [1.5, 2.5]}
    quoted = columns('"note" "y"\n"at 2024-03-31 01:30:00 sharp" 1\n"never" 2\n')
    assert quoted["note"] == ["at 2024-03-31 01:30:00 sharp", "never"]
    apart = columns("day time y\n2024-03-31 01:30 1.5\n2024-04-01 02:30 2.5\n")
    assert apart["time"] == ["01:30", "02:30"] and apart["y"] == [1.5, 2.5]
    counted = columns("day time y\n1 2024-03-31 01:30 1.5\n2 2024-04-01 02:30 2.5\n")
    assert counted["row"] == [1, 2] and counted["time"] == ["01:30", "02:30"] and counted["y"] == [1.5, 2.5]


def test_uneven_lines_and_sentences_are_refused():
    with pytest.raises(DataError, match=r"Line 3 of “a\.dat” has 4 cells, not 3"):
        columns("g y z\na 1 2\nthe b 2 3\nc 4 5\n")
    with pytest.raises(DataError, match="one column only"):
        columns("A letter\nthat is no table at all\nbut some lines\nof text.\n")


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_quotes_within_quotes_as_r_writes_them(separator):
    text = f'"g"{separator}"y"\n"a \\"b\\""{separator}1\n"c\\"d"{separator}2\n'
    assert columns(text) == {"g": ['a "b"', 'c"d'], "y": [1, 2]}
    text = f'"g"{separator}"y"\n"C:\\"{separator}1\n"D:\\"{separator}2\n'
    assert columns(text) == {"g": ["C:\\", "D:\\"], "y": [1, 2]}


@pytest.mark.parametrize(
    ("content", "way_out"),
    [
        (b"\x80\x04\x95rest", "to_csv("),
        (b"\x89HDF\r\n\x1a\nrest", "writetable(T"),
        (b"\x93NUMPY\x01\0v", "numpy.load"),
        (b'<?xml version="1.0"?>\n<GraphPadPrismFile/>', "Export, CSV"),
        (b"##BLOCKS= 1\nPlate:\tPlate1\t1.3\n\t25.00\t0.5601\t0.9710\n\n~End\n", "well, sample, value"),
        ("##BLOCKS= 1\nPlate:\tPlate1\n".encode("utf-16"), "copy a Group table"),
    ],
)
def test_files_of_other_programs_are_refused_with_their_way_out(content, way_out):
    with pytest.raises(DataError) as caught:
        read(content, "a.file")
    assert way_out in caught.value.remedy and "damaged" not in caught.value.problem


def test_quotes_that_are_never_closed_are_gone_through_once() -> None:
    """60,000 of them took minutes, as the end was looked for from each."""
    line = b"a " + b'x\\"' * 60_000
    begin = time.perf_counter()
    assert with_tabs(b"a b\n" + line) is not None
    assert time.perf_counter() - begin < 10
