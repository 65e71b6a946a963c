"""Loads tables by id: examples, simulated data, uploads, tables in a link, in the store or in the server's folder.

An example's id is its name; every other id begins with its kind: ``simulated:``, ``upload:`` and so on.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ... import examples
from ...data.steps import LeaveOut
from ...data.table import Table
from ...errors import LmmCompareError
from ...share import table_in_link, upload_address
from ...share.excluded_rows import EXCLUDED, parts_of
from ...share.link import EXAMPLE, FOLDER, GONE, INLINE, SIMULATED, STORED, UPLOAD, kind_of, place_of
from ...simulate import link
from ...simulate.settings import Settings
from ...simulate.table import table as simulated_table
from .cache import cached, forget, forget_about
from .uploads import ChangedTable, Uploads, keep, missing_upload, uploads, with_recipe, with_steps

if TYPE_CHECKING:  # a database's library and an engine: a fifth of a second of the first visit, which few visitors need
    from ...engines.folder_tables import OpenTable
    from ...engines.server_tables import ServerTable
    from ...share.store import Store

__all__ = ["Uploads", "keep", "uploads"]
_STATES: dict[str, Hashable] = {}
"""The state of each offered table's files when it was opened."""
_CHANGING = Lock()
STORED_TTL = 300.0
"""Seconds until a table that was deleted from the store is forgotten here too."""


@st.cache_resource(show_spinner=False)
def shared() -> Store:
    """The store of tables that people chose to share; ShareError where this server has none."""
    from ...share.store import Store

    return Store.open()


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
    if kind == INLINE:
        return Table(_inline(place), "table in the link")
    if kind == STORED:
        return _stored(place)
    if kind == EXCLUDED:
        return _without_excluded_rows(table)
    if kind == FOLDER:
        result = open_server_table(table)
        stand_in = (
            f"{result.n:,} rows, all of which the models use; a uniform sample of {len(result.rows):,} is shown here."
        )
        return Table(result.rows, place, (stand_in,) if result.is_sample else ())
    if kind != UPLOAD:
        raise LmmCompareError(*GONE[kind])
    return _uploaded(place)


@cached(20, ttl=STORED_TTL)
def _without_excluded_rows(table: str) -> ChangedTable:
    """A table without rows that were left out by hand."""
    whole, rows = parts_of(table)
    if kind_of(whole) == FOLDER:
        raise LmmCompareError("Rows of this table cannot be left out here.", "Open it whole, on the Data page.")
    return with_steps(find(whole), whole, LeaveOut(rows))


def _uploaded(place: str) -> Table:
    """A table that this process has in its memory, or that was made from one of another kind, and so is made again."""
    stored = uploads().find(place.partition("~")[0])
    if stored is not None:
        return stored
    asked = upload_address.read(place)
    if asked is None or not asked.origin or asked.unsaid or kind_of(asked.origin) == UPLOAD:
        raise missing_upload(asked)
    return _rebuilt(place)


@cached(20)
def _rebuilt(place: str) -> Table:
    asked = upload_address.read(place)
    if asked is None:
        raise missing_upload(asked)
    return with_recipe(asked.steps, find(asked.origin), asked.origin)


def data(table: str) -> Any:
    """What `compare` takes for a table: its rows, or what an engine has of them."""
    return open_server_table(table).data if kind_of(table) == FOLDER else find(table).frame


def is_sample(table: str) -> bool:
    """Whether the rows that `find` gives stand for more of them."""
    return kind_of(table) == FOLDER and open_server_table(table).is_sample


def n_rows(table: str) -> int:
    """How many rows a table has, whether `find` gives them all or a sample."""
    return open_server_table(table).n if kind_of(table) == FOLDER else len(find(table).frame)


@cached(1, ttl=60.0)
def server_tables() -> dict[str, ServerTable]:
    """The tables that an administrator offers, by name."""
    from ...engines.server_tables import server_tables

    return server_tables()


@cached(1_000, ttl=600.0)
def server_table_columns(table: str) -> list[str]:
    """The columns of a table that is offered, by id; none where it cannot be read."""
    from ...engines.folder_tables import columns_of

    try:
        return columns_of(_server_table(table))
    except LmmCompareError:
        return []


def open_server_table(table: str) -> OpenTable:
    """A table that an administrator offers, by id; opened anew where it has changed since, and all that was made of it."""
    state = server_table_state(table)
    with _CHANGING:
        before = _STATES.setdefault(table, state)
        if before != state:
            forget_about(table)
            _STATES[table] = state
    return _open(table)


@cached(100, ttl=1.0)
def server_table_state(table: str) -> Hashable:
    """What tells whether the files of a table that is offered have changed; a page asks fifteen times."""
    return _server_table(table).state()


@contextmanager
def consistent_reads(table: str) -> Iterator[None]:
    """Ask the files of a table: failures name no place on the server, and what was changed meanwhile is refused."""
    if kind_of(table) != FOLDER:
        yield
        return
    with _server_table(table).consistent_reads():
        yield


def _server_table(table: str) -> ServerTable:
    result = server_tables().get(place_of(table))
    if result is None:
        raise LmmCompareError(*GONE[FOLDER])
    return result


@cached(10)
def _open(table: str) -> OpenTable:
    from ...engines.folder_tables import open_table

    with st.spinner("Opening the table…"):
        return open_table(_server_table(table))


@cached(20)
def _example(name: str) -> pd.DataFrame:
    return examples.load(name)


@cached(20)
def _simulated(settings: str) -> pd.DataFrame:
    return simulated_table(link.decode(settings))


@cached(50)
def _inline(text: str) -> pd.DataFrame:
    return table_in_link.decode(text)


@cached(20, ttl=STORED_TTL)
def _stored(key: str) -> Table:
    with st.spinner("Fetching the stored table…"):
        result = shared().get(key)
    if result is None:
        raise LmmCompareError(*GONE[STORED])
    return result


def forget_stored(key: str) -> None:
    """Forget a table that was deleted from the store."""
    forget(_stored, key)
