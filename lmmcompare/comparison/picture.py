"""The frames behind the picture of a comparison: points, a line per group and model, the ranges that hold them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.design import Design
from ..design.levels import factorize
from ..formula.modifiers import modifiers
from ..formula.spec import columns_of
from ..moments.groups import Moments
from ..text.labels import an
from .compare import Comparison
from .line_grid import line_grids
from .model_lines import model_lines
from .moderator_values import Slices, joined_columns, levels_of, slices
from .shrinkage import fitted_order

MAX_POINTS = 3_000
MAX_GROUPS = 300
MAX_TICKS = 30
"""Groups side by side of which each has its name at the axis."""
JITTER = 0.18
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
    x_label, y_label : str
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

    def draws_slope(self, term: str) -> bool:
        """Whether a coefficient is the slope of lines over its x axis."""
        return term == self.x_label and self.x_ticks is None and len(self.points) > 0


def predictors(comparison: Comparison) -> list[str]:
    """Columns of the table in the fixed part, any of which can be the picture's x axis."""
    result: dict[str, None] = {}
    for term in comparison.spec.terms:
        for factor in term.factors:
            result.update(dict.fromkeys(columns_of(factor)))
    return list(result)


def axis_name(design: Design, x: str) -> str:
    """The axis title of a predictor: its name, and for dates the unit counted."""
    unit = design.encoder.unit(x)
    return f"{x}, {unit}" if unit else x


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
    comparison : Comparison
    data : DataFrame or None
        The table that it was fitted to; not needed of a table that an engine has, whose points are those of a sample.
    x : str, optional
        The predictor on the x axis; the first one when left out, the groups themselves when there is none. Other
        predictors are held at their means.
    by : str, optional
        The predictor at whose levels, or at a low, mean and high value of which, there is a line each; the first that
        interacts with x when left out.
    include_zero : bool
        Whether the x axis reaches to 0.
    keep : str, optional
        A group that is always drawn, even when groups are thinned.
    only : sequence of str, optional
        The groups to draw, and no others.
    """
    design, grouping = comparison.design, comparison.grouping
    available = predictors(comparison)
    x = x if x in available else (available[0] if available else None)
    rows, order = design.rows_of(data), fitted_order(comparison.one_factor)
    codes = np.asarray(grouping.codes, dtype=np.int64)  # int8 would not hold groups times levels
    axis = _x_axis(comparison, rows, x, codes, order)
    sliced = _slices(comparison, rows, x, by)
    joined = axis.kind != "levels" or _varies(axis.values, codes)

    rng = np.random.default_rng(SEED)
    present = np.unique(codes) if design.is_sample else np.arange(len(grouping.labels))
    drawn = _groups_drawn(present, grouping.labels, keep, rng)
    if only:
        drawn = present[np.isin(np.array(grouping.labels, dtype=object)[present], list(only))]
    chosen, y = _sample(codes, drawn, len(grouping.labels), rng), design.columns[-1][:]
    means_only = not (joined or sliced or only)  # what lies at one level is drawn once
    if means_only:
        chosen, y = _one_of_each(codes, drawn), _means(comparison.moments)[codes]
    labels = np.array(grouping.labels, dtype=object)
    points = pd.DataFrame(
        {
            "group": pd.Series(labels[codes[chosen]], dtype=object),
            "x": axis.values[chosen] + axis.jitter(len(chosen), rng),
            "y": y[chosen],
            "row": chosen,
        }
    )
    if sliced and not sliced.is_number:
        points["level"] = pd.Series(np.array(sliced.labels, dtype=object)[sliced.codes[chosen]], dtype=object)

    x_range = axis.shown_range(include_zero)
    everyone, each = line_grids(comparison, x, axis.values, codes, x_range, sliced, axis.group_ranges)
    lines = model_lines(comparison, rows, x, (everyone, each.of_groups(drawn)), sliced)
    notes = [f"each point is the mean of {an(grouping.name)}'s rows"] if means_only else []
    if not means_only:
        n = int(comparison.moments.n[drawn].sum()) if only else design.n
        notes += _thinning_note(len(chosen), n, by_chance=design.is_sample)
    if len(drawn) < len(grouping.labels) and not only:
        notes.append(f"{len(drawn):,} of {len(grouping.labels):,} groups drawn")
    others = [p for p in available if p not in (x, sliced.name if sliced else None)]
    notes += _held_notes(others, comparison, joined_columns(comparison, x) if x else set())
    return Picture(
        points=points,
        lines=lines,
        x_label=axis.name,
        y_label=design.names[-1],
        x_range=x_range,
        y_range=_y_range(points, lines, with_limits=axis.kind == "levels"),
        data_x_range=axis.data_range if axis.kind == "numbers" else None,
        x_ticks=axis.ticks,
        group_order=[g for g in order if g in set(labels[drawn])],
        notes=tuple(notes),
        x=x,
        by=sliced.name if sliced else None,
        joined=joined,
    )


@dataclass(frozen=True, eq=False)
class _XAxis:
    """The x axis: each row's place along it, and what it shows.

    Parameters
    ----------
    kind : str
        Whether it has the values of a number, the levels of a category, or the groups side by side.
    name : str
    values : (n,) array
        Each row's place.
    data_range : tuple of float
    ticks : dict, optional
        The text at each place of a level or group.
    group_ranges : (J, 2) array, optional
        Each group's range of a number over all rows, where the rows at hand are a sample.
    """

    kind: Literal["numbers", "levels", "groups"]
    name: str
    values: Array
    data_range: tuple[float, float]
    ticks: dict[float, str] | None = None
    group_ranges: Array | None = None

    @property
    def length(self) -> float:
        return (self.data_range[1] - self.data_range[0]) or 1.0

    def shown_range(self, include_zero: bool) -> tuple[float, float]:
        """The data's range with a margin; reaching to 0 on demand."""
        margin = 0.04 * self.length if self.kind == "numbers" else 0.5
        low, high = self.data_range[0] - margin, self.data_range[1] + margin
        return (min(low, 0.0), max(high, 0.0)) if include_zero and self.kind == "numbers" else (low, high)

    def jitter(self, n: int, rng: np.random.Generator) -> Array | float:
        """Random shifts of n points where many would lie on each other."""
        few_values = len(np.unique(self.values[:5000])) <= 6 and len(self.values) > 200
        width = JITTER if self.kind == "levels" else 0.02 * self.length if few_values else 0.0
        return rng.uniform(-width, width, n) if width else 0.0


def _x_axis(comparison: Comparison, rows: pd.DataFrame, x: str | None, codes: Array, order: list[str]) -> _XAxis:
    """The axis of a predictor; without one the groups, in the order of their fitted means."""
    design, grouping = comparison.design, comparison.grouping
    if x is None:
        position = {label: k for k, label in enumerate(order)}
        places = np.array([position[label] for label in grouping.labels], dtype=float)
        few = {float(k): label for k, label in enumerate(order)} if len(order) <= MAX_TICKS else None
        return _XAxis("groups", f"{grouping.name}, by fitted mean", places[codes], (0.0, len(order) - 1.0), few)
    levels = levels_of(comparison, x)
    if levels is not None:
        own, named = factorize(rows[x])
        ticks = {float(k): str(v) for k, v in enumerate(levels)}
        return _XAxis("levels", x, levels.get_indexer(named)[own].astype(float), (0.0, len(ticks) - 1.0), ticks)
    values, name = design.encoder.column(rows[x]), axis_name(design, x)
    if not design.sampled:
        return _XAxis("numbers", name, values, (float(values.min()), float(values.max())))
    ranges = np.column_stack(design.sampled.ranges[x])
    data_range = float(ranges[:, 0].min()), float(ranges[:, 1].max())
    return _XAxis("numbers", name, values, data_range, group_ranges=ranges)


def _y_range(points: pd.DataFrame, lines: pd.DataFrame, *, with_limits: bool) -> tuple[float, float]:
    """The range of all points and lines with a margin; with the lines' confidence limits where these are always drawn."""
    columns = ["y", "lower", "upper"] if with_limits else ["y"]
    heights = np.concatenate([points["y"].to_numpy(), lines[columns].to_numpy().ravel()])
    low, high = float(np.nanmin(heights)), float(np.nanmax(heights))
    margin = 0.05 * ((high - low) or 1.0)
    return low - margin, high + margin


def _thinning_note(drawn: int, rows: int, *, by_chance: bool) -> list[str]:
    return [f"{drawn:,} of {rows:,} rows drawn{', by chance' if by_chance else ''}"] if drawn < rows else []


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
    offered = [name for name in ([by] if by else modifiers(comparison.spec, x)) if name in predictors(comparison)]
    return next((result for name in offered if name != x and (result := slices(comparison, rows, name))), None)


def _varies(values: Array, codes: Array) -> bool:
    """Whether a group has rows at several levels."""
    width = int(values.max()) + 1
    cells = np.bincount(codes * width + values.astype(int)) > 0
    return bool(np.bincount(np.flatnonzero(cells) // width).max() > 1)


def _one_of_each(codes: Array, groups: Array) -> Array:
    """The first row of each of these groups."""
    known, first = np.unique(codes, return_index=True)
    return first[np.isin(known, groups)]


def _means(moments: Moments) -> Array:
    """Each group's mean of the outcome, over all its rows, (J,)."""
    means: Array = moments.center[-1] + moments.scale[-1] * moments.mean[-1]
    return means


def _groups_drawn(present: Array, labels: list[str], keep: str | None, rng: np.random.Generator) -> Array:
    if len(present) <= MAX_GROUPS:
        return present
    chosen = set(rng.choice(present, MAX_GROUPS, replace=False).tolist())
    if keep in labels:
        chosen.add(labels.index(keep))
    return np.array(sorted(chosen))


def _sample(codes: Array, groups: Array, n_groups: int, rng: np.random.Generator) -> Array:
    """Rows to draw: of the groups drawn, thinned uniformly."""
    candidates = np.arange(len(codes)) if len(groups) == n_groups else np.flatnonzero(np.isin(codes, groups))
    if len(candidates) <= MAX_POINTS:
        return candidates
    return np.sort(rng.choice(candidates, MAX_POINTS, replace=False))
