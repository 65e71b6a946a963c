"""The picture of two slopes draws the slopes that it names, whatever other predictors there are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare import compare, examples
from lmmcompare.comparison.picture import make_picture
from lmmcompare.explain.dial import dial
from lmmcompare.explain.dial_lines import dial_lines
from lmmcompare.explain.facts import facts
from lmmcompare.explain.two_slopes import two_slopes
from lmmcompare.explain.two_slopes_sentences import simpson
from tests.helpers import comparison, table


def flipped() -> pd.DataFrame:
    """Within groups y falls with x, between them it rises."""
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(12), 6)
    home = np.arange(12.0)[g]
    x = home + rng.normal(size=len(g))
    return pd.DataFrame({"g": g.astype(str), "x": x, "y": 3 * home - 1.5 * (x - home) + 0.3 * rng.normal(size=len(g))})


def test_opposite_signs_are_warned_of_and_only_then() -> None:
    both = compare("y ~ x + (1 | g)", flipped())
    of = facts(both, "x")
    assert of.within is not None and of.within.value < 0 < of.ols.estimate
    assert "Simpson" in simpson(both, "x")
    assert simpson(comparison("cv161703_ri"), "X") == ""


def test_the_picture_of_two_slopes_draws_the_slopes_that_it_names() -> None:
    frame = flipped()
    both = compare("y ~ x + (1 | g)", frame)
    of = facts(both, "x")
    assert of.within is not None and of.between is not None
    drawn = two_slopes(both, "x", make_picture(both, frame))
    for line, slope in ((drawn.between_line, of.between.value), (drawn.ols_line, of.ols.estimate)):
        assert np.diff(line["y"])[0] / np.diff(line["x"])[0] == pytest.approx(slope)
    first = drawn.within_lines[drawn.within_lines["group"] == "3"]
    assert np.diff(first["y"])[0] / np.diff(first["x"])[0] == pytest.approx(of.within.value)
    means = frame.groupby("g")[["x", "y"]].mean()
    np.testing.assert_allclose(drawn.means.set_index("group").loc[means.index, ["x", "y"]], means)
    centred = two_slopes(both, "x", make_picture(both, frame), centred=True)
    assert centred.means.empty and centred.between_line.empty
    np.testing.assert_allclose(centred.points.groupby("group")["x"].mean(), 0, atol=1e-12)


def test_the_dials_lines_are_the_fits_predictions() -> None:
    frame = examples.load("cv161703")
    both = comparison("cv161703_ri")
    found, shown = dial(both, "X"), make_picture(both, frame)
    lines = dial_lines(both, "X", shown, found)
    at = pd.DataFrame({"X": lines.group_x[0], "ID": lines.groups[0]})
    np.testing.assert_allclose(lines.group_y[found.chosen][0], both.random_intercept.predict(at), rtol=1e-9)
    ends = pd.DataFrame({"X": shown.x_range, "ID": "1"})
    np.testing.assert_allclose(
        lines.population_y[found.chosen], both.random_intercept.predict(ends, level="population"), rtol=1e-9
    )
    np.testing.assert_allclose(lines.ols_y, both.ols.predict(ends), rtol=1e-9)


def test_with_other_predictors_the_lines_are_those_of_what_is_drawn() -> None:
    """Regressions of the drawn points on the drawn x, within groups and of the group means, give the slopes named."""
    frame = table("hsb82").assign(school=lambda d: d["school"].astype(str)).iloc[:2000]
    both = compare("mAch ~ ses + minrty + (1 | school)", frame)
    of, drawn = facts(both, "ses"), two_slopes(both, "ses", make_picture(both, frame))
    assert drawn.adjusted and of.within is not None and of.between is not None
    points = drawn.points
    apart = points[["x", "y"]] - points.groupby("group")[["x", "y"]].transform("mean")
    assert apart["x"] @ apart["y"] / (apart["x"] @ apart["x"]) == pytest.approx(of.within.value, rel=1e-9)
    means = drawn.means
    slope = np.polyfit(means["x"], means["y"], 1, w=np.sqrt(means["n"]))[0]
    assert slope == pytest.approx(of.between.value, rel=1e-9)


def test_a_group_mean_by_hand_is_no_paradox() -> None:
    frame = table("hsb82").assign(school=lambda d: d["school"].astype(str))
    both = lmmcompare.compare("mAch ~ ses + meanses + (1 | school)", frame)
    assert simpson(both, "meanses") == "" and simpson(both, "ses") == ""
