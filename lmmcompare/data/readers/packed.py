"""One table packed by gzip or zip; never more is unpacked than may be read, and nothing is written anywhere."""

from __future__ import annotations

import io
import zipfile
import zlib

from .outcome import Limits, Unreadable, listed


def office(content: bytes) -> str | None:
    """The kind of workbook that a zip archive is: "excel" or "ods"; None for other archives."""
    names = {info.filename for info in _open(content).infolist()}
    return "excel" if "[Content_Types].xml" in names else "ods" if "mimetype" in names else None


def unzip(content: bytes, limits: Limits) -> tuple[bytes, str]:
    """The one file of a zip archive and its name."""
    files = [
        info
        for info in _open(content).infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/") and "/." not in f"/{info.filename}"
    ]
    if len(files) != 1:
        display = f": {listed((info.filename for info in files), 4)}" if files else ""
        raise Unreadable(
            f"{{file}} holds {len(files):,} files{display}.", "Make an archive of one table, or unpack it."
        )
    (info,) = files
    if info.flag_bits & 1:
        raise Unreadable("{file} is protected by a password.", "Unpack it and load the table in it.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("{file} is packed in an unusual way.", "Unpack it and load the table in it.")
    try:
        with _open(content).open(info) as stream:
            inner = stream.read(limits.size + 1)
    except Exception as error:
        raise _damaged(error) from None
    return _bounded(inner, limits), info.filename.replace("\\", "/").rpartition("/")[2]


def gunzip(content: bytes, limits: Limits, name: str) -> tuple[bytes, str]:
    """What a gzip file holds, and the name of that."""
    pieces, left = [], limits.size + 1
    try:
        while content.startswith(b"\x1f\x8b") and left > 0:  # a file may be several, one after the other
            one = zlib.decompressobj(wbits=31)
            pieces.append(one.decompress(content, left))
            left -= len(pieces[-1])
            if not one.eof and left > 0:
                raise Unreadable("{file} is cut off: its end is missing.", "Download or pack it anew.")
            content = one.unused_data
    except zlib.error as error:
        raise _damaged(error) from None
    return _bounded(b"".join(pieces), limits), name[:-3] if name.lower().endswith(".gz") else name


def _open(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except Exception as error:  # zipfile raises many kinds on damaged archives
        raise _damaged(error) from None


def _bounded(inner: bytes, limits: Limits) -> bytes:
    if len(inner) > limits.size:
        raise Unreadable(
            f"{{file}} holds more than {limits.size / 1e6:,.0f} MB once it is unpacked; that is the most that is read.",
            "Leave out columns or rows that the comparison does not need.",
        )
    return inner


def _damaged(error: Exception) -> Unreadable:
    return Unreadable(f"{{file}} is damaged and cannot be unpacked: {str(error)[:200].rstrip('.')}.", "Pack it anew.")
