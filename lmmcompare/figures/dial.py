"""The dial: drag the variance ratio, and the groups' lines, the coefficient and its weights move in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    curve, chosen, term_label, method = path.curve, path.chosen, path.term_label, path.method
    group_order, group_name, highlight, dark = axes.group_order, axes.group_name, look.highlight, look.dark
    height = look.height or (TALL if look.narrow else WIDE)
    start = chosen if start is None else start
    drawn = _drawn(group_order, highlight)
    colours = group_colours(group_order, dark)
    bundles = _bundles(drawn, colours, highlight)
    at = {group: i for i, group in enumerate(group_order)}
    places = dial_traces.positions(curve["ratio"].to_numpy(float))
    says = _sentences(curve, term_label, group_name)
    limits = dial_traces.estimate_limits(curve)
    worst = min(WORST, max(1.3 * LIMIT, 1.1 * float(curve["drop"].max())))
    who, rows = f"<b>{traces.safe(group_name)} %{{hovertext}}</b>", curve.to_dict("records")
    at_x = "" if axes.x_ticks else f"<br>{traces.safe(axes.x_label)} %{{x}}"
    x_step, y_step = dial_traces.decimals(axes.x_range), dial_traces.decimals(axes.y_range)

    def ends(of: np.ndarray, members: Sequence[str], decimals: int) -> list[Any]:
        """Both ends of these groups' lines, and a gap after each; at every step where ``of`` has several."""
        own = of[..., [at[group] for group in members], :]
        apart = np.concatenate([own, np.full((*own.shape[:-1], 1), np.nan)], axis=-1)
        return dial_traces.rounded(apart.reshape(*own.shape[:-2], -1), decimals)

    heights = [ends(lines.group_y, members, y_step) for members, _ in bundles]
    middles = dial_traces.rounded(lines.population_y, y_step)

    def step(i: int) -> list[Trace]:
        """The data of the moving traces at a step."""
        row = rows[i]
        x = [dial_traces.six_digits(places[i])] * 3
        weight = row["weight_within"]
        return [
            *({"type": "scatter", "y": steps[i]} for steps in heights),
            {"type": "scatter", "y": middles[i]},
            {
                "type": "scatter",
                "x": x,
                "y": [dial_traces.six_digits(v) for v in (limits[0], row["estimate"], limits[1])],
            },
            {
                "type": "scatter",
                "x": x,
                "y": [dial_traces.six_digits(v) for v in (worst, min(row["drop"], worst), -1.0)],
            },
            {"type": "bar", "x": [dial_traces.six_digits(weight)]},
            {"type": "scatter", "text": [f"{percent(dial_traces.snap_to_one(weight))} within", says[i]]},
        ]

    moved: list[Trace] = [
        {
            "mode": "lines",
            "x": ends(lines.group_x, members, x_step),
            "customdata": traces.gapped_names(members),
            "hovertext": [name for group in members for name in (traces.safe(group), traces.safe(group), "")],
            "hovertemplate": f"{who}<extra></extra>",
        }
        | style
        for members, style in bundles
    ]
    moved.append(
        {
            "mode": "lines",
            "x": dial_traces.rounded(lines.population_x, x_step),
            "line": dial_traces.line_of(POPULATION, dark),
            "hoverinfo": "skip",
        }
    )
    moved += dial_traces.cursors(dark)
    still = [
        dial_traces.cloud(points, colours, f"{who}{at_x}<br>{traces.safe(axes.y_label)} %{{y}}", highlight, dark),
        *dial_traces.curves(curve, places, says, worst, dark),
        dial_traces.landmarks(curve, places, chosen, limits, group_name, method, dark),
    ]
    middle = colours[drawn[len(drawn) // 2]] if drawn else page(dark).muted
    names = (
        ("OLS", dial_traces.line_of(OLS, dark)),
        ("population", dial_traces.line_of(POPULATION, dark)),
        (f"each {noun(group_name) if len(group_name) < 9 else 'group'}", {"color": middle}),
    )
    still += [traces.legend_only(name, line=line) for name, line in names]
    ols = {"type": "scatter", "mode": "lines", "line": dial_traces.line_of(OLS, dark), "hoverinfo": "skip"}
    ols |= {"x": dial_traces.rounded(lines.population_x, x_step), "y": dial_traces.rounded(lines.ols_y, y_step)}
    data = still + [trace | now for trace, now in zip(moved, step(start), strict=True)] + [ols]
    data = [{"showlegend": False} | trace for trace in data]
    moving = list(range(len(still), len(still) + len(moved)))
    frames = [{"name": str(i), "data": step(i), "traces": moving} for i in range(len(curve))]

    short = traces.safe(plural(group_name)) if len(plural(group_name)) <= 12 else "groups"
    layout, bottom = dial_layout.panels(look.narrow, height)
    layout["xaxis"] |= traces.axis(axes.x_label, axes.x_range, axes.x_ticks)
    layout["yaxis"] |= traces.axis(axes.y_label, axes.y_range)
    ratios = dial_layout.ratio_axis(places)
    layout["xaxis2"] |= ratios | {"showticklabels": False}
    layout["xaxis3"] |= ratios
    layout["yaxis2"] |= traces.axis("", limits) | {"nticks": 5}
    layout["yaxis3"] |= {"range": [worst, -0.06 * worst], "nticks": 4, "zeroline": False}
    layout["xaxis4"] |= {"range": [0, 1.38], "visible": False}
    layout["yaxis4"] |= {"range": [-0.5, 1.5], "visible": False}
    layout["sliders"] = [dial_layout.slider(dial_traces.step_labels(curve), start, short, bottom, look.narrow, dark)]
    notes = [
        dial_layout.title(traces.safe(term_label, 40), "2", dark),
        dial_layout.title("drop in log-likelihood", "3", dark),
        dial_layout.limit(curve["drop"], LIMIT, worst, dark),
    ]
    if len(drawn) < len(group_order):
        notes.append(dial_layout.note(f"Lines of {len(drawn)} {short} are drawn", dark))
    layout["annotations"] = notes
    # plotly.js drops a bar that no frame mentions, so the bar's track is a shape
    track = {"type": "rect", "x0": 0, "x1": 1, "y0": -0.3, "y1": 0.3, "line": {"width": 0}, "layer": "below"}
    layout["shapes"] = [track | {"xref": "x4", "yref": "y4", "fillcolor": page(dark).track}]
    row = curve.iloc[chosen]
    alt = (
        f"{term_label} against the variance between {plural(group_name)} divided by the variance within: "
        f"{number(curve['estimate'].iloc[0])} at ratio 0 (OLS), {number(row['estimate'])} at {number(row['ratio'])}, which "
        f"{method} chooses, {number(curve['estimate'].iloc[-1])} at infinity; with the lines of {len(drawn)} groups. "
        "A slider sets the ratio."
    )
    return traces.figure(data, layout, dark=dark, alt=alt, height=height, frames=frames)


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
            out.append((members, {"line": {"color": colour, "width": 1.75}, "opacity": 0.25 if marked else 0.9}))
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
