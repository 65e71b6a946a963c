"""Dummies of several factors' levels swept out of rows, against dummies built whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.assess.level_dummies import LevelDummies, slopes_beside
from lmmcompare.design.grouping import Grouping

SIZES = {"g": 12, "h": 5, "k": 3}
N = 90


def grouping(name: str, codes: np.ndarray) -> Grouping:
    levels = pd.RangeIndex(codes.max() + 1)
    return Grouping((name,), codes, levels, {name: levels.to_numpy()}, name)


@pytest.fixture(params=[1, 2, 3])
def factors(request: pytest.FixtureRequest) -> list[Grouping]:
    """One, two and three factors, every level of each met."""
    rng = np.random.default_rng(5)
    sizes = list(SIZES.items())[: request.param]
    return [grouping(name, rng.permutation(np.arange(N) % size)) for name, size in sizes]


def whole(factors: list[Grouping]) -> np.ndarray:
    """All dummies as columns."""
    return np.column_stack([g.codes[:, None] == np.arange(len(g.levels)) for g in factors]).astype(float)


@pytest.mark.parametrize("weighted", [False, True])
def test_slopes_and_residuals_are_those_of_least_squares_with_all_columns(factors, weighted):
    rng = np.random.default_rng(1)
    root = np.sqrt(rng.uniform(0.5, 2, N)) if weighted else np.ones(N)
    x, y = rng.normal(size=(2, N)) + factors[0].codes, rng.normal(size=N)
    dummies = LevelDummies.of(factors[0], factors[1:], root)
    fit = slopes_beside(dummies, [*x, y])
    matrix = np.column_stack([*x, whole(factors)]) * root[:, None]
    beta, _, rank, _ = np.linalg.lstsq(matrix, y * root)
    assert fit.kept == [0, 1] and dummies.rank == rank - 2
    # two ways to the same least squares, in columns of size 1: rounding
    np.testing.assert_allclose(fit.estimates, beta[:2], rtol=1e-10)
    np.testing.assert_allclose(fit.residual, y * root - matrix @ beta, atol=1e-12)
    np.testing.assert_allclose(fit.root @ fit.root.T, np.linalg.pinv(matrix.T @ matrix)[:2, :2], rtol=1e-9)


def test_what_the_dummies_hold_is_not_kept_and_its_share_is_told(factors):
    rng = np.random.default_rng(2)
    last = factors[-1]
    held, part = rng.normal(size=len(last.levels))[last.codes], rng.normal(size=N)
    fit = slopes_beside(
        LevelDummies.of(factors[0], factors[1:], np.ones(N)), [held, part + 10 * held, held + part, part]
    )
    assert fit.kept == [1]  # the third is, beside the dummies, the second
    within = part + 10 * held
    left = within - whole(factors) @ np.linalg.lstsq(whole(factors), within)[0]
    within = within - pd.Series(within).groupby(factors[0].codes).transform("mean")
    assert fit.shares == pytest.approx([left @ left / (within @ within)], rel=1e-9)


def test_a_factor_that_the_first_lies_within_adds_no_dummies():
    codes = np.repeat(np.arange(6), 4)
    assert LevelDummies.of(grouping("g", codes), [grouping("region", codes // 2)], np.ones(24)).rank == 6


def test_products_by_level_are_those_of_each_levels_rows(factors):
    rng = np.random.default_rng(3)
    root = np.sqrt(rng.uniform(0.5, 2, N))
    dummies = LevelDummies.of(factors[0], factors[1:], root)
    rows = slopes_beside(dummies, [*rng.normal(size=(3, N))]).directions
    products = dummies.products_by_level(rows)
    combinations = dummies.about_means(dummies.others @ dummies.independent)
    both = np.column_stack([combinations, rows])
    for level in range(len(factors[0].levels)):
        own = both[factors[0].codes == level]
        np.testing.assert_allclose(products[:, :, level], own.T @ own, atol=1e-13)
    np.testing.assert_allclose(products.sum(axis=-1), np.eye(len(products)), atol=1e-12)  # orthonormal over all rows
