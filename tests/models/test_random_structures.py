"""Models with structured random effects: against lme4 2.1.0, against models that are the same, and what is said of others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.errors import DesignError
from lmmcompare.inference.bootstrap import bootstrap
from lmmcompare.inference.influence import leave_one_group_out
from lmmcompare.inference.profile import Parameter, profile
from lmmcompare.models.fitting import lmer
from lmmcompare.models.prediction import predict_interval

CASES = (
    "sleepstudy_cs", "sleepstudy_diag", "sleepstudy_ar1", "sleepstudy_ri_ar1", "oats_diag_factor", "oats_doublebar_factor"
)  # fmt: skip
AR1 = "Reaction ~ Days + ar1(0 + factor(Days) | Subject)"


@pytest.mark.parametrize("kind", ["reml", "ml"])
@pytest.mark.parametrize("case", CASES)
def test_agrees_with_lme4(case, kind, reference, table):
    """lme4's optimiser stops about 1e-4 from the parameters and 1e-7 from the criterion: ours is never the higher one."""
    known = reference(f"structures/lme4_{case}")
    fit, there = lmer(known["formula"], table(known["data"]), reml=kind == "reml"), known[kind]
    assert fit.converged and fit.singular == there["singular"]
    assert -1e-6 < fit.criterion - there["criterion"] < 1e-9
    assert fit.fit.n_parameters == there["n_parameters"]
    np.testing.assert_allclose(fit.params, there["estimate"], rtol=1e-5)
    np.testing.assert_allclose(fit.bse, there["se"], rtol=1e-3)
    assert fit.sigma == pytest.approx(there["sigma"], rel=1e-3)
    if case == "oats_doublebar_factor":
        return  # identifies the sum of its parts only
    np.testing.assert_allclose(fit.fittedvalues[:6], there["fitted_head"], rtol=1e-3)
    covariance = fit.cov_re[fit.factors[0]].to_numpy()
    rows = [r for r in there["variances"].values() if r["grp"] != "Residual"]
    sds = [r["sdcor"] for r in rows if r["var2"] is None]
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), sds, rtol=1e-3)
    spread = covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    own = spread[-len([s for s in rows if s["var2"]]) :] if False else spread[np.tril_indices(len(spread), -1)]
    theirs = [r["sdcor"] for r in rows if r["var2"]]
    np.testing.assert_allclose(sorted(own[np.abs(own) > 1e-9]), sorted(t for t in theirs if t), rtol=2e-3, atol=1e-3)


def test_equal_correlations_are_an_intercept_and_one_of_its_cells(table):
    """cs with one SD and a correlation that is not negative is (1 | B) + (1 | B:V): the same model by another engine."""
    frame = table("oats")
    one, other = lmer("Y ~ V + cs(0 + V | B, hom = TRUE)", frame), lmer("Y ~ V + (1 | B) + (1 | B:V)", frame)
    assert one.criterion == pytest.approx(other.criterion, abs=1e-9)
    np.testing.assert_allclose(one.params, other.params, rtol=1e-8)
    np.testing.assert_allclose(one.bse, other.bse, rtol=1e-6)
    np.testing.assert_allclose(one.df_satterthwaite, other.df_satterthwaite, rtol=1e-4)
    np.testing.assert_allclose(one.bse_kenward_roger, other.bse_kenward_roger, rtol=1e-6)
    np.testing.assert_allclose(one.df_kenward_roger, other.df_kenward_roger, rtol=1e-5)
    between, cell = (float(other.cov_re[f].iloc[0, 0]) for f in ("B", "B:V"))
    covariance = one.cov_re["B"].to_numpy()
    np.testing.assert_allclose([covariance[0, 1], covariance[0, 0]], [between, between + cell], rtol=1e-5)
    np.testing.assert_allclose(one.fittedvalues, other.fittedvalues, rtol=1e-7)


def test_satterthwaites_degrees_of_freedom_are_those_of_own_derivatives(table):
    """60.0 for Days with ar1(): from the Hessian in its own parameters (lmerTest 3.1-3 gives 17.00 or an error)."""
    assert lmer(AR1, table("sleepstudy")).df_satterthwaite["Days"] == pytest.approx(60.0, abs=0.05)


def test_kenward_and_rogers_method_is_refused_where_the_covariance_is_not_linear(table):
    for formula, name in ((AR1, "sleepstudy"), ("Y ~ V + cs(0 + V | B)", "oats")):
        with pytest.raises(DesignError, match="Satterthwaite"):
            lmer(formula, table(name)).kenward_roger  # noqa: B018


def test_modes_and_their_errors_are_hendersons(table):
    frame = table("sleepstudy")
    fit = lmer(AR1, frame)
    x = np.column_stack([np.ones(len(frame)), frame["Days"]])
    subject, day = pd.factorize(frame["Subject"])[0], frame["Days"].to_numpy()
    z = ((subject[:, None] == np.arange(18))[:, :, None] & (day[:, None] == np.arange(10))[:, None]).reshape(
        180, 180
    ) * 1.0
    g = np.kron(np.eye(18), fit.cov_re["Subject"].to_numpy())
    v = np.linalg.inv(z @ g @ z.T + fit.scale * np.eye(180))
    left = frame["Reaction"] - x @ fit.params.to_numpy()
    np.testing.assert_allclose(
        fit.random_effects["Subject"].to_numpy().ravel(), g @ z.T @ v @ left, rtol=1e-6, atol=1e-7
    )
    given = np.sqrt(np.diag(g - g @ z.T @ v @ z @ g))
    np.testing.assert_allclose(fit.random_effects_se["Subject"].to_numpy().ravel(), given, rtol=1e-6)
    bread = np.linalg.inv(x.T @ v @ x)
    rest = x - z @ g @ z.T @ v @ x
    spread = np.diag(rest @ bread @ rest.T + z @ (g - g @ z.T @ v @ z @ g) @ z.T)
    np.testing.assert_allclose(predict_interval(fit)["se"] ** 2, spread, rtol=1e-6)


def test_a_day_never_seen_cannot_be_predicted(table):
    fit = lmer(AR1, table("sleepstudy"))
    with pytest.raises(Exception, match="not one of the levels"):
        fit.predict(pd.DataFrame({"Days": [10], "Subject": [308]}))


@pytest.mark.parametrize(("formula", "same"), [
    ("Reaction ~ Days + cs(Days | Subject)", "Reaction ~ Days + (Days | Subject)"),
    ("Reaction ~ Days + us(Days | Subject)", "Reaction ~ Days + (Days | Subject)"),
    ("Reaction ~ Days + cs(1 | Subject)", "Reaction ~ Days + (1 | Subject)"),
    ("Reaction ~ Days + ar1(1 | Subject)", "Reaction ~ Days + (1 | Subject)"),
    ("Reaction ~ Days + diag(Days | Subject)", "Reaction ~ Days + (Days || Subject)"),
])  # fmt: skip
def test_structures_that_are_none(formula, same, table):
    one, other = lmer(formula, table("sleepstudy")), lmer(same, table("sleepstudy"))
    assert one.criterion == other.criterion and one.fit.n_parameters == other.fit.n_parameters
    assert all(b.is_full for b in one.blocks)


def test_a_profile_is_where_held_parameters_fit_as_well(table):
    """Each limit against the deviance at that value, everything else minimised by a search of scipy's own."""
    from scipy.optimize import minimize

    from lmmcompare.fit.criterion import solve

    fit = lmer("Y ~ V + cs(0 + V | B, hom = TRUE)", table("oats"), reml=False)
    found = dict(profile(fit.fit, fit.moments, [Parameter("sd", (0, 0)), Parameter("correlation", (0, 0, 1))]))
    (sd, correlation), setting = found.values(), fit.fit.problem
    assert sd.estimate == pytest.approx(np.sqrt(fit.cov_re["B"].iloc[0, 0]), rel=1e-6)
    structure = setting.theta_map.structures[0]
    scale = fit.moments.scale[-1] * setting.random[0].to_units[0, 0]
    offset = fit.criterion - fit.fit.optimum.solution.criterion

    def deviance(relative: float, rho: float, log_sigma: float) -> float:
        at = solve(setting, structure.of(np.array([relative]), rho))
        n, variance = setting.n, np.exp(2 * log_sigma)
        return at.criterion - n * (1 + np.log(at.pwrss / n)) + 2 * n * log_sigma + at.pwrss / variance + offset

    start = 0.5 * np.log(fit.fit.optimum.solution.pwrss / setting.n)
    for limit in (sd.lower, sd.upper):
        held = minimize(lambda p, v=limit: deviance(v / scale * np.exp(-p[0]), 1.5 / (1 + np.exp(-p[1])) - 0.5, p[0]),
                        [start, 1.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10})  # fmt: skip
        assert held.fun - fit.criterion == pytest.approx(3.8415, abs=1e-3)
    held = minimize(lambda p: deviance(np.exp(p[0]), correlation.lower, p[1]), [0.0, start], method="Nelder-Mead",
                    options={"xatol": 1e-8, "fatol": 1e-10})  # fmt: skip
    assert held.fun - fit.criterion == pytest.approx(3.8415, abs=1e-3)
    assert correlation.upper == 1 or correlation.upper > fit.theta[-1]


def test_a_bootstrap_simulates_the_structure_and_fits_it_again(table):
    fit = lmer("Y ~ V + cs(0 + V | B, hom = TRUE)", table("oats"))
    found = bootstrap(fit.fit, fit.moments, replicates=20)
    p = len(fit.params)
    assert found.draws.shape[1] == p + 3 and found.failed <= 2  # one SD, one correlation, and that of the residuals
    assert found.draws[:, :p].mean(axis=0) == pytest.approx(fit.params.to_numpy(), abs=4 * fit.bse.max() / np.sqrt(20))
    with pytest.raises(DesignError, match="structure"):
        bootstrap(fit.fit, fit.moments, "case", replicates=20)


def test_leaving_a_group_out_is_a_fit_without_its_rows(table):
    frame = table("sleepstudy")
    fit = lmer(AR1, frame)
    found = leave_one_group_out(fit.fit, fit.moments, fit.columns)
    subject = fit.groupings[0].levels[3]
    without = lmer(AR1, frame[frame["Subject"] != subject])
    np.testing.assert_allclose(found.beta[:, 3], without.params, rtol=1e-5)
    np.testing.assert_allclose(found.theta[:, 3], without.theta, rtol=1e-3)
    assert found.sigma[3] == pytest.approx(without.sigma, rel=1e-4)


# ------------------------------------------------------------------------------------------- what the data cannot tell


def test_two_intercepts_of_one_factor_are_told_apart_together_only(table):
    """As lme4 fits it: the criterion and the coefficients are those of (Days | Subject)."""
    frame = table("sleepstudy")
    two, one = (
        lmer("Reaction ~ Days + (1 | Subject) + (Days | Subject)", frame),
        lmer("Reaction ~ Days + (Days | Subject)", frame),
    )
    assert two.criterion == pytest.approx(one.criterion, abs=1e-7)
    np.testing.assert_allclose(two.bse, one.bse, rtol=1e-5)
    total = float(np.diag(two.cov_re["Subject"])[:2].sum())
    assert total == pytest.approx(one.cov_re["Subject"].iloc[0, 0], rel=1e-4)
    assert len(two.confounded) == 2 and all("variance of Intercept" in text for text in two.confounded)
    assert two.random_effects["Subject"].columns.tolist() == ["Intercept", "Intercept.1", "Days"]
    assert not one.confounded and "together" in two.summary()


@pytest.mark.parametrize(("formula", "involved"), [
    ("Reaction ~ Days + cs(0 + factor(Days) | Subject, hom = TRUE)", ["cs(", "residual"]),
    ("Reaction ~ Days + diag(0 + factor(Days) | Subject)", ["residual"]),
    ("Reaction ~ Days + (1 | Subject) + cs(0 + factor(Days) | Subject, hom = TRUE)", ["(1 |", "cs(", "residual"]),
    (AR1, []),
    ("Reaction ~ Days + (1 | Subject) + ar1(0 + factor(Days) | Subject)", []),
    ("Reaction ~ Days + (Days || Subject)", []),
    ("Reaction ~ Days + diag(Days + I(Days^2) | Subject)", []),
])  # fmt: skip
def test_what_is_told_apart_together_only(formula, involved, table):
    found = "; ".join(lmer(formula, table("sleepstudy")).confounded)
    assert all(text in found for text in involved) and bool(found) == bool(involved)


def test_an_intercept_and_ar1_need_more_than_two_times(table):
    frame = table("sleepstudy")
    formula = "Reaction ~ Days + (1 | Subject) + ar1(0 + factor(Days) | Subject)"
    told_apart = {days: not lmer(formula, frame[frame["Days"] < days]).confounded for days in (2, 3, 4)}
    assert told_apart == {2: False, 3: False, 4: True}


def test_groups_of_which_some_only_are_clustered():
    """Partially nested: the therapists of the treated are the only groups, so (0 + tx | therapist) is the variance among them."""
    draw = np.random.default_rng(4)
    therapist = np.repeat(np.arange(40), 6)
    tx = (therapist < 20).astype(int)
    y = 5 + tx + tx * draw.normal(size=40)[therapist] + draw.normal(size=240)
    frame = pd.DataFrame({"y": y, "tx": tx, "therapist": therapist})
    fit = lmer("y ~ tx + (0 + tx | therapist)", frame)
    treated = lmer("y ~ 1 + (1 | therapist)", frame[frame["tx"] == 1])
    assert fit.converged and not fit.singular and not fit.confounded
    assert fit.cov_re["therapist"].iloc[0, 0] == pytest.approx(treated.cov_re["therapist"].iloc[0, 0], rel=0.1)
    # the coefficient is the difference of the arms' means: equal groups
    means = frame.groupby("tx")["y"].mean()
    assert fit.params["tx"] == pytest.approx(means[1] - means[0], rel=1e-9)
    expected = fit.cov_re["therapist"].iloc[0, 0] / 20 + fit.scale / 120 + fit.scale / 120
    assert fit.bse["tx"] == pytest.approx(np.sqrt(expected), rel=1e-9)
    with pytest.raises(DesignError, match="constant within every therapist"):
        lmer("y ~ tx + (tx | therapist)", frame)


def test_a_slope_that_is_constant_in_most_groups_is_fitted(table):
    frame = table("sleepstudy")
    kept = frame["Subject"].isin(frame["Subject"].unique()[:6]) | (frame["Days"] == 3)
    extra = frame[frame["Days"] == 3].assign(Reaction=lambda d: d["Reaction"] + 5)
    fit = lmer("Reaction ~ Days + (Days | Subject)", pd.concat([frame[kept], extra], ignore_index=True))
    assert fit.converged and np.isfinite(fit.bse).all()


def test_levels_that_a_group_does_not_have_get_their_modes_from_the_others(table):
    frame = table("sleepstudy")
    frame = frame[~((frame["Subject"] == 308) & (frame["Days"] > 6))]
    fit = lmer(AR1, frame)
    last = fit.random_effects["Subject"].loc[308].to_numpy()
    rho = fit.theta[-1]
    np.testing.assert_allclose(last[7:], last[6] * rho ** np.arange(1, 4), rtol=1e-8)


@pytest.mark.parametrize("formula", [
    "Reaction ~ Days + ar1(Days | Subject)",
    "Reaction ~ Days + ar1(factor(Days) | Subject)",
    "Reaction ~ Days + ar1(0 + Days | Subject)",
])  # fmt: skip
def test_ar1_without_a_clock_is_refused_with_the_formula_that_has_one(formula, table):
    with pytest.raises(DesignError, match=r"ar1\(0 \+ factor\(Days\) \| Subject\)"):
        lmer(formula, table("sleepstudy"))


def test_a_clock_of_texts_that_runs_1_10_2_is_refused(table):
    frame = table("sleepstudy")
    texts = frame.assign(Days=[f"day {d + 1}" for d in frame["Days"]])
    with pytest.raises(DesignError, match="order"):
        lmer("Reaction ~ 1 + ar1(0 + Days | Subject)", texts)
    ordered = pd.Categorical(texts["Days"], [f"day {d}" for d in range(1, 11)], ordered=True)
    numbered = lmer("Reaction ~ 1 + ar1(0 + factor(Days) | Subject)", frame)
    assert lmer("Reaction ~ 1 + ar1(0 + Days | Subject)", texts.assign(Days=ordered)).criterion == pytest.approx(
        numbered.criterion, abs=1e-7
    )


def test_sums_of_an_engine_give_the_same_fit(table):
    pl = pytest.importorskip("polars")
    frame = table("sleepstudy")
    for formula in (AR1, "Reaction ~ Days + cs(Days + I(Days^2) | Subject, hom = TRUE)"):
        here, there = lmer(formula, frame), lmer(formula, pl.from_pandas(frame))
        assert there.criterion == pytest.approx(here.criterion, abs=1e-6)
        np.testing.assert_allclose(there.bse, here.bse, rtol=1e-6)
