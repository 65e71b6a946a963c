"""Tables as text with something between the cells: CSV, TSV and the like, as people save them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as pa_csv

from ..errors import DataError
from ..text.numbers import count
from .blank_separated import with_tabs
from .csv_dialect import LONGEST_HEADER, SEPARATORS, Dialect, decode, detect, first_uneven_line, header_end, open_quote
from .infer_types import convert
from .limits import check
from .lines_below import without_lines_below
from .readers.header import FirstLine, first_line
from .readers.header import note as header_note
from .readers.header_lines import HeaderLines, all_header_lines
from .readers.result import listed
from .reply_to_table import drop_blank, drop_repeated_header, no_rows_error, sentences
from .table import Table, unique_names
from .text_cells import Text
from .unsupported_formats import SAVE_AS_CSV

BLOCK = 1 << 24
"""Bytes that are parsed at once; no row may be longer."""
SMALL = 1 << 20
"""Bytes up to which a text is parsed by this thread alone: to wake others takes as long as they save, longer where many wait."""


def read(
    content: bytes, name: str, what: str, progress: Callable[[str, float], None], header: bool | None = None
) -> Table:
    """Read a text file.

    Parameters
    ----------
    content, name : bytes, str
        The file and its name.
    what : str
        What messages call it.
    progress : callable
        Told what is being done and the share that is done.
    header : bool, optional
        Whether the first line holds names; found out when left out.

    Raises
    ------
    DataError
        When it is no table; the message says what is wrong, on which line, and what to do.
    """
    text = _taken_apart(content, what)
    dialect = text.dialect
    check(0, _width(text), what)
    if dialect.extra and header is False:
        raise DataError(
            f"The rows of {_inside(what)} have one cell more than the first line, which holds names then.",
            "Read it so, or give the first line as many cells.",
        )
    head = _read_header(dialect, header)
    above = len(dialect.above) + (1 + head.lines.further if head.first.names else 0)
    columns = _parse(text.data, dialect, head.names, above, what, text.has_separator_line)
    columns, repeated = (
        drop_repeated_header(columns, dialect.header) if head.first.names and not dialect.extra else (columns, [])
    )
    columns, dropped = drop_blank(columns, head.raw, head.names)
    if not len(next(iter(columns.values()))):
        raise no_rows_error(what)
    progress("Finding numbers", 0.5)
    frame, result = convert(columns, dialect.separator)
    notes = (
        *text.notes,
        *head.width_notes,
        *_separator_notes(text, result.decimal_comma),
        *head.notes,
        *_left_out_notes(text, head.titles),
        *head.name_notes,
        *repeated,
        *dropped,
        *sentences(result),
    )
    labels = head.lines.labels
    return Table(
        frame,
        name,
        notes,
        labels={new: labels[old] for old, new in zip(head.raw, head.names, strict=True) if old in labels},
        first_line=None if dialect.extra else head.first.names,
        further_lines=head.lines.further,
        sure=head.first.sure,
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """A file's text and what stands between its cells.

    Parameters
    ----------
    data : bytes
        The lines that hold cells, and those above them.
    below : list of str
        Lines below the rows, which were left out.
    is_blank_separated : bool
        Whether blanks stood where tabs do now.
    has_separator_line : bool
        Whether a first line named the separator, as Excel writes it; it is not in ``data``.
    """

    data: bytes
    dialect: Dialect
    below: list[str]
    is_blank_separated: bool
    has_separator_line: bool
    notes: list[str]


def _taken_apart(content: bytes, what: str) -> _Text:
    """Decode a file and find what separates its cells."""
    data, notes = decode(content, what)
    known = re.match(rb'"?sep=([,;|\t])"?\r?\n', data, flags=re.IGNORECASE)  # Excel's way to name the separator
    if known:
        data = data[known.end() :]
    if not re.search(rb"[^ \r\n]\r?\n\Z", data[-3:]):
        data = data.rstrip(b" \r\n") + b"\n"
    data = _doubled(data)
    tabbed = None if known else with_tabs(data)
    data = data if tabbed is None else tabbed
    dialect = detect(data, what, (known[1].decode(),) if known else SEPARATORS if tabbed is None else "\t")
    data, below = without_lines_below(data, dialect)
    open_line = open_quote(data, dialect)
    if open_line is not None:
        raise DataError(
            f"A quote in line {open_line + bool(known):,} of {_inside(what)} is never closed.", "Close or remove it."
        )
    return _Text(data, dialect, below, tabbed is not None, bool(known), notes)


@dataclass(frozen=True, slots=True)
class _Header:
    """The names of the columns.

    Parameters
    ----------
    raw, names : list of str
        As the file has them, and each its own.
    titles : list of lists of str
        Lines above that are no part of the names.
    width_notes, notes, name_notes : list of str
        On rows of one cell more; on what the first lines are; on names that were changed.
    """

    raw: list[str]
    names: list[str]
    first: FirstLine
    lines: HeaderLines
    titles: list[list[str]]
    width_notes: list[str]
    notes: list[str]
    name_notes: list[str]


def _read_header(dialect: Dialect, header: bool | None) -> _Header:
    """Find out whether the first line holds names, and how many lines do; ``header`` settles it."""
    cells, extra = [cell.strip() for cell in dialect.header], dialect.extra
    first = FirstLine(True) if extra else first_line(cells, dialect.sample, header)
    raw, width_notes = list(dialect.header) if first.names else [""] * len(cells), []
    if extra:
        raw = ["row", *raw] if extra == "row names" else [*raw, ""]
        place = "the first is called “row”" if extra == "row names" else "a blank at the end"
        width_notes = [f"The rows have one cell more than the header: {place}."]
    lines, used = HeaderLines(raw), 0
    if first.names and header is None and not extra:
        lines, used = all_header_lines(raw, dialect.sample, dialect.above)
    names, name_notes = unique_names(lines.names)
    notes = list(filter(None, [header_note(cells, first, header), lines.note]))
    # columns without names are numbered, which the note on the header says
    titles = dialect.above[: len(dialect.above) - used]
    return _Header(lines.names, names, first, lines, titles, width_notes, notes, name_notes if first.names else [])


def _separator_notes(text: _Text, decimal_comma: Sequence[str]) -> list[str]:
    """What separates the columns, where it is no comma, and what commas and single quotes mean."""
    dialect, notes = text.dialect, []
    if dialect.separator == "," and decimal_comma:
        notes.append(f"Commas in quotes mark the decimals in {listed(decimal_comma)}.")
    elif dialect.separator != ",":
        commas = " and commas mark the decimals" if decimal_comma else ""
        separators = "blanks" if text.is_blank_separated else SEPARATORS[dialect.separator]
        notes.append(f"{separators.capitalize()} separate the columns{commas}.")
    if dialect.quote == "'":
        notes.append("Single quotes enclose text.")
    return notes


def _left_out_notes(text: _Text, above: list[list[str]]) -> list[str]:
    """Which lines above the header and below the rows are no part of the table."""
    separator, notes = text.dialect.separator, []
    between = " " if separator == "\t" else separator
    titles = (between.join(row).strip().strip(between).strip() for row in above)
    if title := [words[:60] for words in titles if words]:
        notes.append(f"Left out above the header: {listed(title, 2)}.")
    if text.below:
        notes.append(f"Left out below the rows: {listed([words[:60] for words in text.below], 2)}.")
    return notes


def _width(text: _Text) -> int:
    """How many columns there are; of a header longer than the sample, by its separators."""
    known, line = len(text.dialect.header), text.data.partition(b"\n")[0]
    return known if len(line) < LONGEST_HEADER else max(known, line.count(text.dialect.separator.encode()) + 1)


def _doubled(data: bytes) -> bytes:
    r"""The text with quotes within quotes doubled where it has \" for them, as R's ``write.table`` does.

    A backslash may also end a cell; then a separator follows the quote, or the line ends.
    """
    there = b'\\"' in data and re.search(rb'\\"[^,;\t|\r\n"]', data)
    return data.replace(b'\\"', b'""') if there else data


def _parse(data: bytes, dialect: Dialect, names: list[str], above: int, what: str, skipped: int) -> dict[str, Text]:
    """All cells as text, a column each; ``above`` lines are no data, ``skipped`` ones were taken off before the text."""
    start = header_end(data, dialect, above)
    if re.compile(rb"\S").search(data, start) is None:
        raise no_rows_error(what)
    if data.find(b"\n", start, len(data) - 1) < 0:
        data = data.replace(b"\r", b"\n")
    keys = [str(k) for k in range(len(names))]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(memoryview(data)[start:]),
            pa_csv.ReadOptions(column_names=keys, block_size=BLOCK, use_threads=len(data) > SMALL),
            pa_csv.ParseOptions(
                delimiter=dialect.separator,
                quote_char=dialect.quote,
                newlines_in_values=data.find(dialect.quote.encode(), start) >= 0,
            ),
            pa_csv.ConvertOptions(column_types=dict.fromkeys(keys, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid as error:
        uneven = first_uneven_line(data, dialect, len(names))
        if uneven is None:
            raise DataError(f"{what} cannot be read as CSV: {str(error)[:200]}.", SAVE_AS_CSV) from None
        line, width = uneven
        raise DataError(
            f"Line {line + skipped:,} of {_inside(what)} has {count(width, 'cell')}, not {len(names):,} as expected.",
            "Mend that line (a text that holds the separator must stand in quotes), or save the table as CSV anew.",
        ) from None
    check(len(table), len(names), what)
    return dict(zip(names, table.columns, strict=True))


def _inside(what: str) -> str:
    return "the file" if what == "The file" else what
