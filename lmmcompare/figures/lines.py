"""The picture of a comparison: every row, a line for every group, and the lines that the models draw for everyone."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lmmcompare.catalogue import Model
from lmmcompare.figures import marks
from lmmcompare.figures.axes import PLAIN, Axes, Look
from lmmcompare.figures.marks import Columns, Trace, each_group
from lmmcompare.figures.population import LINE_HEIGHT, Label, end_labels, population_traces
from lmmcompare.figures.theme import MODELS, SMALL, group_colours, model_label, page
from lmmcompare.figures.truth import true_traces
from lmmcompare.text.labels import group_phrase

TOP, BOTTOM, HEIGHT = 12, 50, 440
STRIP = 20
NO_DATA = "no data here: intercepts are extrapolations"
DIMMED = 0.18
MANY = 60
"""More groups than this have thin, faint lines, which those for everyone stand out from."""


def group_lines(
    points: pd.DataFrame | Columns,
    lines: pd.DataFrame | Columns,
    axes: Axes,
    *,
    models: Collection[str] | None = None,
    labels: Mapping[Label, str] | None = None,
    notes: str = "",
    bands: bool = False,
    look: Look = PLAIN,
) -> go.Figure:
    """Draw points coloured by group, each group's line, and the models' population lines.

    Parameters
    ----------
    points : DataFrame or Columns
        ``group``, ``x``, ``y``, and ``level`` where groups are coloured by it; thinned and jittered by the caller where need be.
    lines : DataFrame or Columns
        ``model``, ``kind`` ("group" or "population"), ``group``, ``x``, ``y``, where there are levels ``level``, and for everyone
        ``lower`` and ``upper``; each line's rows contiguous.
    axes : Axes
    models : collection of str, optional
        The models to draw; all that ``lines`` holds when left out. True lines are drawn always.
    labels : mapping, optional
        Model key, or a model's at a level, to the text at the right end of the line for everyone.
    notes : str
        Stands in small type below.
    bands : bool
        Whether lines for everyone have their 95% bands.
    look : Look

    Notes
    -----
    Group lines of one model alone take the groups' colours. Those of several models take the models' colours, and the
    points then step back into grey, so that a colour has one meaning at a time. True lines are always thin and black.
    """
    labels, dark, height, group_name = labels or {}, look.dark, look.height or HEIGHT, axes.group_name
    dots, drawn = Columns.of(points), Columns.of(lines)
    if models is not None:
        drawn = drawn.where(np.array([model in models or model == Model.TRUTH for model in drawn["model"]], dtype=bool))
    own_lines, common = (drawn.where(drawn["kind"] == kind) for kind in ("group", "population"))
    with_own = set(own_lines["model"])
    with_lines = [model for model in MODELS if model != Model.TRUTH and model in with_own]
    of = "level" if "level" in dots else "group"
    colours = group_colours(list(dict.fromkeys(dots[of])) if of == "level" else axes.group_order, dark)
    by_group = len(with_lines) <= 1
    name = look.highlight if look.highlight in {*axes.group_order} else None

    hover = f"{marks.safe(axes.y_label)} %{{y}}<extra></extra>"
    if not axes.x_ticks:
        hover = f"{marks.safe(axes.x_label)} %{{x}}<br>{hover}"
    who = f"<b>{marks.safe(group_name)} %{{hovertext}}</b>"

    marked = _points(dots, of, colours if by_group else {}, f"{who}<br>{hover}", name, axes, dark)
    true_lines = own_lines.where(own_lines["model"] == Model.TRUTH)
    rest, highlighted = true_traces(true_lines, f"{who}, truth<br>{hover}", name, DIMMED if name else 0.75, dark)
    for model in with_lines:
        chosen = own_lines.where(own_lines["model"] == model)
        template = f"{who}, {marks.safe(model_label(model, group_name))}<br>{hover}"
        tint = each_group(chosen[of], colours, page(dark).muted) if by_group else None
        below, above = _group_traces(chosen, tint, model, template, name, group_name, dark)
        rest += below
        highlighted += above
    many = len({*own_lines["group"]}) > MANY
    everyone = population_traces(common, axes, hover, 0.5 if name else 1.0, dark, halo=many, bands=bands)
    # WebGL traces lie above all SVG ones whatever their order, so a figure is all of one kind.
    kind = marks.scatter_type(max(len(dots["x"]), len(drawn["x"])))
    data = [{"type": kind} | trace for trace in rest + marked[:1] + everyone + highlighted + marked[1:]]
    if of == "level" and by_group:
        data += [marks.legend_only(level, line={"color": colour, "width": 2}) for level, colour in colours.items()]

    legend = not by_group or of == "level"
    shapes, strip = _no_data(axes, dark)
    top = TOP + STRIP * bool(strip) + 26 * legend
    note_lines = marks.wrapped(notes, 52)
    bottom = BOTTOM + LINE_HEIGHT * len(note_lines)
    room = height - top - bottom
    ends = end_labels(common, labels, axes, room, dark)
    widest = max((len(line) for end in ends for line in str(end["text"]).split("<br>")), default=0)
    annotations = strip + ends + _note(note_lines, dark) + _name_tag(dots, name, axes, dark)
    layout = {
        "xaxis": marks.axis(axes.x_label, axes.x_range, axes.x_ticks),
        "yaxis": marks.axis(axes.y_label, axes.y_range),
        "margin": {"l": 56, "r": 14 + 7 * widest if ends else 16, "t": top, "b": bottom},
        "shapes": shapes,
        "annotations": annotations,
        "showlegend": legend,
        "legend": {"y": 1 + STRIP * bool(strip) / room},
    }
    display = [model_label(model, group_name) for model in MODELS if model in {*drawn["model"]}]
    alt = (
        f"Scatter plot of {axes.y_label} against {axes.x_label} for {len(axes.group_order)} groups ({group_name}), "
        f"with lines of {', '.join(display) or 'no model'}."
    )
    return marks.figure(data, layout, dark=dark, alt=alt, height=height)


def _points(
    points: Columns, of: str, colours: Mapping[str, str], hover: str, highlight: str | None, axes: Axes, dark: bool
) -> list[Trace]:
    """One trace of points, and a second, ringed one on top for the highlighted group."""
    codes, groups = pd.factorize(points["group"])
    names = [marks.safe(group) for group in groups]
    kinds, each = (codes, groups) if of == "group" else pd.factorize(points[of])
    tints = [colours.get(one, page(dark).muted) for one in each]
    text = None
    if axes.x_ticks:
        at = marks.tick_names(points["x"], axes.x_ticks)
        text = np.array(names, dtype=object)[codes] + f"</b><br>{marks.safe(axes.x_label)} " + at
    elif names != groups.tolist():
        text = np.array(names, dtype=object)[codes]
    else:  # what a click tells can be shown as it is
        hover = hover.replace("%{hovertext}", "%{customdata}")
    n, grey = len(codes), len({*tints}) == 1
    size = 8.0 if n <= 300 else 6.0 if n <= 1_500 else 4.5

    def trace(keep: np.ndarray, **marker: object) -> Trace:
        return {
            "mode": "markers",
            "x": marks.rounded(points["x"])[keep],
            "y": marks.rounded(points["y"])[keep],
            "customdata": points["group"][keep].tolist(),
            "hovertext": None if text is None else text[keep].tolist(),
            "hovertemplate": hover,
            "showlegend": False,
            "marker": marks.coloured(kinds[keep], tints) | {"size": size} | marker,
        }

    chosen = points["group"] == highlight
    fine = {"color": page(dark).background, "width": 0.75}
    crowd = 0.7 if grey else 0.95 if n <= 300 else 0.75
    out = [trace(~chosen, opacity=DIMMED if highlight else crowd, line=fine)]
    if highlight:
        out.append(trace(chosen, size=size + 4, line={"color": page(dark).text, "width": 1.75}))
    return out


def _group_traces(
    lines: Columns,
    tint: np.ndarray | None,
    model: str,
    hover: str,
    highlight: str | None,
    group_name: str,
    dark: bool,
) -> tuple[list[Trace], list[Trace]]:
    """A trace for each colour (or one for the model), with gaps; and apart, thick, the highlighted group's line."""
    style, named = MODELS[model], tint is None
    dash = style.dash if named else "solid"  # one model alone needs no dash to be told apart, and no name
    tint = tint if tint is not None else each_group(lines["group"], {}, style.colour(dark))
    many = len({*lines["group"]}) > MANY
    chosen = lines["group"] == highlight

    def look(colour: str, width: float, opacity: float, legend: bool) -> Trace:
        return {
            "opacity": opacity,
            "line": {"color": colour, "width": width, "dash": dash},
            "name": marks.safe(model_label(model, group_name)),
            "showlegend": legend and named,
        }

    width, opacity = (1.0, 0.3) if many else (2.0, 0.95)
    rest = lines.where(~chosen)
    below = [
        trace | look(colour, width, DIMMED if highlight else opacity, legend=i == 0)
        for i, (colour, trace) in enumerate(marks.lines_by_colour(rest, tint[~chosen], hover).items())
    ]
    if not chosen.any():
        return below, []
    return below, [
        marks.line_per_group(lines.where(chosen), hover)
        | look(str(tint[chosen][0]), 4.5, 1.0, legend=bool(chosen.all()))
    ]


def _no_data(axes: Axes, dark: bool) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Shade what the axis shows beyond the data, and say so above where zero lies in it."""
    if axes.data_x_range is None:
        return [], []
    low, high = min(axes.x_range), max(axes.x_range)
    shapes: list[dict[str, object]] = []
    strip: list[dict[str, object]] = []
    for start, end in ((low, min(axes.data_x_range)), (max(axes.data_x_range), high)):
        if end - start < 0.05 * (high - low):
            continue
        band = {"type": "rect", "x0": start, "x1": end, "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}}
        shapes.append(band | {"fillcolor": page(dark).shade, "layer": "below"})
        if start <= 0 <= end:
            left = start == low
            strip.append(
                {
                    "text": NO_DATA,
                    "x": start if left else end,
                    "xanchor": "left" if left else "right",
                    "yref": "paper",
                    "y": 1,
                    "yanchor": "bottom",
                    "align": "left" if left else "right",
                    "showarrow": False,
                    "font": {"size": SMALL - 0.5, "color": page(dark).muted},
                }
            )
    return shapes, strip


def _note(lines: list[str], dark: bool) -> list[dict[str, object]]:
    if not lines:
        return []
    font = {"size": SMALL, "color": page(dark).muted}
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 0, "yanchor": "top", "yshift": -44}
    return [{"text": "<br>".join(lines), "align": "left", "showarrow": False, "font": font} | place]


def _name_tag(points: Columns, highlight: str | None, axes: Axes, dark: bool) -> list[dict[str, object]]:
    """The highlighted group's name, above its highest point (below, at the figure's top)."""
    mine = np.flatnonzero(points["group"] == highlight)
    if highlight is None or not len(mine):
        return []
    top = mine[points["y"][mine].argmax()]
    x, y = float(points["x"][top]), float(points["y"][top])
    above = (max(axes.y_range) - y) > 0.1 * abs(axes.y_range[1] - axes.y_range[0])
    return [
        {
            "text": f"<b>{marks.safe(group_phrase(axes.group_name, highlight))}</b>",
            "x": x,
            "y": y,
            "yshift": 17 if above else -17,
            "showarrow": False,
            "bgcolor": page(dark).background,
            "borderpad": 2,
            "opacity": 0.9,
        }
    ]
