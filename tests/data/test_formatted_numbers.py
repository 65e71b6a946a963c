"""Text with signs of currency, units or separators as numbers, and what is left alone."""

from __future__ import annotations

import pandas as pd
import pytest

from lmmcompare.data.columns import describe
from lmmcompare.data.formatted_numbers import from_format
from lmmcompare.data.steps import Retype
from lmmcompare.errors import DataError


@pytest.mark.parametrize(
    ("texts", "numbers", "mark"),
    [
        (["$1,234.50", "$2.00", "-$3"], [1234.5, 2, -3], "$"),
        (["€ 79,963", "€ 1,080,001"], [79963, 1080001], "€"),
        (["1.234,50 €", "2,00 €"], [1234.5, 2], "€"),
        (["1.234 €", "12.000 €"], [1234, 12000], "€"),
        (["1.25 €", "12.50 €"], [1.25, 12.5], "€"),
        (["3,5 %", "\N{MINUS SIGN}2 %"], [3.5, -2], "%"),
        (["5 mg", "12.5mg"], [5, 12.5], "mg"),
        (["57'166", "60\N{RIGHT SINGLE QUOTATION MARK}001"], [57166, 60001], ""),
        (["(5.02)", "3.10", "(1,234)"], [-5.02, 3.1, -1234], ""),
        (["$(5)", "($1,000.50)", "$7"], [-5, -1000.5, 7], "$"),
        (["1,23,456", "12,34,567.5", "900"], [123456, 1234567.5, 900], ""),
        (["1.5", "2,5", "-3.25"], [1.5, 2.5, -3.25], ""),  # keyed in by two people
        (["$1.50", "$2,50"], [1.5, 2.5], "$"),
        (["3.5-", "1.25", "1,234-"], [-3.5, 1.25, -1234], ""),
        (["3,5-", "1,25"], [-3.5, 1.25], ""),
        (["1 1/2", "3/4", "-2 1/4", "5"], [1.5, 0.75, -2.25, 5], ""),
        (["1½", "¾", "2"], [1.5, 0.75, 2], ""),
        (["4.5%", "3.2", "5 %"], [4.5, 3.2, 5], "%"),
        (["$5", "6.50"], [5, 6.5], "$"),
        (['="001"', '="10.5"', "2"], [1, 10.5, 2], '=""'),  # Excel's text of a number in CSV
        (["1.5D+01", "-.25d0", "3"], [15, -0.25, 3], ""),  # Fortran's
        (["12\u202f000", "900", "1\u00a0234\u00a0567,5"], [12000, 900, 1234567.5], ""),
    ],
)
def test_formats(texts, numbers, mark):
    found, left_out = from_format(pd.Series(texts))
    assert (found.tolist(), left_out) == (numbers, mark)
    changed, words = Retype("a", "number").apply(pd.DataFrame({"a": texts}))
    assert changed["a"].tolist() == numbers and (mark in words)
    assert describe(pd.DataFrame({"a": [*texts, None]}))[0].n_as_numbers in (len(numbers), 0)  # two values are a factor


def test_of_a_sign_that_some_numbers_lack_it_is_said_how_many():
    words = Retype("a", "number").apply(pd.DataFrame({"a": ["4.5%", "3.2", "5 %", None, "7"]}))[1]
    assert "“%” was left out, which 2 rows have not." in words


@pytest.mark.parametrize(
    ("texts", "numbers", "said", "offered"),
    [
        (["5.0 e", "18.3 b", "4.0", "7"], [5, 18.3, 4, 7], "“b, e” was left out", (0, 4)),
        (["5.0 e", ": u", "4.0", "-7 bp", "6"], [5, None, 4, -7, 6], "1 row with “: u” became missing", (1, 0)),
        (["7 / 10", "10 / 10", "2 / 10"], [7, 10, 2], "“/ 10” was left out", (0, 0)),
    ],
)
def test_flags_of_offices_and_points_of_as_many(texts, numbers, said, offered):
    frame = pd.DataFrame({"a": [*texts, None]})
    changed, words = Retype("a", "number").apply(frame)
    assert [None if pd.isna(value) else value for value in changed["a"]] == [*numbers, None] and said in words
    info = describe(frame)[0]  # what the Data page offers to read as numbers
    assert (info.n_not_numeric, info.n_as_numbers) == offered


@pytest.mark.parametrize("texts", [["5 d", "30 s"], ["12b", "1 e", "7a"], ["5 / 10", "5 / 20"], ["1 e", "x"]])
def test_letters_behind_numbers_that_may_be_units(texts):
    with pytest.raises(DataError):
        Retype("a", "number").apply(pd.DataFrame({"a": texts}))


@pytest.mark.parametrize(
    "texts",
    [
        ["1", "2.5"],  # plain
        ["5 mg", "5 kg"],
        ["$5", "€5"],
        ["Store 1", "Store 2"],
        ["P01", "P02"],
        ["1st", "2nd"],
        ["5 1", "6 2"],
        ["1/2", "11/7"],  # names of plots, days and months, scores
        ["1.5", "2,5", "1,234"],  # a decimal comma or thousands
        ["5-", "7-"],
        ["10:30", "11:20"],
        ["<0.5", "<1"],
        ["1.2.3 kg", "1.2.4 kg"],
        ["--5 %", "6 %"],
        ["(1)", "(2)", "(3)"],
        ["(-5)", "3"],
        ["1,23,45", "2"],
    ],
)
def test_what_is_no_such_number(texts):
    assert from_format(pd.Series(texts)) is None


def test_signs_and_separators_in_some_cells_only_are_no_stray_text():
    plain = [f"{k}.5" for k in range(30)]
    for odd, last in (("(40.5)", -40.5), ("1 040.5", 1040.5)):
        frame = pd.DataFrame({"a": [*plain, odd]})
        info = describe(frame)[0]
        assert (info.n_not_numeric, info.n_as_numbers) == (0, 31)
        assert Retype("a", "number").apply(frame)[0]["a"].iloc[-1] == last


def test_a_unit_beside_words_stays_text_but_for_a_person_who_wants_numbers():
    with pytest.raises(DataError):
        Retype("a", "number").apply(pd.DataFrame({"a": ["5 mg", "none", "6 kg"]}))
