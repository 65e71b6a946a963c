"""What is said of a coefficient that blends what lies within groups and between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.assess.hausman import hausman
from lmmcompare.assess.mundlak import mundlak
from lmmcompare.errors import DesignError
from lmmcompare.explain.blend_reasons import two_percentages
from lmmcompare.explain.dial import dial, dial_sentence
from lmmcompare.explain.headline import headline
from lmmcompare.explain.standard_error_sentences import errors_sentence
from lmmcompare.explain.within_between import within_between
from lmmcompare.explain.within_between_sentences import within_between_sentences
from lmmcompare.tables.coefficients import term_label
from lmmcompare.text.numbers import MINUS


@pytest.mark.parametrize(
    ("a", "b", "texts"),
    [
        (0.33, 0.80, ("33%", "80%")),
        (0.881, 0.881, ("88%", "88%")),
        (0.881, 0.8842, ("88.1%", "88.4%")),
        (0.997, 0.999999, ("99.7%", "over 99.9%")),
        (0.0004, 0.003, ("under 0.1%", "0.3%")),
        (0.0, 1.0, ("0%", "100%")),
        (-0.12, 1.3, (f"{MINUS}12%", "130%")),
    ],
)
def test_two_shares_can_be_told_apart(a, b, texts):
    assert two_percentages(a, b) == texts


def test_predictors_whose_group_means_go_along_are_named() -> None:
    """The means of w are twice those of x, so that between groups the two cannot be told apart; within them they can."""
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(20), 6)

    def within(values: np.ndarray) -> np.ndarray:
        return values - np.repeat(values.reshape(20, 6).mean(axis=1), 6)

    m = rng.normal(size=20)[g]
    frame = pd.DataFrame({"g": g, "x": m + within(rng.normal(size=120)), "w": 2 * m + within(rng.normal(size=120))})
    frame = frame.assign(q=rng.normal(size=120), y=frame["x"] + rng.normal(size=20)[g] + rng.normal(size=120))
    means = frame.groupby("g")[["x", "w"]].mean()
    assert np.allclose(means["w"], 2 * means["x"])
    both = compare("y ~ x + w + q + (1 | g)", frame)
    assert "its means go along with those of **w**, so that no slope of its own" in headline(both, "x").reason
    assert "its means go along with those of **x**, so that no slope of its own" in headline(both, "w").reason
    assert term_label(both, "x_mean") == "x, mean of its g group, with that of w"
    assert mundlak(both).question == "Are the slopes of x, w and q within g groups the slopes between them?"
    assert "combination of those of x." in within_between(both, "w").absent


def test_without_an_intercept_the_models_are_told_apart_by_what_they_weigh() -> None:
    """OLS's mean of a diet is that of its rows; of a slope from 0 a random intercept counts the groups' means by s2 / (s2 + n t2)."""
    rng = np.random.default_rng(20)
    g = np.repeat(np.arange(15), 8)
    frame = pd.DataFrame({"cow": g, "diet": rng.choice(["hay", "oat", "rye"], 120), "x": rng.uniform(1, 5, 120)})
    frame["y"] = frame["x"] + rng.normal(size=15)[g] + rng.normal(size=120)
    of_diet = compare("y ~ 0 + diet + (1 | cow)", frame)
    assert of_diet.ols.params["diet[hay]"] == pytest.approx(frame.loc[frame["diet"] == "hay", "y"].mean())
    said = headline(of_diet, "diet[hay]").reason
    assert "OLS takes the mean of these rows as they are" in said and "weigh them alike" not in said
    slope = compare("y ~ 0 + x + (1 | cow)", frame)
    between = float(slope.mixed.cov_re["cow"].to_numpy()[0, 0])
    kept = slope.mixed.sigma**2 / (slope.mixed.sigma**2 + 8 * between)
    assert f"a random intercept by {100 * kept:.0f}% of that" in headline(slope, "x").reason


def test_where_nearly_all_varies_between_groups_dummies_are_not_said_to_read_the_slope_there() -> None:
    rng = np.random.default_rng(62)
    g = np.repeat(np.arange(20), 5)
    frame = pd.DataFrame({"g": g, "x": rng.normal(size=20)[g] + 0.02 * rng.normal(size=100)})
    frame["y"] = 1 + 0.5 * frame["x"] + rng.normal(size=20)[g] + rng.normal(size=100)
    both = compare("y ~ x + (1 | g)", frame)
    dummies, mixed = (float(both.fits[m].params["x"]) for m in ("no_pooling", "random_intercept"))
    assert abs(dummies - mixed) > 5
    assert "so OLS and mixed models read the slope there" in headline(both, "x").reason


def test_two_predictors_that_add_up_within_groups_name_each_other_and_do_not_end_at_the_dummies() -> None:
    """What own and partner add up to is constant in a group: dummies have the one's coefficient less the other's."""
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(30), rng.integers(2, 7, 30))
    own = rng.normal(size=len(g)) + rng.normal(size=30)[g]
    frame = pd.DataFrame({"g": g, "own": own, "partner": (3 * rng.normal(size=30))[g] - own})
    y = 0.5 * own + 0.3 * frame["partner"] + rng.normal(size=30)[g] + rng.normal(size=len(g))
    both = compare("y ~ own + partner + (1 | g)", frame.assign(y=y))
    path = dial(both, "own")
    assert abs(path.curve["estimate"].iloc[-1] - both.no_pooling.params["own"]) > 0.1
    assert "ends at the dummies'" not in dial_sentence(both, "own", path)
    assert "within g groups it cannot be told apart from **partner**" in headline(both, "own").reason
    assert "within g groups it cannot be told apart from **own**" in headline(both, "partner").reason


def test_a_slope_within_that_is_nearly_0_is_told_where_it_is_well_known() -> None:
    """What is known of it is its error's to say: 95% of OLS's weight is on it, and it is ten times as well known as the one between."""
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(24), 15)
    x = rng.normal(size=360)
    x -= 0.9 * pd.Series(x).groupby(g).transform("mean").to_numpy() - rng.normal(size=24)[g] * 0.2
    y = rng.normal(size=24)[g] + rng.normal(size=360)
    deviation = x - pd.Series(x).groupby(g).transform("mean").to_numpy()
    y += (0.002 - (deviation @ y) / (deviation @ deviation)) * deviation  # the slope within is 0.002, its error 0.05
    both = compare("y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": y}))
    said = headline(both, "x").reason
    assert "0.002 **within**" in said and "within a g group these data hardly tell" not in said


def test_slopes_whose_difference_nothing_tests_are_not_called_different() -> None:
    """Within people a year more is a year of age more, so no model has both levels of all: its two slopes are told, not tested."""
    rng = np.random.default_rng(12)
    g, wave = np.repeat(np.arange(60), 5), np.tile(np.arange(5), 60)
    switch, base = np.where(rng.random(60) < 0.3, rng.integers(1, 5, 60), 9)[g], rng.integers(0, 2, 60)[g]
    smoke = np.where(wave < switch, base, 1 - base)
    age = rng.integers(20, 60, 60)[g] + wave
    frame = pd.DataFrame({"person": g, "wave": wave, "age": age, "smoke": np.where(smoke == 1, "yes", "no")})
    frame["fev"] = 4 - 0.4 * smoke - 0.02 * age + 0.3 * rng.normal(size=60)[g] + 0.3 * rng.normal(size=300)
    both = compare("fev ~ smoke + wave + age + (1 | person)", frame)
    said = headline(both, "smoke[T.yes]").reason
    assert "blend two differences" in said and "different" not in said.replace("differences", "")
    with pytest.raises(
        DesignError, match="combination of the others"
    ):  # plm sets wave + age of the dummies against wave
        hausman(both)


def test_a_formula_whose_means_stand_for_the_intercept_is_not_measured_from_0() -> None:
    rng = np.random.default_rng(2)
    g, week = np.repeat(np.arange(20), 4), np.tile(np.arange(4), 20)
    frame = pd.DataFrame({"g": g, "week": week, "sex": np.where(g % 2, "m", "f"), "x": rng.normal(size=80) + g / 10})
    frame["y"] = frame["x"] + rng.normal(size=20)[g] + rng.normal(size=80) + 9
    coded, same = (compare(f"y ~ {zero}sex + x + (1 | g)", frame) for zero in ("0 + ", ""))
    assert coded.mixed.params["x"] == pytest.approx(same.mixed.params["x"])
    said = headline(coded, "x").reason
    assert "Without the 0 it is the same model" in said and "from 0" not in said
    means = compare("y ~ 0 + factor(week) + (1 | g)", frame)
    first = means.ols.names[0]
    assert (
        within_between(means, first).level == "within"
    )  # each week is once in every group, but the mean of one is of all groups
    for words in (within_between_sentences(means, first)[0], errors_sentence(means, first)):
        assert "lie from 0 is in" in words and "nothing between" not in words
    with pytest.raises(DesignError, match="needs an intercept"):
        hausman(compare("y ~ 0 + x + (1 | g)", frame))
