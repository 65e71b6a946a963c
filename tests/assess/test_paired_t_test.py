"""Groups of two rows: the paired t-test is the dummies model, and what the random intercept makes of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lmmcompare import compare, examples
from lmmcompare.assess.paired_t_test import paired_t_test, pairs_sentences

# R's data set `sleep` (Cushny and Peebles 1905): hours of extra sleep of ten people under two drugs
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
SLEEP = pd.DataFrame({"ID": np.tile(np.arange(10), 2), "drug": np.repeat(["1", "2"], 10), "extra": FIRST + SECOND})


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_sleep_data_as_r_has_them(shuffled):
    """t.test(paired = TRUE), lm(extra ~ group + ID), lmer(extra ~ group + (1 | ID)), t.test(var.equal = TRUE) of R 4.2.2."""
    both = compare("extra ~ drug + (1 | ID)", SLEEP.sample(frac=1, random_state=2) if shuffled else SLEEP)
    found = paired_t_test(both)
    for way in ("paired", "no_pooling", "random_intercept"):
        row = found.tests.loc[way]
        assert row[["estimate", "se", "t", "df"]].tolist() == pytest.approx([1.58, 0.3889587, 4.0621277, 9], rel=1e-6)
        assert row["p"] == pytest.approx(0.00283289, rel=1e-5)
    unpaired = [1.58, 0.849091017, 1.8608134675, 18, 0.0791867142]
    assert found.tests.loc["ols"].tolist() == pytest.approx(unpaired, rel=1e-8)
    assert found.sigma == pytest.approx(0.869738147) and found.sd == pytest.approx(np.sqrt(2) * 0.869738147)
    assert found.random_agrees and found.alone and not found.by_place and not found.boundary
    said = " ".join(pairs_sentences(both, found))
    assert "1.2300" in said and "2.18 times as large" in said and "gives the same numbers" in said


def test_the_differences_of_the_course_chapter():
    """Their SD is 1.441244, with the row's place; about 0 they have √2 times the within SD, √0.8879 (REML's too)."""
    both = compare("y ~ 1 + (1 | groups)", examples.load("chapter7"))
    found = paired_t_test(both)
    assert found.by_place and found.sd == pytest.approx(1.441244, abs=5e-7)
    assert found.sigma == pytest.approx(1.441244 / np.sqrt(2), abs=5e-7)
    assert found.within**2 == pytest.approx(0.8879, abs=5e-5)
    assert found.root_mean_square == pytest.approx(np.sqrt(2 * 0.8879), abs=5e-5)
    assert both.random_intercept.scale == pytest.approx(found.within**2, rel=1e-6)
    for way in ("paired", "no_pooling", "random_intercept"):
        assert found.tests.loc[way, ["estimate", "t", "df", "p"]].tolist() == pytest.approx(
            [0.466898, 0.64791, 3, 0.56321], abs=2e-5
        )
    # a predictor that is constant within groups plays no part in differences within them
    other = paired_t_test(compare("y ~ z + (1 | groups)", examples.load("chapter7")))
    pd.testing.assert_frame_equal(other.tests, found.tests)


def offsetting() -> pd.DataFrame:
    """The two rows of a group lie on opposite sides of the mean: rows of one group are less alike than others."""
    rng = np.random.default_rng(1)
    apart = rng.normal(size=15)[:, None] * [1, -1] + 0.3 * rng.normal(size=(15, 2)) + [0, 0.5]
    return pd.DataFrame({"g": np.repeat(np.arange(15), 2), "x": np.tile([2.0, 6.0], 15), "y": apart.ravel()})


def test_rows_that_offset_each_other_are_beyond_a_random_intercept():
    data = offsetting()
    both = compare("y ~ x + (1 | g)", data)
    found = paired_t_test(both)
    before, after = data["y"].to_numpy().reshape(-1, 2).T
    truth = stats.ttest_rel(after, before)
    assert found.tests.loc["paired", ["t", "p"]].tolist() == pytest.approx([truth.statistic, truth.pvalue])
    # the step of the predictor is 4: a coefficient is a quarter of the difference
    assert found.tests.loc["no_pooling", "estimate"] == pytest.approx((after - before).mean())
    assert both.no_pooling.params["x"] == pytest.approx((after - before).mean() / 4)
    assert found.boundary and not found.random_agrees
    assert found.tests.loc["random_intercept", "se"] == pytest.approx(found.tests.loc["ols", "se"], rel=1e-6)
    said = " ".join(pairs_sentences(both, found))
    assert "stops at 0" in said and "gives the same numbers" not in said and found.contrast == "x: 6 minus 2"


@pytest.mark.parametrize(
    ("formula", "change"),
    [
        ("y ~ x + (1 | g)", lambda d: d.iloc[1:]),  # a group of one row
        ("y ~ x + (1 | g)", lambda d: pd.concat([d, d.iloc[:1]])),  # a group of three
        ("y ~ x + (1 | g)", lambda d: d.assign(x=np.arange(30.0) ** 2)),  # a predictor of many values
        ("y ~ x + (1 | g)", lambda d: d.assign(x=[2.0, 2.0] + [2.0, 6.0] * 14)),  # a pair without a contrast
        ("y ~ x + w + (1 | g)", lambda d: d.assign(w=np.random.default_rng(0).normal(size=30))),  # a second contrast
        ("y ~ 0 + x + (1 | g)", lambda d: d),
    ],
)  # fmt: skip
def test_other_designs_are_no_pairs(formula, change):
    assert paired_t_test(compare(formula, change(offsetting()))) is None


def test_by_maximum_likelihood_the_random_intercept_is_told_apart():
    both = compare("extra ~ drug + (1 | ID)", SLEEP, reml=False)
    found = paired_t_test(both)
    # the ML variance of the difference is (n - 1) / n of the unbiased one
    ratio = found.tests.loc["random_intercept", "se"] / found.tests.loc["paired", "se"]
    assert ratio == pytest.approx(np.sqrt(9 / 10), rel=1e-4)
    assert not found.random_agrees and "by REML it is the same" in " ".join(pairs_sentences(both, found))
