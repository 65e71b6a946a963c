"""Exact sums against Python's fractions and `math.fsum`."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lmmcompare.studies import exact_sums

FINITE = st.floats(allow_nan=False, allow_infinity=False)
LARGEST = float(np.finfo(float).max)


def total(values: list[float]) -> float:
    return float(exact_sums.rounded(exact_sums.exact_sum(np.array([values])))[0])


@given(st.lists(FINITE, max_size=40))
def test_sums_are_rounded_once(values: list[float]) -> None:
    true = sum(map(Fraction, values))
    if abs(true) < LARGEST:
        assert total(values) == float(true)


@given(st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=30), st.randoms(), st.integers(0, 30))
def test_order_and_division_do_not_matter(values: list[float], random, cut: int) -> None:
    whole = exact_sums.exact_sum(np.array(values))
    random.shuffle(values)
    parts = exact_sums.exact_sum(np.array(values[:cut])) + exact_sums.exact_sum(np.array(values[cut:]))
    assert exact_sums.rounded(parts) == exact_sums.rounded(whole) == math.fsum(values)


def test_the_ends_of_the_range_are_kept() -> None:
    smallest = 5e-324
    for values in ([smallest] * 3, [LARGEST, smallest, -LARGEST], [-LARGEST, 1.0, LARGEST, smallest], [0.0, -0.0], []):
        assert total(values) == math.fsum(values)


def test_any_shape() -> None:
    values = np.random.default_rng(1).normal(size=(3, 4, 1000)) * 10.0 ** np.arange(-8, 4).reshape(3, 4, 1)
    found = exact_sums.exact_sum(values)
    assert found.shape == (3, 4, exact_sums.LIMBS) == exact_sums.zeros((3, 4)).shape
    np.testing.assert_array_equal(exact_sums.rounded(found), [[math.fsum(v) for v in row] for row in values])


def test_a_billion_terms_have_room() -> None:
    """Limbs of 32 bits in 64: as if a sum of 2^20 terms had been added 2^10 times."""
    many = exact_sums.exact_sum(np.full(2**20, 1.9999999)) * 2**10
    assert exact_sums.rounded(many) == float(Fraction(1.9999999) * 2**30)
