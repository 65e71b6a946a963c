"""The same sums where factors have many levels: by group and level, not of a 0/1 column for each level.

Where rows have one group and one level of each factor, all 0/1 columns are constant. So the engine sums the numeric parts of the
columns in these cells, of which there are few, and the moments of the groups are those of the cells as if each were a row of its
size, plus what varies within the cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import mul
from typing import cast

import narwhals as nw
import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.contrasts import Coded
from ..design.encoding import DesignColumn, Indicator, Piece
from ..design.grouping import joint_levels
from ..errors import TooLargeError
from ..moments.groups import Moments
from ..moments.row_pass import compute
from .expressions import Levelled, Truths
from .group_by import count_groups
from .scan import Scan
from .sums import Grouped, Rough, Weights, grouped, plain

FEW = 6
"""Up to so many columns of levels, sums of the columns themselves are as quick."""
MANY = 200
"""With more columns of levels these are not summed themselves: an engine would be asked for 20,000 products."""
MAX_CELLS = 5_000_000


@dataclass(frozen=True, eq=False)
class Parts:
    """Columns taken apart: the factors whose levels they have, and their distinct numeric parts.

    Parameters
    ----------
    number : (q,) int array
        Each column's numeric part; -1 where it has none.
    """

    columns: tuple[DesignColumn, ...]
    factors: tuple[Levelled, ...]
    numeric: tuple[nw.Expr, ...]
    number: Array

    @property
    def by_levels(self) -> int:
        """How many columns have levels."""
        return sum(any(_levelled(piece) for piece in column.pieces) for column in self.columns)

    @classmethod
    def of(cls, columns: Sequence[DesignColumn]) -> Parts:
        """Take columns apart; pieces that several have in common are the same objects."""
        factors: dict[int, Levelled] = {}
        numeric: dict[tuple[int, ...], nw.Expr] = {}
        number = []
        for column in columns:
            factors |= {id(codes): codes for piece in column.pieces if (codes := _levelled(piece))}
            rest = [piece for piece in column.pieces if not _levelled(piece)]
            if rest:
                numeric.setdefault(tuple(map(id, rest)), reduce(mul, [_expression(piece) for piece in rest]))
            number.append([*numeric].index(tuple(map(id, rest))) if rest else -1)
        return cls(tuple(columns), tuple(factors.values()), tuple(numeric.values()), np.array(number))


def grouped_by_level(
    first_pass: Scan,
    group: Sequence[str],
    parts: Parts,
    rough: Rough,
    extra: Sequence[nw.Expr],
    weights: Weights | None,
) -> Grouped | None:
    """As `sums.grouped`, by cells; None where the sums of the columns themselves cost no more.

    Parameters
    ----------
    group, rough, extra, weights
        As in `sums.grouped`.

    Raises
    ------
    TooLargeError
        Before the sums, when there are too many cells for memory and too many columns for sums of themselves.
    """
    if parts.by_levels <= FEW:
        return None
    keys = list(dict.fromkeys([*group, *(factor.column for factor in parts.factors)]))
    rows = first_pass.rows
    if first_pass.most_levels(keys) > MAX_CELLS and (cells := count_groups(rows, keys)) > MAX_CELLS:
        if parts.by_levels <= MANY:
            return None
        raise TooLargeError(
            f"{parts.by_levels:,} columns of levels in {cells:,} cells of groups and levels are too many to be summed.",
            "Choose factors with fewer levels.",
        )
    met = grouped(first_pass, keys, parts.numeric, _rough(parts, rough), extra, weights)
    pieces = _pieces(parts, met)
    if pieces is None:
        return None
    frame = met.keys[list(group)]
    codes, levels = joint_levels(tuple(group), frame) if group else (np.zeros(len(frame), dtype=int), pd.Index([0]))
    moments = _gathered(parts, met, pieces, codes, len(levels), rough.center, rough.scale)
    order = np.unique(codes, return_index=True)[1]
    low, high = np.full((2, len(met.low), len(levels)), [[[np.inf]], [[-np.inf]]])
    for k in range(len(met.low)):
        np.minimum.at(low[k], codes, met.low[k])
        np.maximum.at(high[k], codes, met.high[k])
    return Grouped(frame.iloc[order].reset_index(drop=True), levels, moments, low, high)


def _levelled(piece: Piece) -> Levelled | None:
    if isinstance(piece, Indicator | Coded):
        codes = cast(object, piece.codes)
        return codes if isinstance(codes, Levelled) else None
    return None


def _expression(piece: Piece) -> nw.Expr:
    if isinstance(piece, Indicator):  # of a truth
        return cast(Truths, piece.codes).is_level(piece.level).cast(nw.Float64)
    return cast(nw.Expr, piece)


def _rough(parts: Parts, rough: Rough) -> Rough:
    """A centre and a scale of each numeric part: those of the column that is nothing else, where there is one."""
    alone = [not any(_levelled(piece) for piece in column.pieces) for column in parts.columns]
    at = [np.flatnonzero((parts.number == k) & alone) for k in range(len(parts.numeric))]
    known = ((rough.center, 0.0), (rough.scale, 1.0))
    return Rough(*(np.array([of[k[0]] if len(k) else other for k in at]) for of, other in known))


def _pieces(parts: Parts, met: Grouped) -> list[list[Array | Indicator | Coded]] | None:
    """Each column's factors in the cells, and its numeric part's mean there last; None where a level is not known."""
    codes: dict[int, Array] = {}
    for factor in parts.factors:
        keys, values = plain(met.keys[factor.column]), factor.values
        if factor.dates:
            values, keys = pd.to_datetime(values), pd.to_datetime(keys)
        place = pd.Index(values).get_indexer(pd.Index(keys))
        if place.min(initial=0) < 0:
            return None
        codes[id(factor)] = factor.codes[place]
    mean = met.moments.center[:, None] + met.moments.scale[:, None] * met.moments.mean
    result = []
    for column, number in zip(parts.columns, parts.number, strict=True):
        own: list[Array | Indicator | Coded] = [
            replace(cast(Indicator | Coded, piece), codes=codes[id(one)])
            for piece in column.pieces
            if (one := _levelled(piece))
        ]
        result.append([*own, mean[number]] if number >= 0 else own)
    return result


@dataclass(frozen=True)
class _Sizes:
    """The cells' sums of weights, as weights of rows."""

    w: Array
    mean: float

    def __getitem__(self, rows: slice) -> Array:
        return self.w[rows]


def _gathered(
    parts: Parts,
    met: Grouped,
    pieces: list[list[Array | Indicator | Coded]],
    codes: Array,
    n_groups: int,
    center: Array,
    scale: Array,
) -> Moments:
    """The groups' moments from those of the cells."""
    of_cells, size = met.moments, len(codes)
    columns = [DesignColumn("", tuple(own), ()) for own in pieces]
    sizes = _Sizes(of_cells.w, of_cells.mean_weight)
    between = compute(columns, codes, size, n_groups, units=(center, scale), weights=sizes)
    within, every = between.within, slice(0, size)
    factor = [
        reduce(mul, [piece[every] for piece in own[:-1]], np.ones(size)) if number >= 0 else None
        for own, number in zip(pieces, parts.number, strict=True)
    ]
    numeric = np.flatnonzero(parts.number >= 0)
    for a, i in enumerate(numeric):
        for k in numeric[: a + 1]:
            one, other = parts.number[i], parts.number[k]
            unit = of_cells.scale[one] * of_cells.scale[other] / (scale[i] * scale[k])
            added = unit * np.bincount(codes, of_cells.within[one, other] * factor[i] * factor[k], n_groups)
            within[i, k] += added
            if i != k:
                within[k, i] += added
    n = np.bincount(codes, of_cells.n, n_groups)
    if of_cells.weight is None:
        return replace(between, n=n, within=within, weight=None, log_weight=None, mean_weight=1.0)
    log_weight = None if of_cells.log_weight is None else np.bincount(codes, of_cells.log_weight, n_groups)
    return replace(between, n=n, within=within, log_weight=log_weight)
