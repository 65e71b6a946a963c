"""What kind of file this is: its encoding, separator and quotes, found out from its bytes."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..errors import DataError
from .legacy_encodings import legacy_encoding
from .readers.header_lines import header_row, title_lines
from .unsupported_formats import SAVE_AS_CSV, refuse

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
SAMPLE_BYTES = 200_000
SAMPLE_LINES = 200
FIRST_LINES = 10
"""Lines that a sample has whole, though they are longer: those below the names may hold the text of each question of a survey."""
LONGEST_HEADER = 2_000_000
SURE = 0.9
"""Share of the lines that must have as many cells as the header, or one more, where something else is odd."""
PIECE = 1 << 24

FROM_A_PAGE = "Download the data file itself. If it is a table that opens in Excel or LibreOffice, save it from there as .xlsx or .ods."
_HTML = ("<!doctype", "<html", "<?xml", "<head", "<body", "<table")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the lines of a file split into cells.

    Attributes
    ----------
    separator, quote : str
        One character each.
    header : tuple of str
        The cells of the first line, as they stand.
    extra : str
        "" or, when the rows have one cell more than the header: "row names" in front, or a "blank" one at the end.
    sample : list of lists of str
        The first lines below the header, cut into cells.
    above : list of lists of str
        Lines above the header, such as a title.
    """

    separator: str
    quote: str
    header: tuple[str, ...]
    extra: str = ""
    sample: list[list[str]] = field(default_factory=list, repr=False, compare=False)
    above: list[list[str]] = field(default_factory=list, repr=False, compare=False)


def decode(content: bytes, what: str) -> tuple[bytes, list[str]]:
    """The text of a file as UTF-8, and a note on its encoding, if that was another.

    Raises
    ------
    DataError
        When the file is empty, of another format, or not text.
    """
    if not content.strip():
        raise DataError(f"{what} is empty.", "Choose a CSV file with a header line and at least one row.")
    refuse(content, what)
    notes: list[str] = []
    content = content.rstrip(b"\x1a")  # how CP/M and DOS end a text
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            data = content.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise DataError(f"{what} begins like UTF-16, but is not.", SAVE_AS_CSV) from None
        notes.append("The file is encoded as UTF-16.")
    else:
        data = content.removeprefix(codecs.BOM_UTF8).rstrip(b"\0")
    if b"\0" in data:
        raise DataError(f"{what} is not text: it holds NUL bytes.", SAVE_AS_CSV)
    if not _is_utf8(data):
        codec, words = legacy_encoding(content)
        try:
            data = content.decode(codec).encode()
        except UnicodeDecodeError:
            raise DataError(f"{what} is not text in UTF-8, UTF-16 or Windows-1252.", SAVE_AS_CSV) from None
        letters = "accented letters" if codec == "cp1252" else "the letters"
        notes.append(
            f"The file is not UTF-8; it was read as {words}: check {letters}; if they are wrong, save it as UTF-8."
        )
    start = data[:2000].decode("utf-8", "ignore").lstrip()[:500].lower()
    if not start:
        data = data.decode().lstrip().encode()
        start = data[:500].decode("utf-8", "ignore").lower()
    if not start:
        raise DataError(f"{what} is empty.", "Choose a CSV file with a header line and at least one row.")
    if start.startswith(_HTML):
        raise DataError(f"{what} is a web page (HTML or XML), not a table.", FROM_A_PAGE)
    if start.startswith(("{", "[{", "[[")):
        raise DataError(f"{what} is JSON, not a CSV file.", SAVE_AS_CSV)
    return data, notes


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8, looked at in pieces, so that no second copy of a large file is held."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), PIECE):
            decoder.decode(data[start : start + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def detect(data: bytes, what: str, separators: Iterable[str] = SEPARATORS) -> Dialect:
    """Find the separator (one of those given) and the quotes from the first lines.

    A separator qualifies when the header has it; the one that cuts most lines into as many cells as the header wins.
    """
    sample = _sample(data)
    text, whole = sample.decode("utf-8", "ignore"), len(sample) == len(data)
    best: tuple[tuple[float, int], Dialect] | None = None
    for separator in separators:
        if separator not in text:
            continue
        quote = "'" if _single_quotes(text, separator) else '"'
        rows = _rows(sample, separator, quote, whole)
        top = header_row(rows) if rows else 0
        top += title_lines(rows[top:]) if rows else 0
        header, below = (rows[top], rows[top + 1 :]) if rows else ([], [])
        if len(header) < 2:
            continue
        widths = Counter(map(len, below)) or Counter([len(header)])
        usual, times = widths.most_common(1)[0]
        agreement = times / widths.total() if usual in (len(header), len(header) + 1) else 0.0
        if top and agreement < SURE:
            continue  # lines of text, of which some have a comma
        extra = ""
        if usual == len(header) + 1 and agreement > SURE:
            last_is_blank = all(row[-1].strip() == "" for row in below if len(row) == usual)
            extra = "blank" if last_is_blank else "row names"
        score = (round(agreement - 0.1 * bool(extra) - 0.2 * bool(top), 3), len(header))
        if best is None or score > best[0]:
            best = score, Dialect(separator, quote, tuple(header), extra, below, rows[:top])
    if best is None:
        tried = ", ".join([*SEPARATORS.values(), "blanks"])
        raise DataError(
            f"{what} has one column only: no separator was found in its first line (tried {tried}).",
            "Save the table with one of them between the columns; a comparison needs an outcome and a group.",
        )
    return best[1]


def _sample(data: bytes) -> bytes:
    """The beginning of a text, with the whole of its first lines."""
    end = 0
    for _ in range(FIRST_LINES):
        end = data.find(b"\n", end) + 1 or len(data)
    return data[: max(SAMPLE_BYTES, min(end, LONGEST_HEADER))]


def _rows(sample: bytes, separator: str, quote: str, whole: bool) -> list[list[str]]:
    """The first lines cut into cells, without blank lines and without a line that the sample cuts off."""
    lines = io.TextIOWrapper(io.BytesIO(sample), "utf-8", "ignore", newline="")  # as far as they are read
    reader = csv.reader(lines, delimiter=separator, quotechar=quote)
    rows: list[list[str]] = []
    complete = True
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) >= SAMPLE_LINES:
                break
        else:
            complete = whole
    except csv.Error:  # a cell beyond csv's limit: judge by the lines before it
        return rows
    return rows if complete or len(rows) < 2 else rows[:-1]


def header_end(data: bytes, dialect: Dialect, lines: int) -> int:
    """Where the bytes of the first so many lines end, blank ones not counted."""
    if not lines:
        return 0
    stream = _lines(data[:LONGEST_HEADER])
    for row in csv.reader(stream, delimiter=dialect.separator, quotechar=dialect.quote):
        lines -= bool(row)
        if not lines:
            break
    end = stream.tell()
    stream.seek(0)
    return len(stream.read(end).encode())


def first_uneven_line(data: bytes, dialect: Dialect, width: int) -> tuple[int, int] | None:
    """The line number (from 1) and the number of cells of the first row that is not ``width`` cells wide."""
    reader = csv.reader(_lines(data), delimiter=dialect.separator, quotechar=dialect.quote)
    start, passed = 1, len(dialect.above) + bool(dialect.extra)
    try:
        for row in reader:
            if row and len(row) != width and passed <= 0:
                return start, len(row)
            start = reader.line_num + 1
            passed -= bool(row)
    except csv.Error:
        return start, 0
    return None


def open_quote(data: bytes, dialect: Dialect) -> int | None:
    """The line (from 1) of a quote that is never closed, so that it would swallow the rest of the file."""
    quote = dialect.quote.encode()
    if quote not in data or data.count(quote) % 2 == 0:  # counting takes ten times as long as finding none
        return None
    reader = csv.reader(_lines(data), delimiter=dialect.separator, quotechar=dialect.quote, strict=True)
    start = 1
    try:
        for _ in reader:
            start = reader.line_num + 1
    except csv.Error as error:
        return start if re.search("end of data|field larger", str(error)) else None
    return None


def _lines(data: bytes) -> io.StringIO:
    return io.StringIO(data.decode("utf-8", "ignore"), newline="")


def _single_quotes(sample: str, separator: str) -> bool:
    """Whether single quotes enclose cells: as many open as close one, and there are no double quotes."""
    if '"' in sample or "'" not in sample:
        return False
    opened = sum(sample.count(before + "'") for before in (separator, "\n", "\r")) + sample.startswith("'")
    closed = sum(sample.count("'" + after) for after in (separator, "\n", "\r")) + sample.endswith("'")
    return opened >= 2 and opened == closed
