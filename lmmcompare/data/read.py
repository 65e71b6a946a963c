"""Read a table from a file of any of the formats that people keep tables in, or from pasted text."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

from ..errors import DataError
from ..text.numbers import number
from . import delimited, reader_process
from .limits import MAX_NAME, max_bytes
from .pasted import as_table, table_inside, without_elided_columns
from .pasted.matlab_code import refuse_matlab
from .readers.compression import archived
from .readers.file_types import KINDS, kind_by_name, kind_of
from .readers.result import listed
from .reply_to_table import sheet_of, to_table
from .table import MOST_COMPANIONS, PASTED, Reading, Table

__all__ = ["MAX_NAME", "Progress", "Table", "read", "read_text"]

LARGE = 5_000_000
"""Bytes of a file from which on its other tables are read only when somebody asks for one."""
Progress = Callable[[str, float], None]
"""Takes what is being done, in plain words, and the share that is done, from 0 to 1."""


def read(
    content: bytes,
    name: str = "",
    *,
    sheet: str | None = None,
    header: bool | None = None,
    catalogue: bytes | None = None,
    progress: Progress | None = None,
) -> Table:
    """Read the bytes of a file, whatever its format; what it is, its content says first and its name second.

    Text (with commas, semicolons, tabs or blanks between the columns), Excel and OpenDocument workbooks, Parquet, Feather,
    SPSS, Stata, SAS, R, jamovi, JASP, MATLAB, JSON, and these packed by gzip, bzip2, xz, zstd or zip. Numbers become int64
    or float64, ISO dates and dates of other programs datetime64, value labels and dictionaries categories in their own
    order, everything else text, numbers too that would lose what tells them apart (docs/reading.md). Code in a file
    (formulas, macros, R's functions, analyses) is never run, links never followed.

    Parameters
    ----------
    content : bytes
        The file.
    name : str, optional
        Its name, for messages.
    sheet : str, optional
        The sheet of a workbook, a data frame of R's, a file of a zip archive; by default the first with a table in it.
        ``Table.sheets`` names them all.
    header : bool, optional
        Whether the first line holds the names of the columns (True) or is a row of data (False), in text, workbooks and
        JSON's lists of lists; found out when left out. ``Table.first_line`` says what it was taken for.
    catalogue : bytes, optional
        Of a SAS table (.sas7bdat) the catalogue (.sas7bcat) that holds the words of its formats.
    progress : callable, optional
        Told what is being done and how far it is.

    Raises
    ------
    DataError
        When it cannot be read as a table; the message says what is wrong and what to do.
    """
    what = _called(name)
    tell = progress or _silent
    _refuse_bytes(content, what)
    tell("Reading the file", 0.0)
    reading, digest = Reading(header, sheet), digest_of(content + (catalogue or b""))
    if catalogue is not None:
        plain = (
            name.rpartition("/")[2].lstrip(".") or "table.sas7bdat"
        )  # what an archive has below a dot is passed over
        content = archived({plain: content, "formats.sas7bcat": catalogue})
    table = _read(content, f"{name}.zip" * (catalogue is not None) or name, what, reading, tell)
    if header is not None and table.first_line is None:
        raise DataError(
            f"{what} keeps the names of its columns apart from the rows.", "Leave it to the file: no header=."
        )
    return replace(table, reading=reading, digest=digest)


def read_companions(content: bytes, table: Table) -> tuple[Table, ...]:
    """The other tables of a file that holds several, as far as they can be read; none of a large file, or of many tables.

    Parameters
    ----------
    content : bytes
        The file.
    table : Table
        What was read of it.
    """
    if len(content) > LARGE or not 1 < len(table.sheets) <= MOST_COMPANIONS + 1:
        return ()
    result = []
    for sheet in table.sheets:
        if sheet != table.sheet:
            with suppress(DataError):  # an empty sheet, a page of notes: the reader hears of it who opens it
                result.append(read(content, table.name, sheet=sheet))
    return tuple(result)


def digest_of(content: bytes) -> str:
    """What tells a file's bytes from all others, in 22 characters of an address: half of their SHA-256."""
    return urlsafe_b64encode(sha256(content).digest()[:16]).decode().rstrip("=")


def _read(content: bytes, name: str, what: str, reading: Reading, progress: Progress) -> Table:
    kind = kind_of(content)
    if kind == "text":
        return _with_notes(delimited.read(content, name, what, progress, reading.header), _mismatch(name, what, kind))
    reply, payload = reader_process.ask(content, name, what, reading.sheet, reading.header)
    inner = reply["name"]
    notes = []
    if reply["packing"]:
        notes += _mismatch(name, what, reply["packing"])
        what = _called(inner)
    notes += _mismatch(inner, what, reply["kind"])
    if reply["packing"] == "zip" and reply["sheets"]:
        others = [other for other in reply["sheets"] if other.rpartition("/")[2] != inner]
        notes.append(f"{what} was read; the archive also has {listed(others, 5)}.")
    if reply["kind"] == "text":
        del content
        table = delimited.read(payload, inner, what, progress, reading.header)
        return _with_notes(replace(table, sheets=tuple(reply["sheets"]), sheet=sheet_of(reply)), notes)
    progress("Finding numbers", 0.7)
    return _with_notes(to_table(reply, payload, inner, what), notes)


def read_text(text: str, *, header: bool | None = None) -> Table:
    """Read a table that was pasted: cells from a spreadsheet, CSV, a table as a program prints it, or code that writes one down.

    Words round it are left out, and said.

    Parameters
    ----------
    header : bool, optional
        As in ``read``.

    Raises
    ------
    DataError
        As in ``read``.
    """
    _refuse_bytes(text.encode("utf-8", "replace"), _called(PASTED))
    pasted = as_table(text)
    try:
        table = read(pasted.content, PASTED, header=header)
    except DataError:
        refuse_matlab(text)
        found = table_inside(pasted)
        if found is None:
            raise
        pasted, table = found, read(found.content, PASTED, header=header)
    return without_elided_columns(_with_notes(table, list(pasted.notes)))


def _called(name: str) -> str:
    return f"“{name[:MAX_NAME]}”" if name else "The file"


def _refuse_bytes(content: bytes, what: str) -> None:
    if len(content) > max_bytes():
        raise DataError(
            f"{what} has {number(len(content) / 1e6)} MB; at most {number(max_bytes() / 1e6)} MB are read.",
            "Leave out columns or rows that the comparison does not need.",
        )


def _mismatch(name: str, what: str, kind: str) -> list[str]:
    """A note when the end of a name promises another format than the content is."""
    promised = kind_by_name(name)
    if promised in (None, kind):
        return []
    return [f"{what} is {KINDS[kind].words}, unlike its name; it was read as such."]


def _with_notes(table: Table, notes: list[str]) -> Table:
    return replace(table, notes=(*notes, *table.notes)) if notes else table


def _silent(doing: str, share: float) -> None:
    pass
