"""Prior weights and offsets: as R's, as dense matrices without our code, and what must hold exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lmmcompare import compare, lm, lmer
from lmmcompare.assess.breusch_pagan import breusch_pagan
from lmmcompare.assess.diagnostics_rows import rows_of, simulate
from lmmcompare.assess.hausman import hausman
from lmmcompare.assess.variance_explained import shares
from lmmcompare.errors import DataError, DesignError, FormulaError, LmmCompareError
from lmmcompare.fit.mixed import at_theta
from lmmcompare.inference.bootstrap import bootstrap
from lmmcompare.inference.influence import leave_one_group_out
from lmmcompare.inference.nonparametric import nonparametric
from lmmcompare.inference.profile import parameters, profile
from lmmcompare.models.prediction import predict_interval
from tests.dense import Dense
from tests.effort import examples
from tests.helpers import table
from tests.random_designs import random_design

KNOWN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reference/weights.json").read_text())
CASES = ["hsb82", "sleepstudy", "penicillin"]


def rows(name: str) -> pd.DataFrame:
    """The table with the weights ``w`` and the offset ``o`` that make_weights.R gives it."""
    frame = table(name)
    place = np.arange(len(frame))
    weight, offset = (1 + place % 5) / 2, 0.1 * ((place + 1) % 3)
    if name == "hsb82":
        weight, offset = weight + (frame["minrty"] == "Yes"), 2 * frame["cses"]
    if name == "sleepstudy":
        weight, offset = weight + 2 * (frame["Days"] > 6), 10 * frame["Days"]
    return frame.assign(w=weight, o=offset)


def close(ours: Any, theirs: Any, tolerance: float) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("method", ["reml", "ml"])
def test_a_mixed_model_is_lme4s(name: str, method: str) -> None:
    """lme4 stops at about 1e-4 of a relative standard deviation; our criterion is never above its own."""
    known, group = KNOWN[name]["mixed"][method], KNOWN[name]["group"]
    fit = lmer(KNOWN[name]["mixed_formula"], rows(name), method == "reml", weights="w", offset="o")
    assert fit.criterion <= known["criterion"] + 1e-6
    close(fit.criterion, known["criterion"], 1e-9)
    close([fit.llf, fit.aic, fit.bic], [known[k] for k in ("loglik", "aic", "bic")], 1e-9)
    close(fit.params, known["estimate"], 1e-6)
    close(fit.bse, known["se"], 5e-5)
    close(fit.df, known["df"], 1e-3)
    close(fit.sigma, known["sigma"], 1e-5)
    close(fit.theta, known["theta"], 1e-4)
    close(fit.fittedvalues[:12], known["fitted"], 1e-5)
    close(fit.resid_weighted[:12], known["pearson"], 2e-3)
    close(fit.resid_weighted[:12] / fit.sigma, known["scaled"], 1e-4)
    close(fit.random_effects[group].iloc[:12, 0], known["modes"], 2e-3)
    close(fit.random_effects_se[group].iloc[:12, 0], known["mode_se"], 2e-4)
    close(fit.predict(rows(name).head(12)), known["fitted"], 1e-5)
    assert "Prior weights: w" in fit.summary()


@pytest.mark.parametrize("name", CASES)
def test_least_squares_are_rs(name: str) -> None:
    known, frame = KNOWN[name]["lm"], rows(name)
    fit = lm(KNOWN[name]["formula"], frame, weights="w", offset="o")
    close(fit.params, known["estimate"], 1e-10)
    close(fit.bse, known["se"], 1e-10)
    ours = [fit.sigma, fit.llf, fit.aic, fit.bic, fit.fit.rss]
    close(ours, [known[k] for k in ("sigma", "loglik", "aic", "bic", "deviance")], 1e-10)
    close(fit.residual_quantiles, known["residual_quantiles"], 1e-9)
    close(fit.fittedvalues[:12], known["fitted"], 1e-10)
    close(fit.predict(frame.head(12)), known["predicted"], 1e-10)
    dummies = compare(KNOWN[name]["mixed_formula"], frame, weights="w", offset="o").no_pooling
    first = dummies.treatment_contrasts().iloc[0]
    both = known["dummies"]
    close([first["estimate"], *dummies.params], np.atleast_1d(both["estimate"]), 1e-9)
    close([first["se"], *dummies.bse], np.atleast_1d(both["se"]), 1e-9)
    close([dummies.sigma, dummies.llf, dummies.rsquared], [both["sigma"], both["loglik"], both["r2"]], 1e-10)
    if fit.df_model:  # R before 4.3 counted an offset as explained
        close([fit.rsquared, fit.rsquared_adj, fit.fvalue], [known["r2"], known["adjusted"], known["f"]], 1e-9)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR1S", "CR2", "CR3"])
def test_cluster_robust_errors_are_clubsandwichs(name: str, kind: str) -> None:
    """Of rows whose errors have one variance; where no variance is assumed (all but CR2), of the weighted fit itself too."""
    known = KNOWN[name]["lm"]
    found = lm(KNOWN[name]["formula"], rows(name), KNOWN[name]["group"], weights="w", offset="o").robust(kind)
    close(found.se, np.atleast_1d(known["robust"][kind]["se"]), 1e-10)
    close(found.df, np.atleast_1d(known["robust"][kind]["df"]), 1e-8)
    if kind in ("CR0", "CR1", "CR3"):
        close(found.se, np.atleast_1d(known["robust_default"][kind]["se"]), 1e-10)


@pytest.mark.parametrize("name", ["sleepstudy", "penicillin"])
def test_kenward_roger_is_pbkrtests_of_rows_of_one_variance(name: str) -> None:
    fit, known = lmer(KNOWN[name]["mixed_formula"], rows(name), weights="w", offset="o"), KNOWN[name]["kenward_roger"]
    close(fit.bse_kenward_roger, known["se"], 5e-5)
    close(fit.df_kenward_roger, known["df"], 1e-3)


def test_profiles_are_lme4s_of_rows_of_one_variance() -> None:
    known = np.array(KNOWN["sleepstudy"]["kenward_roger"]["profile"])  # SD, correlation, SD, sigma, two coefficients
    fit = lmer(KNOWN["sleepstudy"]["mixed_formula"], rows("sleepstudy"), weights="w", offset="o")
    found = np.array([(limits.lower, limits.upper) for _, limits in profile(fit.fit, fit.moments)])
    assert [p.kind for p in parameters(fit.fit.problem)] == [
        *["coefficient"] * 2,
        "sd",
        "sd",
        "correlation",
        "residual",
    ]
    np.testing.assert_allclose(found, known[[4, 5, 0, 2, 1, 3]], rtol=5e-3, atol=5e-3)


def test_a_bootstrap_draws_residuals_by_their_weights() -> None:
    """So that refits find sigma again, on average, which lme4's bootMer does not: it takes no notice of weights."""
    frame = rows("sleepstudy").assign(heavy=lambda d: 16.0 ** (d.index % 2))
    fit = lmer("Reaction ~ Days + (1 | Subject)", frame, weights="heavy")
    found = bootstrap(fit.fit, fit.moments, "parametric", 400, seed=2)
    draws = found.draws
    error = draws.std(axis=0) / np.sqrt(len(draws))
    assert abs(draws[:, -1].mean() - fit.sigma) < 4 * error[-1] + 0.005 * fit.sigma
    np.testing.assert_allclose(draws[:, :2].std(axis=0), fit.bse, rtol=0.12)


def test_a_group_left_out_is_a_refit_by_lme4() -> None:
    fit = lmer(KNOWN["sleepstudy"]["mixed_formula"], rows("sleepstudy"), weights="w", offset="o")
    found = leave_one_group_out(fit.fit, fit.moments, fit.columns)
    known = np.array(KNOWN["sleepstudy"]["without"])
    np.testing.assert_allclose(found.beta[:, :4].T, known[:, :2], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found.sigma[:4], known[:, 2], rtol=1e-4)


@pytest.mark.parametrize("kind", ["confidence", "prediction"])
def test_intervals_of_least_squares_by_dummies_and_of_new_rows(kind: Any) -> None:
    """A single new row has weight 1, as in R, so that its variance is sigma^2; a row of the data has its own."""
    fit, frame = lmer("Reaction ~ Days + (1 | Subject)", rows("sleepstudy"), weights="w"), rows("sleepstudy")
    new, own = predict_interval(fit, frame, kind=kind), predict_interval(fit, kind=kind)
    close(own["estimate"], new["estimate"], 1e-10)
    extra = fit.scale * (1 / frame["w"] - 1) if kind == "prediction" else 0.0
    close(own["se"] ** 2, new["se"] ** 2 + extra, 1e-9)


def test_rows_of_weight_zero_are_left_out_as_lm_does_and_said() -> None:
    frame, known = rows("sleepstudy"), KNOWN["zero"]
    frame["zero"] = frame["w"] * ((np.arange(len(frame)) + 1) % 7 != 0)
    fit = lm("Reaction ~ Days", frame, weights="zero")
    close(fit.params, known["estimate"], 1e-10)
    close([fit.sigma, fit.llf], [known["sigma"], known["loglik"]], 1e-10)
    assert fit.nobs == known["n"] == fit.design.n
    assert "25 with a weight of 0" in fit.design.rows_sentence
    kept = lmer("Reaction ~ Days + (1 | Subject)", frame[frame["zero"] > 0], weights="zero")
    assert lmer("Reaction ~ Days + (1 | Subject)", frame, weights="zero").criterion == kept.criterion


def test_a_missing_weight_or_offset_leaves_its_row_out_and_is_said() -> None:
    frame = rows("sleepstudy")
    frame.loc[[3, 5], "w"], frame.loc[8, "o"] = np.nan, np.nan
    fit = lmer("Reaction ~ Days + offset(o) + (1 | Subject)", frame, weights="w")
    assert fit.nobs == 177
    assert "2 without “w”" in fit.design.rows_sentence and "1 without “o”" in fit.design.rows_sentence


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"weights": "minus"}, "negative in 180 rows"),
    ({"weights": "1 / (Days - 1)"}, "not a finite number in 18 rows"),
    ({"weights": "weight"}, "no column “weight”"),
    ({"weights": "poly(Days, 2)"}, "several columns"),
    ({"weights": "factor(Subject)"}, "it has levels"),
    ({"offset": "C(Subject)"}, "it has levels"),
    ({"offset": "log(Days)"}, "not a finite number in 18 rows"),
    ({"offset": "1 / Days"}, "not a finite number in 18 rows"),
    ({"weights": "none"}, "No complete row has a weight above 0"),
    ({"weights": "infinite"}, "1 infinite value"),
    ({"weights": "w w"}, "cannot stand after an expression"),
]


@pytest.mark.parametrize("form", [lambda frame: frame, pl.from_pandas], ids=["memory", "engine"])
@pytest.mark.parametrize(("known", "problem"), REFUSED)
def test_what_cannot_be_weights_or_an_offset_is_refused_in_words(known: Any, problem: str, form: Any) -> None:
    frame = rows("sleepstudy").assign(none=0.0)
    frame = frame.assign(minus=-frame["w"], infinite=np.where(frame.index == 3, np.inf, 1.0))
    with pytest.raises(LmmCompareError, match=problem.replace("(", "\\(").replace(")", "\\)")):
        lmer("Reaction ~ Days + (1 | Subject)", form(frame), **known)


def test_arrays_are_weights_and_offsets_too_of_the_right_length() -> None:
    frame, formula = rows("sleepstudy"), "Reaction ~ Days + (1 | Subject)"
    by_name = lmer(formula, frame, weights="w", offset="o")
    by_array = lmer(formula, frame, weights=frame["w"].to_numpy(), offset=frame["o"].tolist())
    assert by_array.criterion == by_name.criterion
    with pytest.raises(DataError, match="180 numbers are needed"):
        lmer(formula, frame, weights=[1.0, 2.0])
    with pytest.raises(DataError, match="not in memory"):
        lmer(formula, pl.from_pandas(frame), weights=frame["w"])


def test_the_text_of_a_call_carries_both() -> None:
    frame = rows("sleepstudy")
    text = lmer("Reaction ~ Days + (1 | Subject), weights = w, offset = o", frame)
    assert text.criterion == lmer("Reaction ~ Days + (1 | Subject)", frame, weights="w", offset="o").criterion
    assert text.design.spec.text == "Reaction ~ Days + offset(o) + (1 | Subject), weights = w"


def test_weights_are_given_once() -> None:
    with pytest.raises(FormulaError, match="one of the two"):
        lm("Reaction ~ Days, weights = w", rows("sleepstudy"), weights="Days")


def test_offsets_add_up_and_new_rows_need_them() -> None:
    frame = rows("sleepstudy").assign(a=1.5, b=lambda d: d["Days"] ** 2)
    both = lmer("Reaction ~ Days + offset(a) + offset(2 * b) + (1 | Subject)", frame)
    one = lmer("Reaction ~ Days + (1 | Subject)", frame, offset=1.5 + 2 * frame["b"])
    close(both.params, one.params, 1e-12)
    close(both.predict(frame), both.fittedvalues, 1e-12)
    close(both.resid, frame["Reaction"] - both.fittedvalues, 1e-12)
    with pytest.raises(DataError, match="no column “b”"):
        both.predict(frame.drop(columns="b"))


def test_whole_weights_give_least_squares_the_coefficients_of_repeated_rows() -> None:
    frame = rows("hsb82")
    times = 1 + np.arange(len(frame)) % 4
    weighted, repeated = (
        lm("mAch ~ ses + sx", frame, weights=times),
        lm("mAch ~ ses + sx", frame.loc[frame.index.repeat(times)]),
    )
    close(weighted.params, repeated.params, 1e-11)
    close(weighted.fit.rss, repeated.fit.rss, 1e-11)
    close(weighted.rsquared, repeated.rsquared, 1e-11)


@pytest.mark.parametrize("unit", [2.0, 1e-7, 1e9])
def test_weights_in_another_unit_change_sigma_and_nothing_else(unit: float) -> None:
    frame = rows("sleepstudy")
    one, other = (compare("Reaction ~ Days + (Days | Subject)", frame, weights=u * frame["w"]) for u in (1.0, unit))
    for key, fit in one.fits.items():
        close(other.fits[key].sigma, fit.sigma * np.sqrt(unit), 1e-7)
        np.testing.assert_allclose(other.fits[key].bse, fit.bse, rtol=1e-6)
        np.testing.assert_allclose(other.fits[key].df, fit.df, rtol=1e-4)
    for key, mixed in one.mixed_fits().items():
        close(other.mixed_fits()[key].criterion, mixed.criterion, 1e-9)
        close(other.mixed_fits()[key].theta * np.sqrt(unit), mixed.theta, 1e-5)
        assert other.mixed_fits()[key].singular == mixed.singular


def test_equal_weights_are_none() -> None:
    frame = rows("penicillin").assign(same=3.0)
    plain, same = (compare("diameter ~ 1 + (1 | plate) + (1 | sample)", frame, weights=w) for w in (None, "same"))
    close(same.mixed.criterion, plain.mixed.criterion, 1e-12)
    close(same.mixed.sigma, plain.mixed.sigma * np.sqrt(3), 1e-7)


def test_models_of_other_weights_are_not_compared_by_likelihood() -> None:
    from lmmcompare.assess.nested_models import rows_problem

    frame = rows("sleepstudy")
    fits = [lm("Reaction ~ Days", frame, weights=w) for w in (None, "w", 2 * frame["w"])]
    assert rows_problem(fits[0], fits[1])
    assert not rows_problem(fits[1], fits[2])


class Weighted(Dense):
    """The same with weights: y ~ N(X b, s2 H), H = W^-1 + sum of Z Psi Z'."""

    weights: np.ndarray

    def h(self, psi: Any) -> np.ndarray:
        return super().h(psi) - np.eye(len(self.y)) + np.diag(1 / self.weights)


@settings(max_examples=examples(60))
@given(seed=st.integers(0, 10**6), several=st.booleans(), spread=st.sampled_from([0.1, 1.0, 2.0]))
def test_any_design_at_its_own_theta_is_the_dense_one(seed: int, several: bool, spread: float) -> None:
    """Criterion, coefficients, errors, sigma, modes, whatever the design, the weights and the offset."""
    design = random_design(seed, several)
    random = np.random.default_rng(seed)
    weights, offset = np.exp(spread * random.normal(size=len(design.plain))), random.normal(size=len(design.plain))
    dense = Weighted(design.plain, "y", design.fixed, design.blocks, design.groups)
    dense.weights, dense.y = weights, dense.y - offset
    formula = design.formula
    try:
        fit = lmer(formula, design.plain, design.reml, weights=weights, offset=offset)
    except DesignError:
        assume(False)
        raise
    # in the fit's own order of factors and blocks, and with relative covariances over sigma^2 of a row of weight 1
    psi = [covariance / fit.scale for covariance in fit.fit.covariances]
    order = [design.groups.index(fit.factors[b.factor]) for b in fit.blocks]
    assume(len(set(design.groups)) == len(design.groups))  # one block a factor: then the order says which is which
    known = dense.fit([psi[order.index(k)] for k in range(len(order))], design.reml)
    assume(known.condition < 1e8)
    np.testing.assert_allclose(fit.criterion, known.criterion, rtol=1e-8, atol=1e-6)
    np.testing.assert_allclose(fit.scale, known.sigma2, rtol=1e-6)
    size = np.sqrt(np.diag(known.vcov))
    np.testing.assert_allclose(fit.params / size, known.beta / size, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(fit.bse, size, rtol=1e-5)
    for place, modes in zip(order, fit.fit.modes, strict=True):
        np.testing.assert_allclose(
            modes.T, known.effects[place], atol=1e-5 * np.sqrt(known.sigma2) + 1e-5 * np.abs(modes).max()
        )


def test_no_theta_is_better() -> None:
    """The dense criterion at the fit's theta is no higher than anywhere near it."""
    frame = rows("sleepstudy").assign(x=lambda d: d["Days"], g=lambda d: d["Subject"], y=lambda d: d["Reaction"] / 50)
    dense = Weighted(frame, "y", "1x", ["1x"], "g")
    dense.weights = frame["w"].to_numpy()
    fit = lmer("y ~ x + (x | g)", frame, weights="w")
    at = dense.criterion(fit.theta, True)
    assert fit.criterion == pytest.approx(at, abs=1e-7)
    for k in range(3):
        for step in (-1e-2, 1e-2):
            assert dense.criterion(fit.theta + step * np.eye(3)[k], True) >= at
    moved = at_theta(fit.moments, fit.columns, [b.columns for b in fit.blocks], 1.1 * fit.fit.optimum.solution.theta)
    assert moved.criterion > fit.criterion


def test_shares_and_tests_between_models_do_not_depend_on_the_unit_of_the_weights() -> None:
    frame = rows("sleepstudy").assign(same=3.0, large=lambda d: 1e4 * d["w"])
    formula = "Reaction ~ Days + (1 | Subject)"
    for one, other in ((None, "same"), ("w", "large")):
        first, second = (compare(formula, frame, weights=w) for w in (one, other))
        np.testing.assert_allclose(
            shares(second.mixed).table()["share"], shares(first.mixed).table()["share"], rtol=1e-6
        )
        assert second.mixed.icc == pytest.approx(first.mixed.icc, rel=1e-6)
        for test in (breusch_pagan, hausman):
            assert test(second).statistic == pytest.approx(test(first).statistic, rel=1e-6)
        a, b = (nonparametric(c.mixed.fit, c.moments) for c in (first, second))
        assert b.loglik == pytest.approx(a.loglik, abs=2e-3)
        ratio = second.moments.mean_weight / first.moments.mean_weight
        assert b.sigma2 == pytest.approx(a.sigma2 * ratio, rel=1e-2)


def test_the_mass_points_likelihood_is_that_of_the_weighted_rows() -> None:
    """With one mass for all groups nothing but weighted least squares is left."""
    frame = rows("sleepstudy").assign(flat=np.random.default_rng(1).normal(size=180))
    fit = lmer("flat ~ Days + (1 | Subject)", frame, weights="w")
    found, ols = nonparametric(fit.fit, fit.moments), lm("flat ~ Days", frame, weights="w")
    assert found.loglik >= ols.llf - 1e-6
    if len(found.masses) == 1:
        assert found.loglik == pytest.approx(ols.llf, abs=1e-6)


def test_leverages_and_scaled_residuals_are_those_of_the_dense_model() -> None:
    frame = rows("sleepstudy")
    fit = lmer("Reaction ~ Days + (1 | Subject)", frame, weights="w")
    same = frame["Subject"].to_numpy()[:, None] == frame["Subject"].to_numpy()
    x, weights = np.column_stack([np.ones(180), frame["Days"]]), frame["w"].to_numpy()
    inverse = np.linalg.inv(same * fit.random_variances["Subject"] / fit.scale + np.diag(1 / weights))
    projection = inverse - inverse @ x @ np.linalg.solve(x.T @ inverse @ x, x.T @ inverse)
    found = rows_of(fit)
    close(found.leverage, 1 - np.diag(projection) / weights, 1e-9)
    residual = projection @ frame["Reaction"].to_numpy() / weights
    close(found.pearson, residual * np.sqrt(weights) / fit.sigma, 1e-6)
    drawn = simulate(fit, found, 400)
    assert np.abs(drawn.fitted.mean(axis=1) - fit.predict(level="population")).mean() < 0.1 * fit.sigma
    np.testing.assert_allclose(drawn.standardised.std(), 1, atol=0.05)


def test_leaving_groups_out_by_expansion_and_by_refits_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = lmer("mAch ~ ses + (1 | school)", rows("hsb82"), weights="w")
    refits = leave_one_group_out(fit.fit, fit.moments, fit.columns)
    monkeypatch.setattr("lmmcompare.inference.influence.FEW", 0)
    expanded = leave_one_group_out(fit.fit, fit.moments, fit.columns)
    for name in ("beta", "vcov", "covariance", "theta", "sigma"):
        np.testing.assert_allclose(getattr(expanded, name), getattr(refits, name), rtol=1e-4, atol=1e-5)
