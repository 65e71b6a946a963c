"""Every published figure of the questions, to the digits printed there."""

from __future__ import annotations

import math

import numpy as np
import pytest

import lmmcompare
from lmmcompare.assess.sequential_anova import sequential_anova
from tests.helpers import comparison, data, reference, table


def printed(value: float, text: str, units: int = 0) -> None:
    """``value`` prints as ``text``; or within ``units`` of its last digit."""
    decimals = len(text.partition(".")[2])
    shown = f"{value:.{decimals}f}"
    if units:
        assert abs(float(shown) - float(text)) <= units * 10**-decimals * 1.001, (shown, text)
    else:
        assert shown == text


# ------------------------------------------------------------------------------------------------------------------ Q1
def test_q1_the_slope_is_halved_and_the_intercept_changes_its_sign() -> None:
    both = comparison("cv161703_ri")
    assert (both.design.n, both.moments.n_groups, set(both.moments.n)) == (60, 20, {3.0})
    for fit, intercept, slope in (
        (both.ols, "-1.132507", "1.184904"),
        (both.random_intercept, "1.6767616", "0.6376439"),
    ):
        printed(fit.params["Intercept"], intercept)
        printed(fit.params["X"], slope)


def test_q1_the_slopes_within_and_between_and_their_weights() -> None:
    parts = lmmcompare.explain(comparison("cv161703_ri"), "X").set_index("model")
    for model, share in (("ols", "33"), ("random_intercept", "80"), ("no_pooling", "100")):
        printed(100 * parts.loc[model, "weight_within"], share)
        printed(parts.loc[model, "estimate_within"], "0.409")
    printed(parts.loc["ols", "estimate_between"], "1.573")
    assert table("cv161703")["X"].min() == 2


def test_q1_scaling_the_predictor_changes_nothing_but_its_scale() -> None:
    frame = data("cv161703_ri")
    z = (frame["X"] - frame["X"].mean()) / frame["X"].std()
    fit = lmmcompare.lmer("Y ~ z + (1 | ID)", frame.assign(z=z))
    before = comparison("cv161703_ri").random_intercept
    assert fit.params["z"] == pytest.approx(before.params["X"] * frame["X"].std(), rel=1e-8)
    assert fit.tvalues["z"] == pytest.approx(before.tvalues["X"], rel=1e-8)


def test_q1_ols_standard_errors_can_be_far_too_large() -> None:
    both = comparison("drug_ri")
    assert (both.design.n, both.moments.n_groups) == (40, 4)
    assert both.ols.pvalues["Drug"] > 0.5
    assert both.mixed.pvalues["Drug"] < 0.01
    assert both.ols.bse["Drug"] > 5 * both.mixed.bse["Drug"]
    low, high = both.mixed.conf_int().loc["Drug"]
    assert low < 1 < high


# ------------------------------------------------------------------------------------------------------------------ Q2
def test_q2_ols_table() -> None:
    both = comparison("pshp2_ri")
    fit = both.ols
    assert (both.design.n, both.moments.n_groups, fit.df_resid) == (326_362, 24, 326_360)
    for term, estimate, se, t in (
        ("Intercept", "0.583864", "0.001941", "300.83"),
        ("condition[T.stim]", "-0.106348", "0.002609", "-40.77"),
    ):
        printed(fit.params[term], estimate)
        printed(fit.bse[term], se)
        printed(fit.tvalues[term], t)
    printed(fit.sigma, "0.7409")
    printed(fit.rsquared, "0.005066")
    printed(fit.rsquared_adj, "0.005063")
    printed(fit.fvalue, "1662")
    residuals = ("-3.6408", "-0.5963", "-0.1943", "0.5046", "6.9230")
    for value, text in zip(fit.residual_quantiles, residuals, strict=True):
        printed(value, text)


def test_q2_mixed_table() -> None:
    fit = comparison("pshp2_ri").mixed
    for term, estimate, se, t in (
        ("Intercept", "0.719139", "0.063388", "11.35"),
        ("condition[T.stim]", "-0.097682", "0.002375", "-41.14"),
    ):
        printed(fit.params[term], estimate)
        printed(fit.bse[term], se)
        printed(fit.tvalues[term], t)
    printed(fit.criterion, "668294.9")
    variance = float(fit.cov_re["cluster"].iloc[0, 0])
    printed(variance, "0.09619")
    printed(math.sqrt(variance), "0.3101")
    printed(fit.scale, "0.45352")
    printed(fit.sigma, "0.6734")
    printed(fit.cov_params().iloc[0, 1] / fit.bse.prod(), "-0.022")
    residuals = ("-5.9819", "-0.7061", "-0.2411", "0.6576", "10.0387")
    for value, text in zip(fit.residual_quantiles / fit.sigma, residuals, strict=True):
        printed(value, text)


def test_q2_an_average_over_rows_and_one_over_clusters() -> None:
    both, frame = comparison("pshp2_ri"), data("pshp2_ri")
    printed(both.mixed.bse["Intercept"] / both.ols.bse["Intercept"], "33")
    unstimulated = frame[frame["condition"] == "unstim"]
    assert both.ols.params["Intercept"] == pytest.approx(unstimulated["pSHP2"].mean(), rel=1e-9)
    of_clusters = unstimulated.groupby("cluster", observed=True)["pSHP2"].mean().mean()
    assert both.mixed.params["Intercept"] == pytest.approx(of_clusters, rel=1e-3)


# ------------------------------------------------------------------------------------------------------------------ Q3
def test_q3_the_dummies_table() -> None:
    rows = comparison("dragons_ri").no_pooling.treatment_contrasts()
    for term, estimate, se in (
        ("Intercept", "23.3818", "2.5792"),
        ("bodyLength2", "0.2055", "1.2927"),
        ("mountainRange[T.Central]", "36.5828", "3.5993"),
        ("mountainRange[T.Emmental]", "16.2092", "3.6966"),
        ("mountainRange[T.Julian]", "45.1147", "4.1901"),
        ("mountainRange[T.Ligurian]", "17.7478", "3.6736"),
        ("mountainRange[T.Maritime]", "49.8813", "3.1392"),
        ("mountainRange[T.Sarntal]", "41.9784", "3.1972"),
        ("mountainRange[T.Southern]", "8.5196", "2.7313"),
    ):
        printed(rows.loc[term, "estimate"], estimate)
        printed(rows.loc[term, "se"], se)


def test_q3_predictions_with_dummies_and_with_random_intercepts() -> None:
    """A range's line with dummies goes through its own means; the mixed model's lies nearer to the common line."""
    both, frame = comparison("dragons_ri"), data("dragons_ri")
    at_means = frame.groupby("mountainRange", observed=True)[["bodyLength2", "testScore"]].mean().reset_index()
    np.testing.assert_allclose(both.no_pooling.predict(at_means), at_means["testScore"], rtol=1e-9)
    common = both.mixed.params["Intercept"] + both.mixed.params["bodyLength2"] * at_means["bodyLength2"]
    partial = both.mixed.predict(at_means)
    assert (np.abs(partial - common) < np.abs(at_means["testScore"] - common)).all()


def test_q3_the_random_intercept_and_the_within_between_tables() -> None:
    both = comparison("dragons_ri")
    for fit, variances, rows in (
        (both.mixed, ("339.7", "223.8"), {"Intercept": ("50.3860", "6.5517"), "bodyLength2": ("0.5377", "1.2750")}),
        (
            both.fits["within_between"],
            ("260.3", "223.8"),
            {"Intercept": ("50.3860", "5.7449"), "bodyLength2": ("0.2055", "1.2927"), "bodyLength2_mean": ("12.2016", "6.8978")},
        ),
    ):  # fmt: skip
        for term, (estimate, se) in rows.items():
            printed(fit.params[term], estimate)
            printed(fit.bse[term], se, int(se == "6.8978"))  # R on these rebuilt rows: 6.89785
        printed(float(fit.cov_re["mountainRange"].iloc[0, 0]), variances[0])
        printed(fit.scale, variances[1])


def test_q3_the_within_slope_is_exactly_that_of_the_dummies() -> None:
    both = comparison("dragons_ri")
    within = both.fits["within_between"]
    assert within.params["bodyLength2"] == pytest.approx(both.no_pooling.params["bodyLength2"], rel=1e-9)
    # its standard error too, since the residual variance is that of the dummies
    assert within.bse["bodyLength2"] == pytest.approx(both.no_pooling.bse["bodyLength2"], rel=1e-6)


# ------------------------------------------------------------------------------------------------------------------ Q4
def test_q4_the_toy_simulation() -> None:
    fit = lmmcompare.lm("y ~ z", data("chapter7_ri"))
    for term, estimate, se in (("Intercept", "2.24983", "0.32663"), ("z", "0.89810", "0.05677")):
        printed(fit.params[term], estimate)
        printed(fit.bse[term], se, 1)  # the rows are rebuilt from six decimals: 0.32661984
    mixed = comparison("chapter7_ri").mixed
    printed(mixed.params["Intercept"], "1.728")
    printed(mixed.bse["Intercept"], "2.979")
    # R on these rows gives 35.0434 as well: they are rebuilt from six printed decimals
    assert float(mixed.cov_re["groups"].iloc[0, 0]) == pytest.approx(35.0431, rel=1e-5)
    printed(mixed.scale, "0.8879")
    printed(mixed.criterion, "34.3")
    quantiles = np.quantile(mixed.resid / mixed.sigma, [0, 0.25, 0.5, 0.75, 1])
    for value, text in zip(quantiles, ("-1.04069", "-0.57522", "-0.03426", "0.66816", "0.91364"), strict=True):
        printed(value, text, 1)


def test_q4_the_paired_view_uses_the_within_group_variance_only() -> None:
    frame = table("chapter7_twin")
    differences = frame.groupby("groups")["y"].agg(lambda pair: pair.iloc[1] - pair.iloc[0])
    printed(differences.std(), "1.441244", 1)


def test_q4_dyestuff() -> None:
    fit = comparison("dyestuff_ri").mixed
    printed(fit.params["Intercept"], "1527.50")
    printed(fit.bse["Intercept"], "19.38")
    printed(float(fit.cov_re["Batch"].iloc[0, 0]), "1764")
    printed(fit.scale, "2451")
    printed(fit.criterion, "319.7")


def test_q4_penicillin_with_sample_fixed() -> None:
    """The F test from the coefficients and their covariance; 5 df, 115 for the denominator."""
    fit = comparison("penicillin_fixed_sample").mixed
    rows = [k for k, n in enumerate(fit.names) if n.startswith("sample")]
    beta, vcov = fit.params.to_numpy()[rows], fit.cov_params().to_numpy()[np.ix_(rows, rows)]
    wald = float(beta @ np.linalg.solve(vcov, beta))
    assert len(rows) == 5
    printed(wald, "1485.4")
    printed(wald / 5, "297.09")
    printed(wald / 5 * fit.scale * 5, "449.22")
    # Satterthwaite's df of a difference of two samples, as lmerTest gives for the F test's denominator
    assert fit.df_satterthwaite["sample[T.B]"] == pytest.approx(115, rel=1e-6)


def test_q4_penicillin_with_both_factors_fixed() -> None:
    """`anova(lm(diameter ~ sample + plate))`: in balanced data the F of samples is that of the mixed model."""
    row = sequential_anova(comparison("penicillin_fixed_sample").no_pooling).set_index("term").loc["sample"]
    printed(row["F"], "297.09")
    printed(row["sum_sq"], "449.22")
    assert row["df"] == 5


def test_q4_sleepstudy() -> None:
    both = comparison("sleepstudy_rs")
    fit = both.mixed
    printed(fit.params["Intercept"], "251.40510")
    printed(fit.params["Days"], "10.46729", 1)  # 10.4672860: the chapter cut it off
    modes = fit.random_effects["Subject"]
    # the chapter's lme4 stopped a little earlier than ours; its figures agree to five digits
    for subject, intercept, slope in (("308", 2.2585654, 9.1989719), ("309", -40.3985770, -8.6197032)):
        assert modes.loc[subject, "Intercept"] == pytest.approx(intercept, rel=1e-5)
        assert modes.loc[subject, "Days"] == pytest.approx(slope, rel=1e-5)


def test_q4_partial_pooling_borrows_strength() -> None:
    """Every subject's fitted slope lies nearer to the common one than its own regression's, all together."""
    both = comparison("sleepstudy_rs")
    own = both.no_pooling.per_group.beta[1]
    pooled = both.mixed.params["Days"] + both.mixed.random_effects["Subject"]["Days"].to_numpy()
    assert pooled.std() < own.std()
    np.testing.assert_allclose(own[:1], reference("sleepstudy_rs")["per_group_ols"]["values"][0][1], rtol=1e-9)


def test_q4_the_same_model_by_generalised_least_squares() -> None:
    """Identical estimates with the implied covariance, as the exercise asks."""
    fit = comparison("sleepstudy_rs").mixed
    X = np.column_stack([np.ones(fit.nobs), fit.design.columns[0][:]])
    codes, psi = fit.design.grouping.codes, fit.cov_re["Subject"].to_numpy()
    V = (codes[:, None] == codes[None]) * (X @ psi @ X.T) + fit.scale * np.eye(fit.nobs)
    weights = np.linalg.solve(V, X)
    beta = np.linalg.solve(X.T @ weights, weights.T @ fit.design.columns[-1][:])
    np.testing.assert_allclose(fit.params, beta, rtol=1e-9)
    np.testing.assert_allclose(fit.cov_params(), np.linalg.inv(X.T @ weights), rtol=1e-8)
