"""What is said to be true, against averages over many replicates and what the models find."""

import numpy as np
import pytest

from lmmcompare import compare, lmer
from lmmcompare.simulate.design import design
from lmmcompare.simulate.equation import equation, tex, unbroken
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
