"""SQLite's file: made for its owner alone, watched for being deleted, and some room kept for deleting on a full disk."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL

RESERVE = 4_000_000
"""Bytes kept beside the database, of which deleting takes some."""
PART = 100_000
"""Bytes that are taken at a time."""


class File:
    """The file of a SQLite database."""

    def __init__(self, url: URL) -> None:
        self.path = Path(url.database or "")
        self._reserve = self.path.with_name(self.path.name + "-reserve")

    def make(self) -> None:
        """Have the file and the room beside it, where they are missing; nobody else on this machine reads the tables."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        self.reserve()

    def identity(self) -> tuple[int, int] | None:
        """Which file it is: another one after it was deleted and made again; None while there is none."""
        try:
            result = os.stat(self.path)
        except OSError:
            return None
        return result.st_dev, result.st_ino

    def reserve(self) -> None:
        """Take the room, or as much of it as the disk has; in vain where nothing may be written."""
        with suppress(OSError):
            missing = RESERVE - (self._reserve.stat().st_size if self._reserve.exists() else 0)
            with self._reserve.open("ab", buffering=0) as file:
                while missing > 0:
                    missing -= file.write(os.urandom(min(missing, PART)))  # zeros take no room on some disks

    def release(self) -> bool:
        """Give the room to the database; whether there was any."""
        try:
            self._reserve.unlink()
        except OSError:
            return False
        return True
