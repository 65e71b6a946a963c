"""Curves of many samples at once against statsmodels' lowess of each."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.nonparametric.smoothers_lowess import lowess

from lmmcompare.assess.lowess import BINS, local_lines

SHAPES = {
    "even": lambda rng, shape: rng.uniform(-2, 2, shape),
    "heavy tails": lambda rng, shape: rng.standard_t(2, shape),
    "far from 0": lambda rng, shape: 1e6 + rng.normal(size=shape),
    "repeated values": lambda rng, shape: rng.integers(0, 12, shape).astype(float),
}


def by_statsmodels(x: np.ndarray, y: np.ndarray, grid: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.column_stack([
            lowess(y[:, b], x[:, b], frac=2 / 3, it=0, xvals=grid) for b in range(x.shape[1])
        ])  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rows", [20, 60, BINS])
def test_few_rows_give_the_curves_of_statsmodels(shape: str, rows: int) -> None:
    rng = np.random.default_rng(rows)
    x, y = SHAPES[shape](rng, (rows, 23)), rng.normal(size=(rows, 23))
    grid = np.linspace(*np.quantile(x, [0.05, 0.95]), 11)
    # statsmodels leaves out weights below 1e-9 of the largest, which moves a curve by no more than that
    np.testing.assert_allclose(local_lines(x, y, grid), by_statsmodels(x, y, grid), atol=1e-7)


def test_means_of_neighbours_stand_for_many_rows() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(1_000, 40))
    y = np.sin(x) + rng.normal(size=x.shape)
    grid = np.linspace(-2, 2, 21)
    whole, gap = by_statsmodels(x, y, grid), local_lines(x, y, grid) - by_statsmodels(x, y, grid)
    # a small part of what chance does to a curve
    assert np.sqrt((gap**2).mean()) < 0.15 * (whole - whole.mean(axis=1, keepdims=True)).std()


def test_a_window_of_one_value_has_no_line() -> None:
    x = np.append(np.zeros(20), [1.0, 2.0])[:, None]
    found = local_lines(x, x, np.array([0.0, 1.5]))
    assert np.isnan(found[0, 0])
