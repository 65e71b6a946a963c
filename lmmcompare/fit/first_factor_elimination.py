"""Elimination of the first grouping factor: the other factors' columns, projected on it and cleared of it, from moments of crossings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np

from ..arrays import Array
from ..moments.crossed import Crossing
from .bases import basis, cross, random_basis, tiled
from .other_factors import OtherFactors, product
from .random_structure import Structure


def eliminate_first_factor(
    crossing: Crossing,
    blocks: Sequence[Sequence[tuple[Sequence[int], Structure | None]]],
    whole: Sequence[int],
    centred: bool,
    project: Callable[[Array, Array], Array],
    projected_w: Array,
) -> OtherFactors:
    """The other factors of a crossing once the first is eliminated (the Schur complement, in two parts).

    Parameters
    ----------
    blocks : sequence
        Each factor's blocks of random-effects columns with their structures, the first factor's too.
    whole : sequence of int
        Fixed columns and outcome.
    centred : bool
        Whether these are.
    project : callable
        Cross-products of the first factor's columns with others (k, m, E), and the groups (E,), to the projections on them.
    projected_w : (k, p + 1, J) array
        The projections of [X y].
    """
    first, other_factors = crossing.factors[0], range(1, len(crossing.factors))
    shapes = tuple((sum(len(b) for b, _ in blocks[f]), crossing.factors[f].n_groups) for f in other_factors)
    starts = dict(zip(other_factors, accumulate((k * n for k, n in shapes), initial=0), strict=False))
    size = sum(k * n for k, n in shapes)
    remaining, remaining_w = np.zeros((size, size)), np.empty((size, len(whole)))
    groups, columns, projected = [], [], []
    for f in other_factors:
        moments, start = crossing.factors[f], starts[f]
        bases = [random_basis(moments, *block) for block in blocks[f]]
        places = start + np.arange(sum(b.size for b in bases) * moments.n_groups).reshape(-1, moments.n_groups)
        own = tiled(cross, moments, bases, bases)
        remaining[places[:, None], places[None]] = own
        right = tiled(cross, moments, bases, [basis(moments, whole, centred=centred)])
        remaining_w[places] = right.transpose(0, 2, 1)
        cells = crossing.cells[0, f]
        inside = [[random_basis(cells.moments, cells.place(b), s) for b, s in blocks[i]] for i in (0, f)]
        for a, part in enumerate(project(tiled(cross, cells.moments, *inside), cells.first).transpose(1, 0, 2)):
            groups.append(cells.first)
            columns.append(places[a, cells.second])
            projected.append(part)
        for g in other_factors:
            if g <= f:
                continue
            cells = crossing.cells[f, g]
            inside = [[random_basis(cells.moments, cells.place(b), s) for b, s in blocks[i]] for i in (f, g)]
            for a, row in enumerate(tiled(cross, cells.moments, *inside)):
                for b, entry in enumerate(row):
                    at = start + a * moments.n_groups + cells.first
                    to = starts[g] + b * crossing.factors[g].n_groups + cells.second
                    remaining[at, to] = remaining[to, at] = entry
    group, column, entries = np.concatenate(groups), np.concatenate(columns), np.concatenate(projected, axis=1)
    order = np.argsort(group, kind="stable")
    group, column, entries = group[order], column[order], entries[:, order]
    indptr = np.searchsorted(group, np.arange(first.n_groups + 1))
    result = OtherFactors(shapes, group, column, indptr, entries, remaining, remaining_w)
    for row, w in zip((result.matrix(e) for e in entries), projected_w, strict=True):
        remaining -= product(row, row)
        remaining_w -= row.T @ w.T
    return result
