from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmmcompare.text.numbers import brief, correlation_number, count, decimals_for, number, p_value, percent


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (-1.132507, 3, "−1.13"),
        (0.6376439, 3, "0.638"),
        (1527.5, 3, "1,528"),
        (326_362, 3, "326,362"),
        (0, 3, "0"),
        (9.999, 3, "10.0"),
        (0.09996, 3, "0.100"),
        (99.96, 3, "100"),
        (1e-9, 3, "1.00e−9"),
        (-2.5e12, 2, "−2.5e12"),
        (0.00123, 2, "0.0012"),
        (float("nan"), 3, "·"),
        (float("inf"), 3, "∞"),
        (-float("inf"), 3, "−∞"),
    ],
)
def test_number(value: float, digits: int, text: str) -> None:
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1.005, 1, "1.0"), (-0.001, 2, "0.00"), (-12.346, 2, "−12.35"), (0, 2, "0.00"), (1e10, 1, "10,000,000,000.0")],
)
def test_number_with_fixed_decimals(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals=decimals) == text


@pytest.mark.parametrize("tie", [1.685, 5.05, 0.00012345, 2_345_500.0])
def test_the_same_number_by_two_ways_is_shown_alike_where_it_is_a_tie(tie: float) -> None:
    """Of balanced data with few decimals OLS and a mixed model estimate the same mean difference, but for the last bits."""
    below, above = tie * (1 - 1e-14), tie * (1 + 1e-14)
    for digits in (1, 2, 3, 4):
        assert number(below, digits) == number(above, digits)
    for decimals in (0, 1, 2, 3, 7):
        assert number(-below, decimals=decimals) == number(-above, decimals=decimals)


@given(st.floats(min_value=-1e8, max_value=1e8), st.integers(1, 8))
def test_a_number_reads_back_to_its_significant_digits(value: float, digits: int) -> None:
    shown = float(number(value, digits).replace("−", "-").replace(",", ""))
    assert shown == pytest.approx(
        value, rel=0.5 * 10 ** (1 - digits) * 1.0001, abs=0.5 if abs(value) >= 10**digits else 0
    )


@pytest.mark.parametrize(
    ("error", "digits", "expected"), [(0.1267, 2, 2), (6.55, 2, 1), (1270.0, 2, 0), (0.0, 2, 2), (math.nan, 2, 2)]
)
def test_decimals_for_a_standard_error(error: float, digits: int, expected: int) -> None:
    assert decimals_for(error, digits) == expected


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0%"),
        (0.001, "under 1%"),
        (0.331, "33%"),
        (0.999, "over 99%"),
        (1, "100%"),
        (1.2, "120%"),
        (-0.25, "−25%"),
        (math.nan, "·"),
    ],
)
def test_percent(share: float, text: str) -> None:
    assert percent(share) == text


def test_counts_and_p_values() -> None:
    assert [count(1, "row"), count(2, "row"), count(1234, "child", "children")] == ["1 row", "2 rows", "1,234 children"]
    shown = [p_value(p) for p in (1e-9, 0.0341, 0.3456, math.nan)]
    assert shown == ["p < 0.001", "p = 0.034", "p = 0.35", "p ·"]


def test_nothing_in_very_many_decimals_is_just_nothing() -> None:
    assert number(0.0, decimals=11) == "0" and number(1e-25, decimals=11) == "0" and number(0.0, decimals=2) == "0.00"


def test_a_value_that_may_be_a_year_has_no_separator() -> None:
    assert brief(2016.0) == "2016" and brief(12345.0) == "12,345"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.683, "0.68"), (0.99961, "0.9996"), (-0.997, "−0.997"), (1.0, "1.00"), (-1.0, "−1.00"), (0.994, "0.99")],
)
def test_a_correlation_that_is_not_perfect_is_not_rounded_to_one(value: float, text: str) -> None:
    assert correlation_number(value) == text


@pytest.mark.parametrize("share", [-0.0, -1e-17, -0.003])
def test_a_percentage_has_no_negative_nothing(share: float) -> None:
    assert percent(share) == "0%" and percent(-0.3) == "−30%"
