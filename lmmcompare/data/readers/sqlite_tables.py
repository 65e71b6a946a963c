"""Tables of an SQLite database, opened in memory: views, triggers, virtual tables and computed columns are not looked at."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from .cells import clean, column_of
from .result import Limits, Outcome, Unreadable, listed

LOG = "The last changes of a database may stand in a file of its own beside it (-wal), which is not read."


def read(content: bytes, limits: Limits, sheet: str | None = None) -> Outcome:
    """Read one table: the one that is named, else the first with rows."""
    has_log = content[18:20] == b"\2\2"
    if has_log:  # in another file, without which what stands here can be read as a database that has none
        content = content[:18] + b"\1\1" + content[20:]
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(content)
        connection.set_authorizer(_only_reading)
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        outcome = _read(connection, limits, sheet)
        return replace(outcome, notes=[*outcome.notes, *[LOG] * has_log])
    finally:
        connection.close()


def _only_reading(action: int, first: str | None, second: str | None, *_: Any) -> int:
    """Let tables be read and their columns named, and nothing be called."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_OK if action == sqlite3.SQLITE_PRAGMA and first == "table_info" else sqlite3.SQLITE_DENY


def _read(connection: sqlite3.Connection, limits: Limits, sheet: str | None) -> Outcome:
    made = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
    names = [
        name for name, sql in made if str(sql).upper().startswith("CREATE TABLE") and not name.startswith("sqlite_")
    ]
    if sheet is not None and sheet not in names:
        raise Unreadable(f"{{file}} has no table “{sheet[:40]}”.", f"It has {listed(names, 10)}.")
    chosen = next((name for name in names if _has_rows(connection, name)), "") if sheet is None else sheet
    if not chosen:
        raise Unreadable(
            "{file} is an SQLite database without a table that has rows.", "Choose a file with data in it."
        )
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({_quoted(chosen)})").fetchall()]
    limits.check(0, len(columns))
    query = f"SELECT {', '.join(map(_quoted, columns))} FROM {_quoted(chosen)}"
    rows = connection.execute(query).fetchmany(limits.rows + 1)
    limits.check(len(rows), len(columns))
    cells = dict(zip(columns, zip(*rows, strict=True), strict=True)) if rows else {name: () for name in columns}
    binary = [name for name, values in cells.items() if any(isinstance(value, bytes) for value in values)]
    kept = [name for name in columns if name not in binary]
    if not kept:
        raise Unreadable(f"The table “{chosen[:40]}” of {{file}} holds bytes only.", "Choose another table.")
    notes = [f"Columns of bytes were left out: {listed(binary)}."] if binary else []
    if others := [name for name in names if name != chosen]:
        notes.append(f"The table “{chosen[:40]}” was read; the database also has {listed(others, 5)}.")
    return Outcome(
        [clean(name) for name in kept],
        [column_of(cells[name]) for name in kept],
        as_typed=True,  # SQLite has no dates: they are text
        notes=notes,
        sheets=names,
        sheet=chosen,
    )


def _has_rows(connection: sqlite3.Connection, name: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {_quoted(name)} LIMIT 1").fetchone() is not None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
