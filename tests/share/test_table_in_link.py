"""A table in a link comes back exactly; whatever else stands there is refused in a sentence."""

from __future__ import annotations

import base64
import json
import re
import zlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import lmmcompare
from lmmcompare import examples
from lmmcompare.errors import DataError, TooLargeError
from lmmcompare.formula import parse
from lmmcompare.share.table_in_link import MAX_BYTES, MAX_CELLS, MAX_TEXT, decode, encode
from lmmcompare.text.urlsafe import pack

FRAME = pd.DataFrame(
    {
        "whole": [3, -(2**63), 2**63 - 1, 0],
        "number": [0.1, -0.0, np.nan, np.inf],
        "tiny": [5e-324, 1.7976931348623157e308, 1 / 3, -np.inf],
        "text": pd.Series(["b", None, "ü“<b>`", "b"], dtype="str"),
        "truth": [True, False, True, True],
        "some whole": pd.array([1, None, 3, 4], dtype="Int64"),
        "some truth": pd.array([True, None, False, True], dtype="boolean"),
        "category": pd.Categorical(["lo", "hi", None, "mid"], categories=["lo", "mid", "hi"]),
        "grade": pd.Categorical([2, 10, 2, 2], categories=[10, 2], ordered=True),
    }
)


def test_every_kind_of_column_comes_back_exactly() -> None:
    text = encode(FRAME, list(FRAME.columns))
    assert re.fullmatch(r"1\.[\w-]+", text, re.ASCII)
    found = decode(text)
    assert_frame_equal(found, FRAME, check_exact=True)
    assert np.signbit(found["number"][1])


def test_only_the_columns_asked_for_travel() -> None:
    frame = FRAME.assign(secret=["do", "not", "send", "me"])
    found = decode(encode(frame, ["text", "number"]))
    assert list(found.columns) == ["text", "number"]


def test_levels_that_do_not_occur_stay_behind() -> None:
    frame = pd.DataFrame({"g": pd.Categorical(["a", "c"], categories=["c", "withdrawn", "a"])})
    assert decode(encode(frame, ["g"]))["g"].cat.categories.tolist() == ["c", "a"]


@given(
    st.lists(
        st.tuples(
            st.floats(allow_nan=True, allow_infinity=True), st.integers(-(2**63), 2**63 - 1), st.text(max_size=8) | st.none()
        ), min_size=1, max_size=12,
    )
)  # fmt: skip
def test_any_values_survive(rows: list[tuple[float, int, str | None]]) -> None:
    numbers, whole, texts = zip(*rows, strict=True)
    frame = pd.DataFrame({"x": numbers, "n": whole, "t": pd.Series(texts, dtype="str")})
    if any("\x00" in t for t in texts if t):  # pandas takes "a\0" and "a" for one level
        return
    assert_frame_equal(decode(encode(frame, ["x", "n", "t"])), frame, check_exact=True)


@pytest.mark.parametrize("name", ["cv161703", "sleepstudy", "penicillin", "dyestuff", "oats"])
def test_the_comparison_is_the_same_to_the_last_digit(name: str) -> None:
    formula, frame = examples.get(name).formula, examples.load(name)
    text = encode(frame, parse(formula).columns)
    assert len(text) < 2_000
    ours, theirs = (lmmcompare.lmer(formula, f) for f in (decode(text), frame))
    assert ours.params.equals(theirs.params) and ours.cov_params().equals(theirs.cov_params())


def test_some_hundred_rows_fit_and_a_large_table_is_refused_with_its_size() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"g": np.repeat(np.arange(80), 10), "x": rng.normal(5, 2, 800).round(2), "y": rng.normal(9, 3, 800).round(2)}
    )
    assert len(encode(frame, ["y", "x", "g"])) < MAX_TEXT
    with pytest.raises(TooLargeError, match=r"take 1\d,\d{3} characters; a link holds 6,000"):
        encode(frame.assign(x=rng.normal(size=800), y=rng.normal(size=800)).head(600), ["y", "x", "g"])
    with pytest.raises(TooLargeError, match="50,001 rows of 2 columns"):
        encode(pd.DataFrame({"a": np.zeros(50_001), "b": 1}), ["a", "b"])


@pytest.mark.parametrize("column", [pd.to_timedelta([1, 2], unit="D"), [1 + 2j, 0], [[1], [2]], ["a", 1], [b"a", b"b"]])
def test_a_column_that_is_no_data_for_a_model_is_named(column: object) -> None:
    frame = pd.DataFrame({"when": pd.Series(column)})
    with pytest.raises(DataError, match="“when” holds values"):
        encode(frame, ["when"])


def packed(content: bytes, version: str = "1") -> str:
    return f"{version}.{base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip('=')}"


def column(**parts: object) -> str:
    return pack([{"name": "x", "kind": "number", "values": [1.5, 2.5], **parts}], 1)


GOOD = encode(FRAME, ["number", "text", "category"])
BAD = {
    "nothing": "",
    "no text of ours": "hello",
    "cut": GOOD[:-5],
    "a letter changed": GOOD[:20] + ("A" if GOOD[20] != "A" else "B") + GOOD[21:],
    "no JSON": packed(b"{"),
    "a pickle": packed(b"\x80\x04\x95."),
    "a bomb": packed(b"[" * 50_000_000),
    "deep": packed(b"[" * 100_000 + b"]" * 100_000),
    "just too large": packed(json.dumps([{"name": "x", "kind": "whole", "values": [0] * (MAX_BYTES // 2)}]).encode()),
    "too many cells": packed(json.dumps([{"name": "x", "kind": "whole", "values": [0] * (MAX_CELLS + 1)}]).encode()),
    "no columns": pack([], 1),
    "no rows": column(values=[]),
    "a dict": pack({"name": "x"}, 1),
    "numbers for columns": pack([1, 2], 1),
    "too many columns": pack([{"name": f"x{k}", "kind": "number", "values": [1.0]} for k in range(41)], 1),
    "a name twice": pack([{"name": "x", "kind": "number", "values": [1.0]}] * 2, 1),
    "uneven": pack([{"name": n, "kind": "number", "values": [1.0] * k} for k, n in enumerate("ab", 1)], 1),
    "no name": column(name=""),
    "a number for a name": column(name=1),
    "a list for a name": column(name=[]),
    "a name of another line": column(name="a\nb"),
    "a quoted name": column(name="a`b"),
    "a long name": column(name="a" * 201),
    "half a character": packed(b'[{"name":"\\ud800","kind":"number","values":[1]}]'),
    "another kind": column(kind="object"),
    "a list for a kind": column(kind=[]),
    "text for numbers": column(values=["1", "2"]),
    "one text for numbers": column(values="12"),
    "a number for values": column(values=7),
    "null for numbers": column(values=[None, 1.0]),
    "a huge number": packed(b'[{"name":"x","kind":"number","values":[1' + b"0" * 400 + b"]}]"),
    "a longer number": packed(b'[{"name":"x","kind":"number","values":[1' + b"0" * 9_000 + b"]}]"),
    "a huge whole number": column(kind="whole", values=[2**63]),
    "fractions for whole numbers": column(kind="whole", values=[1.5]),
    "truth for whole numbers": column(kind="whole", values=[True]),
    "numbers for truth": column(kind="truth", values=[1]),
    "codes out of range": column(kind="text", levels=["a"], codes=[0, 1]),
    "codes below": column(kind="category", levels=["a"], codes=[0, -2]),
    "huge codes": column(kind="category", levels=["a"], codes=[2**70]),
    "fractions for codes": column(kind="category", levels=["a"], codes=[0.5]),
    "levels twice": column(kind="category", levels=["a", "a"], codes=[0, 1]),
    "levels of two types": column(kind="category", levels=["a", 1], codes=[0, 1]),
    "lists for levels": column(kind="category", levels=[[1]], codes=[0]),
    "null for levels": column(kind="category", levels=[None], codes=[0]),
    "numbers for text": column(kind="text", levels=[1], codes=[0]),
    "no levels": column(kind="text", codes=[0]),
}  # fmt: skip


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="The table in the link") as caught:
        decode(text)
    assert caught.value.remedy and len(str(caught.value)) < 200


def test_a_long_text_and_a_newer_version_are_said() -> None:
    with pytest.raises(DataError, match="has 6,001 characters; the most is 6,000"):
        decode("1." + "A" * 5_999)
    with pytest.raises(DataError, match="newer version"):
        decode("2" + GOOD[1:])
