"""Lectures that people follow: the step that the lecturer is at, and what the class guesses, for any number of processes."""

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
from sqlalchemy import delete, func, insert, select, update

from ..arrays import Array
from ..errors import ShareError
from .link import MAX_URL
from .store_database import Database
from .store_schema import guesses, lectures

HOURS = 12
"""How long a lecture is kept after its last step."""
MOST_LECTURES, MOST_GUESSES = 500, 1_000
KEY = re.compile(r"[A-Za-z0-9_-]{22}")
CODE = re.compile(r"[a-z2-7]{8}")


@dataclass(frozen=True)
class Place:
    """Where a lecture is.

    Parameters
    ----------
    step : int
        From 0.
    revealed : bool
        Whether the class has been shown what it guessed.
    address : mapping
        The parameters of the address of the comparison that it is about: data, to be read as those of any link.
    """

    step: int
    revealed: bool
    address: Mapping[str, str]


def new_key() -> str:
    """The lecturer's key: who has it moves the lecture."""
    return secrets.token_urlsafe(16)


def code_of(key: str) -> str:
    """The code by which a lecture is followed: it says nothing of the key, and a server that starts again gives the same."""
    return b32encode(sha256(key.encode()).digest())[:8].decode().lower()


class Lectures:
    """The lectures in one database.

    Parameters
    ----------
    database : Database
    clock : callable
        Gives the seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    def move(self, key: str, place: Place) -> None:
        """Go to a step; the lecture begins with its first, and with another comparison its guesses begin anew.

        Raises
        ------
        ShareError
            When there are too many lectures, the address is too long, or the database does not answer.
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
                if before != values["address"]:  # what was guessed of another comparison is no guess of this one
                    connection.execute(delete(guesses).where(guesses.c.code == code))
                connection.execute(update(lectures).where(lectures.c.code == code).values(values))
                return
            if connection.execute(select(func.count()).select_from(lectures)).scalar_one() >= MOST_LECTURES:
                raise ShareError("Too many lectures are followed on this server.", "Go on without, or try again later.")
            connection.execute(insert(lectures).values(code=code, **values))

    def find(self, code: str) -> Place | None:
        """Where the lecture of this code is; None where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(lectures.c.step, lectures.c.revealed, lectures.c.address).where(lectures.c.code == code)
            ).one_or_none()
        return None if row is None else Place(int(row.step), bool(row.revealed), row.address)

    def guess(self, code: str, reader: str, value: float) -> None:
        """Note one reader's guess, in place of an earlier one; none once the answer was shown.

        Raises
        ------
        ShareError
            When it is no number, nobody leads such a lecture, it has been answered, or too many have guessed.
        """
        if not math.isfinite(value):
            raise ShareError("A guess is a number.", "Move the slider.")
        who = sha256(f"{code} {reader}".encode()).digest()
        mine = (guesses.c.code == code) & (guesses.c.reader == who)
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

    def guesses(self, code: str) -> Array:
        """What the class has guessed, in no order."""
        with self._database.reading() as connection:
            return np.sort(
                np.array(connection.execute(select(guesses.c.value).where(guesses.c.code == code)).scalars().all())
            )
