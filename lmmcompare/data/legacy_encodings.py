"""Which encoding of before UTF-8 a text is likely to be in, by whether its letters beyond ASCII stand alone or together."""

from __future__ import annotations

import re

SAMPLE = 200_000
"""Bytes that are looked at."""
FEWEST = 6
"""Bytes beyond ASCII from which on their order tells."""
TOGETHER = 0.7
"""Share of them that stand beside another, as in Cyrillic or Chinese words; in Western languages few do."""
LETTERS = 0.95
_WORD = re.compile(r"[А-ЯЁа-яё]+")
_CASED = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+")


def legacy_encoding(content: bytes) -> tuple[str, str]:
    """The codec of Python, and what people call it: "cp1252" unless the bytes tell Cyrillic or Chinese."""
    sample = content[:SAMPLE]
    high = sum(map(len, re.findall(rb"[\x80-\xff]", sample)))
    together = sum(map(len, re.findall(rb"[\x80-\xff]{2,}", sample)))
    if high >= FEWEST and together >= TOGETHER * high:
        cyrillic = sample.decode("cp1251", "replace")
        words = _WORD.findall(cyrillic)
        letters = sum(map(len, words))
        cased = sum(len(word) for word in words if _CASED.fullmatch(word))
        if letters >= LETTERS * high and cased >= LETTERS * letters:
            return "cp1251", "Windows-1251 (Cyrillic)"
        chinese = _decoded(content, "gb18030")
        if chinese and len(
            re.findall(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]", chinese[:SAMPLE])
        ) >= LETTERS * _beyond(chinese):
            return "gb18030", "GBK (Chinese)"
    return "cp1252", "Windows-1252"


def _decoded(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return ""


def _beyond(text: str) -> int:
    return sum(sign > "\x7f" for sign in text[:SAMPLE])
