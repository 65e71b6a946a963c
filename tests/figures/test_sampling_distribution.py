from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.sampling_distribution import sampling_figure
from lmmcompare.figures.theme import MODELS, PAGE

MODELS_DRAWN = ["ols", "ols_robust", "random_intercept"]


def bins(counts, model="ols"):
    edges = np.linspace(-1, 1, len(counts) + 1)
    return pd.DataFrame({"model": model, "left": edges[:-1], "right": edges[1:], "count": counts})


COUNTS = pd.concat([bins([0, 2, 10, 40, 10, 2, 0, 0], m) for m in MODELS_DRAWN], ignore_index=True)
SUMMARY = pd.DataFrame({
    "model": MODELS_DRAWN, "label": ["OLS", "OLS, cluster-robust", "Random intercept"], "mean": [-0.1, -0.1, 0.0],
    "low": -0.5, "high": 0.25, "claimed_low": [-0.2, -0.6, -0.5], "claimed_high": [0.1, 0.4, 0.5],
})  # fmt: skip


def draw(counts=COUNTS, summary=SUMMARY, truth=0.0, **more):
    options = {"truth_label": "true slope 0", "x_label": "estimated slope", "x_range": (-1.0, 1.0)} | more
    return sampling_figure(counts, summary, truth=truth, **options)


def filled(figure):
    return [t for t in figure.data if t.fill == "toself"]


def test_a_row_for_each_model_from_the_top_down():
    figure = draw()
    assert figure.layout.yaxis.ticktext == ("OLS", "OLS, cluster-<br>robust", "Random intercept")
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    means = next(t for t in figure.data if t.mode == "markers" and len(t.x) == 3)
    assert means.x == (-0.1, -0.1, 0.0)
    assert means.marker.symbol == ("circle", "circle", "diamond")
    assert [c == PAGE.background for c in means.marker.color] == [False, True, False]


def test_each_histogram_stands_on_its_row_and_fills_the_same_height():
    outlines = filled(draw())
    assert len(outlines) == 6  # all of it, and its middle, for each model
    for place, whole in enumerate(outlines[::2]):
        assert max(whole.y) == place and min(whole.y) == pytest.approx(place - 0.72)
        assert (whole.x[0], whole.x[-1]) == (-0.75, 0.5)  # empty bins at the ends are left out
    assert MODELS["ols"].colour == "#1B5FAA" and outlines[0].fillcolor == "rgba(27,95,170,0.28)"


def test_the_darker_part_is_the_middle_95_per_cent():
    middle = filled(draw())[1]
    assert (middle.x[0], middle.x[-1]) == (-0.5, 0.25)
    assert "0.75" in middle.fillcolor


def test_the_claimed_range_lies_below_each_row():
    claims = next(t for t in draw().data if t.mode == "lines" and t.line.width == 1.75 and len(t.x) > 2)
    assert tuple(claims.x[:2]) == (-0.2, 0.1) and claims.y[0] == claims.y[1] == pytest.approx(0.13)
    assert tuple(claims.x[6:8]) == (-0.5, 0.5)


def test_the_truth_goes_through_all_rows():
    figure = draw()
    line = next(t for t in figure.data if t.x is not None and tuple(t.x) == (0.0, 0.0))
    assert set(line.y) == set(figure.layout.yaxis.range) and line.line.color == PAGE.text
    assert figure.layout.annotations[0].text == "<b>true slope 0</b>"
    without = draw(truth=np.nan)
    assert not without.layout.annotations


def test_the_axis_is_the_one_given_whatever_comes():
    few, many = draw(), draw(counts=COUNTS.assign(count=COUNTS["count"] * 100))
    assert few.layout.xaxis.range == many.layout.xaxis.range == (-1, 1)
    assert few.layout.height == many.layout.height and few.layout.margin == many.layout.margin


def test_nothing_drawn_yet_is_no_error():
    summary = SUMMARY.assign(low=np.nan, high=np.nan, claimed_low=np.nan, claimed_high=np.nan, mean=np.nan)
    assert not filled(draw(counts=COUNTS.assign(count=0), summary=summary))


def test_alt_says_it_and_names_are_harmless():
    figure = draw(summary=SUMMARY.assign(label="<i>$a$</i>"), x_label="estimated slope")
    spec = figure.to_plotly_json()
    assert "middle 95% from −0.500 to 0.250" in spec["layout"].pop("meta")["alt"]
    assert "<i>" not in str(spec)
