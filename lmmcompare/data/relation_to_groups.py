"""How a column relates to groups: varying within them, between them or both; and how large the groups are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DataError
from ..text.numbers import count, number, percent
from .columns import is_date, is_number

Varies = Literal["within", "between", "both", "constant"]

RELATIVE_TOLERANCE = 1e-8
"""Differences below this share of the standard deviation are rounding: columns centred in a file have about 1e-12."""
ROUNDING = 8 * float(np.finfo(float).eps)
"""Of numbers that are at most 2."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a column varies.

    Attributes
    ----------
    varies : str
        "within" groups, "between" groups, "both" or "constant".
    share_between : float
        Share of the sum of squares that lies between groups (eta squared; for categories that of their dummies
        together); NaN for a constant.
    """

    varies: Varies
    share_between: float

    @property
    def words(self) -> str:
        """A phrase, such as "varies within and between groups (52% between)"."""
        return {
            "constant": "has the same value everywhere",
            "within": "varies within groups only",
            "between": "varies between groups only",
            "both": f"varies within and between groups ({percent(self.share_between)} between)",
        }[self.varies]


@dataclass(frozen=True, slots=True)
class GroupSizes:
    """How many groups there are and how many rows they have; rows without a group are left out.

    Attributes
    ----------
    count, smallest, largest : int
        Number of groups, rows of the smallest and of the largest.
    median : float
        Median of the rows per group.
    n_single : int
        Groups of one row.
    """

    count: int
    smallest: int
    largest: int
    median: float
    n_single: int

    @classmethod
    def of(cls, sizes: Array) -> GroupSizes:
        """What the groups' numbers of rows, (J,), say."""
        if not len(sizes):
            return cls(0, 0, 0, math.nan, 0)
        single = int((sizes == 1).sum())
        return cls(len(sizes), int(sizes.min()), int(sizes.max()), float(np.median(sizes)), single)

    @property
    def balanced(self) -> bool:
        """Whether all groups have equally many rows."""
        return self.smallest == self.largest

    @property
    def words(self) -> str:
        """A phrase, such as "20 groups of 3 rows each" or "24 groups of 120 to 32,012 rows (median 9,000)"."""
        if self.count == 0:
            return "no groups"
        groups = count(self.count, "group")
        if self.balanced:
            return f"{groups} of {count(self.smallest, 'row')}{' each' if self.count > 1 else ''}"
        median = number(self.median, decimals=1 if self.median % 1 and self.median < 100 else 0)
        single = f", {self.n_single:,} with a single row" if self.n_single else ""
        return f"{groups} of {self.smallest:,} to {self.largest:,} rows (median {median}){single}"


def groups(frame: pd.DataFrame, column: str) -> GroupSizes:
    """Count the groups of a column and their rows."""
    codes, n_groups = codes_of(_column(frame, column))
    present = codes[codes >= 0] if (codes < 0).any() else codes
    return GroupSizes.of(np.bincount(present, minlength=n_groups))


def relation(frame: pd.DataFrame, column: str, group: str) -> Relation:
    """Tell whether a column varies within the groups of another, between them, or both.

    Rows where either is missing, or where the column is infinite, are left out.
    """
    values, by = _column(frame, column), _column(frame, group)
    codes, n_groups = codes_of(by)
    return Relation(*relate(values, codes, n_groups))


def relate(values: pd.Series, codes: Array, n_groups: int) -> tuple[Varies, float]:
    """Where a column varies, given the groups' codes, and the share that lies between groups."""
    if is_date(values):
        values = (values - values.min()) / pd.Timedelta(days=1)
    if is_number(values):
        return numeric_relation(values.to_numpy(dtype=float, na_value=np.nan), codes, n_groups)
    return categorical_relation(*codes_of(values), codes, n_groups)


def codes_of(column: pd.Series) -> tuple[Array, int]:
    """Level codes of a column in no particular order, -1 where it is missing, and the number of levels that occur."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        # numbers by their array: a series' own way costs five times as much in a small table
        values = column.to_numpy() if isinstance(column.dtype, np.dtype) else column
        codes, levels = pd.factorize(values)
        return codes, len(levels)
    codes = column.cat.codes.to_numpy().astype(np.int64)
    present = np.bincount(codes + 1, minlength=len(column.cat.categories) + 1)[1:] > 0
    if present.all():
        return codes, len(present)
    return np.where(codes < 0, -1, (np.cumsum(present) - 1)[codes]), int(present.sum())


def power_of_two(values: Array) -> float:
    """The power of two by which finite numbers are at most 2: divided by it no digit is lost, and sums of squares stay finite."""
    largest = float(np.abs(values).max(initial=0.0))
    return 2.0 ** (math.frexp(largest)[1] - 1) if largest else 1.0  # the next one up may be beyond float64


def numeric_relation(values: Array, codes: Array, n_groups: int) -> tuple[Varies, float]:
    """Where numbers vary, and the share of their sum of squares that lies between groups."""
    keep = np.isfinite(values) & (codes >= 0)
    if not keep.all():
        values, codes = values[keep], codes[keep]
    return scaled_relation(values / power_of_two(values), codes, np.bincount(codes, minlength=n_groups))


def scaled_relation(values: Array, codes: Array, sizes: Array) -> tuple[Varies, float]:
    """As `numeric_relation`, of numbers that are at most 2 (`power_of_two`), none missing.

    Parameters
    ----------
    values, codes : (n,) array
    sizes : (J,) array
        Rows of each group.
    """
    if len(values) == 0:
        return "constant", math.nan
    n_groups = len(sizes)
    centred = values - values[0]
    centred -= float(centred.sum()) / len(centred)
    means = np.bincount(codes, centred, minlength=n_groups) / np.maximum(sizes, 1)
    residuals = centred - means[codes]
    ss_within, ss_between = float(residuals @ residuals), float(sizes @ means**2)
    sd = math.sqrt((ss_within + ss_between) / len(values))
    if np.abs(centred).max() <= ROUNDING:
        return "constant", math.nan
    tolerance = RELATIVE_TOLERANCE * sd + ROUNDING
    within = bool(np.abs(residuals).max() > tolerance)
    between = bool(np.ptp(means[sizes > 0]) > tolerance)
    share = ss_between / (ss_within + ss_between)
    if within and between:
        return "both", share
    return ("within", 0.0) if within else ("between", 1.0)


def categorical_relation(levels: Array, n_levels: int, codes: Array, n_groups: int) -> tuple[Varies, float]:
    """Where categories vary, and that share, exactly, from the counts of each category in each group."""
    keep = (levels >= 0) & (codes >= 0)
    if not keep.all():
        levels, codes = levels[keep], codes[keep]
    n = len(levels)
    per_level = np.bincount(levels, minlength=n_levels).astype(np.int64)
    per_group = np.bincount(codes, minlength=n_groups).astype(np.int64)
    if (per_level > 0).sum() < 2:
        return "constant", math.nan
    cell = codes.astype(np.int64) * n_levels + levels
    if n_groups * n_levels <= 4 * n + 10_000:
        counts = np.bincount(cell, minlength=n_groups * n_levels)
        cells = np.flatnonzero(counts)
        counts = counts[cells]
    else:
        cells, counts = np.unique(cell, return_counts=True)
    of_group, of_level = cells // n_levels, cells % n_levels
    n_present = int((per_group > 0).sum())
    within = len(cells) > n_present
    same_shares = np.array_equal(counts * n, per_group[of_group] * per_level[of_level])
    between = len(cells) < n_present * int((per_level > 0).sum()) or not same_shares
    base = float((per_level.astype(float) ** 2).sum()) / n
    share = (float((counts.astype(float) ** 2 / per_group[of_group]).sum()) - base) / (n - base)
    if within and between:
        return "both", share
    return ("within", 0.0) if within else ("between", 1.0)


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        raise DataError(f"There is no column “{name}” in the table.", "Choose one of its columns.")
    column = frame[name]
    if isinstance(column, pd.DataFrame):
        raise DataError(f"Two columns are called “{name}”.", "Rename one of them.")
    return column
