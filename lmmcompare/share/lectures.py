"""Lectures followed on other devices: the lecturer's current step and the class's guesses, shared between processes."""

from __future__ import annotations

import math
import re
import secrets
import time
from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from sqlalchemy import ColumnElement, delete, func, insert, select, update

from ..arrays import Array
from ..errors import ShareError
from .link import MAX_URL
from .store_database import Database
from .store_schema import guesses, lectures

HOURS = 12
"""How long a lecture is kept after its last step."""
MOST_LECTURES, MOST_GUESSES = 500, 1_000
KEY = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class Place:
    """The state of a lecture.

    Parameters
    ----------
    step : int
        Number of the current step, from 0.
    revealed : bool
        Whether the class has been shown the guesses and the answer.
    address : mapping
        The parameters of the address of its comparison: untrusted data, to be validated like those of any link.
    """

    step: int
    revealed: bool
    address: Mapping[str, str]


def new_key() -> str:
    """A new random key for the lecturer; whoever has it can control the lecture."""
    return secrets.token_urlsafe(16)


def code_of(key: str) -> str:
    """The public code of a lecture, a one-way function of the key, so that it is the same after a server restart."""
    return b32encode(sha256(key.encode()).digest())[:8].decode().lower()


class Lectures:
    """The lectures in one database.

    Parameters
    ----------
    clock : callable
        Gives the seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    def move(self, key: str, place: Place) -> None:
        """Move the lecture to a step, creating it if need be; the guesses are deleted when the comparison changes.

        Raises
        ------
        ShareError
            When there are too many lectures, the address is too long, or the database fails.
        """
        code, now = code_of(key), int(self._clock())
        if sum(len(name) + len(text) for name, text in place.address.items()) > MAX_URL:
            raise ShareError(
                "The address of this comparison is too long to be followed.", "Store the table: its link is short."
            )
        values = {"step": place.step, "revealed": place.revealed, "address": dict(place.address), "touched": now}
        with self._database.writing() as connection:
            old = select(lectures.c.code).where(lectures.c.touched < now - 3600 * HOURS)
            connection.execute(delete(guesses).where(guesses.c.code.in_(old)))
            connection.execute(delete(lectures).where(lectures.c.touched < now - 3600 * HOURS))
            before = connection.execute(select(lectures.c.address).where(lectures.c.code == code)).scalar_one_or_none()
            if before is not None:
                if before != values["address"]:  # guesses about another comparison do not apply to this one
                    connection.execute(delete(guesses).where(guesses.c.code == code))
                connection.execute(update(lectures).where(lectures.c.code == code).values(values))
                return
            if connection.execute(select(func.count()).select_from(lectures)).scalar_one() >= MOST_LECTURES:
                raise ShareError("Too many lectures are followed on this server.", "Go on without, or try again later.")
            connection.execute(insert(lectures).values(code=code, **values))

    def find(self, code: str) -> Place | None:
        """The state of the lecture with this code; None if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(lectures.c.step, lectures.c.revealed, lectures.c.address).where(lectures.c.code == code)
            ).one_or_none()
        return None if row is None else Place(int(row.step), bool(row.revealed), row.address)

    def guess(self, code: str, reader: str, value: float) -> None:
        """Store a reader's guess, replacing an earlier one; refused once the answer has been shown.

        Raises
        ------
        ShareError
            When the guess is not a finite number, there is no such lecture, its answer has been shown, or it has too many
            guesses.
        """
        if not math.isfinite(value):
            raise ShareError("A guess is a number.", "Move the slider.")
        mine, who = _guess_of(code, reader), _hashed(code, reader)
        with self._database.writing() as connection:
            lecture = connection.execute(select(lectures.c.revealed).where(lectures.c.code == code)).one_or_none()
            if lecture is None or lecture.revealed:
                raise ShareError("This guess came too late: the answer has been shown.", "Wait for the next question.")
            if connection.execute(update(guesses).where(mine).values(value=value)).rowcount:
                return
            number = select(func.count()).select_from(guesses).where(guesses.c.code == code)
            if connection.execute(number).scalar_one() >= MOST_GUESSES:
                raise ShareError("So many have guessed that there is no room for another guess.", "Watch the others'.")
            connection.execute(insert(guesses).values(code=code, reader=who, value=value))

    def guess_of(self, code: str, reader: str) -> float | None:
        """The reader's own guess; None if there is none."""
        with self._database.reading() as connection:
            value = connection.execute(select(guesses.c.value).where(_guess_of(code, reader))).scalar_one_or_none()
        return None if value is None else float(value)

    def guesses(self, code: str) -> Array:
        """All guesses of the class in increasing order, without their readers."""
        with self._database.reading() as connection:
            return np.sort(
                np.array(connection.execute(select(guesses.c.value).where(guesses.c.code == code)).scalars().all())
            )


def _hashed(code: str, reader: str) -> bytes:
    """What stands for a reader in the database, which does not tell who it is."""
    return sha256(f"{code} {reader}".encode()).digest()


def _guess_of(code: str, reader: str) -> ColumnElement[bool]:
    """The condition that a guess is this reader's."""
    return (guesses.c.code == code) & (guesses.c.reader == _hashed(code, reader))
