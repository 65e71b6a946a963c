"""Code that a mail program or a forum broke into lines of one width, or within texts."""

from __future__ import annotations

import quopri
import re
from collections.abc import Sequence
from itertools import pairwise

NARROWEST, FEWEST_LINES = 30, 3
"""Signs of a line, and lines of as many, from which on it was a width that broke them."""
_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*+(?:\n(?:[^"\\\n]|\\.)*+){0,3}+(?P<end>")?')
"""A text in quotes, of four lines at most: more are lines of code between two stray quotes. One without an end is passed over as a
whole, lest a search begin anew at each escaped quote in it."""
_QUOTED = re.compile(r">(?!>) ?")
"""What a reply by e-mail puts before each line."""
JOINED = "Lines were broken in the middle of words, and were joined."
BLANKS = "Texts that went on in the next line have a blank there, such as “{}”."


def of_mail(text: str) -> str:
    """Text without the signs of mail's quoted-printable, where it has them."""
    if "=3D" in text and "=\n" in text:
        return quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    return text


def without_breaks(text: str) -> tuple[str, list[str]]:
    """Code with each text in quotes on one line, and notes on it.

    Lines of one width of which some end in the middle of a word are put together as they are; a text that still goes on in the
    next line was broken between words.
    """
    lines = text.split("\n")
    if all(map(_QUOTED.match, filter(str.strip, lines))):
        lines = [_QUOTED.sub("", line) for line in lines]
    joined = _joined(lines)
    text, notes = "\n".join(joined), [JOINED] * (len(joined) < len(lines))
    broken = [match[0] for match in _TEXT.finditer(text) if match["end"] and "\n" in match[0]]
    if broken:
        text = _TEXT.sub(_on_one_line, text)
        notes.append(BLANKS.format(" ".join(broken[0].strip('"').split())[:40]))
    return text, notes


def _on_one_line(match: re.Match[str]) -> str:
    return re.sub(r"[ \t]*+\n[ \t]*", " ", match[0]) if match["end"] else match[0]


def _joined(lines: Sequence[str]) -> list[str]:
    """Lines with those put together that one width broke, each run of them with the shorter line that ends it."""
    result: list[str] = []
    begin = 0
    while begin < len(lines):
        end = begin + 1
        while end < len(lines) and len(lines[end]) == len(lines[begin]):
            end += 1
        run = lines[begin : end + 1]
        is_shorter = len(run[-1]) < len(run[0])
        run = run if is_shorter else lines[begin:end]
        if len(lines[begin]) >= NARROWEST and len(run) >= FEWEST_LINES and _are_broken(run):
            result.append("".join(run))
        else:
            result += run
        begin += len(run)
    return result


def _are_broken(run: Sequence[str]) -> bool:
    """Whether some line ends within a word or a text in quotes."""
    is_open = False
    for line, following in pairwise(run):
        is_open ^= line.count('"') % 2 == 1
        if is_open or re.match(r"\w\w", line[-1:] + following[:1]):
            return True
    return False
