"""Groups whose labels are whole numbers close together: DuckDB sums them in an array instead of a hash table.

It does so where it knows bounds of the labels, which files do not tell it but a remainder does; and for more than a few thousand
only when asked, as each of its threads keeps an array.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from .scan import Scan
from .table import Frame

MAX_BYTES = 256_000_000
"""What the arrays of all threads may take."""
BYTES = 16
"""Of a sum, a smallest or a largest value."""


@dataclass(frozen=True)
class DenseGroups:
    """The grouping columns as places in an array.

    Parameters
    ----------
    low, length : tuple of int
        Of each column the smallest label, and how many there may be from it on.
    dtypes : tuple of str
        The columns' own types.
    """

    low: tuple[int, ...]
    length: tuple[int, ...]
    dtypes: tuple[str, ...]

    @property
    def bits(self) -> int:
        """Bits that DuckDB numbers the places with; it needs one for nothing at all."""
        return sum((length + 1).bit_length() for length in self.length)

    def places(self, columns: Sequence[str]) -> list[nw.Expr]:
        """The columns less their smallest labels. The remainder changes no value, but bounds them."""
        return [
            (nw.col(name) - low).cast(nw.UInt32) % nw.lit(length, nw.UInt32)
            for name, low, length in zip(columns, self.low, self.length, strict=True)
        ]

    def labels(self, places: pd.DataFrame) -> pd.DataFrame:
        """The columns' labels, from their places."""
        own = zip(places.columns, self.low, self.dtypes, strict=True)
        return pd.DataFrame({name: (places[name].astype("int64") + low).astype(dtype) for name, low, dtype in own})


def dense_groups(first_pass: Scan, columns: Sequence[str], n_sums: int) -> DenseGroups | None:
    """How some columns are summed by in an array; None where there is none, or it would be large.

    Parameters
    ----------
    n_sums : int
        What is asked for of each group.
    """
    rows = first_pass.rows
    if not columns or not rows.implementation.is_duckdb() or any(name not in first_pass.ends for name in columns):
        return None
    dtypes = [rows.collect_schema()[name] for name in columns]
    if nw.Int128 in dtypes or nw.UInt128 in dtypes:
        return None
    ends = [first_pass.ends[name] for name in columns]
    length = tuple(high - low + 1 for low, high in ends)
    result = DenseGroups(tuple(low for low, _ in ends), length, tuple(str(dtype).lower() for dtype in dtypes))
    n_places = 1 << result.bits
    if n_places > 4 * first_pass.n or n_places * BYTES * (n_sums + 1) * int(_setting(rows, "threads")) > MAX_BYTES:
        return None
    return result


@contextmanager
def in_arrays(rows: Frame, groups: DenseGroups | None) -> Iterator[None]:
    """Have DuckDB take arrays for so many places."""
    if groups is None or int(before := _setting(rows, THRESHOLD)) >= groups.bits:
        yield
        return
    _set(rows, groups.bits)
    try:
        yield
    finally:
        _set(rows, before)


THRESHOLD = "perfect_ht_threshold"


def _setting(rows: Frame, name: str) -> Any:
    return rows.to_native().query("used_rows", f"SELECT current_setting('{name}')").fetchall()[0][0]


def _set(rows: Frame, bits: Any) -> None:
    rows.to_native().query("used_rows", f"SET {THRESHOLD} = {int(bits)}")
