"""The traces of a picture: points, a line for each group, lines for everyone, each made as with one model alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..model_catalogue import Model
from . import traces
from .axes import Axes, Look
from .escaped_text import safe
from .line_looks import DIMMED, Offer
from .population_lines import all_rows_traces, population_traces
from .theme import MODELS, PAGE, clear, group_colours, level_colours, model_label
from .traces import Columns, Trace, each_group

MANY = 60
"""More groups than this have thin, faint lines, which those for everyone stand out from."""


def line_traces(dots: Columns, drawn: Columns, offer: Offer, axes: Axes, look: Look, *, bands: bool) -> list[Trace]:
    """All traces, those above others later; ``meta`` says of which part each is, as `Offer.looks` names them.

    Parameters
    ----------
    dots, drawn : Columns
        As `lines.group_lines` takes them.
    look : Look
        Its highlight, where there is one, is one of the axes' groups.
    """
    own_lines, common = (drawn.where(drawn["kind"] == kind) for kind in ("group", "population"))
    group_name, name = axes.group_name, look.highlight
    of = "level" if "level" in dots else "group"
    named: list[str] = []
    if of == "level":  # in the order of the lines, which is the factor's, as in all its other pictures
        order = [level for level in dict.fromkeys(common.get("level", ())) if level in {*dots["level"]}]
        named = list(dict.fromkeys([*order, *dots["level"]]))
    colours = level_colours(named) if named else group_colours(axes.group_order)
    hover = f"{safe(axes.y_label)} %{{y}}<extra></extra>"
    if not axes.x_ticks:
        hover = f"{safe(axes.x_label)} %{{x}}<br>{hover}"
    who = f"<b>{safe(group_name)} %{{hovertext}}</b>"

    aside = [_left_out(dots.where(dots["out"].astype(bool)), f"{who}, left out<br>{hover}")] if "out" in dots else []
    dots = dots.where(~dots["out"].astype(bool)) if "out" in dots else dots
    points = _points(dots, of, colours, f"{who}<br>{hover}", name, axes)
    true_lines = own_lines.where(own_lines["model"] == Model.TRUTH)
    rest, highlighted = _true(true_lines, f"{who}, truth<br>{hover}", name, DIMMED if name else 0.75)
    for model in offer.with_own:
        chosen = own_lines.where(own_lines["model"] == model)
        template = f"{who}, {safe(model_label(model, group_name))}<br>{hover}"
        below, above = _own(chosen, each_group(chosen[of], colours, PAGE.muted), template, name)
        for k, trace in enumerate(below + above):
            trace["name"] = safe(model_label(model, group_name))
            trace["meta"] = {"part": f"{'each' if k else 'first'} {model}"}
        rest, highlighted = rest + below, highlighted + above
    many = len({*own_lines["group"]}) > MANY
    everyone = population_traces(common, axes, hover, 0.5 if name else 1.0, halo=many, bands=bands)
    # WebGL traces lie above all SVG ones whatever their order, so a figure is all of one kind.
    kind = traces.scatter_type(max(len(dots["x"]), len(drawn["x"])))
    before = all_rows_traces(drawn.where(drawn["kind"] == "before"))
    data = [{"type": kind} | t for t in rest + aside + points[:1] + before + everyone + highlighted + points[1:]]
    if of == "level":
        levels = [traces.legend_only(level, line={"color": tone, "width": 2}) for level, tone in colours.items()]
        data += [trace | {"meta": {"part": "levels"}} for trace in levels]
    return data


def _points(
    points: Columns, of: str, colours: Mapping[str, str], hover: str, highlight: str | None, axes: Axes
) -> list[Trace]:
    """One trace of points, and a second, ringed one on top for the highlighted group."""
    codes, groups = pd.factorize(points["group"])
    names = [safe(group) for group in groups]
    kinds, each = (codes, groups) if of == "group" else pd.factorize(points[of])
    tints = [colours.get(one, PAGE.muted) for one in each]
    text = None
    if axes.x_ticks:
        at = traces.tick_names(points["x"], axes.x_ticks)
        text = np.array(names, dtype=object)[codes] + f"</b><br>{safe(axes.x_label)} " + at
    elif names != groups.tolist():
        text = np.array(names, dtype=object)[codes]
    else:  # a click returns these names, which are shown unchanged
        hover = hover.replace("%{hovertext}", "%{customdata}")
    n, grey = len(codes), len({*tints}) == 1
    size = 8.0 if n <= 300 else 6.0 if n <= 1_500 else 4.5

    def trace(keep: np.ndarray, part: str, strength: float, **marker: object) -> Trace:
        # Clear colours, as a browser takes twice as long to paint points that have an opacity of their own.
        each = [clear(tint, strength) if strength < 1 else tint for tint in tints]
        return {
            "mode": "markers",
            "x": traces.rounded(points["x"])[keep],
            "y": traces.rounded(points["y"])[keep],
            "customdata": points["group"][keep].tolist(),
            "hovertext": None if text is None else text[keep].tolist(),
            "hovertemplate": hover,
            "showlegend": False,
            "marker": traces.coloured(kinds[keep], each) | {"opacity": 1, "size": size} | marker,
            "meta": {"part": part} | _numbers(points.where(keep)),
        }

    chosen = points["group"] == highlight
    strength = DIMMED if highlight else 0.7 if grey else 0.95 if n <= 300 else 0.75
    fine = {"color": clear(PAGE.background, strength), "width": 0.75}
    out = [trace(~chosen, "points", strength, line=fine)]
    if highlight:
        ring = {"color": PAGE.text, "width": 1.75}
        out.append(trace(chosen, "marked", 1.0, size=size + 4, line=ring))
    return out


def _numbers(points: Columns) -> dict[str, np.ndarray]:
    """The numbers of the points' rows, where they have any, for a reader to leave some out (static/leave_out.js)."""
    return {"rows": points["number"].astype(np.int32)} if "number" in points else {}


def _left_out(points: Columns, hover: str) -> Trace:
    """Points that were left out by hand, as crosses."""
    cross = {"symbol": "x-thin", "size": 8, "opacity": 0.8, "line": {"color": PAGE.muted, "width": 1.5}}
    return {
        "mode": "markers",
        "x": points["x"],
        "y": points["y"],
        "hovertext": [safe(group) for group in points["group"]],
        "hovertemplate": hover,
        "showlegend": False,
        "marker": cross | {"color": PAGE.muted},
        "meta": {"out": True} | _numbers(points),
    }


def _own(lines: Columns, tint: np.ndarray, hover: str, highlight: str | None) -> tuple[list[Trace], list[Trace]]:
    """A trace for each colour, with gaps; and apart, thick, the highlighted group's line."""
    chosen = lines["group"] == highlight
    width, opacity = (1.0, 0.3) if len({*lines["group"]}) > MANY else (2.0, 1.0)

    def look(colour: str, width: float, opacity: float) -> Trace:
        return {"opacity": opacity, "line": {"color": colour, "width": width, "dash": "solid"}, "showlegend": False}

    below = [
        trace | look(colour, width, DIMMED if highlight else opacity)
        for colour, trace in traces.lines_by_colour(lines.where(~chosen), tint[~chosen], hover).items()
    ]
    if not chosen.any():
        return below, []
    return below, [traces.line_per_group(lines.where(chosen), hover) | look(str(tint[chosen][0]), 4.5, 1.0)]


def _true(lines: Columns, hover: str, highlight: str | None, opacity: float) -> tuple[list[Trace], list[Trace]]:
    """All groups' true lines in one trace; and apart the highlighted group's, to lie above the rest."""

    def trace(part: Columns, width: float, strength: float) -> Trace:
        line = {"color": MODELS[Model.TRUTH].colour, "width": width}
        return traces.line_per_group(part, hover) | {"opacity": strength, "line": line, "showlegend": False}

    chosen = lines["group"] == highlight
    below = [] if chosen.all() else [trace(lines.where(~chosen), 1.0, opacity)]
    return below, [trace(lines.where(chosen), 2.5, 1.0)] if chosen.any() else []
