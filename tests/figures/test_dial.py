from __future__ import annotations

import json
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.dial import TALL, WIDE, dial_figure
from lmmcompare.figures.dial_scene import MOST, WORST, MovingLines, RatioPath
from lmmcompare.figures.theme import MODELS

from .figures_data import sorted_options

EVIL = "<b>$x$ %{y}"


def parts(groups: int = 6, steps: int = 61, chosen: int = 30, names: list[str] | None = None) -> dict:
    """The options of a dial from 1.2 down to 0.4, its lines rising from step to step."""
    order = names or [f"g{i}" for i in range(groups)]
    ratio = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, steps - 2), [1e6]])
    weight = np.concatenate([[0.3], 0.3 + 0.7 * np.linspace(0, 1, steps - 2), [1 - 1e-6]])
    curve = pd.DataFrame({"ratio": ratio, "estimate": 1.5 - 1.1 * weight, "se": 0.1, "weight_within": weight})
    curve["drop"] = 0.02 * (np.arange(steps) - chosen) ** 2.0
    rng = np.random.default_rng(1)
    group_x = np.sort(rng.normal(4, 2, (len(order), 2)), axis=1)
    points = pd.DataFrame({"group": order, "x": group_x[:, 0], "y": 4.0})
    return {
        "curve": curve,
        "chosen": chosen,
        "points": points,
        "group_x": group_x,
        "group_y": rng.normal(4, 2, (steps, len(order), 2)),
        "population_x": np.array([0.0, 8.0]),
        "population_y": np.arange(2.0 * steps).reshape(steps, 2) / 20,
        "ols_y": np.array([-1.0, 8.0]),
        "group_order": order,
        "x_label": "X",
        "y_label": "Y",
        "x_range": (0.0, 8.0),
        "y_range": (-2.0, 10.0),
        "term_label": "slope of X",
    }


def draw(**options):
    axes, look, own = sorted_options(**options)
    path, lines = (
        kind(**{f.name: own.pop(f.name) for f in fields(kind) if f.name in own}) for kind in (RatioPath, MovingLines)
    )
    return dial_figure(path, own.pop("points"), lines, axes, look=look, **({"start": path.chosen} | own))


def kilobytes(figure) -> float:
    return len(figure.to_json()) / 1e3


def lines(figure) -> list:
    """The moving lines of groups."""
    return [t for t in figure.data if t.type == "scatter" and t.mode == "lines" and t.customdata is not None]


def test_a_frame_and_a_step_of_the_slider_for_every_ratio():
    figure = draw(**parts())
    (slider,) = figure.layout.sliders
    assert [f.name for f in figure.frames] == [str(i) for i in range(61)]
    assert [s.args[0] for s in slider.steps] == [(str(i),) for i in range(61)]
    assert slider.active == 30
    how = slider.steps[7].args[1]
    assert (how["mode"], how["frame"]["redraw"], how["transition"]["duration"]) == ("immediate", False, 0)
    assert slider.steps[7].method == "animate"
    assert [slider.steps[i].label for i in (0, 1, 60)] == ["0", "0.0010", "∞"]
    assert slider.currentvalue.prefix == "variance between IDs ÷ variance within: "


def test_on_a_phone_the_slider_stands_between_the_lines_that_it_moves_and_the_curves():
    layout = draw(**parts(), narrow=True).layout
    assert layout.yaxis.domain[0] > layout.yaxis4.domain[1]
    room = layout.height - layout.margin.t - layout.margin.b
    top, pixels = layout.sliders[0].y, 40  # of its words and its handle
    assert layout.yaxis4.domain[0] >= top and top - pixels / room > layout.yaxis2.domain[1]
    wide = draw(**parts()).layout
    assert wide.sliders[0].y < wide.yaxis3.domain[0] <= wide.yaxis2.domain[0]


def test_the_figure_starts_at_the_frame_that_was_chosen():
    figure = draw(**parts())
    frame = figure.frames[30]
    for index, now in zip(frame.traces, frame.data, strict=True):
        shown = figure.data[index]
        assert shown.type == now.type
        for key in {"x", "y", "text"} & set(now.to_plotly_json()):
            assert shown[key] == now[key]


def test_frames_hold_only_what_moves():
    figure = draw(**parts(groups=20))
    moving = set(figure.frames[0].traces)
    for frame in figure.frames:
        assert set(frame.traces) == moving
        assert frame.layout.to_plotly_json() == {}
        for trace in frame.data:
            assert set(trace.to_plotly_json()) <= {"type", "x", "y", "text"}
    rows = next(i for i, t in enumerate(figure.data) if t.mode == "markers")
    curves = [i for i, t in enumerate(figure.data) if t.hovertext and len(t.hovertext) == 61]
    assert len(curves) == 2
    assert not moving & {rows, *curves}


def test_the_lines_follow_the_groups_and_the_ratio():
    given = parts(groups=3)
    figure = draw(**given)
    for index, now in zip(figure.frames[5].traces, figure.frames[5].data, strict=True):
        trace = figure.data[index]
        if trace.customdata is not None:
            at = given["group_order"].index(trace.customdata[0])
            np.testing.assert_allclose(trace.x[:2], given["group_x"][at], atol=1e-3)
            np.testing.assert_allclose(now.y[:2], given["group_y"][5, at], atol=1e-3)
            assert now.y[2] is None


def test_the_values_at_a_ratio_in_words_and_as_a_bar():
    figure = draw(**parts())
    texts = [f.data[-1].text for f in figure.frames]
    assert texts[0] == ("30% within", "ratio 0 (OLS): slope of X <b>1.17</b>")
    assert texts[60] == ("100% within", "ratio ∞ (ID dummies): slope of X <b>0.40</b>")
    assert texts[30][1].startswith("ratio 1.0: slope of X")
    assert figure.frames[0].data[-2].x == (0.3,)


def test_the_landmarks_wear_the_models_colours():
    figure = draw(**parts(), method="ML")
    marks = next(t for t in figure.data if t.text and "OLS" in t.text)
    assert marks.text == ("OLS", "ID dummies", "ML chooses")
    assert marks.marker.color == tuple(MODELS[m].colour for m in ("ols", "no_pooling", "random_intercept"))
    np.testing.assert_allclose(np.log10(marks.x[0]), -3 - 6 / 58, rtol=1e-4)
    np.testing.assert_allclose(np.log10(marks.x[1]), 3 + 6 / 58, rtol=1e-4)
    low, high = figure.layout.xaxis2.range
    assert low < np.log10(marks.x[0]) < np.log10(marks.x[1]) < high
    assert figure.layout.xaxis3.ticktext[0] == "0"
    assert figure.layout.xaxis3.ticktext[-1] == "∞"


def test_the_far_end_has_no_dummies_for_a_predictor_that_is_constant_within_groups():
    given = parts()
    given["curve"]["weight_within"] = 0.0
    figure = draw(**given)
    marks = next(t for t in figure.data if t.text and "OLS" in t.text)
    assert marks.text[1] == "every ID counts the same"
    assert marks.marker.color[1] == MODELS["population"].colour


def test_the_drop_is_best_on_top_and_clipped():
    given = parts()
    figure = draw(**given)
    worst, best = figure.layout.yaxis3.range
    assert worst == WORST
    assert best < 0
    markers = [f.data[-3].y[1] for f in figure.frames]
    assert max(markers) == WORST
    assert markers[30] == 0
    given["curve"]["drop"] = given["curve"]["drop"] / 18
    assert 1.92 < draw(**given).layout.yaxis3.range[0] < WORST


def test_a_flat_curve_stays_flat():
    given = parts()
    given["curve"]["estimate"] = 10.467286 + 1e-12 * np.arange(61)
    low, high = draw(**given).layout.yaxis2.range
    assert high - low > 0.1


@pytest.mark.parametrize("chosen", [0, 1, 59])
def test_a_ratio_chosen_at_an_end(chosen: int):
    figure = draw(**parts(chosen=chosen))
    marks = next(t for t in figure.data if t.text and "OLS" in t.text)
    assert marks.x[2] > 0
    assert len(set(marks.textposition)) > 1
    assert figure.layout.sliders[0].active == chosen


def test_at_most_sixty_lines_and_it_is_said():
    given = parts(groups=500)
    figure = draw(**given, highlight="g77")
    drawn = {group for trace in lines(figure) for group in trace.customdata} - {""}
    assert len(drawn) == MOST
    assert "g77" in drawn
    assert "Lines of 60 IDs are drawn" in {a.text for a in figure.layout.annotations}
    few = draw(**parts(groups=60))
    assert len({group for trace in lines(few) for group in trace.customdata} - {""}) == 60
    assert not any("Lines of" in a.text for a in few.layout.annotations)


@pytest.mark.parametrize(("groups", "most"), [(20, 150), (60, 280), (500, 320)])
def test_the_figure_is_small(groups: int, most: float):
    assert kilobytes(draw(**parts(groups=groups))) < most


def test_numbers_are_sent_as_plain_lists():
    spec = json.loads(draw(**parts()).to_json())
    assert "bdata" not in json.dumps(spec["frames"])
    assert "bdata" not in json.dumps([spec["data"][i] for i in spec["frames"][0]["traces"]])


def test_a_large_outcome_in_a_narrow_range_keeps_its_digits():
    given = parts() | {"y_range": (2_000_000.0, 2_000_001.0)}
    given["group_y"] = given["group_y"] / 1e2 + 2_000_000
    frame = draw(**given).frames[0]
    np.testing.assert_allclose(np.array(frame.data[0].y[:2]) - 2e6, given["group_y"][0, 0] - 2e6, atol=1e-4)


def test_a_highlighted_group_is_thick_and_the_others_step_back():
    figure = draw(**parts(), highlight="g2")
    widths = {trace.customdata[0]: (trace.line.width, trace.opacity) for trace in lines(figure)}
    assert widths["g2"] == (4.5, None)
    assert widths["g1"] == (1.75, 0.25)
    assert {t.opacity for t in lines(draw(**parts()))} == {1.0}


def test_names_are_escaped_and_click_data_are_not():
    given = parts(names=[EVIL, "g1"]) | {"x_label": EVIL, "y_label": EVIL, "term_label": EVIL}
    spec = draw(**given, group_name=EVIL).to_plotly_json()
    spec["layout"].pop("meta")
    clicks = [group for t in spec["data"] for group in t.pop("customdata", [])]
    assert EVIL in clicks
    assert "<b>$" not in str(spec)
    assert "$x$" not in str(spec)


@pytest.mark.parametrize("stacked", [False, True])
def test_panels_stay_inside_and_apart(stacked: bool):
    layout = draw(**parts(), narrow=stacked).layout
    places = [(*layout[f"xaxis{k}"].domain, *layout[f"yaxis{k}"].domain) for k in ("", "2", "3", "4")]
    for left, right, low, high in places:
        assert 0 <= left < right <= 1
        assert 0 <= low < high <= 1
    for i, a in enumerate(places):
        for b in places[i + 1 :]:
            assert a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] or b[3] <= a[2]
    assert layout.height == (TALL if stacked else WIDE)
    assert layout.sliders[0].x == layout.xaxis2.domain[0]
    assert layout.sliders[0].len == pytest.approx(1 - layout.xaxis2.domain[0])


def test_alt_height_and_ranges():
    figure = draw(**parts(), height=300)
    assert figure.layout.height == 300
    assert "which REML chooses" in figure.layout.meta["alt"]
    assert figure.layout.xaxis.range == (0, 8)
    assert figure.layout.yaxis.range == (-2, 10)


@pytest.mark.parametrize("start", [0, 12, 60])
def test_it_starts_where_it_is_turned_to_and_keeps_what_was_fitted(start: int):
    figure, fitted = draw(**parts(), start=start), draw(**parts())
    assert figure.layout.sliders[0].active == start
    frame = figure.frames[start]
    for index, now in zip(frame.traces, frame.data, strict=True):
        for key in {"x", "y", "text"} & set(now.to_plotly_json()):
            assert figure.data[index][key] == now[key]
    assert figure.frames == fitted.frames
    assert figure.layout.meta == fitted.layout.meta


@pytest.mark.parametrize(("chosen", "side"), [(10, "right"), (50, "left")])
def test_what_the_dotted_line_is_stands_clear_of_the_curve(chosen: int, side: str):
    given = parts(chosen=chosen)
    given["curve"]["drop"] = 0.05 * (np.arange(61) - chosen) ** 2.0
    (said,) = [a for a in draw(**given).layout.annotations if "95%" in a.text]
    assert (said.text, said.xanchor, said.yanchor) == ("above: 95% interval", side, "top")
    assert said.y == pytest.approx(1.92)


def test_two_categories_have_their_names_on_the_axis():
    axis = draw(**parts(), x_ticks={0.0: "control", 1.0: EVIL}).layout.xaxis
    assert axis.tickvals == (0.0, 1.0)
    assert axis.ticktext[0] == "control"
    assert "<b>" not in axis.ticktext[1]


def test_the_line_of_ols_lies_on_top_and_stays():
    given = parts(groups=60)
    figure = draw(**given)
    assert figure.data[-1].line.color == MODELS["ols"].colour
    assert figure.data[-1].y == tuple(given["ols_y"])
    assert len(figure.data) - 1 not in figure.frames[0].traces
