"""The common style of all figures: colours, symbols and dashes of the models, the template, Plotly's config.

Figures are drawn in the colours of a light page; `DARK_OF` has those of a dark one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import plotly.graph_objects as go

from ..model_catalogue import Model
from ..text import labels

FONT = "Source Sans, Source Sans Pro, system-ui, sans-serif"
FONT_SIZE = 13
SMALL = 12
BINS = 12
SVG_LIMIT = 3_000


@dataclass(frozen=True)
class ModelStyle:
    """How one model looks everywhere: told apart by colour, and again by dash and by symbol."""

    label: str
    colour: str
    symbol: str
    dash: str


COLOURS: dict[Model, tuple[str, str]] = {
    Model.OLS: ("#1B5FAA", "#62A5F0"),
    Model.OLS_ROBUST: ("#1B5FAA", "#62A5F0"),
    Model.NO_POOLING: ("#BC5A08", "#F59A45"),
    Model.PER_GROUP: ("#94430A", "#E8B48A"),
    Model.RANDOM_INTERCEPT: ("#1C8550", "#2BA866"),
    Model.RANDOM_SLOPE: ("#0B4A2E", "#BCE8A0"),
    Model.WITHIN_BETWEEN: ("#0A8198", "#45CFE3"),
    Model.SEVERAL: ("#1C3A00", "#CBF23F"),
    Model.STRUCTURED: ("#4B1590", "#9A5EED"),
    Model.CS: ("#4B1590", "#9A5EED"),
    Model.AR1: ("#9D06F4", "#EDD9DF"),
    Model.US: ("#402956", "#9C79BE"),
    Model.COMPLETE_CASES: ("#240048", "#A8849C"),
    Model.TRUTH: ("#111418", "#FFFFFF"),
}
"""Each model's colour on a light and on a dark page; at least 4.5:1 against it, so text may wear it too."""
POPULATION = ModelStyle("Population line", "#5A5F6B", "line-ew", "dash")
MODELS: dict[str, ModelStyle] = {
    **{
        model: ModelStyle(model.label, COLOURS[model][0], model.symbol, model.dash)
        for model in Model
        if model != Model.TRUTH
    },
    "population": POPULATION,
    Model.TRUTH: ModelStyle(Model.TRUTH.label, COLOURS[Model.TRUTH][0], Model.TRUTH.symbol, Model.TRUTH.dash),
}

# Twelve steps even in lightness and hue (OKLCH, hue 305 to 108), every one at least 3:1 against its page.
GROUP_SCALE_LIGHT = (
    "#400568",
    "#361D7D",
    "#21328C",
    "#004882",
    "#035778",
    "#066374",
    "#007072",
    "#087C6C",
    "#04895D",
    "#3A933D",
    "#719618",
    "#9A9606",
)
GROUP_SCALE_DARK = (
    "#8050B0",
    "#7364C9",
    "#5D7ADA",
    "#3A8FE3",
    "#01A4DF",
    "#00B5D3",
    "#0DC5C9",
    "#07D6BC",
    "#55E2A6",
    "#90E98F",
    "#C3EE7B",
    "#F2EF6F",
)


@dataclass(frozen=True)
class Page:
    """Colours of the page that a figure sits on."""

    background: str
    text: str
    muted: str
    grid: str
    axis: str
    shade: str
    track: str


PAGE = Page("#FFFFFF", "#1A1C23", "#5A5F6B", "#ECEEF2", "#C9CDD5", "rgba(90,100,120,0.07)", "#E6E9EE")
DARK_PAGE = Page("#0E1117", "#FAFAFA", "#A7A9B4", "#232730", "#4A505D", "rgba(190,200,220,0.07)", "#2A2F3A")


def clear(colour: str, opacity: float) -> str:
    """A colour ``#RRGGBB`` that lets through what is behind it."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


# Levels of a factor are few and have no order: hues that lie further apart than neighbours on that scale.
LEVELS_LIGHT = ("#5B1A8C", "#B4246E", "#04648C", "#8A8705", "#2F7D32", "#7A4A24")
LEVELS_DARK = ("#9F74DB", "#F27AB2", "#3FB6EA", "#F0ED70", "#7FE08A", "#D9A679")


BANDS = {"prediction": (0.13, 0.22), "confidence": (0.3, 0.45)}
"""Opacities of a band in its model's colour, on the light and the dark page."""


def band_fill(colour: str, band: str) -> str:
    """The fill of a model's band, "prediction" or "confidence", in the model's colour."""
    return clear(colour, BANDS[band][0])


TONES = {"within": "#7B8496", "between": "#C6A98F", "stripes": "#8A6A4C"}
"""Fills of the parts of a gap, of which that between groups is also striped."""
DARK_OF: dict[str, str] = {
    **{getattr(PAGE, f.name): getattr(DARK_PAGE, f.name) for f in fields(Page)},
    **dict(COLOURS.values()),
    **dict(zip(GROUP_SCALE_LIGHT, GROUP_SCALE_DARK, strict=True)),
    **dict(zip(LEVELS_LIGHT, LEVELS_DARK, strict=True)),
    **{band_fill(light, band): clear(dark, BANDS[band][1]) for light, dark in COLOURS.values() for band in BANDS},
    **dict(zip(TONES.values(), ("#98A1B3", "#6E5746", "#C9A88A"), strict=True)),
}
"""The dark colour for each light one, by which `darkened` and, in the app, static/theme.js turn a figure dark."""
_CLEAR = re.compile(r"rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)")

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "displayModeBar": "hover",
    "modeBarButtons": [["zoom2d", "resetScale2d", "toImage"]],
    "scrollZoom": False,
    "doubleClick": "reset",
}
"""How plotly.js lets readers handle a figure in the app."""


def darkened(part: Any, name: str = "") -> Any:
    """A figure as plain data, or a part of one under this name, in the colours of a dark page."""
    if isinstance(part, dict):
        return {key: darkened(value, key) for key, value in part.items()}
    if isinstance(part, list):
        return [darkened(value, name) for value in part]
    if not isinstance(part, str) or "color" not in name:
        return part
    if part in DARK_OF or not (found := _CLEAR.fullmatch(part)):
        return DARK_OF.get(part, part)
    solid = DARK_OF.get("#" + "".join(f"{int(channel):02X}" for channel in found.groups()[:3]))
    return clear(solid, float(found[4])) if solid else part


def model_label(model: str, group_name: str = "") -> str:
    """The model's name as readers see it; group dummies carry the group's name where it is known."""
    return labels.model_label(model, group_name) if model in COLOURS else MODELS[model].label


def group_colours(groups_in_order: Sequence[str]) -> dict[str, str]:
    """A colour for each group along one sequential scale, in the order given, in at most ``BINS`` steps.

    Neighbours share a step when there are more groups than steps: one trace draws all lines of a step.
    """
    scale, count = GROUP_SCALE_LIGHT, len(groups_in_order)
    if count > BINS:
        return {group: scale[i * BINS // count] for i, group in enumerate(groups_in_order)}
    span = max(count - 1, 1)
    return {group: scale[round(i * (BINS - 1) / span)] for i, group in enumerate(groups_in_order)}


def level_colours(levels: Sequence[str]) -> dict[str, str]:
    """A colour for each level of a factor: two or three from the groups' scale, up to six each of its own hue."""
    own = LEVELS_LIGHT
    return dict(zip(levels, own, strict=False)) if 3 < len(levels) <= len(own) else group_colours(levels)


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two ``#RRGGBB`` colours, from 1 to 21."""
    light, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dim + 0.05)


def text_on(colour: str) -> str:
    """White or near-black, whichever reads better on ``colour``."""
    return max(("#FFFFFF", "#0E1117"), key=lambda ink: contrast(ink, colour))


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def template() -> dict[str, Any]:
    """The app's plotly template, as plotly.js is sent it: clear paper, a thin grid, no clutter at zero."""
    axis = {
        "gridcolor": PAGE.grid,
        "gridwidth": 1,
        "zeroline": False,
        "linecolor": PAGE.axis,
        "showline": True,
        "ticks": "",
        "ticklabelstandoff": 4,
        "tickfont": {"size": SMALL, "color": PAGE.muted},
        "title": {"font": {"size": FONT_SIZE, "color": PAGE.text}, "standoff": 8},
    }
    made = go.layout.Template(
        layout={
            "font": {"family": FONT, "size": FONT_SIZE, "color": PAGE.text},
            "paper_bgcolor": PAGE.background,  # a figure that is saved has a background too
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [style.colour for key, style in MODELS.items() if key != Model.OLS_ROBUST],
            "margin": {"l": 52, "r": 16, "t": 28, "b": 48, "pad": 0},
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": PAGE.background,
                "bordercolor": PAGE.axis,
                "font": {"family": FONT, "size": FONT_SIZE, "color": PAGE.text},
                "align": "left",
            },
            "separators": ".,",
            "showlegend": False,
            "dragmode": False,
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": PAGE.muted, "activecolor": PAGE.text},
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "bottom",
                "font": {"size": SMALL},
                "itemclick": False,
                "itemdoubleclick": False,
                "bgcolor": "rgba(0,0,0,0)",
            },
            "xaxis": axis,
            "yaxis": axis,
        }
    )
    parts: dict[str, Any] = made.to_plotly_json()
    return parts
