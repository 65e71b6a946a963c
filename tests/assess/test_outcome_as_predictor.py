"""Predictors made of the outcome's own rows are remarked on, and no others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.assess.outcome_as_predictor import outcome_as_predictor_sentence
from lmmcompare.comparison.compare import compare


@pytest.fixture(scope="module")
def visits() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"id": np.repeat(np.arange(200), 5), "week": np.tile(np.arange(5), 200)})
    frame["arm"] = frame["id"] % 2
    frame["y"] = 10 + rng.normal(size=200)[frame["id"]] + rng.normal(size=1000)
    frame["base"] = frame.groupby("id")["y"].transform("first")
    frame["ymean"] = frame.groupby("id")["y"].transform("mean").round(9)
    return frame


def test_the_outcomes_first_row_stands_for_itself(visits):
    """The slope on one of two visits with as much variance between as within is 1/2; with itself among five outcomes it is 3/5."""
    formula = "y ~ week + base + arm + (1 | id)"
    whole, after = compare(formula, visits), compare(formula, visits[visits["week"] > 0])
    assert "base is y in the first row of each id" in outcome_as_predictor_sentence(whole)
    assert not outcome_as_predictor_sentence(after)
    slopes = []
    for frame in (visits, visits[visits["week"] > 0]):  # least squares, which shares no code
        x = np.column_stack([np.ones(len(frame)), frame[["week", "base", "arm"]]])
        slopes.append(np.linalg.lstsq(x, frame["y"], rcond=None)[0][2])
    assert slopes == pytest.approx([0.6, 0.5], abs=0.12)  # of 200 ids


def test_the_outcomes_own_mean_explains_what_differs_by_itself(visits):
    comparison = compare("y ~ arm + ymean + (1 | id)", visits)
    assert "ymean is the mean of y over each id’s own rows" in outcome_as_predictor_sentence(comparison)
    x = np.column_stack([np.ones(1000), visits[["arm", "ymean"]]])
    np.testing.assert_allclose(np.linalg.lstsq(x, visits["y"], rcond=None)[0], [0, 0, 1], atol=1e-6)


@pytest.mark.parametrize("formula", ["y ~ week + arm + (1 | id)", "y ~ I(ymean + week) + (1 | id)"])
def test_other_predictors_are_not_remarked_on(visits, formula):
    assert not outcome_as_predictor_sentence(compare(formula, visits))


def test_few_values_may_agree_by_chance(visits):
    few = visits.assign(y=(visits["y"] > 10).astype(int), base=1)
    assert not outcome_as_predictor_sentence(compare("y ~ base:arm + (1 | id)", few))
