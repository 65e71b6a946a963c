"""The child process: one file in through standard input, a table or a sentence out through standard output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from inspect import signature
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from . import compression
from .file_types import KINDS, kind_by_name, kind_of
from .result import Limits, Outcome, Unreadable

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]  # None says that there is none

TOO_MUCH = Unreadable(
    "{file} needs more memory than is allowed.", "Leave out columns or rows, or save the table as CSV (UTF-8)."
)

BUFFER = 1 << 20
"""Bytes of an answer that are sent at once."""
SAMPLES = Path(__file__).with_name("samples")
"""Small files of the usual formats, made by ``scripts/samples``."""


class WithoutPandas:
    """Lets nothing load pandas: pyarrow would, to ask whether values are a series, and no reader needs it.

    It takes as much time as all other libraries together, and 35 MB.
    """

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Refuse that one; of all others know nothing."""
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not loaded here", name=name)


def main(ready: str = "") -> None:
    """Answer one request: a line of JSON and the file's bytes; the answer is a line of JSON and bytes.

    The answer's bytes are an Arrow stream, or the text itself when an archive turns out to hold plain text.

    Parameters
    ----------
    ready : str
        Not empty where there is no file yet: all libraries are loaded before it comes. It may never come.
    """
    source, answer = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", buffering=BUFFER)
    os.dup2(2, 1)  # whatever a library prints goes nowhere
    sys.meta_path.insert(0, WithoutPandas())
    if ready:
        load_readers()
    head = source.readline()
    if not head:
        return
    request = json.loads(head)
    _bound(request["memory"], request["size"], request["seconds"])
    payload: bytes | Outcome = b""
    try:
        reply, payload = _respond(source.read(request["size"]), request)
    except (Unreadable, MemoryError) as error:
        known = error if isinstance(error, Unreadable) else TOO_MUCH
        reply = {"problem": known.problem, "remedy": known.remedy}
    if isinstance(payload, Outcome):
        _send(payload, reply, answer)
    else:
        answer.write(_line({**reply, "size": len(payload)}) + payload)
    answer.flush()
    source.read()  # until it is ended: to end by itself takes time of the processor, which others can use


def _respond(content: bytes, request: dict[str, Any]) -> tuple[dict[str, Any], bytes | Outcome]:
    limits = Limits(**request["limits"])
    kind, name, sheet, packing = kind_of(content), request["name"], request["sheet"], ""
    member = None
    if kind in compression.STREAMS:
        packing, (content, name) = kind, compression.unpack(content, kind, limits, name)
        kind = kind_of(content)
        packing = "" if kind == "rds" else packing  # R packs its files itself
    if kind == "zip" and not packing and compression.bundle(content) is None:
        packing, member = kind, compression.unzip(content, limits, sheet)
        content, name = member.content, member.name
        kind = kind_of(content)
        sheet = None if member.others else sheet
        if kind in compression.STREAMS and kind_by_name(name) == "rds":
            content, _ = compression.unpack(content, kind, limits, name)
            kind = kind_of(content)
    if packing:
        _bound(request["memory"], len(content))
    if kind == "zip":
        kind = compression.bundle(content) or kind
    if kind == "zip" or kind in compression.STREAMS:
        raise Unreadable("{file} is an archive inside an archive.", "Unpack it and load the table in it.")
    reply = {"kind": kind, "name": name, "packing": packing}
    reply |= {"sheets": member.others, "sheet": member.place} if member else {"sheets": (), "sheet": ""}
    if kind == "text":
        return reply, content
    outcome = read(content, kind, limits, sheet, request["header"], member.catalogue if member else None)
    if not reply["sheets"]:
        reply |= {"sheets": outcome.sheets, "sheet": outcome.sheet}
    kept = ("as_typed", "notes", "labels", "missing_codes", "first_line", "further_lines", "sure", "formula")
    about = {key: getattr(outcome, key) for key in kept}
    return {**reply, **about, "names": outcome.names}, outcome


def read(
    content: bytes,
    kind: str,
    limits: Limits,
    sheet: str | None = None,
    header: bool | None = None,
    catalogue: bytes | None = None,
) -> Outcome:
    """Read a file of any kind but text; each reader's library is loaded when it is needed.

    Raises
    ------
    Unreadable
        With what is known, whatever a library says or fails to say of a damaged file.
    MemoryError
    """
    given = {"kind": kind, "sheet": sheet, "header": header, "catalogue": catalogue}
    try:
        reader = reader_of(kind)
        taken = signature(reader).parameters
        return reader(content, limits, **{name: value for name, value in given.items() if name in taken})
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        reason = "" if isinstance(error, LookupError) else str(error)  # of these Python says the key alone
        words = " ".join(reason.split())[:200].rstrip(".")
        raise Unreadable(
            f"{{file}} looks like {KINDS[kind].words}, but it is damaged{': ' * bool(words)}{words}."
        ) from error


def load_readers() -> None:
    """Load all readers and have them read a small file each: the first use of a library takes longer than all others."""
    for kind in KINDS:
        if KINDS[kind].reader:
            reader_of(kind)
    limits = dict.fromkeys(Limits.__dataclass_fields__, 100_000)
    for path in sorted(SAMPLES.iterdir()):
        reply, outcome = _respond(
            path.read_bytes(), {"name": path.name, "sheet": None, "header": None, "limits": limits}
        )
        assert isinstance(outcome, Outcome)
        _send(outcome, reply, BytesIO())


def reader_of(kind: str) -> Callable[..., Outcome]:
    """The function that reads files of a kind, from its module."""
    module, _, function = KINDS[kind].reader.partition(".")
    reader: Callable[..., Outcome] = getattr(import_module(f".{module}", __package__), function)
    return reader


def _send(outcome: Outcome, reply: dict[str, Any], answer: BinaryIO) -> None:
    """Send the columns as an Arrow stream of one batch, called by their numbers since names may be twice the same."""
    import pyarrow as pa

    whole = [column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column for column in outcome.columns]
    batch = pa.record_batch(whole, names=[str(k) for k in range(len(whole))])

    def write(sink: Any) -> None:
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)

    size = pa.MockOutputStream()  # counts and keeps nothing
    write(size)
    answer.write(_line({**reply, "size": size.size()}))
    write(answer)


def _line(reply: dict[str, Any]) -> bytes:
    return json.dumps(reply).encode() + b"\n"


def _bound(memory: list[int], size: int, seconds: float | None = None) -> None:
    """Allow address space (so much, and so much a byte of the file), time of the processor, no file, no core dump; where the system can."""
    with suppress(AttributeError, ValueError, OSError):  # the first where there is no such module
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        if seconds is not None:
            whole = max(round(seconds), 1)
            resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
        resource.setrlimit(resource.RLIMIT_AS, (memory[0] + memory[1] * size, resource.RLIM_INFINITY))
