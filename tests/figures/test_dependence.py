"""The curve of the mean's standard error: it goes where the frame says, and tells its numbers to all readers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.dependence import dependence_curve

CURVE = pd.DataFrame({"rho": [-0.25, 0.0, 1.0], "ratio": [0.0, 1.0, 5**0.5], "effective_rows": [np.inf, 30.0, 6.0]})


def test_the_curve_the_interval_and_the_data():
    figure = dependence_curve(CURVE, CURVE.iloc[1:], CURVE.iloc[1], group_name="<b>Batch</b>")
    curve, interval, point = figure.data[:3]
    assert list(curve.x) == [-0.25, 0.0, 1.0] and list(curve.y) == pytest.approx(CURVE["ratio"])
    assert list(interval.x) == [0.0, 1.0] and (list(point.x), list(point.y)) == ([0.0], [1.0])
    assert curve.hovertext[0].endswith("known exactly") and "worth 30 independent rows" in curve.hovertext[1]
    assert "worth 6 independent rows" in {a.text for a in figure.layout.annotations}
    assert "<b>" not in figure.layout.xaxis.title.text  # a column's name is text
    assert "−0.250" in figure.layout.meta["alt"] and "2.24" in figure.layout.meta["alt"]
    assert figure.layout.yaxis.range[0] == 0 and figure.layout.yaxis.range[1] > 5**0.5
