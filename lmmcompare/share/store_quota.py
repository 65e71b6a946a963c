"""How much is stored, and checks of the limits, to be called inside the transaction that writes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from ..errors import ShareError
from ..text.numbers import count, number
from .store_limits import HOUR, MB, Limits
from .store_schema import recent_writes, shared_tables


@dataclass(frozen=True, slots=True)
class Usage:
    """How much is stored.

    Attributes
    ----------
    size : int
        Bytes, compressed.
    """

    tables: int
    size: int


def usage(connection: Connection, client_hash: bytes | None = None) -> Usage:
    """How much is stored, of one client or of all."""
    query = select(func.count(), func.coalesce(func.sum(shared_tables.c.size), 0))
    if client_hash is not None:
        query = query.where(shared_tables.c.client_hash == client_hash)
    tables, size = connection.execute(query).one()
    return Usage(tables, int(size))


def refuse_large(size: int, limits: Limits) -> None:
    """Refuse a table above the size limit for one table.

    Raises
    ------
    ShareError
        When ``size``, in bytes, exceeds ``limits.table_bytes``.
    """
    if size > limits.table_bytes:
        raise ShareError(
            f"This table takes {_mb(size)} compressed; at most {_mb(limits.table_bytes)} are stored.",
            "Leave out columns or rows that the comparison does not need.",
        )


def refuse_excess(connection: Connection, limits: Limits, client_hash: bytes, size: int, now: int) -> None:
    """Refuse a write beyond the hourly limit or beyond the room for a client or for all; expired tables were deleted before.

    Raises
    ------
    ShareError
        When the client has stored too many tables within the hour, or its tables or all tables would exceed their limit.
    """
    earlier = select(func.count(), func.min(recent_writes.c.written)).where(recent_writes.c.client_hash == client_hash)
    written, first = connection.execute(earlier).one()
    if written >= limits.writes_per_hour:
        raise ShareError(
            f"{count(written, 'table was', 'tables were')} stored from your address within an hour, the most that are allowed.",
            f"Try again in {count(1 + (first + HOUR - now) // 60, 'minute')}.",
        )
    own = usage(connection, client_hash).size
    if own + size > limits.client_bytes:
        raise ShareError(
            f"The tables stored from your address take {_mb(own)}; with this one they would take {_mb(own + size)}, "
            f"and at most {_mb(limits.client_bytes)} are allowed.",
            "Delete a stored table that is no longer needed.",
        )
    if usage(connection).size + size > limits.total_bytes:
        raise ShareError("The server's store is full.", "Try again later, or ask who runs the server for more room.")


def _mb(size: int) -> str:
    return f"{number(size / MB)} MB"
