"""A small panel for each group, on the same axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import plotly.graph_objects as go

from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..figures.group_panels import group_panels as panels_figure
from ..model_catalogue import Model
from ..text.labels import an, literal, noun, plural
from .panel import FigureBlock, Note, Page, Panel
from .picture_axes import picture_axes


def group_panels(
    comparison: Comparison,
    picture: Picture,
    groups: Sequence[str],
    models: Sequence[Model],
    y_range: tuple[float, float],
) -> Panel:
    """Draw each group's rows with its lines.

    Parameters
    ----------
    picture : Picture
        With all rows of these groups.
    groups, models : sequence of Model
        The groups that get a panel, in order, and the models whose lines are drawn beside OLS's.
    y_range : (float, float)
    """
    group = noun(comparison.group)
    columns = min(6, max(2, math.ceil(math.sqrt(len(groups) * 1.5))))

    def draw(page: Page) -> go.Figure:
        lines = picture.lines[picture.lines["model"].isin([*models, Model.OLS, Model.TRUTH])]
        return panels_figure(
            picture.points,
            lines,
            replace(picture_axes(comparison, picture), y_range=y_range),
            groups=groups,
            columns=2 if page.narrow else columns,
            look=page.look(),
        )

    own = set(picture.lines["model"]) & {*models} & {Model.PER_GROUP, Model.NO_POOLING}
    lead = (
        f"Where {literal(an(comparison.group))}'s own line and the mixed model's line for it (partially pooled) part, the mixed model "
        f"borrows from the other {literal(plural(comparison.group))}."
        if own
        else f"The rows of each {literal(group)} and the mixed model's line for it (partially pooled), beside OLS's line for all."
    )
    key = picture.x_label, picture.x_range, picture.by, y_range, tuple(models), tuple(groups)
    notes = (Note(literal(f"{'; '.join(picture.notes)}.")),) if picture.notes else ()
    figure = FigureBlock("panels", draw, key, by_width=True, has_groups=True)
    return Panel("panels", f"One panel for each {group}, on the same axes", lead, (figure, *notes))
