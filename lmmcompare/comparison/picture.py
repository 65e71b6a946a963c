"""The frames behind the picture of a comparison: points, a line per group and model, the ranges that hold them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..arrays import Array
from ..formula.edit import predictor_columns
from ..formula.modifiers import modifiers
from ..text.labels import an
from .comparison import Comparison
from .line_grid import line_grids
from .model_lines import model_lines
from .moderator_values import Slices, joined_columns, levels_of, slices
from .points import groups_drawn, means, rows_drawn
from .shrinkage import fitted_order
from .x_axis import x_axis

SEED = 20


@dataclass(frozen=True, eq=False)
class Picture:
    """Everything that the group-lines figures draw.

    Parameters
    ----------
    points : DataFrame
        Rows, or the groups' means where each lies at one level of a categorical axis: ``group, x, y``, and ``row``, the
        position among the rows that the design holds; ``level`` where levels have lines.
    lines : DataFrame
        ``model, kind, group, level, x, y, lower, upper``; kind is ``group`` or ``population``, level the level or value that
        the line is at, lower and upper are 95% limits of a line for everyone.
    x_range, y_range : tuple of float
        Axis ranges that hold every model's lines, so that nothing moves when models are switched.
    data_x_range : tuple of float or None
        Where the data lie; None for a categorical axis.
    x_ticks : dict or None
        Tick texts of a categorical predictor.
    group_order : list of str
        Groups by fitted intercept.
    notes : tuple of str
        Sentences on thinning, and on the values at which other predictors are held.
    x : str or None
        The predictor on the x axis.
    by : str or None
        The predictor at whose levels or values there is a line each.
    joined : bool
        Whether lines join the levels of a categorical axis: whether any group has rows at several.
    left_out, before : DataFrame or None
        Points of rows that were excluded by hand, and the population lines fitted to all rows.
    titles : mapping of str to str
        What the table's file calls columns at length, by the column's name.
    """

    points: pd.DataFrame
    lines: pd.DataFrame
    x_label: str
    y_label: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    data_x_range: tuple[float, float] | None
    x_ticks: dict[float, str] | None
    group_order: list[str]
    notes: tuple[str, ...]
    x: str | None = None
    by: str | None = None
    joined: bool = True
    left_out: pd.DataFrame | None = None
    before: pd.DataFrame | None = None
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_levels(self) -> bool:
        """Whether the axis has a predictor's levels, at each of which a model has a mean; not groups side by side."""
        return self.x is not None and self.x_ticks is not None

    def draws_slope(self, term: str) -> bool:
        """Whether a coefficient is the slope of lines over its x axis."""
        return term == self.x_label and self.x_ticks is None and len(self.points) > 0


def make_picture(
    comparison: Comparison,
    data: pd.DataFrame | None,
    x: str | None = None,
    *,
    by: str | None = None,
    include_zero: bool = False,
    keep: str | None = None,
    only: Sequence[str] = (),
) -> Picture:
    """Make the frames of the group-lines figures.

    Parameters
    ----------
    data : DataFrame or None
        The table that it was fitted to; not needed of a table that an engine has, whose points are those of a sample.
    x : str, optional
        The predictor on the x axis; the first one when left out, the groups themselves when there is none. Other
        predictors are held at their means.
    by : str, optional
        The predictor at whose levels, or at a low, mean and high value of which, there is a line each; the first that
        interacts with x when left out.
    keep : str, optional
        A group that is always drawn, even when groups are thinned.
    only : sequence of str, optional
        The groups to draw, and no others.
    """
    design, grouping = comparison.design, comparison.grouping
    available = predictor_columns(comparison.spec)
    x = x if x in available else (available[0] if available else None)
    rows, order = design.rows_of(data), fitted_order(comparison.one_factor)
    codes = np.asarray(grouping.codes, dtype=np.int64)  # int8 would not hold groups times levels
    axis = x_axis(comparison, rows, x, codes, order)
    sliced = _slices(comparison, rows, x, by)
    joined = axis.kind != "levels" or axis.varies_within(codes)

    rng = np.random.default_rng(SEED)
    drawn = groups_drawn(comparison, codes, keep, only, rng)
    means_only = not (joined or sliced or only)  # what lies at one level is drawn once
    points = means(comparison, codes, drawn) if means_only else rows_drawn(comparison, codes, drawn, rng)
    points["x"] = axis.values[points["row"]] + axis.jitter(len(points), rng)
    if sliced and not sliced.is_number:
        points["level"] = pd.Series(np.array(sliced.labels, dtype=object)[sliced.codes[points["row"]]], dtype=object)

    x_range = axis.shown_range(include_zero)
    everyone, each = line_grids(comparison, x, axis, codes, x_range, sliced)
    lines = model_lines(comparison, rows, x, (everyone, each.of_groups(drawn)), sliced)
    others = [p for p in available if p not in (x, sliced.name if sliced else None)]
    notes = [f"each point is the mean of {an(grouping.name)}'s rows"] if means_only else []
    notes += _thinning_notes(comparison, None if means_only else len(points), drawn, asked=bool(only))
    notes += _held_notes(others, comparison, joined_columns(comparison, x) if x else set())
    labels = {grouping.labels[k] for k in drawn}
    return Picture(
        points=points,
        lines=lines,
        x_label=axis.name,
        y_label=design.names[-1],
        x_range=x_range,
        y_range=_y_range(points, lines, with_limits=axis.kind == "levels"),
        data_x_range=axis.data_range if axis.kind == "numbers" else None,
        x_ticks=axis.ticks,
        group_order=[g for g in order if g in labels],
        notes=tuple(notes),
        x=x,
        by=sliced.name if sliced else None,
        joined=joined,
    )


def _y_range(points: pd.DataFrame, lines: pd.DataFrame, *, with_limits: bool) -> tuple[float, float]:
    """The range of all points and lines with a margin; with the lines' confidence limits where these are always drawn."""
    columns = ["y", "lower", "upper"] if with_limits else ["y"]
    heights = np.concatenate([points["y"].to_numpy(), lines[columns].to_numpy().ravel()])
    low, high = float(np.nanmin(heights)), float(np.nanmax(heights))
    margin = 0.05 * ((high - low) or 1.0)
    return low - margin, high + margin


def _thinning_notes(comparison: Comparison, n_points: int | None, drawn: Array, *, asked: bool) -> list[str]:
    """How many of the rows, unless groups have a point each, and how many of the groups are drawn, where these are not all."""
    design, n_groups, notes = comparison.design, len(comparison.grouping.labels), []
    n = int(comparison.moments.n[drawn].sum()) if asked else design.n
    if n_points is not None and n_points < n:
        notes.append(f"{n_points:,} of {n:,} rows drawn{', by chance' if design.is_sample else ''}")
    if len(drawn) < n_groups and not asked:
        notes.append(f"{len(drawn):,} of {n_groups:,} groups drawn")
    return notes


def _held_notes(others: list[str], comparison: Comparison, joined: set[str]) -> list[str]:
    """Where the predictors are held that are not on the x axis."""
    levels = {p: result for p in others if (result := levels_of(comparison, p)) is not None}
    numeric = [p for p in others if p not in levels]
    averaged = [p for p in levels if p not in joined]
    held = [f"{', '.join(numeric)} held at {'its' if len(numeric) == 1 else 'their'} mean"] if numeric else []
    held += [f"{p} held at {result[0]}" for p, result in levels.items() if p in joined]
    return held + ([f"averaged over {', '.join(averaged)}"] if averaged else [])


def _slices(comparison: Comparison, rows: pd.DataFrame, x: str | None, by: str | None) -> Slices | None:
    """Where lines are drawn: at the levels or values of a predictor that is asked for, or else of the first that x interacts with."""
    if x is None:
        return None
    offered = [
        name for name in ([by] if by else modifiers(comparison.spec, x)) if name in predictor_columns(comparison.spec)
    ]
    return next((result for name in offered if name != x and (result := slices(comparison, rows, name))), None)
