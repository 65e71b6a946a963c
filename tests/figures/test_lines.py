from __future__ import annotations

import json

import numpy as np
import pandas as pd
import plotly.io
import pytest

from lmmcompare.figures import line_looks
from lmmcompare.figures import traces as marks
from lmmcompare.figures.line_frame import NO_DATA, TOP
from lmmcompare.figures.line_traces import MANY
from lmmcompare.figures.lines import group_lines, switchable_lines
from lmmcompare.figures.theme import BINS, MODELS, PAGE, SVG_LIMIT

from .figures_data import AXES, sorted_options, straight, table

GROUPS = [str(i) for i in range(20)]
LABELS = {"ols": "OLS 1.18", "random_intercept": "mixed model 0.64"}


def draw(groups=GROUPS, models=("random_intercept",), **more):
    points, lines = table(groups, models)
    return plot(points, lines, group_order=groups, **more)


def plot(points, lines, group_order=GROUPS, **more):
    axes, look, own = sorted_options(group_order=group_order, **more)
    return group_lines(points, lines, axes, look=look, **own)


def named(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def dots(figure):
    return [trace for trace in figure.data if trace.mode == "markers"]


def parts(colour):
    """Of a clear colour, the solid one and its strength."""
    *solid, strength = colour.removeprefix("rgba(").removesuffix(")").split(",")
    return "#" + "".join(f"{int(part):02X}" for part in solid), float(strength)


def shown_colours(marker):
    """Each point's colour, from the scale that the numbers stand on."""
    scale = [parts(colour)[0] for _, colour in marker.colorscale]
    return [scale[k] for k in marker.color]


@pytest.mark.parametrize("count", [1, 3, 20, 1000])
def test_traces_are_bounded_whatever_the_number_of_groups(count: int):
    figure = draw([f"g{i}" for i in range(count)])
    assert len(figure.data) <= BINS + 5
    assert sum(len(trace.x) for trace in dots(figure)) == 3 * count


def test_a_point_and_its_line_have_one_colour():
    figure = draw()
    (points,) = dots(figure)
    of_point = dict(zip(points.customdata, shown_colours(points.marker), strict=True))
    of_line = {
        group: trace.line.color
        for trace in named(figure, "Random intercept")
        if trace.customdata is not None
        for group in trace.customdata
        if group
    }
    assert of_point == of_line
    assert len(set(of_point.values())) == BINS


def test_lines_of_several_models_take_the_models_looks_and_points_go_grey():
    figure = draw(models=("no_pooling", "random_intercept"))
    for model, label in (("no_pooling", "ID dummies"), ("random_intercept", "Random intercept")):
        (trace, *_) = [t for t in named(figure, label) if t.customdata is not None]
        assert (trace.line.color, trace.line.dash) == (MODELS[model].colour, MODELS[model].dash)
        assert trace.showlegend
    assert parts(dots(figure)[0].marker.color)[0] == PAGE.muted
    assert figure.layout.showlegend


def test_population_lines_and_their_labels():
    figure = draw(labels=LABELS)
    (ols,) = named(figure, "OLS")
    (mixed,) = [t for t in named(figure, "Random intercept") if t.customdata is None]
    assert (ols.line.color, mixed.line.color) == (MODELS["ols"].colour, MODELS["random_intercept"].colour)
    traces = list(figure.data)
    assert (
        traces.index(ols) > traces.index(mixed) and ols.line.width < mixed.line.width
    )  # both are seen where they coincide
    ends = {a.text: a for a in figure.layout.annotations}
    assert set(ends) == {"OLS 1.18", "mixed model<br>0.64"}
    assert all(a.xref == "paper" and a.x == 1 and a.xanchor == "left" for a in ends.values())
    assert ends["OLS 1.18"].y > ends["mixed model<br>0.64"].y


@pytest.mark.parametrize(("count", "opacity", "halos"), [(MANY, 1.0, []), (MANY + 1, 0.3, [9, 6])])
def test_lines_for_everyone_are_seen_among_many_others(count: int, opacity: float, halos: list[float]):
    figure = draw([f"g{i}" for i in range(count)])
    own = [t for t in named(figure, "Random intercept") if t.customdata is not None]
    assert {t.opacity for t in own} == {opacity}
    traces = list(figure.data)
    under = [i for i, t in enumerate(traces) if t.mode == "lines" and t.line.color == PAGE.background]
    assert [traces[i].line.width for i in under] == halos
    for i in under:  # all of them below all lines, so that none hides another's
        line = traces[i + len(under)]
        assert (traces[i].x.tolist(), traces[i].y.tolist()) == (line.x.tolist(), line.y.tolist())
        assert line.line.width == traces[i].line.width - 4


def test_labels_of_lines_that_end_together_keep_their_distance():
    points, lines = table(GROUPS)
    lines.loc[lines["kind"] == "population", "y"] = 5.0
    figure = plot(points, lines, labels=LABELS)
    heights = sorted(a.y for a in figure.layout.annotations)
    room = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    assert (heights[1] - heights[0]) / 12 * room >= 16


def by_level(draws_bands: bool = False):
    """Two groups, each of one level, with lines for everyone at both levels."""
    points, _ = table(["1", "2"])
    points["level"] = np.repeat(["a", "b"], 3)
    own = [straight("random_intercept", "group", g, (2, 6), (k, k + 1)) for k, g in enumerate("12")]
    common = [straight("ols", "population", "", (2, 6), (k, k + 2)) for k in range(2)]
    lines = pd.concat([part.assign(level=level) for part, level in zip([*own, *common], "abab", strict=True)])
    limits = lines.assign(lower=lines["y"] - 1, upper=lines["y"] + 2)
    return plot(
        points, limits, group_order=["1", "2"], labels={("ols", "a"): "a 1", ("ols", "b"): "b 2"}, bands=draws_bands
    )


def test_each_level_has_its_line_its_colour_and_its_label():
    figure = by_level()
    assert [t.y.tolist() for t in named(figure, "OLS")] == [[0, 2], [1, 3]]
    (points,) = dots(figure)
    legend = {t.name: t.line.color for t in figure.data if t.showlegend}
    assert dict(zip(["a", "b"], dict.fromkeys(shown_colours(points.marker)), strict=True)) == legend
    assert {a.text for a in figure.layout.annotations} == {"a 1", "b 2"}
    assert not named(figure, "95% band")


def test_bands_are_drawn_where_they_are_asked_for():
    first = named(by_level(draws_bands=True), "95% band")[0]
    assert (first.x.tolist(), first.y.tolist()) == ([2, 6, 6, 2], [2, 4, 1, -1])


def test_no_line_crosses_a_level_without_rows():
    points, _ = table(["1"])
    line = pd.DataFrame({"model": "ols", "kind": "population", "group": "", "x": [0.0, 2.0, 3.0], "y": [1.0, 2.0, 3.0]})
    line = line.assign(lower=line["y"] - 1, upper=line["y"] + 1)
    (ols,) = named(plot(points, line, group_order=["1"], x_ticks=dict(enumerate("abcd")), joined=True), "OLS")
    np.testing.assert_array_equal(ols.y, [1.0, np.nan, 2.0, 3.0])
    np.testing.assert_array_equal(ols.error_y.array, [1.0, np.nan, 1.0, 1.0])


@pytest.mark.parametrize("joined", [True, False])
def test_means_at_levels_have_intervals_and_are_joined_only_where_groups_live_at_several(joined: bool):
    points, _ = table(["1"])
    line = straight("ols", "population", "", (0, 1), (3, 4)).assign(lower=[2, 3.5], upper=[4, 4.5])
    (ols,) = named(plot(points, line, group_order=["1"], x_ticks={0.0: "a", 1.0: "b"}, joined=joined), "OLS")
    assert ols.error_y.array.tolist() == [1, 0.5]
    assert ols.mode == ("lines+markers" if joined else "markers")


def test_two_mixed_models_have_population_lines_of_their_own_colours():
    points, lines = table(GROUPS)
    more = straight("random_slope", "population", "", (0, 8), (0, 1))
    figure = plot(points, pd.concat([lines, more]))
    assert named(figure, "Random slope")[0].line.color == MODELS["random_slope"].colour


@pytest.mark.parametrize("models", [(), ("random_intercept",), ("no_pooling", "random_intercept", "random_slope")])
def test_axes_do_not_jump_when_models_are_toggled(models: tuple[str, ...]):
    layout = draw(models=models).layout
    assert layout.xaxis.range == AXES.x_range
    assert layout.yaxis.range == AXES.y_range
    assert layout.uirevision == "keep"


def test_no_lines_at_all():
    points, lines = table(GROUPS)
    assert len(plot(points, lines.iloc[:0]).data) == 1


def test_what_lies_beyond_the_data_is_shaded_and_named():
    layout = draw(data_x_range=(2, 8)).layout
    (band,) = layout.shapes
    assert (band.x0, band.x1) == (0, 2)
    assert NO_DATA in [a.text for a in layout.annotations]


def test_a_band_without_zero_has_no_name_and_a_sliver_is_not_shaded():
    assert draw(x_range=(1, 8), data_x_range=(3, 8)).layout.annotations == ()
    assert draw(x_range=(1.9, 8.1), data_x_range=(2, 8)).layout.shapes == ()


def test_highlight_rings_the_groups_points_and_dims_the_rest():
    figure = draw(highlight="7")
    rest, chosen = dots(figure)
    assert set(chosen.customdata) == {"7"}
    assert "7" not in rest.customdata
    assert chosen.marker.size > rest.marker.size
    assert {parts(colour)[1] for _, colour in rest.marker.colorscale} == {0.18}
    mine = [t for t in figure.data if t.mode == "lines" and t.customdata is not None and "7" in t.customdata]
    assert [t.line.width for t in mine] == [4.5]
    assert mine[0].opacity == 1
    assert all(t.opacity <= 0.5 for t in figure.data if t.mode == "lines" and t is not mine[0])
    assert "<b>ID 7</b>" in [a.text for a in figure.layout.annotations]


def test_highlight_of_an_unknown_group_changes_nothing():
    assert draw(highlight="nobody") == draw()


def test_names_from_users_are_escaped_everywhere_but_in_click_data():
    evil = "<script>alert(1)</script>%{y}"
    figure = draw(
        [evil, "b"], x_label=evil, y_label=evil, group_name=evil, notes=evil, labels={"ols": evil}, highlight=evil
    )
    spec = figure.to_dict()
    meta = spec["layout"].pop("meta")
    assert evil in meta["alt"]
    assert evil in [group for trace in spec["data"] for group in trace.pop("customdata", [])]
    assert "<script" not in str(spec)
    assert "alert" in str(spec)
    assert all("%{y}" not in t["hovertemplate"].replace(" %{y}<extra>", "") for t in spec["data"])


def test_categorical_x_is_named_on_the_axis_and_in_the_hover():
    figure = draw(x_ticks={2.0: "low", 6.0: "high"})
    assert figure.layout.xaxis.ticktext == ("low", "high")
    assert dots(figure)[0].hovertext[0].endswith("X low")
    assert "%{x}" not in dots(figure)[0].hovertemplate


@pytest.mark.parametrize(("count", "kind"), [(20, "scatter"), (SVG_LIMIT // 3 + 1, "scattergl")])
def test_a_figure_is_all_svg_or_all_webgl(count: int, kind: str):
    assert {trace.type for trace in draw([str(i) for i in range(count)]).data} == {kind}


def test_notes_height_and_alt():
    figure = draw(notes="3,000 of 326,362 rows drawn", height=300)
    assert figure.layout.height == 300
    assert "3,000 of 326,362 rows drawn" in [a.text for a in figure.layout.annotations]
    assert "20 groups" in figure.layout.meta["alt"]


def drawn_as_chosen(figure, models):
    """What static/looks.js draws of a switchable figure, as traces and as labels."""
    switch = figure.layout.meta["switch"]
    one = switch["sets"][",".join(models)]
    looks = {part: switch["styles"][style] for part, style in one["parts"].items()}
    ends = [switch["ends"][text] | {"y": y} for text, y in one["ends"]]
    return line_looks.visible_traces([trace.to_plotly_json() for trace in figure.data], looks), ends, one["alt"]


def written(traces):
    return json.loads(plotly.io.to_json({"data": traces}, validate=False))["data"]


@pytest.mark.parametrize("highlight", [None, "3"])
@pytest.mark.parametrize(
    "models",
    [(), ("ols",), ("random_intercept",), ("ols", "no_pooling", "random_intercept"), ("no_pooling", "per_group")],
)
def test_every_set_of_a_switchable_picture_is_the_picture_of_these_models(models, highlight):
    points, lines = table(GROUPS, ("no_pooling", "per_group", "random_intercept"))
    axes, look, _ = sorted_options(group_order=GROUPS, highlight=highlight)
    dots, own = (marks.Columns.of(frame) for frame in (points, lines))
    labels = {"ols": "OLS 1", "random_intercept": "mixed model 0.6"}
    whole = switchable_lines(dots, own, axes, labels=labels, alone={}, look=look)
    traces, ends, alt = drawn_as_chosen(whole, models)
    alone = group_lines(points, lines, axes, models=models, labels=labels, look=look)
    assert written(traces) == written([trace.to_plotly_json() for trace in alone.data])
    assert [(end["text"], end["font"]) for end in ends] == [
        (a.text, a.font.to_plotly_json()) for a in alone.layout.annotations if a.xref == "paper"
    ]
    assert alt == alone.layout.meta["alt"]
    assert whole.layout.margin.t > TOP and whole.layout.margin.r >= alone.layout.margin.r


def test_two_mixed_models_are_called_by_their_names_and_one_by_what_it_is():
    points, lines = table(GROUPS)
    more = straight("random_slope", "population", "", (0, 8), (0, 1))
    dots, own = marks.Columns.of(points), marks.Columns.of(pd.concat([lines, more]))
    names = {"random_intercept": "by intercept", "random_slope": "by slope"}
    alone = dict.fromkeys(names, "mixed model")
    whole = switchable_lines(dots, own, AXES, labels=names, alone=alone)
    for models, texts in ((["random_intercept"], {"mixed model"}), ([*names], {"by intercept", "by slope"})):
        _, ends, _ = drawn_as_chosen(whole, models)
        assert {end["text"] for end in ends} == texts
