"""Groups that two columns name together: rooms 1, 2, 3 of each condition, which are others in the next condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .column_patterns import Pattern
from .name_hints import GROUP_WORDS, hint
from .nested_groups import has_several_rows, lies_within
from .predictor_scores import is_called_time

MOST_CONDITIONS = 12
"""Levels of a column in each of which other groups may be numbered anew."""


@dataclass(frozen=True, eq=False)
class JoinedGroups:
    """Numbers that begin again in each level of another column.

    Attributes
    ----------
    outer : Pattern
        The condition, the treatment.
    inner : Pattern
        The numbers.
    cells : Pattern
        What the two name together.
    """

    outer: Pattern
    inner: Pattern
    cells: Pattern

    def is_told(self, patterns: Sequence[Pattern]) -> bool:
        """Whether something else is known of each of the groups that neither column tells: the size of the room."""
        told = (p for p in patterns if p not in (self.outer, self.inner) and p.levels > 1 and self.cells.determines(p))
        return any(not (self.outer.determines(p) or self.inner.determines(p)) for p in told)

    def differ(self, outcome: Pattern, certain: bool = True) -> bool:
        """Whether the outcome differs between these groups, and no more between the numbers alone; or only the latter."""
        return lies_within(self.inner, self.outer, outcome, None, certain)


def joined_groups(patterns: Sequence[Pattern], labels: Mapping[str, str]) -> list[JoinedGroups]:
    """Every pair of columns of which one numbers its levels anew in each level of the other, in the order of the table."""
    outers = [p for p in patterns if _is_condition(p, labels)]
    inners = [p for p in patterns if p.is_numbered and p.is_complete and not is_called_time(p)] if outers else []
    pairs = [(outer, inner) for outer in outers for inner in inners if outer is not inner]
    found = [_joined(outer, inner) for outer, inner in pairs if 2 * inner.levels <= len(inner.codes)]
    return [joined for joined in found if joined is not None]


def _is_condition(pattern: Pattern, labels: Mapping[str, str]) -> bool:
    """Whether the table is listed by the few levels of a column that is neither a group nor a time."""
    if pattern.breaks:
        return False  # of blocks of rows the order says too little
    few = pattern.is_complete and 2 <= pattern.levels <= MOST_CONDITIONS and pattern.is_contiguous
    coded = pattern.levels == 2 or not pattern.info.is_number
    return few and coded and not is_called_time(pattern) and not hint(pattern.name, GROUP_WORDS, labels)


def _joined(outer: Pattern, inner: Pattern) -> JoinedGroups | None:
    """The two together, where the numbers rise in each level of the outer one and begin again in the next."""
    assert inner.numbers is not None
    if inner.is_contiguous or outer.determines(inner) or inner.determines(outer):
        return None
    same = outer.codes[1:] == outer.codes[:-1]
    if (np.diff(inner.numbers)[same] < 0).any() or not (np.diff(inner.numbers)[~same] < 0).all():
        return None
    codes = pd.factorize(outer.codes.astype(np.int64) * inner.levels + inner.codes)[0]
    n_cells = int(codes.max()) + 1
    if n_cells < 2 * outer.levels or not has_several_rows(codes):
        return None
    info = replace(inner.info, name=f"{outer.name}:{inner.name}", kind="categorical", n_unique=n_cells, is_number=False)
    return JoinedGroups(outer, inner, Pattern(info, pd.Series(codes), inner.breaks))
