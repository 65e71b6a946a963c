"""The identity puts every coefficient together again, and its parts are what they are called."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import linregress

import lmmcompare
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.errors import DesignError
from lmmcompare.explain.coefficient_spreads import slopes_differ
from lmmcompare.explain.identity import identity, models_with_term, within_between_products
from tests.effort import first
from tests.explain.dense_identity import Dense
from tests.explain.random_tables import fitted, variance_of_means
from tests.fit.test_criterion import make_frame
from tests.helpers import comparison, table

FOLDER = Path(__file__).parents[1] / "reference" / "identity"
CASES = sorted(path.stem for path in FOLDER.glob("*.json"))
LEVELS = {
    "dragons_mundlak": ["within_given_means", "contextual"],
    "dragons_mundlak_rounded": ["within_given_means", "contextual"],
    "exam_school_average": ["within_given_means", "contextual"],
    "exam_sex_type": ["both", "both", "between", "between"],
    "hsb82_interaction": ["both", "between", "both"],
    "hsb82_sector": ["both", "between"],
    "hsb82_ses_meanses": ["within_given_means", "contextual"],
    "hsb82_ses_minority": ["both", "both"],
    "trial_interaction": ["both", "between", "between", "both"],
    "trial_main": ["both", "between", "between"],
}


@cache
def case(name: str) -> tuple[dict[str, Any], Comparison]:
    reference = json.loads((FOLDER / f"{name}.json").read_text())
    frame = table(reference["data"]).copy()
    means = frame.groupby(reference["group"])["bodyLength2"].transform("mean") if "dragons" in name else None
    frame = frame.assign(mn_body2=means, mn_round=None if means is None else means.round(2))
    frame[reference["group"]] = frame[reference["group"]].astype(str)
    return reference, lmmcompare.compare(reference["formula"], frame)


@pytest.mark.parametrize("name", CASES)
def test_the_parts_are_those_of_dense_matrices_in_r(name: str) -> None:
    """1e-8 for OLS, which has no variances; 1e-4 for the random intercept, whose variances R knows to 1e-5."""
    reference, both = case(name)
    for model, close in (("ols", 1e-8), ("random_intercept", 1e-4)):
        parts, wanted = identity(both, model), reference[model]
        np.testing.assert_allclose(parts.estimate, wanted["estimate"], rtol=close)
        np.testing.assert_allclose(parts.weight, wanted["weight_within"], rtol=close, atol=close)
        within = np.array([np.nan if v is None else v for v in reference["within"]], dtype=float)
        np.testing.assert_allclose(parts.within, within, rtol=1e-8)
        if wanted["between_identified"]:
            np.testing.assert_allclose(parts.between, wanted["estimate_between"], rtol=close)
        else:
            assert np.isnan(parts.between).all()


@pytest.mark.parametrize("name", CASES)
def test_at_rs_variances_nothing_is_left_of_the_optimisers(name: str) -> None:
    reference, both = case(name)
    moments, columns = both.moments, [c for c in both.ols.columns if c >= 0]
    weights = moments.n / (1 + moments.n * reference["tau2"] / reference["sigma2"])
    inside, between = within_between_products(moments, columns, weights, intercept=True)
    p = len(columns)
    estimate = np.linalg.solve((inside + between)[:p, :p], (inside + between)[:p, p])
    units = moments.scale[-1] / moments.scale[columns]
    np.testing.assert_allclose(units * estimate, reference["random_intercept"]["estimate"], rtol=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_the_level_of_every_column_of_the_references(name: str) -> None:
    _, both = case(name)
    terms = [n for n in both.design.fixed_names if n != "Intercept"]
    assert [lmmcompare.explain(both, t)["level"].iloc[0] for t in terms] == LEVELS[name]


def recombined(row: pd.Series) -> float:
    weight = row["weight_within"]
    within, between = np.nan_to_num([row["estimate_within"], row["estimate_between"]])
    return float(weight * within + (1 - weight) * between + row["through_others"])


@pytest.mark.parametrize("start", first(range(0, 500, 50), 2))
def test_every_part_of_random_designs_is_that_of_dense_matrices(start: int) -> None:
    """Tolerance 1e-7 of a coefficient's size: the dense side inverts matrices of all rows, which costs it eight digits."""
    made = [pair for pair in map(fitted, range(start, start + 50)) if pair]
    assert len(made) > 40
    for both, drawn in made:
        dense = Dense.of(drawn.frame, list(drawn.columns.values()), "y", "g")
        names = list(drawn.columns)
        for model in ("ols", "random_intercept"):
            ratio = 0.0
            if model == "random_intercept":
                ratio = float(both.random_intercept.fit.optimum.solution.theta[0]) ** 2
            weight, estimate = dense.parts(ratio)
            within, between = dense.within(), dense.between(ratio, *variance_of_means(both, dense))
            at = [names.index(both.design.columns[c].name) for c in identity(both, model).columns]
            parts = identity(both, model)
            size = np.abs(estimate[at]) + np.nan_to_num(np.abs(within[at]))
            np.testing.assert_allclose(
                parts.weight, weight[np.ix_(at, at)], rtol=1e-6, atol=1e-6 * np.abs(weight).max()
            )
            np.testing.assert_allclose(parts.estimate, estimate[at], atol=1e-7 * size.max(), rtol=1e-7)
            np.testing.assert_allclose(parts.within, within[at], atol=1e-7 * size.max(), rtol=1e-6)
            np.testing.assert_allclose(parts.between, between[0][at], rtol=1e-5, atol=1e-6 * size.max())
            if not slopes_differ(both):  # else they are clubSandwich's, see test_advice
                np.testing.assert_allclose(parts.se_between, between[1][at], rtol=1e-4)
            if np.isfinite(between[0]).all():
                contrast = np.nan_to_num(within - between[0])  # W has zeros where there is no slope within
                others, own = weight @ contrast, np.diag(weight) * contrast
                for k, at_k in enumerate(at):
                    through = others[at_k] - own[at_k]
                    assert parts.through_others(k) == pytest.approx(through, rel=1e-5, abs=1e-6 * size.max())


@pytest.mark.parametrize("start", first(range(0, 200, 50), 2))
def test_it_adds_up_for_every_model_and_term(start: int) -> None:
    for pair in filter(None, map(fitted, range(start, start + 50))):
        both, drawn = pair
        for term in drawn.columns:
            frame = lmmcompare.explain(both, term)
            for _, row in frame[frame["model"] != "random_slope"].iterrows():
                fit = both.fits[str(row["model"])]
                close = {"rel": 1e-10, "abs": 1e-10 * float(fit.bse[term])}
                assert recombined(row) == pytest.approx(row["estimate"], **close)
                assert row["estimate"] == pytest.approx(fit.params[term], rel=1e-8, abs=1e-8 * float(fit.bse[term]))


@pytest.mark.parametrize("start", first(range(0, 200, 50), 2))
def test_the_two_causes_of_a_gap_between_groups(start: int) -> None:
    """Each cause is the mean over the two orders of the same change, by regressions of group means."""
    seen = 0
    for pair in filter(None, map(fitted, range(start, start + 50))):
        both, drawn = pair
        dense, names = Dense.of(drawn.frame, list(drawn.columns.values()), "y", "g"), list(drawn.columns)
        ratio = float(both.random_intercept.fit.optimum.solution.theta[0]) ** 2
        slopes = {r: dense.parts(r)[1] for r in (0.0, ratio)}
        for term, level in drawn.levels.items():
            frame = lmmcompare.explain(both, term).set_index("model")
            if level not in ("between", "contextual"):
                assert frame[["from_weights", "from_adjustment"]].isna().all(axis=None)
                continue
            k = names.index(term)

            value = {(w, s): dense.between_only(k, slopes[s], w) for w in (0.0, ratio) for s in (0.0, ratio)}
            row = frame.loc["random_intercept"]
            weights = ((value[ratio, 0.0] - value[0.0, 0.0]) + (value[ratio, ratio] - value[0.0, ratio])) / 2
            gap = row["estimate"] - frame.loc["ols", "estimate"]
            size = 1e-6 * (abs(row["estimate"]) + float(both.ols.bse[term]))
            assert row["from_weights"] == pytest.approx(weights, rel=1e-5, abs=size)
            assert row["from_weights"] + row["from_adjustment"] == pytest.approx(gap, rel=1e-9, abs=size / 1e3)
            assert frame.loc["ols", ["from_weights", "from_adjustment"]].abs().max() <= size
            seen += 1
    assert seen > 10


@pytest.mark.parametrize("start", first(range(0, 500, 50), 2))
def test_the_level_is_what_the_column_was_made_to_be(start: int) -> None:
    for pair in filter(None, map(fitted, range(start, start + 50))):
        both, drawn = pair
        assert {t: lmmcompare.explain(both, t)["level"].iloc[0] for t in drawn.levels} == drawn.levels


def test_a_predictor_that_the_dummies_absorb_with_others_is_left_out() -> None:
    """In these four groups x:c[T.w] is, within groups, a combination of the rest."""
    both = lmmcompare.compare("y ~ x * c + z + (1 | g)", make_frame(241, 4))
    assert np.isnan(both.no_pooling.params["x:c[T.w]"])
    for term in both.no_pooling.params.dropna().index:
        row = lmmcompare.explain(both, term).set_index("model").loc["no_pooling"]
        assert row["estimate"] == pytest.approx(both.no_pooling.params[term], rel=1e-9)


def test_cv161703_is_what_the_question_says() -> None:
    parts = lmmcompare.explain(comparison("cv161703_ri"), "X").set_index("model")
    shares = parts["weight_within"].round(2)
    assert (shares["ols"], shares["random_intercept"], shares["no_pooling"]) == (0.33, 0.80, 1.0)
    # within and between are the same two slopes for every weighting of balanced data
    np.testing.assert_allclose(parts.loc[["ols", "random_intercept"], "estimate_within"], 0.4092526690391, rtol=1e-9)
    np.testing.assert_allclose(parts.loc[["ols", "random_intercept"], "estimate_between"], 1.573005698006, rtol=1e-9)
    assert np.isnan(parts.loc["no_pooling", "estimate_between"])
    # by R: summary(lm(Y ~ X)) of the 20 group means
    means = table("cv161703").groupby("ID").mean()
    line = linregress(means["X"], means["Y"])
    assert parts.loc["ols", "se_between"] == pytest.approx(line.stderr, rel=1e-9)


def test_a_slope_between_groups_of_unequal_size_has_the_error_of_groups_that_differ() -> None:
    """By R's clubSandwich, as slopes vary; a sandwich with lme4's variances of the schools' means, of 2 to 198 rows, says 0.123.

    lm of the means, weighed by rows, says 0.114.

    Of 4,000 simulated sets of 25 groups of lognormal size, as different as their rows, the intervals of that lm held the truth in 71%,
    those of the sandwich in 95%.
    """
    parts = lmmcompare.explain(comparison("exam_ri"), "standLRT").set_index("model").loc["ols"]
    assert parts["estimate_between"] == pytest.approx(0.91349500, rel=1e-7)
    assert parts["se_between"] == pytest.approx(0.126716494, rel=1e-7)


@pytest.mark.parametrize("case", ["cv161703_ri", "dragons_ri", "exam_ri", "sleepstudy_unbalanced_ri"])
def test_shares_lie_between_ols_and_the_dummies(case: str) -> None:
    both = comparison(case)
    share = lmmcompare.explain(both, both.no_pooling.names[0]).set_index("model")["weight_within"]
    assert 0 < share["ols"] < share["random_intercept"] < share["no_pooling"] == 1


def test_a_predictor_between_groups_has_no_dummies_part() -> None:
    frame = make_frame(1)
    frame["w"] = pd.factorize(frame["g"])[0] % 4 + 0.5
    both = lmmcompare.compare("y ~ w + (1 | g)", frame)
    assert "no_pooling" not in models_with_term(both, "w")
    row = lmmcompare.explain(both, "w").set_index("model").loc["random_intercept"]
    assert row["weight_within"] == 0 and np.isnan(row["estimate_within"])
    assert row["estimate"] == pytest.approx(both.random_intercept.params["w"], rel=1e-10)


def test_a_random_slope_has_parts_where_it_has_one_predictor_only() -> None:
    frame = make_frame(4)
    one = lmmcompare.explain(lmmcompare.compare("y ~ x + (x | g)", frame), "x").set_index("model").loc["random_slope"]
    assert recombined(one) == pytest.approx(one["estimate"], rel=1e-9)
    two = (
        lmmcompare.explain(lmmcompare.compare("y ~ x + z + (x | g)", frame), "x").set_index("model").loc["random_slope"]
    )
    assert np.isfinite(two["estimate"]) and np.isnan(two["weight_within"])


@pytest.mark.parametrize("term", ["Intercept", "nothing"])
def test_what_is_not_a_slope_is_refused(term: str) -> None:
    with pytest.raises(DesignError, match=f"no coefficient “{term}” to explain. There are X"):
        lmmcompare.explain(comparison("cv161703_ri"), term)


def test_a_column_called_intercept_is_explained_as_the_column_that_it_is() -> None:
    frame = make_frame(3).rename(columns={"x": "Intercept"})
    both = lmmcompare.compare("y ~ Intercept + (1 | g)", frame)
    parts = lmmcompare.explain(both, "Intercept").set_index("model")
    assert parts.loc["ols", "estimate"] == pytest.approx(both.ols.params["Intercept"], rel=1e-10)
    with pytest.raises(DesignError, match="There are Intercept"):
        lmmcompare.explain(both, both.constant)
