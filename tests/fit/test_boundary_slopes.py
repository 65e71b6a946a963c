"""Random slopes at the boundary in R's CO2 data: a dense criterion says whose optimum is the lower one (reference/co2.json).

lme4's default optimiser stops up to 0.7 above the optimum, with a warning; by bobyqa it comes within 1e-5 of the criterion. Its
coefficients then differ from ours by some 1e-5, and the criterion of both, computed with neither's code, is lower at ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import lmmcompare
from lmmcompare.models import MixedResult
from tests.dense import Dense
from tests.helpers import reference, table

CASES: list[dict[str, Any]] = reference("co2")
ROUNDING = 1e-8
"""Of the dense criterion, whose matrices have a condition of up to 1e3."""


def names_of(case: dict[str, Any]) -> str:
    return f"{case['formula']}, {'REML' if case['reml'] else 'ML'}"


def dense(formula: str) -> Dense:
    frame = table("co2")
    fixed = ["1", *(["Type"] if "Type" in formula else []), *(["Treatment", "both"] if "*" in formula else []), "conc"]
    frame["both"] = ((frame["Type"] == "Mississippi") & (frame["Treatment"] == "chilled")).astype(float)
    return Dense(frame, "uptake", fixed, [["1"], ["conc"]] if "||" in formula else [["1", "conc"]], "Plant")


def fit(case: dict[str, Any]) -> MixedResult:
    frame = table("co2")
    levels = {"Type": ["Quebec", "Mississippi"], "Treatment": ["nonchilled", "chilled"]}  # R's order
    frame = frame.assign(**{name: pd.Categorical(frame[name], categories=of) for name, of in levels.items()})
    return lmmcompare.lmer(case["formula"], frame, case["reml"])


@pytest.mark.parametrize("case", CASES, ids=names_of)
def test_our_optimum_is_the_lower_one(case: dict[str, Any]) -> None:
    ours, slow = fit(case), dense(case["formula"])
    criterion = slow.criterion(ours.fit.theta, case["reml"])
    assert ours.converged and ours.criterion == pytest.approx(criterion, abs=ROUNDING)
    for theirs in (case["default"], case["bobyqa"]):
        assert slow.criterion(theirs["theta"], case["reml"]) == pytest.approx(theirs["criterion"], abs=1e-6)
        assert criterion <= slow.criterion(theirs["theta"], case["reml"]) + ROUNDING
    names = [ours.r_names[name] for name in ours.names]
    known = [case["bobyqa"]["estimate"][name] for name in names]
    np.testing.assert_allclose(ours.params, known, atol=5e-5)


@pytest.mark.parametrize("case", CASES, ids=names_of)
def test_no_other_start_leads_lower(case: dict[str, Any]) -> None:
    """Steps from several starts, the slope in units of 1000 so that all thetas have one size."""
    slow, ours = dense(case["formula"]), fit(case)
    thousands = 1e-3
    scale = np.ones(len(ours.fit.theta))
    scale[1:] = thousands
    rng = np.random.default_rng(1)
    starts = rng.normal(size=(6, len(scale)))
    lowest = min(minimum(slow, start, scale, reml=case["reml"]) for start in [*starts, ours.fit.theta / scale + 0.05])
    assert ours.criterion <= lowest + ROUNDING


def minimum(slow: Dense, start: np.ndarray, scale: np.ndarray, *, reml: bool) -> float:
    return float(minimize(lambda theta: slow.criterion(theta * scale, reml), start, method="BFGS").fun)
