"""The dial: drag the variance ratio, and the groups' lines, the coefficient and its weights move in the browser."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lmmcompare.figures import marks
from lmmcompare.figures.marks import Range, Trace
from lmmcompare.figures.theme import MODELS, SMALL, group_colours, model_label, page
from lmmcompare.labels import noun, plural
from lmmcompare.numbers import decimals_for, number, percent

MOST = 60
WORST = 12.0
LIMIT = 1.92  # half the 95% point of chi-squared with one degree of freedom
OLS, DUMMIES, CHOSEN, POPULATION = (MODELS[m] for m in ("ols", "no_pooling", "random_intercept", "population"))
WIDE, TALL = 470, 700
TOP = 34
LETTER, LABEL = 0.029, 0.15  # a letter's width and a line's height as shares of the curve's panel
SIDES = ("top right", "bottom left", "bottom right", "top left", "top center", "bottom center")


def dial_figure(
    curve: pd.DataFrame,
    *,
    chosen: int,
    points: pd.DataFrame,
    group_x: np.ndarray,
    group_y: np.ndarray,
    population_x: np.ndarray,
    population_y: np.ndarray,
    ols_y: np.ndarray,
    group_order: Sequence[str],
    x_label: str,
    y_label: str,
    x_range: Range,
    y_range: Range,
    term_label: str,
    group_name: str = "ID",
    method: str = "REML",
    highlight: str | None = None,
    stacked: bool = False,
    height: int | None = None,
    dark: bool = False,
) -> go.Figure:
    """Draw the model at every variance ratio, as frames that a slider inside the figure steps through.

    Parameters
    ----------
    curve : DataFrame
        ``ratio``, ``estimate``, ``se``, ``weight_within``, ``drop``: a row per step. The first ratio is 0 and the last
        stands for infinity; both are drawn one step beyond their neighbours.
    chosen : int
        The step of the fitted ratio, where the slider starts.
    points : DataFrame
        ``group``, ``x``, ``y``.
    group_x, group_y : array (J, 2) and (steps, J, 2)
        The ends of each group's line, the groups as in ``group_order``. At most 60 lines are drawn, and it is said.
    population_x, population_y, ols_y : array (2,), (steps, 2) and (2,)
        The ends of the population line at every step, and of the OLS line.
    method : str
        What chose the fitted ratio: REML or ML.
    stacked : bool
        The panels one under the other, for a phone.

    Notes
    -----
    A frame holds what moves and nothing else: y of the lines, two markers, a bar and two texts. Arrays are rounded and
    sent as plain lists, for plotly.js does not decode binary arrays in frames.
    """
    drawn = _drawn(group_order, highlight)
    colours = group_colours(group_order, dark)
    bundles = _bundles(drawn, colours, highlight)
    at = {group: i for i, group in enumerate(group_order)}
    places = _positions(curve["ratio"].to_numpy(float))
    says = _sentences(curve, term_label, group_name)
    limits = _limits(curve)
    worst = min(WORST, max(1.3 * LIMIT, 1.1 * float(curve["drop"].max())))
    who = f"<b>{marks.safe(group_name)} %{{hovertext}}</b>"
    x_step, y_step = _decimals(x_range), _decimals(y_range)

    def ends(of: np.ndarray, members: Sequence[str], decimals: int) -> list[float | None]:
        """Both ends of these groups' lines, and a gap after each."""
        return [v for group in members for v in (*_rounded(of[at[group]], decimals), None)]

    def step(i: int) -> list[Trace]:
        """What the moving traces show at a step."""
        row = curve.iloc[i]
        x = [_six(places[i])] * 3
        weight = float(row["weight_within"])
        return [
            *({"type": "scatter", "y": ends(group_y[i], members, y_step)} for members, _ in bundles),
            {"type": "scatter", "y": _rounded(population_y[i], y_step)},
            {"type": "scatter", "x": x, "y": [_six(v) for v in (limits[0], row["estimate"], limits[1])]},
            {"type": "scatter", "x": x, "y": [_six(v) for v in (worst, min(row["drop"], worst), -1.0)]},
            {"type": "bar", "x": [_six(weight)]},
            {"type": "scatter", "text": [f"{percent(_settled(weight))} within", says[i]]},
        ]

    looks: list[Trace] = [
        {
            "mode": "lines",
            "x": ends(group_x, members, x_step),
            "customdata": [name for group in members for name in (group, group, "")],
            "hovertext": [name for group in members for name in (marks.safe(group), marks.safe(group), "")],
            "hovertemplate": f"{who}<extra></extra>",
        }
        | look
        for members, look in bundles
    ]
    looks.append(
        {"mode": "lines", "x": _rounded(population_x, x_step), "line": _line(POPULATION, dark), "hoverinfo": "skip"}
    )
    looks += _cursors(dark)
    still = [
        _points(
            points, colours, f"{who}<br>{marks.safe(x_label)} %{{x}}<br>{marks.safe(y_label)} %{{y}}", highlight, dark
        ),
        {"type": "scatter", "mode": "lines", "x": _rounded(population_x, x_step), "y": _rounded(ols_y, y_step)}
        | {"line": _line(OLS, dark), "hoverinfo": "skip"},
        *_curves(curve, places, says, worst, dark),
        _landmarks(curve, places, chosen, limits, group_name, method, dark),
        _weight_bar(dark) | {"x": [1.0], "marker": {"color": page(dark).track}},
    ]
    middle = colours[drawn[len(drawn) // 2]] if drawn else page(dark).muted
    names = (
        ("OLS", _line(OLS, dark)),
        ("population", _line(POPULATION, dark)),
        (f"each {noun(group_name) if len(group_name) < 9 else 'group'}", {"color": middle}),
    )
    still += [marks.legend_only(name, line=line) for name, line in names]
    data = still + [look | now for look, now in zip(looks, step(chosen), strict=True)]
    data = [{"showlegend": False} | trace for trace in data]
    moving = list(range(len(still), len(data)))
    frames = [{"name": str(i), "data": step(i), "traces": moving} for i in range(len(curve))]

    short = marks.safe(plural(group_name), 14)
    layout, bottom = _panels(stacked, height or (TALL if stacked else WIDE))
    layout["xaxis"] |= marks.axis(x_label, x_range)
    layout["yaxis"] |= marks.axis(y_label, y_range)
    log = {"type": "log", "range": _log_range(places)} | _ratio_ticks(places)
    layout["xaxis2"] |= log | {"showticklabels": False}
    layout["xaxis3"] |= log
    layout["yaxis2"] |= marks.axis("", limits) | {"nticks": 5}
    layout["yaxis3"] |= {"range": [worst, -0.06 * worst], "nticks": 4, "zeroline": False}
    layout["xaxis4"] |= {"range": [0, 1.38], "visible": False}
    layout["yaxis4"] |= {"range": [-0.5, 1.5], "visible": False}
    layout["sliders"] = [_slider(curve, chosen, short, bottom, stacked, dark)]
    notes = [_title(marks.safe(term_label, 40), "2", dark), _title("drop in log-likelihood", "3", dark)]
    if len(drawn) < len(group_order):
        notes.append(_note(f"Lines of {len(drawn)} of the {len(group_order):,} {short}", layout, dark))
    layout["annotations"] = notes
    row = curve.iloc[chosen]
    alt = (
        f"{term_label} against the variance between {plural(group_name)} divided by the variance within: "
        f"{number(curve['estimate'].iloc[0])} at ratio 0 (OLS), {number(row['estimate'])} at {number(row['ratio'])}, which "
        f"{method} chooses, {number(curve['estimate'].iloc[-1])} at infinity; with the lines of {len(drawn)} groups. "
        "A slider sets the ratio."
    )
    out = marks.figure(data, layout, dark=dark, alt=alt, height=height or (TALL if stacked else WIDE))
    out.frames = frames
    return out


def _settled(weight: float) -> float:
    """A weight as the reader sees it; at the end that stands for infinity it is 1 but for a millionth."""
    return round(weight, 5)


def _six(value: float) -> float | None:
    """Six significant digits; None for what is no number."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _decimals(limits: Range) -> int:
    """Decimals that place a point to a ten-thousandth of an axis, far below a pixel."""
    return 4 - math.floor(math.log10(abs(limits[1] - limits[0]) or 1.0))


def _rounded(values: np.ndarray, decimals: int) -> list[float | None]:
    return [round(float(v), decimals) if math.isfinite(v) else None for v in values]


def _drawn(group_order: Sequence[str], highlight: str | None) -> list[str]:
    """The groups whose lines are drawn: evenly along the order, and always the highlighted one."""
    kept = np.unique(np.linspace(0, len(group_order) - 1, min(MOST, len(group_order))).round().astype(int))
    groups = [group_order[i] for i in kept]
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


def _positions(ratio: np.ndarray) -> np.ndarray:
    """Where the ratios stand on the log axis: 0 and infinity one step beyond the finite ones."""
    logs = np.log10(ratio[1:-1])
    step = (logs[-1] - logs[0]) / max(len(logs) - 1, 1) or 1.0
    return 10 ** np.concatenate([[logs[0] - step], logs, [logs[-1] + step]])


def _log_range(places: np.ndarray) -> list[float]:
    low, high = np.log10(places[[0, -1]])
    return [low - 0.03 * (high - low), high + 0.03 * (high - low)]


def _ratio_ticks(places: np.ndarray) -> dict[str, Any]:
    """Powers of ten, few enough for a phone, with 0 and infinity at the ends."""
    low, high = np.log10(places[[0, -1]])
    stride = max(1, math.ceil((high - low) / 5))
    powers = [p for p in range(math.ceil(low), math.floor(high) + 1) if p % stride == 0]
    powers = [p for p in powers if min(p - low, high - p) > 0.12 * (high - low)]
    texts = ["0", *(number(10.0**p, 1) for p in powers), "\N{INFINITY}"]
    values = [float(places[0]), *(10.0**p for p in powers), float(places[-1])]
    return {"tickmode": "array", "tickvals": values, "ticktext": texts}


def _limits(curve: pd.DataFrame) -> Range:
    """The coefficient's axis; a curve that is flat but for rounding stays flat, for standard errors give the scale."""
    low, high = float(curve["estimate"].min()), float(curve["estimate"].max())
    least = float(curve["se"].median())
    short = max(0.0, (least if math.isfinite(least) else 0.0) - (high - low)) / 2
    return marks.padded(low - short, high + short, 0.28)


def _sentences(curve: pd.DataFrame, term_label: str, group_name: str) -> list[str]:
    """The values at each step in words."""
    decimals = decimals_for(float(curve["se"].min()))
    names = _step_labels(curve)
    names[0] += " (OLS)"
    names[-1] += f" ({_far_end(curve, group_name)})"
    return [
        f"ratio {name}: {marks.safe(term_label, 24)} <b>{number(estimate, decimals=decimals)}</b>"
        for name, estimate in zip(names, curve["estimate"], strict=True)
    ]


def _step_labels(curve: pd.DataFrame) -> list[str]:
    return ["0", *(number(float(ratio), 2) for ratio in curve["ratio"].iloc[1:-1]), "\N{INFINITY}"]


def _far_end(curve: pd.DataFrame, group_name: str) -> str:
    """What the model turns into at infinity; there are no dummies for a predictor that is constant within groups."""
    if float(curve["weight_within"].iloc[-1]) < 0.5:
        return f"every {marks.safe(noun(group_name), 18)} counts the same"
    return marks.safe(model_label("no_pooling", group_name), 26)


def _line(style: Any, dark: bool) -> dict[str, Any]:
    return {"color": style.colour(dark), "width": 3, "dash": style.dash}


def _points(points: pd.DataFrame, colours: dict[str, str], hover: str, highlight: str | None, dark: bool) -> Trace:
    mine = (points["group"] == highlight).to_numpy()
    many = len(points) > 300
    return {
        "type": "scatter",
        "mode": "markers",
        "x": points["x"].to_numpy(float),
        "y": points["y"].to_numpy(float),
        "customdata": points["group"].to_list(),
        "hovertext": [marks.safe(group) for group in points["group"]],
        "hovertemplate": f"{hover}<extra></extra>",
        "marker": {
            "color": [colours.get(group, page(dark).muted) for group in points["group"]],
            "size": 4 if many else 6.5,
            "opacity": np.where(mine, 1.0, 0.18).tolist() if mine.any() else 0.45 if many else 0.75,
        },
    }


def _curves(curve: pd.DataFrame, places: np.ndarray, says: Sequence[str], worst: float, dark: bool) -> list[Trace]:
    """The coefficient and the fit along the ratio, and the limit of what the data allow."""
    ink = {"color": page(dark).text, "width": 2}
    hover = [
        f"{text}<br>SE {number(se)}<br>{percent(_settled(weight))} within<br>log-likelihood {number(drop)} below the best"
        for text, se, weight, drop in zip(says, curve["se"], curve["weight_within"], curve["drop"], strict=True)
    ]
    x = [_six(v) for v in places]
    both: Trace = {"type": "scatter", "mode": "lines", "x": x, "line": ink}
    both |= {"hovertext": hover, "hovertemplate": "%{hovertext}<extra></extra>"}
    limit = {"color": page(dark).muted, "width": 1, "dash": "dot"}
    return [
        both | {"y": [_six(v) for v in curve["estimate"]], "xaxis": "x2", "yaxis": "y2"},
        both | {"y": [_six(v) for v in curve["drop"].clip(upper=2 * worst)], "xaxis": "x3", "yaxis": "y3"},
        {"type": "scatter", "mode": "lines+text", "x": [x[0], x[-1]], "y": [LIMIT, LIMIT], "xaxis": "x3", "yaxis": "y3"}
        | {"text": ["95%", ""], "textposition": "bottom right", "line": limit, "hoverinfo": "skip"}
        | {"textfont": {"size": SMALL, "color": page(dark).muted}},
    ]


def _landmarks(
    curve: pd.DataFrame, places: np.ndarray, chosen: int, limits: Range, group_name: str, method: str, dark: bool
) -> Trace:
    """OLS at one end, dummies at the other, and the ratio that was fitted, each labelled where the curve leaves room."""
    last = len(curve) - 1
    far = POPULATION if float(curve["weight_within"].iloc[-1]) < 0.5 else DUMMIES
    steps, styles = [0, last, chosen], [OLS, far, CHOSEN]
    texts = ["OLS", _far_end(curve, group_name), f"{method} chooses"]
    x, y = np.log10(places), curve["estimate"].to_numpy(float)
    across, up = (x - x[0]) / (x[-1] - x[0]), (y - limits[0]) / (limits[1] - limits[0])
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [_six(places[i]) for i in steps],
        "y": [_six(y[i]) for i in steps],
        "xaxis": "x2",
        "yaxis": "y2",
        "text": texts,
        "textposition": _clear(across, up, steps, texts),
        "textfont": {"color": [style.colour(dark) for style in styles], "weight": 600},
        "marker": {
            "color": [style.colour(dark) for style in styles],
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
        found = []
        for side in SIDES:
            left = across[i] + {"right": 0.02, "center": -wide / 2, "left": -wide - 0.02}[side.split()[1]]
            low = up[i] + (0.05 if side.startswith("top") else -0.05 - tall)
            box = (left, left + wide, low, low + tall)
            on_curve = ((path > box[0]) & (path < box[1]) & (height > box[2] - 0.02) & (height < box[3] + 0.02)).sum()
            on_label = sum(box[0] < b[1] and b[0] < box[1] and box[2] < b[3] and b[2] < box[3] for b in taken)
            beyond = max(0.0, -box[0], box[1] - 1.03) + max(0.0, -box[2], box[3] - 1)
            found.append((on_curve + 60 * on_label + 400 * beyond, side, box))
        best = min(found, key=lambda candidate: candidate[0])
        out.append(best[1])
        taken.append(best[2])
    return out


def _weight_bar(dark: bool) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "y": [0],
        "width": 0.6,
        "xaxis": "x4",
        "yaxis": "y4",
        "hoverinfo": "skip",
    }


def _cursors(dark: bool) -> list[Trace]:
    """The marker on the curve, that on the drop, the bar of the weight, and the values in words."""
    ring = {
        "size": [0, 17, 0],
        "color": "rgba(0,0,0,0)",
        "opacity": 1,
        "line": {"color": page(dark).text, "width": 2.5},
    }
    cursor: Trace = {"mode": "lines+markers", "line": {"color": page(dark).muted, "width": 1}, "marker": ring}
    cursor |= {"cliponaxis": False, "hoverinfo": "skip"}
    return [
        cursor | {"xaxis": "x2", "yaxis": "y2"},
        cursor | {"xaxis": "x3", "yaxis": "y3"},
        _weight_bar(dark) | {"marker": {"color": CHOSEN.colour(dark)}},
        {"mode": "text", "x": [1.02, 0], "y": [0, 1], "xaxis": "x4", "yaxis": "y4", "cliponaxis": False}
        | {"textposition": ["middle right", "middle right"], "hoverinfo": "skip"},
    ]


def _panels(stacked: bool, height: int) -> tuple[dict[str, Any], float]:
    """The panels' places: lines, coefficient, drop and weight as axes 1 to 4; and where the slider's top is."""
    left, right = (50, 14) if stacked else (56, 20)
    below = 84 if stacked else 50
    room = height - TOP - below

    def rows(*ends: float) -> list[list[float]]:
        """Pixel distances from the top, as domains."""
        return [[1 - low / room, 1 - high / room] for high, low in zip(ends[::2], ends[1::2], strict=True)]

    if stacked:
        start = 0.0
        lines = 0.42 * room
        strip = lines + 50
        free = room - strip - 46 - 24 - 22
        curve = strip + 46 + 24
        first, weight, second, third = rows(
            0, lines, strip, strip + 46, curve, curve + 0.58 * free, curve + 0.58 * free + 22, room
        )
    else:
        start = 0.58
        bottom = room - 30
        free = bottom - 46 - 26 - 24
        first, weight, second, third = rows(0, room, 0, 46, 72, 72 + 0.6 * free, 96 + 0.6 * free, bottom)
    across = {"1": [0.0, 1.0 if stacked else 0.5], "2": [start, 1.0], "3": [start, 1.0], "4": [start, 1.0]}
    layout: dict[str, Any] = {"margin": {"l": left, "r": right, "t": TOP, "b": below}, "barmode": "overlay"}
    for key, domain in zip("1234", (first, second, third, weight), strict=True):
        suffix = "" if key == "1" else key
        layout[f"xaxis{suffix}"] = {"domain": across[key], "anchor": f"y{suffix}", "fixedrange": True}
        layout[f"yaxis{suffix}"] = {
            "domain": np.clip(domain, 0, 1).tolist(),
            "anchor": f"x{suffix}",
            "fixedrange": True,
        }
    layout |= {"showlegend": True, "legend": {"x": 0, "y": 1}}
    return layout, third[0] - 28 / room


def _slider(curve: pd.DataFrame, chosen: int, short: str, top: float, stacked: bool, dark: bool) -> dict[str, Any]:
    """A slider as long as the axis of the ratio above it; that axis has the ticks, so its own are not shown."""
    how = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    start = 0.0 if stacked else 0.58
    within = "variance within" if len(short) < 7 else "within"  # the column is narrow
    prefix = f"variance between {short} \N{DIVISION SIGN} {within}: "
    return {
        "active": chosen,
        "steps": [
            {"label": label, "method": "animate", "args": [[str(i)], how]}
            for i, label in enumerate(_step_labels(curve))
        ],
        "x": start,
        "len": 1 - start,
        "y": max(top, -2.0),
        "yanchor": "top",
        "pad": {"l": 0, "r": 0, "t": 0, "b": 0},
        "currentvalue": {
            "prefix": prefix,
            "xanchor": "left",
            "offset": 10,
            "font": {"size": SMALL + 0.5, "color": page(dark).text},
        },
        "font": {"size": 1, "color": "rgba(0,0,0,0)"},
        "ticklen": 0,
        "minorticklen": 0,
        "bgcolor": CHOSEN.colour(dark),
        "activebgcolor": page(dark).text,
        "bordercolor": page(dark).background,
        "borderwidth": 1.5,
        "transition": {"duration": 0},
    }


def _title(text: str, axis: str, dark: bool) -> dict[str, Any]:
    """A panel's name above it, on the left."""
    place = {
        "xref": f"x{axis} domain",
        "x": 0,
        "xanchor": "left",
        "yref": f"y{axis} domain",
        "y": 1,
        "yanchor": "bottom",
    }
    return {"text": text, "showarrow": False, "font": {"weight": 600}} | place


def _note(text: str, layout: dict[str, Any], dark: bool) -> dict[str, Any]:
    place = {"xref": "x domain", "x": 0.01, "xanchor": "left", "yref": "y domain", "y": 0.99, "yanchor": "top"}
    font = {"size": SMALL, "color": page(dark).muted}
    return {"text": text, "showarrow": False, "font": font, "bgcolor": page(dark).background, "opacity": 0.9} | place
