"""Outcomes that were made to have one mean in every group: nothing is said of what lies between groups, and it is said why."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.assess.dependence import dependence
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.assess.hausman import hausman
from lmmcompare.assess.mundlak import mundlak
from lmmcompare.assess.outcome_means import equal_outcome_means
from lmmcompare.errors import DesignError
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.headline import headline
from lmmcompare.explain.negative_correlation import offsetting_sentence
from lmmcompare.explain.standard_error_sentences import errors_sentence
from lmmcompare.explain.within_between_sentences import within_between_sentences

GROUPS, SIZE = 12, 7
SAID = "has the same mean in every judge"


def judged(outcome: str) -> pd.DataFrame:
    """Judges of a taste that goes with sugar, which differs between judges as well."""
    rng = np.random.default_rng(5)
    sugar = rng.normal(size=(GROUPS, SIZE)) + rng.normal(size=(GROUPS, 1))
    taste = sugar + rng.normal(size=sugar.shape) + rng.normal(size=(GROUPS, 1))
    made = {
        "ranks": taste.argsort(1).argsort(1) + 1.0,
        "shares": np.exp(taste) / np.exp(taste).sum(1, keepdims=True),
        "centred and rounded": np.round(taste - taste.mean(1, keepdims=True), 2),
        "as measured": taste,
    }
    judge = np.repeat([f"j{j}" for j in range(GROUPS)], SIZE)
    frame = {
        "judge": judge,
        "sugar": sugar.ravel(),
        "sex": np.where(judge < "j5", "f", "m"),
        "y": made[outcome].ravel(),
    }
    return pd.DataFrame(frame)


@pytest.mark.parametrize("outcome", ["ranks", "shares", "centred and rounded"])
def test_nothing_lies_between_groups(outcome: str) -> None:
    """The slope within is that of values from which the group means were taken by hand."""
    frame = judged(outcome)
    own = frame["sugar"] - frame.groupby("judge")["sugar"].transform("mean")
    slope = float(own @ frame["y"] / (own @ own))
    both = compare("y ~ sugar + (1 | judge)", frame)
    said = headline(both, "sugar").reason
    assert SAID in said and "blend" not in said
    told = re.search(r"the one \*within\* judges, ([\d.]+)\.", said)
    assert told and float(told[1]) == pytest.approx(slope, abs=0.5 * 10.0 ** -len(told[1].split(".")[1]))
    assert SAID in within_between_sentences(both, "sugar")[0]
    assert not any("How do judges" in one.question for one in which_to_report(both, "sugar"))
    assert dependence(both) is None
    for test in (mundlak, hausman):
        with pytest.raises(DesignError, match=SAID):
            test(both)
    (remark, *_) = (r.sentence for r in remarks(both))
    assert SAID in remark and "take judge dummies" in remark
    between = compare("y ~ sex + (1 | judge)", frame)
    (remark, *_) = (r.sentence for r in remarks(between))
    assert "constant in a judge cannot go with that mean" in remark and "dummies" not in remark
    assert float(np.abs(between.ols.params.iloc[1])) < 1e-2


@pytest.mark.parametrize(
    ("formula", "term"),
    [
        ("y ~ 1 + (1 | judge)", "Intercept"),
        ("y ~ sex + (1 | judge)", "sex[T.m]"),
        ("y ~ 0 + sex + (1 | judge)", "sex[f]"),
    ],
)
def test_no_error_is_told_of_means_that_cannot_differ(formula: str, term: str) -> None:
    """The judges' means are 4 by construction: their scatter, which errors of a mean estimate, is 0 whatever the judges think."""
    frame = judged("ranks")
    assert frame.groupby("judge")["y"].mean().std() == 0
    both = compare(formula, frame)
    said = errors_sentence(both, term)
    assert "cannot be learnt" in said and "times OLS" not in said
    assert "known better" not in headline(both, term).reason + offsetting_sentence(both, term)
    if term != "Intercept":  # not "0.00 (0.00 to 0.00)"
        (told,) = which_to_report(both, term)
        assert told.answer == "Nothing" and not re.search(r"\d", told.reason)
    measured = judged("as measured")
    assert "times OLS" in errors_sentence(compare(formula, measured), term)
    assert any(
        "How do judges" in one.question
        for one in which_to_report(compare("y ~ sex + (1 | judge)", measured), "sex[T.m]")
    )


def test_parts_of_a_whole_by_income_are_compared_within_by_every_model() -> None:
    """All of kind × income, and so the slopes of the parts on income, are told within: no model mixes a slope between in."""
    rng = np.random.default_rng(2)
    income = rng.normal(size=30)
    parts = np.exp(np.outer(income, [-0.3, 0.0, 0.2]) + 0.3 * rng.normal(size=(30, 3)))
    share = (parts / parts.sum(1, keepdims=True)).ravel()
    home, kind = np.repeat([f"h{i}" for i in range(30)], 3), np.tile(["food", "rent", "rest"], 30)
    frame = pd.DataFrame({"home": home, "kind": kind, "income": np.repeat(income, 3), "share": share})
    both = compare("share ~ kind * income + (1 | home)", frame)
    (remark, *_) = (r.sentence for r in remarks(both))
    assert "the same mean in every home" in remark and "dummies" not in remark
    slopes = [np.polyfit(income, share.reshape(30, 3)[:, k], 1)[0] for k in range(3)]
    assert both.ols.params["income"] == pytest.approx(slopes[0]) and abs(slopes[0]) > 0.02
    assert any(
        "How do homes with a higher value of income differ" in one.question for one in which_to_report(both, "income")
    )


def test_other_outcomes_are_not_taken_for_it() -> None:
    assert not equal_outcome_means(compare("y ~ sugar + (1 | judge)", judged("as measured")))
    rng = np.random.default_rng(1)
    for _ in range(30):
        frame = pd.DataFrame({"g": np.repeat(list("abcd"), 5), "y": rng.normal(size=20)})
        assert not equal_outcome_means(compare("y ~ 1 + (1 | g)", frame))
