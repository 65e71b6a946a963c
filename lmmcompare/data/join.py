"""Columns of another table beside the rows that they belong to, by a key: what a school has, for each of its pupils.

Every row stays, in its order, and gets at most one partner: a left join of many to one. Rows without a partner are told, on either
side; so is every name that two columns would have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError
from ..text.english import listed as enumerated
from ..text.numbers import count
from .change_type import as_text
from .key_values import comparable, key_kind, nearly_the_same, shared_codes
from .limits import MAX_NAME, limits
from .readers.result import listed
from .reshape import free_name

MOST_EXAMPLES = 3
"""Keys without a partner that are named."""


@dataclass(frozen=True, slots=True)
class Join:
    """The columns of another table, beside the rows that have its keys.

    Attributes
    ----------
    table : str
        What the other table is called.
    keys : tuple of (str, str)
        Columns that tell which rows belong together: the name here and the name there.
    digest : str
        What tells the bytes of the other table's file from others; empty where it is unknown.
    """

    table: str
    keys: tuple[tuple[str, str], ...]
    digest: str = ""

    def apply(self, frame: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """The table with the other's columns at its end, and what was found, added, renamed and left out.

        Parameters
        ----------
        other : DataFrame
            The table that the step names; each key at most once.

        Raises
        ------
        DataError
            When a key stands more than once in the other table, or no row has a partner.
        """
        match = self.match(frame, other)
        if not (match.partner >= 0).any():
            none = " ".join([f"No row has its {self.key_words} in “{self.table}”.", *match.notes])
            if near := self._nearly(frame, other, match):
                raise DataError(f"{none} {near}", "Write them alike in one of the files and bring it again.")
            raise DataError(none, "Choose columns that hold the same values.")
        added, same = self.added_columns(frame, other, match)
        if len(frame) * (len(frame.columns) + len(added)) > limits().cells:
            raise DataError(
                f"The tables make {len(frame):,} rows of {len(frame.columns) + len(added):,} columns together; "
                f"at most {limits().cells:,} cells are kept.",
                "Leave out columns that the comparison does not need first.",
            )
        columns = {new: _taken(other[old], match.partner) for new, old in added.items()}
        joined = pd.concat([frame, pd.DataFrame(columns, index=frame.index)], axis=1)
        return joined, " ".join([*self._found(frame, other, match), *self._columns(added, same), *match.notes])

    def match(self, frame: pd.DataFrame, other: pd.DataFrame) -> Match:
        """Which row of the other table each row belongs to.

        Raises
        ------
        DataError
            When a key stands more than once in the other table.
        """
        here, there, notes = shared_codes(frame, other, self.keys)
        sizes = np.bincount(there[there >= 0], minlength=1)
        if sizes.max() > 1:
            raise self._refusal(other, here, there, sizes)
        row_of = np.full(max(len(sizes), int(here.max(initial=-1)) + 1) + 1, -1)  # the last is for rows without a key
        row_of[there[there >= 0]] = np.flatnonzero(there >= 0)
        return Match(row_of[here], here, notes)

    def added_columns(self, frame: pd.DataFrame, other: pd.DataFrame, match: Match) -> tuple[dict[str, str], list[str]]:
        """The new columns' names and those that they have in the other table; and the columns that are the same in both."""
        keys = {there for _, there in self.keys}
        stem = re.sub(r"\W+", "_", PurePath(self.table).stem)[:40].strip("_") or "other"
        taken = {str(name) for name in (*frame.columns, *other.columns)}
        added, same = {}, []
        for name in map(str, other.columns):
            if name in keys:
                continue
            if name not in frame.columns:
                added[name] = name
            elif _agree(frame[name], other[name], match.partner):
                same.append(name)
            else:
                new = free_name(f"{name[: MAX_NAME - 50]}_{stem}", taken)
                taken.add(new)
                added[new] = name
        return added, same

    @property
    def key_words(self) -> str:
        """The keys in a sentence: “school”, or “school” (“id” there)."""
        return enumerated([f"“{a}”" if a == b else f"“{a}” (“{b}” there)" for a, b in self.keys])

    def _found(self, frame: pd.DataFrame, other: pd.DataFrame, match: Match) -> list[str]:
        """How many rows find theirs, and those that did not, here and there."""
        rows, alone = len(frame), match.partner < 0
        lost = int(alone.sum())
        every = "The one row" if rows == 1 else "Both rows" if rows == 2 else f"All {rows:,} rows"
        how_many = f"{rows - lost:,} of {count(rows, 'row')}" if lost else every
        find = "finds its" if rows - lost == 1 else "find their"
        words = [f"{how_many} {find} row in “{self.table}” by {self.key_words}."]
        if lost:
            examples = _keys(frame[[a for a, _ in self.keys]], alone & (match.codes >= 0))
            blank = int((match.codes < 0).sum())
            why = [f"such as {examples}"] if examples else []
            why += [f"{blank:,} without a key"] if blank else []
            kept = "is" if lost == 1 else "are"
            words.append(f"The other {lost:,} ({', '.join(why)}) {kept} kept, and what is added is missing there.")
            if near := self._nearly(frame, other, match):
                words.append(f"{near} Written alike in both files they would find it.")
        idle = np.ones(len(other), dtype=bool)
        idle[match.partner[~alone]] = False
        if n := int(idle.sum()):
            examples = _keys(other[[b for _, b in self.keys]], idle)
            such = f", such as {examples}" if examples else ""
            belongs = "belongs" if n == 1 else "belong"
            left_out = "is" if n == 1 else "are"
            words.append(
                f"{count(n, 'row')} of “{self.table}” {belongs} to no row here{such}, and {left_out} left out."
            )
        return words

    def _nearly(self, frame: pd.DataFrame, other: pd.DataFrame, match: Match) -> str:
        """A sentence on the rows without a partner whose key is there but for capitals, blanks and leading zeros; empty without any."""
        alone = (match.partner < 0) & (match.codes >= 0)
        here, there = frame.loc[alone, [name for name, _ in self.keys]], other[[name for _, name in self.keys]]
        if all(key_kind(here[a], there[b]) != "text" for a, b in self.keys):
            return ""  # equal values are found, however they are written
        pairs = nearly_the_same(here, there)
        if not pairs:
            return ""
        one, two = pairs[0]
        has = "key differs" if len(pairs) == 1 else "keys differ"
        return f"{len(pairs):,} {has} from one there in capitals, blanks or leading zeros only: “{one}” and “{two}”."

    def _columns(self, added: dict[str, str], same: Sequence[str]) -> list[str]:
        words = [f"It adds {listed(added, 8)}." if added else f"“{self.table}” has no other column to add."]
        for new, old in added.items():
            if new != old:
                words.append(f"“{old}” is in both tables: that of “{self.table}” is called “{new}”.")
        if same:
            words.append(
                f"The same in both tables, so once: {listed(same)}."
                if len(same) > 1
                else f"“{same[0]}” is the same in both tables, so it stands once."
            )
        return words

    def _refusal(self, other: pd.DataFrame, here: Array, there: Array, sizes: Array) -> DataError:
        """Why these keys join nothing: which one stands several times, and what can be done."""
        often = there == int(np.argmax(sizes))
        example = _keys(other[[b for _, b in self.keys]], often)
        names = enumerated([f"“{b}”" for _, b in self.keys])
        times = f"{names} stands more than once in “{self.table}” (in {count(int(often.sum()), 'row')}: {example})"
        present = here[here >= 0]
        if len(np.unique(present)) == len(present):
            return DataError(
                f"{times}, and once here.", f"Look at “{self.table}” and join this table to it: its rows are finer."
            )
        return DataError(
            f"{times}, and more than once here too: a row here would have several partners there, and be counted as often.",
            f"Choose a further key that tells the rows of “{self.table}” apart, or keep one row of each key there first.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Which rows belong together.

    Attributes
    ----------
    partner : (n,) int
        The row of the other table, -1 where there is none.
    codes : (n,) int
        The key of each row, -1 where a part of it is missing.
    notes : list of str
        How keys of different types were compared.
    """

    partner: Array
    codes: Array
    notes: list[str]


def _agree(here: pd.Series, there: pd.Series, partner: Array) -> bool:
    """Whether a column holds the same as its namesake in every row that has a partner, so that one of them is enough."""
    rows = partner >= 0
    one, two, note = comparable(here[rows].reset_index(drop=True), there.iloc[partner[rows]].reset_index(drop=True))
    return not note and bool(((one == two) | (one.isna() & two.isna())).fillna(False).all())


def _taken(column: pd.Series, partner: Array) -> pd.Series:
    """The values of these rows, missing for -1."""
    lost = bool((partner < 0).any())
    if lost and pd.api.types.is_bool_dtype(column.dtype):
        column = column.astype("boolean")
    return column.reset_index(drop=True).reindex(partner).set_axis(pd.RangeIndex(len(partner)))


def _keys(columns: pd.DataFrame, rows: Array) -> str:
    """The first few keys of these rows, as people write them."""
    few = columns[rows].dropna().drop_duplicates().head(MOST_EXAMPLES + 1)
    texts = [as_text(few[name]).tolist() for name in few.columns]
    keys = [" ".join(parts)[:40] for parts in zip(*texts, strict=True)]
    return ", ".join(keys[:MOST_EXAMPLES]) + (" …" if len(keys) > MOST_EXAMPLES else "")
