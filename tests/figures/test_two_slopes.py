from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.theme import MODELS, PAGE, group_colours
from lmmcompare.figures.two_slopes import two_slopes

from .figures_data import AXES, sorted_options

LABELS = {"within": "within 0.41", "between": "between 1.57", "ols": "OLS 1.18"}
EVIL = "<b>$x$"


def parts(groups: list[str]) -> dict:
    at = np.arange(len(groups)) + 1.0
    points = pd.DataFrame({"group": np.repeat(groups, 3), "x": np.repeat(at, 3), "y": np.repeat(at, 3)})
    means = pd.DataFrame({"group": groups, "x": at, "y": at, "n": 3 + 6 * (np.arange(len(groups)) % 3)})
    within = pd.DataFrame({"group": np.repeat(groups, 2), "x": np.repeat(at, 2), "y": np.repeat(at, 2)})
    within.loc[1::2, "x"] += 1
    line = pd.DataFrame({"x": [0.0, 8.0], "y": [0.0, 9.0]})
    return {
        "points": points,
        "means": means,
        "lines": {"within": within, "between": line, "ols": line + 1},
        "labels": LABELS,
        "group_order": groups,
    }


def draw(**options):
    axes, look, own = sorted_options(**options)
    return two_slopes(axes=axes, look=look, **own)


def centred(groups: list[str]) -> dict:
    own = pd.DataFrame({"group": "", "x": [-1.0, 1.0], "y": [-0.4, 0.4]})
    given = parts(groups)
    return given | {"lines": given["lines"] | {"within": own}, "centred": True}


def by_width(figure, dash=None):
    return [t for t in figure.data if t.mode == "lines" and t.line.dash == dash and not t.showlegend]


def test_means_are_ringed_and_larger_than_the_cloud():
    figure = draw(**parts(["a", "b", "c"]))
    cloud, means = (t for t in figure.data if t.mode == "markers")
    assert list(means.customdata) == ["a", "b", "c"]
    assert means.marker.line.color == PAGE.text
    assert min(means.marker.size) > cloud.marker.size
    assert means.marker.size[2] > means.marker.size[0]
    assert cloud.marker.opacity < 0.5
    assert list(means.marker.color) == list(group_colours(["a", "b", "c"]).values())


def test_three_kinds_of_line_told_apart_by_colour_and_dash():
    figure = draw(**parts(["a", "b"]))
    (between,) = by_width(figure, "dash")
    assert between.line.color == PAGE.text
    assert between.line.color not in {style.colour for style in MODELS.values()} - {MODELS["truth"].colour}
    (ols,) = by_width(figure, "solid")
    assert ols.line.color == MODELS["ols"].colour
    np.testing.assert_allclose(ols.y, [1, 10])
    own = by_width(figure)
    assert {t.line.color for t in own} == set(group_colours(["a", "b"]).values())
    legend = [t.name for t in figure.data if t.showlegend]
    assert legend == ["within 0.41", "between 1.57", "OLS 1.18"]


@pytest.mark.parametrize("count", [3, 40, 500])
def test_lines_of_any_number_of_groups_are_a_handful_of_traces(count: int):
    figure = draw(**parts([f"g{i}" for i in range(count)]))
    assert len(figure.data) <= 20
    own = by_width(figure)
    assert sum(len(t.x) for t in own) == 3 * count - len(own)
    assert {g for t in own for g in t.customdata} - {""} == {f"g{i}" for i in range(count)}


def test_centred_leaves_the_line_within_alone_and_in_the_dummies_orange():
    figure = draw(**centred(["a", "b"]))
    (line,) = [t for t in figure.data if t.mode == "lines" and not t.showlegend]
    assert line.line.color == MODELS["no_pooling"].colour
    assert [t.name for t in figure.data if t.showlegend] == ["within 0.41"]
    assert len([t for t in figure.data if t.mode == "markers"]) == 1
    assert figure.layout.xaxis.title.text == "X − group mean"
    assert figure.layout.xaxis.zeroline
    assert not draw(**parts(["a", "b"])).layout.xaxis.zeroline
    assert "deviations" in figure.layout.meta["alt"]


def test_lines_that_do_not_exist_are_left_out():
    given = parts(["a", "b"])
    none = {"between": given["lines"]["between"].iloc[:0], "ols": given["lines"]["ols"].iloc[:0]}
    figure = draw(**given | {"lines": given["lines"] | none, "means": given["means"].iloc[:0]})
    assert [t.name for t in figure.data if t.showlegend] == ["within 0.41"]
    assert not by_width(figure, "solid")


def test_highlight_is_on_top_and_the_rest_steps_back():
    figure = draw(**parts(["a", "b", "c"]), highlight="b")
    assert [t.line.width for t in by_width(figure) if "b" in t.customdata] == [4.5]
    means = [t for t in figure.data if t.mode == "markers"][-1]
    assert list(means.marker.opacity) == [0.35, 1, 0.35]
    nobody = draw(**parts(["a", "b", "c"]), highlight="nobody")
    assert [t for t in nobody.data if t.mode == "markers"][-1].marker.opacity == 1


def test_names_are_escaped_and_click_data_are_not():
    given = parts([EVIL, "b"]) | {"x_label": EVIL, "y_label": EVIL, "labels": dict.fromkeys(LABELS, EVIL)}
    spec = draw(**given, group_name=EVIL).to_plotly_json()
    spec["layout"].pop("meta")
    clicks = [group for t in spec["data"] for group in t.pop("customdata", [])]
    assert clicks.count(EVIL) == 6
    assert EVIL not in str(spec)
    assert "&lt;b&gt;" in str(spec)


def test_ranges_are_fixed():
    layout = draw(**parts(["a"]), height=222).layout
    assert layout.xaxis.range == AXES.x_range
    assert layout.yaxis.range == AXES.y_range
    assert layout.height == 222


def test_a_figure_is_all_svg_or_all_webgl():
    for count, kind in ((10, "scatter"), (1_600, "scattergl")):
        figure = draw(**parts([f"g{i}" for i in range(count)]))
        assert {t.type for t in figure.data if not t.showlegend} == {kind}
