"""The dial: drag the variance ratio, and the groups' lines, the coefficient and its weights move in the browser."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ..text.labels import noun, plural
from ..text.numbers import number, percent
from . import dial_layout, dial_traces, traces
from .axes import PLAIN, Axes, Look
from .axis_layout import axis
from .dial_scene import MovingLines, RatioPath, Scene
from .dial_traces import OLS, POPULATION
from .escaped_text import safe
from .figure import figure
from .theme import PAGE
from .traces import Trace

WIDE, TALL = 470, 700


def dial_figure(
    path: RatioPath,
    points: pd.DataFrame,
    lines: MovingLines,
    axes: Axes,
    *,
    start: int,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw the model at every variance ratio, as frames that a slider inside the figure steps through.

    Parameters
    ----------
    points : DataFrame
        ``group``, ``x``, ``y``.
    lines : MovingLines
        At most 60 groups' are drawn, and it is said.
    start : int
        The step where the slider starts.
    look : Look
        The panels stand one under the other on a narrow page.

    Notes
    -----
    A frame holds what moves and nothing else: y of the lines, two markers, a bar and two texts. Arrays are rounded and
    sent as plain lists, for plotly.js does not decode binary arrays in frames.
    """
    scene = Scene(path, lines, axes, look)
    height = look.height or (TALL if look.narrow else WIDE)
    fixed, moving = _fixed_traces(scene, points), _moving_traces(scene)
    data = [*fixed, *(trace | now for trace, now in zip(moving, _step(scene, start), strict=True)), _ols_line(scene)]
    data = [{"showlegend": False} | trace for trace in data]
    indices = list(range(len(fixed), len(fixed) + len(moving)))
    frames = [{"name": str(i), "data": _step(scene, i), "traces": indices} for i in range(len(path.curve))]
    layout = _layout(scene, start, height)
    return figure(data, layout, alt=_alt(scene), height=height, frames=frames)


def _step(scene: Scene, i: int) -> list[Trace]:
    """The data of the moving traces at a step, in the order of `_moving_traces`."""
    row = scene.path.curve.iloc[i]
    x = [dial_traces.six_digits(scene.places[i])] * 3
    estimates = (scene.limits[0], row["estimate"], scene.limits[1])
    drops = (scene.worst, min(row["drop"], scene.worst), -1.0)
    weight = row["weight_within"]
    return [
        *({"type": "scatter", "y": steps[i]} for steps in scene.group_heights),
        {"type": "scatter", "y": scene.population_heights[i]},
        {"type": "scatter", "x": x, "y": [dial_traces.six_digits(v) for v in estimates]},
        {"type": "scatter", "x": x, "y": [dial_traces.six_digits(v) for v in drops]},
        {"type": "bar", "x": [dial_traces.six_digits(weight)]},
        {"type": "scatter", "text": [f"{percent(dial_traces.snap_to_one(weight))} within", scene.sentences[i]]},
    ]


def _moving_traces(scene: Scene) -> list[Trace]:
    """The looks of what moves: groups' lines, the population line, and the cursors."""
    result: list[Trace] = [
        {
            "mode": "lines",
            "x": scene.line_ends(scene.lines.group_x, members, scene.x_decimals),
            "customdata": traces.gapped_names(members),
            "hovertext": [name for group in members for name in (safe(group), safe(group), "")],
            "hovertemplate": f"{scene.group_hover}<extra></extra>",
        }
        | style
        for members, style in scene.bundles
    ]
    population = {
        "mode": "lines",
        "x": dial_traces.rounded(scene.lines.population_x, scene.x_decimals),
        "line": dial_traces.line_of(POPULATION),
        "hoverinfo": "skip",
    }
    return [*result, population, *dial_traces.cursors()]


def _fixed_traces(scene: Scene, points: pd.DataFrame) -> list[Trace]:
    """The rows, the curves along the ratio with their landmarks, and the entries of the legend."""
    axes, curve = scene.axes, scene.path.curve
    at_x = "" if axes.x_ticks else f"<br>{safe(axes.x_label)} %{{x}}"
    hover = f"{scene.group_hover}{at_x}<br>{safe(axes.y_label)} %{{y}}"
    middle = scene.colours[scene.groups[len(scene.groups) // 2]] if scene.groups else PAGE.muted
    name = axes.group_name
    legend = (
        ("OLS", dial_traces.line_of(OLS)),
        ("population", dial_traces.line_of(POPULATION)),
        (f"each {noun(name) if len(name) < 9 else 'group'}", {"color": middle}),
    )
    chosen, method = scene.path.chosen, scene.path.method
    return [
        dial_traces.cloud(points, scene.colours, hover, scene.look.highlight),
        *dial_traces.curves(curve, scene.places, scene.sentences, scene.worst),
        dial_traces.landmarks(curve, scene.places, chosen, scene.limits, name, method),
        *(traces.legend_only(text, line=line) for text, line in legend),
    ]


def _ols_line(scene: Scene) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "line": dial_traces.line_of(OLS),
        "hoverinfo": "skip",
        "x": dial_traces.rounded(scene.lines.population_x, scene.x_decimals),
        "y": dial_traces.rounded(scene.lines.ols_y, scene.y_decimals),
    }


def _layout(scene: Scene, start: int, height: int) -> dict[str, Any]:
    axes, worst = scene.axes, scene.worst
    groups = plural(axes.group_name)
    short = safe(groups) if len(groups) <= 12 else "groups"
    layout, bottom = dial_layout.panels(scene.look.narrow, height)
    layout["xaxis"] |= axis(axes.x_label, axes.x_range, axes.x_ticks)
    layout["yaxis"] |= axis(axes.y_label, axes.y_range)
    ratios = dial_layout.ratio_axis(scene.places)
    layout["xaxis2"] |= ratios | {"showticklabels": False}
    layout["xaxis3"] |= ratios
    layout["yaxis2"] |= axis("", scene.limits) | {"nticks": 5}
    layout["yaxis3"] |= {"range": [worst, -0.06 * worst], "nticks": 4, "zeroline": False}
    layout["xaxis4"] |= {"range": [0, 1.38], "visible": False}
    layout["yaxis4"] |= {"range": [-0.5, 1.5], "visible": False}
    steps = dial_traces.step_labels(scene.path.curve)
    layout["sliders"] = [dial_layout.slider(steps, start, short, bottom, scene.look.narrow)]
    layout["annotations"] = [
        dial_layout.title(safe(scene.path.term_label, 40), "2"),
        dial_layout.title("drop in log-likelihood", "3"),
        dial_layout.limit(scene.path.curve["drop"], worst),
    ]
    if len(scene.groups) < len(axes.group_order):
        layout["annotations"].append(dial_layout.note(f"Lines of {len(scene.groups)} {short} are drawn"))
    # plotly.js drops a bar that no frame mentions, so the bar's track is a shape
    track = {"type": "rect", "x0": 0, "x1": 1, "y0": -0.3, "y1": 0.3, "line": {"width": 0}, "layer": "below"}
    layout["shapes"] = [track | {"xref": "x4", "yref": "y4", "fillcolor": PAGE.track}]
    return layout


def _alt(scene: Scene) -> str:
    """The figure in words, for readers who do not see it."""
    path = scene.path
    estimates, fitted = path.curve["estimate"], path.curve.iloc[path.chosen]
    return (
        f"{path.term_label} against the variance between {plural(scene.axes.group_name)} divided by the variance within: "
        f"{number(estimates.iloc[0])} at ratio 0 (OLS), {number(fitted['estimate'])} at {number(fitted['ratio'])}, which "
        f"{path.method} chooses, {number(estimates.iloc[-1])} at infinity; with the lines of {len(scene.groups)} groups. "
        "A slider sets the ratio."
    )
