"""Quantiles with simulated bands: they find what is not normal, and leave alone what the model made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from lmmcompare import lmer
from lmmcompare.assess.diagnostics import residuals_against_fitted, residuals_by_group, spread_against_fitted
from lmmcompare.assess.diagnostics_qq import joint_normality, mardia, qq_random_effects, qq_residuals
from lmmcompare.assess.diagnostics_rows import mode_variances, rows_of, simulate
from lmmcompare.errors import DesignError
from tests.helpers import table


def made(seed: int, n_groups: int = 60, effects: str = "normal", errors: str = "normal") -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    draw = {
        "normal": rng.standard_normal,
        "heavy": lambda s: rng.standard_t(2, s),
        "skewed": lambda s: rng.exponential(size=s) - 1,
    }
    g = np.repeat(np.arange(n_groups), rng.integers(3, 12, size=n_groups))
    x = rng.normal(size=len(g))
    b = draw[effects]((2, n_groups))
    return pd.DataFrame({"g": g, "x": x, "y": x + 2 * b[0][g] + b[1][g] * x + draw[errors](len(g))})


@pytest.mark.parametrize(("errors", "outside"), [("normal", False), ("heavy", True), ("skewed", True)])
def test_residuals(errors: str, outside: bool) -> None:
    fit = lmer("y ~ x + (x | g)", made(3, errors=errors))
    found = qq_residuals(fit)
    assert found.frame["outside"].any() == outside
    assert ("lie in the band" in found.sentence) != outside
    frame = found.frame
    np.testing.assert_array_equal(frame["observed"], np.sort(rows_of(fit).standardised))
    assert frame["expected"].is_monotonic_increasing
    assert (frame["lower_all"] <= frame["lower"]).all() and (frame["upper"] <= frame["upper_all"]).all()
    assert frame["label"].iloc[0].startswith("row ") and ", g " in frame["label"].iloc[0]


@pytest.mark.parametrize(("effects", "outside"), [("normal", False), ("skewed", True)])
def test_random_effects(effects: str, outside: bool) -> None:
    fit = lmer("y ~ x + (x | g)", made(5, n_groups=150, effects=effects))
    rows = rows_of(fit)
    null = simulate(fit, rows)
    for term in ("Intercept", "x"):
        found = qq_random_effects(fit, term, rows=rows, null=null)
        assert found.frame["outside"].any() == outside, term
        np.testing.assert_array_equal(found.frame["observed"], np.sort(fit.random_effects["g"][term]))
    both = joint_normality(fit, rows=rows, null=null)
    assert both.frame["outside"].any() == outside
    assert ("p < 0.001" in both.sentence or "p = 0.002" in both.sentence or "p = 0.004" in both.sentence) == outside


def test_each_of_several_factors() -> None:
    fit = lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", table("penicillin"))
    assert len(qq_random_effects(fit, "Intercept", "sample").frame) == 6
    assert len(qq_random_effects(fit, "Intercept").frame) == len(fit.random_effects[fit.group])
    assert "Mardia" not in joint_normality(fit, "sample").sentence


def test_distances_are_those_of_the_whitened_modes() -> None:
    fit = lmer("Reaction ~ Days + (Days | Subject)", table("sleepstudy"))
    frame = joint_normality(fit).frame
    variance = mode_variances(fit, "Subject")
    modes = fit.random_effects["Subject"].to_numpy()
    distance = [b @ np.linalg.solve(v, b) for b, v in zip(modes, variance, strict=True)]
    np.testing.assert_allclose(frame["observed"], np.sort(distance), rtol=1e-8)
    np.testing.assert_allclose(frame["p"], chi2.sf(np.sort(distance), 2), rtol=1e-8)


def test_mardia_by_its_definition() -> None:
    values = np.random.default_rng(1).normal(size=(25, 3, 2))
    skewness, kurtosis = mardia(values)
    for b in range(2):
        x = values[:, :, b] - values[:, :, b].mean(axis=0)
        inner = x @ np.linalg.solve(x.T @ x / 25, x.T)
        assert skewness[b] == pytest.approx((inner**3).mean())
        assert kurtosis[b] == pytest.approx((np.diag(inner) ** 2).mean())
    assert np.isnan(mardia(np.ones((5, 2, 1)))[1]).all()


def test_singular_fits_say_what_is_missing() -> None:
    none = lmer("Yield ~ 1 + (1 | Batch)", table("dyestuff2"))
    assert "is 0" in qq_random_effects(none, "Intercept").sentence and joint_normality(none).frame.empty
    rng = np.random.default_rng(0)
    g = np.repeat(np.arange(30), 8)
    x = np.tile(np.arange(8.0), 30)
    b = rng.normal(size=30)
    line = lmer("y ~ x + (x | g)", pd.DataFrame({"g": g, "x": x, "y": b[g] * (3 + x) + rng.normal(size=240)}))
    found = joint_normality(line)
    assert len(found.frame) == 30
    if line.singular:
        assert "do not exist" in found.sentence


def test_two_effects_have_no_shape() -> None:
    """With their mean and spread every draw is the same picture; rounding put one of two points outside, and normality was denied."""
    rng = np.random.default_rng(1)
    g = np.repeat([0, 1], [10, 11])
    fit = lmer("y ~ 1 + (1 | g)", pd.DataFrame({"g": g, "y": 3.0 * g + rng.normal(size=21)}))
    found = qq_random_effects(fit, "Intercept")
    assert found.frame.empty and "Two points have a mean and a spread and no shape" in found.sentence
    assert joint_normality(fit).frame.empty  # the two distances from 0 are alike in every draw


def test_what_does_not_exist_is_refused() -> None:
    fit = lmer("Reaction ~ Days + (1 | Subject)", table("sleepstudy"))
    with pytest.raises(DesignError, match="no grouping factor"):
        joint_normality(fit, "Days")
    with pytest.raises(DesignError, match="no random coefficient"):
        qq_random_effects(fit, "Days")


@pytest.mark.slow
def test_the_bands_are_calibrated() -> None:
    """Of 150 tables that the model made, 5% should leave each simultaneous band; the trend's is known to be wider."""
    rng, size = np.random.default_rng(0), np.random.default_rng(5).integers(2, 20, size=30)
    g = np.repeat(np.arange(30), size)
    x = np.concatenate([np.arange(s) for s in size]) / 3
    left: dict[str, list[bool]] = {}
    shares = []
    for seed in range(150):
        b = rng.normal(size=(2, 30))
        y = 10 * x + 25 * b[0][g] + 4 * x * b[1][g] + 25 * rng.normal(size=len(g))
        fit = lmer("y ~ x + (x | g)", pd.DataFrame({"g": g, "x": x, "y": y}))
        rows = rows_of(fit)
        null = simulate(fit, rows, seed=seed)
        for name, found in {
            "residuals": qq_residuals(fit, rows, null),
            "intercepts": qq_random_effects(fit, "Intercept", None, rows, null),
            "slopes": qq_random_effects(fit, "x", None, rows, null),
            "joint": joint_normality(fit, None, rows, null),
        }.items():
            left.setdefault(name, []).append(bool(found.frame["outside"].any()) if len(found.frame) else False)
        for name, diagnose in {"trend": residuals_against_fitted, "spread": spread_against_fitted}.items():
            lines = diagnose(fit, rows, null).lines
            out = (lines["y"] < lines["lower_all"]) | (lines["y"] > lines["upper_all"])
            left.setdefault(name, []).append(bool(out.any()))
        shares.append(residuals_by_group(fit, rows=rows).frame["outside"].mean())
    # 150 tables: one SD of a share of 5% is 1.8%
    for name, hits in left.items():
        assert np.mean(hits) < 0.11, name
    assert np.mean(shares) == pytest.approx(0.05, abs=0.02)
