"""The picture of a comparison: every row, a line for every group, and the models' population lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..model_catalogue import Model
from ..text.labels import group_phrase
from .axes import PLAIN, Axes, Look
from .escaped_text import safe
from .figure import figure
from .line_frame import Annotation, Frame
from .line_looks import Offer, visible_traces
from .line_traces import line_traces
from .population_lines import Label, end_labels, line_ends
from .theme import PAGE, model_label
from .traces import Columns


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
    models : collection of str, optional
        The models to draw; all that ``lines`` holds when left out. True lines are drawn always.
    labels : mapping, optional
        Model key, or a model's at a level, to the text at the right end of the line for everyone.
    notes : str
        A note in small type below the picture.
    bands : bool
        Whether lines for everyone have their 95% bands.

    Notes
    -----
    Group lines of one model alone take the groups' colours. Those of several models take the models' colours, and the
    points then step back into grey, so that a colour has one meaning at a time. True lines are always thin and black.
    """
    dots, drawn = Columns.of(points), Columns.of(lines)
    if models is not None:
        drawn = of_models(drawn, models)
    look = _known(look, axes)
    offer = Offer.of(drawn, dimmed=look.highlight is not None)
    looks = offer.looks(offer.models)
    data = visible_traces(line_traces(dots, drawn, offer, axes, look, bands=bands), looks)
    frame = Frame(axes, look, notes, legend=not offer.by_group(offer.models) or "level" in dots)
    ends = end_labels(line_ends(drawn), labels or {}, axes, frame.room, look)
    layout = frame.layout(ends, [*ends, *_name_tag(dots, look.highlight, axes)])
    alt = _alternative(axes, [*offer.models, *({Model.TRUTH} & {*drawn["model"]})])
    return figure(data, layout, alt=alt, height=frame.height)


def of_models(lines: Columns, models: Collection[str]) -> Columns:
    """The lines of these models, and true ones."""
    return lines.where(np.array([model in models or model == Model.TRUTH for model in lines["model"]], dtype=bool))


def switchable_lines(
    points: Columns,
    lines: Columns,
    axes: Axes,
    *,
    labels: Mapping[Label, str],
    alone: Mapping[Label, str],
    notes: str = "",
    bands: bool = False,
    look: Look = PLAIN,
) -> go.Figure:
    """The same picture with any of the models that the lines hold, as a reader switches them (static/models.js).

    All traces are in it, and its ``meta`` has the models, and of every set of them, by their keys in this order: what each part
    looks like, where labels stand at the ends of lines, and what is said of the picture. The margins hold any set's labels.

    Parameters
    ----------
    points, lines, axes, notes, bands, look
        As for `group_lines`.
    labels : mapping
        Those with all models drawn.
    alone : mapping
        Those of mixed models that are drawn without another mixed model.
    """
    look = _known(look, axes)
    offer = Offer.of(lines, dimmed=look.highlight is not None)
    data = line_traces(points, lines, offer, axes, look, bands=bands)
    legend = len(offer.with_own) > 1 or "level" in points
    frame, ends = Frame(axes, look, notes, legend), line_ends(lines)
    parts = {trace.get("meta", {}).get("part") for trace in data}
    sets, styles, texts = {}, _Index(), _Index()
    truth = [*({Model.TRUTH} & {*lines["model"]})]
    for models in offer.subsets():
        mixed = [m for m in offer.with_common if m in models and m != Model.OLS]
        own = labels if len(mixed) > 1 else {**labels, **alone}
        display = [end for end in ends if end.model in (*models, Model.TRUTH)]
        at = end_labels(display, own, axes, frame.room, look)
        sets[",".join(models)] = {
            "parts": {p: styles.at(style) for p, style in offer.looks(models).items() if p in parts},
            "ends": [[texts.at({k: v for k, v in end.items() if k != "y"}), end["y"]] for end in at],
            "alt": _alternative(axes, [*models, *truth]),
        }
    layout = frame.layout(texts.items, _name_tag(points, look.highlight, axes))
    switch = {"models": list(offer.models), "sets": sets, "styles": styles.items, "ends": texts.items}
    alt = _alternative(axes, [*offer.models, *truth])
    layout["meta"] = {"alt": alt, "switch": switch}
    return figure(data, layout, alt=alt, height=frame.height)


class _Index:
    """Different things, each once, by their places."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def at(self, item: Any) -> int:
        """The place of a thing, which is added where it is new."""
        if item not in self.items:
            self.items.append(item)
        return self.items.index(item)


def _known(look: Look, axes: Axes) -> Look:
    """Without a highlight that is none of the groups."""
    return look if look.highlight in {*axes.group_order} else replace(look, highlight=None)


def _alternative(axes: Axes, models: Sequence[str]) -> str:
    display = [model_label(model, axes.group_name) for model in models]
    return (
        f"Scatter plot of {axes.y_label} against {axes.x_label} for {len(axes.group_order)} groups ({axes.group_name}), "
        f"with lines of {', '.join(display) or 'no model'}."
    )


def _name_tag(points: Columns, highlight: str | None, axes: Axes) -> list[Annotation]:
    """The highlighted group's name, above its highest point (below, at the figure's top)."""
    mine = np.flatnonzero(points["group"] == highlight)
    if highlight is None or not len(mine):
        return []
    top = mine[points["y"][mine].argmax()]
    x, y = float(points["x"][top]), float(points["y"][top])
    above = (max(axes.y_range) - y) > 0.1 * abs(axes.y_range[1] - axes.y_range[0])
    return [
        {
            "text": f"<b>{safe(group_phrase(axes.group_name, highlight))}</b>",
            "x": x,
            "y": y,
            "yshift": 17 if above else -17,
            "showarrow": False,
            "bgcolor": PAGE.background,
            "borderpad": 2,
            "opacity": 0.9,
        }
    ]
