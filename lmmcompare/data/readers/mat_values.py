"""The values of MATLAB's files of version 5 to 7 ("MAT-File Format", The MathWorks, 2022, chapter 1), parsed as data.

Written here because SciPy's reader, in Cython, dies of damaged files. Functions and objects of classes are walked over.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import Array
from .result import Limits, Unreadable

HEADER = 128
TYPES = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
    16: "u1",
    17: "u2",
    18: "u4",
}
"""How the numbers of an element are stored; from 16 on they are letters in UTF-8, UTF-16, UTF-32."""
MATRIX, COMPRESSED = 14, 15
CELL, STRUCTURE, CHARACTERS, FIRST_NUMERIC, LAST_NUMERIC = 1, 2, 4, 6, 15
INTEGERS = {8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}
"""Classes of whole numbers, which may be stored in fewer bytes than they have."""
DEEPEST = 50


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A variable.

    Attributes
    ----------
    kind : str
        "numbers", "text", "cells", "structure", or "other" (functions, objects, sparse and complex numbers).
    data : array, list of str, list of Value, or mapping of str to list of Value
        Numbers in MATLAB's order, column after column; a text for each row; of a structure each field's values.
    """

    kind: str
    shape: tuple[int, ...] = ()
    data: Any = None


def parse(content: bytes, limits: Limits) -> dict[str, Value]:
    """Name to value of each variable.

    Raises
    ------
    Unreadable
        Where more would be unpacked than may be. Other damage raises whatever Python says of it.
    """
    order = {b"IM": "<", b"MI": ">"}[content[126:128]]
    result, left = {}, limits.unpacked
    for kind, element in _elements(content, HEADER, order):
        if kind == COMPRESSED:
            unpacked = zlib.decompressobj().decompress(element, left + 1)
            left -= len(unpacked)
            if left < 0:
                raise Unreadable(
                    f"{{file}} holds more than {limits.unpacked / 1e6:,.0f} MB once it is unpacked; that is the most that is read.",
                    'In MATLAB, with T for the table: writetable(T, "T.csv")',
                )
            kind, element = next(_elements(unpacked, 0, order))
        if kind == MATRIX and element:
            name, value = _matrix(element, order)
            result[name] = value
    return result


def _elements(data: bytes, at: int, order: str) -> Iterator[tuple[int, bytes]]:
    """The elements of a file, or of an element: their types and bytes; they begin at multiples of 8."""
    while at + 8 <= len(data):
        kind, size = (int(number) for number in np.frombuffer(data, f"{order}u4", 2, at))
        if kind >> 16:  # a small one: its size and its type share four bytes, its data are the next four
            size, kind, start = kind >> 16, kind & 0xFFFF, at + 4
            after = at + 8
        else:
            start, after = at + 8, at + 8 + size + (-size % 8 if kind != COMPRESSED else 0)
        if start + size > len(data) or (after == at + 8 and size > 4):
            raise ValueError("it ends too early")
        yield kind, data[start : start + size]
        at = after


def _matrix(element: bytes, order: str, depth: int = 0) -> tuple[str, Value]:
    """A variable, a cell or a field: flags, sizes, name, and then what its class has."""
    if depth > DEEPEST:
        raise Unreadable("{file} is nested too deeply.", 'In MATLAB, with T for the table: writetable(T, "T.csv")')
    parts = _elements(element, 0, order)
    kind, flags = next(parts)
    about = int(_numbers(kind, flags, order)[0])
    of_class, logical, is_complex = about & 255, bool(about & 0x200), bool(about & 0x800)
    if of_class > LAST_NUMERIC:  # functions, and objects whose sizes are told in another way
        return _opaque_name(parts), Value("other")
    shape = tuple(_numbers(*next(parts), order).tolist())
    name = next(parts)[1].decode("latin-1")
    n = int(np.prod(shape, dtype=float))
    if len(shape) < 2 or min(shape) < 0 or n > 8 * len(element) + 64:
        raise ValueError("a variable with more values than bytes")
    if of_class == CELL:
        return name, Value(
            "cells", shape, [_inner(part, order, depth) for _, part in zip(range(n), parts, strict=False)]
        )
    if of_class == STRUCTURE:
        width = int(_numbers(*next(parts), order)[0])
        names = next(parts)[1]
        fields = [names[k : k + width].split(b"\0")[0].decode("latin-1") for k in range(0, len(names), width)]
        inner = [_inner(part, order, depth) for part in parts]
        return name, Value("structure", shape, {field: inner[k :: len(fields)] for k, field in enumerate(fields)})
    if of_class == CHARACTERS:
        return name, Value("text", shape, _texts(*next(parts), order, shape))
    if not of_class >= FIRST_NUMERIC or is_complex:
        return name, Value("other", shape)
    values = _numbers(*next(parts), order) if n else np.zeros(0)
    if len(values) != n:
        raise ValueError("a variable with another number of values than its size")
    return name, Value("numbers", shape, values != 0 if logical else values.astype(INTEGERS.get(of_class, "f8")))


def _inner(part: tuple[int, bytes], order: str, depth: int) -> Value:
    kind, element = part
    return (
        _matrix(element, order, depth + 1)[1] if kind == MATRIX and element else Value("numbers", (0, 0), np.zeros(0))
    )


def _numbers(kind: int, data: bytes, order: str) -> Array:
    return np.frombuffer(data, order + TYPES[kind])


def _texts(kind: int, data: bytes, order: str, shape: tuple[int, ...]) -> list[str]:
    """The rows of an array of letters, which are stored column after column; an empty text is of no rows, or of no letters."""
    if not data:
        return [""] * shape[0]
    if kind == 16 and len(data) != np.prod(shape):  # UTF-8 of more bytes than letters
        text = data.decode()
        letters = np.array(list(text), dtype="U1")
    else:
        letters = _numbers(kind, data, order).astype("u4").view("U1")
    rows = letters.reshape(shape[::-1]).T.reshape(shape[0], -1)
    return ["".join(row).rstrip() for row in rows]


def _opaque_name(parts: Iterator[tuple[int, bytes]]) -> str:
    kind, name = next(parts, (0, b""))
    return name.decode("latin-1")[:60] if kind == 1 else "object"
