"""The picture: every row, a line for each group, OLS and the population line; the truth of simulated data."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..explain.line_labels import Label, line_labels, lines_sentence
from ..figures.lines import group_lines, of_models, switchable_lines
from ..figures.traces import Columns
from ..model_catalogue import Model
from ..simulate.settings import Settings
from ..simulate.truth import contextual_effect
from ..text.labels import literal, noun
from ..text.numbers import decimals_for, number
from ..work.memo import memoised
from .panel import FigureBlock, Note, Page, Panel
from .picture_axes import picture_axes


def lines(
    comparison: Comparison,
    picture: Picture,
    term: str,
    models: Sequence[Model],
    *,
    highlight: str | None = None,
    settings: Settings | None = None,
    bands: bool = False,
    offered: Sequence[Model] = (),
) -> Panel:
    """Draw the models' lines through the rows.

    Parameters
    ----------
    picture : Picture
        The frames, with the true lines of simulated data.
    term : str
        The coefficient that the page is about.
    bands : bool
        Whether lines for everyone have their 95% bands.
    offered : sequence of Model, optional
        The models that its reader can switch; the figure then has all of them, whichever are drawn.
    """
    group, words = noun(comparison.group), lines_sentence(comparison, picture, models)
    if _has_truth(picture):
        words += f" Black, or white on a dark page, is the truth: thin for each {literal(group)}, dash-dotted for an ordinary one."

    def draw(page: Page) -> go.Figure:
        points, drawn = _columns(picture)
        axes, notes, look = picture_axes(comparison, picture), "; ".join(picture.notes), page.look(highlight)
        labels = line_labels(comparison, picture, offered or models)
        if _has_truth(picture):
            labels[Model.TRUTH] = _truth_label(comparison, term, settings)
        if offered:
            alone = _alone(comparison, picture, offered)
            drawn = of_models(drawn, offered)
            return switchable_lines(
                points, drawn, axes, labels=labels, alone=alone, notes=notes, bands=bands, look=look
            )
        return group_lines(points, drawn, axes, models=models, labels=labels, notes=notes, bands=bands, look=look)

    display = tuple(offered or models), bool(offered), _has_truth(picture), highlight, bands
    key = picture.x_label, picture.x_range, picture.by, term, *display
    if picture.left_out is not None:
        words += " Crosses are points that are left out, and thin dashes the lines for everyone with them."
    figure = FigureBlock("lines", draw, key, has_groups=True, marked=highlight)
    return Panel("lines", f"Every {group}, and what the models draw", "", (figure, Note(words)))


def _alone(comparison: Comparison, picture: Picture, models: Sequence[Model]) -> dict[Label, str]:
    """The labels of mixed models, each drawn without the others."""
    result: dict[Label, str] = {}
    for model in comparison.mixed_fits():
        if model in models:
            result |= line_labels(comparison, picture, [model])
    return result


@memoised
def _has_truth(picture: Picture) -> bool:
    """Whether it has the true lines of simulated data."""
    return bool((picture.lines["model"] == Model.TRUTH).any())


@memoised
def _columns(picture: Picture) -> tuple[Columns, Columns]:
    """Points and lines, for all the pictures that mark another group or leave models out."""
    points, lines = picture.points, picture.lines
    if picture.left_out is not None:
        points = pd.concat([points.assign(out=False), picture.left_out.assign(out=True)])
    if picture.before is not None:
        lines = pd.concat([lines, picture.before.assign(kind="before")])
    return Columns.of(points), Columns.of(lines)


def _truth_label(comparison: Comparison, term: str, settings: Settings | None) -> str:
    """What to write at the end of the true line."""
    if settings is None or term != settings.x_name:
        return "truth"
    what = "truth, all else equal" if settings.where == "between" and contextual_effect(settings) else "truth"
    return f"{what} {number(settings.slope, decimals=decimals_for(float(comparison.ols.bse[term])))}"
