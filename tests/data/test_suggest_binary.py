"""A first guess at what happened or not: when 0 and 1 are the outcome, and when they are what somebody is or was given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.comparison.compare import compare
from lmmcompare.data.suggest import suggest

ward, week = np.repeat(np.arange(20), 12), np.tile(np.arange(12), 20)


def drawn(seed: int, chance: float = 0.4) -> np.ndarray:
    """0 and 1, more often 1 in some wards than in others."""
    rng = np.random.default_rng(seed)
    return (rng.random(240) < chance + rng.normal(0, 0.1, 20)[ward]).astype(int)


def patients(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"ward": [f"W{k}" for k in ward]} | columns)


@pytest.mark.parametrize("name", ["infected", "outcome", "died", "relapse", "correct", "anything"])
def test_where_nothing_else_is_measured_what_happened_is_the_outcome(name):
    sex = np.where(drawn(1) == 1, "f", "m")
    found = suggest(patients(sex=sex, **{name: drawn(2)}))
    assert found.formula == f"{name} ~ sex + (1 | ward)"
    assert found.reasons["outcome"].startswith(f"“{name}” is 1 or 0 and varies")


def test_truth_values_are_an_outcome_too_and_can_be_fitted():
    frame = patients(week=week, died=drawn(3) == 1)
    found = suggest(frame)
    assert found.formula == "died ~ week + (1 | ward)"
    assert compare(found.formula, frame).mixed.nobs == 240


def test_beside_an_age_and_a_time_what_a_name_calls_an_outcome_is_one():
    age = np.random.default_rng(4).integers(20, 90, 240)
    assert suggest(patients(age=age, week=week, infected=drawn(4))).outcome == "infected"


@pytest.mark.parametrize("name", ["female", "urban", "smoker", "x1"])
def test_what_somebody_is_explains_what_was_measured(name):
    weight = np.random.default_rng(5).normal(70, 8, 240).round(1)
    found = suggest(patients(**{name: drawn(5)}, weight=weight))
    assert found.formula == f"weight ~ {name} + (1 | ward)"


def test_beside_what_was_measured_what_happened_is_another_outcome():
    weight = np.random.default_rng(6).normal(70, 8, 240).round(1)
    found = suggest(patients(female=drawn(6), days_in=np.round(weight / 3), infected=drawn(7)))
    outcomes = [found.outcome, *(other.formula.split(" ~ ")[0] for other in found.alternatives)]
    assert "infected" in outcomes


@pytest.mark.parametrize("kept", [True, False])
def test_a_treatment_that_sets_in_and_what_is_true_of_a_whole_ward_are_none(kept):
    begins = (week >= 3 + ward % 6).astype(int) if kept else ward % 2
    assert suggest(patients(week=week, success=begins)).outcome is None
