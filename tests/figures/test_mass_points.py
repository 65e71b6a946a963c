from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.mass_points import masses_figure

POINTS = pd.DataFrame({"value": [-1.0, 2.0], "mass": [0.6, 0.4]})
GRID = np.linspace(-4, 4, 81)
NORMAL = pd.DataFrame({"value": GRID, "density": np.exp(-(GRID**2) / 2)})


def test_masses_are_stems_as_high_as_the_normal_at_its_top():
    figure = masses_figure(POINTS, NORMAL, x_label="intercept")
    normal, stems, heads = figure.data
    assert max(normal.y) == pytest.approx(0.6)
    np.testing.assert_array_equal(stems.y, [0, 0.6, np.nan, 0, 0.4, np.nan])
    assert list(heads.y) == [0.6, 0.4] and heads.hovertext[1] == "40% at 2.00"
    assert figure.layout.xaxis.range[0] < -4 and figure.layout.yaxis.range[1] > 0.6
    assert "(mass points)" in figure.layout.meta["alt"] and "60% at −1.00" in figure.layout.meta["alt"]


def test_without_a_normal_variance_there_are_masses_only():
    figure = masses_figure(POINTS.iloc[:1].assign(value=0.0, mass=1.0), NORMAL.iloc[:0], x_label="<b>x")
    assert len(figure.data) == 2 and np.isfinite(figure.layout.xaxis.range).all()
    assert "<b>" not in str(figure.layout.xaxis.title.text)
