"""ICC, R2, design effects and effective sample sizes against R, and against the outcome's covariance built whole."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from lmmcompare import lmer
from lmmcompare.assess.variance_explained import MEAN, design_effects, predictor_icc, shares
from lmmcompare.models import MixedResult
from tests.helpers import CASES, TESTS, comparison, reference, table

KNOWN = json.loads((TESTS / "reference" / "shares.json").read_text())
SEVERAL = ["penicillin_crossed", "pastes_nested", "oats_nested"]


def factors(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return frame.assign(**{c: pd.Categorical(frame[c].astype(str)) for c in columns})


def several(case: str, reml: bool = True) -> MixedResult:
    known = reference(case)
    frame = factors(table(known["data"]), ["B", "V", "N"] if known["data"] == "oats" else [])
    return lmer(known["formula"], frame, reml=reml)


def covariance(result: MixedResult) -> np.ndarray:
    """V, row by row and column by column."""
    v = result.scale * np.eye(result.nobs)
    columns = result.design.columns
    for at, grouping in enumerate(result.groupings):
        own = [k for b in result.blocks if b.factor == at for k in b.columns]
        z = np.column_stack([np.ones(result.nobs) if k < 0 else columns[k][:] for k in own])
        alike = np.equal.outer(grouping.codes, grouping.codes)
        v += alike * (z @ result.cov_re[grouping.name].to_numpy() @ z.T)
    return v


# performance takes lme4's variances, which are good to 1e-5; the task asks for 1e-4
NOT_BY_PERFORMANCE = {
    "sleepstudy_uncorrelated": "a known slip of that version of performance",
    "pshp2_ri": "made where performance was not installed",
}


@pytest.mark.parametrize("kind", ["reml", "ml"])
@pytest.mark.parametrize("case", [c for c in [*CASES, *SEVERAL] if c not in NOT_BY_PERFORMANCE])
def test_shares_are_those_of_performance(case: str, kind: str) -> None:
    fit = several(case, kind == "reml") if case in SEVERAL else comparison(case, kind == "reml").mixed
    found, known = shares(fit), reference(case)[kind]
    ours = [found.r2_marginal, found.r2_conditional, sum(found.icc.values()), found.between / found.total]
    theirs = [known["r2"]["marginal"], known["r2"]["conditional"], known["icc"]["adjusted"], known["icc"]["unadjusted"]]
    np.testing.assert_allclose(ours, theirs, atol=2e-5)


@pytest.mark.parametrize("name", KNOWN["by_factor"])
def test_each_factors_icc_is_that_of_performance(name: str) -> None:
    known = KNOWN["by_factor"][name]
    case = {"penicillin": "penicillin_crossed", "pastes": "pastes_nested", "oats": "oats_nested"}[name]
    assert shares(several(case)).icc == pytest.approx(dict(zip(known["group"], known["icc"], strict=True)), abs=2e-5)


def test_uncorrelated_slopes_by_hand() -> None:
    """performance slips here; the mean of z'Sigma z over the rows is tau0^2 + tau1^2 * mean(Days^2)."""
    fit = comparison("sleepstudy_uncorrelated").mixed
    intercept, slope = np.diag(fit.cov_re["Subject"])
    found = shares(fit)
    assert found.random["Subject"] == pytest.approx(intercept + slope * 28.5)
    assert found.fixed == pytest.approx(np.var(fit.predict(level="population"), ddof=1))


@pytest.mark.parametrize(
    "formula", ["Reaction ~ Days + (Days | Subject)", "Reaction ~ 0 + Days + (0 + Days | Subject)"]
)
def test_far_offsets_and_no_intercept_do_no_harm(formula: str) -> None:
    frame = table("sleepstudy").assign(Days=lambda d: d["Days"] + 1e4)
    fit = lmer(formula, frame)
    found = shares(fit)
    z = np.column_stack([np.ones(180), frame["Days"]])[:, -len(fit.random_names) :]
    by_rows = np.einsum("na,ab,nb->n", z, fit.cov_re["Subject"].to_numpy(), z).mean()
    assert found.random["Subject"] == pytest.approx(by_rows, rel=1e-6)
    assert found.fixed == pytest.approx(np.var(fit.predict(level="population"), ddof=1), rel=1e-6)


def test_the_parts_add_up_and_are_said() -> None:
    found = shares(several("pastes_nested"))
    frame = found.table()
    assert list(frame["part"]) == ["fixed part", "batch:cask", "batch", "residual"]
    assert frame["share"].sum() == pytest.approx(1) and frame["variance"].sum() == pytest.approx(found.total)
    assert "94% is explained (conditional R²)" in found.sentence() and "15% lies between batches" in found.sentence()


@pytest.mark.parametrize("known", KNOWN["predictors"], ids=lambda k: k["data"])
def test_a_predictors_icc_is_that_of_an_analysis_of_variance(known: dict[str, object]) -> None:
    outcome = {"cv161703": "Y", "exam": "normexam", "sleepstudy_unbalanced": "Reaction"}[str(known["data"])]
    fit = lmer(f"{outcome} ~ {known['predictor']} + (1 | {known['group']})", table(str(known["data"])))
    (row,) = predictor_icc(fit).to_dict("records")
    assert row == {"factor": known["group"], "term": known["predictor"], "icc": pytest.approx(known["icc"], rel=1e-9)}


def test_each_factor_has_its_own_icc_of_a_predictor() -> None:
    frame = factors(table("oats"), ["B", "V", "N"])
    found = predictor_icc(lmer("Y ~ V + N + (1 | B) + (1 | B:V)", frame)).set_index(["factor", "term"])["icc"]
    assert found["B:V", "V[T.Marvellous]"] == pytest.approx(1)
    alone = predictor_icc(lmer("Y ~ V + N + (1 | B)", frame)).set_index("term")["icc"]
    pd.testing.assert_series_equal(found["B"], alone, check_names=False)


@pytest.mark.parametrize("case", ["dyestuff_ri", "sleepstudy_ri", "exam_ri"])
def test_the_means_design_effect_is_kishs(case: str) -> None:
    """``1 + (sum n^2 / N - 1) rho``: with groups of one size ``1 + (m - 1) rho``."""
    fit = comparison(case).random_intercept
    n = fit.moments.n
    found = design_effects(fit).set_index("term").loc[MEAN]
    assert found["design_effect_ols"] == pytest.approx(1 + ((n**2).sum() / n.sum() - 1) * fit.icc, rel=1e-9)
    assert found["effective_n_ols"] == pytest.approx(fit.nobs / found["design_effect_ols"])


def test_a_slopes_design_effect_is_moultons() -> None:
    """With groups of one size ``1 + (m - 1) rho_x rho``, and the ANOVA's rho_x but for its degrees of freedom."""
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(200), 5)
    x = rng.normal(size=200)[g] + rng.normal(size=1000)
    frame = pd.DataFrame({"g": g, "x": x, "y": x + rng.normal(size=200)[g] + rng.normal(size=1000)})
    fit = lmer("y ~ x + (1 | g)", frame)
    icc = predictor_icc(fit)["icc"].iloc[0]
    found = design_effects(fit).set_index("term").loc["x", "design_effect_ols"]
    assert found == pytest.approx(1 + 4 * icc * fit.icc, rel=0.01)


CHECKED = ["sleepstudy_rs", "sleepstudy_unbalanced_rs", "sleepstudy_uncorrelated", "cv161703_ri", *SEVERAL]


@pytest.mark.parametrize("case", CHECKED)
def test_design_effects_are_those_of_the_whole_covariance(case: str) -> None:
    fit = several(case) if case in SEVERAL else comparison(case).mixed
    v, x = covariance(fit), fit.fixed_matrix()
    bread = np.linalg.inv(x.T @ x)
    rows = np.vstack([x.mean(axis=0), np.eye(x.shape[1])])
    independent = np.diag(v).mean() * np.einsum("ta,ab,tb->t", rows, bread, rows)
    ols = np.einsum("ta,ab,tb->t", rows, bread @ x.T @ v @ x @ bread, rows) / independent
    gls = np.einsum("ta,ab,tb->t", rows, np.linalg.inv(x.T @ np.linalg.solve(v, x)), rows) / independent
    found = design_effects(fit)
    assert list(found["term"]) == [MEAN, *fit.names]
    np.testing.assert_allclose(found["design_effect_ols"], ols, rtol=1e-8)
    np.testing.assert_allclose(found["design_effect"], gls, rtol=1e-8)
    np.testing.assert_allclose(found["effective_n"], fit.nobs / gls, rtol=1e-8)


def test_the_within_between_model_has_shares_too() -> None:
    fit = comparison("exam_ri").fits["within_between"]
    found = shares(fit)
    assert found.fixed == pytest.approx(np.var(fit.predict(level="population"), ddof=1), rel=1e-9)
    effects = design_effects(fit)
    assert (effects["design_effect"] <= effects["design_effect_ols"] * (1 + 1e-9)).all()
    assert list(predictor_icc(fit)["term"]) == ["standLRT"]


@pytest.mark.parametrize("case", ["cv161703_rs", "exam_rs", "penicillin_crossed", "pastes_nested"])
def test_one_intraclass_correlation_on_all_tabs(case: str) -> None:
    fit = several(case) if case in SEVERAL else comparison(case).mixed
    assert fit.icc == pytest.approx(shares(fit).icc[fit.group])
