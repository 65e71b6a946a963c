"""One small panel for each group, all on the same axes, with every model's line for that group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ..model_catalogue import Model
from ..text.labels import group_phrase
from . import traces
from .axes import PLAIN, Axes, Look
from .axis_layout import axis
from .escaped_text import safe
from .figure import figure
from .theme import FONT_SIZE, MODELS, PAGE, model_label
from .traces import Columns, Trace

MOST = 24
PANEL_HEIGHT = 128
TITLE_HEIGHT = 22
TOP, BOTTOM, LEFT = 34, 50, 60


def group_panels(
    points: pd.DataFrame,
    lines: pd.DataFrame,
    axes: Axes,
    *,
    groups: Sequence[str],
    columns: int = 6,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw the groups in the order given (the first 24), each with its rows, its own lines and OLS for reference.

    Panels of a column share one x axis and panels of a row one y axis, so that the figure needs columns + rows axes
    rather than two for every panel, and numbers stand at the outer edges only. Frames as for ``group_lines``.
    """
    display, group_name = list(groups)[:MOST], axes.group_name
    columns = max(1, min(columns, len(display) or 1))
    rows = max(1, -(-len(display) // columns))
    height = look.height or TOP + BOTTOM + rows * (PANEL_HEIGHT + TITLE_HEIGHT)
    room = height - TOP - BOTTOM
    layout = _axes(columns, rows, len(display), TITLE_HEIGHT / room, axes)

    models = [model for model in MODELS if (lines["model"] == model).any() and model != Model.OLS]
    own = {key: part for key, part in lines[lines["kind"] == "group"].groupby(["group", "model"], sort=False)}
    common = lines[(lines["kind"] == "population") & lines["model"].isin([Model.OLS, Model.TRUTH])]
    rows_of = dict(tuple(points[points["group"].isin(display)].groupby("group", sort=False)))
    y_hover = f"{safe(axes.y_label)} %{{y}}<extra></extra>"
    dot_hover = f"{safe(axes.x_label)} {'%{hovertext}' if axes.x_ticks else '%{x}'}<br>{y_hover}"
    hover = y_hover if axes.x_ticks else dot_hover
    data: list[Trace] = _legend(lines, models, group_name)
    annotations = []
    for i, group in enumerate(display):
        column, row = i % columns, i // columns
        place = {"xaxis": f"x{column + 1 if column else ''}", "yaxis": f"y{row + 1 if row else ''}"}
        title = safe(group_phrase(group_name, group))
        for model, line in common[_at_own_level(common, points, group)].groupby("model", sort=False):
            data.append(place | _line(line, str(model), f"<b>{model_label(str(model))}</b><br>{hover}"))
        if group in rows_of:
            text = f"<b>{title}</b><br>{dot_hover}"
            data.append(place | _dots(rows_of[group], group, text, axes.x_ticks))
        for model in models:
            if (group, model) in own:
                text = f"<b>{title}</b>, {safe(model_label(model, group_name))}<br>{hover}"
                data.append(place | _line(own[group, model], model, text))
        annotations.append(_title(group, column, row, layout, group == look.highlight))
    foot = {"xref": "paper", "x": 0.5, "yref": "paper", "y": 0, "yanchor": "top", "yshift": -26}
    side = {"xref": "paper", "x": 0, "xshift": -LEFT + 10, "yref": "paper", "y": 0.5, "textangle": -90}
    annotations += [
        {"text": safe(axes.x_label), "showarrow": False} | foot,
        {"text": safe(axes.y_label), "showarrow": False} | side,
    ]
    layout |= {
        "margin": {"l": LEFT, "r": 10, "t": TOP, "b": BOTTOM},
        "annotations": annotations,
        "showlegend": True,
        "legend": {"y": 1 + 2 / room},
    }
    alt = (
        f"{len(display)} panels, one for each {group_name}: {axes.y_label} against {axes.x_label} with lines of "
        f"{', '.join(model_label(model, group_name) for model in models) or 'no model'} and OLS for reference."
    )
    return figure(data, layout, alt=alt, height=height)


def _axes(columns: int, rows: int, count: int, title: float, axes: Axes) -> dict[str, Any]:
    """An x axis for each column and a y axis for each row; a column's axis hangs under its last panel."""
    out: dict[str, Any] = {}
    gap = 0.09 / columns
    width = (1 - gap * (columns - 1)) / columns
    for column in range(columns):
        last = (count - 1 - column) // columns if count > column else 0
        start = column * (width + gap)
        few = {} if axes.x_ticks else {"nticks": 4}
        out[f"xaxis{column + 1 if column else ''}"] = axis("", axes.x_range, axes.x_ticks) | {
            "domain": [start, min(1.0, start + width)],
            "anchor": f"y{last + 1 if last else ''}",
            "fixedrange": True,
            **few,
        }
    for row in range(rows):
        top = 1 - row / rows
        out[f"yaxis{row + 1 if row else ''}"] = axis("", axes.y_range) | {
            "domain": [max(0.0, top - 1 / rows) + (0.012 if row < rows - 1 else 0), top - title],
            "anchor": "x",
            "fixedrange": True,
            "nticks": 4,
        }
    return out


def _at_own_level(common: pd.DataFrame, points: pd.DataFrame, group: str) -> pd.Series:
    """Which lines for everyone are of a level that a group has rows of: all of them where rows have no level."""
    if "level" not in points:
        return common["model"].notna()
    return common["level"].isin(points.loc[points["group"] == group, "level"])


def _dots(rows: pd.DataFrame, group: str, hover: str, x_ticks: Mapping[float, str] | None) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": rows["x"].to_numpy(float),
        "y": rows["y"].to_numpy(float),
        "customdata": [group] * len(rows),
        "hovertext": traces.tick_names(rows["x"].to_numpy(float), x_ticks) if x_ticks else None,
        "hovertemplate": hover,
        "showlegend": False,
        "marker": {"color": PAGE.muted, "size": 5 if len(rows) <= 60 else 3.5, "opacity": 0.8},
    }


def _line(line: pd.DataFrame, model: str, hover: str) -> Trace:
    style, ends = MODELS[model], traces.gapped(Columns.of(line), ["x", "y", "group"])
    return {
        "type": "scatter",
        "mode": "lines",
        "x": ends["x"],
        "y": ends["y"],
        "customdata": ends["group"].tolist(),
        "hovertemplate": hover,
        "showlegend": False,
        "line": {"color": style.colour, "width": 1.25 if model == Model.OLS else 2, "dash": style.dash},
    }


def _legend(lines: pd.DataFrame, models: Sequence[str], group_name: str) -> list[Trace]:
    """Empty traces that only carry the legend, so that no panel's traces need to."""
    keys = ([Model.OLS] if (lines["model"] == Model.OLS).any() else []) + list(models)
    looks = {key: {"color": MODELS[key].colour, "width": 2, "dash": MODELS[key].dash} for key in keys}
    return [traces.legend_only(model_label(key, group_name), line=look) for key, look in looks.items()]


def _title(group: str, column: int, row: int, layout: dict[str, Any], strong: bool) -> dict[str, Any]:
    text = safe(group, 22)
    return {
        "text": f"<b>{text}</b>" if strong else text,
        "xref": "paper",
        "x": layout[f"xaxis{column + 1 if column else ''}"]["domain"][0],
        "xanchor": "left",
        "align": "left",
        "yref": "paper",
        "y": layout[f"yaxis{row + 1 if row else ''}"]["domain"][1],
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": FONT_SIZE, "weight": 600, "color": PAGE.text},
    }
