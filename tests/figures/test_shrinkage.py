from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.arrows import CROWD
from lmmcompare.figures.axes import Look
from lmmcompare.figures.axis_layout import MOST_NAMED as MANY
from lmmcompare.figures.shrinkage import caterpillar, shrinkage_arrows, shrinkage_plane
from lmmcompare.figures.theme import SVG_LIMIT


def frame(count: int = 6, population: float = 2.0) -> pd.DataFrame:
    """Groups g0, g1, ... whose own estimates fall as their number rises; the last cannot say."""
    own = np.linspace(5, -3, count)
    own[-1] = np.nan
    parts = [
        pd.DataFrame(
            {
                "group": [f"g{i}" for i in range(count)],
                "term": term,
                "n": np.arange(1, count + 1) * 4,
                "own": own * scale,
                "pooled": np.where(np.isfinite(own), own * 0.5 + 1, 2.0) * scale,
                "population": population * scale,
                "share": 0.5,
            }
        )
        for term, scale in (("Intercept", 1.0), ("Days", 0.1))
    ]
    return pd.concat(parts, ignore_index=True)


def modes(count: int) -> pd.DataFrame:
    estimate = np.linspace(3, -3, count)
    ends = {"lower": estimate - 1, "upper": estimate + 1, "se": 0.5}
    return pd.DataFrame({"group": [f"g{i}" for i in range(count)], "term": "Intercept", "estimate": estimate, **ends})


def trace(figure, symbol):
    return next(t for t in figure.data if t.marker.symbol == symbol and t.customdata is not None)


@pytest.mark.parametrize("count", [2, 60, 1000, SVG_LIMIT + 1])
def test_arrows_are_a_handful_of_traces_and_no_annotations(count: int):
    figure = shrinkage_arrows(frame(count), term="Intercept", group_name="ID")
    assert len(figure.data) <= 6
    assert not figure.layout.annotations
    shafts = next(t for t in figure.data if len(t.x) == 3 * count)
    assert shafts.mode == ("lines" if count > CROWD else "lines+markers")
    assert count > CROWD or shafts.marker.angleref == "previous"
    # WebGL is drawn below SVG: all of one kind
    assert {t.type for t in figure.data if len(t.x) >= count} == {"scattergl" if count > SVG_LIMIT else "scatter"}


def test_groups_rise_by_their_own_estimate_and_those_without_stand_on_top():
    figure = shrinkage_arrows(frame(), term="Intercept", group_name="ID")
    own, pooled = trace(figure, "square"), trace(figure, "diamond")
    assert list(own.customdata) == ["g4", "g3", "g2", "g1", "g0", "g5"]
    assert np.isnan(own.x[-1])
    assert pooled.x[-1] == 2.0
    assert "no estimate of its own" in pooled.hovertext[-1]
    assert figure.layout.yaxis.ticktext == ("g4", "g3", "g2", "g1", "g0", "g5")
    np.testing.assert_allclose(own.x[:-1], sorted(own.x[:-1]))
    assert (
        own.hovertext[4]
        == "<b>ID g0</b>, n = 4<br>Intercept: 5.00 → 3.50<br>keeps 50% of its distance from the common line"
    )


def test_markers_grow_with_n():
    mark = trace(shrinkage_arrows(frame(), term="Intercept", group_name="ID"), "diamond")
    size = dict(zip(mark.customdata, mark.marker.size, strict=True))
    assert size["g3"] > size["g0"]


def test_heads_only_where_they_can_be_seen():
    few = frame(6)
    few.loc[few["group"] == "g0", "pooled"] = few["own"] + 0.001
    heads = next(
        t for t in shrinkage_arrows(few, term="Intercept", group_name="ID").data if t.mode == "lines+markers"
    ).marker.size
    at = list(trace(shrinkage_arrows(few, term="Intercept", group_name="ID"), "square").customdata)
    by_group = dict(zip(at, np.array(heads)[1::3], strict=True))
    assert by_group["g0"] == 0
    assert by_group["g1"] > 0
    assert by_group["g5"] == 0
    crowd = shrinkage_arrows(frame(CROWD + 1), term="Intercept", group_name="ID")
    assert all(t.mode != "lines+markers" for t in crowd.data)


def test_the_population_is_a_line_or_a_tick_for_each_group():
    def population(figure):
        return next(t for t in figure.data if t.name == "population")

    assert population(shrinkage_arrows(frame(), term="Intercept", group_name="ID")).line.dash == "dash"
    varied = frame()
    varied["population"] = varied["population"] + varied["n"]
    ticks = population(shrinkage_arrows(varied, term="Intercept", group_name="ID"))
    assert ticks.mode == "markers"
    assert len(ticks.x) == 6


@pytest.mark.parametrize(("count", "named"), [(MANY, True), (MANY + 1, False)])
def test_many_groups_have_no_tick_labels(count: int, named: bool):
    for figure in (
        shrinkage_arrows(frame(count), term="Intercept", group_name="ID"),
        caterpillar(modes(count), term="Intercept", group_name="ID"),
    ):
        assert bool(figure.layout.yaxis.tickvals) is named


def test_highlight_dims_the_others():
    strength = trace(
        shrinkage_arrows(frame(), term="Intercept", look=Look("g1"), group_name="ID"), "diamond"
    ).marker.opacity
    assert sorted(strength) == [0.2] * 5 + [1.0]
    shafts = [
        t
        for t in shrinkage_arrows(frame(), term="Intercept", look=Look("g1"), group_name="ID").data
        if t.mode == "lines+markers"
    ]
    assert [(len(t.x), t.opacity) for t in shafts] == [(15, 0.35), (3, 1)]
    assert (
        trace(
            shrinkage_arrows(frame(), term="Intercept", look=Look("nobody"), group_name="ID"), "diamond"
        ).marker.opacity
        == 1
    )


def test_plane_pairs_the_terms_and_draws_the_ellipse():
    outline = pd.DataFrame({"x": [0.0, 9.0, 0.0], "y": [0.0, 0.0, 1.0]})
    shuffled = frame().sample(frac=1, random_state=1)
    figure = shrinkage_plane(
        shuffled, x_term="Intercept", y_term="Days", ellipse=outline, look=Look("g1"), group_name="ID"
    )
    pooled = trace(figure, "diamond")
    np.testing.assert_allclose(pooled.y, np.array(pooled.x) * 0.1)
    np.testing.assert_array_equal(figure.data[0].x, outline["x"])
    assert figure.layout.xaxis.range[1] > 9
    own = trace(figure, "square")
    assert np.isnan(own.x[list(own.customdata).index("g5")])
    assert [(a.text, a.yshift) for a in figure.layout.annotations] == [("<b>ID g1</b>", -16)]


def test_plane_without_an_ellipse_holds_every_estimate():
    figure = shrinkage_plane(frame(), x_term="Intercept", y_term="Days", group_name="ID")
    for axis, scale in ((figure.layout.xaxis, 1.0), (figure.layout.yaxis, 0.1)):
        assert axis.range[0] < -1.4 * scale and axis.range[1] > 5 * scale  # own estimates run from -1.4 to 5


def test_a_group_that_knows_only_one_term_has_no_square_in_the_plane():
    part = frame()
    part.loc[(part["group"] == "g1") & (part["term"] == "Days"), "own"] = np.nan
    own = trace(shrinkage_plane(part, x_term="Intercept", y_term="Days", group_name="ID"), "square")
    assert np.isnan(own.x[list(own.customdata).index("g1")])


def test_caterpillar_sorts_modes_and_marks_zero():
    figure = caterpillar(modes(5), term="Intercept", group_name="ID")
    bars, points = figure.data
    assert list(points.customdata) == ["g4", "g3", "g2", "g1", "g0"]
    np.testing.assert_allclose(bars.x[:2], [-4, -2])
    assert np.isnan(bars.x[2])
    assert figure.layout.xaxis.zeroline
    assert points.hovertext[0] == "<b>ID g4</b><br>−3.00, 95% interval −4.00 to −2.00"


def test_names_are_escaped_and_click_data_are_not():
    evil = frame().replace({"g1": "<b>x</b>"})
    for figure in (
        shrinkage_arrows(evil, term="Intercept", x_label="<b>x</b>", group_name="ID"),
        shrinkage_plane(
            evil, x_term="Intercept", y_term="Days", x_label="<b>x</b>", look=Look("<b>x</b>"), group_name="ID"
        ),
        caterpillar(modes(3).replace({"g1": "<b>x</b>"}), term="Intercept", x_label="<b>x</b>", group_name="ID"),
    ):
        spec = figure.to_dict()
        spec["layout"].pop("meta")
        clicks = [group for t in spec["data"] for group in t.pop("customdata", [])]
        assert "<b>x</b>" in clicks
        assert "<b>x</b>" not in str(spec)
        assert "&lt;b&gt;x" in str(spec)


def test_alt_and_height():
    assert (
        "6 groups"
        in shrinkage_arrows(frame(), term="Intercept", look=Look(height=150), group_name="ID").layout.meta["alt"]
    )
    assert shrinkage_arrows(frame(), term="Intercept", look=Look(height=150), group_name="ID").layout.height == 150
