"""The bars of a column: every row with a value in exactly one of them."""

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.columns import describe
from lmmcompare.data.distributions import MOST_COLUMNS, distribution, distributions, group_sizes


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(np.random.default_rng(0).normal(size=500)),
        pd.Series([1, 2, 2, 9, None], dtype="Int64"),
        pd.Series([-1.7e308, 0.5, 1.7e308, np.nan, np.inf]),
        pd.Series([1e-310, 2e-310]),
        pd.Series([True, False, True]),
        pd.Series(list("abcdefghijkl") * 3 + [None]),
        pd.Series(["a", "b", "b"], dtype="category").cat.add_categories("unused"),
        pd.Series(pd.to_datetime(["2020-01-01", "2020-03-01", None])),
        pd.Series([[1], "a", 3.5], dtype=object),
        pd.Series([np.inf, np.nan]),
    ],
)
def test_every_finite_value_is_in_one_bar(column):
    result = distribution("x", column)
    held = column.dropna()
    if pd.api.types.is_float_dtype(held.dtype):
        held = held[np.isfinite(held)]
    assert result.counts.sum() == len(held) and len(result.labels) == len(result.counts)
    assert len(set(result.labels)) == len(result.labels) or held.size < 3


def test_whole_numbers_have_a_bar_each_and_other_values_come_by_how_common_they_are():
    numbers = distribution("x", pd.Series([3, 5, 5]))
    assert (numbers.labels, numbers.counts.tolist()) == (("3", "4", "5"), [1, 0, 2])
    words = distribution("x", pd.Series(["b", "a", "b", None]))
    assert (words.labels, words.counts.tolist(), words.ticks) == (("b", "a"), [2, 1], {0: "b", 1: "a"})


def test_a_note_points_at_odd_and_missing_values():
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 999.0, np.nan], "none": np.nan})
    (only,) = distributions(frame, describe(frame))
    assert "999" in only.note and "1 missing" in only.note


def test_columns_are_bounded_and_groups_counted_by_size():
    frame = pd.DataFrame({f"c{k}": [1, 2] for k in range(MOST_COLUMNS + 9)})
    assert len(distributions(frame, describe(frame))) == MOST_COLUMNS
    sizes = group_sizes(pd.DataFrame({"g": ["a", "a", "b", None, "c"]}), "g")
    assert (sizes.labels, sizes.counts.tolist()) == (("1", "2"), [2, 1])
