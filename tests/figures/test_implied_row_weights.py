"""Weights as stems over those of independent rows; worth along the correlation with the data's own point."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.implied_row_weights import effective_rows_curve, row_weights_plot

FRAME = pd.DataFrame(
    {"time": [0.0, 1, 2], "mean": [0.4, 0.2, 0.4], "trend": [-0.5, 0, 0.5], "trend_independent": [-0.4, 0, 0.4]}
)


def test_mean_above_and_trend_below():
    figure = row_weights_plot(FRAME, x_label="<b>t</b>", structure="ar1(t | g)")
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert [list(trace.y) for trace in dots[1::2]] == [[0.4, 0.2, 0.4], [-0.5, 0, 0.5]]
    assert list(dots[0].y) == pytest.approx([1 / 3] * 3) and list(dots[2].y) == [-0.4, 0, 0.4]
    assert sum(bool(trace.showlegend) for trace in dots) == 2 and "<b>" not in figure.layout.xaxis.title.text
    assert "20%" in figure.layout.meta["alt"]


def test_without_a_time_there_is_no_trend():
    figure = row_weights_plot(FRAME.assign(trend=np.nan), x_label="row", structure="cs(1 | g)")
    assert {trace.yaxis for trace in figure.data} == {"y"}


def test_the_curves_end_where_they_leave_the_axis():
    curve = pd.DataFrame(
        {
            "structure": ["cs"] * 3 + ["ar1"] * 3,
            "rho": [-0.2, 0, 1, -0.9, 0, 0.9],
            "effective_rows": [1e4, 5, 1, 80, 5, 2],
        }
    )
    figure = effective_rows_curve(curve, rows=5, kind="ar1", rho=0.5, worth=3.0)
    one, serial, point = figure.data
    assert list(one.x) == [0, 1] and list(serial.x) == [0, 0.9] and (point.x[0], point.y[0]) == (0.5, 3.0)
    assert serial.line.color == point.marker.color != one.line.color
    assert figure.layout.yaxis.type == "log" and 10 ** figure.layout.yaxis.range[1] > 25
