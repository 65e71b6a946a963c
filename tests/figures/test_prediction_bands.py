from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.axes import Look
from lmmcompare.figures.prediction_bands import prediction_bands
from lmmcompare.figures.theme import COLOURS, DARK_OF
from lmmcompare.model_catalogue import Model


def frame() -> pd.DataFrame:
    x = np.arange(5.0)
    return pd.DataFrame(
        {"x": x, "estimate": x, "lower": x - 1, "upper": x + 1, "expected": x, "low": x - 3, "high": x + 3},
    )


def draw(**more):
    options = {"x_label": "Days", "y_label": "Reaction", "name": "Subject 308"} | more
    points = pd.DataFrame({"x": [1.0, 2.0], "y": [40.0, 1.0]})
    return prediction_bands(frame(), frame().iloc[2], points, **options)


def test_the_wide_band_lies_under_the_narrow_one():
    figure = draw()
    filled = [t for t in figure.data if t.fill == "tonexty"]
    np.testing.assert_array_equal(filled[0].y, frame()["high"])
    np.testing.assert_array_equal(filled[1].y, frame()["upper"])
    assert filled[0].fillcolor != filled[1].fillcolor
    stems = [t for t in figure.data if t.x is not None and list(t.x) == [2.0, 2.0]]
    assert [list(t.y) for t in stems] == [[-1.0, 5.0], [1.0, 3.0]]
    low, high = figure.layout.yaxis.range
    assert low < -3 and high > 40  # rows outside the bands are in the picture


@pytest.mark.parametrize("ticks", [None, {0.0: "a", 1.0: "b"}])
def test_a_value_beyond_all_others_is_in_the_picture(ticks):
    far = frame().iloc[2] + 100
    figure = prediction_bands(
        frame(), far, pd.DataFrame({"x": [], "y": []}), x_label="x", y_label="y", name="g", x_ticks=ticks
    )
    assert figure.layout.xaxis.range[1] > 102 and figure.layout.yaxis.range[1] > 105


def test_categories_have_bars_and_names():
    figure = draw(x_ticks={float(k): name for k, name in enumerate("abcde")})
    assert not [t for t in figure.data if t.fill]
    assert figure.layout.xaxis.ticktext == ("a", "b", "c", "d", "e")
    wide = figure.data[0]
    np.testing.assert_array_equal(wide.y[:3], [-3.0, 3.0, np.nan])


def test_names_are_escaped():
    spec = draw(x_label="<b>$x$", y_label="<i>%{y}", name="<b>").to_plotly_json()
    spec["layout"].pop("meta")
    assert "<b>$x$" not in str(spec) and "%{y}<" not in str(spec).replace("%{y}<extra>", "")


@pytest.mark.parametrize("model", [Model.RANDOM_SLOPE, Model.WITHIN_BETWEEN])
def test_the_picture_has_its_models_colour_and_a_browser_can_turn_it_dark(model):
    points = pd.DataFrame({"x": [1.0, 2.0], "y": [40.0, 1.0]})
    figure = prediction_bands(
        frame(), frame().iloc[2], points, x_label="x", y_label="y", name="g", look=Look(model=model)
    )
    light, dark = COLOURS[model]
    assert {t.line.color for t in figure.data if t.mode == "lines" and t.line.width == 3} == {light}
    red, green, blue = (int(dark[i : i + 2], 16) for i in (1, 3, 5))
    for fill in (t.fillcolor for t in figure.data if t.fill == "tonexty"):
        assert DARK_OF[fill].startswith(f"rgba({red},{green},{blue},")


@pytest.mark.parametrize("ticks", [None, {float(k): name for k, name in enumerate("abcde")}])
def test_where_new_rows_are_expected_beside_the_line_the_legend_says_so(ticks):
    points = pd.DataFrame({"x": [1.0], "y": [40.0]})
    beside = frame().assign(expected=frame()["estimate"] + 0.5)
    figures = [
        prediction_bands(part, part.iloc[2], points, x_label="x", y_label="y", name="g", x_ticks=ticks, look=Look())
        for part in (frame(), beside)
    ]
    plain, further = ({t.name for t in figure.data if t.showlegend} for figure in figures)
    assert plain < further and len(further) == len(plain) + 1
    (entry,) = (t for t in figures[1].data if t.name in further - plain)
    (drawn,) = (t for t in figures[1].data if list(t.x) == list(beside["x"]) and list(t.y) == list(beside["expected"]))
    assert (entry.line, entry.marker) == (drawn.line, drawn.marker)  # looks as what it names
