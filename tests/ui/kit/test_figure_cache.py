"""Figures that sessions share: drawn once for what they show, and given out whole."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import plotly.io

from lmmcompare.figures import figure as figures
from lmmcompare.ui.kit import figure_cache as module

KEY = ("sleepstudy", "Reaction ~ Days + (1 | Subject)", True)


def figure(y: float) -> go.Figure:
    return figures.figure([{"type": "scatter", "y": [y]}], {}, alt="a point", height=100)


def test_a_drawn_figure_is_what_plotly_would_send() -> None:
    made = module.Drawn.of(figure(1.5))
    assert made.alt == "a point"
    assert json.loads(made.text) == {"frames": []} | json.loads(
        plotly.io.to_json(figure(1.5).to_dict(), validate=False)
    )


def test_the_same_picture_is_drawn_once() -> None:
    count = 0

    def draw() -> go.Figure:
        nonlocal count
        count += 1
        return figure(count)

    module._cached_figure.cache_clear()
    first = module.cached_figure(draw, KEY, "x")
    assert module.cached_figure(draw, KEY, "x") is first and module.cached_figure(draw, KEY, "z") is not first
    assert count == 2


def test_what_traces_share_is_written_once() -> None:
    x, other = [1.0, 2.0], [1.0, 3.0]
    traces = [{"type": "scatter", "x": a, "y": [k, k], "customdata": ["g", "g"]} for k, a in enumerate((x, other, x))]
    made = json.loads(module.Drawn.of(figures.figure(traces, {}, alt="lines", height=100)).text)
    assert [trace["x"] for trace in made["data"]] == [x, other, {"of": 0}]
    assert [trace["customdata"] for trace in made["data"][1:]] == [{"of": 0}] * 2
    assert [trace["y"] for trace in made["data"]] == [[0, 0], [1, 1], [2, 2]]
