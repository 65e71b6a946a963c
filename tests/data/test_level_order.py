"""Text that holds numbers, in their order."""

import pandas as pd
import pytest

from lmmcompare.data.level_order import numeric_order
from lmmcompare.data.steps import Retype
from lmmcompare.errors import DataError


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["week 12", "week 4", None, "week 0", "week 4"], ("week 0", "week 4", "week 12")),
        (["T10", "T9", "baseline", "T1"], ("baseline", "T1", "T9", "T10")),
        (["12h30", "2h30", "2h5"], ("2h5", "2h30", "12h30")),
        (["week 1", "week 2"], ()),  # as letters have it
        (["week 10", "day 2", "day 1"], ()),  # of two kinds
        (["low", "mid", "high"], ()),
        (["v2", "v10", "none", "other"], ()),
        ([f"p{k}" for k in range(100)], ()),  # names of rows
        (["1.5 mg", "1.25 mg", "2 mg", "10 mg"], ("1.25 mg", "1.5 mg", "2 mg", "10 mg")),  # decimals
        (["-5 °C", "−10 °C", "20 °C", "3 °C"], ("−10 °C", "-5 °C", "3 °C", "20 °C")),  # below 0
        (["0.5", "0.25", "0.10"], ()),
        (["5-9 years", "10-14 years", "0-4 years"], ("0-4 years", "5-9 years", "10-14 years")),
        (["1,000 mg", "500 mg"], ()),  # a thousand or one
        (
            ["a" + 5_000 * "9", "a10", "a2"],
            ("a2", "a10", "a" + 5_000 * "9"),
        ),  # more digits than Python reads as a whole number
        ([10, 9], ()),
    ],
)
def test_the_order_of_the_numbers_where_letters_have_another(values, expected):
    assert numeric_order(pd.Series(values, dtype=None if values[0] == 10 else "str")) == expected


def test_categories_have_an_order_already():
    assert numeric_order(pd.Series(["a 10", "a 9"], dtype="category")) == ()


def test_the_change_says_the_order():
    frame = pd.DataFrame({"visit": [f"week {k}" for k in (12, 4, 0)]})
    ordered, words = Retype("visit", "category", numeric_order(frame["visit"])).apply(frame)
    assert ordered["visit"].cat.categories.tolist() == ["week 0", "week 4", "week 12"]
    assert words == "“visit” holds 3 categories, compared with “week 0”, in the order week 0, week 4, week 12."


def test_the_number_behind_a_word_is_read_where_it_is_asked_for():
    frame = pd.DataFrame({"visit": ["week 12", None, "week 4"], "item": ["a 1", "b 2", "b 3"]})
    numbers, words = Retype("visit", "number").apply(frame)
    assert numbers["visit"].tolist()[::2] == [12, 4] and numbers["visit"].isna().tolist() == [False, True, False]
    assert words == "“visit” holds numbers; “week” was left out."
    with pytest.raises(DataError, match="No value"):
        Retype("item", "number").apply(frame)


@pytest.mark.parametrize("values", [["T-1", "T0", "T1"], ["p.05", "p.5", "p.1"], ["T-1", "T-2", "T0"]])
def test_texts_that_differ_in_a_sign_or_decimals_are_not_made_one_number(values):
    with pytest.raises(DataError, match="No value"):
        Retype("visit", "number").apply(pd.DataFrame({"visit": values}))
