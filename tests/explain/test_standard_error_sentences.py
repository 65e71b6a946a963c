"""Whether OLS's standard error is judged rightly, and for the right reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.clustered_errors import clusters_kept_sentence
from lmmcompare.explain.headline import headline
from lmmcompare.explain.moulton import moulton
from lmmcompare.explain.standard_error_sentences import errors_sentence
from lmmcompare.explain.within_between_sentences import within_between_sentences
from lmmcompare.text.numbers import multiple
from tests.explain.dense_ols_errors import dense_ols_errors
from tests.helpers import comparison


@pytest.mark.parametrize(
    ("case", "term", "said"),
    [
        ("drug_ri", "Drug", "too large"),
        ("cv161703_ri", "X", "opposite directions"),
        ("sleepstudy_rs", "Days", "the slope varies between Subjects"),
        ("chapter7_ri", "Intercept", "too small"),
        ("dyestuff2_singular", "Intercept", "hardly alike"),
    ],
)
def test_the_standard_error_is_judged_rightly(case: str, term: str, said: str) -> None:
    assert said in errors_sentence(comparison(case), term)


def test_a_predictor_between_equal_groups_is_weighed_alike_by_both() -> None:
    both = compare("y ~ z + (1 | groups)", examples.load("chapter7"))
    reason = headline(both).reason
    assert "**z** is the same in all rows of a group" in reason and "both weigh them alike" in reason
    assert "With 4 groups the cluster-robust errors are uncertain" in errors_sentence(both, "z")


def serial(seed: int = 22) -> pd.DataFrame:
    """Forty people in two arms, of whom neighbours in time resemble each other more than others do; no trend differs."""
    random = np.random.default_rng(seed)
    person, week = np.repeat(np.arange(40), 10), np.tile(np.arange(10.0), 40)
    error = random.normal(size=(40, 10))
    for t in range(1, 10):
        error[:, t] = 0.85 * error[:, t - 1] + np.sqrt(1 - 0.85**2) * error[:, t]
    return pd.DataFrame({"person": person, "week": week, "arm": np.where(person % 2, "a", "b"), "y": error.ravel()})


@pytest.mark.parametrize(
    ("options", "why"), [({"correlation": "ar1(week | person)"}, "AICc prefers"), ({}, "by AIC the slope of week")]
)
def test_rows_that_are_not_equally_alike_are_no_reason_to_believe_moultons_factor(options, why) -> None:
    """The right error by simulation: of 400 such tables the slopes' differences spread 1.36 times as widely as OLS says."""
    both = compare("y ~ arm * week + (1 | person)", serial(), **options)
    said = errors_sentence(both, "arm[T.b]:week")
    assert f"Here they are not equally alike: {why}" in said and "So OLS's is too small." in said
    assert "opposite directions" not in said


def test_few_groups_of_a_category_are_named_as_the_reason() -> None:
    """Two of thirty schools: CR2 has few degrees of freedom for them, not for the thirty."""
    random = np.random.default_rng(3)
    school = np.repeat(np.arange(30), 12)
    kind = np.where(school < 2, "church", np.where(school < 10, "private", "public"))
    y = random.normal(size=30)[school] + random.normal(size=360)
    both = compare("y ~ kind + (1 | school)", pd.DataFrame({"school": school, "kind": kind, "y": y}))
    assert "As few of the 30 schools tell this coefficient" in errors_sentence(both, "kind[T.private]")
    said = within_between_sentences(both, "kind[T.private]")[0]
    assert "rests on 8 schools with private and 2 with church rather than on 360 rows" in said


def test_few_groups_residuals_understate_how_alike_their_rows_are() -> None:
    """Four villages in two arms: the error of the difference of two means of two is known exactly, from the villages' means."""
    rng = np.random.default_rng(4)
    village = np.repeat(np.arange(4), 50)
    y = np.array([0.0, 1.5, 1.2, 3.0])[village] + rng.normal(size=200)
    frame = pd.DataFrame({"village": village, "arm": np.where(village < 2, "a", "b"), "y": y})
    both = compare("y ~ arm + (1 | village)", frame)
    means = frame.groupby("village")["y"].mean().to_numpy()
    variance = (
        (means[0] - means[1]) ** 2 + (means[2] - means[3]) ** 2
    ) / 4  # of a mean, pooled over the arms, 1 df each
    right = np.sqrt(variance) / float(both.ols.bse["arm[T.b]"])
    said = errors_sentence(both, "arm[T.b]")
    assert moulton(both, "arm[T.b]").factor < 0.9 * right
    assert f"the right one is **{multiple(right)}** times OLS's" in said


def test_whole_plots_stay_whatever_a_test_of_them_says() -> None:
    """Plots of noise alone: no variance between whole plots is seen, and what was assigned to these rests on it all the same."""
    rng = np.random.default_rng(2)
    rows = [(b, w, v) for b in range(4) for w in ("high", "low") for v in "ABC"]
    frame = pd.DataFrame(rows, columns=["block", "water", "variety"]).assign(y=rng.normal(size=24))
    both = compare("y ~ water + variety + (1 | block/water)", frame)
    said = clusters_kept_sentence(both, "water[T.low]")
    assert "water [low] is constant in each of these" in said and "8 combinations of block and water" in said
    assert "split-plot design" in said
    assert clusters_kept_sentence(both, "variety[T.B]") == ""


def test_slopes_that_only_the_formula_lets_vary_are_not_said_to_vary() -> None:
    """R, lme4 by ML: AIC 344.19 with the random slope, 340.41 without; SD of slopes 0.083 by REML, standard error 0.1387 to lm's 0.1736."""
    rng = np.random.default_rng(15)
    rows = []
    for farm in range(20):
        own, same = rng.normal(0, 2), rng.normal() if farm < 10 else None
        for _ in range(5):
            x = same if same is not None else rng.normal()
            rows.append((farm, x, own + 0.7 * x + rng.normal()))
    said = errors_sentence(
        compare("crop ~ rain + (rain | farm)", pd.DataFrame(rows, columns=["farm", "rain", "crop"])), "rain"
    )
    assert "But the formula lets the slope vary between farms (SD 0.083), which AIC does not call for" in said
    assert (
        "in the random-slope model, for its own estimate, " in said and "0.80" in said.split("for its own estimate")[1]
    )


def cross_level() -> pd.DataFrame:
    """Forty clinics of three to twelve visits; how much the outcome changes with the dose differs by staff, and between clinics besides."""
    rng = np.random.default_rng(16)
    clinic = np.repeat(np.arange(40), rng.integers(3, 13, 40))
    staff, level, slope = rng.normal(size=40), rng.normal(0, 0.5, 40), rng.normal(0.5, 0.4, 40)
    dose = rng.normal(size=len(clinic))
    y = level[clinic] + (slope + 0.3 * staff)[clinic] * dose + rng.normal(size=len(clinic))
    return pd.DataFrame({"clinic": clinic, "staff": staff[clinic], "dose": dose, "y": y}).round(3)


def test_random_slopes_reach_a_cross_level_interaction() -> None:
    """R: X'VX with lme4's covariance 1.54118, clubSandwich's CR2 1.06629, over lm's error.

    By the true variances lm's is to be 1.36 times as large (2,000 tables of this design); for rows that are equally alike, 0.98.
    """
    said = errors_sentence(compare("y ~ dose * staff + (dose | clinic)", cross_level()), "dose:staff")
    assert (
        f"the right one is **{multiple(1.54118)}** times OLS's; cluster-robust (CR2) it is {multiple(1.06629)}" in said
    )
    assert "So OLS's is too small." in said


def test_a_predictor_whose_means_another_tells_is_alike_within_groups_all_the_same() -> None:
    """Its rows correlate by about 0.6 within groups; what the other predictor leaves of it does not."""
    rng = np.random.default_rng(77)
    g = np.repeat(np.arange(40), 8)
    z = 1.5 * rng.normal(size=40)[g]
    x = z + rng.normal(size=320)
    x -= pd.Series(x - z).groupby(g).transform("mean").to_numpy() * 0.5
    y = 1 + 0.4 * x + 0.3 * z + rng.normal(size=40)[g] + rng.normal(size=320)
    pairs = np.equal.outer(g, g) & ~np.eye(320, dtype=bool)
    centred = x - x.mean()
    assert (np.outer(centred, centred)[pairs].mean() / centred.var()) > 0.4
    frame = pd.DataFrame({"g": g, "x": x, "z": z, "y": y})
    left = "no more alike in what the other predictors leave of it than rows at random"
    assert left in errors_sentence(compare("y ~ x + z + (1 | g)", frame), "x")


def test_residuals_of_large_groups_that_lie_farther_off_have_no_correlation_above_one() -> None:
    """Over all pairs their mean product is 1.2 times the mean square, by rows: no correlation, and it is not called one."""
    rng = np.random.default_rng(2)
    n = np.array([2] * 12 + [10, 10])
    g = np.repeat(np.arange(14), n)
    level = np.append(0.1 * rng.normal(size=12), [3.0, 3.2])
    x = rng.normal(size=len(g))
    frame = pd.DataFrame(
        {"g": g, "x": x, "y": level[g] * np.where(g == 12, -1, 1) + 0.2 * x + 0.05 * rng.normal(size=len(g))}
    )
    hat = np.column_stack([np.ones(len(g)), x])
    left = frame["y"].to_numpy() - hat @ np.linalg.lstsq(hat, frame["y"].to_numpy(), rcond=None)[0]
    pairs = np.equal.outer(g, g) & ~np.eye(len(g), dtype=bool)
    ratio = np.outer(left, left)[pairs].mean() / (left**2).mean()
    assert ratio > 1
    said = errors_sentence(compare("y ~ x + (1 | g)", frame), "x")
    assert f"is {ratio:.1f} times their mean square" in said and "residuals correlate" not in said


def test_few_groups_residuals_are_less_alike_than_their_rows_for_one_slope_at_both_levels_too() -> None:
    """By X'VX with the random intercept's variances, built whole, the right error is far above Moulton's factor."""
    rng = np.random.default_rng(11)
    g = np.repeat(np.arange(4), [40, 9, 5, 22])
    x = rng.normal(size=76) + np.array([0, 1, 2, 0.5])[g]
    frame = pd.DataFrame({"site": g, "x": x, "y": 2 + 0.4 * x + np.array([0, 2, -1, 1])[g] + rng.normal(size=76)})
    both = compare("y ~ x + (1 | site)", frame)
    fixed, random = np.column_stack([np.ones(76), x]), {"site": np.ones((76, 1))}
    implied = dense_ols_errors(both, frame, fixed, random)[1] / both.ols.bse["x"]
    assert implied > 1.5 * moulton(both, "x").factor
    assert (
        "too small here: OLS's line comes as close to 4 sites, to the largest above all, as it can"
        in errors_sentence(both, "x")
    )
    assert f"the right one is **{multiple(implied)}** times OLS's" in errors_sentence(both, "x")


def groups_of_one_and_one_of_forty() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    n = np.append(np.ones(30, int), [2, 2, 3, 3, 4, 5, 6, 40])
    g = np.repeat(np.arange(38), n)
    x = rng.normal(size=len(g)) + rng.normal(size=38)[g]
    return pd.DataFrame({"g": g, "x": x, "y": 0.4 * x + 0.8 * rng.normal(size=38)[g] + rng.normal(size=len(g))})


def test_a_factor_that_is_too_small_gives_no_verdict() -> None:
    """Nearly all pairs are the largest group's, which OLS's line runs through. OLS's error was "about right", and then too small."""
    frame = groups_of_one_and_one_of_forty()
    both = compare("y ~ x + (1 | g)", frame)
    fixed = np.column_stack([np.ones(len(frame)), frame["x"]])
    implied = dense_ols_errors(both, frame, fixed, {"g": np.ones((len(frame), 1))})[1] / both.ols.bse["x"]
    assert moulton(both, "x").factor < 1.05 < 1.2 < implied
    said = errors_sentence(both, "x")
    assert "for OLS's estimate, is too small" in said and "about right" not in said
    assert f"the right one is **{multiple(implied)}** times OLS's" in said


def test_a_models_error_that_is_not_that_of_olss_estimate_is_said_to_be_of_its_own() -> None:
    """Both estimates are 0.52; by the model's variances, built whole, OLS's varies 2.06 times as widely as it says, its own 1.36 times."""
    rng = np.random.default_rng(5)
    n = rng.integers(5, 9, 20)
    g, mean = np.repeat(np.arange(20), n), rng.normal(size=20)
    x = rng.normal(size=len(g)) + mean[g]
    y = 2 + 0.5 * x + rng.normal(size=20)[g] + 0.6 * rng.normal(size=20)[g] * x + rng.normal(size=len(g))
    frame = pd.DataFrame({"g": g, "x": x.round(3), "y": y.round(3)})
    both = compare("y ~ x + (x || g)", frame)
    assert abs(both.ols.params["x"] - both.mixed.params["x"]) < 0.01 * both.ols.bse["x"]
    z = np.column_stack([np.ones(len(g)), frame["x"]])
    right, own = (
        dense_ols_errors(both, frame, z, {"g": z})[1] / both.ols.bse["x"],
        both.mixed.bse["x"] / both.ols.bse["x"],
    )
    assert f"the right one is **{multiple(right)}** times OLS's" in errors_sentence(both, "x")
    assert f"in the random-slope model, for its own estimate, {multiple(own)} times" in errors_sentence(both, "x")
    # without a random intercept its smaller error is no precision: it leaves out how groups differ
    assert "more precise" not in errors_sentence(compare("y ~ x + (0 + x | g)", frame), "x")


def test_slopes_are_not_said_to_vary_by_aic_where_it_prefers_serial_correlation() -> None:
    """A first-order autoregression, and one slope: AIC prefers several to independent residuals, and serial correlation to these."""
    random = np.random.default_rng(21)
    plot, week = np.repeat(np.arange(8), 60), np.tile(np.arange(60.0), 8)
    error = random.normal(size=(8, 60))
    for t in range(1, 60):
        error[:, t] += 0.8 * error[:, t - 1]
    frame = pd.DataFrame(
        {"plot": plot, "week": week, "y": 0.02 * week + 2 * random.normal(size=8)[plot] + error.ravel()}
    )
    plain = errors_sentence(compare("y ~ week + (1 | plot)", frame), "week")
    serial = errors_sentence(compare("y ~ week + (1 | plot)", frame, correlation="ar1(week | plot)"), "week")
    assert "by AIC the slope varies between plots" in plain
    assert "by AIC the slope varies" not in serial and "AICc prefers ar1(week | plot). So OLS's is too small." in serial
    assert "In the random-intercept model it is" in serial  # balanced: it is OLS's estimate, with that model's error


@pytest.mark.parametrize(
    ("confounded", "said"),
    [(False, "That factor is too small here"), (True, "over 99% of the pairs are of")],
)
def test_one_group_with_nearly_all_pairs_of_rows_does_not_speak_for_the_others(confounded, said):
    """OLS's line is the largest group's: its residuals correlate by 0.04 where rows do by 0.9; the true variances, dense."""
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(11), [450] + [5] * 10)
    effect = (2 if confounded else 3) * rng.normal(size=11)
    x = rng.normal(size=500) + 0.5 * (effect if confounded else rng.normal(size=11))[g]
    frame = pd.DataFrame({"g": g, "x": x, "y": 1 + 0.5 * x + effect[g] + rng.normal(size=500)})
    comparison = compare("y ~ x + (1 | g)", frame)
    design = np.column_stack([np.ones(500), x])
    inverse = np.linalg.inv(design.T @ design)
    variance = np.eye(500) + (4 if confounded else 9) * (g[:, None] == g)
    right = np.sqrt((inverse @ design.T @ variance @ design @ inverse)[1, 1])
    assert right / comparison.ols.bse["x"] > 1.25
    text = errors_sentence(comparison, "x")
    assert said in text and "OLS's" in text and "too small" in text and "about right" not in text
