"""Estimates with hardly any degrees of freedom: no limits of 150 digits, but the reason why there is no interval."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, infer
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.advice import which_to_report
from lmmcompare.figures.adjusted_means import effect_regions
from lmmcompare.figures.coefficients import coefficient_plot
from lmmcompare.model_catalogue import Model
from lmmcompare.panels.model_table import model_table
from lmmcompare.tables.inference import Inferred

from .panels_data import text

PBKRTEST = {"Intercept": 0.008370427, "x": 0.005084503, "z": 0.004582728}
"""R: pbkrtest::get_Lb_ddf of lmer(y ~ x + z + (1 | g)), whose fit is singular."""


@pytest.fixture(scope="module")
def both() -> tuple[Comparison, Inferred]:
    """Three groups."""
    rng = np.random.default_rng(388)
    groups = rng.integers(2, 6)
    g = np.repeat(np.arange(groups), rng.integers(2, 8, size=groups))
    x, z = rng.normal(size=len(g)) + rng.normal(size=groups)[g] * 2, rng.normal(size=groups)[g]
    y = 1 + 0.5 * x + rng.normal(size=groups)[g] * rng.choice([0.1, 1, 3])
    y = y + rng.normal(size=groups)[g] * x * rng.choice([0.1, 1]) + rng.normal(size=len(g))
    comparison = compare("y ~ x + z + (1 | g)", pd.DataFrame({"y": y, "x": x, "z": z, "g": g}))
    return comparison, infer(comparison, kenward_roger=True)


def test_the_limits_are_infinite_and_the_degrees_of_freedom_pbkrtests(both) -> None:
    comparison, inferred = both
    rows = inferred.frame[inferred.frame["model"] == comparison.formula_model].set_index("term")
    assert rows["df"].to_dict() == pytest.approx(PBKRTEST, rel=1e-5)
    assert np.isinf(rows[["lower", "upper"]]).all(axis=None)


def test_words_say_that_there_is_no_interval_and_why(both) -> None:
    comparison, inferred = both
    said = text(model_table(comparison, inferred))
    assert "−∞ to ∞" in said and "fewer than 0.5 degrees of freedom" in said
    assert "fewer than 0.5" not in text(model_table(comparison, infer(comparison)))
    answers = " ".join(a.answer for a in which_to_report(comparison, "x", inferred.frame))
    assert "no 95% interval: too few degrees of freedom" in answers


def test_a_picture_shows_the_other_intervals_and_lets_these_run_off(both) -> None:
    _, inferred = both
    frame = inferred.frame[(inferred.frame["term"] == "x") & inferred.frame["estimate"].notna()]
    figure = json.loads(coefficient_plot(frame, term_labels={"x": "x"}, group_name="g").to_json())
    low, high = figure["layout"]["xaxis"]["range"]
    finite = frame[np.isfinite(frame["lower"])]
    assert low < finite["lower"].min() and high > finite["upper"].max()
    assert high - low < 1.5 * np.ptp(finite[["lower", "upper"]].to_numpy())
    ends = [trace["x"] for trace in figure["data"] if trace["mode"] == "lines"]
    assert any(end[0] < low and end[1] > high for end in ends)


def test_an_effect_along_a_moderator_is_in_the_picture_where_its_band_has_no_end() -> None:
    """The axis was of the ends alone, and the line lay far above it."""
    endless = np.full(2, np.inf)
    frame = pd.DataFrame({"x": [0.0, 1.0], "estimate": [40.0, 50.0], "low": -endless, "high": endless})
    frame = frame.assign(lower=frame["low"], upper=frame["high"])
    figure = json.loads(effect_regions({Model.RANDOM_INTERCEPT: frame}, {}, x_label="z", y_label="x").to_json())
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 0 and high > 50
