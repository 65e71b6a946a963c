"""What is said to be true, against averages over many replicates and what the models find."""

import numpy as np
import pytest

from lmmcompare import compare, lmer
from lmmcompare.simulate.design import design
from lmmcompare.simulate.equation import (
    equation,
    intercepts_piece,
    predictor_piece,
    residual_piece,
    slopes_piece,
    tex,
    unbroken,
)
from lmmcompare.simulate.outcome import effects, outcomes, residuals
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.table import table
from lmmcompare.simulate.truth import contextual_effect, ols_finds, true_group_lines, true_line, truths, weight_between
from lmmcompare.tables.simulation_truth import truth_table

CLASH = preset("clash").settings


def true(settings: Settings) -> dict[str, float]:
    return truths(settings).set_index("term")["truth"].to_dict()


def ols_slopes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x = x - x.mean(axis=-1, keepdims=True)
    return (x * y).sum(axis=-1) / (x * x).sum(axis=-1)


@pytest.mark.parametrize(
    "settings",
    [CLASH, preset("simpson").settings, CLASH.change(predictor="binary", share=0.4, x_icc=0.6),
     Settings(15, 4, varies="between", rho_mean=0.6),
     Settings(12, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], rho_mean=-0.5, x_icc=0.5), Settings(15, 6, tau1=0.5, rho=0.3, rho_mean=0.4)],
)  # fmt: skip
def test_ols_and_within_slopes_are_what_is_said(settings):
    d = design(settings)
    y = outcomes(settings, d, range(4_000))
    slopes = ols_slopes(d.x, y)
    # given x, the slope's mean is exact: the intercepts' regression on the realised group means is linear
    assert slopes.mean() == pytest.approx(ols_finds(settings, d)[0], abs=4.5 * slopes.std() / np.sqrt(4_000))
    if settings.where == "both":
        starts = np.cumsum(d.sizes) - d.sizes
        centred = d.x - (np.add.reduceat(d.x, starts, axis=1) / d.sizes)[:, d.codes]
        within = (centred * y).sum(axis=1) / (centred**2).sum()
        assert within.mean() == pytest.approx(settings.slope, abs=4.5 * within.std() / np.sqrt(4_000))


def test_a_large_table_has_the_truth_in_its_fits():
    s = CLASH.change(groups=4_000, size=5)
    said, found = true(s), compare(s.formula, table(s))
    mundlak = found.fits["within_between"]
    for term in ("x", "x_mean"):
        assert abs(mundlak.params[term] - said[term]) < 4 * mundlak.bse[term]
    assert float(mundlak.cov_re["group"].iloc[0, 0]) ** 0.5 == pytest.approx(said["tau0_given_x"], rel=0.05)
    assert mundlak.sigma == pytest.approx(said["sigma"], rel=0.05)
    assert said["between"] == pytest.approx(said["x"] + said["x_mean"])


@pytest.mark.parametrize("how", [{"predictor": "binary", "share": 0.3}, {"x_mean": 4.0}])
def test_where_groups_have_one_value_and_go_along_with_it_intercept_and_sd_are_those_beside_the_slope_between(how):
    """Said to be the intercept 1 and the SD 1 of all else equal, "misses" stood at nearly every intercept."""
    s = Settings(4_000, 4, varies="between", rho_mean=0.6, **how)
    said, found = true(s), compare(s.formula, table(s)).random_intercept
    for term in ("Intercept", "x"):
        assert abs(found.params[term] - said[term]) < 4 * found.bse[term]
    assert abs(found.params["Intercept"] - s.intercept) > 4 * found.bse["Intercept"]
    shown = truth_table(compare(s.formula, table(s.change(groups=40))), s.change(groups=40))
    spread = next(row for row in shown.rows if "SD between groups" in row.label)
    assert (spread.label, spread.cells[0].main) == ("SD between groups at the same x", "0.8")
    assert float(found.cov_re["group"].iloc[0, 0]) ** 0.5 == pytest.approx(0.8, rel=0.05)


@pytest.mark.parametrize("r", [0.5, -0.15])
def test_what_residuals_share_is_the_groups_for_no_data_tell_it_from_intercepts(r):
    """Two rows of a group have the covariance tau0^2 + r sigma^2, whatever it is called: analysis of variance finds that."""
    s = Settings(4_000, 5, tau0=1, sigma=1.2, exchangeable=r, rho_mean=0.5)
    said, data = true(s), table(s)
    y = (data["y"] - s.slope * data["x"]).to_numpy().reshape(4_000, 5)  # groups of five rows, one after another
    within = y.var(axis=1, ddof=1).mean()
    between = y.mean(axis=1).var(ddof=1) - within / 5
    assert said["sigma"] == pytest.approx(1.2 * np.sqrt(1 - r)) and within**0.5 == pytest.approx(
        said["sigma"], rel=0.03
    )
    assert said["tau0"] == pytest.approx(np.sqrt(1 + 1.44 * r)) and between**0.5 == pytest.approx(
        said["tau0"], rel=0.05
    )
    found = compare(s.formula, data).fits["within_between"].cov_re["group"]
    assert said["tau0_given_x"] == pytest.approx(np.sqrt(0.75 + 1.44 * r))
    assert float(found.iloc[0, 0]) ** 0.5 == pytest.approx(said["tau0_given_x"], rel=0.05)
    assert said["icc"] == pytest.approx((1 + 1.44 * r) / 2.44)
    offsetting = true(preset("negative").settings)  # more than any random intercept can show
    assert (offsetting["tau0"], offsetting["sigma"]) == (0, 1)


def test_a_large_table_with_slopes_has_the_truth_in_its_fit():
    s = Settings(3_000, 8, tau0=2, tau1=0.7, rho=-0.4, sigma=1.5, intercept=3, slope=-1, varies="within")
    said, fit = true(s), lmer(s.formula, table(s))
    for term in ("Intercept", "x"):
        assert abs(fit.params[term] - said[term]) < 4 * fit.bse[term]
    covariance = fit.cov_re["group"].to_numpy()
    sd = np.sqrt(np.diag(covariance))
    # about 1/sqrt(2 x 3,000) = 1.3% each
    np.testing.assert_allclose([*sd, fit.sigma], [said["tau0"], said["tau1"], said["sigma"]], rtol=0.06)
    assert covariance[0, 1] / sd.prod() == pytest.approx(said["rho"], abs=0.08)


def test_a_slope_between_groups_is_confounded_and_said_so():
    s = Settings(200, 5, varies="between", rho_mean=0.5, slope=1)
    said = true(s)
    assert said["causal"] == 1 and said["x"] == 1.5
    assert contextual_effect(s) == 0.5


@pytest.mark.parametrize("name", [p.name for p in PRESETS])
def test_each_preset_says_what_its_formula_can_find(name):
    s = preset(name).settings
    said, found = true(s), compare(s.formula, table(s))
    assert set(found.terms) <= set(said)
    assert len(said) == len(truths(s))


def test_weights_are_the_shares_of_the_sum_of_squares():
    x = np.array([[0.0, 2, 4, 6], [1, 1, 3, 3], [0, 2, 0, 2], [5, 5, 5, 5]])
    d = design(Settings(3, [1, 3, 1]))
    two = type(d)(np.array([2, 2]), np.array([0, 0, 1, 1]), d.time, x, d.centre, d.noise)
    np.testing.assert_allclose(weight_between(two), [0.8, 1, 0, 0])


def test_the_true_lines_are_the_outcome_without_its_residuals():
    for s in (CLASH, preset("slopes").settings, preset("chapter7").settings):
        d = design(s)
        lines = true_group_lines(s, effects(s, d)[0], d.codes, d.x[0])
        np.testing.assert_allclose(lines + residuals(s, d)[0], table(s)["y"], atol=1e-9)
        assert true_line(s, np.zeros(1))[0] == s.intercept


# -------------------------------------------------------------------------------------------------------- equation


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (0, "0"), (-0.5, "-0.5"), (1527.5, "1{,}527.5"), (1 / 3, "0.3333"), (2.50, "2.5"), (10, "10"), (250000, "250{,}000"),
     (1e-7, r"1.000\times 10^{-7}"), (0.05, "0.05")],
)  # fmt: skip
def test_numbers_in_the_equation(value, text):
    assert tex(value) == text


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (Settings(), r"y_{ij} = 1 + 0.5\,x_{ij} + u_{0j} + e_{ij}"),
        (Settings(slope=-2, tau1=1), r"y_{ij} = 1 - 2\,x_{ij} + u_{0j} + u_{1j}\,x_{ij} + e_{ij}"),
        (Settings(predictor="none", intercept=-3), "y_{ij} = -3 + u_{0j} + e_{ij}"),
        (Settings(varies="between"), r"y_{ij} = 1 + 0.5\,x_j + u_{0j} + e_{ij}"),
        (Settings(predictor="time"), r"y_{ij} = 1 + 0.5\,t_{ij} + u_{0j} + e_{ij}"),
    ],
)
def test_the_equation_has_the_live_values(settings, text):
    assert equation(settings) == text


@pytest.mark.parametrize(
    ("piece", "parts"),
    [
        (r"\beta_0 = 1{,}527.5,\quad \beta_1 = 2", [r"\beta_0 = 1{,}527.5", r"\beta_1 = 2"]),
        (r"u \sim N(0,\ 6^2),\ \mathrm{corr}(u, v) = 0.1", [r"u \sim N(0,\ 6^2)", r"\mathrm{corr}(u, v) = 0.1"]),
        (r"x \in \{0, 1\}", [r"x \in \{0, 1\}"]),
    ],
)
def test_an_equation_is_parted_between_its_parts_only(piece, parts):
    assert unbroken(piece).split(r",\ \allowbreak ") == [f"{{{part}}}" for part in parts]


def test_without_a_predictor_no_noise_grows_with_it():
    left = Settings(predictor="none", sigma_by_x=2.5)  # from a predictor that there was
    assert np.ptp(design(left).noise) == 0
    assert residual_piece(left) == r"e_{ij} \sim N(0,\ 1^2)" and "sigma" in residual_piece(Settings(sigma_by_x=2.5))


def test_what_does_not_vary_correlates_with_nothing():
    """With intercepts that are the same in all groups a correlation of 1 stood beside the estimate of −1."""
    s = Settings(tau0=0, tau1=1, rho=1)
    d = design(s)
    assert np.ptp(effects(s, d)[0, 0]) == 0
    assert "rho" not in true(s) and "corr" not in slopes_piece(s)
    assert intercepts_piece(Settings(tau0=0, rho_mean=0.8)) == "u_{0j} = 0"
    assert true(Settings(tau1=1, rho=0.3))["rho"] == 0.3
    shared = true(Settings(tau0=0, tau1=1, rho=1, exchangeable=0.5))  # the groups' intercepts are what residuals share
    assert (shared["rho"], shared["tau0"]) == (0, pytest.approx(0.5**0.5))


@pytest.mark.parametrize("kind", ["two-point", "heavy", "skewed"])
def test_the_equation_names_a_distribution_where_the_effects_have_it(kind):
    """An effect that correlates with another is a sum of two draws: of two kinds of groups no slope is ±1, nor is any sum of t's a t."""
    alone, both = (Settings(500, 4, effects=kind, tau1=1, rho=rho) for rho in (0, 0.5))
    own, mixed = (effects(s, design(s))[0, 1] for s in (alone, both))
    if kind == "two-point":
        assert set(np.abs(own)) == {1.0} and not np.isclose(np.abs(mixed), 1).any()
    assert "SD}(u" not in slopes_piece(alone)
    assert slopes_piece(both) == r"\mathrm{SD}(u_{1j}) = 1,\ \mathrm{corr}(u_{0j}, u_{1j}) = 0.5"
    assert r"\mathrm{SD}(u_{0j}) = 1" in intercepts_piece(alone.change(tau1=0, rho_mean=0.5))
    assert r"\sim N(0" in slopes_piece(both.change(effects="normal"))


def test_beside_an_outlier_the_other_groups_have_less_than_the_stated_sd():
    s = Settings(12, 8, tau0=2, effects="outlier", slope=0)
    d = design(s)
    others = np.sort(
        np.abs(effects(s, d, range(4_000))[:, 0, :] - effects(s, d, range(4_000))[:, 0, :].mean(axis=1)[:, None])
    )
    assert np.sqrt((others[:, :-1] ** 2).mean()) < 1.5  # without the farthest: "N(0, 2²)" is not their distribution
    assert intercepts_piece(s) == r"\mathrm{SD}(u_{0j}) = 2,\ \text{one far out}"
    assert r"\mathrm{SD}(u_{1j})" in slopes_piece(s.change(tau1=1, rho=0.5))
    assert r"\sim N(0,\ 1^2)" in slopes_piece(s.change(tau1=1))


@pytest.mark.parametrize(("varies", "share"), [("within", 0.01), ("within", 0.26), ("between", 0.99), ("between", 0.5)])
def test_the_share_of_ones_in_the_equation_is_that_of_the_table(varies, share):
    """A group of ten rows has one 1 at least: 10% of ones where 1% were asked for."""
    s = Settings(predictor="binary", varies=varies, share=share)
    assert f"P(1) = {table(s)['x'].mean():.4g}" in predictor_piece(s).replace(" \\", "")
    assert "P(1) = 0.01" in predictor_piece(s.change(varies="both", share=0.01))
