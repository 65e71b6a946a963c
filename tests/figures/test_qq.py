from __future__ import annotations

import numpy as np
import pandas as pd

from lmmcompare.figures.qq import quantile_plot
from lmmcompare.figures.theme import MODELS, PAGE, SVG_LIMIT


def frame(n: int = 9, far: tuple[int, ...] = (0, 8)) -> pd.DataFrame:
    expected = np.linspace(-2, 2, n)
    observed = expected.copy()
    observed[list(far)] *= 3
    return pd.DataFrame({
        "label": [f"row {i + 1}, Subject s{i}" for i in range(n)], "expected": expected, "observed": observed,
        "lower": expected - 0.5, "upper": expected + 0.5, "lower_all": expected - 1, "upper_all": expected + 1,
        "outside": np.isin(np.arange(n), far),
    })  # fmt: skip


def markers(figure):
    return [t for t in figure.data if t.mode == "markers" and t.x[0] is not None]


def test_points_inside_wear_the_models_colour_and_those_outside_another_symbol():
    inside, outside = markers(quantile_plot(frame()))
    assert inside.marker.color == MODELS["random_intercept"].colour and len(inside.x) == 7
    assert outside.marker.color == PAGE.text and outside.marker.symbol == "diamond"
    assert list(outside.x) == [-2, 2]


def test_both_bands_and_the_diagonal_are_drawn():
    figure = quantile_plot(frame(), x_label="expected", y_label="observed")
    bands = [t for t in figure.data if t.fill == "tonexty"]
    np.testing.assert_allclose([b.y[0] for b in bands], [-1, -1.5])
    (diagonal,) = [t for t in figure.data if t.mode == "lines" and t.line.width == 1.25]
    assert tuple(diagonal.x) == tuple(diagonal.y) == (-2, 2)
    assert [t.name for t in figure.data if t.showlegend] == ["95% at each place", "95% of simulated pictures"]


def test_only_points_too_far_out_are_named():
    assert [a.text for a in quantile_plot(frame()).layout.annotations] == ["Subject s0", "Subject s8"]
    closer = frame().assign(observed=lambda f: np.where(f["outside"], f["expected"] / 3, f["observed"]))
    assert not quantile_plot(closer).layout.annotations


def test_names_of_neighbours_keep_their_distance():
    figure = quantile_plot(frame(40, far=(0, 1)))
    low, high = (a.y for a in figure.layout.annotations)
    assert abs(high - low) > 0.06 * 9
    assert figure.layout.yaxis.range[0] < min(low, high) - 0.04 * 9  # clear of the axis


def test_the_range_holds_every_band():
    figure = quantile_plot(frame())
    assert figure.layout.yaxis.range[0] < -6 and figure.layout.yaxis.range[1] > 6


def test_many_points_are_drawn_by_webgl_and_smaller():
    (dots,) = markers(quantile_plot(frame(SVG_LIMIT + 1, far=())))
    assert dots.type == "scattergl" and dots.marker.size == 4


def test_nothing_to_draw_is_said():
    assert quantile_plot(pd.DataFrame(), name="random effects").layout.meta["alt"] == "No random effects to draw."


def test_text_is_escaped():
    evil = frame().assign(label="row 1, <b>$x$")
    spec = quantile_plot(evil, x_label="<b>$x$", y_label="<b>$x$").to_plotly_json()
    spec["layout"].pop("meta")
    assert "<b>$x$" not in str(spec)
