from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.axes import Look
from lmmcompare.figures.rejection import Panel, share_figure
from lmmcompare.figures.theme import MODELS

FRAME = pd.DataFrame({
    "model": ["ols", "ols_robust", "random_intercept"], "label": ["OLS", "OLS, cluster-robust", "Random intercept"],
    "rejection": [0.44, 0.041, 0.0], "rejection_mcse": [0.01, 0.004, 0.0],
    "coverage": [0.56, 0.959, 1.0], "coverage_mcse": [0.01, 0.004, 0.0],
})  # fmt: skip
PANELS = [
    Panel("rejection", "5% test<br>rejects", 0.05, (0.0, 0.6)),
    Panel("coverage", "95% interval<br>covers", 0.95, (0.4, 1.0)),
]


def dots(figure):
    return [t for t in figure.data if t.mode == "markers"]


def test_dots_bars_and_values():
    figure = share_figure(FRAME, PANELS)
    first, second = dots(figure)
    assert tuple(first.x) == (0.44, 0.041, 0.0) and tuple(second.x) == (0.56, 0.959, 1.0) and second.xaxis == "x2"
    bars = [t for t in figure.data if t.mode == "lines"]
    np.testing.assert_allclose(bars[0].x, (0.44 - 0.0196, 0.44 + 0.0196))
    assert bars[0].line.color == MODELS["ols"].colour
    np.testing.assert_allclose(bars[5].x, (1, 1))
    texts = [a.text for a in figure.layout.annotations]
    assert texts == ["44%", "4.1%", "0%", "5% test<br>rejects", "56%", "95.9%", "100%", "95% interval<br>covers"]


def test_the_nominal_line_stands_in_its_own_panel():
    figure = share_figure(FRAME, PANELS)
    assert [(s.xref, s.x0, s.x1) for s in figure.layout.shapes] == [("x", 0.05, 0.05), ("x2", 0.95, 0.95)]
    power = share_figure(FRAME, [Panel("rejection", "power", np.nan, (0.0, 1.0))])
    assert not power.layout.shapes


@pytest.mark.parametrize(
    ("limits", "ticks"),
    [
        ((0.0, 0.1), ("0%", "5%")),
        ((0.0, 0.2), ("0%", "10%")),
        ((0.0, 0.6), ("0%", "50%")),
        ((0.0, 1.0), ("0%", "50%", "100%")),
        ((0.8, 1.0), ("90%", "100%")),
        ((0.4, 1.0), ("50%", "100%")),
    ],
)
def test_ticks_of_neighbours_do_not_touch(limits, ticks):
    figure = share_figure(FRAME, [Panel("coverage", "c", 0.95, limits)])
    assert figure.layout.xaxis.ticktext == ticks
    assert figure.layout.xaxis.range == limits


def test_a_phones_axis_has_fewer_ticks():
    figure = share_figure(FRAME, [PANELS[1]], look=Look(narrow=True))
    assert figure.layout.xaxis.ticktext == ("50%", "100%")
    whole = share_figure(FRAME, [Panel("coverage", "c", 0.95, (0.0, 1.0))], look=Look(narrow=True))
    assert whole.layout.xaxis.ticktext == ("0%", "100%")


def test_what_is_not_known_yet_is_no_error():
    unknown = FRAME.assign(rejection=np.nan, rejection_mcse=np.nan, coverage_mcse=np.nan)
    figure = share_figure(unknown, PANELS)
    assert [a.text for a in figure.layout.annotations][:3] == ["·", "·", "·"]
    assert not [t for t in figure.data if t.mode == "lines"]


def test_alt_says_the_numbers_and_names_are_harmless():
    figure = share_figure(FRAME.assign(label="<b>$x$"), PANELS)
    spec = figure.to_plotly_json()
    alt = spec["layout"].pop("meta")["alt"]
    assert "5% test rejects against 5.0%: <b>$x$ 44%; <b>$x$ 4.1%" in alt
    assert "<b>$x$" not in str(spec)
