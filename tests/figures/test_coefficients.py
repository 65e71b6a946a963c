from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.axes import Look
from lmmcompare.figures.coefficients import LINE, coefficient_plot
from lmmcompare.figures.theme import MODELS, PAGE

ROWS = [
    ("random_intercept", "X", 0.6376, 0.12),
    ("ols", "X", 1.1849, 0.13),
    ("ols_robust", "X", 1.1849, 0.11),
    ("no_pooling", "X", 0.409, 0.13),
    ("ols", "(Intercept)", -1.1325, 0.68),
    ("random_intercept", "(Intercept)", 1.6768, 0.73),
    ("no_pooling", "(Intercept)", np.nan, np.nan),
]


def frame() -> pd.DataFrame:
    out = pd.DataFrame(ROWS, columns=["model", "term", "estimate", "se"])
    return out.assign(lower=out["estimate"] - 2 * out["se"], upper=out["estimate"] + 2 * out["se"])


def dots(figure):
    return [t for t in figure.data if t.mode == "markers+text"]


def test_one_term_lists_the_models_in_their_order():
    figure = coefficient_plot(frame(), term_labels={"X": "slope of X"}, group_name="ID")
    assert figure.layout.yaxis.ticktext == ("OLS", "OLS, cluster-robust", "ID dummies", "Random intercept")
    (points,) = dots(figure)
    np.testing.assert_allclose(points.x, [1.1849, 1.1849, 0.409, 0.6376])
    assert points.text == ("1.18", "1.18", "0.41", "0.64")
    assert not figure.layout.annotations
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_intervals_have_the_models_colours_and_the_robust_dot_is_hollow():
    figure = coefficient_plot(frame(), term_labels={"X": "X"}, group_name="ID")
    intervals = [t for t in figure.data if t.mode == "lines"]
    order = ["ols", "ols_robust", "no_pooling", "random_intercept"]
    assert [t.line.color for t in intervals] == [MODELS[m].colour for m in order]
    np.testing.assert_allclose(intervals[0].x, [1.1849 - 0.26, 1.1849 + 0.26])
    fill = dots(figure)[0].marker.color
    assert [colour == PAGE.background for colour in fill] == [False, True, False, False]


def test_each_term_has_its_own_axis_and_title():
    labels = {"(Intercept)": "Intercept", "X": "X <b>"}
    figure = coefficient_plot(frame(), term_labels=labels, columns=2, group_name="ID")
    assert len(dots(figure)) == 2
    assert figure.layout.xaxis.range != figure.layout.xaxis2.range
    assert figure.layout.yaxis.showticklabels
    assert not figure.layout.yaxis2.showticklabels
    assert {"Intercept", "X &lt;b&gt;"} <= {a.text for a in figure.layout.annotations}


def test_long_names_take_two_lines_with_room_for_them():
    labels = {"X": "bodyLength2, mean of its mountainRange", "(Intercept)": "Intercept"}
    figure, short = (
        coefficient_plot(frame(), term_labels=t, group_name="mountainRange") for t in (labels, {**labels, "X": "X"})
    )
    assert "bodyLength2, mean of its<br>mountainRange" in {a.text for a in figure.layout.annotations}
    assert figure.layout.height == short.layout.height + 2 * LINE
    assert "mountainRange<br>dummies" in figure.layout.yaxis.ticktext


def test_an_estimate_that_is_missing_is_said_and_one_never_asked_for_is_blank():
    figure = coefficient_plot(frame(), term_labels={"(Intercept)": "Intercept"}, group_name="ID")
    (note,) = figure.layout.annotations
    assert note.text == "cannot be estimated"
    assert figure.layout.yaxis.ticktext[note.y] == "ID dummies"
    assert len(dots(figure)[0].x) == 2


def test_hover_has_a_real_minus_and_the_interval():
    figure = coefficient_plot(frame(), term_labels={"(Intercept)": "Intercept"}, group_name="ID")
    assert dots(figure)[0].hovertext[0] == "<b>OLS</b><br>Intercept −1.13<br>95% interval −2.49 to 0.23<br>SE 0.68"


def test_height_can_be_fixed():
    figure = coefficient_plot(frame(), term_labels={"X": "X"}, look=Look(height=222), group_name="ID")
    assert figure.layout.height == 222


@pytest.mark.parametrize("columns", [1, 2, 5])
def test_panels_stay_inside_the_figure(columns: int):
    labels = {"(Intercept)": "Intercept", "X": "X"}
    layout = coefficient_plot(frame(), term_labels=labels, columns=columns, x_label="estimate", group_name="ID").layout
    for axis in (layout.xaxis, layout.xaxis2, layout.yaxis, layout.yaxis2):
        assert 0 <= axis.domain[0] < axis.domain[1] <= 1


def test_a_term_without_any_estimate():
    empty = frame().assign(estimate=np.nan, lower=np.nan, upper=np.nan)
    assert len(coefficient_plot(empty, term_labels={"X": "X"}, group_name="ID").layout.annotations) == 4
