"""By which columns two tables belong together: names that agree, values of one that are found in the other, once each.

A key stands once in the coarser table and any number of times in the finer: the school of each pupil, in a table of schools.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import PurePath

import numpy as np
import pandas as pd

from ..errors import DataError
from ..text.english import singular_word
from .columns import is_number
from .join import Join
from .key_values import comparable
from .name_hints import GROUP_WORDS, name_score, words_of
from .table import Table

MOST_COLUMNS = 40
"""Columns of each table that are looked at."""
MOST_KEYS = 3
"""Columns that a key is made of at most."""
LEAST = 0.5
"""The share of rows that must find a partner for a join to be proposed."""
SAME, RELATED, UNLIKE = 3, 2, 1
"""How much the names of two columns agree."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What two tables may be joined by.

    Attributes
    ----------
    join : Join, optional
        None where nothing joins them.
    reversed : bool
        Whether the other table is the finer one, to whose rows this one's columns belong.
    reason : str
        Why nothing joins them, where columns are the same and it was near; else empty.
    """

    join: Join | None = None
    reversed: bool = False
    reason: str = ""


def propose(here: Table, there: Table) -> Proposal:
    """The likeliest join of two tables, this one being the finer where both may be; or why there is none."""
    join, reason = _join(here, there)
    if join is not None:
        return Proposal(join)
    turned, _ = _join(there, here)
    return Proposal(turned, reversed=True) if turned is not None else Proposal(reason=reason)


def finest(tables: Sequence[Table]) -> Table:
    """The table to whose rows most of the others can be joined; the first where none can."""
    joined = [sum(other is not table and _join(table, other)[0] is not None for other in tables) for table in tables]
    return tables[int(np.argmax(joined))]


def _join(here: Table, there: Table) -> tuple[Join | None, str]:
    """The columns of ``there`` for each row of ``here``."""
    best: tuple[tuple[float, ...], tuple[tuple[str, str], ...]] | None = None
    same: list[tuple[str, str]] = []
    ones, twos = _different(here.frame), _different(there.frame)
    for (name, one), (other, two) in product(ones.items(), twos.items()):
        names, is_key = _agreement(name, other, there.title), len(two) == there.frame[other].notna().sum()
        if names < SAME and not (is_key and is_number(one) == is_number(two)):
            continue
        share, used = _overlap(one, two)
        if names == SAME and share > 0:
            same.append((name, other))
        if not is_key or share < (LEAST if names > UNLIKE else 1.0):
            continue
        if names == UNLIKE and not _are_groups(here.frame[name]):
            continue
        if best is None or (names, share, used) > best[0]:
            best = (names, share, used), ((name, other),)
    if best is not None:
        return Join(there.title, best[1], there.digest), ""
    for size in range(2, MOST_KEYS + 1):
        for keys in combinations(same[:6], size):
            join = Join(there.title, keys, there.digest)
            if not there.frame[[b for _, b in keys]].dropna().duplicated().any() and _share(join, here, there) >= LEAST:
                return join, ""
    return None, _reason(here, there, same)


def _reason(here: Table, there: Table, same: Sequence[tuple[str, str]]) -> str:
    """Why columns of one name, whose values are in both tables, join nothing."""
    for key in same:
        if name_score(key[0], GROUP_WORDS):
            try:
                Join(there.title, (key,)).match(here.frame, there.frame)
            except DataError as error:
                return str(error)
    return ""


def _share(join: Join, here: Table, there: Table) -> float:
    return float((join.match(here.frame, there.frame).partner >= 0).mean())


def _different(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """The different values of the columns that can be keys: texts, categories, dates and whole numbers; no truth values."""
    names = [str(name) for name in frame.columns if not pd.api.types.is_bool_dtype(frame[name].dtype)]
    able = [name for name in names[:MOST_COLUMNS] if not is_number(frame[name]) or _is_whole(frame[name])]
    return {name: frame[name].drop_duplicates().dropna() for name in able}


def _is_whole(column: pd.Series) -> bool:
    if pd.api.types.is_integer_dtype(column.dtype):
        return True
    values = column.to_numpy(dtype=float, na_value=np.nan)
    return bool((values[np.isfinite(values)] % 1 == 0).all())


def _agreement(here: str, there: str, table: str) -> int:
    """How much two names agree: the same, or one with the other table's name, as “school” and the “id” of “schools”."""
    one, two = words_of(here), words_of(there)
    if here == there or (one == two and one):
        return SAME
    known = _singular(words_of(PurePath(table).stem))
    words, group = _singular(one), name_score(there, GROUP_WORDS) > 0
    related = group and bool(words & known) and words <= _singular(two) | known
    inside = len(here) > 3 and len(there) > 3 and (here.lower() in there.lower() or there.lower() in here.lower())
    return RELATED if related or inside else UNLIKE


def _singular(words: Sequence[str]) -> set[str]:
    return {singular_word(word) or word for word in words}


def _overlap(one: pd.Series, two: pd.Series) -> tuple[float, float]:
    """The share of the different values here that are there, and of those there that are here."""
    one, two, _ = comparable(one, two)
    if not len(one) or not len(two):
        return 0.0, 0.0
    return float(one.isin(two).mean()), float(two.isin(one).mean())


def _are_groups(column: pd.Series) -> bool:
    """Whether values may be groups whatever the columns are called: texts that repeat; of numbers too many are the same by chance."""
    return not is_number(column) and not column.dropna().is_unique
