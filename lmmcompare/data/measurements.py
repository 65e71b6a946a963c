"""Who was measured when, and what: the rows of groups over time, as many as a picture can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from ..arrays import Array
from ..text.column_words import TIME_WORDS
from .columns import is_date, is_number
from .name_hints import words_of
from .relation_to_groups import codes_of

MOST_GROUPS = 300
MOST_POINTS = 3_000
MOST_TIMES = 40
MOST_LEVELS = 12
FEW = 0.1
"""Share of rows up to which those of one group at one time are exceptions."""


@dataclass(frozen=True, eq=False)
class Measurements:
    """The outcome of some groups, over time or another column.

    Parameters
    ----------
    outcome, group, x : str
        Column names; x is empty where the outcome has nothing to be drawn against.
    joined : bool
        Whether a line may join the rows of a group: x is a time or has few values, and tells nearly all rows of a group apart.
    points : DataFrame
        ``group, x, y`` of at most `MOST_POINTS` rows, sorted by group and x; groups stand side by side in a category where they
        are not joined.
    cells : DataFrame
        ``row, column, measured``: where a group has rows at a time, and whether one of them has the outcome. Without a time, in
        a category of x; without either, its first row, its second, and so on.
    groups, times : tuple of str
        Names of the rows and columns of the cells.
    ticks : mapping of float to str
        Names of the values of x, where they are categories.
    timed : bool
        Whether there is a time.
    n_groups, n_rows : int
        Groups and complete rows that the table has.
    n_duplicates : int
        Rows beyond the first of one group at one time.
    n_missing, n_groups_missing : int
        Rows of a group without the outcome, and the groups they are in.
    """

    outcome: str
    group: str
    x: str
    joined: bool
    points: pd.DataFrame
    cells: pd.DataFrame
    groups: tuple[str, ...]
    times: tuple[str, ...]
    ticks: Mapping[float, str]
    x_label: str
    times_label: str
    timed: bool
    n_groups: int
    n_rows: int
    n_duplicates: int
    n_missing: int
    n_groups_missing: int


def time_column(frame: pd.DataFrame, outcome: str, group: str, predictors: Sequence[str]) -> str | None:
    """The column that says when: a date, or numbers whose name says so, but no rate; a predictor before all others."""
    others = [name for name in (*predictors, *map(str, frame.columns)) if name not in (outcome, group)]
    for name in dict.fromkeys(others):
        column = frame[name]
        if is_date(column):
            return name
        words = set(words_of(name))
        if is_number(column) and TIME_WORDS & words and "per" not in words:
            return name
    return None


def measurements(frame: pd.DataFrame, outcome: str, group: str, predictors: Sequence[str]) -> Measurements | None:
    """Gather the outcome of groups over the time, or over the first predictor; None where no group has an outcome to measure."""
    time = time_column(frame, outcome, group, predictors)
    x = time or next((name for name in predictors if name not in (outcome, group)), "")
    if not is_number(frame[outcome]):
        return None
    at, ticks, label = _positions(frame[x], x) if x else (np.full(len(frame), np.nan), dict[float, str](), "")
    y = frame[outcome].to_numpy(dtype=float, na_value=np.nan)
    codes, n_groups = codes_of(frame[group])
    if n_groups == 0:
        return None
    first = np.zeros(n_groups, dtype=np.int64)
    known = np.flatnonzero(codes >= 0)
    first[codes[known][::-1]] = known[::-1]
    names = frame[group]
    complete = (codes >= 0) & np.isfinite(at) & np.isfinite(y)
    lacking = (codes >= 0) & ~np.isfinite(y)
    n_duplicates = _n_duplicates(codes, at)
    joined = (bool(time) or bool(ticks)) and n_duplicates <= FEW * len(frame)
    points = _points(codes, at, y, complete, n_groups)
    if ticks and not joined:
        lane = np.unique(points["group"], return_inverse=True)[1]
        points["x"] += 0.6 * (lane / np.maximum(lane.max(initial=0), 1) - 0.5)
    points["group"] = names.iloc[first[points["group"].to_numpy(int)]].astype(str).to_numpy(object)
    by_place = not time and not ticks
    cells, rows, times = _cells(codes, _places(codes) if by_place else at, y, n_groups, ticks)
    times_label = f"row of its {group}, in the table’s order" if by_place else label
    return Measurements(
        outcome,
        group,
        x,
        joined,
        points,
        cells,
        tuple(names.iloc[first[rows]].astype(str)),
        times,
        ticks,
        label,
        times_label,
        bool(time),
        n_groups,
        int(complete.sum()),
        n_duplicates,
        int(lacking.sum()),
        len(np.unique(codes[lacking])),
    )


def _positions(column: pd.Series, name: str) -> tuple[Array, dict[float, str], str]:
    """Where each row stands along x, the names of positions, and the axis' title."""
    if is_date(column):
        first = column.min()
        days = ((column - first) / pd.Timedelta(days=1)).to_numpy(dtype=float)
        return days, {}, f"{name}, days since {'' if pd.isna(first) else first.date()}"
    if is_number(column):
        return column.to_numpy(dtype=float, na_value=np.nan), {}, name
    values = column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype(str).where(column.notna())
    categories = values.astype("category").cat.remove_unused_categories().cat
    if len(categories.categories) > MOST_LEVELS:
        return np.full(len(column), np.nan), {}, name
    at = categories.codes.to_numpy().astype(float)
    at[at < 0] = np.nan
    return at, {float(k): str(level) for k, level in enumerate(categories.categories)}, name


def _evenly(n: int, most: int) -> Array:
    """At most so many of 0, 1, …, n - 1, evenly spaced."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.int64)) if n else np.zeros(0, np.int64)


def _points(codes: Array, at: Array, y: Array, complete: Array, n_groups: int) -> pd.DataFrame:
    """Rows of evenly spaced groups, thinned evenly along x where there are still too many."""
    size = max(1.0, float(complete.sum()) / n_groups)
    some = np.zeros(n_groups, dtype=bool)
    some[_evenly(n_groups, int(np.clip(MOST_POINTS / size, 12, MOST_GROUPS)))] = True
    rows = np.flatnonzero(complete & some[codes])  # code -1 reads the last group, which `complete` rules out
    rows = rows[np.lexsort((at[rows], codes[rows]))]
    rows = rows[_evenly(len(rows), MOST_POINTS)]
    return pd.DataFrame({"group": codes[rows], "x": at[rows], "y": y[rows]})


def _places(codes: Array) -> Array:
    """(n,) the number of each row in its group, from 1, in the table's order."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-2))
    places = np.empty(len(codes))
    places[order] = np.arange(len(codes)) - np.repeat(starts, np.diff(starts, append=len(codes))) + 1.0
    return places


def _cells(
    codes: Array, at: Array, y: Array, n_groups: int, ticks: Mapping[float, str]
) -> tuple[pd.DataFrame, Array, tuple[str, ...]]:
    """The grid of groups by times, the groups in its rows, the names of its columns."""
    keep = (codes >= 0) & np.isfinite(at)
    times = np.unique(at[keep])
    if len(times) > MOST_TIMES:
        edges = np.linspace(times[0], times[-1], MOST_TIMES + 1)
        column = np.clip(np.searchsorted(edges, at, side="right") - 1, 0, MOST_TIMES - 1)
        figure = "{:.0f} to {:.0f}" if edges[-1] - edges[0] > 2 * MOST_TIMES else "{:.4g} to {:.4g}"
        names = tuple(figure.format(a, b) for a, b in pairwise(edges))
    else:
        column, names = np.searchsorted(times, at), tuple(ticks.get(value, f"{value:.6g}") for value in times)
    chosen = _evenly(n_groups, min(MOST_GROUPS, max(1, MOST_POINTS // max(len(names), 1))))
    row_of = np.full(n_groups, -1)
    row_of[chosen] = np.arange(len(chosen))
    rows = np.flatnonzero(keep & (row_of[codes] >= 0))
    cell = row_of[codes[rows]] * len(names) + column[rows]
    n_cells = len(chosen) * len(names)
    here = np.bincount(cell, minlength=n_cells) > 0
    measured = np.bincount(cell[np.isfinite(y[rows])], minlength=n_cells) > 0
    at_cell = np.flatnonzero(here)
    width = max(len(names), 1)
    grid = pd.DataFrame({"row": at_cell // width, "column": at_cell % width, "measured": measured[at_cell]})
    return grid, chosen, names


def _n_duplicates(codes: Array, at: Array) -> int:
    keep = (codes >= 0) & np.isfinite(at)
    order = np.lexsort((at[keep], codes[keep]))
    codes, at = codes[keep][order], at[keep][order]
    return int(((codes[1:] == codes[:-1]) & (at[1:] == at[:-1])).sum())
