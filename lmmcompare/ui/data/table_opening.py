"""Reading the tables that a person brings, and looking at one of them from then on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from ...data.keys import finest
from ...data.read import Progress
from ...data.table import Reading, Table, with_companions
from ...errors import LmmCompareError
from ...share import link
from ..server import comparison_cache, table_sources
from ..session import missing_table, state
from ..session.state import Analysis

SLOW = 1_000_000
"""Bytes from which on the progress is shown: less is read before a browser has drawn a bar."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads the tables of one drop, the first of them first.

    Attributes
    ----------
    chosen : bool
        Whether a person chose which table is the first.
    replaced : str
        The digest of a table that may have been read before, without what was brought with it now.
    """

    drop: str
    size: int
    read: Callable[[Progress], tuple[Table, ...]]
    chosen: bool = False
    replaced: str = ""


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What a person may choose of a table that was read: of which drop it is, how it was read, and how it could be."""

    drop: str
    reading: Reading
    sheets: tuple[str, ...]
    first_line: bool | None
    further_lines: int
    rows: int


def open_tables(readers: Sequence[Reader]) -> tuple[FileSummary | None, list[LmmCompareError]]:
    """Read tables and look at one of them from now on, the others beside it: that one, if any can be read, and what is wrong."""
    brought: list[tuple[Reader, tuple[Table, ...]]] = []
    problems: list[LmmCompareError] = []
    with _progress(sum(reader.size for reader in readers)) as tell:
        for reader in readers:
            try:
                brought.append((reader, reader.read(tell)))
            except LmmCompareError as error:
                problems.append(error.alone())
        if not brought:
            return None, problems
        tell("Looking at the columns", 0.9)
        try:
            drop, table = _look_at(brought)
        except LmmCompareError as error:
            return None, [*problems, error.alone()]
    state.write_address()
    rows = len(table.frame)
    return FileSummary(drop, table.reading, table.sheets, table.first_line, table.further_lines, rows), problems


@contextmanager
def _progress(size: int) -> Iterator[Progress]:
    """A bar that tells how far so many bytes have been read; nothing is drawn for what is read at once."""
    if size < SLOW:
        yield lambda doing, share: None
        return
    bar = st.progress(0.0, "Reading…")

    def tell(doing: str, share: float) -> None:
        bar.progress(share, f"{doing}…")

    try:
        yield tell
    finally:
        bar.empty()


def _look_at(brought: Sequence[tuple[Reader, tuple[Table, ...]]]) -> tuple[str, Table]:
    """Look at the first of the tables that were brought, or at the finest of those that can be joined, the others beside it."""
    looked_at: Analysis | None = st.session_state.get(state.ANALYSIS)
    tables = [table for _, several in brought for table in several]
    first = tables[0] if brought[0][0].chosen else finest(tables)
    drop = next(reader.drop for reader, several in brought if any(table is first for table in several))
    if looked_at is not None and missing_table.is_missing(looked_at):
        missing_table.resume(looked_at, tables, first)
    else:
        others = [table for table in tables if table is not first]
        replaced = {reader.replaced for reader, _ in brought if reader.replaced}
        before = [table for table in _before(looked_at) if table.digest not in replaced]
        table = table_sources.keep(with_companions(first, [*others, *before]))
        state.open_analysis(Analysis(table, comparison_cache.suggested_formula(table)))
    return drop, first


def _before(analysis: Analysis | None) -> tuple[Table, ...]:
    """The uploaded tables that were at hand, which a file that is brought now may belong to."""
    if analysis is None or link.kind_of(analysis.table) != link.UPLOAD:
        return ()
    table = table_sources.find(analysis.table)
    return table, *table.companions
