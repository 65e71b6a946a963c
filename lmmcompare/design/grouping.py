"""Grouping factors: each row's level, what the levels are called, and which level a new row has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError, UnknownLevelWarning, warn
from ..formula.expressions import group_name
from ..text.numbers import count
from .columns import Table
from .levels import compact_codes, factorize, positions

NewLevels = Literal["warn", "allow", "refuse"]
POPULATION = 'Add it, or ask for level="population": the line of an average group.'
MOST_CELLS = 1 << 16
"""Of so few combinations of levels that may occur those that do are counted, not hashed."""
TEXT = pd.StringDtype(na_value=np.nan)
"""What pandas makes of text; told so, it takes half as long."""
MOST_SHOWN = 3
"""So many levels are named where some are not known."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """A grouping factor: each row's level.

    Parameters
    ----------
    columns : tuple of str
        The table's columns whose combinations are its levels.
    codes : (n,) array of int
        Of the rows that the design holds.
    levels : Index
        The levels in sorted order, or in a Categorical's own order; unique.
    keys : mapping
        What each of the columns holds, an array with a value a level.
    name : str
        The factor as it stands in the formula, ``a`` or ``a:b``, with the words for its groups.
    """

    columns: tuple[str, ...]
    codes: Array
    levels: pd.Index
    keys: Mapping[str, Any]
    name: str

    @cached_property
    def labels(self) -> list[str]:
        """The levels as text, each its own."""
        texts = [str(v) for v in self.levels]
        return texts if len(set(texts)) == len(texts) else [repr(v) for v in self.levels]  # 1 and "1" in one column

    def find(self, rows: pd.DataFrame, remedy: str = POPULATION) -> tuple[Array, Array]:
        """The level of each of some new rows, whatever type their labels have.

        Parameters
        ----------
        remedy : str
            What to do where the rows lack one of the columns.

        Returns
        -------
        codes : (n,) array of int
            -1 where a label is missing, and for a level that the model was not fitted to.
        known : (n,) array of bool
            Whether no label is missing.

        Raises
        ------
        DataError
            When the rows lack one of the columns.
        """
        for name in self.columns:
            if name not in rows.columns:
                raise DataError(f"There is no column “{name}” in the new rows, so their groups are not known.", remedy)
        known = rows[list(self.columns)].notna().all(axis=1).to_numpy()
        at, place = np.zeros(int(known.sum()), dtype=np.int64), np.zeros(len(self.levels), dtype=np.int64)
        unknown = np.zeros(len(at), dtype=bool)
        for name in self.columns:  # positions among each column's own levels, and of these the combinations
            own, levels = factorize(pd.Series(self.keys[name]))
            new, values = factorize(rows.loc[known, name]) if len(at) else (at, pd.Index([]))
            result = positions(levels, values)[new] if len(at) else at
            unknown |= result < 0
            at, place = at * len(levels) + result, place * len(levels) + own
        codes = np.full(len(rows), -1)
        codes[known] = np.where(unknown, -1, pd.Index(place).get_indexer(pd.Index(at)))
        return codes, known

    def warn_of_unknown(self, rows: pd.DataFrame, codes: Array, known: Array, get: str) -> None:
        """Warn of rows whose level the model was not fitted to, naming some; ``get`` is what these rows get."""
        strange = known & (codes < 0)
        if strange.any():
            warn(
                f"{self._unknown(rows[strange])}: {count(int(strange.sum()), 'row gets', 'rows get')} {get}.",
                UnknownLevelWarning,
            )

    def refuse_unknown(self, rows: pd.DataFrame, codes: Array, known: Array) -> None:
        """Refuse rows whose level the model was not fitted to, and rows that lack a label.

        Raises
        ------
        DataError
        """
        if (codes >= 0).all():
            return
        problem = f"{self._unknown(rows[known & (codes < 0)])}."
        if not known.all():
            problem = f"{count(int((~known).sum()), 'row lacks', 'rows lack')} a label of “{self.name}”."
        raise DataError(problem, "Leave these rows out, or predict them with an effect of 0: allow_new_levels=True.")

    def _unknown(self, strange: pd.DataFrame) -> str:
        labels = strange[list(self.columns)].drop_duplicates()
        named = [f"“{group_name(map(str, row))}”" for row in labels.head(MOST_SHOWN).itertuples(index=False)]
        more = f" and {len(labels) - MOST_SHOWN:,} more" if len(labels) > MOST_SHOWN else ""
        levels = count(len(labels), "level")
        return f"The model was not fitted to {levels} of “{self.name}” in the new rows, {', '.join(named)}{more}"


def find_levels(
    groupings: Sequence[Grouping],
    rows: pd.DataFrame,
    *,
    effects: bool | Sequence[bool],
    means: bool,
    new_levels: NewLevels = "warn",
) -> list[Array]:
    """The levels of new rows by grouping factor, -1 for none; warns of levels not known and of labels that are missing.

    Parameters
    ----------
    effects : bool or sequence of bool
        Whether the levels' random effects are wanted, of each factor; the columns must then be there.
    means : bool
        Whether the levels' means are, which have a value for rows without a group too.
    new_levels : {"warn", "allow", "refuse"}
        What is done about levels not known and labels that are missing, where effects are wanted: a warning, nothing, or an error.

    Raises
    ------
    DataError
        When the rows lack a column that is wanted, and for levels that are refused.
    """
    own, labelled = [], np.ones(len(rows), dtype=bool)
    for one, wanted in zip(
        groupings, [effects] * len(groupings) if isinstance(effects, bool) else effects, strict=True
    ):
        if not wanted and not (means and {*one.columns} <= {*rows.columns}):
            own.append(np.full(len(rows), -1))
            continue
        codes, known = one.find(rows)
        labelled &= known
        own.append(codes)
        if wanted and new_levels == "refuse":
            one.refuse_unknown(rows, codes, known)
        if new_levels == "warn":
            one.warn_of_unknown(rows, codes, known, "an effect of 0" if wanted else "the overall means")
    if not labelled.all() and new_levels == "warn":
        n = count(int((~labelled).sum()), "row lacks", "rows lack")
        lacking = dict.fromkeys(c for one in groupings for c in one.columns if c in rows and rows[c].hasnans)
        warn(
            f"{n} a label in {' or '.join(f'“{c}”' for c in lacking)}: there the prediction is the population’s.",
            UnknownLevelWarning,
        )
    return [np.where(labelled, codes, -1) for codes in own]


Levels = dict[str, tuple[Array, pd.Index]]
"""Columns' level codes and levels, as far as they are known."""


def grouping(group: tuple[str, ...], frame: Table, known: Levels | None = None, name: str = "") -> Grouping:
    """A grouping factor of a table without missing values; a column's levels are looked for once, and kept in ``known``."""
    codes, levels = joint_levels(group, frame, known)
    first = np.zeros(len(levels), dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    keys = {name: frame[name].array.take(first) for name in group}
    return Grouping(group, codes, levels, keys, name or group_name(group))


def joint_levels(group: tuple[str, ...], frame: Table, known: Levels | None = None) -> tuple[Array, pd.Index]:
    """Level codes and levels of a grouping factor; of several columns their combinations that occur."""
    known = {} if known is None else known
    for name in group:
        if name not in known:
            known[name] = factorize(frame[name])
    codes, levels = known[group[0]]
    if len(group) == 1:
        return codes, levels
    texts, n = [list(map(str, levels.to_numpy(dtype=object)))], len(levels)
    for name in group[1:]:
        inner, inner_levels = known[name]
        joint = codes.astype(np.int64) * len(inner_levels) + inner
        few = n * len(inner_levels) <= MOST_CELLS
        codes, present = compact_codes(joint) if few else pd.factorize(joint, sort=True)
        n = len(present)
        outer, own = (place.tolist() for place in np.divmod(present, len(inner_levels)))
        inner_texts = list(map(str, inner_levels.to_numpy(dtype=object)))
        texts = [*([text[k] for k in outer] for text in texts), [inner_texts[k] for k in own]]
    labels = [":".join(parts) for parts in zip(*texts, strict=True)]
    if len(set(labels)) < len(labels):  # "a:b" and "c" are not "a" and "b:c"
        labels = [group_name(parts) for parts in zip(*texts, strict=True)]
    return codes, pd.Index(labels, dtype=TEXT)
