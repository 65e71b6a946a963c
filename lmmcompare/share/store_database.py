"""Transactions of the store's database, with recovery when its file was deleted and with room for deletions on a full disk."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ..errors import ShareError
from .store_engine import engine, migrate, writing
from .store_file import File

LOG = logging.getLogger(__name__)
FULL = ("SQLITE_FULL", "53100")
"""What SQLite and PostgreSQL call a disk that is full."""


class StoreFullError(ShareError):
    """The store's disk is full."""


class Database:
    """A database with the newest schema, safe for use by several threads.

    SQLite keeps writing to a file that was deleted: such writes are lost when the process ends, and no other process sees
    them. So each transaction first checks that the file is still the same, and creates it anew if not; the check is
    repeated before a write is confirmed.
    """

    def __init__(self, url: URL) -> None:
        self.engine: Engine = engine(url)
        self._file = File(url) if url.drivername == "sqlite" else None
        self._lock = Lock()
        self._opened: tuple[int, int] | None = None
        self._make()

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads; ShareError when the database does not answer."""
        with _share_errors():
            self._renew()
            with self.engine.connect() as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer's overlaps, committed to the file that others see, or nothing of it.

        Raises
        ------
        StoreFullError
            When its disk has no room.
        ShareError
            When the database does not answer.
        """
        with _share_errors():
            self._renew()
            with writing(self.engine) as connection:
                yield connection
            if self._is_lost():
                raise ShareError(
                    "The server's store of tables was taken away while it was written to, so that was in vain.",
                    "Try again.",
                )

    @contextmanager
    def deleting(self) -> Iterator[Connection]:
        """A transaction that also works on a full disk, for deletions alone: they get the room that is kept for them.

        SQLite overwrites what is deleted (in Debian's build), for which it needs as much room again; here it only marks
        it as free, and it is overwritten by what is stored next.
        """
        if self._file is not None:
            self._file.release()
        try:
            with self.writing() as connection:
                if self._file is not None:
                    connection.exec_driver_sql("PRAGMA secure_delete = FAST")
                yield connection
                if self._file is not None:
                    connection.exec_driver_sql("PRAGMA secure_delete = ON")
        finally:
            if self._file is not None:
                self._file.reserve()

    def _is_lost(self) -> bool:
        return self._file is not None and self._file.identity() != self._opened

    def _renew(self) -> None:
        with self._lock:
            if self._is_lost():
                LOG.warning("The store's file is not the one that was opened; it is opened or made anew.")
                self.engine.dispose()
                self._make()

    def _make(self) -> None:
        if self._file is not None:
            self._file.make()
        migrate(self.engine)
        if self._file is not None:
            self._opened = self._file.identity()


@contextmanager
def _share_errors() -> Iterator[None]:
    """Turn errors of the database into a ShareError in plain words; the driver's reason, without parameters, is logged."""
    try:
        yield
    except (SQLAlchemyError, CommandError, OSError) as error:
        LOG.error("The store of shared tables failed: %s", reason(error))
        raise _in_words(error) from None


def _in_words(error: Exception) -> ShareError:
    driver = getattr(error, "orig", None)
    if getattr(driver, "sqlite_errorname", getattr(driver, "sqlstate", None)) in FULL:
        return StoreFullError(
            "The disk of the server's store is full.",
            "Delete a stored table that is no longer needed, or tell who runs the server. "
            "Small tables can be shared in the link itself.",
        )
    return ShareError("The server's store of tables does not answer.", "Try again in a minute.")


def reason(error: Exception) -> str:
    """What failed, for the log."""
    return f"{type(error).__name__}: {getattr(error, 'orig', None) or error}"
