"""Groups within groups: a column whose values start again within another, such as pupils 1, 2, 3 of every class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from .column_patterns import Pattern

LEAST_ROWS = 2.0
"""Rows that a group within a group must have, though some miss one; with one each it is the row."""
FEWEST_OUTER = 5
"""Levels from which on the outer of two columns is groups; of fewer it may be treatments (`joined_groups`)."""
ALIKE = 3.0
"""A main effect this many times the mean square of the cells, or of their rows, is that of a factor crossed with the groups."""


def inner_group(
    group: Pattern, outcome: Pattern, predictor: Pattern | None, others: Sequence[Pattern]
) -> Pattern | None:
    """The column whose values start again within the groups and mean others there; None where there is none.

    Parameters
    ----------
    predictor : Pattern, optional
        What its values explain of the outcome is taken away first, where it is not the column itself.
    others : sequence of Pattern
        Other columns that may be groups, the likeliest first.

    Notes
    -----
    Plot 1 of one block has nothing in common with plot 1 of another, where machine 1 is the same machine everywhere. The values
    tell: of nested numbers the differences between the numbers (over all groups) are no larger than what the cells differ by.
    """
    for other in others:
        if (
            other.levels < 3
            or other.numbers is None
            or not other.is_whole
            or group.determines(other)
            or other.determines(group)
        ):
            continue
        if group.is_contiguous and lies_within(other, group, outcome, predictor):
            return other
    return None


def outer_groups(group: Pattern, others: Sequence[Pattern]) -> list[Pattern]:
    """The columns in each of whose levels the numbers of a group start again, as those of its sites do in every wafer.

    Whether they mean others there the outcome tells (`lies_within`).
    """
    if not group.is_numbered or group.is_contiguous or group.numbers is None or not group.is_complete:
        return []
    steps = np.diff(group.numbers)
    result = []
    for other in others:
        may_be = other.levels >= FEWEST_OUTER and (other.is_numbered or other.info.kind in ("categorical", "text"))
        if may_be and other.is_contiguous and other.is_complete:
            same = other.codes[1:] == other.codes[:-1]
            result += [other] if (steps[same] >= 0).all() and (steps[~same] < 0).all() else []
    return result


def lies_within(
    inner: Pattern, group: Pattern, outcome: Pattern, predictor: Pattern | None, certain: bool = True
) -> bool:
    """Whether the outcome says that the levels of one column mean others in each group, or, not certain, nothing against it."""
    if outcome.scaled is None:
        return False
    keep = (group.codes >= 0) & (inner.codes >= 0) & np.isfinite(outcome.scaled)
    cells = _renumber(_cells(group, inner)[keep])
    n_cells = int(cells.max(initial=-1)) + 1
    if n_cells < 2 * group.levels or not has_several_rows(cells):
        return False
    values = outcome.scaled[keep]
    if predictor not in (None, inner) and LEAST_ROWS * predictor.levels <= len(values):
        codes = predictor.codes[keep] + 1  # rows without a value are a level of their own
        values = values - _means(values, codes)[codes]
    return _nested(values, group.codes[keep], inner.codes[keep], cells, certain)


def has_several_rows(cells: Array) -> bool:
    """Whether most rows share their cell, given by its number, with others."""
    return bool(len(cells) and np.median(np.bincount(cells)[cells]) >= LEAST_ROWS)


def _cells(group: Pattern, inner: Pattern) -> Array:
    return group.codes.astype(np.int64) * inner.levels + inner.codes


def _nested(values: Array, outer: Array, inner: Array, cells: Array, certain: bool) -> bool:
    """Whether cells differ beyond their rows, if that must be certain, and the inner codes' main effect is no more than that."""
    n, n_cells = len(values), int(cells.max()) + 1
    n_outer, n_inner = len(np.unique(outer)), len(np.unique(inner))
    free = n_cells - n_outer - n_inner + 1
    if free < 2 or n <= n_cells:
        return False
    values = values - values.mean()
    ss_cells, ss_outer = _between(values, cells), _between(values - _means(values, inner)[inner], outer)
    ss_inner = _between(values, inner)
    error = max(float(values @ values) - ss_cells, 0.0) / (n - n_cells)
    interaction = max(ss_cells - ss_inner - ss_outer, 0.0) / free
    differ = interaction > 2.0 * error or not certain
    return differ and ss_inner / max(n_inner - 1, 1) < ALIKE * max(interaction, error)


def _means(values: Array, codes: Array) -> Array:
    return np.bincount(codes, values) / np.maximum(np.bincount(codes), 1)


def _between(values: Array, codes: Array) -> float:
    sizes = np.bincount(codes)
    return float(sizes @ _means(values, codes) ** 2)


def _renumber(codes: Array) -> Array:
    return np.unique(codes, return_inverse=True)[1]
