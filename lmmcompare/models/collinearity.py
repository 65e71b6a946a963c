"""Nearly collinear columns: residuals on the other columns computed row by row, where cross-products lose all digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..fit.bases import CONSTANT, are_independent, basis, cross_total
from ..moments.groups import Moments, Remainder
from ..moments.row_pass import Rows

NEAR = 1e-7
"""Share of a column's sum of squares below which what the others leave of it has lost half of its digits or more."""
NOTHING = 1e-14
"""Share below which nothing is left: R's ``lm`` has the same limit, 1e-7 of the length."""


@dataclass(frozen=True, eq=False)
class Difference:
    """A column minus a linear combination of others, evaluated row by row."""

    column: Rows
    others: tuple[Rows, ...]
    coefficients: tuple[float, ...]

    def __getitem__(self, rows: slice) -> Array:
        return self.column[rows] - sum(c * other[rows] for c, other in zip(self.coefficients, self.others, strict=True))


def remainders(moments: Moments, columns: Sequence[int], rows: Sequence[Rows]) -> list[Remainder]:
    """The residuals of nearly collinear fixed ``columns`` on the columns before them; placed before the last column.

    Columns whose residuals are rounding errors in the ``rows`` are exact combinations, and are left out.
    """
    if are_independent(moments, tuple(columns), 2 * NEAR):
        return []
    gram = cross_total(moments, basis(moments, columns))
    # of the standardised columns' coefficients, in units; a constant takes no part: a remainder has its own mean
    named = [k for k, c in enumerate(columns) if c >= 0]
    result: list[Remainder] = []
    before: list[int] = []
    for k in named:
        if gram[k, k] <= 0:
            continue
        slopes, left = np.zeros(0), gram[k, k]
        if before:
            slopes = np.linalg.lstsq(gram[np.ix_(before, before)], gram[before, k], rcond=1e-12)[0]
            left = gram[k, k] - 2 * slopes @ gram[before, k] + slopes @ gram[np.ix_(before, before)] @ slopes
        if left <= NEAR * gram[k, k]:
            used = np.flatnonzero(np.abs(slopes) > 1e-9)
            others = tuple(int(columns[before[i]]) for i in used)
            units = moments.scale[columns[k]] / moments.scale[list(others)]
            at = moments.outcome + len(result)
            remainder = Remainder(int(columns[k]), at, others, tuple((slopes[used] * units).tolist()))
            if not _is_left(remainder, rows, about_mean=CONSTANT in columns):
                continue
            result.append(remainder)
        before.append(k)
    return result


def differences(columns: Sequence[Rows], remainders: Sequence[Remainder]) -> list[Difference]:
    """The remainders as columns of rows."""
    return [Difference(columns[r.column], tuple(columns[c] for c in r.others), r.coefficients) for r in remainders]


def _is_left(remainder: Remainder, rows: Sequence[Rows], *, about_mean: bool) -> bool:
    """Whether a remainder is more than rounding in the rows; otherwise its column is an exact combination."""
    (difference,) = differences(rows, [remainder])
    left, whole = (np.asarray(of[slice(None)]) for of in (difference, rows[remainder.column]))
    return bool((left.var() if about_mean else (left**2).mean()) > NOTHING * (whole**2).mean())
