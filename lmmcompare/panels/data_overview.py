"""Overview of a table before anything is fitted: its columns, the times of measurement, the outcome of each group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..data.column_info import ColumnInfo
from ..data.distributions import MOST_COLUMNS, Distribution
from ..data.measurements import Measurements
from ..figures.axes import Axes
from ..figures.axis_layout import padded
from ..figures.distributions import small_bars
from ..figures.measurements import measured_grid, spaghetti
from ..text.english import all_of
from ..text.labels import literal, noun, plural
from ..text.numbers import count
from .panel import Block, FigureBlock, Note, Page, Panel, Sentence


def columns_panel(bars: Sequence[Distribution], infos: Sequence[ColumnInfo], repeated: str = "") -> Panel | None:
    """Small bars of every column, and values that may stand for missing ones; None where no column holds anything.

    Parameters
    ----------
    repeated : str
        A sentence on rows that are the same as earlier ones.
    """
    if not bars:
        return None
    frame = pd.concat([_tidy(part) for part in bars], ignore_index=True)

    def draw(page: Page) -> go.Figure:
        return small_bars(frame, look=page.look())

    blocks: list[Block] = [FigureBlock("columns", draw, by_width=True)]
    for info in infos:
        if info.codes:
            values = " and ".join(f"{value:g}" for value in info.codes[:3])
            blocks.append(
                Sentence(
                    f"**{literal(info.name)}** has {values}, far from its other values: a code for missing values, perhaps?"
                )
            )
    blocks = blocks[:20]
    if repeated:
        blocks.append(Note(literal(repeated)))
    held = sum(info.kind != "empty" for info in infos)
    if held > MOST_COLUMNS:
        blocks.append(Note(f"The first {MOST_COLUMNS} of {held:,} columns that hold values."))
    return Panel("look-columns", "How the values are distributed", "", tuple(blocks))


def repeated_rows_sentence(frame: pd.DataFrame) -> str:
    """How many rows are the same as an earlier one in every column, and what that may mean; empty where none is."""
    repeated = int(frame.duplicated().sum()) if frame.shape[1] else 0
    if not repeated:
        return ""
    are, they_count = ("is", "it counts") if repeated == 1 else ("are", "they count")
    return (
        f"{count(repeated, 'row')} {are} the same as an earlier row in every column. Where measurements turned out alike, all is well; "
        f"where rows were entered or joined twice, {they_count} as evidence that is not there. All rows are kept."
    )


def _tidy(part: Distribution) -> pd.DataFrame:
    n = max(len(part.labels), 1)
    return pd.DataFrame(
        {
            "panel": part.column,
            "note": part.note,
            "label": part.labels or ("no finite value",),
            "count": part.counts if len(part.counts) else np.zeros(1),
            "tick": [part.ticks.get(k, "") for k in range(n)],
        }
    )


def measured_panel(result: Measurements | None) -> Panel | None:
    """Who was measured when, or how often; duplicates and missing outcomes."""
    if result is None or not result.times:
        return None
    group, outcome, time = noun(result.group), literal(result.outcome), literal(result.x)
    axes = Axes(
        result.times_label,
        result.group,
        (-0.7, len(result.times) - 0.3),
        (len(result.groups) - 0.3, -0.7),
        group_name=result.group,
    )

    def draw(page: Page) -> go.Figure:
        return measured_grid(result.cells, result.groups, result.times, axes, look=page.look())

    words = f"No row lacks {outcome}."
    if result.n_missing:
        lacking, n_groups = result.n_groups_missing, result.n_groups
        groups = literal(plural(result.group))
        where = all_of(n_groups, groups) if lacking == n_groups else f"{lacking:,} of {n_groups:,} {groups}"
        lack = "lacks" if result.n_missing == 1 else "lack"
        words = f"{count(result.n_missing, 'row')}, in {where}, {lack} {outcome}."
    blocks: list[Block] = [FigureBlock("measured", draw, by_width=True), Sentence(words)]
    if result.n_duplicates and result.timed:
        why = "rows entered twice, or several measurements at one time?"
        if not result.joined:
            why = f"{time} does not tell the rows of one {literal(group)} apart."
        blocks.append(
            Sentence(
                f"{count(result.n_duplicates, 'row')} beyond the first of the same {literal(group)} at the same {time}: {why}"
            )
        )
    if len(result.groups) < result.n_groups:
        blocks.append(_thinned(len(result.groups), result))
    title = "Who was measured when" if result.timed else "How often each was measured"
    return Panel("look-measured", title, "", tuple(blocks))


def outcome_panel(result: Measurements | None) -> Panel | None:
    """The outcome of each group over time or over the first predictor; None where there is nothing to draw."""
    if result is None or not len(result.points):
        return None
    points = result.points
    order = points.groupby("group", sort=False)["y"].mean().sort_values().index.tolist()
    axes = Axes(
        result.x_label,
        result.outcome,
        padded(float(points["x"].min()), float(points["x"].max()), 0.04),
        padded(float(points["y"].min()), float(points["y"].max())),
        x_ticks=result.ticks or None,
        group_order=order,
        group_name=result.group,
        joined=result.joined,
    )

    def draw(page: Page) -> go.Figure:
        return spaghetti(points, axes, look=page.look())

    how = "Each line is" if result.joined else "Each colour is"
    lead = f"{how} one {literal(noun(result.group))}, from the lowest mean (dark) to the highest."
    if len(order) > 12:
        lead = f"{how} one {literal(noun(result.group))}; neighbours by their means share a colour."
    blocks: list[Block] = [FigureBlock("outcome", draw)]
    if len(points) < result.n_rows:
        blocks.append(_thinned(len(order), result, len(points)))
    return Panel("look-outcome", f"{result.outcome} by {result.x}", lead, tuple(blocks))


def _thinned(n_groups: int, result: Measurements, n_rows: int | None = None) -> Note:
    groups = f"{n_groups:,} of {result.n_groups:,} {literal(plural(result.group))}"
    rows = f" and {n_rows:,} of {result.n_rows:,} rows" if n_rows is not None else ""
    return Note(f"Drawn are {groups}{rows}, taken at even steps.")
