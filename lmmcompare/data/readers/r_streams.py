"""The numbers and texts of R's serialization, as bytes in either order or as ASCII."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

import numpy as np

from .arrays import Array

CHARS = 9
ENDED = "it ends too early"


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Texts as they are stored: each by its place among the different ones (their bytes and flags), -1 for NA."""

    codes: Array
    different: list[tuple[bytes, int]]


class Binary:
    """Bytes, ``order`` being "<" or ">"."""

    def __init__(self, data: bytes, start: int, order: str) -> None:
        self.data, self.at, self.order = data, start, order
        self.one, self.two = struct.Struct(f"{order}i"), struct.Struct(f"{order}ii")

    def integer(self) -> int:
        """The next whole number."""
        if self.at + 4 > len(self.data):
            raise ValueError(ENDED)
        (value,) = self.one.unpack_from(self.data, self.at)
        self.at += 4
        return int(value)

    def integers(self, n: int) -> Array:
        """The next n whole numbers, as int32."""
        return np.frombuffer(self.raw(4 * n), f"{self.order}i4").astype(np.int32)

    def reals(self, n: int) -> Array:
        """The next n real numbers."""
        return np.frombuffer(self.raw(8 * n), f"{self.order}f8").astype(np.float64)

    def raw(self, n: int) -> bytes:
        """The next n bytes."""
        if not 0 <= n <= len(self.data) - self.at:
            raise ValueError(ENDED)
        self.at += n
        return self.data[self.at - n : self.at]

    octets = raw

    def texts(self, n: int) -> Pieces:
        """The next n texts."""
        if 8 * n > len(self.data) - self.at:
            raise ValueError(ENDED)
        codes = np.empty(n, np.int32)
        places: dict[tuple[bytes, int], int] = {}
        data, at, unpack = self.data, self.at, self.two.unpack_from
        for k in range(n):
            flags, size = unpack(data, at)
            if flags & 255 != CHARS or at + size > len(data):
                raise ValueError(ENDED if flags & 255 == CHARS else "no text where a text should be")
            at += 8
            if size < 0:
                codes[k] = -1
                continue
            codes[k] = places.setdefault((data[at : at + size], flags >> 12), len(places))
            at += size
        self.at = at
        return Pieces(codes, list(places))


class Ascii:
    """Words between blanks and ends of lines; blanks within texts are written as octal numbers."""

    def __init__(self, data: bytes) -> None:
        self.words = data.split()
        self.at = 0

    def _next(self, n: int) -> list[bytes]:
        if not 0 <= n <= len(self.words) - self.at:
            raise ValueError(ENDED)
        self.at += n
        return self.words[self.at - n : self.at]

    def integer(self) -> int:
        """The next whole number."""
        (word,) = self._next(1)
        return -(2**31) if word == b"NA" else int(word)

    def integers(self, n: int) -> Array:
        """The next n whole numbers, as int32."""
        return np.array([-(2**31) if word == b"NA" else int(word) for word in self._next(n)], np.int32)

    def reals(self, n: int) -> Array:
        """The next n real numbers."""
        return np.array([_real(word) for word in self._next(n)], np.float64)

    def raw(self, n: int) -> bytes:
        """A text of n bytes."""
        return _ESCAPE.sub(_unescaped, self._next(1)[0]) if n > 0 else b""

    def octets(self, n: int) -> bytes:
        """The next n raw bytes."""
        return bytes(int(word, 16) for word in self._next(n))

    def texts(self, n: int) -> Pieces:
        """The next n texts."""
        if n > len(self.words) - self.at:
            raise ValueError(ENDED)
        codes = np.empty(n, np.int32)
        places: dict[tuple[bytes, int], int] = {}
        for k in range(n):
            flags, size = self.integer(), self.integer()
            codes[k] = -1 if size < 0 else places.setdefault((self.raw(size), flags >> 12), len(places))
        return Pieces(codes, list(places))


_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_SIGNS = {b"n": b"\n", b"t": b"\t", b"v": b"\v", b"b": b"\b", b"r": b"\r", b"f": b"\f", b"a": b"\a"}


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    return bytes([int(sign, 8) & 255]) if len(sign) == 3 else _SIGNS.get(sign, sign)


def _real(word: bytes) -> float:
    if b"x" in word:
        return float.fromhex(word.decode("ascii"))
    return float("nan") if word == b"NA" else float(word)
