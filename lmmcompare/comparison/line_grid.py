"""Where lines have their vertices: over the range, or at the levels, that their own rows reach to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..formula.expressions import columns_of
from ..formula.modifiers import origin
from .comparison import Comparison
from .moderator_values import Slices
from .x_axis import XAxis

CURVE_POINTS = 40
BAND_POINTS = 21
"""Of a straight line for everyone: its confidence limits are curves."""
DASH = 0.012
"""Half the width of a line at a single value of x, as a share of the axis."""
TICK = 0.16
"""Half the width of a line at a single level."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The n vertices of the lines, the same for all models, line after line.

    Parameters
    ----------
    x : (n,) array
        Position along the axis; on a categorical axis the number of the level.
    at : (n,) array
        The value, or the level, that the prediction is for.
    slice : (n,) array of int
        Number of the vertex's slice.
    group : (n,) array of int
        Number of the vertex's group; -1 on population lines.
    own : (n,) array
        The value of a number that slices: the slice's, or a group's own mean.
    """

    x: Array
    at: Array
    slice: Array
    group: Array
    own: Array

    def __len__(self) -> int:
        return len(self.x)

    def of_groups(self, groups: Array) -> Grid:
        """The vertices of these groups' lines."""
        keep = np.isin(self.group, groups)
        return Grid(self.x[keep], self.at[keep], self.slice[keep], self.group[keep], self.own[keep])


def line_grids(
    comparison: Comparison,
    x: str | None,
    axis: XAxis,
    codes: Array,
    x_range: tuple[float, float],
    by: Slices | None,
) -> tuple[Grid, Grid]:
    """Where lines for everyone and groups' lines have their vertices: nowhere that their rows do not reach to.

    Parameters
    ----------
    codes : (n,) array
        Each row's group.
    x_range : (float, float)
        What the axis shows, which a straight line for everyone crosses where nothing slices the rows.
    """
    values = axis.values
    piece = by.codes if by else np.zeros(len(values), dtype=int)
    per_group = by is None or by.is_number  # else a line for each level that a group has rows of
    count = len(by.labels) if by and not per_group else 1
    line_of = codes * count + piece * (not per_group)
    if x is None or axis.kind == "levels":
        return _of_levels(x, values, piece, codes, line_of, count, by)
    straight = is_straight(comparison, x)
    steps, common_steps = (np.linspace(0, 1, n if straight else CURVE_POINTS) for n in (2, BAND_POINTS))
    reach = DASH * (x_range[1] - x_range[0])

    def data_ends(keys: Array, given: Array | None = None) -> tuple[Array, Array]:
        known, place = np.unique(keys, return_inverse=True)
        if given is not None:
            return known, given[known]
        ends = np.column_stack([np.full(len(known), np.inf), np.full(len(known), -np.inf)])
        np.minimum.at(ends[:, 0], place, values)
        np.maximum.at(ends[:, 1], place, values)
        return known, ends

    def shown_ends(ends: Array) -> Array:
        point = ends[:, 0] == ends[:, 1]
        ends = np.where(point[:, None], ends + np.array([-reach, reach]), ends)
        return ends if straight else ends.clip(*axis.data_range)  # a curve is not extrapolated beyond the data

    def along(ends: Array, steps: Array) -> Array:
        return ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * steps

    if by is None:
        common = along(np.array([x_range if straight else axis.data_range], dtype=float), common_steps)
        places = np.zeros(1, dtype=int)
    else:
        places, ends = data_ends(piece)
        common = along(shown_ends(ends), common_steps)
    lines, ends = data_ends(line_of, axis.group_ranges if per_group else None)
    own = along(shown_ends(ends), steps)
    owner, sliced = np.divmod(lines, count)
    return (
        _grid(common, places, np.full(len(places), -1), by, codes),
        _grid(own, sliced, owner, by, codes),
    )


def _of_levels(
    x: str | None, values: Array, piece: Array, codes: Array, line_of: Array, count: int, by: Slices | None
) -> tuple[Grid, Grid]:
    """The vertices at levels: a group's line joins those that it has rows of, and is a tick where it has one alone."""
    if x is None:  # groups side by side
        known, first = np.unique(codes, return_index=True)
        ends = values[first][:, None] + np.array([-0.42, 0.42])
        whole = np.array([[values.min() - 0.5, values.max() + 0.5]])
        nothing = np.zeros(1, dtype=int)
        return _grid(whole, nothing, nothing - 1, by, codes), _grid(ends, known * 0, known, by, codes)

    def cells(keys: Array) -> tuple[Array, Array]:
        width = int(values.max()) + 1
        line, level = np.divmod(np.flatnonzero(np.bincount(keys * width + values.astype(int))), width)
        return line, level.astype(float)

    sliced, level = cells(piece)
    common = Grid(level, level, sliced, np.full(len(level), -1), _own(by, sliced, np.full(len(level), -1), codes))
    line, level = cells(line_of)
    alone = np.bincount(line)[line] == 1
    line, level, alone = (np.repeat(v, np.where(alone, 2, 1)) for v in (line, level, alone))
    side = np.where(alone, np.where(np.arange(len(line)) - np.searchsorted(line, line) == 0, -TICK, TICK), 0.0)
    owner, sliced = np.divmod(line, count)
    return common, Grid(level + side, level, sliced, owner, _own(by, sliced, owner, codes))


def _grid(x: Array, sliced: Array, owner: Array, by: Slices | None, codes: Array) -> Grid:
    wide = x.shape[1]
    sliced, owner = np.repeat(sliced, wide), np.repeat(owner, wide)
    return Grid(x.ravel(), x.ravel(), sliced, owner, _own(by, sliced, owner, codes))


def _own(by: Slices | None, sliced: Array, owner: Array, codes: Array) -> Array:
    """The value of a number that slices at each vertex: of everyone's lines the slice's, of a group's its own mean."""
    if by is None or by.numbers is None:
        return np.zeros(len(sliced))
    size = np.bincount(codes)
    means = np.bincount(codes, by.numbers) / np.maximum(size, 1)
    return np.where(owner < 0, np.array(by.values, dtype=float)[sliced], means[owner])


def is_straight(comparison: Comparison, x: str) -> bool:
    """Whether every term is linear in x."""
    return all(origin(factor) is not None or x not in columns_of(factor) for factor in comparison.spec.fixed_factors)
