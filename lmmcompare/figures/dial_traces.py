"""The traces of the dial: the curves along the ratio with their landmarks, and what moves when it is turned."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..model_catalogue import Model
from ..text.labels import noun
from ..text.numbers import number, percent
from .axis_layout import Range, padded
from .escaped_text import safe
from .theme import MODELS, PAGE, ModelStyle, model_label
from .traces import Trace

LIMIT = 1.92  # half the 95% point of chi-squared with one degree of freedom
OLS, DUMMIES, CHOSEN, POPULATION = (
    MODELS[m] for m in (Model.OLS, Model.NO_POOLING, Model.RANDOM_INTERCEPT, "population")
)
SHORT = 5
"""Letters of a group's name that leave room, on a phone too, for the label of the ratio that was fitted."""
LETTER, LABEL = 0.029, 0.15  # a letter's width and a line's height as shares of the curve's panel
SIDES = ("top right", "bottom left", "bottom right", "top left", "top center", "bottom center")


def six_digits(value: float) -> float | None:
    """Six significant digits; None for what is no number."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def decimals(limits: Range) -> int:
    """Decimals that place a point to a ten-thousandth of an axis, far below a pixel."""
    return 4 - math.floor(math.log10(abs(limits[1] - limits[0]) or 1.0))


def rounded(values: np.ndarray, decimals: int) -> list[Any]:
    """Rounded as a plain list, of lists where there are several dimensions; None for what is no number."""
    result = np.round(values, decimals).astype(object)
    result[~np.isfinite(values)] = None
    return result.tolist()


def snap_to_one(weight: float) -> float:
    """A weight for display; within a millionth of 1, as at the end that stands for infinity, it is 1."""
    return round(weight, 5)


def positions(ratio: np.ndarray) -> np.ndarray:
    """Positions of the ratios on the log axis; 0 and infinity are one step beyond the finite ones."""
    logs = np.log10(ratio[1:-1])
    step = (logs[-1] - logs[0]) / max(len(logs) - 1, 1) or 1.0
    return 10 ** np.concatenate([[logs[0] - step], logs, [logs[-1] + step]])


def estimate_limits(curve: pd.DataFrame) -> Range:
    """The coefficient's axis; a curve that is flat but for rounding stays flat, for standard errors give the scale."""
    low, high = float(curve["estimate"].min()), float(curve["estimate"].max())
    least = float(curve["se"].median())
    short = max(0.0, (least if math.isfinite(least) else 0.0) - (high - low)) / 2
    return padded(low - short, high + short, 0.28)


def step_labels(curve: pd.DataFrame) -> list[str]:
    """The ratio at each step, from 0 to infinity."""
    return ["0", *(number(float(ratio), 2) for ratio in curve["ratio"].iloc[1:-1]), "\N{INFINITY}"]


def far_end(curve: pd.DataFrame, group_name: str) -> str:
    """The label of the limit at infinity; there are no dummies for a predictor that is constant within groups."""
    if float(curve["weight_within"].iloc[-1]) < 0.5:
        return f"every {safe(noun(group_name), 18)} counts the same"
    return "dummies" if len(group_name) > SHORT else safe(model_label(Model.NO_POOLING, group_name))


def line_of(style: ModelStyle) -> dict[str, Any]:
    """A population line in its model's style."""
    return {"color": style.colour, "width": 3, "dash": style.dash}


def cloud(points: pd.DataFrame, colours: Mapping[str, str], hover: str, highlight: str | None) -> Trace:
    """Every row, in its group's colour."""
    mine = (points["group"] == highlight).to_numpy()
    many = len(points) > 300
    return {
        "type": "scatter",
        "mode": "markers",
        "x": points["x"].to_numpy(float),
        "y": points["y"].to_numpy(float),
        "customdata": points["group"].to_list(),
        "hovertext": [safe(group) for group in points["group"]],
        "hovertemplate": f"{hover}<extra></extra>",
        "marker": {
            "color": [colours.get(group, PAGE.muted) for group in points["group"]],
            "size": 4 if many else 6.5,
            "opacity": np.where(mine, 1.0, 0.18).tolist() if mine.any() else 0.45 if many else 0.75,
        },
    }


def curves(curve: pd.DataFrame, places: np.ndarray, sentences: Sequence[str], worst: float) -> list[Trace]:
    """The coefficient and the fit along the ratio, and the limit of what the data allow."""
    ink = {"color": PAGE.text, "width": 2}
    hover = [
        f"{text}<br>SE {number(se)}<br>{percent(snap_to_one(weight))} within<br>log-likelihood {number(drop)} below the best"
        for text, se, weight, drop in zip(sentences, curve["se"], curve["weight_within"], curve["drop"], strict=True)
    ]
    x = [six_digits(v) for v in places]
    both: Trace = {"type": "scatter", "mode": "lines", "x": x, "line": ink}
    both |= {"hovertext": hover, "hovertemplate": "%{hovertext}<extra></extra>"}
    limit = {"color": PAGE.muted, "width": 1, "dash": "dot"}
    return [
        both | {"y": [six_digits(v) for v in curve["estimate"]], "xaxis": "x2", "yaxis": "y2"},
        both | {"y": [six_digits(v) for v in curve["drop"].clip(upper=2 * worst)], "xaxis": "x3", "yaxis": "y3"},
        {"type": "scatter", "mode": "lines", "x": [x[0], x[-1]], "y": [LIMIT, LIMIT], "xaxis": "x3", "yaxis": "y3"}
        | {"line": limit, "hoverinfo": "skip"},
    ]


def landmarks(
    curve: pd.DataFrame, places: np.ndarray, chosen: int, limits: Range, group_name: str, method: str
) -> Trace:
    """OLS at one end, dummies at the other, and the ratio that was fitted, each labelled where the curve leaves room."""
    last = len(curve) - 1
    far = POPULATION if float(curve["weight_within"].iloc[-1]) < 0.5 else DUMMIES
    steps, styles = [0, last, chosen], [OLS, far, CHOSEN]
    texts = ["OLS", far_end(curve, group_name), f"{method} chooses"]
    x, y = np.log10(places), curve["estimate"].to_numpy(float)
    across, up = (x - x[0]) / (x[-1] - x[0]), (y - limits[0]) / (limits[1] - limits[0])
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [six_digits(places[i]) for i in steps],
        "y": [six_digits(y[i]) for i in steps],
        "xaxis": "x2",
        "yaxis": "y2",
        "text": texts,
        "textposition": _clear(across, up, steps, texts),
        "textfont": {"color": [style.colour for style in styles], "weight": 600},
        "marker": {
            "color": [style.colour for style in styles],
            "symbol": [OLS.symbol, DUMMIES.symbol, CHOSEN.symbol],
            "size": [9, 9, 11],
            "opacity": 1,
        },
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _clear(across: np.ndarray, up: np.ndarray, steps: Sequence[int], texts: Sequence[str]) -> list[str]:
    """A side for each label on which it lies least on the curve, on another label, or outside the panel (0 to 1)."""
    path = np.linspace(0, 1, 201)
    height = np.interp(path, across, up)
    taken: list[tuple[float, float, float, float]] = []
    out = []
    for i, text in zip(steps, texts, strict=True):
        wide, tall = len(text) * LETTER, LABEL
        result = []
        for side in SIDES:
            left = across[i] + {"right": 0.02, "center": -wide / 2, "left": -wide - 0.02}[side.split()[1]]
            low = up[i] + (0.05 if side.startswith("top") else -0.05 - tall)
            box = (left, left + wide, low, low + tall)
            on_curve = ((path > box[0]) & (path < box[1]) & (height > box[2] - 0.02) & (height < box[3] + 0.02)).sum()
            on_label = sum(box[0] < b[1] and b[0] < box[1] and box[2] < b[3] and b[2] < box[3] for b in taken)
            beyond = max(0.0, -box[0], box[1] - 1.03) + max(0.0, -box[2], box[3] - 1)
            result.append((on_curve + 60 * on_label + 400 * beyond, side, box))
        best = min(result, key=lambda candidate: candidate[0])
        out.append(best[1])
        taken.append(best[2])
    return out


def weight_bar() -> Trace:
    """The weight on the slope within groups, a bar from 0."""
    return {
        "type": "bar",
        "orientation": "h",
        "y": [0],
        "width": 0.6,
        "xaxis": "x4",
        "yaxis": "y4",
        "hoverinfo": "skip",
    }


def cursors() -> list[Trace]:
    """The marker on the curve, that on the drop, the bar of the weight, and the values in words."""
    ring = {
        "size": [0, 17, 0],
        "color": "rgba(0,0,0,0)",
        "opacity": 1,
        "line": {"color": PAGE.text, "width": 2.5},
    }
    cursor: Trace = {"mode": "lines+markers", "line": {"color": PAGE.muted, "width": 1}, "marker": ring}
    cursor |= {"cliponaxis": False, "hoverinfo": "skip"}
    return [
        cursor | {"xaxis": "x2", "yaxis": "y2"},
        cursor | {"xaxis": "x3", "yaxis": "y3"},
        weight_bar() | {"marker": {"color": CHOSEN.colour}},
        {"mode": "text", "x": [1.02, 0], "y": [0, 1], "xaxis": "x4", "yaxis": "y4", "cliponaxis": False}
        | {"textposition": ["middle right", "middle right"], "hoverinfo": "skip"},
    ]
