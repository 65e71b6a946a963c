"""The identity puts every coefficient together again, and its parts are what they are called."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lmmcompare
from lmmcompare.errors import DesignError
from lmmcompare.explain.identity import attribution, explained, split
from tests.fit.test_criterion import make_frame
from tests.helpers import comparison


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    groups=st.integers(4, 9),
    formula=st.sampled_from(
        [
            "y ~ x + (1 | g)",
            "y ~ x + z + c + (1 | g)",
            "y ~ x * c + z + (1 | g)",
            "y ~ 0 + x + z + (1 | g)",
            "y ~ w + x + (1 | g)",
            "y ~ x + z + (x | g)",
            "y ~ x + c + (x || g)",
            "y ~ w + x * z + (x | g)",
        ]
    ),
)
def test_the_parts_recombine_to_every_coefficient(seed: int, groups: int, formula: str) -> None:
    frame = make_frame(seed, groups)
    frame["w"] = np.random.default_rng(seed).normal(size=groups)[pd.factorize(frame["g"])[0]]  # between groups only
    try:
        both = lmmcompare.compare(formula, frame)
    except lmmcompare.LmmCompareError:
        return  # few groups can make a random design collinear or overloaded
    for term in both.terms:
        if term not in both.design.fixed_names or term == "Intercept":
            continue
        parts = lmmcompare.explain(both, term).set_index("model")
        for model, row in parts.iterrows():
            fit = both.fits[str(model)]
            close = dict(rel=1e-10, abs=1e-10 * float(fit.bse[term]))
            assert row["estimate"] == pytest.approx(fit.params[term], **close)
            level = {k: row[f"estimate_{k}"] for k in ("within", "between")}
            weight = {"within": row["weight_within"], "between": 1 - row["weight_within"]}
            mean = sum(weight[k] * level[k] for k in level if np.isfinite(level[k]))
            # the share of a level that is nearly empty is itself a small difference
            assert mean == pytest.approx(fit.params[term], rel=1e-8, abs=1e-8 * float(fit.bse[term]))


def test_a_predictor_that_the_dummies_absorb_with_others_is_left_out() -> None:
    """In these four groups x:c[T.w] is, within groups, a combination of the rest."""
    both = lmmcompare.compare("y ~ x * c + z + (1 | g)", make_frame(241, 4))
    assert np.isnan(both.no_pooling.params["x:c[T.w]"])
    for term in both.no_pooling.params.dropna().index:
        row = lmmcompare.explain(both, term).set_index("model").loc["no_pooling"]
        assert row["estimate"] == pytest.approx(both.no_pooling.params[term], rel=1e-9)


def test_cv161703_is_what_the_question_says() -> None:
    parts = lmmcompare.explain(comparison("cv161703_ri"), "X").set_index("model")
    assert list(parts.columns) == ["weight_within", "estimate_within", "estimate_between", "estimate"]
    shares = parts["weight_within"].round(2)
    assert (shares["ols"], shares["random_intercept"], shares["no_pooling"]) == (0.33, 0.80, 1.0)
    # within and between are the same two slopes for every weighting of balanced data
    np.testing.assert_allclose(parts.loc[["ols", "random_intercept"], "estimate_within"], 0.4092526690391, rtol=1e-9)
    np.testing.assert_allclose(parts.loc[["ols", "random_intercept"], "estimate_between"], 1.573005698006, rtol=1e-9)
    assert np.isnan(parts.loc["no_pooling", "estimate_between"])


@pytest.mark.parametrize("case", ["cv161703_ri", "dragons_ri", "exam_ri", "sleepstudy_unbalanced_ri"])
def test_the_within_slope_is_that_of_the_dummies_and_shares_lie_between(case: str) -> None:
    both = comparison(case)
    term = both.no_pooling.names[0]
    parts = lmmcompare.explain(both, term).set_index("model")
    np.testing.assert_allclose(
        parts.loc[["ols", "random_intercept", "no_pooling"], "estimate_within"], both.no_pooling.params[term], rtol=1e-9
    )
    share = parts["weight_within"]
    assert 0 < share["ols"] < share["random_intercept"] < share["no_pooling"] == 1


def test_a_predictor_between_groups_has_no_dummies_part() -> None:
    frame = make_frame(1)
    frame["w"] = pd.factorize(frame["g"])[0] % 4 + 0.5
    both = lmmcompare.compare("y ~ w + (1 | g)", frame)
    assert "no_pooling" not in explained(both, "w")
    row = lmmcompare.explain(both, "w").set_index("model").loc["random_intercept"]
    assert row["weight_within"] == 0 and np.isnan(row["estimate_within"])
    assert row["estimate"] == pytest.approx(both.random_intercept.params["w"], rel=1e-10)


@pytest.mark.parametrize("model", ["ols", "no_pooling", "random_slope"])
@pytest.mark.parametrize("case", ["cv161703_ri", "sleepstudy_unbalanced_ri", "exam_ri"])
def test_the_pulls_add_up_to_the_gap(case: str, model: str) -> None:
    both = comparison(case)
    term = both.no_pooling.names[0]
    parts = attribution(both, term, model)
    gap = both.fits[model].params[term] - both.mixed.params[term]
    size = float(both.mixed.bse[term])
    assert parts["total"].sum() == pytest.approx(gap, rel=1e-8, abs=1e-10 * size)
    np.testing.assert_allclose(parts["within"] + parts["between"], parts["total"])
    assert split(both, term, model).group_weight.sum() == pytest.approx(1, rel=1e-10)


@pytest.mark.parametrize("term", ["Intercept", "nothing"])
def test_what_is_not_a_slope_is_refused(term: str) -> None:
    with pytest.raises(DesignError, match=f"no coefficient “{term}” to explain. There are X"):
        lmmcompare.explain(comparison("cv161703_ri"), term)
