"""Columns that others nearly give: what is left of them is taken row by row, where cross-products have lost its digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..fit.bases import basis, cross_total
from ..moments.groups import Array, Moments, Remainder, Rows

NEAR = 1e-7
"""Share of a column's sum of squares below which what the others leave of it has lost half of its digits or more."""
NOTHING = 1e-14
"""Share below which nothing is left: R's ``lm`` has the same limit, 1e-7 of the length."""


@dataclass(frozen=True, eq=False)
class Difference:
    """A column minus a combination of others, computed for the rows asked for."""

    column: Rows
    others: tuple[Rows, ...]
    coefficients: tuple[float, ...]

    def __getitem__(self, rows: slice) -> Array:
        return self.column[rows] - sum(c * other[rows] for c, other in zip(self.coefficients, self.others, strict=True))


def remainders(moments: Moments, columns: Sequence[int]) -> list[Remainder]:
    """Of each of the fixed ``columns`` that those before it nearly give, what these leave; placed before the last column."""
    whole = basis(moments, columns)
    gram = cross_total(moments, whole)
    # of the standardised columns' coefficients, in units; a constant takes no part: a remainder has its own mean
    named = [k for k, c in enumerate(columns) if c >= 0]
    found: list[Remainder] = []
    for place, k in enumerate(named):
        before = named[:place]
        if not before:
            continue
        slopes = np.linalg.lstsq(gram[np.ix_(before, before)], gram[before, k], rcond=1e-12)[0]
        left = gram[k, k] - 2 * slopes @ gram[before, k] + slopes @ gram[np.ix_(before, before)] @ slopes
        if left <= NEAR * gram[k, k]:
            used = np.flatnonzero(np.abs(slopes) > 1e-9)
            others = tuple(int(columns[before[i]]) for i in used)
            units = moments.scale[columns[k]] / moments.scale[list(others)]
            at = len(moments.center) - 1 + len(found)
            found.append(Remainder(int(columns[k]), at, others, tuple((slopes[used] * units).tolist())))
    return found


def differences(columns: Sequence[Rows], remainders: Sequence[Remainder]) -> list[Difference]:
    """The remainders as columns of rows."""
    return [Difference(columns[r.column], tuple(columns[c] for c in r.others), r.coefficients) for r in remainders]


def told_apart(columns: Sequence[Rows], remainders: Sequence[Remainder]) -> list[Remainder]:
    """Those of which something is left in the rows, in their places; the others are exact combinations."""
    left = [float(d[slice(None)].var()) for d in differences(columns, remainders)]
    whole = [float(columns[r.column][slice(None)].var()) for r in remainders]
    known = [r for r, a, b in zip(remainders, left, whole, strict=True) if a > NOTHING * b]
    return [replace(r, at=len(columns) - 1 + k) for k, r in enumerate(known)]
