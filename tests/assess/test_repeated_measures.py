"""Repeated measures: the classical tests against R's, and where the mixed model is the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import examples
from lmmcompare.assess.repeated_measures import repeated_measures
from lmmcompare.errors import DesignError
from tests.helpers import reference

R = reference("repeated_measures")
TERMS = {"visit": "visit", "interaction": "group:visit", "between": "group"}


def _chicks() -> pd.DataFrame:
    frame = examples.load("chickweight")
    return frame[frame["Time"].isin([0, 6, 12, 18, 21])]


CASES = {
    "growth": lambda: (examples.load("orthodont"), "distance", "age", "Subject", "Sex"),
    "growth_gaps": lambda: (examples.load("orthodont_gaps"), "distance", "age", "Subject", "Sex"),
    "chicks": lambda: (_chicks(), "weight", "Time", "Chick", "Diet"),
    "sleep": lambda: (examples.load("sleepstudy"), "Reaction", "Days", "Subject", None),
}


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return R[request.param], repeated_measures(*CASES[request.param]())


def test_anova_and_its_corrections_are_those_of_r(case):
    known, result = case
    place = {name: k for k, name in enumerate(known["terms"])}
    corrected = {name: k for k, name in enumerate(np.atleast_1d(known["epsilon_terms"]))}
    assert result.complete == known["subjects"]
    for effect, tests in result.tests.items():
        k, test = place[TERMS[effect]], tests["anova"]
        assert (test.num_df, test.den_df) == (known["num"][k], known["den"][k])
        assert (test.statistic, test.p) == pytest.approx((known["F"][k], known["p"][k]), rel=1e-8)
        if effect != "between":
            at = corrected[TERMS[effect]]
            assert tests["greenhouse-geisser"].p == pytest.approx(np.atleast_1d(known["gg_p"])[at], rel=1e-7)
            assert tests["huynh-feldt"].p == pytest.approx(np.atleast_1d(known["hf_p"])[at], rel=1e-7)


def test_manova_is_that_of_r(case):
    known, result = case
    for effect, tests in result.tests.items():
        pillai, test = known["pillai"][TERMS[effect]], tests["manova"]
        assert (test.num_df, test.den_df) == (pillai["num"], pillai["den"])
        assert test.statistic == pytest.approx(pillai["F"], rel=1e-8)


def test_mauchly_and_the_epsilons_are_those_of_r(case):
    known, result = case
    assert result.sphericity.w == pytest.approx(known["mauchly"], rel=1e-8)
    assert result.sphericity.p == pytest.approx(known["mauchly_p"], rel=1e-6)
    assert result.sphericity.greenhouse_geisser == pytest.approx(known["anova_mlm"]["gg"], rel=1e-9)
    assert result.sphericity.huynh_feldt == pytest.approx(min(known["anova_mlm"]["hf"], 1), rel=1e-9)


def test_complete_balanced_data_agree():
    """One correlation is repeated-measures ANOVA; a free covariance with Kenward-Roger is MANOVA (Hotelling's T squared)."""
    result = repeated_measures(*CASES["growth"]())
    for tests in result.tests.values():
        for mixed, classical in (("us", "manova"), ("us_complete", "manova"), ("cs", "anova")):
            assert tests[mixed].statistic == pytest.approx(tests[classical].statistic, rel=1e-6)
            assert tests[mixed].den_df == pytest.approx(tests[classical].den_df, rel=1e-6)


def test_with_gaps_manova_uses_the_complete_and_the_mixed_model_all():
    result, whole = (repeated_measures(*CASES[name]()) for name in ("growth_gaps", "growth"))
    assert (result.rows, result.subjects, result.complete) == (99, 27, 18)
    for tests in result.tests.values():
        assert tests["us_complete"].statistic == pytest.approx(tests["manova"].statistic, rel=1e-6)
        assert abs(tests["us"].statistic / tests["manova"].statistic - 1) > 0.05
    truth, means = whole.means["observed"], result.means
    at_ten = means["visit"] == "10"
    np.testing.assert_allclose(means["us"][~at_ten], truth[~at_ten], rtol=1e-8)
    assert (abs(means["complete"] - truth)[~at_ten] > 0.2).all()
    np.testing.assert_allclose(means["us"][at_ten], [21.58066, 23.17066], rtol=1e-5)  # nlme's gls


def test_the_least_and_the_most_variable_difference():
    frame = examples.load("orthodont")
    wide = frame.pivot(index="Subject", columns="age", values="distance")
    sex = frame.groupby("Subject", observed=True)["Sex"].first()
    centred = wide - wide.groupby(sex, observed=True).transform("mean")
    sds = {(str(a), str(b)): np.sqrt(((centred[a] - centred[b]) ** 2).sum() / 25) for a in wide for b in wide if a < b}
    result = repeated_measures(*CASES["growth"]()).sphericity
    assert result.least == (*min(sds, key=sds.get), pytest.approx(min(sds.values())))
    assert result.most == (*max(sds, key=sds.get), pytest.approx(max(sds.values())))


def test_two_visits_are_a_paired_test():
    frame = examples.load("sleep")
    result = repeated_measures(frame, "extra", "drug", "patient")
    assert result.sphericity is None
    assert set(result.tests) == {"visit"}
    wide = frame.pivot(index="patient", columns="drug", values="extra")
    d = wide.iloc[:, 0] - wide.iloc[:, 1]
    for test in result.tests["visit"].values():
        assert test.statistic == pytest.approx(d.mean() ** 2 / (d.var() / len(d)), rel=1e-6)


def test_what_cannot_be_tested_is_said():
    frame = examples.load("orthodont")
    with pytest.raises(DesignError, match="several rows"):
        repeated_measures(pd.concat([frame, frame.iloc[:1]]), "distance", "age", "Subject", "Sex")
    with pytest.raises(DesignError, match="changes within"):
        repeated_measures(frame.assign(Sex=list("ab") * 54), "distance", "age", "Subject", "Sex")
    with pytest.raises(DesignError, match="Nobody"):
        repeated_measures(frame[(frame["Sex"] == "Male") | (frame["age"] < 12)], "distance", "age", "Subject", "Sex")
    few = frame[frame["Subject"].isin(["M01", "M02", "F01", "F02"])]
    with pytest.raises(DesignError, match="all 4 visits"):
        repeated_measures(few, "distance", "age", "Subject", "Sex")
