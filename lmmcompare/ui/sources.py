"""Where tables come from: an id says the kind and the place, and gives the table to whoever has it.

An example's id is its name; every other id begins with its kind: ``simulated:``, ``upload:`` and so on.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock

import pandas as pd
import streamlit as st

from .. import examples
from ..data.read import Table
from ..errors import LmmCompareError
from ..simulate import link
from ..simulate.settings import Settings
from ..simulate.table import table as simulated_table

KEPT_BYTES = 1_000_000_000
EXAMPLE, SIMULATED, UPLOAD = "example", "simulated", "upload"


class Uploads:
    """Uploaded tables by unguessable key, the oldest given up when they outgrow the limit."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._tables: OrderedDict[str, Table] = OrderedDict()
        self._limit = limit
        self._lock = Lock()

    def add(self, table: Table) -> str:
        """Keep a table and give its key."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._tables[key] = table
            while len(self._tables) > 1 and self._size() > self._limit:
                self._tables.popitem(last=False)
        return key

    def find(self, key: str) -> Table | None:
        """The table with this key, or None."""
        with self._lock:
            if key in self._tables:
                self._tables.move_to_end(key)
            return self._tables.get(key)

    def _size(self) -> int:
        return sum(int(t.frame.memory_usage(deep=False).sum()) for t in self._tables.values())


@st.cache_resource(show_spinner=False)
def uploads() -> Uploads:
    """The process's uploaded tables."""
    return Uploads()


def keep(table: Table) -> str:
    """Keep a table in this process's memory; its id."""
    return f"{UPLOAD}:{uploads().add(table)}"


def kind_of(table: str) -> str:
    """What kind of table an id names."""
    kind, colon, _ = table.partition(":")
    return kind if colon else EXAMPLE


def place_of(table: str) -> str:
    """The id without its kind, as it stands in an address."""
    return table.partition(":")[2] or table


def simulated_id(settings: Settings) -> str:
    """The id of the table of these settings."""
    return f"{SIMULATED}:{link.encode(settings)}"


def settings_of(table: str) -> Settings | None:
    """The settings that a table was simulated from; None for any other."""
    return link.decode(place_of(table)) if kind_of(table) == SIMULATED else None


def find(table: str) -> Table:
    """A table by id, with its name for readers; shared, so never changed.

    Raises
    ------
    LmmCompareError
        When it cannot be had, with what to do.
    """
    kind, place = kind_of(table), place_of(table)
    if kind == EXAMPLE:
        return Table(_example(place), place)
    if kind == SIMULATED:
        return Table(_simulated(place), "simulated data")
    kept = uploads().find(place)
    if kept is None:
        raise LmmCompareError("This table is no longer on the server.", "Upload it again on the Data page.")
    return kept


@st.cache_resource(show_spinner=False, max_entries=20)
def _example(name: str) -> pd.DataFrame:
    return examples.load(name)


@st.cache_resource(show_spinner=False, max_entries=20, ttl="2h")
def _simulated(settings: str) -> pd.DataFrame:
    return simulated_table(link.decode(settings))
