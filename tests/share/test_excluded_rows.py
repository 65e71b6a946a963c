"""Rows that are left out by hand, as text in an address and in a table's id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmmcompare.share import link
from lmmcompare.share.excluded_rows import MOST, parts_of, read, table_without, text

rows = st.sets(st.integers(1, 9_999_999), min_size=1, max_size=MOST)


@given(rows)
def test_what_is_written_is_read(some):
    assert read(text(some)) == tuple(sorted(some))


def test_neighbours_are_written_as_a_range():
    assert text([17, 3, 5, 4]) == "3-5,17"


@pytest.mark.parametrize(
    "words", ["", "0", "5-3", "1-201", "1,2;3", "1-", "99999999", "1," * 300 + "1", "__import__('os')"]
)
def test_what_says_no_rows_or_too_many_is_none(words):
    assert read(words) == ()


def test_the_rows_are_instead_of_those_left_out_before():
    once = table_without("folder:a:b.csv", [2])
    assert parts_of(once) == ("folder:a:b.csv", (2,))
    assert table_without(once, [4, 5]) == table_without("folder:a:b.csv", [5, 4])
    assert table_without(once, []) == "folder:a:b.csv"


def test_a_link_that_says_no_rows_opens_the_whole_table_and_says_so():
    opened = link.read({"example": "sleepstudy", "excluded": "5-3"})
    assert opened.table == "sleepstudy" and "excluded" in str(opened.notices)
