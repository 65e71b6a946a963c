"""Bringing a table: a file, pasted text, an example, one that the server offers.

What is wrong with it is said beside it, and the table before it stays.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st
from streamlit import config, runtime

from ... import examples
from ...data import reader_process
from ...data.limits import max_bytes
from ...data.read import Progress, digest_of, read, read_companions
from ...data.readers.file_types import kind_by_name
from ...data.table import Reading, Table
from ...errors import DataError
from ...text.numbers import count
from ..kit.binding import bind
from ..kit.page_elements import explain_error
from ..server import table_sources
from ..session import missing_table, state
from ..session.state import Analysis
from . import reupload
from .pasted_script import read_pasted
from .server_tables import server_table_picker
from .table_opening import FileSummary, Reader, open_tables

if TYPE_CHECKING:  # slow to import, see `ui.server.table_sources`
    from streamlit.runtime.uploaded_file_manager import UploadedFile

FOUND, PROBLEM = "upload found", "upload problem"
PASTE_FOUND, PASTE_PROBLEM = "paste found", "paste problem"
PASTED = "pasted"
LONGEST_PASTE = 5_000_000
NAMES_OR_DATA = {True: "names of columns", False: "data"}
FORMATS = "CSV, text, Excel, OpenDocument, SPSS, Stata, SAS, R, jamovi, JASP, MATLAB, Parquet, Feather, JSON, SQLite, also packed"


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
            server_table_picker(analysis, offered)


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
        on_change=_take_dropped,
    )
    if not files:
        for key in (missing_table.READINGS, FOUND, PROBLEM):
            st.session_state.pop(key, None)
        return
    found: FileSummary | None = st.session_state.get(FOUND)
    is_here = found is not None and any(file.file_id == found.drop for file in files)
    if _take_up(files, {found.drop: _reading_form(found)} if found is not None and is_here else {}):
        st.rerun()
    for problem in st.session_state.get(PROBLEM) or ():
        explain_error(problem)


def _take_dropped() -> None:
    """Read what was dropped before anything is drawn, so that the page is drawn once, with the new table."""
    _take_up(st.session_state["upload"], {})


def _take_up(files: Sequence[UploadedFile], chosen: Mapping[str, Reading]) -> bool:
    """Read the files that have not been read, or not as was chosen; whether another table is looked at now."""
    seen: dict[str, Reading] = st.session_state.get(
        missing_table.READINGS, {}
    )  # by drop: a file dropped again is read again
    hows = {**seen, **chosen}
    catalogues = {file.file_id: other for file in files if (other := _catalogue_of(file, files)) is not None}
    used = {catalogue.file_id for catalogue in catalogues.values()}
    new = {file.file_id for file in files if file.file_id not in seen or hows[file.file_id] != seen[file.file_id]}
    new |= {drop for drop, catalogue in catalogues.items() if catalogue.file_id in new}
    fresh = [file for file in files if file.file_id in new - used]
    if not fresh:
        return False
    looked_at: Analysis | None = st.session_state.get(state.ANALYSIS)
    if missing_table.is_missing(looked_at):
        fresh = [file for file in files if file.file_id not in used]  # one of them may be what another needs
    for file in files:
        if file.file_id not in hows:
            hows[file.file_id] = missing_table.reading_of(looked_at, file.getvalue())
    st.session_state[missing_table.READINGS] = {file.file_id: hows[file.file_id] for file in files}
    found, st.session_state[PROBLEM] = open_tables(
        [_file_reader(file, hows[file.file_id], catalogues.get(file.file_id)) for file in fresh]
    )
    if found is not None:
        st.session_state[FOUND] = found
    return found is not None


def _catalogue_of(file: UploadedFile, files: Sequence[UploadedFile]) -> UploadedFile | None:
    """The catalogue of formats that was brought with a SAS table: that of its name, or the only one."""
    catalogues = [other for other in files if kind_by_name(other.name) == "sas7bcat"]
    if kind_by_name(file.name) != "sas7bdat" or not catalogues:
        return None
    same = [other for other in catalogues if _stem(other) == _stem(file)]
    return (same or catalogues)[0] if same or len(catalogues) == 1 else None


def _stem(file: UploadedFile) -> str:
    return file.name.rpartition(".")[0].lower()


def _file_reader(file: UploadedFile, how: Reading, catalogue: UploadedFile | None) -> Reader:
    """Reads a file and the other tables in it."""

    def read_it(tell: Progress) -> tuple[Table, ...]:
        content = file.getvalue()
        words = catalogue.getvalue() if catalogue is not None else None
        table = read(content, file.name, sheet=how.sheet, header=how.header, catalogue=words, progress=tell)
        return table, *read_companions(content, table)

    replaced = digest_of(file.getvalue()) if catalogue is not None else ""
    return Reader(file.file_id, file.size, read_it, chosen=how.sheet is not None, replaced=replaced)


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
            "Cells of a spreadsheet, a table as a program prints it, or code with data, as dput() prints; a model may follow",
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
        reader = Reader(text or "", len(text or ""), lambda tell: (read_pasted(_nonempty(text), header),))
        found, problems = open_tables([reader])
        st.session_state[PASTE_PROBLEM] = text, problems
        if found is not None:
            st.session_state[PASTE_FOUND] = found
            st.rerun()
    read, problems = st.session_state.get(PASTE_PROBLEM, ("", ()))
    if read == text:
        for problem in problems:
            explain_error(problem)


def _nonempty(text: str | None) -> str:
    if not (text or "").strip():
        raise DataError(
            "There is no text to read.",
            "Copy the cells of a table, with the names of its columns, and paste them here.",
        )
    return text or ""


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
