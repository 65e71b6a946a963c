"""Tables that are in this process's memory only: uploads, and tables changed by a recipe."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace

import streamlit as st

from ...data.recipe import Recipe, Step, apply, apply_step
from ...data.table import PASTED, Table
from ...errors import LmmCompareError
from ...share import upload_address
from ...share.link import UPLOAD, kind_of, place_of
from ...share.upload_address import Upload
from .cache_budget import SHARED, Store


@dataclass(frozen=True, slots=True)
class ChangedTable(Table):
    """A table that was made from another: kept beside it, so that every step can be taken back.

    Attributes
    ----------
    origin : str
        The other's id.
    recipe : Recipe
        What was done to it.
    """

    origin: str = ""
    recipe: Recipe = field(default_factory=Recipe)

    @property
    def reading_notes(self) -> tuple[str, ...]:
        """What reading it found: the notes before the first step."""
        return self.notes[: len(self.notes) - len(self.recipe.steps)]

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence for each step."""
        return self.notes[len(self.notes) - len(self.recipe.steps) :]


class Uploads:
    """Tables by random key, within the process's memory budget; the least recently used is evicted first."""

    def __init__(self) -> None:
        self._tables: Store[Table] = Store(SHARED)

    def add(self, table: Table) -> str:
        """Store a table and return its key."""
        key = secrets.token_urlsafe(16)
        self._tables[key] = table
        return key

    def find(self, key: str) -> Table | None:
        """The table with this key, or None."""
        return self._tables.get(key)

    def was_evicted(self, key: str) -> bool:
        """Whether the table of this key has been evicted to make room."""
        return self._tables.was_evicted(key)


@st.cache_resource(show_spinner=False)
def uploads() -> Uploads:
    """The process's tables."""
    return Uploads()


def keep(table: Table) -> str:
    """Store a table in this process's memory and return its id, which holds what is needed to restore it later."""
    rows, columns = table.frame.shape
    words = Upload(uploads().add(table), table.name, rows, columns, digest=table.digest, reading=table.reading)
    if isinstance(table, ChangedTable):
        known = upload_address.read(place_of(table.origin)) if kind_of(table.origin) == UPLOAD else None
        origin = replace(known, key=words.key) if known else Upload(words.key, origin=table.origin)
        words = replace(origin, steps=table.recipe)
    return f"{UPLOAD}:{words.to_place()}"


def with_recipe(steps: Recipe, table: Table, origin: str) -> ChangedTable:
    """A table with these steps done to it; DataError where one cannot be done.

    It has a name of its own: lists of tables tell them apart by it.
    """
    made = apply(steps, table)
    name = f"{table.full_name}, changed"
    return ChangedTable(
        made.frame,
        name,
        made.notes,
        made.labels,
        table.missing_codes,
        formula=table.formula,
        companions=table.companions,
        origin=origin,
        recipe=steps,
    )


def with_steps(table: Table, origin: str, *steps: Step) -> ChangedTable:
    """A table with these steps done to it after those by which it was made; DataError where one cannot be done."""
    result = table if isinstance(table, ChangedTable) else with_recipe(Recipe(), table, origin)
    for step in steps:
        result = replace(apply_step(step, result), recipe=result.recipe.then(step))
    return result


def missing_upload(asked: Upload | None) -> LmmCompareError:
    """The error for an upload that is not, or no longer, in this process's memory."""
    what = asked.words if asked else "The linked table"
    why = "an upload is in the server’s memory only, and this server has started anew since, or is another."
    if asked is not None and uploads().was_evicted(asked.key):
        why = "an upload is in the server’s memory only, and gave way to tables that others looked at after it."
    remedy = "Paste it again." if asked and asked.name == PASTED else "Upload it again."
    if asked and asked.origin:
        remedy = "Change that one again."
    return LmmCompareError(f"{what} is no longer on the server: {why}", remedy)
