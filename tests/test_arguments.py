"""Arguments of the library's functions and results that there are not: said with a remedy, never taken for something else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest

import lmmcompare as lc

DATA = lc.examples.load("sleepstudy")
FORMULA = "Reaction ~ Days + (Days | Subject)"


@cache
def both() -> lc.Comparison:
    return lc.compare(FORMULA, DATA)


@cache
def alike() -> object:
    return lc.gls("Reaction ~ Days", DATA, "cs(1 | Subject)")


CASES: dict[str, Callable[[], object]] = {
    "5 is no error probability": lambda: both().ols.conf_int(5),
    "0 is no error probability": lambda: both().ols.table(alpha=0),
    "1.5 is no error probability": lambda: both().coefficients(alpha=1.5),
    "95 is no error probability": lambda: both().random_effects(alpha=95),
    "2 is no error probability": lambda: both().mixed.emmeans("Days", alpha=2).frame,
    "95 is no level": lambda: alike().correlation_interval(95),  # type: ignore[attr-defined]
    "no model “foo” in the comparison": lambda: both().random_effects("foo"),
    "“ols” has no random effects": lambda: both().random_effects("ols"),
    "no coefficient “nope”": lambda: both().coefficient("nope"),
    "“nope” has no random coefficient": lambda: both().mixed.icc_at({"nope": 1.0}),
    "New rows are a DataFrame of pandas, not dict": lambda: both().ols.predict({"Days": [1]}),  # type: ignore[arg-type]
    "no grouping factor “Foo”": lambda: lc.compare(FORMULA, DATA, group="Foo"),
    "reml is 'ML'": lambda: lc.lmer(FORMULA, DATA, reml="ML"),  # type: ignore[arg-type]
    "at least 2 replicates, not 0": lambda: lc.infer(both(), intervals=lc.Resampling("parametric", 0)),
    "no bootstrap called 'foo'": lambda: lc.infer(both(), intervals=lc.Resampling("foo", 9)),  # type: ignore[arg-type]
    "of the type OLSResult": lambda: lc.explain(both().ols, "Days"),  # type: ignore[arg-type]
    "no other than the intercept": lambda: lc.explain(lc.compare("Reaction ~ 1 + (1 | Subject)", DATA), "Days"),
}


@pytest.mark.parametrize("says", CASES)
def test_what_there_is_not_is_refused_with_a_remedy(says: str) -> None:
    with pytest.raises(lc.LmmCompareError) as refused:
        CASES[says]()
    assert says in refused.value.problem + refused.value.remedy
    assert refused.value.problem.endswith(".") and refused.value.remedy.endswith(".")


def test_one_structure_may_be_given_without_a_list() -> None:
    assert [*lc.compare_structures("Reaction ~ Days", DATA, "cs(1 | Subject)").fits] == [
        "independent",
        "cs(1 | Subject)",
    ]


def test_the_group_compared_may_be_named() -> None:
    rows = pd.concat([DATA.assign(site=k) for k in "abc"])
    assert lc.compare("Reaction ~ Days + (1 | Subject) + (1 | site)", rows, group="site").group == "site"
