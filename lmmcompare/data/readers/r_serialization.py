"""R's serialized objects (.rds, .RData) as plain values. Nothing in them is evaluated.

The format is that of R's ``src/main/serialize.c``, described in "R Internals", section 1.8, in versions 2 and 3, binary in
either byte order or ASCII. Functions, calls, environments, pointers and compiled code are walked over, as their lengths must
be known, and become words for what they are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from .r_streams import Ascii, Binary
from .r_values import MISSING, Texts, Value, as_text
from .result import Unreadable

DEEPEST = 1_000
"""Objects within objects; R's own are a few dozen."""
WAY_OUT = 'In R: write.csv(d, "d.csv", row.names = FALSE)'
"""With d for the data frame."""
SPARE = 50_000_000
"""Numbers that are not in the file, of all runs together: a run of any length takes but a few bytes."""

SYMBOL, PAIRS, CLOSURE, ENVIRONMENT, PROMISE, CALL = 1, 2, 3, 4, 5, 6
SPECIAL, BUILTIN, CHARS, LOGICAL, INTEGER, REAL, COMPLEX, TEXT, DOTS = 7, 8, 9, 10, 13, 14, 15, 16, 17
LIST, EXPRESSION, CODE, POINTER, WEAK, RAW, S4 = 19, 20, 21, 22, 23, 24, 25
ALTERNATIVE, ATTRIBUTED_PAIRS, ATTRIBUTED_CALL, SHARED_AGAIN, SHARED, AGAIN = 238, 239, 240, 243, 244, 255
NAMED_ELSEWHERE = (247, 248, 249)
"""Persistent names, packages, namespaces."""
LINKED = {PAIRS, CALL, CLOSURE, PROMISE, DOTS, ATTRIBUTED_PAIRS, ATTRIBUTED_CALL}
CONSTANTS = {
    254: "NULL",
    253: "environment",
    252: "unbound",
    251: "symbol",
    250: "environment",
    242: "environment",
    241: "environment",
}
WORDS = {CLOSURE: "function", PROMISE: "promise", CALL: "call", ATTRIBUTED_CALL: "call", DOTS: "call"}
LATIN_1 = 4
"""The bit of a text's flags that tells its encoding."""


def parse(content: bytes) -> Value:
    """The object of an .rds file, or the objects of an .RData file as pairs.

    Raises
    ------
    Unreadable
        Where it is of an unknown version or ends too early. Other damage raises whatever Python says of it.
    """
    saved = re.match(rb"RD([XAB])(\d)\n", content)
    if saved is not None and saved[2] not in b"23":
        raise Unreadable(
            "{file} is an R data file of a version that is not read.",
            'In R: load("name.RData"), then save(d, file = "d.RData", version = 2), with the name of the table for d.',
        )
    start = 5 if saved is not None else 0
    form = content[start : start + 2]
    if form == b"A\n":
        source: Binary | Ascii = Ascii(content[start + 2 :])
    else:
        source = Binary(content, start + 2, "<" if form == b"B\n" else ">")
    version, _, _ = source.integer(), source.integer(), source.integer()
    if version not in (2, 3):
        raise Unreadable(
            "{file} is an R data file of a version that is not read.",
            'In R: saveRDS(readRDS("name.rds"), "new.rds", version = 2)',
        )
    encoding = source.raw(source.integer()).decode("ascii") if version == 3 else ""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10 * DEEPEST))
    return _Parser(source, encoding).item()


class _Parser:
    """Reads one object after the other; those that may be met again are kept in the order in which they came."""

    def __init__(self, source: Binary | Ascii, encoding: str) -> None:
        self.source = source
        known = re.fullmatch(r"(?i)(windows-|cp)?(125[0-8])|iso-?8859-?\d+|koi8-[ru]", encoding)
        self.encoding = f"cp{known[2]}" if known and known[2] else encoding if known else "utf-8"
        self.known: list[Value] = []
        self.depth = 0
        self.spare = SPARE

    def item(self) -> Value:
        """The next object."""
        return self._item(self.source.integer())

    def _item(self, flags: int) -> Value:
        with self._deeper():
            return self._of_kind(flags)

    def _of_kind(self, flags: int) -> Value:
        kind = flags & 255
        if kind in CONSTANTS:
            return Value(CONSTANTS[kind])
        if kind in LINKED:
            return self._linked(flags)
        if kind == AGAIN:
            return self.known[(flags >> 8 or self.source.integer()) - 1]
        if kind == SYMBOL:
            self.source.integer()  # the flags of its name
            return self._keep(Value("symbol", self._text(self.source.raw(self.source.integer()), 0)))
        if kind == ENVIRONMENT:
            value = self._keep(Value("environment"))
            self.source.integer()
            for _ in range(4):
                self.item()
            return value
        if kind in NAMED_ELSEWHERE:
            self.source.integer()
            for _ in range(self._length()):
                self.item()
            return self._keep(Value("environment"))
        if kind in (SPECIAL, BUILTIN):
            self.source.raw(self.source.integer())
            return Value("function")
        if kind == ALTERNATIVE:
            return self._alternative()
        value = self._vector(kind, flags)
        if flags & 512:
            value.attributes = self._attributes()
        return value

    def _vector(self, kind: int, flags: int) -> Value:
        source = self.source
        if kind == CHARS:
            size = source.integer()
            return Value("chars", None if size < 0 else self._text(source.raw(size), flags >> 12))
        if kind in (LOGICAL, INTEGER):
            return Value("logical" if kind == LOGICAL else "integer", source.integers(self._length()))
        if kind == REAL:
            return Value("double", source.reals(self._length()))
        if kind == COMPLEX:
            return Value("complex", source.reals(2 * self._length()).view(np.complex128))
        if kind == TEXT:
            pieces = source.texts(self._length())
            return Value("text", Texts(pieces.codes, [self._text(raw, bits) for raw, bits in pieces.different]))
        if kind in (LIST, EXPRESSION):
            return Value("list" if kind == LIST else "expression", [self.item() for _ in range(self._length())])
        if kind == RAW:
            return Value("raw", source.octets(self._length()))
        if kind == S4:
            return Value("S4")
        if kind == POINTER:
            value = self._keep(Value("pointer"))
            self.item(), self.item()
            return value
        if kind == WEAK:
            return self._keep(Value("pointer"))
        if kind == CODE:
            source.integer()
            self._code()
            return Value("function")
        raise ValueError(f"an object of the unknown kind {kind}")

    def _linked(self, flags: int) -> Value:
        """Pairs, one after the other; calls and functions are stored in the same way."""
        kind, names, data = flags & 255, [], []
        attributes: dict[str, Value] = {}
        while flags & 255 in LINKED:
            if flags & 512:
                of_this = self._attributes()
                attributes = attributes or of_this
            tag = self.item() if flags & 1024 else None
            names.append(tag.data if tag is not None and tag.kind == "symbol" else "")
            data.append(self.item())
            flags = self.source.integer()
        self._item(flags)  # the end, as a rule nothing
        return Value(WORDS.get(kind, "pairs"), data, names, attributes)

    def _attributes(self) -> dict[str, Value]:
        pairs = self.item()
        return dict(pairs.named()) if pairs.kind == "pairs" else {}

    def _alternative(self) -> Value:
        """A vector that R keeps in a form of its own: a run of numbers, numbers that are to become text, one wrapped in another."""
        about, state, attributes = self.item(), self.item(), self.item()
        form = about.data[0].data if about.kind == "pairs" else ""
        value = Value(f"vector of the form {form}")
        if form in ("compact_intseq", "compact_realseq"):
            n, first, step = state.data[:3]
            if not 0 <= n <= 2**31:
                raise ValueError("a run of a negative or unbounded length")
            self.spare -= int(n)
            if self.spare < 0:
                raise MemoryError
            value = Value("integer", (first + step * np.arange(n)).astype(np.int32))
            value = Value("double", first + step * np.arange(n)) if form == "compact_realseq" else value
        elif form == "deferred_string":
            numbers = state.data[0]
            texts, codes = np.unique(as_text(numbers), return_inverse=True)
            missing = numbers.data == MISSING if numbers.kind == "integer" else np.isnan(numbers.data)
            value = Value("text", Texts(np.where(missing, -1, codes), texts.tolist()))
        elif form.startswith("wrap_"):
            value = state.data[0]
        if attributes.kind == "pairs":
            value.attributes = {**value.attributes, **dict(attributes.named())}
        return value

    def _code(self) -> None:
        """Compiled code: instructions, and constants among which calls may refer to each other."""
        self.item()
        for _ in range(self._length()):
            self._constant(self.source.integer())

    def _constant(self, kind: int) -> None:
        if kind == CODE:
            with self._deeper():
                self._code()
        else:
            self._part(kind)

    def _part(self, kind: int) -> None:
        """A part of a call in compiled code, which may be a part that has occurred before."""
        while kind in (CALL, PAIRS, SHARED, ATTRIBUTED_CALL, ATTRIBUTED_PAIRS):
            if kind == SHARED:
                self.source.integer()  # its number
                kind = self.source.integer()
            if kind in (ATTRIBUTED_CALL, ATTRIBUTED_PAIRS):
                self.item()
            self.item()
            with self._deeper():
                self._part(self.source.integer())
            kind = self.source.integer()
        if kind == SHARED_AGAIN:
            self.source.integer()
        else:
            self.item()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("{file} is nested too deeply.", WAY_OUT)
        yield
        self.depth -= 1

    def _length(self) -> int:
        n = self.source.integer()
        if n == -1:
            n = (self.source.integer() << 32) + (self.source.integer() & 0xFFFFFFFF)
        if n < 0:
            raise ValueError("a negative length")
        return n

    def _keep(self, value: Value) -> Value:
        self.known.append(value)
        return value

    def _text(self, raw: bytes, bits: int) -> str:
        try:
            return raw.decode("latin-1" if bits & LATIN_1 else "utf-8")
        except UnicodeDecodeError:
            return raw.decode(self.encoding if self.encoding != "utf-8" else "cp1252", "replace")
