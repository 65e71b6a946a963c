"""What columns hold, how they relate to groups, and what is suggested for a comparison."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmmcompare import examples
from lmmcompare.data.column_info import fitting
from lmmcompare.data.columns import describe
from lmmcompare.data.relation_to_groups import groups, relation
from lmmcompare.errors import DataError
from tests import effort

nan, inf = math.nan, math.inf
DAYS = ["2020-01-01", "2020-01-02", "2020-01-05"]


@pytest.mark.parametrize(
    ("values", "kind", "words"),
    [
        ([2, 5, 8.3], "numeric", "numeric, 2 to 8.3, mean 5.10"),
        ([2, 5, 8], "numeric", "numeric, 2 to 8, mean 5.00"),
        ([1500, 1700.25, 1600], "numeric", "numeric, 1,500 to 1,700.25, mean 1,600"),
        ([-1, 0, 1e-17 + 1], "numeric", "numeric, \N{MINUS SIGN}1 to 1, mean 0"),
        ([1, 2, 3, nan], "numeric", "numeric, 1 to 3, mean 2.00; 1 missing"),
        ([1, 2, 3, inf], "numeric", "numeric, 1 to 3, mean 2.00; 1 infinite value"),
        ([1, 0, 1, 0], "binary", "binary, 2 values: 0, 1"),
        ([1, 0, nan, 0], "binary", "binary, 2 values: 0, 1; 1 missing"),
        (["b", "a", "b"], "binary", "binary, 2 values: a, b"),
        ([True, False, True], "binary", "binary, 2 values: False, True"),
        (
            ["Victory", "Golden Rain", "Marvellous"] * 2,
            "categorical",
            "categorical, 3 values: Golden Rain, Marvellous,",
        ),
        (list("abcdefghab"), "categorical", "categorical, 8 values: a, b, c, d, e, f, …"),
        ([f"free text {k}" for k in range(80)], "text", "text, 80 different values, such as free text 0"),
        (DAYS, "date", "dates as text, such as 2020-01-01"),
        (pd.to_datetime(DAYS), "date", "dates, 2020-01-01 to 2020-01-05"),
        ([3, 3, 3], "constant", "constant, always 3"),
        (["x", "x", None], "constant", "constant, always x; 1 missing"),
        ([nan, nan], "empty", "empty, no values"),
        ([None, None], "empty", "empty, no values"),
        ([inf, -inf, inf], "binary", "infinite values"),
        ([], "empty", "empty, no values"),
    ],
)
def test_kinds_and_words(values, kind, words):
    (info,) = describe(pd.DataFrame({"x": values}))
    assert (info.name, info.kind) == ("x", kind)
    assert words in info.words


def test_the_numbers_of_a_column():
    (info,) = describe(pd.DataFrame({"x": [1.0, 2.0, 6.0, nan, inf, -inf]}))
    assert (info.n_missing, info.n_infinite, info.n_unique) == (1, 2, 5)
    assert (info.minimum, info.maximum, info.mean) == (1, 6, 3)
    assert info.sd == pytest.approx(math.sqrt(7)) and info.is_number


def test_a_large_shift_leaves_the_sd():
    (info,) = describe(pd.DataFrame({"x": np.arange(5.0) + 1e9}))
    assert info.sd == pytest.approx(math.sqrt(2.5), rel=1e-12) and info.mean == 1e9 + 2


def test_a_categoricals_own_order_and_unused_levels():
    column = pd.Categorical(["stim", "unstim", "stim"], categories=["unstim", "stim", "never"])
    (info,) = describe(pd.DataFrame({"c": column}))
    assert info.examples == ("unstim", "stim") and info.n_unique == 2 and not info.is_number


@pytest.mark.parametrize(
    ("values", "n_bad", "offending"),
    [
        (["1", "2", "n/a?", "4", "unknown", "n/a?", "7", "8"], 3, ("n/a?", "unknown")),
        (["1", "x", "y", "2"], 0, ()),
        (["1", "2", "3"], 0, ()),
        (["1.5", "2,5", "3.5", "4.5", "1,234"], 2, ("2,5", "1,234")),  # decimals or thousands
        (["1.5", "2,5", "3.5", None], 0, ()),  # numbers, one with a decimal comma
        (list("abc"), 0, ()),
        ([1, 2, "three", 4], 1, ("three",)),
    ],
)
def test_text_in_a_column_of_numbers(values, n_bad, offending):
    (info,) = describe(pd.DataFrame({"age": values}))
    assert (info.n_not_numeric, info.not_numeric) == (n_bad, offending)
    assert ("numbers but for text" in info.words) == (n_bad > 0)


def test_columns_of_the_same_name_and_numbered_columns():
    infos = describe(pd.DataFrame([[1, "a"], [2, "b"], [3, "c"]], columns=["x", "x"]))
    assert [info.kind for info in infos] == ["numeric", "categorical"]
    assert describe(pd.DataFrame({0: [1]}))[0].name == "0"


GROUP = ["a", "a", "b", "b", "c", "c"]


@pytest.mark.parametrize(
    ("values", "varies", "share"),
    [
        ([1, 2, 1, 2, 1, 2], "within", 0.0),
        ([1, 1, 2, 2, 3, 3], "between", 1.0),
        ([1, 2, 3, 4, 5, 6], "both", 16 / 17.5),
        ([5, 5, 5, 5, 5, 5], "constant", nan),
        ([nan] * 6, "constant", nan),
        ([1, nan, 2, 2, 3, inf], "between", 1.0),
        (np.array([0.1, 0.1, 0.2, 0.2, 0.3, 0.3]) + 1e8, "between", 1.0),
        (np.array([1, 1 + 1e-13, 2, 2, 3, 3]), "between", 1.0),
        (np.array([-0.1, 0.1, -0.3, 0.3, -0.7, 0.7]) + 1e-17, "within", 0.0),
        (np.array([1, 2, 3, 4, 5, 6]) * 1e-200, "both", 16 / 17.5),
        (np.array([1, 2, 3, 4, 5, 6]) * 1e307, "both", 16 / 17.5),
        (list("xyxyxy"), "within", 0.0),
        (list("xxyyzz"), "between", 1.0),
        (list("xxxyyy"), "both", 2 / 3),
        (list("xxxxxx"), "constant", nan),
        (["x", None, "y", "y", "z", None], "between", 1.0),
        ([True, False, True, False, True, False], "within", 0.0),
    ],
)
def test_where_a_column_varies(values, varies, share):
    found = relation(pd.DataFrame({"v": values, "g": GROUP}), "v", "g")
    assert found.varies == varies
    assert found.share_between == pytest.approx(share, nan_ok=True)


def test_relations_in_words():
    frame = pd.DataFrame({"v": [1, 2, 3, 4, 5, 6], "g": GROUP})
    assert relation(frame, "v", "g").words == "varies within and between groups (91% between)"
    assert relation(frame, "g", "g").words == "varies between groups only"


@pytest.mark.parametrize(
    ("name", "column", "group", "varies"),
    [
        ("sleepstudy", "Days", "Subject", "within"),
        ("drug", "Drug", "ID", "within"),
        ("chapter7", "z", "groups", "between"),
        ("hsb82", "cses", "school", "within"),
        ("hsb82", "meanses", "school", "between"),
        ("hsb82", "sector", "school", "between"),
        ("hsb82", "ses", "school", "both"),
        ("oats", "V", "B", "within"),
        ("penicillin", "sample", "plate", "within"),
        ("pastes", "batch", "sample", "between"),
        ("pshp2", "condition", "cluster", "both"),
        ("insteval", "service", "d", "both"),
        ("insteval", "s", "d", "both"),
        ("cv161703", "X", "ID", "both"),
    ],
)
def test_where_the_examples_vary(name, column, group, varies):
    assert relation(examples.load(name), column, group).varies == varies


@settings(max_examples=effort.examples(150))
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 3)), min_size=2, max_size=30),
    st.sampled_from([0.0, 1e6, -1e8]),
    st.sampled_from([1.0, 1e-3, 1e4]),
    st.booleans(),
)
def test_the_share_is_that_of_dummies_or_of_a_direct_sum(rows, shift, scale, as_text):
    frame = pd.DataFrame(rows, columns=["g", "v"])
    dummies = pd.get_dummies(frame["v"], dtype=float) if as_text else frame[["v"]].astype(float)
    total = float(((dummies - dummies.mean()) ** 2).sum().sum())
    within = float(((dummies - dummies.groupby(frame["g"]).transform("mean")) ** 2).sum().sum())
    frame["v"] = frame["v"].astype(str) if as_text else frame["v"] * scale + shift
    found = relation(frame, "v", "g")
    if total < 1e-9:
        assert found.varies == "constant" and math.isnan(found.share_between)
        return
    expected = 1 - within / total
    assert found.share_between == pytest.approx(expected, abs=1e-6)
    wanted = "between" if within < 1e-9 else "within" if expected < 1e-12 else "both"
    assert found.varies == wanted


@pytest.mark.parametrize(
    ("values", "expected", "words"),
    [
        (["a", "b"] * 3, (2, 3, 3, 3.0, 0), "2 groups of 3 rows each"),
        (list("aabbbc"), (3, 1, 3, 2.0, 1), "3 groups of 1 to 3 rows (median 2), 1 with a single row"),
        (list("aabbb"), (2, 2, 3, 2.5, 0), "2 groups of 2 to 3 rows (median 2.5)"),
        (["a"] * 300 + ["b"] * 301, (2, 300, 301, 300.5, 0), "2 groups of 300 to 301 rows (median 301)"),
        (list("abc"), (3, 1, 1, 1.0, 3), "3 groups of 1 row each"),
        (list("aaa"), (1, 3, 3, 3.0, 0), "1 group of 3 rows"),
        (["a", None, "a", None], (1, 2, 2, 2.0, 0), "1 group of 2 rows"),
        (pd.Categorical(list("aabb"), categories=list("abz")), (2, 2, 2, 2.0, 0), "2 groups of 2 rows each"),
        (pd.Categorical([None, "b", "b"], categories=list("ab")), (1, 2, 2, 2.0, 0), "1 group of 2 rows"),
        ([3, 3, 7, 7], (2, 2, 2, 2.0, 0), "2 groups of 2 rows each"),
        ([1.0, 1.0, nan], (1, 2, 2, 2.0, 0), "1 group of 2 rows"),
    ],
)
def test_group_sizes(values, expected, words):
    sizes = groups(pd.DataFrame({"g": values}), "g")
    assert (sizes.count, sizes.smallest, sizes.largest, sizes.median, sizes.n_single) == expected
    assert sizes.words == words
    assert sizes.balanced == (sizes.smallest == sizes.largest)


def test_no_groups_and_no_such_column():
    sizes = groups(pd.DataFrame({"g": [None, None]}), "g")
    assert (sizes.count, sizes.words, sizes.balanced) == (0, "no groups", True)
    with pytest.raises(DataError, match="no column “h”"):
        groups(pd.DataFrame({"g": [1]}), "h")


def test_years_have_no_separators_of_thousands():
    year, pay = describe(pd.DataFrame({"year": [1980, 1981, 1987], "pay": [1980, 1981, 19870]}))
    assert year.words.startswith("numeric, 1980 to 1987, mean 198") and year.examples == ("1980", "1981", "1987")
    assert pay.words.startswith("numeric, 1,980 to 19,870") and pay.examples[0] == "1,980"


def test_short_values_stand_as_in_the_file():
    (info,) = describe(pd.DataFrame({"x": [5.8, 643.8, -0.25, 1 / 3]}))
    assert info.examples == ("5.8", "643.8", "\N{MINUS SIGN}0.25", "0.333")


def test_as_many_examples_are_told_as_a_cell_has_room_for():
    assert fitting(list("abc"), 3) == "a, b, c" and fitting(list("abc"), 9) == "a, b, c, …"
    assert fitting(["school 1", "school 10", "school 11"], 24, room=20) == "school 1, school 10, …"
    assert fitting(["x" * 80, "y"], 2) == "x" * 80 + ", …"
