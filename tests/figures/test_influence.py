from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.axis_layout import MOST_NAMED as MANY
from lmmcompare.figures.influence import influence_dots
from lmmcompare.figures.theme import PAGE

EVIL = "<b>$x$"


def frame(n: int = 16, top: float = 0.9) -> pd.DataFrame:
    change = np.linspace(-0.3, 0.3, n)
    change[-1] = top
    usual = 2 / np.sqrt(n)
    one = pd.DataFrame({
        "group": [f"g{i}" for i in range(n)], "n": 10, "term": "x", "estimate": 1.0, "without": 1 + 0.1 * change,
        "change": change, "large": np.abs(change) > usual, "cooks": change**2,
    })  # fmt: skip
    return pd.concat([one, one.assign(term="z", change=0.0, large=False)])


def dots(figure):
    return [t for t in figure.data if t.mode == "markers"]


def test_each_group_is_a_dot_and_large_moves_stand_out():
    figure = influence_dots(frame(), term="x", group_name="ID")
    usual, large = dots(figure)
    assert len(usual.x) == 15 and list(large.x) == [0.9] and list(large.customdata) == ["g15"]
    assert large.marker.color == PAGE.text
    shade = figure.layout.shapes[0]
    assert (shade.x0, shade.x1) == (-0.5, 0.5)
    assert figure.layout.yaxis.ticktext[-1] == "g15"
    assert "without it 1.09" in large.hovertext[0] and "Cook’s distance 0.81" in large.hovertext[0]


def test_the_range_is_even_and_holds_the_usual_range():
    low, high = influence_dots(frame(top=0.31), term="x", group_name="ID").layout.xaxis.range
    assert low == pytest.approx(-high) and high > 0.5


def test_the_extremes_of_many_groups_are_named():
    figure = influence_dots(frame(MANY + 40), term="x", group_name="ID")
    assert not figure.layout.yaxis.ticktext
    assert {a.text for a in figure.layout.annotations} == {"g0", "g1", "g2", "g97", "g98", "g99"}
    heights = [a.y for a in figure.layout.annotations if a.xanchor == "right"]
    assert min(np.diff(heights)) > 2
    flat = frame(MANY + 40).assign(change=0.0, large=False)
    assert not influence_dots(flat, term="x", group_name="ID").layout.annotations


def test_groups_that_cannot_be_spared_are_left_out():
    lost = frame()
    lost.loc[lost["group"] == "g3", "change"] = np.nan
    assert sum(len(t.x) for t in dots(influence_dots(lost, term="x", group_name="ID"))) == 15
    nothing = influence_dots(lost.assign(change=np.nan, large=False), term="x", group_name="ID")
    assert not dots(nothing)


def test_text_is_escaped_and_alt_says_it():
    evil = frame().assign(group=EVIL)
    spec = influence_dots(evil, term="x", term_label=EVIL, group_name=EVIL).to_plotly_json()
    assert "1 move it by more than 0.5" in spec["layout"].pop("meta")["alt"]
    assert EVIL not in str([t for t in spec["data"] if t.pop("customdata", True) is not None]) + str(spec["layout"])
