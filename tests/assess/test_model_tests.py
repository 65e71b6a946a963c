"""Breusch-Pagan, Hausman and Mundlak against plm and lmerTest, and against one another."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lmmcompare
from lmmcompare.assess.breusch_pagan import breusch_pagan
from lmmcompare.assess.hausman import hausman, swamy_arora
from lmmcompare.assess.model_test import verdict
from lmmcompare.assess.mundlak import mundlak
from lmmcompare.errors import DesignError
from lmmcompare.fit.mixed import at_theta
from lmmcompare.text.numbers import number
from tests.effort import examples
from tests.helpers import CASES, TESTS, comparison, reference, table

KNOWN = json.loads((TESTS / "reference" / "model_tests.json").read_text())
PANELS = [name for name, known in KNOWN.items() if "hausman" in known]
# plm and the moments solve the same small linear systems; the files print 12 digits.
EXACT = 1e-9
# Where a predictor has the same mean in every group plm's statistic is 0 but for rounding: 1e-13 or less.
ZERO = 1e-6


@cache
def compared(name: str) -> lmmcompare.Comparison:
    known = KNOWN[name]
    return lmmcompare.compare(known["formula"], table(known["data"]))


def panel(seed: int, means: bool = True) -> pd.DataFrame:
    """Unbalanced groups with two predictors whose slopes within and between groups are the same."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(12), rng.integers(2, 9, size=12))
    x, z = rng.normal(size=(2, len(g))) + means * rng.normal(size=(2, 12))[:, g]
    y = 1 + x - 0.5 * z + rng.normal(size=12)[g] + rng.normal(size=len(g))
    return pd.DataFrame({"g": g.astype(str), "x": x, "z": z, "y": y})


@pytest.mark.parametrize("name", KNOWN)
def test_breusch_pagan_and_honda_are_plms(name: str) -> None:
    found, known = breusch_pagan(compared(name)), KNOWN[name]
    assert found.statistic == pytest.approx(known["breusch_pagan"]["statistic"], rel=EXACT)
    assert found.p == pytest.approx(known["honda"]["p"], rel=1e-6, abs=1e-300)
    assert found.p_naive == pytest.approx(known["breusch_pagan"]["p"], rel=1e-6, abs=1e-300)


@pytest.mark.parametrize("name", PANELS)
def test_the_random_model_is_plms(name: str) -> None:
    found, known = swamy_arora(compared(name)), KNOWN[name]["random"]
    np.testing.assert_allclose([found.residual, found.between], [known["residual"], known["between"]], rtol=EXACT)
    np.testing.assert_allclose(found.beta, known["estimate"], rtol=EXACT)
    np.testing.assert_allclose(np.sqrt(np.diag(found.vcov)), known["se"], rtol=EXACT)


@pytest.mark.parametrize("name", PANELS)
def test_hausman_is_plms(name: str) -> None:
    found, known = hausman(compared(name)), KNOWN[name]["hausman"]
    assert found.statistic == pytest.approx(known["statistic"], rel=EXACT, abs=ZERO)
    assert found.df == known["df"]
    assert found.p == pytest.approx(known["p"], rel=1e-6, abs=ZERO)


@pytest.mark.parametrize("case", [c for c in CASES if (reference(c).get("plm") or {}).get("hausman")])
def test_hausman_is_that_of_the_reference_fits(case: str) -> None:
    known = reference(case)["plm"]["hausman"]
    found = hausman(comparison(case))
    assert (found.statistic, found.p) == pytest.approx((known["statistic"], known["p"]), rel=1e-6, abs=ZERO)


@given(st.integers(0, 10_000))
@settings(max_examples=examples(25))
def test_hausman_by_our_variances_is_a_wald_test_of_the_group_means(seed: int) -> None:
    """Hausman and Taylor (1981, Econometrica 49, section 2.1): at the same variances the two tests are one."""
    both = lmmcompare.compare("y ~ x + z + (1 | g)", panel(seed))
    random, wide = both.random_intercept, both.fits["within_between"]
    fit = at_theta(wide.moments, wide.columns, [[-1]], random.fit.optimum.solution.theta)
    beta, vcov = fit.beta[-2:], fit.vcov[-2:, -2:] * random.scale / fit.sigma2
    found = hausman(both, "reml")
    assert found.df == 2
    assert found.statistic == pytest.approx(beta @ np.linalg.solve(vcov, beta), rel=1e-6)


def test_mundlak_of_several_means_is_lmertests() -> None:
    found, known = mundlak(compared("exam")), KNOWN["exam"]["mundlak"]
    assert found.statistic == pytest.approx(known["F"], rel=1e-6)  # lmer's theta is good to 1e-5
    assert found.df == known["num_df"] and f"F with 2 and {known['den_df']:.1f} df" == found.distribution
    assert found.p == pytest.approx(known["p"], rel=1e-5)


def test_mundlak_of_one_mean_is_its_t_test() -> None:
    """dragons_mundlak has the group mean among its predictors: lmerTest's t of it."""
    known = reference("dragons_mundlak")["reml"]
    found = mundlak(comparison("dragons_ri"))
    assert found.statistic == pytest.approx(known["t"][2] ** 2, rel=1e-4)
    assert found.p == pytest.approx(known["p_satterthwaite"][2], rel=1e-3)  # as the tolerance of Satterthwaite's df


def test_robust_mundlak_is_the_robust_t_test_of_the_group_mean() -> None:
    """clubSandwich's CR2 of OLS on predictor and group mean."""
    known = reference("dragons_mundlak")["ols"]
    found = mundlak(comparison("dragons_ri"), robust=True)
    assert found.statistic == pytest.approx((known["estimate"][2] / known["CR2"]["se"][2]) ** 2, rel=1e-6)
    assert found.p == pytest.approx(known["CR2"]["p"][2], rel=1e-4)


def test_robust_mundlak_of_several_means_does_not_depend_on_the_predictors_coding() -> None:
    frame = panel(3)
    turned = frame.assign(x=frame["x"] + 2 * frame["z"], z=frame["z"] - frame["x"])
    found = [
        mundlak(lmmcompare.compare("y ~ x + z + (1 | g)", d), robust=r) for d in (frame, turned) for r in (True, False)
    ]
    assert found[0].statistic == pytest.approx(found[2].statistic, rel=1e-8)
    assert found[1].statistic == pytest.approx(found[3].statistic, rel=1e-6)  # the two fits stop apart


@pytest.mark.parametrize(
    ("schools", "f", "df", "p"),
    [(65, 4.4291879702673, 35.2101989915378, 0.0192396745406), (9, 9.3440268392390, 3.5988760064514, 0.0375884995421)],
)
def test_robust_mundlak_of_several_means_is_the_hotelling_test(schools: int, f: float, df: float, p: float) -> None:
    """clubSandwich 0.5.8's Wald_test(lm(normexam ~ standLRT + sex and both means), vcov = "CR2", test = "HTZ").

    Held against F with 8 degrees of freedom, schools - 1, the nine had p = 0.0040.
    """
    exam = table("exam")
    found = mundlak(
        lmmcompare.compare("normexam ~ standLRT + sex + (1 | school)", exam[exam["school"] <= schools]), robust=True
    )
    assert found.statistic == pytest.approx(f, rel=1e-9)
    assert found.p == pytest.approx(p, rel=1e-9)
    assert found.distribution == f"F with 2 and {number(df)} df"


def test_slopes_that_are_the_same_by_design_are_said() -> None:
    drug = compared("drug")
    assert "the same by design" in hausman(drug).verdict
    with pytest.raises(DesignError, match="same by design"):
        hausman(drug, "reml")
    with pytest.raises(DesignError, match="no two slopes"):
        mundlak(drug)
    with pytest.raises(DesignError, match="No predictor varies within Batches"):
        hausman(compared("dyestuff"))


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("orthodont", "distance ~ age * Sex + (1 | Subject)"),  # all are measured at the same ages
        ("hsb82", "mAch ~ ses + meanses + (1 | school)"),  # meanses is the schools' mean
    ],
)
def test_slopes_are_the_same_by_design_where_other_predictors_take_up_the_means(name: str, formula: str) -> None:
    both = lmmcompare.compare(formula, lmmcompare.examples.load(name))
    terms = both.no_pooling.params.dropna().index.drop("Intercept", errors="ignore")
    np.testing.assert_allclose(both.random_intercept.params[terms], both.no_pooling.params[terms], rtol=1e-6)
    assert "the same by design" in hausman(both).verdict and hausman(both).statistic == 0
    with pytest.raises(DesignError, match=r"take up how the .* means .* differ: the two slopes are the same by design"):
        hausman(both, "reml")


def test_too_few_groups_for_a_regression_of_their_means() -> None:
    frame = panel(1)
    few = frame[frame["g"].isin(["0", "1"])].assign(y=lambda d: d["y"] + np.arange(len(d)) % 3)
    with pytest.raises(DesignError, match="too few for a regression"):
        hausman(lmmcompare.compare("y ~ x + (1 | g)", few))


def test_a_note_sets_plms_statistic_beside_ours() -> None:
    """On cv161703 plm's own residual variances make 141 of what is 13.8 with one residual variance for both slopes."""
    note = hausman(compared("cv161703")).note
    assert "REML fit, one for both, it is 13.8 on χ² with 1 df" in note


def test_a_negative_difference_of_variances_is_said() -> None:
    """Where the group means matter a lot the random intercept's residual variance is far above that within groups."""
    frame = panel(1)
    frame["y"] = frame["y"] + 5 * frame.groupby("g")["x"].transform("mean")
    said = []
    for data in (frame, panel(1)):
        both = lmmcompare.compare("y ~ x + (1 | g)", data)
        negative = swamy_arora(both).vcov[1, 1] > both.no_pooling.fit.vcov[0, 0]
        assert ("means nothing" in hausman(both).note) == negative
        said.append(negative)
    assert said == [True, False]


@pytest.mark.parametrize(
    ("p", "at_most", "text"),
    [(0.0002, False, "Yes (p < 0.001)."), (0.034, True, "Yes (p ≤ 0.034)."), (0.5, False, "No (p = 0.50).")],
)
def test_a_verdict_says_how_sure_it_is(p: float, at_most: bool, text: str) -> None:
    assert verdict(p, "Yes", "No", at_most=at_most) == text


def test_verdicts_name_the_groups() -> None:
    tests: list[Any] = [breusch_pagan(compared("exam")), mundlak(compared("exam")), hausman(compared("exam"))]
    assert all("schools" in t.verdict and t.question.endswith("?") and t.note for t in tests)
