"""Values beyond a limit of detection: told from other text, substituted as a person chooses, and said with their number."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.columns import describe
from lmmcompare.data.detection_limits import limits_of
from lmmcompare.data.recipe import Recipe, apply, from_json, to_json
from lmmcompare.data.steps import Retype
from lmmcompare.data.table import Table
from lmmcompare.errors import DataError

nan = math.nan


@pytest.mark.parametrize(
    ("text", "limit", "below"),
    [
        ("<0.5", 0.5, True),
        ("< LOD 0.5", 0.5, True),
        ("<0,05", 0.05, True),
        ("≤ 2", 2.0, True),
        (">100", 100.0, False),
        (">= 1,000", 1000.0, False),
        ("<1e-3", 0.001, True),
        ("< LOD", nan, True),
        ("0.5", nan, False),
        ("<a 3 b", nan, True),
        ("<0.5 mg", 0.5, True),
        ("> 20 µg/L", 20.0, False),
        ("<5%", 5.0, True),
        ("<20 to 40", nan, True),
    ],
)
def test_limits(text, limit, below):
    limits, is_below = limits_of(pd.Series([text]))
    np.testing.assert_equal(limits[0], limit)
    assert math.isnan(limit) or is_below[0] == below


def frame() -> pd.DataFrame:
    return pd.DataFrame({"lead": ["1.5", "<0.5", "2", "<0.5", ">100", "ND", None, "7", "8", "9", "10", "11"]})


@pytest.mark.parametrize(
    ("levels", "expected", "words"),
    [
        ((), [1.5, nan, 2, nan, nan, nan, nan], "4 rows with “<0.5”, “>100”, “ND” became missing"),
        (("limit",), [1.5, 0.5, 2, 0.5, 100, nan, nan], "the limit itself stands for “<0.5”, “>100” in 3 rows"),
        (("half",), [1.5, 0.25, 2, 0.25, 100, nan, nan], "(above a limit the limit itself)"),
    ],
)
def test_substitutes(levels, expected, words):
    step = Retype("lead", "number", levels)
    changed = apply(from_json(to_json(Recipe((step,)))), Table(frame(), "a.csv"))
    np.testing.assert_equal(changed.frame["lead"].to_numpy(float)[:7], np.array(expected, dtype=float))
    assert words in changed.notes[-1] and ("1 row with “ND” became missing" in changed.notes[-1]) == bool(levels)


def test_a_substitute_that_is_none_is_refused():
    with pytest.raises(DataError, match="Choose one of: limit, half"):
        Retype("lead", "number", ("third",)).apply(frame())


def test_most_values_beyond_a_limit_are_still_numbers_but_ranges_are_categories():
    mostly = pd.DataFrame(
        {"a": ["<0.5"] * 6 + ["0.7", "0.8", "1.2", "0.9"], "b": ["<20", "20-40", ">40", "<20", ">40"] * 2}
    )
    lead, age = describe(mostly)
    assert (lead.n_not_numeric, age.n_not_numeric) == (6, 0)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.5", "<0.5 mg", "2", "3"], [1.5, 0.5, 2, 3]),  # the unit with the limit only
        (["1.5 mg", "<0.5 mg", "2 mg", "3 mg"], [1.5, 0.5, 2, 3]),
        (["1,5 %", "<0,5", "2 %", "3 %"], [1.5, 0.5, 2, 3]),
    ],
)
def test_a_limit_with_a_unit_is_a_limit(cells, expected):
    column = pd.DataFrame({"dose": cells * 3})
    assert describe(column)[0].n_not_numeric == 3
    changed, words = Retype("dose", "number", ("limit",)).apply(column)
    assert changed["dose"].tolist() == expected * 3 and "in 3 rows" in words
    missing = Retype("dose", "number").apply(column)[0]["dose"]
    assert missing.isna().sum() == 3


def test_limits_in_several_units_are_no_numbers_of_one_column():
    mixed = pd.DataFrame({"dose": ["1.5", "<0.5 mg", "2", "<3 kg", "4"]})
    assert Retype("dose", "number", ("half",)).apply(mixed)[0]["dose"].isna().sum() == 2
    with pytest.raises(DataError, match="No value"):
        Retype("dose", "number", ("half",)).apply(pd.DataFrame({"dose": ["1.5 mg", "<0.5 kg", "2 mg", "3 mg"]}))
    assert describe(pd.DataFrame({"dose": ["1.5 mg", "<0.5 kg", "2 mg", "3 mg"] * 3}))[0].n_not_numeric == 0
