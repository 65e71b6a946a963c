from __future__ import annotations

import numpy as np
import pandas as pd

from lmmcompare.figures.bootstrap_histogram import interval_figure

INTERVALS = pd.DataFrame({"label": ["Wald", "Profile"], "lower": [1.0, 0.5], "upper": [3.0, 4.0]})
COUNTS = pd.DataFrame({"left": [0.0, 2.0], "right": [2.0, 5.0], "count": [30, 70]})


def test_every_interval_has_its_line_and_the_estimate_goes_through_all():
    figure = interval_figure(INTERVALS, COUNTS.iloc[:0], estimate=2.0, x_label="Days")
    lines = figure.data[0]
    np.testing.assert_array_equal(lines.x, [1, 3, np.nan, 0.5, 4, np.nan])
    assert figure.layout.yaxis.ticktext == ("Wald", "Profile")
    assert figure.layout.shapes[0].x0 == 2.0
    low, high = figure.layout.xaxis.range
    assert low < 0.5 and high > 4
    assert "Wald 1.00 to 3.00; Profile 0.500 to 4.00" in figure.layout.meta["alt"]


def test_the_draws_stand_above_and_share_the_axis():
    figure = interval_figure(INTERVALS, COUNTS, estimate=2.0, x_label="Days")
    bars = figure.data[-1]
    assert list(bars.y) == [30, 70] and list(bars.width) == [2, 3] and list(bars.x) == [1, 3.5]
    assert figure.layout.yaxis.domain[1] == figure.layout.yaxis2.domain[0]
    assert figure.layout.xaxis.range[1] > 5
    assert "histogram of 100 bootstrap draws" in figure.layout.meta["alt"]


def test_a_limit_that_is_not_known_breaks_nothing():
    missing = INTERVALS.assign(upper=[np.nan, np.inf])
    low, high = interval_figure(missing, COUNTS, estimate=2.0, x_label="<b>").layout.xaxis.range
    assert np.isfinite([low, high]).all()
