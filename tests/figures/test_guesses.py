"""Where a class guesses that the mixed model's line will fall."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lmmcompare.figures import line_frame
from lmmcompare.figures.axes import Axes
from lmmcompare.figures.guesses import guess_line, histogram

POINTS = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [1.0, 2.0, 6.0]})
AXES = Axes("x <b>", "y", (-1.0, 3.0), (0.0, 7.0), data_x_range=(0.0, 2.0), group_name="ID")


def test_every_line_has_its_slope_and_goes_through_the_middle():
    figure = guess_line(POINTS, (1.0, 3.0), {"ols": 2.5, "guess": -1.0}, AXES)
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    for line, slope in zip(lines, (2.5, -1.0), strict=True):
        assert (line.y[1] - line.y[0]) / (line.x[1] - line.x[0]) == slope
        assert np.interp(1.0, line.x, line.y) == 3.0
    assert [line.name for line in lines] == ["OLS", "your guess"]
    assert len({(line.line.color, line.line.dash) for line in lines}) == 2


def test_the_histogram_counts_every_guess_that_is_taken():
    figure = histogram(np.array([0.1, 0.1, 0.9]), (0.0, 1.0), {"ols": 0.5}, x_label="x <i>", decimals=2)
    assert sum(figure.data[0].y) == 3
    assert figure.data[1].x == (0.5, 0.5)
    assert "0.50" in figure.layout.annotations[0].text and "3 guesses" in figure.layout.meta["alt"]
    assert "<i>" not in figure.layout.xaxis.title.text
    assert figure.layout.height == line_frame.HEIGHT, "the buttons below would move from step to step"


def test_nobody_has_guessed():
    assert sum(histogram(np.array([]), (0.0, 1.0), {}, x_label="x", decimals=2).data[0].y) == 0
