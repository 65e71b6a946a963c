"""Stems and band go where the frame says, each model with its own mark."""

from __future__ import annotations

import pandas as pd

from lmmcompare.figures.autocorrelation import autocorrelation_plot

FRAME = pd.DataFrame(
    {
        "model": ["random_intercept"] * 2 + ["structured"] * 2,
        "lag": [1.0, 2.0] * 2,
        "pairs": [100, 50] * 2,
        "value": [0.5, 0.1, 0.0, -0.4],
        "lower": [-0.2, -0.28] * 2,
        "upper": [0.2, 0.28] * 2,
    }
)


def test_the_band_and_two_models():
    figure = autocorrelation_plot(FRAME, kind="lags", x_label="<i>Days</i> apart", group_name="Subject")
    below, above, *_ = figure.data
    assert list(below.y) == [-0.2, -0.2, -0.28, -0.28] and list(above.y) == [0.2, 0.2, 0.28, 0.28]
    dots = [trace for trace in figure.data if trace.mode == "markers" and trace.hovertext is not None]
    assert [list(trace.y) for trace in dots] == [[0.5, 0.1], [0.0, -0.4]]
    assert dots[0].marker.symbol != dots[1].marker.symbol and dots[0].x[0] < 1 < dots[1].x[0]
    assert "100 pairs" in dots[0].hovertext[0] and "<i>" not in figure.layout.xaxis.title.text
    assert "2 of 4 values" in figure.layout.meta["alt"] and "0.50" in figure.layout.meta["alt"]


def test_a_variogram_stands_about_one():
    figure = autocorrelation_plot(
        FRAME.assign(value=FRAME["value"] + 1), kind="variogram", x_label="h", group_name="ID"
    )
    assert figure.layout.shapes[0].y0 == 1.0
    dots = [trace for trace in figure.data if trace.mode == "markers" and trace.hovertext is not None]
    assert list(dots[0].x) == [1.0, 2.0]
