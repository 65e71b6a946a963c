"""Vectors as R's console prints them: columns where they have one length, else refused with what to paste."""

from __future__ import annotations

import pytest

from lmmcompare.data.read import read_text
from lmmcompare.errors import DataError

Y = " [1] 2.5 3.1 4.2 5.3 6.1 2.5 3.1 4.2 5.3\n[10] 6.1 7.2  NA\n"
G = "[1] a a a a b b b b c\n[10] c c <NA>\nLevels: a b c\n"


@pytest.mark.parametrize("typed", ["> {}\n", "> d${}\n", "${}\n"])
def test_vectors_below_their_names_are_columns(typed):
    table = read_text(typed.format("y") + Y + "\n" + typed.format("g") + G)
    assert table.frame["y"].tolist()[:11] == [2.5, 3.1, 4.2, 5.3, 6.1, 2.5, 3.1, 4.2, 5.3, 6.1, 7.2]
    assert table.frame["g"].tolist()[:11] == list("aaaabbbbccc") and table.frame.isna().sum().tolist() == [1, 1]
    assert "R prints seven digits of a number" in table.notes[0] and len(table.frame) == 12


def test_texts_keep_their_blanks_and_an_order_of_levels_is_named():
    table = read_text(
        '> g\n[1] "New York" "Oslo"     "Oslo"\n> arm\n[1] low  high low\nLevels: low < high\n> y\n[1] 1 2 3\n'
    )
    assert table.frame["g"].tolist() == ["New York", "Oslo", "Oslo"]
    assert "The order of levels is not kept: “arm”." in table.notes


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (Y, r"This is one vector of 12 values.*dput\(data.frame\(y, g\)\)"),
        ("> y\n" + Y + "> g\n[1] a b\nLevels: a b\n", "differ in how many values they have: “y 12”, “g 2”"),
    ],
)
def test_vectors_that_make_no_table_are_refused(text, problem):
    with pytest.raises(DataError, match=problem):
        read_text(text)


def test_a_table_below_a_line_of_output_is_a_table():
    assert read_text('> class(d)\n[1] "data.frame"\n> d\n  id   y\n1  1 2.5\n2  2 3.5\n').frame["y"].tolist() == [
        2.5,
        3.5,
    ]
