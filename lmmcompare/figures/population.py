"""The lines that models draw for everyone, and their labels in the right margin."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lmmcompare.catalogue import Model
from lmmcompare.figures import marks
from lmmcompare.figures.marks import Columns, Range, Trace
from lmmcompare.figures.theme import MODELS, model_label, page

LINE_HEIGHT = 16
LABEL_WIDTH = 11
HALO = 4


def _look(model: str, mixed: int, dark: bool) -> tuple[str, float, str]:
    """Colour, width and dash of a line for everyone; a mixed model's is grey while it is the only one."""
    style = MODELS[model]
    if model in ("ols", "truth"):
        return style.colour(dark), 3 if model == Model.OLS else 2, style.dash
    return (MODELS["population"] if mixed <= 1 else style).colour(dark), 3, MODELS["population"].dash


def _order(common: Columns) -> tuple[list[str], int]:
    """The models with a line for everyone, OLS last (on top), and how many of them are mixed models."""
    drawn = set(common["model"])
    present = [model for model in reversed(MODELS) if model in drawn]
    return present, sum(model not in ("ols", "truth") for model in present)


def population_traces(
    common: Columns, hover: str, group_name: str, opacity: float, dark: bool, *, halo: bool = False
) -> list[Trace]:
    """A thick trace for each model's line for everyone; ``hover`` says x and y.

    With ``halo`` a wider line in the page's colour lies under all of them, so that they are seen among many others.
    """
    present, mixed = _order(common)
    out: list[Trace] = []
    under: list[Trace] = []
    for model in present:
        line = common.where(common["model"] == model)
        colour, width, dash = _look(model, mixed, dark)
        label = marks.safe(model_label(model, group_name))
        kind = f"{label}, population average" if model not in ("ols", "truth") else label
        path: Trace = {"mode": "lines", "x": line["x"], "y": line["y"]}
        path |= {"opacity": opacity, "showlegend": False}
        if halo:
            under.append(path | {"line": {"color": page(dark).background, "width": width + HALO}, "hoverinfo": "skip"})
        look = {"color": colour, "width": width, "dash": dash}
        out.append(path | {"line": look, "hovertemplate": f"<b>{kind}</b><br>{hover}", "name": label})
    return under + out


def end_labels(
    common: Columns, labels: Mapping[str, str], y_range: Range, room: int, dark: bool
) -> list[dict[str, object]]:
    """Labels in the right margin at the height where each line ends, kept apart and inside."""
    present, mixed = _order(common)
    display = [model for model in present if labels.get(model)]
    texts = [marks.wrapped(labels[model], LABEL_WIDTH, 48) for model in display]
    low, high = min(y_range), max(y_range)
    lines = [common.where(common["model"] == model) for model in display]
    last = [line["y"][line["x"].argmax()] for line in lines]
    a_pixel = (high - low) / room
    heights = [(LINE_HEIGHT * len(text) + 4) * a_pixel for text in texts]
    places = marks.spread([float(np.clip(y, low, high)) for y in last], heights, low, high)
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
            "font": {"color": _look(model, mixed, dark)[0], "weight": 600},
        }
        for model, text, place in zip(display, texts, places, strict=True)
    ]
