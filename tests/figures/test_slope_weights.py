from __future__ import annotations

import numpy as np
import pandas as pd

from lmmcompare.figures.axes import Look
from lmmcompare.figures.slope_weights import weight_bars
from lmmcompare.figures.theme import MODELS

HEADS = {"within_label": "within an ID: 0.41", "between_label": "between IDs: 1.57", "group_name": "ID"}


def frame(**weights: float) -> pd.DataFrame:
    return pd.DataFrame({"model": list(weights), "weight_within": list(weights.values()), "estimate": 0.64})


def texts(figure):
    return [a.text for a in figure.layout.annotations]


def test_bars_in_the_order_given_with_percentages_and_colours():
    figure = weight_bars(frame(ols=0.33, random_intercept=0.8, no_pooling=1.0), **HEADS)
    track, bars = figure.data
    np.testing.assert_allclose(bars.x, [0.33, 0.8, 1.0])
    assert set(track.x) == {1.0}
    assert bars.marker.color == tuple(MODELS[m].colour for m in ("ols", "random_intercept", "no_pooling"))
    assert figure.layout.yaxis.ticktext == ("OLS", "Random intercept", "ID dummies")
    assert texts(figure) == ["33%", "80%", "100%", HEADS["within_label"], HEADS["between_label"]]


def test_hover_says_both_weights():
    figure = weight_bars(frame(ols=0.33), **HEADS)
    assert figure.data[1].hovertext == ("<b>OLS</b> 0.640<br>33% within<br>67% between",)


def test_the_axis_reaches_weights_outside_0_to_1():
    low, high = weight_bars(frame(ols=-0.15, random_intercept=1.21), **HEADS).layout.xaxis.range
    assert low < -0.15
    assert high > 1.21
    inside = weight_bars(frame(ols=0.2), **HEADS).layout.xaxis.range
    assert inside[0] == 0
    assert 1 <= inside[1] < 1.01


def test_a_small_share_stands_beside_its_bar_and_a_large_one_inside():
    small, large, negative, *_ = weight_bars(
        frame(ols=0.04, no_pooling=1.0, random_slope=-0.1), **HEADS
    ).layout.annotations
    assert (small.xanchor, large.xanchor) == ("left", "right")
    assert (negative.x, negative.text) == (0, "−10%")


def test_unknown_weights_are_left_out_and_text_is_escaped():
    figure = weight_bars(
        frame(no_pooling=0.5, random_slope=np.nan), within_label="<i>w</i>", between_label="b", group_name="<u>"
    )
    assert len(figure.layout.yaxis.ticktext) == 1 and "&lt;u&gt;" in figure.layout.yaxis.ticktext[0]
    assert "&lt;i&gt;w&lt;/i&gt;" in texts(figure)


def test_height_and_alt():
    figure = weight_bars(frame(ols=0.33, no_pooling=1.0), look=Look(height=123), **HEADS)
    assert figure.layout.height == 123
    assert "OLS 33%" in figure.layout.meta["alt"]


def test_long_heads_do_not_meet_above_the_track():
    *_, within, between = texts(
        weight_bars(
            frame(ols=0.99),
            within_label="weight on within 50.3",
            between_label="on which rows are missing",
            group_name="ID",
        )
    )
    assert within == "weight on<br>within 50.3" and between == "on which rows<br>are missing"
