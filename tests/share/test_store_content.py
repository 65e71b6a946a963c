"""Frames as bytes and back, exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmmcompare import examples
from lmmcompare.errors import ShareError
from lmmcompare.share.store_content import from_bytes, to_bytes
from tests import effort

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)  # all that UTF-8 can hold
INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=True, allow_infinity=True)


@st.composite
def columns(draw: st.DrawFn, rows: int) -> pd.Series:
    """What `read` and type changes give: int64, float64, text with gaps, truth values, categories of each."""

    def of(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=rows, max_size=rows))

    match draw(st.sampled_from(["int", "float", "text", "bool", "categories"])):
        case "int":
            return pd.Series(of(INTEGERS), dtype="int64")
        case "float":
            return pd.Series(of(FLOATS), dtype="float64")
        case "text":
            return pd.Series(of(st.none() | TEXT), dtype="str")
        case "bool":
            return pd.Series(of(st.booleans()), dtype="bool")
    kinds = [(TEXT, "str"), (INTEGERS, "int64"), (FLOATS.filter(lambda x: x == x), "float64")]
    values, dtype = draw(st.sampled_from(kinds))
    levels = pd.Index(draw(st.lists(values, unique=True, min_size=1, max_size=5)), dtype=dtype)
    codes = of(st.integers(-1, len(levels) - 1))
    return pd.Series(pd.Categorical.from_codes(codes, levels, ordered=draw(st.booleans())))


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(1, 8))
    names = draw(st.lists(TEXT.filter(bool), unique=True, min_size=1, max_size=5))
    return pd.DataFrame({name: draw(columns(rows)) for name in names})


@given(frames())
@settings(max_examples=effort.examples(100))
def test_a_frame_comes_back_exactly(frame: pd.DataFrame) -> None:
    found = from_bytes(to_bytes(frame))
    pd.testing.assert_frame_equal(found, frame, check_exact=True)
    for name, column in frame.items():
        if column.dtype == float:  # signs of zero and all bits; a NaN is a NaN
            kept = ~np.isnan(column)
            assert found[name][kept].to_numpy().tobytes() == column[kept].to_numpy().tobytes()
        if isinstance(column.dtype, pd.CategoricalDtype):
            assert found[name].cat.categories.tolist() == column.cat.categories.tolist()


@pytest.mark.parametrize("name", ["exam", "insteval"])
def test_examples_take_less_than_in_memory(name: str) -> None:
    frame = examples.load(name)
    content = to_bytes(frame)
    pd.testing.assert_frame_equal(from_bytes(content), frame, check_exact=True)
    assert len(content) < frame.memory_usage().sum() / 3


@pytest.mark.parametrize("values", [[1, "a"], [{"a": 1}, 2], [object(), None], ["\ud800", "a"]])
def test_a_column_of_a_mixture_is_refused(values: list[Any]) -> None:
    with pytest.raises(ShareError, match="cannot be stored"):
        to_bytes(pd.DataFrame({"x": pd.Series(values, dtype=object)}))


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(ShareError, match="a name of its own"):
        to_bytes(pd.DataFrame([[1, 2]], columns=["x", "x"]))


def test_damaged_bytes_are_said() -> None:
    content = to_bytes(pd.DataFrame({"x": [1.5, 2.5], "g": ["a", "b"]}))
    for damaged in (b"", content[:-1], content[: len(content) // 2], b"PAR1" + content):
        with pytest.raises(ShareError, match="damaged"):
            from_bytes(damaged)
