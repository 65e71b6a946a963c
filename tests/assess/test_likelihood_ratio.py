"""Likelihood ratio tests against lme4's and lmerTest's, and what is no pair of nested models."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

import lmmcompare
from lmmcompare import lm, lmer
from lmmcompare.assess.likelihood_ratio import likelihood_ratio, mixture
from lmmcompare.errors import DesignError
from tests.helpers import CASES, TESTS, comparison, reference, table

SLEEP = json.loads((TESTS / "reference" / "anova_tables.json").read_text())["sleepstudy_slope_lrt"]
KNOWN = json.loads((TESTS / "reference" / "model_tests.json").read_text())
# Twice lme4's slack in each of the two criteria (1e-6 with its optimiser's tolerance as the references set it).
CHISQ = 4e-6


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_the_slope_of_sleepstudy_is_lme4s(method: str) -> None:
    frame = table("sleepstudy")
    found = likelihood_ratio(*(lmer(SLEEP[k], frame, reml=method == "reml") for k in ("small", "big")))
    known = SLEEP[method]
    assert found.statistic == pytest.approx(known["chisq"], abs=CHISQ)
    assert found.p_naive == pytest.approx(known["p"], rel=1e-5)
    half = 0.5 * (chi2.sf(known["chisq"], 1) + chi2.sf(known["chisq"], 2))
    assert found.p == pytest.approx(half, rel=1e-5)
    assert found.distribution == "50:50 mixture of χ² with 1 and 2 df"
    assert found.question == "Do the data call for a random Days slope by Subject?"


@pytest.mark.parametrize("case", CASES)
def test_against_ols_is_the_references(case: str) -> None:
    both, known = comparison(case, reml=False), reference(case)["lrt_vs_ols"]
    found = likelihood_ratio(both.ols, both.mixed)
    assert found.statistic == pytest.approx(known["statistic"], abs=CHISQ, rel=1e-7)
    assert found.df == known["df"]
    assert "Both by maximum likelihood" in found.note


@pytest.mark.parametrize("name", KNOWN)
def test_restricted_tests_are_lmertests(name: str) -> None:
    known = KNOWN[name]
    both = lmmcompare.compare(known["formula"], table(known["data"]))
    intercept = likelihood_ratio(both.ols, both.random_intercept)
    assert "REML" in intercept.note
    assert intercept.statistic == pytest.approx(known["intercept_reml"]["chisq"], abs=CHISQ, rel=1e-7)
    if "slope" in known:
        formula = f"{known['formula'].split('+ (1')[0]} + ({known['slope']} | {known['group']})"
        slope = likelihood_ratio(both.random_intercept, lmer(formula, table(known["data"])))
        assert slope.statistic == pytest.approx(known["slope_reml"]["chisq"], abs=CHISQ)


@pytest.mark.parametrize(
    ("df", "critical"),
    [(1, 2.706), (2, 5.138), (3, 7.045), (4, 8.761)],  # Verbeke and Molenberghs (2000), appendix table C.1, at 5%
)
def test_mixtures_have_their_critical_values(df: int, critical: float) -> None:
    assert mixture(critical, df) == pytest.approx(0.05, abs=5e-5)
    assert mixture(0.0, df) == 1.0 and mixture(critical, df) < chi2.sf(critical, df)


def test_the_mixture_bounds_that_of_two_variances_of_their_own() -> None:
    """Two variances that know nothing of each other: 1/4, 1/2, 1/4 of chi-squares with 0, 1 and 2 df."""
    for statistic in np.linspace(0.01, 20, 50):
        exact = 0.5 * chi2.sf(statistic, 1) + 0.25 * chi2.sf(statistic, 2)
        assert mixture(statistic, 1) <= exact <= mixture(statistic, 2) <= chi2.sf(statistic, 2)


@pytest.mark.parametrize("size", [0.0, 1.0, 3.0])
def test_between_its_two_bounds_a_test_of_several_variances_settles_nothing(size: float) -> None:
    """Two slopes beside an intercept are 2 variances and 3 covariances; one of them alone 1 and 1."""
    rng = np.random.default_rng(14)
    g, f = np.repeat(np.arange(12), 6), np.tile(["a", "b", "c"], 24)
    slopes = size * rng.normal(size=(12, 3))
    y = rng.normal(size=72) + rng.normal(size=12)[g] + slopes[g, np.unique(f, return_inverse=True)[1]]
    frame = pd.DataFrame({"g": g, "f": f, "y": y})
    found = likelihood_ratio(lmer("y ~ f + (1 | g)", frame), lmer("y ~ f + (f | g)", frame))
    s = found.statistic
    most, least = ((chi2.sf(s, df - 1) + chi2.sf(s, df)) / 2 for df in (5, 2))
    assert found.p == pytest.approx(most) and least <= most
    assert ("does not settle" in found.verdict) == (least < 0.05 <= most)
    assert ("at least one of these" in found.verdict) == (most < 0.05)
    assert ("do not call for" in found.verdict) == (least >= 0.05)


def test_a_variance_of_zero_has_p_value_one() -> None:
    both = comparison("dyestuff2_singular")
    found = likelihood_ratio(both.ols, both.mixed)
    assert (found.statistic, found.p, found.p_naive) == (0.0, 1.0, 1.0)
    assert "do not call for" in found.verdict


def test_several_variances_give_an_upper_bound() -> None:
    frame = table("penicillin")
    found = likelihood_ratio(
        lm("diameter ~ 1", frame), lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", frame, reml=False)
    )
    assert found.statistic == pytest.approx(reference("penicillin_crossed")["lrt_vs_ols"]["statistic"], abs=CHISQ)
    assert found.df == 2 and "upper bound" in found.note and found.p < found.p_naive


def test_one_factor_within_two() -> None:
    frame = table("penicillin")
    small, big = (lmer(f"diameter ~ 1 + {r}", frame) for r in ("(1 | plate)", "(1 | plate) + (1 | sample)"))
    found = likelihood_ratio(small, big)
    assert found.statistic == pytest.approx(small.criterion - big.criterion, abs=1e-9)
    assert found.question == "Do the data call for a random intercept by sample?"
    assert found.distribution == "50:50 mixture of χ² with 0 and 1 df"


def test_a_correlation_alone_is_not_on_the_boundary() -> None:
    frame = table("sleepstudy")
    small, big = (lmer(f"Reaction ~ Days + {r}", frame, reml=False) for r in ("(Days || Subject)", "(Days | Subject)"))
    found = likelihood_ratio(small, big)
    known = [reference(c)["ml"]["loglik"] for c in ("sleepstudy_uncorrelated", "sleepstudy_rs")]
    assert found.statistic == pytest.approx(2 * (known[1] - known[0]), abs=CHISQ)
    assert found.distribution == "χ² with 1 df" and np.isnan(found.p_naive)
    assert "1 correlation" in found.question


def test_different_fixed_parts_are_refitted_by_ml() -> None:
    frame = table("sleepstudy")
    small, big = lmer("Reaction ~ 1 + (1 | Subject)", frame), lmer("Reaction ~ Days + (1 | Subject)", frame)
    found = likelihood_ratio(small, big)
    by_hand = [lmer(m.formula, frame, reml=False).llf for m in (small, big)]
    assert found.statistic == pytest.approx(2 * (by_hand[1] - by_hand[0]), abs=1e-8)
    assert "as the fixed parts differ" in found.note and "a fixed coefficient of Days" in found.question


def test_a_fixed_part_may_be_nested_under_other_names() -> None:
    frame = table("sleepstudy").assign(late=lambda d: 1e6 + 7 * d["Days"])
    big = lmer("Reaction ~ poly(Days, 3) + (1 | Subject)", frame)
    for small in ("Reaction ~ Days + (1 | Subject)", "Reaction ~ late + (1 | Subject)"):
        assert likelihood_ratio(lmer(small, frame), big).df == 2
    with pytest.raises(DesignError, match=r"“poly\(Days, degree=3\)\[2\]” of the smaller one is not in the larger"):
        likelihood_ratio(big, lmer("Reaction ~ late + (1 | Subject)", frame))


@pytest.mark.parametrize(
    ("small", "big", "message"),
    [
        ("Reaction ~ Days + (Days | Subject)", "Reaction ~ Days + (1 | Subject)", "random part"),
        ("Reaction ~ Days + (Days | Subject)", "Reaction ~ Days + (Days || Subject)", "random part"),
        ("Reaction ~ Days + (1 | Subject)", "Reaction ~ 1 + (Days | Subject)", "“Days” of the smaller one"),
        ("Reaction ~ Days + (1 | Subject)", "log(Reaction) ~ Days + (Days | Subject)", "outcomes differ"),
        ("Reaction ~ Days + (1 | Subject)", "Reaction ~ Days + (1 | Subject)", "the same"),
        ("Reaction ~ Days + (1 | Subject)", "Reaction ~ Days + w + (1 | Subject)", "180 and 178"),
    ],
)
def test_what_is_not_nested_is_refused(small: str, big: str, message: str) -> None:
    frame = table("sleepstudy").assign(w=lambda d: np.where(d.index < 2, np.nan, np.sin(d.index)))
    with pytest.raises(DesignError, match=message):
        likelihood_ratio(lmer(small, frame), lmer(big, frame))


def test_the_same_number_of_other_rows_is_refused() -> None:
    frame = table("sleepstudy")
    small, big = (
        lmer("Reaction ~ Days + (1 | Subject)", frame[:170]),
        lmer("Reaction ~ Days + (Days | Subject)", frame[10:]),
    )
    with pytest.raises(DesignError, match="rows differ, or their order"):
        likelihood_ratio(small, big)


def test_group_dummies_are_refused() -> None:
    both = comparison("sleepstudy_ri")
    with pytest.raises(DesignError, match="dummies"):
        likelihood_ratio(both.random_intercept, both.no_pooling)


@pytest.mark.parametrize("formula", ["strength ~ 1 + (1 | batch) + (1 | batch:cask)", "strength ~ 1 + (1 | batch)"])
def test_the_refit_by_ml_is_the_fit_by_ml(formula: str) -> None:
    frame = table("pastes")
    again, afresh = lmer(formula, frame).by_ml, lmer(formula, frame, reml=False)
    assert again.llf == pytest.approx(afresh.llf, abs=1e-8) and not again.reml
    np.testing.assert_allclose(again.bse, afresh.bse, rtol=1e-5)


def test_the_within_between_model_holds_the_random_intercept() -> None:
    both = comparison("exam_ri")
    found = likelihood_ratio(both.random_intercept, both.fits["within_between"])
    ml = both.by_ml
    assert found.statistic == pytest.approx(2 * (ml["within_between"].llf - ml["random_intercept"].llf), abs=1e-7)
    assert found.df == 1


@pytest.mark.slow
def test_the_mixture_keeps_its_level() -> None:
    """1,000 data sets without a random slope: 5% of p values below 0.05, four standard errors allowed."""
    rng = np.random.default_rng(5)
    g, x = np.repeat(np.arange(40), 6), np.tile(np.arange(6.0), 40)
    small = []
    for _ in range(1000):
        frame = pd.DataFrame({"g": g, "x": x, "y": rng.normal(size=40)[g] + rng.normal(size=240)})
        test = likelihood_ratio(lmer("y ~ x + (1 | g)", frame), lmer("y ~ x + (x | g)", frame))
        small.append((test.p < 0.05, test.p_naive < 0.05))
    corrected, naive = np.mean(small, axis=0)
    assert abs(corrected - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 1000) and naive < corrected
