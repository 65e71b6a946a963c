"""The dial: drag the variance ratio, and the groups' lines, the coefficient and its weights move in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lmmcompare.arrays import Array
from lmmcompare.figures import dial_layout, dial_traces, traces
from lmmcompare.figures.axes import PLAIN, Axes, Look
from lmmcompare.figures.dial_traces import LIMIT, OLS, POPULATION
from lmmcompare.figures.theme import group_colours, page
from lmmcompare.figures.traces import Trace
from lmmcompare.text.labels import noun, plural
from lmmcompare.text.numbers import decimals_for, number, percent

MOST = 60
WORST = 12.0
WIDE, TALL = 470, 700


@dataclass(frozen=True, eq=False)
class RatioPath:
    """A coefficient along the variance ratio.

    Parameters
    ----------
    curve : DataFrame
        ``ratio``, ``estimate``, ``se``, ``weight_within``, ``drop``: a row per step. The first ratio is 0 and the last
        stands for infinity; both are drawn one step beyond their neighbours.
    chosen : int
        The step of the fitted ratio.
    term_label : str
        What the coefficient is called.
    method : str
        What chose the fitted ratio: REML or ML.
    """

    curve: pd.DataFrame
    chosen: int
    term_label: str
    method: str = "REML"


@dataclass(frozen=True, eq=False)
class MovingLines:
    """The lines that the dial moves.

    Parameters
    ----------
    group_x, group_y : array (J, 2) and (steps, J, 2)
        The ends of each group's line, the groups in the axes' order.
    population_x, population_y, ols_y : array (2,), (steps, 2) and (2,)
        The ends of the population line at every step, and of the OLS line.
    """

    group_x: Array
    group_y: Array
    population_x: Array
    population_y: Array
    ols_y: Array


def dial_figure(
    path: RatioPath,
    points: pd.DataFrame,
    lines: MovingLines,
    axes: Axes,
    *,
    start: int | None = None,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw the model at every variance ratio, as frames that a slider inside the figure steps through.

    Parameters
    ----------
    path : RatioPath
    points : DataFrame
        ``group``, ``x``, ``y``.
    lines : MovingLines
        At most 60 groups' are drawn, and it is said.
    axes : Axes
    start : int, optional
        The step where the slider starts; that of the fitted ratio when left out.
    look : Look
        The panels stand one under the other on a narrow page.

    Notes
    -----
    A frame holds what moves and nothing else: y of the lines, two markers, a bar and two texts. Arrays are rounded and
    sent as plain lists, for plotly.js does not decode binary arrays in frames.
    """
    scene = _Scene(path, lines, axes, look)
    height = look.height or (TALL if look.narrow else WIDE)
    start = path.chosen if start is None else start
    fixed, moving = _fixed_traces(scene, points), _moving_traces(scene)
    data = [*fixed, *(trace | now for trace, now in zip(moving, _step(scene, start), strict=True)), _ols_line(scene)]
    data = [{"showlegend": False} | trace for trace in data]
    indices = list(range(len(fixed), len(fixed) + len(moving)))
    frames = [{"name": str(i), "data": _step(scene, i), "traces": indices} for i in range(len(path.curve))]
    layout = _layout(scene, start, height)
    return traces.figure(data, layout, dark=look.dark, alt=_alt(scene), height=height, frames=frames)


@dataclass(frozen=True, eq=False)
class _Scene:
    """What the parts of the dial share: the arguments of `dial_figure`, and what several parts derive from them."""

    path: RatioPath
    lines: MovingLines
    axes: Axes
    look: Look

    @cached_property
    def groups(self) -> list[str]:
        """The groups whose lines are drawn."""
        return _drawn(self.axes.group_order, self.look.highlight)

    @cached_property
    def colours(self) -> dict[str, str]:
        return group_colours(self.axes.group_order, self.look.dark)

    @cached_property
    def bundles(self) -> list[tuple[list[str], Trace]]:
        return _bundles(self.groups, self.colours, self.look.highlight)

    @cached_property
    def places(self) -> Array:
        """Each step's place on the axis of the ratio."""
        return dial_traces.positions(self.path.curve["ratio"].to_numpy(float))

    @cached_property
    def sentences(self) -> list[str]:
        return _sentences(self.path.curve, self.path.term_label, self.axes.group_name)

    @cached_property
    def limits(self) -> tuple[float, float]:
        """The axis of the coefficient."""
        return dial_traces.estimate_limits(self.path.curve)

    @cached_property
    def worst(self) -> float:
        """The largest drop in log-likelihood on its axis."""
        return min(WORST, max(1.3 * LIMIT, 1.1 * float(self.path.curve["drop"].max())))

    @property
    def x_decimals(self) -> int:
        return dial_traces.decimals(self.axes.x_range)

    @property
    def y_decimals(self) -> int:
        return dial_traces.decimals(self.axes.y_range)

    @property
    def group_hover(self) -> str:
        return f"<b>{traces.safe(self.axes.group_name)} %{{hovertext}}</b>"

    def line_ends(self, values: Array, members: Sequence[str], decimals: int) -> list[Any]:
        """Both ends of these groups' lines, and a gap after each; at every step where ``values`` has several."""
        own = values[..., [self._position[group] for group in members], :]
        with_gaps = np.concatenate([own, np.full((*own.shape[:-1], 1), np.nan)], axis=-1)
        return dial_traces.rounded(with_gaps.reshape(*own.shape[:-2], -1), decimals)

    @cached_property
    def group_heights(self) -> list[list[Any]]:
        """For each bundle the line ends' y at every step."""
        return [self.line_ends(self.lines.group_y, members, self.y_decimals) for members, _ in self.bundles]

    @cached_property
    def population_heights(self) -> list[Any]:
        return dial_traces.rounded(self.lines.population_y, self.y_decimals)

    @cached_property
    def _position(self) -> dict[str, int]:
        return {group: i for i, group in enumerate(self.axes.group_order)}


def _step(scene: _Scene, i: int) -> list[Trace]:
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


def _moving_traces(scene: _Scene) -> list[Trace]:
    """The looks of what moves: groups' lines, the population line, and the cursors."""
    result: list[Trace] = [
        {
            "mode": "lines",
            "x": scene.line_ends(scene.lines.group_x, members, scene.x_decimals),
            "customdata": traces.gapped_names(members),
            "hovertext": [name for group in members for name in (traces.safe(group), traces.safe(group), "")],
            "hovertemplate": f"{scene.group_hover}<extra></extra>",
        }
        | style
        for members, style in scene.bundles
    ]
    population = {
        "mode": "lines",
        "x": dial_traces.rounded(scene.lines.population_x, scene.x_decimals),
        "line": dial_traces.line_of(POPULATION, scene.look.dark),
        "hoverinfo": "skip",
    }
    return [*result, population, *dial_traces.cursors(scene.look.dark)]


def _fixed_traces(scene: _Scene, points: pd.DataFrame) -> list[Trace]:
    """The rows, the curves along the ratio with their landmarks, and the entries of the legend."""
    axes, curve, dark = scene.axes, scene.path.curve, scene.look.dark
    at_x = "" if axes.x_ticks else f"<br>{traces.safe(axes.x_label)} %{{x}}"
    hover = f"{scene.group_hover}{at_x}<br>{traces.safe(axes.y_label)} %{{y}}"
    middle = scene.colours[scene.groups[len(scene.groups) // 2]] if scene.groups else page(dark).muted
    name = axes.group_name
    legend = (
        ("OLS", dial_traces.line_of(OLS, dark)),
        ("population", dial_traces.line_of(POPULATION, dark)),
        (f"each {noun(name) if len(name) < 9 else 'group'}", {"color": middle}),
    )
    chosen, method = scene.path.chosen, scene.path.method
    return [
        dial_traces.cloud(points, scene.colours, hover, scene.look.highlight, dark),
        *dial_traces.curves(curve, scene.places, scene.sentences, scene.worst, dark),
        dial_traces.landmarks(curve, scene.places, chosen, scene.limits, name, method, dark),
        *(traces.legend_only(text, line=line) for text, line in legend),
    ]


def _ols_line(scene: _Scene) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "line": dial_traces.line_of(OLS, scene.look.dark),
        "hoverinfo": "skip",
        "x": dial_traces.rounded(scene.lines.population_x, scene.x_decimals),
        "y": dial_traces.rounded(scene.lines.ols_y, scene.y_decimals),
    }


def _layout(scene: _Scene, start: int, height: int) -> dict[str, Any]:
    axes, dark, worst = scene.axes, scene.look.dark, scene.worst
    groups = plural(axes.group_name)
    short = traces.safe(groups) if len(groups) <= 12 else "groups"
    layout, bottom = dial_layout.panels(scene.look.narrow, height)
    layout["xaxis"] |= traces.axis(axes.x_label, axes.x_range, axes.x_ticks)
    layout["yaxis"] |= traces.axis(axes.y_label, axes.y_range)
    ratios = dial_layout.ratio_axis(scene.places)
    layout["xaxis2"] |= ratios | {"showticklabels": False}
    layout["xaxis3"] |= ratios
    layout["yaxis2"] |= traces.axis("", scene.limits) | {"nticks": 5}
    layout["yaxis3"] |= {"range": [worst, -0.06 * worst], "nticks": 4, "zeroline": False}
    layout["xaxis4"] |= {"range": [0, 1.38], "visible": False}
    layout["yaxis4"] |= {"range": [-0.5, 1.5], "visible": False}
    steps = dial_traces.step_labels(scene.path.curve)
    layout["sliders"] = [dial_layout.slider(steps, start, short, bottom, scene.look.narrow, dark)]
    layout["annotations"] = [
        dial_layout.title(traces.safe(scene.path.term_label, 40), "2", dark),
        dial_layout.title("drop in log-likelihood", "3", dark),
        dial_layout.limit(scene.path.curve["drop"], LIMIT, worst, dark),
    ]
    if len(scene.groups) < len(axes.group_order):
        layout["annotations"].append(dial_layout.note(f"Lines of {len(scene.groups)} {short} are drawn", dark))
    # plotly.js drops a bar that no frame mentions, so the bar's track is a shape
    track = {"type": "rect", "x0": 0, "x1": 1, "y0": -0.3, "y1": 0.3, "line": {"width": 0}, "layer": "below"}
    layout["shapes"] = [track | {"xref": "x4", "yref": "y4", "fillcolor": page(dark).track}]
    return layout


def _alt(scene: _Scene) -> str:
    """The figure in words, for readers who do not see it."""
    path = scene.path
    estimates, fitted = path.curve["estimate"], path.curve.iloc[path.chosen]
    return (
        f"{path.term_label} against the variance between {plural(scene.axes.group_name)} divided by the variance within: "
        f"{number(estimates.iloc[0])} at ratio 0 (OLS), {number(fitted['estimate'])} at {number(fitted['ratio'])}, which "
        f"{path.method} chooses, {number(estimates.iloc[-1])} at infinity; with the lines of {len(scene.groups)} groups. "
        "A slider sets the ratio."
    )


def _drawn(group_order: Sequence[str], highlight: str | None) -> list[str]:
    """The groups whose lines are drawn: evenly along the order, and always the highlighted one."""
    keep = np.unique(np.linspace(0, len(group_order) - 1, min(MOST, len(group_order))).round().astype(int))
    groups = [group_order[i] for i in keep]
    if highlight in group_order and highlight not in groups:
        groups[len(groups) // 2] = str(highlight)
    return groups


def _bundles(groups: Sequence[str], colours: dict[str, str], highlight: str | None) -> list[tuple[list[str], Trace]]:
    """The groups that one trace draws, by colour, and its look; the highlighted group apart and last."""
    marked = highlight in groups
    out: list[tuple[list[str], Trace]] = []
    for colour in dict.fromkeys(colours[group] for group in groups):
        members = [group for group in groups if colours[group] == colour and group != highlight]
        if members:
            out.append((members, {"line": {"color": colour, "width": 1.75}, "opacity": 0.25 if marked else 1.0}))
    if marked:
        out.append(([str(highlight)], {"line": {"color": colours[str(highlight)], "width": 4.5}}))
    return out


def _sentences(curve: pd.DataFrame, term_label: str, group_name: str) -> list[str]:
    """The values at each step in words."""
    decimals = decimals_for(float(curve["se"].min()))
    names = dial_traces.step_labels(curve)
    names[0] += " (OLS)"
    names[-1] += f" ({dial_traces.far_end(curve, group_name)})"
    return [
        f"ratio {name}: {traces.safe(term_label, 24)} <b>{number(estimate, decimals=decimals)}</b>"
        for name, estimate in zip(names, curve["estimate"], strict=True)
    ]
