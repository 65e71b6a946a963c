"""The intraclass correlation of some rows, against the outcome's covariance built whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import lmer
from lmmcompare.assess.icc_by_row import icc_at
from tests.assess.test_variance_explained import covariance
from tests.helpers import table


def test_without_an_intercept_each_level_has_an_icc_of_its_own() -> None:
    """By the levels' own SDs, not 0 for want of an intercept; the same model with an intercept says the same."""
    rng = np.random.default_rng(8)
    p, f = np.repeat(np.arange(20), 6), np.tile(["p", "p", "p", "q", "q", "q"], 20)
    y = np.where(f == "p", rng.normal(0, 3.7, 20)[p], rng.normal(0, 1.2, 20)[p]) + rng.normal(0, 0.7, 120)
    frame = pd.DataFrame({"p": [f"S{k}" for k in p], "f": f, "y": y})
    fit = lmer("y ~ f + (0 + f | p)", frame)
    variance = np.diag(fit.cov_re["p"])
    own = variance / (variance + fit.scale)
    found = icc_at(fit)
    assert list(found["where"]) == ["f [p]", "f [q]"] and found["icc"].to_numpy() == pytest.approx(own)
    assert fit.icc == pytest.approx(variance.mean() / (variance.mean() + fit.scale))
    turned = lmer("y ~ f + (f | p)", frame)
    np.testing.assert_allclose(icc_at(turned)["icc"], own, atol=1e-4)
    assert turned.icc == pytest.approx(fit.icc, abs=1e-4)


def test_an_icc_along_a_slope_is_that_of_the_variance_there() -> None:
    fit = lmer("Reaction ~ Days + (Days | Subject)", table("sleepstudy"))
    (a, c), (_, b) = fit.cov_re["Subject"].to_numpy()
    for days in (0.0, 4.5, 9.0):
        variance = a + 2 * c * days + b * days**2
        assert fit.icc_at({"Days": days})["Subject"] == pytest.approx(variance / (variance + fit.scale))
    assert icc_at(fit)["icc"].iloc[1] == pytest.approx(fit.icc_at({})["Subject"])
    assert icc_at(lmer("Reaction ~ Days + (1 | Subject)", table("sleepstudy"))).empty


@pytest.mark.parametrize("formula", ["(Days + I(Days^2) || Subject)", "(poly(Days, 2) | Subject)"])
def test_along_a_curve_its_columns_move_together(formula: str) -> None:
    """Days = 4.5 beside the mean of the squares, 28.5, is no row: the ICC is that of V's own entries at the rows named."""
    frame = table("sleepstudy")
    fit = lmer(f"Reaction ~ Days + I(Days^2) + {formula}", frame)
    found, v, first = icc_at(fit), covariance(fit), frame["Subject"] == frame["Subject"].iloc[0]
    assert list(found["where"]) == ["Days = 2", "Days = 4", "Days = 7"]
    for days, icc in zip([2, 4, 7], found["icc"], strict=True):
        (row,) = np.flatnonzero(first & (frame["Days"] == days))
        assert icc == pytest.approx(1 - fit.scale / v[row, row])


def test_of_products_the_icc_is_told_by_percentiles_and_beside_a_category_at_its_first_level() -> None:
    rng = np.random.default_rng(4)
    g = np.repeat(np.arange(20), 12)
    frame = pd.DataFrame(
        {"g": g, "f": np.tile(["a", "b", "b"], 80), "x": rng.normal(size=240), "arm": rng.integers(0, 2, 240)}
    )
    own = rng.normal(size=(4, 20))[:, g]
    frame["y"] = (
        own[0] + own[1] * frame["x"] + 2 * own[2] * (frame["f"] == "b") + own[3] * frame["arm"] + rng.normal(size=240)
    )
    fit = lmer("y ~ f * x + (f * x | g)", frame)
    found, rows = icc_at(fit), 1 - fit.scale / np.diag(covariance(fit))
    assert list(found["where"]) == [f"the {k}th percentile of the rows" for k in (10, 50, 90)]
    np.testing.assert_allclose(found["icc"], np.quantile(rows, [0.1, 0.5, 0.9], method="nearest"), rtol=1e-9)
    fit = lmer("y ~ f + arm + (f + arm | g)", frame)
    found, sigma = icc_at(fit).set_index("where")["icc"], fit.cov_re["g"].to_numpy()
    assert list(found.index) == ["f [a]", "f [b]", "arm = 0, f [a]", "arm = 1, f [a]"]
    z = np.array([1.0, 0.0, 1.0])
    assert found["arm = 1, f [a]"] == pytest.approx(z @ sigma @ z / (z @ sigma @ z + fit.scale))
