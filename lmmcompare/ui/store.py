"""Tables and comparisons that the server's process keeps, so that forty readers of one example share one fit."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock

import pandas as pd
import streamlit as st

from .. import examples
from ..beside import with_truth
from ..compare import Comparison, compare
from ..data.describe import ColumnInfo, GroupSizes, Relation, describe, groups, relation, suggest
from ..data.read import Table, read_csv
from ..errors import LmmCompareError
from ..picture import Picture, picture
from ..simulate import link
from ..simulate.settings import Settings
from ..simulate.table import table as simulated_table
from .study_jobs import Jobs

KEPT_BYTES = 1_000_000_000
SIMULATED = "simulated:"
"""What a simulated table's id begins with; the rest is its settings, as they stand in a link. No other id has a colon."""


class Uploads:
    """Uploaded tables by unguessable id, the oldest given up when they outgrow the limit."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._tables: OrderedDict[str, Table] = OrderedDict()
        self._limit = limit
        self._lock = Lock()

    def add(self, table: Table) -> str:
        """Keep a table and give its id."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._tables[key] = table
            while len(self._tables) > 1 and self._size() > self._limit:
                self._tables.popitem(last=False)
        return key

    def find(self, key: str) -> Table | None:
        """The table with this id, or None."""
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


@st.cache_resource(show_spinner=False)
def study_jobs(place: str) -> Jobs:
    """The process's studies; all who ask for the same one share it.

    Each place on the page has its own thread, so that long steps in one do not keep another's short ones waiting.
    """
    return Jobs()


def find(key: str) -> Table | None:
    """An uploaded table by id."""
    return uploads().find(key)


def upload(content: bytes, name: str) -> str:
    """Read an uploaded file and keep its table; the id."""
    return uploads().add(read_csv(content, name))


@st.cache_resource(show_spinner=False, max_entries=20)
def example(name: str) -> pd.DataFrame:
    """A bundled table; shared, so never changed."""
    return examples.load(name)


def simulated_id(settings: Settings) -> str:
    """The id of the table of these settings."""
    return SIMULATED + link.encode(settings)


def settings_of(table: str) -> Settings | None:
    """The settings that a table was simulated from; None for an example or an upload."""
    return link.decode(table.removeprefix(SIMULATED)) if table.startswith(SIMULATED) else None


@st.cache_resource(show_spinner=False, max_entries=20, ttl="2h")
def _simulated(table: str) -> pd.DataFrame:
    settings = settings_of(table)
    assert settings is not None
    return simulated_table(settings)


def frame(table: str, uploaded: bool) -> pd.DataFrame:
    """A table by id; shared, so never changed."""
    if table.startswith(SIMULATED):
        return _simulated(table)
    if not uploaded:
        return example(table)
    kept = find(table)
    if kept is None:
        raise LmmCompareError("This table is no longer on the server.", "Upload it again on the Data page.")
    return kept.frame


def comparison(table: str, uploaded: bool, formula: str, reml: bool) -> Comparison:
    """All models of a formula."""
    if table.startswith(SIMULATED):
        return _of_simulated(table, formula, reml)
    return _of_table(table, uploaded, formula, reml)


@st.cache_resource(show_spinner="Fitting all models…", max_entries=200, ttl="2h")
def _of_table(table: str, uploaded: bool, formula: str, reml: bool) -> Comparison:
    return compare(formula, frame(table, uploaded), reml=reml)


@st.cache_resource(show_spinner=False, max_entries=40, ttl="2h")  # every step of a slider makes one
def _of_simulated(table: str, formula: str, reml: bool) -> Comparison:
    return compare(formula, frame(table, False), reml=reml)


@st.cache_resource(show_spinner=False, max_entries=200, ttl="2h")
def frames(
    table: str, uploaded: bool, formula: str, reml: bool, x: str | None, zero: bool, keep: str | None
) -> Picture:
    """The frames behind the picture of a comparison."""
    fitted = comparison(table, uploaded, formula, reml)
    made = picture(fitted, frame(table, uploaded), x, include_zero=zero, keep=keep)
    settings = settings_of(table)
    return made if settings is None else with_truth(made, settings)


@st.cache_resource(show_spinner=False, max_entries=100, ttl="2h")
def columns(table: str, uploaded: bool) -> list[ColumnInfo]:
    """What each column holds."""
    return describe(frame(table, uploaded))


@st.cache_resource(show_spinner=False, max_entries=500, ttl="2h")
def how_it_varies(table: str, uploaded: bool, column: str, group: str) -> Relation:
    """Whether a column varies within groups, between them, or both."""
    return relation(frame(table, uploaded), column, group)


@st.cache_resource(show_spinner=False, max_entries=200, ttl="2h")
def sizes(table: str, uploaded: bool, group: str) -> GroupSizes:
    """Count and sizes of the groups."""
    return groups(frame(table, uploaded), group)


def suggested_formula(table: str) -> str:
    """The comparison that an uploaded table opens with; empty when nothing suits."""
    return suggest(frame(table, True)).formula or ""
