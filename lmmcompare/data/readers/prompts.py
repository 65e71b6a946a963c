"""What consoles write before the lines that are typed into them, and mail programs before those that a reply cites: a rule for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Prompts(NamedTuple):
    """What a console writes before lines, as patterns.

    Attributes
    ----------
    first : str
        Before a line that begins something.
    further : str
        Before one that goes on with it.
    """

    first: str
    further: str


R = Prompts(r">", r"\+")
PYTHON = Prompts(r">>>", r"\.\.\.")
IPYTHON = Prompts(r"In ?\[\d*\]:", r"[ ]*\.\.\.:")
STATA = Prompts(r"\.", r">")
_CITED = re.compile(r"[ \t]*>(?!>>) ?")
MOST_CITED = 50
"""Replies to replies whose signs are taken away."""
_R_TEXTS = r"\"(?:[^\"\\]|\\.)*+\"?|(?<!\w)'(?:[^'\\]|\\.)*+'?|\#[^\n]*"
"""What may hold the sign of a prompt in R's code: texts in quotes, and comments. One without an end is all that follows."""
_R_FIRST = re.compile(rf"({_R_TEXTS})|^{R.first}(?=[ ])", re.MULTILINE | re.DOTALL)
_R_FURTHER = re.compile(rf"^{R.further}(?=[ ])", re.MULTILINE)


def are_cited(lines: Sequence[str]) -> bool:
    """Whether a mail program has written its sign before all lines but blank ones."""
    said = [line for line in lines if line.strip()]
    return bool(said) and all(map(_CITED.match, said))


def without_citation(lines: Sequence[str]) -> list[str]:
    """Lines without the signs that all of them have; those of some lines alone are values such as ``>5``."""
    for _ in range(MOST_CITED):
        if not are_cited(lines):
            break
        lines = [_CITED.sub("", line, count=1) for line in lines]
    return list(lines)


def without_r_prompts(code: str) -> str:
    """R's code with blanks in place of prompts and signs of citation; texts in quotes keep theirs."""
    lines = code.split("\n")
    if are_cited(lines):
        return "\n".join(without_citation(lines))
    if not re.search(rf"^{R.first} ", code, re.MULTILINE):
        return code
    return _R_FIRST.sub(lambda match: match[1] or " ", _R_FURTHER.sub(" ", code))


def without_python_prompts(code: str) -> str:
    """What was typed into Python's console, without prompts and without what it answered; code without prompts as it is."""
    if not re.search(rf"^{PYTHON.first}", code, re.MULTILINE):
        return code
    return "\n".join(re.findall(rf"^(?:{PYTHON.first}|{PYTHON.further}) ?(.*)", code, re.MULTILINE))


def without_further_prompts(lines: Sequence[str], prompts: Prompts) -> list[str]:
    """Lines of a text in quotes without what a console writes before all but the first of them."""
    further = re.compile(rf"{prompts.further} ?")
    if len(lines) < 2 or not all(map(further.match, lines[1:])):
        return list(lines)
    return [lines[0], *(further.sub("", line, count=1) for line in lines[1:])]
