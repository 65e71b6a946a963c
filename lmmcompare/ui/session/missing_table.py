"""A table that is looked at and is not to be had: named, with its formula kept, and taken up again once it is brought."""

from __future__ import annotations

import streamlit as st

from ...data.read import digest_of
from ...data.table import Reading, Table
from ...errors import DataError, LmmCompareError
from ...formula import read
from ...share import link, upload
from ...share.upload import Upload
from ...text.english import listed
from ...text.labels import literal
from ..data import resend
from ..kit import shell
from ..server import comparison_cache, table_sources
from ..server.uploads import changed_by
from . import state
from .state import Analysis


def panel(analysis: Analysis, error: LmmCompareError) -> None:
    """What is missing, what is kept of it, and the ways to bring it or to go on without it."""
    from ..data.upload import bring  # which takes tables up by this module

    asked = _asked(analysis)
    shell.title("The table of this page is not here", literal(_what_stays(analysis, asked)))
    shell.explain_error(error)
    with st.container(horizontal=True):
        if asked is None:
            st.button("Try again", icon=":material/refresh:")
        st.button("Open the first example instead", on_click=state.open_analysis, args=(state.opening("cv161703"),))
    bring(analysis)
    if asked is not None:
        resend.remember(asked.name, analysis.table)


def _asked(analysis: Analysis) -> Upload | None:
    """What the address says of an uploaded table; None for other tables."""
    if link.kind_of(analysis.table) != link.UPLOAD:
        return None
    asked = upload.read(link.place_of(analysis.table))
    return None if asked is None or asked.origin else asked


def _what_stays(analysis: Analysis, asked: Upload | None) -> str:
    keep = [f"the formula {analysis.formula}"] if analysis.formula else []
    if asked is not None and asked.steps.steps:
        keep.append("what was changed in the table")
    keep.append("what you chose to see")
    text = listed(keep)
    return f"{text[0].upper()}{text[1:]}: kept, and applied to the table once it is here again."


def is_missing(analysis: Analysis | None) -> bool:
    """Whether the table of an analysis is not to be had."""
    if analysis is None:
        return False
    try:
        table_sources.find(analysis.table)
    except LmmCompareError:
        return True
    return False


def reading_of(analysis: Analysis | None, content: bytes) -> Reading:
    """How a file was read that is brought again for a table that is missing, as its address says; else as the reader thinks best."""
    asked = _asked(analysis) if analysis is not None and is_missing(analysis) else None
    return asked.reading if asked is not None and asked.digest == digest_of(content) else Reading()


def _other(asked: Upload, brought: Table) -> str:
    """A sentence where another file was brought than the page was made with; "" where it is the same."""
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


def take_up(analysis: Analysis, brought: Table) -> None:
    """Go on with an analysis whose table was missing on one that was brought for it; what does not suit that one is said."""
    asked, words = _asked(analysis), []
    table = table_sources.keep(brought)
    if asked is not None and (other := _other(asked, brought)):
        words.append(other)
    if asked is not None and asked.unsaid:
        words.append("What was changed in the table was too much for its address, and has to be done again.")
    if asked is not None and asked.steps.steps:
        try:
            table = table_sources.keep(changed_by(asked.steps, brought, table))
        except DataError as error:
            words.append(f"What was changed in the table could not be done to this one. {error}")
    formula = analysis.formula
    columns = list(map(str, comparison_cache.frame(table).columns))
    absent = [c for c in read(formula, columns).columns if c not in columns] if formula else []
    if absent:
        listed = ", ".join(f"“{name}”" for name in absent[:5])
        words.append(
            f"The formula was {formula}; this table has no {listed}, so it opens with a comparison of its own."
        )
    if absent or not formula:
        formula = comparison_cache.suggested_formula(table)
    state.take_up(Analysis(table, formula, analysis.reml), words)
