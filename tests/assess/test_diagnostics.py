"""Residuals, leverages and their bands, against lme4, dense algebra, and data made to break or to keep the model."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from lmmcompare import lmer
from lmmcompare.assess.diagnostic_result import Bands
from lmmcompare.assess.diagnostics import leverages, residuals_against_fitted, residuals_by_group, spread_against_fitted
from lmmcompare.assess.diagnostics_hat_matrix import Smoother
from lmmcompare.assess.diagnostics_qq import qq_residuals
from lmmcompare.assess.diagnostics_rows import _by_parts, mode_variances, rows_of, simulate
from lmmcompare.assess.exact_fit import exact_sentence, is_exact
from lmmcompare.assess.implied_gls import implied_covariance
from lmmcompare.models import MixedResult
from tests.helpers import CASES, TESTS, data, table

KNOWN = json.loads((TESTS / "reference" / "diagnostics.json").read_text())
FITS = {
    "correlated": ("sleepstudy_unbalanced", "Reaction ~ Days + (Days | Subject)"),
    "uncorrelated": ("sleepstudy", "Reaction ~ Days + (Days || Subject)"),
    "crossed": ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
    "nested": ("pastes", "strength ~ 1 + (1 | batch) + (1 | batch:cask)"),
    "two slopes": ("sleepstudy", "Reaction ~ Days + (0 + Days | Subject)"),
}


def fitted(name: str) -> MixedResult:
    source, formula = FITS[name]
    return lmer(formula, table(source))


def made(seed: int, n_groups: int = 40, size: int = 15, bend: float = 0.0, fan: float = 0.0) -> pd.DataFrame:
    """A random intercept; a bent line or errors that fan out, where asked for."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(n_groups), size)
    x = rng.uniform(0, 4, size=len(g))
    error = rng.normal(size=len(g)) * np.exp(fan * (x - 2))
    return pd.DataFrame({"g": g, "x": x, "y": 5 + 2 * x + bend * (x - 2) ** 2 + rng.normal(size=n_groups)[g] + error})


@pytest.mark.parametrize("case", KNOWN)
def test_leverages_and_scaled_residuals_as_lme4(case: str) -> None:
    known = KNOWN[case]
    rows = rows_of(lmer(known["formula"], data(case) if case in CASES else table(known["data"])))
    # theta is known to some 1e-5 on lme4's side
    np.testing.assert_allclose(rows.leverage, known["leverage"], atol=1e-6)
    np.testing.assert_allclose(rows.pearson, known["scaled"], atol=1e-5)


@pytest.mark.parametrize("name", FITS)
def test_the_smoother_is_the_fit(name: str) -> None:
    fit = fitted(name)
    smoother, n = Smoother.of(fit), np.arange(fit.nobs)
    y = fit.design.columns[-1][:]
    first, rest = smoother.solve(smoother.first.T @ y, smoother.rest.T @ y)
    np.testing.assert_allclose(smoother.first @ first + smoother.rest @ rest, fit.fittedvalues, rtol=1e-8)
    # I - H = sigma^2 P, P = V^-1 - V^-1 X (X'V^-1X)^-1 X'V^-1, built whole
    inverse, x = np.linalg.inv(implied_covariance(fit, n)), fit.fixed_matrix()
    p = inverse - inverse @ x @ np.linalg.solve(x.T @ inverse @ x, x.T @ inverse)
    np.testing.assert_allclose(smoother.leverage(n), 1 - fit.scale * np.diag(p), atol=1e-8)


@pytest.mark.parametrize("name", FITS)
def test_draws_have_the_variances_that_the_model_gives(name: str) -> None:
    fit = fitted(name)
    rows = rows_of(fit)
    null = simulate(fit, rows, replicates=4000)
    # Monte Carlo: a variance from 4,000 draws is good to 2.2% (one SD); pooled over rows and levels to about 1%
    assert np.mean(null.standardised**2) == pytest.approx(1.0, abs=0.2)
    for factor, modes in null.modes.items():
        given = np.einsum("jkk->jk", mode_variances(fit, factor)).mean(axis=0)
        # the coefficients' being fitted too takes a little off, most where levels are few
        few = 3 / len(fit.random_effects[factor])
        np.testing.assert_allclose(modes.var(axis=2).mean(axis=0), given, rtol=0.06 + few)


def test_large_tables_are_drawn_by_parts_alike() -> None:
    fit = lmer("normexam ~ standLRT + (standLRT | school)", table("exam"))
    rows = rows_of(fit)
    whole, parts = simulate(fit, rows), _by_parts(fit, rows, 500, np.random.default_rng(0), {"school": np.arange(65)})
    for null in (whole, parts):
        null_correlation = [np.corrcoef(null.fitted[:, b], null.standardised[:, b])[0, 1] for b in range(200)]
        assert np.mean(null_correlation) == pytest.approx(0.0245, abs=0.004)  # residuals rise with fitted values
    np.testing.assert_allclose(
        parts.modes["school"].std(axis=(0, 2)), whole.modes["school"].std(axis=(0, 2)), rtol=0.05
    )


def test_samples_are_said() -> None:
    fit = fitted("crossed")
    rows = rows_of(fit, points=50)
    np.testing.assert_allclose(rows.leverage, rows_of(fit).leverage[rows.places], atol=1e-12)
    assert rows.note == "A random sample of 50 of the 144 rows is shown."
    null = simulate(fit, rows)
    assert null.standardised.shape == (50, 500)
    found = residuals_against_fitted(fit, rows, null)
    assert found.note == rows.note and len(found.frame) == 50
    by_group = residuals_by_group(fit, rows)
    assert "50 random rows" in by_group.note and list(by_group.frame["n"]) == [6] * 24


@pytest.mark.parametrize(
    ("diagnose", "how", "words"),
    [
        (residuals_against_fitted, {"bend": 0.5}, "A term may be missing or bent."),
        (spread_against_fitted, {"fan": 0.4}, "times as wide"),
    ],
)
def test_broken_models_leave_the_band_and_sound_ones_do_not(diagnose, how, words) -> None:
    broken, sound = (diagnose(lmer("y ~ x + (1 | g)", made(4, **more))) for more in (how, {}))
    assert words in broken.sentence and "stays in the band" in sound.sentence
    lines = broken.lines
    assert ((lines["y"] < lines["lower_all"]) | (lines["y"] > lines["upper_all"])).any()
    assert (lines["lower_all"] <= lines["lower"]).all() and (lines["upper"] <= lines["upper_all"]).all()


def test_a_constant_fit_has_no_curve() -> None:
    fit = lmer("Yield ~ 1 + (1 | Batch)", table("dyestuff2"))
    for diagnose in (residuals_against_fitted, spread_against_fitted):
        found = diagnose(fit)
        assert found.lines.empty and "too few different values" in found.sentence


def test_a_group_with_a_wider_spread_is_found() -> None:
    frame = made(2)
    frame.loc[frame["g"] == 7, "y"] += 4 * np.random.default_rng(0).normal(size=15)
    fit = lmer("y ~ x + (1 | g)", frame)
    found = residuals_by_group(fit)
    row = found.frame.loc[7]
    assert row["outside"] and row["sd"] == found.frame["sd"].max() and "largest in g 7" in found.sentence
    e, h = fit.resid[frame["g"] == 7], rows_of(fit).leverage[frame["g"] == 7]
    assert row["df"] == pytest.approx((1 - h).sum())
    assert row["sd"] == pytest.approx(np.sqrt((e**2).sum() / (1 - h).sum()))
    # the residuals' own covariance is sigma^4 P: a chi-square with the mean and variance that this block of it gives
    v = fit.cov_re["g"].iloc[0, 0] * np.equal.outer(frame["g"].to_numpy(), frame["g"].to_numpy()) + fit.scale * np.eye(
        len(frame)
    )
    x, inverse = np.column_stack([np.ones(len(frame)), frame["x"]]), np.linalg.inv(v)
    p = inverse - inverse @ x @ np.linalg.inv(x.T @ inverse @ x) @ x.T @ inverse
    block = fit.scale * p[np.ix_(frame["g"] == 7, frame["g"] == 7)]
    df = np.trace(block) ** 2 / (block**2).sum()
    assert row["upper"] == pytest.approx(
        fit.sigma * np.sqrt(chi2.ppf(0.975, df) / df), rel=1e-4
    )  # the fixed part's share is small


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)"])
def test_of_small_groups_that_scatter_alike_one_in_twenty_leaves_the_band(formula: str) -> None:
    """With a degree of freedom for each 1 - h it were 3%: what shrinkage leaves of a direction scatters less."""
    outside = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        g = np.repeat(np.arange(40), 5)
        frame = pd.DataFrame({"g": g, "x": rng.normal(size=200)})
        frame["y"] = (
            rng.normal(size=40)[g]
            + 0.7 * rng.normal(size=40)[g] * frame["x"] * ("(x" in formula)
            + rng.normal(size=200)
        )
        outside.append(residuals_by_group(lmer(formula, frame)).frame["outside"].mean())
    assert np.mean(outside) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 1200))


def test_groups_of_one_row_have_no_spread_of_their_own() -> None:
    frame = pd.concat([made(2), pd.DataFrame({"g": [99], "x": [1.0], "y": [7.0]})])
    found = residuals_by_group(lmer("y ~ x + (1 | g)", frame))
    assert np.isfinite(found.frame["sd"].iloc[:40]).all() and "of 40 gs" not in found.sentence
    assert found.frame["n"].iloc[-1] == 1


def test_a_row_far_out_has_a_high_leverage() -> None:
    frame = made(2)
    frame.loc[3, "x"] = 400.0
    found = leverages(lmer("y ~ x + (1 | g)", frame))
    assert found.frame.loc[3, "high"] and found.frame.loc[3, "leverage"] > 0.9 and "of row 4 " in found.sentence


def test_within_between_fits_too() -> None:
    from lmmcompare import compare

    fit = compare("y ~ x + (1 | g)", made(1)).fits["within_between"]
    assert rows_of(fit).leverage.sum() > 3
    assert "stays in the band" in residuals_against_fitted(fit).sentence


def test_bands_hold_the_share_that_they_promise() -> None:
    """Of few draws too, 250 where tables are large: limits of these alone are left by 8% of further ones."""
    rng = np.random.default_rng(0)
    everywhere, each = [], []
    for _ in range(1000):
        drawn = np.sort(rng.normal(size=(60, 251)), axis=0)
        bands = Bands.of(drawn[:, 1:], drawn[:, 0])
        everywhere.append(bands.outside_all(drawn[:, 0]).any())
        each.append(bands.outside(drawn[:, 0]).mean())
    # Monte Carlo error of 1,000 pictures: 0.7%
    assert np.mean(everywhere) == pytest.approx(0.05, abs=0.02)
    assert np.mean(each) == pytest.approx(0.05, abs=0.01)


def test_a_ratio_of_widths_is_one_of_rows() -> None:
    """Two clouds of fitted values far apart, one with next to no scatter: no number comes from the gap between them."""
    rng = np.random.default_rng(6)
    g = np.repeat(np.arange(40), 10)
    far = (g % 2).astype(float)
    y = 100 * far + rng.normal(size=40)[g] * 3 + rng.normal(size=400) * np.where(far > 0, 3.0, 0.03)
    frame = pd.DataFrame({"g": g, "x": far, "y": y})
    found = spread_against_fitted(lmer("y ~ x + (1 | g)", frame))
    rows = found.frame["fitted"].to_numpy()
    assert np.abs(found.lines["x"].to_numpy()[:, None] - rows).min(axis=1).max() <= 0.05 * np.ptp(rows)
    assert (found.lines["y"] >= 0).all() and found.lines["y"].max() <= found.frame["size"].max()
    wide, narrow = (found.frame.loc[at, "standardised"].std() for at in (rows > 50, rows < 50))
    (ratio,) = re.findall("are (over )?([0-9,.]+) times as wide", found.sentence)
    assert wide / narrow / 3 < float(ratio[1]) < 3 * wide / narrow  # of the rows near two places, not of all


def test_a_nearly_perfect_fit_is_called_one() -> None:
    frame = made(3).assign(y=lambda d: 5 + 2 * d["x"] + d["g"] + 1e-6 * np.random.default_rng(1).normal(size=len(d)))
    fit = lmer("y ~ x + (1 | g)", frame)
    assert is_exact(fit) and "nearly perfect" in exact_sentence(fit)
    for diagnose in (residuals_against_fitted, spread_against_fitted, residuals_by_group, qq_residuals):
        found = diagnose(fit)
        assert found.frame.empty and "next to nothing" in found.sentence
    assert exact_sentence(lmer("y ~ x + (1 | g)", made(3))) == ""


def test_widths_that_are_alike_are_not_said_to_differ():
    """Sizes of 1, and of 0 but for each tenth row's root of 10: the mean squares are equal, the means 1 and 0.32."""
    rng = np.random.default_rng(3)
    x, sign = np.arange(1200) / 300, rng.choice([-1.0, 1.0], 1200)
    error = np.where(x < 2, sign, np.where(np.arange(1200) % 10 == 0, np.sqrt(10) * sign, 0.0))
    g = rng.permutation(np.tile(np.arange(40), 30))
    fit = lmer("y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": 20 * x + 0.3 * rng.normal(size=40)[g] + error}))
    sentence = spread_against_fitted(fit).sentence
    (times,) = re.findall(r"on average ([0-9.]+) times as large as the model expects", sentence)
    assert float(times) < 0.7
