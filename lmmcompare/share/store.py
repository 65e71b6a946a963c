"""Tables that people chose to share, kept under an unguessable id until they expire or are deleted."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from json import dumps
from typing import TypeVar

from sqlalchemy import Connection, delete, insert, select

from ..data.table import Table
from ..errors import ShareError
from .store_content import from_bytes, to_bytes
from .store_database import Database, StoreFullError, reason
from .store_engine import address
from .store_limits import HOUR, Limits
from .store_quota import Usage, refuse_excess, refuse_large, usage
from .store_schema import recent_writes, shared_tables

DAY = 24 * HOUR
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
"""An id, or a deletion key: 128 random bits."""
Done = TypeVar("Done")
LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredTable:
    """The receipt for a stored table; id and deletion key are given to its owner only.

    Attributes
    ----------
    id : str
        Whoever has it can read the table.
    deletion_key : str
        Whoever has it and the id can delete the table.
    expires : datetime
        In UTC.
    size : int
        Bytes, compressed.
    """

    id: str = field(repr=False)  # so that no log shows it
    deletion_key: str = field(repr=False)
    expires: datetime
    size: int


class Store:
    """The store of shared tables: one database, for any number of processes.

    Parameters
    ----------
    clock : callable
        Gives the seconds since 1970.
    """

    def __init__(self, made: Database, limits: Limits, clock: Callable[[], float] = time.time) -> None:
        self.database = made
        self._clock = clock
        self.limits = limits

    @classmethod
    def open(
        cls, url: str | None = None, limits: Limits | None = None, clock: Callable[[], float] = time.time
    ) -> Store:
        """The store in this database, brought to the newest schema and swept.

        Parameters
        ----------
        url : str, optional
            Of SQLAlchemy, for SQLite or PostgreSQL; otherwise LMMCOMPARE_STORE, otherwise a file among the user's data.
        limits : Limits, optional
            Otherwise those of the environment.

        Raises
        ------
        ShareError
            When it cannot be opened: then there is no sharing by the store on this server, and all else works.
        """
        limits = limits or Limits.from_environment()
        place = address(url)
        try:
            made = Database(place)
        except Exception as error:  # of the system, the driver, SQLAlchemy or Alembic
            LOG.error("The store of shared tables cannot be opened: %s", reason(error))
            raise ShareError(
                "Sharing is switched off on this server: its store of tables cannot be opened.",
                "Who runs the server finds the reason in its log. Small tables can be shared in the link itself.",
            ) from None
        store = cls(made, limits, clock)
        with suppress(ShareError):  # as on a full disk, where what is stored can still be read; the log has it
            store.sweep()
        return store

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    def put(self, table: Table, client: str, days: int = 90) -> StoredTable:
        """Store a table durably: once this returns, the table survives a crash of the process or the machine.

        Parameters
        ----------
        table : Table
            All of it is kept but the names of its workbook's other sheets.
        client : str
            Identifies the client to which the limits apply, by any text. Only its hash is stored.
        days : int, optional
            Until it expires; held to what the limits allow.

        Raises
        ------
        ShareError
            When a limit is reached, or the database does not answer.
        """
        content = to_bytes(table.frame)
        words = {"name": table.name, "notes": list(table.notes), "labels": dict(table.labels)}
        size = len(content) + len(dumps(words))
        refuse_large(size, self.limits)
        kept_id, key, now = secrets.token_urlsafe(16), secrets.token_urlsafe(16), int(self._clock())
        expires = now + max(1, min(days, self.limits.days)) * DAY
        with self.database.writing() as connection:
            _sweep(connection, now)
            refuse_excess(connection, self.limits, _hash(client), size, now)
            connection.execute(insert(recent_writes).values(client_hash=_hash(client), written=now))
            connection.execute(
                insert(shared_tables).values(
                    id_hash=_hash(kept_id),
                    key_hash=_hash(key),
                    client_hash=_hash(client),
                    expires=expires,
                    size=size,
                    content=content,
                    **words,
                )
            )
        return StoredTable(kept_id, key, datetime.fromtimestamp(expires, UTC), size)

    def get(self, id: str) -> Table | None:
        """The table with this id; None when there is none, or no longer.

        Raises
        ------
        ShareError
            When the database does not answer, or the table is damaged.
        """
        if not TOKEN.fullmatch(id):
            return None
        t = shared_tables.c
        wanted = select(t.content, t.name, t.notes, t.labels).where(
            t.id_hash == _hash(id), t.expires > int(self._clock())
        )
        with self.database.reading() as connection:
            result = connection.execute(wanted).one_or_none()
        return (
            None
            if result is None
            else Table(from_bytes(result.content), result.name, tuple(result.notes), result.labels)
        )

    def delete(self, id: str, deletion_key: str) -> bool:
        """Delete the table with this id, if the key is its key; whether that was done.

        Raises
        ------
        ShareError
            When the database does not answer.
        """
        if not (TOKEN.fullmatch(id) and TOKEN.fullmatch(deletion_key)):
            return False
        return self._deletion(lambda connection: _delete(connection, _hash(id), _hash(deletion_key)))

    def sweep(self) -> int:
        """Delete what has expired; how many tables that were. `open` and `put` do it too.

        Raises
        ------
        ShareError
            When the database does not answer.
        """
        return self._deletion(lambda connection: _sweep(connection, int(self._clock())))

    def _deletion(self, delete: Callable[[Connection], Done]) -> Done:
        try:
            with self.database.writing() as connection:
                return delete(connection)
        except StoreFullError:
            with self.database.deleting() as connection:
                return delete(connection)

    def usage(self, client: str | None = None) -> Usage:
        """How much is stored, of one client or of all.

        Raises
        ------
        ShareError
            When the database does not answer.
        """
        with self.database.reading() as connection:
            return usage(connection, None if client is None else _hash(client))


def _delete(connection: Connection, id_hash: bytes, given: bytes) -> bool:
    this = shared_tables.c.id_hash == id_hash
    key_hash = connection.execute(select(shared_tables.c.key_hash).where(this)).scalar_one_or_none()
    if key_hash is None or not compare_digest(key_hash, given):
        return False
    connection.execute(delete(shared_tables).where(this))
    return True


def _sweep(connection: Connection, now: int) -> int:
    connection.execute(delete(recent_writes).where(recent_writes.c.written <= now - HOUR))
    return connection.execute(delete(shared_tables).where(shared_tables.c.expires <= now)).rowcount


def _hash(text: str) -> bytes:
    return sha256(text.encode(errors="surrogatepass")).digest()
