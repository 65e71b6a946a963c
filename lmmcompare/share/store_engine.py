"""The store's database: which one, how it is opened and brought to the newest schema, how it is written to."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from ..errors import ShareError

VARIABLE = "LMMCOMPARE_STORE"
PATIENCE = 20
"""Seconds to wait for other writers."""
LOCK = 6_184_020_262_001
"""Any number, the same for all processes: PostgreSQL's advisory lock for writers."""
WRITES = "lmmcompare_writes"
POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


def default_file() -> Path:
    """The file that holds the store where nothing else is set: among the user's data."""
    home = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (home if home.is_absolute() else Path("~/.local/share").expanduser()) / "lmmcompare" / "store.sqlite"


def address(text: str | None = None) -> URL:
    """The database's address: the one given, LMMCOMPARE_STORE, or the default file.

    Raises
    ------
    ShareError
        When it is neither a file for SQLite nor a PostgreSQL database.
    """
    text = text or os.environ.get(VARIABLE, "").strip()
    if not text:
        return URL.create("sqlite", database=str(default_file()))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise _unusable("is not the address of a database") from None
    if url.drivername in POSTGRESQL:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite":
        raise _unusable(f"names a database of another kind, “{url.drivername[:40]}”")
    if not url.database or url.database.startswith((":", "file:")):
        raise _unusable("names no file")
    return url


def _unusable(why: str) -> ShareError:
    return ShareError(
        f"Sharing is switched off on this server: {VARIABLE} {why}.",
        "Set it to sqlite:////folder/store.sqlite or postgresql://user:password@host/database, or leave it out.",
    )


def engine(url: URL) -> Engine:
    """An engine for the database; parameters never come into its log or its errors."""
    if url.drivername != "sqlite":
        return create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",
            connect_args={"connect_timeout": PATIENCE},
        )
    made = create_engine(url, hide_parameters=True, connect_args={"timeout": PATIENCE})
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    return made


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Transactions begin where we say; what was committed survives a loss of power."""
    connection.isolation_level = None
    cursor = connection.cursor()
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(
        "PRAGMA wal_autocheckpoint = 1"
    )  # the log stays short: on a full disk there is no room to work it off
    cursor.close()


def _write_ahead(cursor: DBAPICursor) -> None:
    """Have SQLite keep a log of writes; of processes that start with a new file each waits, for which SQLite's timeout does not."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.02)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(made: Engine) -> Iterator[Connection]:
    """A transaction that no other writer's overlaps, in whichever process; committed at the end, or nothing of it."""
    with made.execution_options(**{WRITES: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield connection


def configuration(connection: Connection) -> Config:
    """What Alembic's commands need to work on this connection."""
    made = Config()
    made.set_main_option("script_location", "lmmcompare.share:migrations")
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def migrate(made: Engine) -> None:
    """Bring the schema to the newest revision; processes that start at once do it one after the other."""
    with writing(made) as connection:
        command.upgrade(configuration(connection), "head")
