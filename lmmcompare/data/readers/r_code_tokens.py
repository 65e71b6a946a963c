"""R code as tokens: names, numbers, texts, signs, and the ends of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .r_values import MISSING, Value
from .r_vectors import integers, vector
from .result import Unreadable

_TOKEN = re.compile(
    r"""(?P<blank>[^\S\n]+|\#[^\n]*)
      | (?P<line>\n|;)
      | (?P<text>"(?:[^"\\]|\\.)*"|(?<!\w)'(?:[^'\\]|\\.)*'|[“”][^“”]*[“”]|[‘’][^‘’\n]*[‘’])
      | (?P<number>0[xX][0-9a-fA-F]+L?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)
      | (?P<name>`[^`]+`|(?:[^\W\d_]|\.)[\w.]*(?::::?[\w.]+)?)
      | (?P<other><(?:pointer|environment)[^>\n]*>)
      | (?P<sign>\\["']|<<?-|->|\|>|[=!<>]=|%[^%\n]*%|.)""",
    re.VERBOSE | re.DOTALL,
)
"""An escaped quote outside of a text, as where that has no end, begins none, lest each of them be sought an end."""
ARROWS = ("<-", "<<-")
PIPES = ("|>", "%>%")
_GOES_ON = (*ARROWS, "+", *PIPES)
"""Signs after which a line goes on below."""
MOST_OPEN = 20
"""Brackets that are never closed of which the lines are looked at."""
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u\{?[0-9a-fA-F]{1,4}\}?|U\{?[0-9a-fA-F]{1,8}\}?|[0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its kind, as the pattern calls it, its text, and where it stands."""

    kind: str
    text: str
    position: int = 0


def tokens_of(text: str) -> list[Token]:
    """The tokens without blanks, comments, and line ends inside of brackets or where a line goes on below.

    Lines of words round the code in which a bracket is never closed, as in ":(", are left out.
    """
    tokens, open_at = _tokens(text)
    if open_at:
        tokens, open_at = _tokens(_without_words(text, open_at[:MOST_OPEN]))
    if open_at:
        raise Unreadable(
            "{file} is R code in which a bracket is never closed.",
            "Copy it whole, from structure( to the last bracket.",
        )
    return [*tokens, *[Token("line", "\n", len(text))] * 2]


def _tokens(text: str) -> tuple[list[Token], list[int]]:
    """The tokens, and where brackets are that are never closed."""
    open_at: list[int] = []
    result: list[Token] = []
    last = ""
    for match in _TOKEN.finditer(text):
        kind, word = str(match.lastgroup), match.group()
        if kind == "sign" and word in _OPENING:
            open_at.append(match.start())
        elif kind == "sign" and word in _CLOSING and open_at:
            open_at.pop()
        if kind != "blank" and not (word == "\n" and (open_at or last in _GOES_ON)):
            result.append(Token(kind, word, match.start()))
            last = word
    return result, open_at


def _without_words(text: str, open_at: Sequence[int]) -> str:
    """The text with blanks in place of the lines of these brackets, but of those behind the name of a function."""
    for at in open_at:
        if not re.match(r"[\w.`]", text[at - 1 : at]):
            begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            end = len(text) if end < 0 else end
            text = f"{text[:begin]}{' ' * (end - begin)}{text[end:]}"
    return text


def number_of(text: str) -> Value:
    """The value of a number as it is written."""
    whole = text.removesuffix("L")
    value = float(int(whole, 16)) if whole[:2].lower() == "0x" else float(whole)
    if text.endswith("L") and value == int(value) and abs(value) < -MISSING:
        return integers(np.array([value]))
    return vector("double", [value])


def unescaped(text: str) -> str:
    """A text without R's escapes."""

    def sign(match: re.Match[str]) -> str:
        word = match[1]
        if word[0] in "xuU" and len(word) > 1:
            code = int(word[1:].strip("{}"), 16)
            return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}"
        if word.isdigit():
            return chr(int(word, 8)) if not set(word) & {"8", "9"} else word
        return _LETTERS.get(word, word)

    return _ESCAPE.sub(sign, text) if "\\" in text else text
