"""What is said of a coefficient that blends what lies within groups and between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.assess.mundlak import mundlak
from lmmcompare.explain.blend_reasons import two_percentages
from lmmcompare.explain.dial import dial, dial_sentence
from lmmcompare.explain.headline import headline
from lmmcompare.explain.within_between import within_between
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
