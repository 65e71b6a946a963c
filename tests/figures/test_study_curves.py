from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.study_curves import Along, Measure, curve_figure
from lmmcompare.figures.theme import MODELS

VALUES = (5, 10, 20, 40)
FRAME = pd.DataFrame({
    "model": ["ols"] * 4 + ["random_intercept"] * 4, "label": ["OLS"] * 4 + ["Random intercept"] * 4, "x": VALUES * 2,
    "value": [0.4, 0.42, 0.44, 0.45, 0.06, 0.05, 0.05, 0.051], "mcse": 0.01,
})  # fmt: skip


def draw(frame=FRAME, **more):
    along = {name: more.pop(name) for name in ("values", "log", "now") if name in more}
    return curve_figure(
        frame, Along("groups", **{"values": VALUES} | along), Measure("rejects", **{"range": (0.0, 1.0)} | more)
    )


def curves(figure):
    return [t for t in figure.data if t.mode == "lines+markers"]


def test_a_line_for_each_model_with_error_bars():
    figure = draw()
    ols, mixed = curves(figure)
    assert tuple(ols.y) == (0.4, 0.42, 0.44, 0.45) and ols.line.color == MODELS["ols"].colour
    assert mixed.marker.symbol == "diamond"
    bars = figure.data[0]
    np.testing.assert_allclose(bars.y[:2], (0.4 - 0.0196, 0.4 + 0.0196))
    assert (ols.name, bars.name) == ("OLS", "OLS, 95% Monte Carlo interval")  # in the table for screen readers
    assert "5.0%, 95% Monte Carlo interval 3.0% to 7.0%" in mixed.hovertext[1]


def test_names_stand_at_the_ends_in_the_order_of_the_lines():
    names = {a.text: a.y for a in draw().layout.annotations}
    assert names["OLS"] > names["Random intercept"]
    same = draw(FRAME.assign(value=0.5))
    places = [a.y for a in same.layout.annotations]
    assert abs(places[0] - places[1]) > 0.05  # kept apart


def test_names_of_lines_that_end_at_the_edge_are_drawn():
    """Plotly draws no label beyond the range of an axis that it is placed by."""
    figure = draw(FRAME.assign(value=1.0))
    layout = figure.layout
    room = layout.height - layout.margin.t - layout.margin.b
    assert {(a.yref, a.yanchor) for a in layout.annotations} == {("paper", "middle")} and len(layout.annotations) == 2
    assert all((a.y - 1) * room + 8.5 <= layout.margin.t + 0.01 for a in layout.annotations)


def test_axes_stay_while_points_come():
    part, whole = draw(FRAME[FRAME["x"] < 20]), draw()
    assert part.layout.xaxis == whole.layout.xaxis and part.layout.yaxis == whole.layout.yaxis
    assert [len(t.x) for t in curves(part)] == [2, 2]
    assert not curves(draw(FRAME.iloc[:0]))
    gap = FRAME.assign(value=FRAME["value"].where(FRAME["x"] != 10))
    assert tuple(curves(draw(gap))[0].x) == (5, 20, 40)


def test_a_log_axis_where_values_double():
    axis = draw(log=True).layout.xaxis
    assert axis.type == "log" and axis.range[0] < np.log10(5) and axis.range[1] > np.log10(40)
    assert axis.ticktext == ("5", "10", "20", "40")


def test_texts_that_would_touch_are_left_out():
    figure = draw(values=(20, 29, 30, 32, 60))
    assert figure.layout.xaxis.ticktext == ("20", "29", "", "32", "60")
    assert figure.layout.xaxis.tickvals == (20, 29, 30, 32, 60)


def test_what_is_promised_and_where_the_settings_stand():
    figure = draw(nominal=0.05, nominal_label="5%", now=20)
    assert [(s.y0, s.x0) for s in figure.layout.shapes] == [(0.05, 0), (0, 20)]
    assert figure.layout.annotations[-1].text == "5%"
    assert not draw().layout.shapes


@pytest.mark.parametrize(("shares", "said"), [(True, "40% to 45%"), (False, "0.400 to 0.450")])
def test_alt_tells_from_where_to_where(shares, said):
    figure = draw(share=shares)
    assert f"OLS from {said}" in figure.layout.meta["alt"]
    evil = draw(FRAME.assign(label="<b>$x$"), share=shares).to_plotly_json()
    evil["layout"].pop("meta")
    assert "<b>$x$" not in str(evil)


def test_no_interval_without_width_is_told():
    """Of 200 studies that all found the effect the 95% interval (Wilson's) begins at 98.1%, not at 100%."""
    power = FRAME.assign(value=[0.4, 1.0, 1.0, 1.0] * 2, mcse=[0.01, 0.0, 0.0, 0.0] * 2)
    hovers = curves(draw(power))[0].hovertext
    assert hovers[3].endswith("100%, all studies alike") and "38% to 42%" in hovers[0]
