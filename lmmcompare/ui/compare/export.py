"""The tab “Export”: download buttons for all files, each of which is made when its button is clicked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Literal

import streamlit as st

from ...comparison.comparison import Comparison
from ...data.table import Table
from ...errors import LmmCompareError
from ...export import archive
from ...export.bibtex import bibtex
from ...export.data_file import INLINE_ROWS, csv_names, csv_text
from ...export.json_results import json_results
from ...export.methods import methods_with_references
from ...export.notebook import notebook
from ...export.python_code import python_code
from ...export.r_code import r_code
from ...export.snapshot import Snapshot
from ...export.source import Source
from ...share import link as links
from ..kit import address_widgets
from ..kit.chart import CAMERA
from ..kit.page_elements import explain_error, heading, note
from ..server import table_sources
from ..server.uploads import ChangedTable
from ..session import view_address
from ..session.state import Analysis
from ..session.views import View, redraw
from . import adjusted_means
from .inference import inferred

Content = Callable[[], str | bytes]


def export_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """Draw a button for each file, the archive of all first; then code and the methods paragraph to copy."""
    snapshot = _snapshot(analysis, comparison, view)
    name = snapshot.name
    heading(
        "Everything in one file",
        "Compressed to some MB: the report, every table, the sample of the rows, the references."
        if comparison.design.is_sample
        else "Compressed to 1.6 MB or more: the report, the rows that were used, code in R and Python, every table, the references.",
    )
    _save("Everything in one ZIP", f"{name}.zip", lambda: archive.archive(snapshot), first=True)
    heading(
        "The report",
        "One HTML file of 5 MB or more that opens in any browser without a network: the answer, figures to zoom and save, tables, code.",
    )
    _save("Report", f"{name}-report.html", lambda: archive.report_file(snapshot))
    heading(
        "Numbers, for a spreadsheet or a program",
        "Every table with every digit; the inference is the one that the page shows.",
    )
    with st.container(horizontal=True, gap="small"):
        _save("Excel workbook", f"{name}-tables.xlsx", lambda: archive.workbook_file(snapshot))
        _save("Tables as CSV", f"{name}-tables.zip", lambda: archive.tables_file(snapshot))
        _save("Results as JSON", f"{name}-results.json", lambda: json_results(snapshot))
    _code(snapshot)
    heading(
        "What to write in a paper or thesis",
        "A table of all models side by side, a paragraph for the methods, one for the results, and the references.",
    )
    if st.toggle("Show the paragraphs", **address_widgets.switch("paragraph", "take methods")):
        with st.container(key="prose"):
            _read(lambda: methods_with_references(snapshot), None)
    with st.container(horizontal=True, gap="small"):
        _save("Table for Word", f"{name}-table.docx", lambda: archive.word_file(snapshot))
        _save("References as BibTeX", f"{name}-references.bib", lambda: bibtex(snapshot))
    heading("Figures", "The camera at the upper right of every figure on this page saves it.")
    st.segmented_control(
        "The camera saves",
        ["SVG", "PNG"],
        default="SVG",
        required=True,
        key=CAMERA,
        persist_state="session",
        on_change=redraw,
    )
    note(
        "SVG stays sharp at any size and can be edited; PNG is for programs that take nothing else, with 300 dots per inch on a "
        "page’s width."
    )


def _code(snapshot: Snapshot) -> None:
    """The code that makes the numbers again, to read, copy and save, with the rows that it reads."""
    rows = len(snapshot.source.frame)
    if snapshot.comparison.design.is_sample:
        heading("No code for this table", "It would need all rows; of so large a table the app has a sample at hand.")
        return
    heading(
        "Code that finds the same numbers",
        "It runs by itself: the rows stand in it. In the ZIP it also sets its numbers beside the page’s."
        if rows <= INLINE_ROWS
        else f"It reads the {rows:,} rows from {snapshot.source.csv_name}: save them beside it.",
    )
    written: dict[str, tuple[Callable[[], str], str]] = {
        "R": (lambda: r_code(snapshot), "R"),
        "Python": (lambda: python_code(snapshot), "py"),
    }
    keeps = address_widgets.one_of("language", "take code", written, None)
    language = st.segmented_control("Show the code in", list(written), **keeps)
    if language:
        _read(written[language][0], language.lower())
    with st.container(horizontal=True, gap="small"):
        for label, (make, ending) in written.items():
            _save(f"{label} code", f"{snapshot.name}.{ending}", make)
        _save("Jupyter notebook", f"{snapshot.name}.ipynb", lambda: notebook(snapshot))
        for name in csv_names(snapshot.source):
            label = "The rows as CSV" if name == snapshot.source.csv_name else f"The joined {name}"
            _save(label, name, partial(_rows, snapshot, name))


def _rows(snapshot: Snapshot, name: str) -> str:
    return csv_text(snapshot.comparison, snapshot.source, name)


def _snapshot(analysis: Analysis, comparison: Comparison, view: View) -> Snapshot:
    """What the reader sees, with the address that opens it again: not that of an upload, which would soon lead nowhere."""
    table, link = table_sources.find(analysis.table), ""
    address = {k: v for k, v in st.query_params.to_dict().items() if k not in ("tab", links.TYPED)}
    if links.UPLOAD not in address and st.context.url:
        link = links.url(st.context.url, address)
    source = Source(
        table.name,
        table.frame,
        analysis.example or "",
        analysis.settings,
        missing_codes=table.missing_codes,
        labels=table.labels,
    )
    if isinstance(table, ChangedTable):
        changed = table.origin if links.kind_of(table.origin) == links.EXAMPLE else ""
        steps = table.recipe.steps
        source = replace(source, changes=table.sentences, origin=_origin(table), steps=steps, changed_example=changed)
    return Snapshot(
        comparison,
        source,
        x=view.x,
        term=view.term,
        zero=view.zero,
        highlight=view.highlight,
        models=view_address.models_in_picture(comparison),
        chosen=inferred(analysis, comparison),
        link=link,
        bands=view.bands,
        means=adjusted_means.chosen(comparison),
        modifier=view.modifier,
    )


def _origin(table: ChangedTable) -> Table | None:
    """The table that a table was made from; None if it is no longer on the server."""
    try:
        return replace(table_sources.find(table.origin), companions=table.companions)
    except LmmCompareError:
        return None


def _or_error_text(make: Content) -> Content:
    """Return a function that makes the file; an error is written into the file, as a download cannot show it."""

    def made() -> str | bytes:
        try:
            return make()
        except LmmCompareError as error:
            return f"This file could not be made. {error}\n"

    return made


def _save(label: str, name: str, make: Content, *, first: bool = False) -> None:
    """A button that makes a file when it is clicked."""
    look: Literal["primary", "secondary"] = "primary" if first else "secondary"
    st.download_button(
        label, _or_error_text(make), name, key=f"take {label}", on_click="ignore", type=look, icon=":material/download:"
    )


def _read(make: Callable[[], str], language: str | None) -> None:
    """A text to read and copy; code in its language, within a box whose copy button lets the keyboard scroll it."""
    try:
        text = make()
    except LmmCompareError as error:
        explain_error(error)
        return
    with st.container(height=460 if language else "content", border=False):
        st.code(text, language=language, wrap_lines=True)
