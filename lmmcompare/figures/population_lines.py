"""The models' population lines, one or one for each level of a predictor, and their labels in the right margin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..model_catalogue import Model
from .axes import Axes, Look
from .axis_layout import spread
from .escaped_text import safe, wrapped
from .theme import MODELS, PAGE, clear, model_label
from .traces import Columns, Trace

LINE_HEIGHT = 16
LABEL_WIDTH, LONG, MANY = 15, 22, 4
"""Letters of a line of a label; where there is room, of more labels than these, so that none is two lines high."""
HALO = 4
THICK, THIN = 5.0, 2.0
"""Widths of a mixed model's line and of OLS's, which lies on it: where they coincide, both are seen."""
SIDE = 0.16
"""How far the models' means at one level stand apart."""
BAND = 0.16
Label = str | tuple[str, str]
"""Whose label it is: a model's, or a model's at a level."""


def _models(common: Columns) -> list[str]:
    """The models with a line for everyone in the order in which they are drawn, OLS last and so on top."""
    drawn = set(common["model"])
    return [model for model in reversed(MODELS) if model in drawn]


def width(model: str, mixed: list[str]) -> float:
    """A mixed model's line is thicker the earlier it is drawn, so that it shows beneath the next."""
    if model not in mixed:
        return THIN
    return max(THIN + 1, THICK - 1.5 * mixed.index(model))


def _lines(common: Columns) -> Iterator[tuple[str, str, Columns]]:
    """Each line for everyone: its model, its level and its vertices."""
    for model in _models(common):
        mine = common.where(common["model"] == model)
        levels = mine.get("level")
        for level in [""] if levels is None else dict.fromkeys(levels):
            yield model, level, mine if levels is None else mine.where(levels == level)


def population_traces(
    common: Columns, axes: Axes, hover: str, opacity: float, *, halo: bool, bands: bool
) -> list[Trace]:
    """A trace for each line for everyone; ``hover`` says x and y.

    With ``halo`` a wider line in the page's colour lies under all of them, so that they are seen among many others; with
    ``bands`` the line's limits are shaded. On a categorical axis a model has a mean with its interval at each level, joined
    where groups live at several.
    """
    models = _models(common)
    mixed = [model for model in models if model not in (Model.OLS, Model.TRUTH)]
    out: list[Trace] = []
    under: list[Trace] = []
    shades: list[Trace] = []
    for model, level, line in _lines(common):
        style, thick = MODELS[model], width(model, mixed)

        def part(name: str, model: str = model) -> Trace:
            return {} if model == Model.TRUTH else {"meta": {"part": f"{name} {model}"}}

        label = safe(model_label(model, axes.group_name))
        who = f"{label}, average {safe(axes.group_name)}" if model in mixed else label
        who = f"{who}, {safe(level)}" if level else who
        limits = line["lower"] if "lower" in line else np.full(len(line["x"]), np.nan)
        at_levels = axes.has_levels and bool(axes.x_ticks) and bool(np.isfinite(limits).any())
        line = _without_bridges(line) if at_levels else line
        side = SIDE * (models.index(model) - (len(models) - 1) / 2) if at_levels else 0.0
        path: Trace = {"mode": "lines", "x": line["x"] + side, "y": line["y"]}
        path |= {"opacity": opacity, "showlegend": False}
        look: Trace = {
            "line": {"color": style.colour, "width": thick, "dash": "solid" if mixed == [model] else style.dash}
        }
        if at_levels:
            look |= _means(line, model, joined=axes.joined)
        elif halo:
            wider = {"line": {"color": PAGE.background, "width": thick + HALO}, "hoverinfo": "skip"}
            under.append(path | wider | part("halo"))
        if bands and not at_levels and np.isfinite(limits).any():
            shades.append(_band(line, style.colour) | part("band"))
        words = {"hovertemplate": f"<b>{who}</b><br>{hover}", "name": label}
        out.append(path | look | words | part("means" if at_levels else "everyone"))
    return shades + under + out


def all_rows_traces(lines: Columns) -> list[Trace]:
    """The lines for everyone as they were before some points were left out, thin and dashed."""
    return [
        {
            "mode": "lines",
            "x": line["x"],
            "y": line["y"],
            "line": {"color": MODELS[model].colour, "width": 1.25, "dash": "4px,3px"},
            "hoverinfo": "skip",
            "showlegend": False,
            "meta": {"part": f"before {model}"},
        }
        for model, _, line in _lines(lines)
        if model != Model.TRUTH
    ]


def _without_bridges(line: Columns) -> Columns:
    """A line over levels with a gap where a level is passed over: no row says how things are there."""
    passed = np.flatnonzero(np.diff(line["x"]) > 1) + 1
    return Columns({name: np.insert(values, passed, np.nan) for name, values in line.items()})


def _means(line: Columns, model: str, *, joined: bool) -> Trace:
    """A model's means at levels, with their intervals."""
    colour = MODELS[model].colour
    reach = {"type": "data", "array": line["upper"] - line["y"], "color": colour, "thickness": 2, "width": 0}
    marker = {"symbol": MODELS[model].symbol, "size": 11, "color": colour}
    marker["line"] = {"color": PAGE.background, "width": 1.25}
    thin = {"color": colour, "width": 1.5, "dash": MODELS[model].dash}
    return {"mode": "lines+markers" if joined else "markers", "error_y": reach, "marker": marker, "line": thin}


def _band(line: Columns, colour: str) -> Trace:
    """The limits of a line as a closed shade."""
    x, y = (np.concatenate([line[a], line[b][::-1]]) for a, b in (("x", "x"), ("upper", "lower")))
    quiet = {"hoverinfo": "skip", "showlegend": False, "line": {"width": 0}, "name": "95% band"}
    return {"mode": "lines", "x": x, "y": y, "fill": "toself", "fillcolor": clear(colour, BAND)} | quiet


@dataclass(frozen=True)
class End:
    """Where a line for everyone ends: whose it is, of which level, how high."""

    model: str
    level: str
    y: float


def line_ends(common: Columns) -> list[End]:
    """The right ends of the lines for everyone among these."""
    lines = _lines(common.where(common["kind"] == "population"))
    return [End(model, level, float(line["y"][line["x"].argmax()])) for model, level, line in lines if len(line["x"])]


def end_labels(
    ends: Sequence[End], labels: Mapping[Label, str], axes: Axes, room: int, look: Look
) -> list[dict[str, object]]:
    """Labels in the right margin at the height where each line ends, kept apart and inside."""
    low, high = min(axes.y_range), max(axes.y_range)
    texts = [labels.get((end.model, end.level)) or labels.get(end.model) for end in ends]
    letters = LONG if sum(map(bool, texts)) > MANY and not look.narrow else LABEL_WIDTH
    named = [(end, wrapped(text, letters, 48)) for end, text in zip(ends, texts, strict=True) if text]
    a_pixel = (high - low) / room
    heights = [(LINE_HEIGHT * len(text) + 4) * a_pixel for _, text in named]
    places = spread([min(max(end.y, low), high) for end, _ in named], heights, low, high)
    return [
        {
            "text": "<br>".join(text),
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 5,
            "y": place,
            "yref": "y",
            "yanchor": "middle",
            "align": "left",
            "showarrow": False,
            "font": {"color": MODELS[end.model].colour, "weight": 600},
        }
        for (end, text), place in zip(named, places, strict=True)
    ]
