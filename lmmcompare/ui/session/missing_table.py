"""Resumes an analysis whose table is missing, once its file has been uploaded again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ...data.join import Join
from ...data.read import digest_of
from ...data.table import Reading, Table, with_companions
from ...errors import DataError, LmmCompareError
from ...formula import read
from ...share import link, upload_address
from ...share.upload_address import Upload
from ...text.english import listed
from ..server import comparison_cache, table_sources
from ..server.uploads import with_recipe
from . import state
from .state import Analysis

READINGS, WITHOUT = "upload readings", "without the joined tables"


def leave_out_joined(analysis: Analysis) -> None:
    """Have the uploaded file opened without the tables that were joined to it."""
    st.session_state[WITHOUT] = analysis.table
    st.session_state.pop(READINGS, None)


def upload_of(analysis: Analysis) -> Upload | None:
    """The description of the uploaded table in its id; None for other kinds of table and tables derived from them."""
    if link.kind_of(analysis.table) != link.UPLOAD:
        return None
    asked = upload_address.read(link.place_of(analysis.table))
    return None if asked is None or asked.origin else asked


def is_missing(analysis: Analysis | None) -> bool:
    """Whether the table of an analysis cannot be loaded."""
    if analysis is None:
        return False
    try:
        table_sources.find(analysis.table)
    except LmmCompareError:
        return True
    return False


def reading_of(analysis: Analysis | None, content: bytes) -> Reading:
    """The options with which the missing table was read, if this is the same file; else the default options."""
    asked = upload_of(analysis) if analysis is not None and is_missing(analysis) else None
    return asked.reading if asked is not None and asked.digest == digest_of(content) else Reading()


def _other(asked: Upload, brought: Table) -> str:
    """A sentence if the uploaded file is not the one that the page was made with; empty if it is."""
    if asked.digest and asked.digest == brought.digest:
        return ""
    shape = brought.frame.shape
    if not asked.name:
        return ""
    if (asked.name, asked.rows, asked.columns) != (brought.name, *shape):
        return f"This is {Upload('', brought.name, *shape).words}; the page was made with {asked.words}."
    if asked.digest:
        return f"“{asked.name}” holds other values than the file of this name that the page was made with: what it shows may differ."
    return (
        f"The link tells the name and size of “{asked.name}” only: whether its values are those of before is not known."
    )


def joined(asked: Upload | None) -> list[Join]:
    """The joins among the steps of an uploaded table."""
    return [step for step in asked.steps.steps if isinstance(step, Join)] if asked is not None else []


def resume(analysis: Analysis, tables: Sequence[Table], first: Table) -> None:
    """Resume an analysis on the files uploaded for its missing table; notes say what of it does not suit them.

    Parameters
    ----------
    tables : sequence of Table
        All uploaded tables.
    first : Table
        The one to use if none of them matches the missing table.

    Raises
    ------
    DataError
        When a table that was joined to the missing one is missing too.
    """
    asked, words = upload_of(analysis), []
    same = [table for table in tables if asked is not None and table.digest and table.digest == asked.digest]
    sheets = [table for table in same if asked is not None and table.sheet == asked.reading.sheet]
    named = [table for table in tables if asked is not None and table.name == asked.name]
    first = next(iter([*sheets, *same, *named]), first)
    brought = with_companions(first, [table for table in tables if table is not first])
    lacking = [step.table for step in joined(asked) if brought.companion(step.table) is None]
    if lacking and st.session_state.get(WITHOUT) != analysis.table:
        names = listed([f"“{name}”" for name in lacking])
        raise DataError(f"“{brought.title}” is here, but not {names}, which was joined to it.", "Add that file too.")
    table = table_sources.keep(brought)
    if asked is not None and (other := _other(asked, brought)):
        words.append(other)
    if asked is not None and asked.unsaid:
        words.append("What was changed in the table was too much for its address, and has to be done again.")
    if asked is not None and asked.steps.steps and not lacking:
        try:
            table = table_sources.keep(with_recipe(asked.steps, brought, table))
        except DataError as error:
            words.append(f"What was changed in the table could not be done to this one. {error.text_in_app}")
    if lacking:
        words.append("What was changed in the table is left out, for want of what was joined to it.")
    formula = analysis.formula
    columns = list(map(str, comparison_cache.frame(table).columns))
    absent = [c for c in read(formula, columns).columns if c not in columns] if formula else []
    if absent:
        names = ", ".join(f"“{name}”" for name in absent[:5])
        words.append(f"The formula was {formula}; this table has no {names}, so it opens with a comparison of its own.")
    if absent or not formula:
        formula = comparison_cache.suggested_formula(table)
    state.replace_table(Analysis(table, formula, analysis.reml), words)
