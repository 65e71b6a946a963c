"""Factors nested in the one that is shown, as casks in batches: how much its levels' rows say, being alike in parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from ..fit.bases import Basis, cross, random_basis, tiled
from ..models import MixedResult
from ..models.random_structures import structures
from ..moments.crossed import Cells


def cells_of(fit: MixedResult, first: int, second: int) -> tuple[Cells, Array, Array]:
    """The cells in which the levels of two factors meet, and in each the level of the one and of the other."""
    cells = fit.crossing.cells[min(first, second), max(first, second)]
    levels = (cells.first, cells.second) if first < second else (cells.second, cells.first)
    return cells, *levels


def bases_of(fit: MixedResult, factor: int, cells: Cells) -> list[Basis]:
    """The bases of a factor's random coefficients among the columns of cells."""
    return [
        random_basis(cells.moments, cells.place(block.columns), structure)
        for block, structure in zip(fit.blocks, structures(fit.blocks), strict=True)
        if block.factor == factor
    ]


def nested_factors(fit: MixedResult) -> list[int]:
    """Positions of the factors each of whose levels has all its rows in one level of the factor that is shown."""
    others = [k for k in range(len(fit.groupings)) if k != fit.focal]
    return [k for k in others if len(cells_of(fit, fit.focal, k)[1]) == len(fit.groupings[k].levels)]


def nested_names(fit: MixedResult) -> list[str]:
    """What these factors are called."""
    return [fit.groupings[k].name for k in nested_factors(fit)]


def alike_within(fit: MixedResult, zz: Array, nested: Sequence[int]) -> Array:
    """``Z_j'V_j^-1 Z_j`` of each level of the factor that is shown, (J, k, k), where ``zz`` is ``Z_j'Z_j``.

    ``V_j`` is the covariance of its rows, in units of the residual variance, that nested factors leave them: rows of one
    cask are alike, so they say less of their batch than as many of several casks. With ``Z`` and ``Lambda`` of the nested
    factors, ``V^-1 = I - Z Lambda (Lambda'Z'Z Lambda + I)^-1 Lambda'Z'``, whose middle part has a block for each j.
    """
    if not nested:
        return zz
    from scipy.sparse import coo_array  # slow to import together, and needed only here
    from scipy.sparse.linalg import splu

    solution, rows_of = fit.fit.optimum.solution, fit.fit.problem.factor_rows
    factors = {k: solution.factor[rows_of[k], rows_of[k]] for k in nested}
    starts = dict(
        zip(nested, np.cumsum([0, *(len(fit.groupings[k].levels) * len(factors[k]) for k in nested)]), strict=False)
    )

    def places(factor: int, levels: Array) -> Array:
        """Of each level's random coefficients, (levels, k), among all."""
        size = len(factors[factor])
        return starts[factor] + levels[:, None] * size + np.arange(size)

    total = sum(len(fit.groupings[k].levels) * len(factors[k]) for k in nested)
    level_of, right = np.zeros(total, dtype=int), np.zeros((total, zz.shape[-1]))
    at: list[Array] = [np.arange(total)]
    to: list[Array] = [np.arange(total)]
    values: list[Array] = [np.ones(total)]

    def put(left: int, left_levels: Array, other: int, other_levels: Array, products: Array) -> None:
        block = np.einsum("ab,acj,cd->jbd", factors[left], products, factors[other])
        rows, columns = places(left, left_levels)[:, :, None], places(other, other_levels)[:, None, :]
        at.append(np.broadcast_to(rows, block.shape).ravel())
        to.append(np.broadcast_to(columns, block.shape).ravel())
        values.append(block.ravel())

    for k in nested:
        cells, own, theirs = cells_of(fit, fit.focal, k)
        bases = bases_of(fit, k, cells)
        put(k, theirs, k, theirs, tiled(cross, cells.moments, bases, bases))
        place = places(k, theirs)
        level_of[place] = own[:, None]
        products = tiled(cross, cells.moments, bases, bases_of(fit, fit.focal, cells))
        right[place] = np.einsum("ab,acj->jbc", factors[k], products)
        for other in nested:
            if other != k:
                cells, own, theirs = cells_of(fit, k, other)
                products = tiled(cross, cells.moments, bases_of(fit, k, cells), bases_of(fit, other, cells))
                put(k, own, other, theirs, products)
    middle = coo_array((np.concatenate(values), (np.concatenate(at), np.concatenate(to))), shape=(total, total))
    solved = splu(middle.tocsc()).solve(right)
    result = zz.copy()
    np.subtract.at(result, level_of, right[:, :, None] * solved[:, None, :])
    return result
