from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from lmmcompare.figures.axis_layout import axis, padded, spread


@pytest.mark.parametrize("wanted", [[5, 5.1, 5.2], [0, 0, 10], [10, 10, 10], [9.9, 0.1, 5]])
def test_spread_keeps_labels_apart_and_inside(wanted: list[float]):
    placed = spread(wanted, [2, 2, 2], 0, 10)
    assert min(np.diff(sorted(placed))) >= 2 - 1e-9
    assert min(placed) >= 1 - 1e-9
    assert max(placed) <= 9 + 1e-9
    assert [wanted[i] for i in np.argsort(placed, kind="stable")] == sorted(wanted)


def test_spread_leaves_what_fits_alone_and_shares_what_does_not():
    assert spread([2, 8], [2, 2], 0, 10) == [2, 8]
    assert spread([5, 5], [20, 20], 0, 10) == [2.5, 7.5]


def test_spread_moves_no_further_than_need_be():
    """Sum of squared moves against quadratic programming, which knows nothing of blocks."""
    rng = np.random.default_rng(1)
    for n in (2, 5, 8):
        wanted, gaps = np.sort(rng.uniform(0, 10, n)), rng.uniform(0.5, 1.5, n)
        apart = (gaps[1:] + gaps[:-1]) / 2
        best = minimize(
            lambda at, wanted=wanted: ((at - wanted) ** 2).sum(), np.linspace(1, 9, n), method="SLSQP", tol=1e-12,
            bounds=[(gap / 2, 10 - gap / 2) for gap in gaps],
            constraints={"type": "ineq", "fun": lambda at, apart=apart: np.diff(at) - apart},
        )  # fmt: skip
        np.testing.assert_allclose(spread(wanted, gaps, 0, 10), best.x, atol=1e-5)  # its own tolerance


def test_hover_decimals_follow_the_range():
    assert axis("", (0, 8))["hoverformat"] == ".3~f"
    assert axis("", (1950, 2010))["tickformat"] == "~r"  # years: 1952, not 1,952
    assert axis("", (0, 20_000))["tickformat"] == ",~r"
    assert axis("", (180, 490))["hoverformat"] == ".1~f"
    assert "tickformat" not in axis("", (0, 5e9))


@pytest.mark.parametrize("ends", [(1.0, 1.0), (float("nan"), float("nan")), (0.0, 0.0)])
def test_padded_always_has_width(ends: tuple[float, float]):
    low, high = padded(*ends)
    assert low < high
