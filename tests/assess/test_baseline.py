"""Change scores against analysis of covariance: both numbers, and only where the start is known."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from lmmcompare import compare
from lmmcompare.assess.baseline import baseline_sentence
from lmmcompare.text.numbers import MINUS
from tests.helpers import table


def two_waves() -> pd.DataFrame:
    """Forty people before and after; the start tells of the end with a slope of about 0.6."""
    rng = np.random.default_rng(4)
    n, arm = 40, np.arange(40) % 2
    own = rng.normal(20, 4, n)
    pre, age = own + rng.normal(0, 2, n), rng.normal(50, 9, n)
    post = 5 + 0.8 * own + 2 * arm + rng.normal(0, 2, n)
    return pd.DataFrame(
        {
            "id": np.tile(np.arange(n), 2),
            "wave": np.repeat(["pre", "post"], n),
            "month": np.repeat([0, 6], n),
            "arm": np.tile(np.where(arm, "drug", "placebo"), 2),
            "age": np.tile(age, 2),
            "y": np.r_[pre, post],
        }
    )


def numbers(sentence: str) -> list[float]:
    text = sentence.replace("95%", "")
    return [float(n.replace(MINUS, "-")) for n in re.findall(rf"{MINUS}?\d+\.\d+", text)]


@pytest.mark.parametrize(
    ("formula", "given"),
    [("y ~ wave * arm + (1 | id)", "post ~ pre + arm"), ("y ~ month * arm + age + (1 | id)", "post ~ pre + arm + age")],
)
def test_both_numbers_are_those_of_a_row_for_each_person(formula: str, given: str) -> None:
    frame = two_waves()
    wide = frame.pivot(index=["id", "arm", "age"], columns="wave", values="y").reset_index()
    change, ancova = (smf.ols(f, wide.assign(d=wide["post"] - wide["pre"])).fit() for f in ("d ~ arm", given))
    term, expected = "arm[T.placebo]", []
    for fit in (change, ancova):
        expected += [fit.params[term], *fit.conf_int().loc[term]]
    assert numbers(baseline_sentence(compare(formula, frame))) == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ wave + arm + (1 | id)",
        "y ~ seat * arm + (1 | id)",
        "y ~ wave * arm + x + (1 | id)",
        "y ~ turn * arm + (1 | id)",
    ],
)
def test_nothing_is_said_where_it_is_not_certain(formula: str) -> None:
    """No interaction; a column that is no time; a covariate that changes; levels of which neither is known to be the first."""
    frame = two_waves()
    frame["seat"], frame["turn"] = frame["month"], frame["wave"].map({"pre": "a", "post": "b"})
    frame["x"] = np.random.default_rng(1).normal(size=len(frame))
    assert baseline_sentence(compare(formula, frame)) == ""
    lost = frame.drop(index=3).reset_index(drop=True)
    assert baseline_sentence(compare("y ~ wave * arm + (1 | id)", lost)) == ""


def test_a_baseline_among_the_predictors() -> None:
    """R: lmerTest, score ~ week + arm + baseline + (1 | patient): the slope and its interval are the mixed model's own."""
    frame = table("trial")
    both = compare("score ~ week * arm + baseline + (1 | patient)", frame)
    row = both.mixed.table().loc["baseline"]
    assert numbers(baseline_sentence(both)) == pytest.approx([row["estimate"], row["lower"], row["upper"]], abs=1e-3)
    moved = frame.assign(baseline=1000 + frame["baseline"], pre_score=frame["baseline"], baseline_age=frame["baseline"])
    for predictor, said in (("baseline", False), ("pre_score", True), ("baseline_age", False)):
        assert bool(baseline_sentence(compare(f"score ~ arm + {predictor} + (1 | patient)", moved))) is said
    assert baseline_sentence(compare("score ~ arm * baseline + (1 | patient)", frame)) == ""
