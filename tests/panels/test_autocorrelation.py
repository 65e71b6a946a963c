"""The panels of what is left in residuals: figure, sentence, remedy and method."""

from __future__ import annotations

import numpy as np
import pandas as pd

import lmmcompare as lc
from lmmcompare.assess.autocorrelation import autocorrelation as autocorrelation_of
from lmmcompare.assess.level_spreads import spreads_by_level
from lmmcompare.assess.time_order import clock_of
from lmmcompare.explain.autocorrelation import correlation_remedy, spread_remedy
from lmmcompare.panels.autocorrelation import autocorrelation, level_spreads

from .panels_data import drawn, text


def test_what_is_left_and_what_mends_it(table):
    data = table("sleepstudy")
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data)
    result = autocorrelation_of(comparison, clock_of(data, "Days"))
    panel = autocorrelation(comparison, result, correlation_remedy(comparison, result, steps=True, visits=10))
    words = text(panel)
    assert "Serial correlation by Days would hold this" in words and "root of the number of pairs" in words
    assert "Random slopes of Days" in words
    assert drawn(panel, "autocorrelation").layout.xaxis.title.text == "Days apart"
    assert autocorrelation(comparison, None, None) is None


def test_the_order_of_rows_is_named_as_such(table):
    data = table("litters")
    comparison = lc.compare("gain ~ milk + (1 | litter), correlation = cs(1 | litter)", data)
    panel = autocorrelation(comparison, autocorrelation_of(comparison, clock_of(data)), None)
    assert "order means nothing" in text(panel) and "cs(1 | litter)" in text(panel)
    assert "Structured residuals" in str(drawn(panel, "autocorrelation").to_json())


def test_scatter_by_level(table):
    data = table("orthodont_structures")
    comparison = lc.compare("distance ~ Sex * age + (1 | Subject)", data)
    (result,) = spreads_by_level(comparison, data, ["Sex"], data["age"].to_numpy(float))
    panel = level_spreads(result, spread_remedy(comparison, result))
    assert "residual variance for each level of Sex would hold this" in text(panel)
    figure = drawn(panel, "level-spreads")
    assert "levels (Sex)" in figure.layout.meta["alt"]
    assert list(figure.layout.yaxis.ticktext) == ["Male", "Female"]  # the first level on top


def test_beside_random_slopes_at_least_95_percent_lie_in_the_band_and_that_is_said():
    """Of 20 groups of 6 rows with independent residuals none of 40 leaves it at the first lag: slopes take up what chance makes alike."""
    outside = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        g, t = np.repeat(np.arange(20), 6), np.tile(np.arange(6), 20)
        y = rng.normal(size=20)[g] + 0.5 * rng.normal(size=20)[g] * t + rng.normal(size=120)
        frame = pd.DataFrame({"g": g, "t": t, "y": y})
        comparison = lc.compare("y ~ t + (t | g)", frame)
        result = autocorrelation_of(comparison, clock_of(frame, "t"))
        first = result.frame.iloc[0]
        outside.append(abs(first["value"]) > first["upper"])
    assert np.mean(outside) < 0.05
    words = text(autocorrelation(comparison, result, None))
    assert "at least 95% of values would lie within" in words and "fewer lie outside" in words
    alone = lc.compare("y ~ t + (1 | g)", frame)
    assert "at least" not in text(autocorrelation(alone, autocorrelation_of(alone, clock_of(frame, "t")), None))
