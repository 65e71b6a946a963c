"""Tables packed by gzip, bzip2, xz, zstd or zip; never more is unpacked than may be read, and nothing is written anywhere."""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from .file_types import KINDS, kind_by_name, kind_of
from .result import Limits, Unreadable, listed

STREAMS = ("gzip", "bz2", "xz", "zst")
"""Kinds that hold one file, and not its name."""
CHUNK = 1 << 24
XZ_MEMORY = 200_000_000
"""Bytes that xz may take for its dictionary; xz -9 takes a third."""
MOST_MEMBERS = 100
"""Tables of an archive that are offered."""


@dataclass(frozen=True, slots=True)
class Member:
    """One table of a zip archive: its bytes, its name and place, those of all tables, and the catalogue of a SAS file beside it."""

    content: bytes
    name: str
    place: str
    others: tuple[str, ...] = ()
    catalogue: bytes | None = None


def archived(files: Mapping[str, bytes]) -> bytes:
    """Files as one zip archive, not compressed."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


def bundle(content: bytes) -> str | None:
    """The program's kind of file that a zip archive is: a workbook, or a file of jamovi or JASP; None for other archives."""
    names = {info.filename for info in _open(content).infolist()}
    if "[Content_Types].xml" in names:
        if any(name.startswith(("word/", "ppt/")) for name in names):
            raise Unreadable(
                "{file} is a document of Word or PowerPoint.", "Copy its table into a spreadsheet, and save that."
            )
        return "excel"
    if {"metadata.json", "data.bin"} <= names:
        return "omv"
    if "manifest.json" in names and names & {"internal.sqlite", "analyses.json"}:
        return "jasp"
    return "ods" if "mimetype" in names else None


def unzip(content: bytes, limits: Limits, wanted: str | None) -> Member:
    """A table of a zip archive: the one file, or of several the one that is wanted, else the first that is a table by its name."""
    archive = _open(content)
    files = [
        info
        for info in archive.infolist()
        if info.filename
        and not info.is_dir()
        and not info.filename.startswith("__MACOSX/")
        and "/." not in f"/{info.filename}"
    ]
    filled = (info for info in files if info.file_size)
    tables = [info for info in filled if kind_by_name(info.filename) not in (None, "zip", *STREAMS, "sas7bcat")]
    catalogues = [info for info in files if kind_by_name(info.filename) == "sas7bcat"]
    if len(files) == 1:
        tables = files
    if any(info.filename.endswith(".iwa") for info in files):
        raise Unreadable("{file} is of Apple's Numbers or Pages.", "In Numbers: File, Export To, Excel or CSV.")
    if not tables:
        display = f": {listed((info.filename for info in files), 4)}" if files else ""
        raise Unreadable(
            f"{{file}} holds {len(files):,} files{display}, and no table by their names.",
            "Unpack it and load the table in it.",
        )
    several = tuple(info.filename for info in tables[:MOST_MEMBERS]) if len(tables) > 1 else ()
    if several and wanted is not None and wanted not in several:
        raise Unreadable(f"{{file}} has no table “{wanted[:40]}”.", f"It has {listed(several, 10)}.")
    info = next((info for info in tables if several and info.filename == wanted), tables[0])
    return Member(
        _member(archive, info, limits),
        _stem(info)[1],
        info.filename,
        several,
        _catalogue(archive, info, catalogues, limits),
    )


def _catalogue(
    archive: zipfile.ZipFile, table: zipfile.ZipInfo, catalogues: list[zipfile.ZipInfo], limits: Limits
) -> bytes | None:
    """The formats of a SAS file: the catalogue of its name, or the only one."""
    if kind_by_name(table.filename) != "sas7bdat" or not catalogues:
        return None
    same = [info for info in catalogues if _stem(info)[0].lower() == _stem(table)[0].lower()]
    return _member(archive, (same or catalogues)[0], limits) if same or len(catalogues) == 1 else None


def _stem(info: zipfile.ZipInfo) -> tuple[str, str]:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    return path.stem, path.name


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> bytes:
    if info.flag_bits & 1:
        raise Unreadable("{file} is protected by a password.", "Unpack it and load the table in it.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("{file} is packed in an unusual way.", "Unpack it and load the table in it.")
    try:
        with archive.open(info) as stream:
            inner = stream.read(limits.size + 1)
    except Exception as error:
        raise _damaged(error) from None
    if len(inner) > limits.size:
        raise _too_large(limits.size)
    return inner


def parts(content: bytes, limits: Limits, names: tuple[str, ...]) -> dict[str, bytes]:
    """Those of the parts of a program's zip archive that it has, by name, unless they are too large once unpacked."""
    archive = _open(content)
    left, result = limits.unpacked, {}
    for name in names:
        if name not in archive.namelist():
            continue
        info = archive.getinfo(name)
        try:
            with archive.open(info) as stream:
                result[name] = stream.read(left + 1)
        except Exception as error:
            raise _damaged(error) from None
        left -= len(result[name])
        if left < 0:
            raise _too_large(limits.unpacked)
    return result


def unpack(content: bytes, kind: str, limits: Limits, name: str) -> tuple[bytes, str]:
    """What a packed file holds, and the name of that; R's data, whose numbers take eight bytes each, may be larger than text.

    Parameters
    ----------
    kind : str
        One of ``STREAMS``.
    """
    pieces, size, most = [], 0, 0
    try:
        for piece in _zstd(content) if kind == "zst" else _chunks(content, kind):
            most = most or (limits.unpacked if kind_of(piece) == "rds" else limits.size)
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise _too_large(most)
    except (zlib.error, lzma.LZMAError, OSError, ValueError) as error:
        raise _damaged(error) from None
    end = "." + KINDS[kind].extensions[0]
    return b"".join(pieces), name[: -len(end)] if name.lower().endswith(end) else name


def _chunks(content: bytes, kind: str) -> Iterator[bytes]:
    start = {"gzip": b"\x1f\x8b", "bz2": b"BZh", "xz": b"\xfd7zXZ\0"}[kind]
    while content.startswith(start):  # a file may be several, one after the other
        one: Any = (
            zlib.decompressobj(wbits=31)
            if kind == "gzip"
            else bz2.BZ2Decompressor()
            if kind == "bz2"
            else lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY)
        )
        while not one.eof:
            piece = one.decompress(content, CHUNK)
            content = one.unconsumed_tail if kind == "gzip" else b""
            if piece:
                yield piece
            elif not one.eof:
                raise Unreadable("{file} is cut off: its end is missing.", "Download or pack it anew.")
        content = one.unused_data


def _zstd(content: bytes) -> Iterator[bytes]:
    import pyarrow as pa

    with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
        while piece := stream.read(CHUNK):
            yield piece


def _open(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except Exception as error:  # zipfile raises many kinds on damaged archives
        raise _damaged(error) from None


def _too_large(most: int) -> Unreadable:
    return Unreadable(
        f"{{file}} holds more than {most / 1e6:,.0f} MB once it is unpacked; that is the most that is read.",
        "Leave out columns or rows that the comparison does not need.",
    )


def _damaged(error: Exception) -> Unreadable:
    return Unreadable(
        f"{{file}} is damaged and cannot be unpacked: {str(error)[:200].rstrip('.')}.", "Save or pack it anew."
    )
