"""Bringing a table: a file, pasted text, an example, one that the server offers.

What is wrong with it is said beside it, and the table before it stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from streamlit import config, runtime

from ... import examples
from ...data import reader_process
from ...data.keys import finest
from ...data.limits import max_bytes
from ...data.read import Progress, read, read_companions, read_text
from ...data.table import Reading, Table, with_companions
from ...errors import DataError, LmmCompareError
from ...share import link
from ...text.numbers import count
from ..kit.binding import bind
from ..kit.page_elements import explain_error
from ..server import comparison_cache, table_sources
from ..session import missing_table, state
from ..session.state import Analysis
from . import reupload

if TYPE_CHECKING:  # slow to import, see `ui.server.table_sources`
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from ...engines.folder_tables import ServerTable

FOUND, PROBLEM, PASTE_FOUND = "upload found", "upload problem", "paste found"
PASTED = "pasted"
LONGEST_PASTE = 5_000_000
NAMES_OR_DATA = {True: "names of columns", False: "data"}
FORMATS = (
    "CSV, text, Excel, OpenDocument, SPSS, Stata, SAS, R, jamovi, JASP, MATLAB, Parquet, Feather, JSON, also packed"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads the tables of one drop, the first of them first; and whether a person chose which one that is."""

    drop: str
    read: Callable[[Progress], tuple[Table, ...]]
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What a person may choose of a table that was read: of which drop it is, how it was read, and how it could be."""

    drop: str
    reading: Reading
    sheets: tuple[str, ...]
    first_line: bool | None
    further_lines: int
    rows: int


def table_picker(analysis: Analysis) -> None:
    """The ways to a table."""
    offered = table_sources.server_tables()
    file, paste, example, *further = st.tabs(
        ["File", "Paste", "Example", *(["On this server"] if offered else [])], key=f"bring {bool(offered)}"
    )
    with file, st.container(key=reupload.PLACE):
        _file()
    with paste:
        _paste()
    with example:
        _example(analysis)
    for tab in further:
        with tab:
            _server_tables(analysis, offered)


def upload_megabytes() -> int:
    """The largest file in MB, for the page, the browser and Streamlit's server alike: all follow LMMCOMPARE_MAX_MB."""
    megabytes = math.ceil(max_bytes() / 1e6)
    if config.get_option("server.maxUploadSize") != megabytes:
        config.set_option("server.maxUploadSize", megabytes)  # the server looks at it with every upload
    return megabytes


def _file() -> None:
    if runtime.exists():
        reader_process.prepare()
    files = st.file_uploader(
        f"{FORMATS}: up to {max_bytes() / 1e6:g} MB; several files of one study can be joined",
        key="upload",
        max_upload_size=upload_megabytes(),
        accept_multiple_files=True,
    )
    if not files:
        for key in (missing_table.READINGS, FOUND, PROBLEM):
            st.session_state.pop(key, None)
        return
    seen: dict[str, Reading] = st.session_state.get(
        missing_table.READINGS, {}
    )  # by drop: the same file dropped again is taken again
    result: FileSummary | None = st.session_state.get(FOUND)
    hows = dict(seen)
    if result is not None and any(file.file_id == result.drop for file in files):
        hows[result.drop] = _reading_form(result)
    fresh = [file for file in files if file.file_id not in seen or hows[file.file_id] != seen[file.file_id]]
    looked_at: Analysis | None = st.session_state.get(state.ANALYSIS)
    if fresh and missing_table.is_missing(looked_at):
        fresh = files  # one of them may be what another needs
    if fresh:
        for file in fresh:
            if file.file_id not in hows:
                hows[file.file_id] = missing_table.reading_of(looked_at, file.getvalue())
        st.session_state[missing_table.READINGS] = {file.file_id: hows[file.file_id] for file in files}
        st.session_state[PROBLEM] = _open([_file_reader(file, hows[file.file_id]) for file in fresh], FOUND)
    for problem in st.session_state.get(PROBLEM) or ():
        explain_error(problem)


def _file_reader(file: UploadedFile, how: Reading) -> Reader:
    """Reads a file and the other tables in it."""

    def read_it(tell: Progress) -> tuple[Table, ...]:
        content = file.getvalue()
        table = read(content, file.name, sheet=how.sheet, header=how.header, progress=tell)
        return table, *read_companions(content, table)

    return Reader(file.file_id, read_it, chosen=how.sheet is not None)


def _reading_form(summary: FileSummary) -> Reading:
    """How a table that was read is to be read: another sheet or table, or its first line as what it was not taken for."""
    now = summary.reading
    if len(summary.sheets) > 1:
        sheet = st.selectbox(
            "Sheet or table", summary.sheets, index=None, placeholder="read another one", key=f"sheet of {summary.drop}"
        )
        if sheet is not None and sheet != now.sheet:
            return Reading(sheet=sheet)
    if summary.first_line is None:
        return now

    def option_text(names: bool) -> str:
        header = (1 + summary.further_lines) * (summary.first_line is True)
        rows = summary.rows if names == summary.first_line else summary.rows + header - names
        return f"{NAMES_OR_DATA[names]}: {count(rows, 'row')}"

    names = st.segmented_control(
        "The first line holds",
        list(NAMES_OR_DATA),
        default=summary.first_line,
        required=True,
        format_func=option_text,
        key=f"first line of {summary.drop} {now.sheet}",
    )
    return now if names == summary.first_line else replace(now, header=names)


def _paste() -> None:
    with st.form("paste", border=False):
        text = st.text_area(
            "Cells copied from a spreadsheet, or lines of text; the names of the columns first",
            key=PASTED,
            height=150,
            max_chars=LONGEST_PASTE,
            placeholder="person\tday\tscore\nAnn\t1\t3.5\nAnn\t2\t4.1",
        )
        read_it = st.form_submit_button("Read")
    result: FileSummary | None = st.session_state.get(PASTE_FOUND)
    reading = Reading()
    if result is not None and not read_it and result.drop == text:
        reading = _reading_form(result)
        read_it = reading != result.reading
    if read_it:
        header = reading.header
        reader = Reader(text or "", lambda tell: (read_text(_nonempty(text), "pasted text", header=header),))
        for problem in _open([reader], PASTE_FOUND):
            explain_error(problem)


def _nonempty(text: str | None) -> str:
    if not (text or "").strip():
        raise DataError(
            "There is no text to read.",
            "Copy the cells of a table, with the names of its columns, and paste them here.",
        )
    return text or ""


def _open(readers: Sequence[Reader], key: str) -> list[LmmCompareError]:
    """Read tables and look at one of them from now on, the others beside it; what is wrong where none can be read."""
    bar = st.progress(0.0, "Reading…")

    def tell(doing: str, share: float) -> None:
        bar.progress(share, f"{doing}…")

    brought: list[tuple[Reader, tuple[Table, ...]]] = []
    problems: list[LmmCompareError] = []
    for reader in readers:
        try:
            brought.append((reader, reader.read(tell)))
        except LmmCompareError as error:
            problems.append(error)
    try:
        if brought:
            tell("Looking at the columns", 0.9)
            drop, table = _look_at(brought)
    except LmmCompareError as error:
        problems.append(error)
        brought = []
    if not brought:
        bar.empty()
        return problems
    st.session_state[key] = FileSummary(
        drop, table.reading, table.sheets, table.first_line, table.further_lines, len(table.frame)
    )
    if key == FOUND:
        st.session_state[PROBLEM] = problems
    state.write_address()
    st.rerun()


def _look_at(brought: Sequence[tuple[Reader, tuple[Table, ...]]]) -> tuple[str, Table]:
    """Look at the first of the tables that were brought, or at the finest of those that can be joined, the others beside it."""
    looked_at: Analysis | None = st.session_state.get(state.ANALYSIS)
    tables = [table for _, several in brought for table in several]
    first = tables[0] if brought[0][0].chosen else finest(tables)
    drop = next(reader.drop for reader, several in brought if any(table is first for table in several))
    if looked_at is not None and missing_table.is_missing(looked_at):
        missing_table.resume(looked_at, tables, first)
    else:
        others = [table for table in tables if table is not first]
        table = table_sources.keep(with_companions(first, [*others, *_before(looked_at)]))
        state.open_analysis(Analysis(table, comparison_cache.suggested_formula(table)))
    return drop, first


def _before(analysis: Analysis | None) -> tuple[Table, ...]:
    """The uploaded tables that were at hand, which a file that is brought now may belong to."""
    if analysis is None or link.kind_of(analysis.table) != link.UPLOAD:
        return ()
    table = table_sources.find(analysis.table)
    return table, *table.companions


def _example(analysis: Analysis) -> None:
    """The bundled examples."""
    st.selectbox(
        "Real data with a question",
        examples.names(),
        placeholder="choose one",
        format_func=lambda name: f"{name}: {examples.get(name).title}",
        **bind("pick example", analysis.example, _open_example),
    )


def _open_example(name: str | None) -> None:
    if name is not None:
        state.open_analysis(state.opening(name))


def _server_tables(analysis: Analysis, tables: dict[str, ServerTable]) -> None:
    """The tables that whoever runs the server offers."""
    display = link.place_of(analysis.table) if link.kind_of(analysis.table) == link.FOLDER else None
    rows = [(t.name, t.size or None, ", ".join(table_sources.server_table_columns(t.name))) for t in tables.values()]
    st.dataframe(
        pd.DataFrame(rows, columns=["Table", "Size", "Columns"]),
        hide_index=True,
        placeholder="",
        height="content" if len(rows) < 8 else 300,
        column_config={"Size": st.column_config.NumberColumn(format="bytes")},
    )
    names = list(tables)
    # A box for each table that is shown: one box, told what is shown, would forget what has just been chosen in it.
    chosen = st.selectbox(
        "Table on this server",
        names,
        index=names.index(display) if display in tables else None,
        key=f"pick offered beside {display}",
        placeholder="choose one",
    )
    if chosen is None or chosen == display:
        return
    table = f"{link.FOLDER}:{chosen}"
    try:
        with st.empty().container():
            table_sources.find(table)
    except LmmCompareError as error:
        explain_error(error)
        return
    state.open_analysis(Analysis(table, comparison_cache.suggested_formula(table)))
    state.write_address()
    st.rerun()
