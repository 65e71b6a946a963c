"""The dial passes through OLS, the fit and the dummies, and its drop is the profile likelihood's."""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare import compare, explain
from lmmcompare.explain.dial import STEPS, dial
from tests.helpers import comparison, data

CASES = [
    ("cv161703_ri", "X"),
    ("dragons_ri", "bodyLength2"),
    ("exam_ri", "standLRT"),
    ("sleepstudy_unbalanced_ri", "Days"),
]


@pytest.mark.parametrize(("case", "term"), CASES)
def test_its_ends_and_its_middle_are_the_three_models(case: str, term: str) -> None:
    both = comparison(case)
    found = dial(both, term)
    curve = found.curve
    assert len(curve) == STEPS and np.all(np.diff(curve["ratio"]) > 0)
    assert curve["ratio"].iloc[0] == 0
    assert curve["estimate"].iloc[0] == pytest.approx(both.ols.params[term], rel=1e-10)
    assert curve["se"].iloc[0] == pytest.approx(both.ols.bse[term], rel=1e-10)
    assert curve["estimate"].iloc[-1] == pytest.approx(both.no_pooling.params[term], rel=1e-3)
    fitted = curve.iloc[found.chosen]
    assert fitted["estimate"] == pytest.approx(both.random_intercept.params[term], rel=1e-10)
    assert fitted["drop"] == pytest.approx(0, abs=1e-8)
    assert (curve["drop"] > -1e-8).all()


@pytest.mark.parametrize(("case", "term"), CASES)
def test_the_weight_along_the_way_is_the_identitys(case: str, term: str) -> None:
    both = comparison(case)
    found = dial(both, term)
    parts = explain(both, term).set_index("model")
    assert found.curve["weight_within"].iloc[0] == pytest.approx(parts.loc["ols", "weight_within"], rel=1e-9)
    at_fit = found.curve["weight_within"].iloc[found.chosen]
    assert at_fit == pytest.approx(parts.loc["random_intercept", "weight_within"], rel=1e-9)
    blend = found.curve["weight_within"] * parts.loc["ols", "estimate_within"]
    if case in ("cv161703_ri", "dragons_ri"):  # balanced: the same two slopes at every ratio
        blend += (1 - found.curve["weight_within"]) * parts.loc["ols", "estimate_between"]
        np.testing.assert_allclose(found.curve["estimate"], blend, rtol=1e-9)


def test_the_group_intercepts_are_the_fits() -> None:
    both = comparison("sleepstudy_unbalanced_ri")
    found = dial(both, "Days")
    fit = both.random_intercept
    np.testing.assert_allclose(
        found.intercepts[found.chosen], fit.params["Intercept"] + fit.fit.modes[0][0], rtol=1e-10
    )
    np.testing.assert_allclose(found.intercepts[0], both.ols.params["Intercept"], rtol=1e-10)
    np.testing.assert_allclose(found.coefficients[found.chosen], fit.params, rtol=1e-10)


def test_a_fit_without_variance_between_groups_has_its_choice_at_the_end() -> None:
    both = compare("y ~ z + (1 | groups)", data("chapter7_ri"))
    found = dial(both, "z")
    assert found.chosen == 0 and len(found.curve) == STEPS
