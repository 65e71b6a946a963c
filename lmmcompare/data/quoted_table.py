"""The table in a program that is pasted: in quotes of ``read.table(text = "…")``, or below an ``input`` of Stata or SAS."""

from __future__ import annotations

import html
import re

from .readers.result import listed

LONGEST = 1_000
"""Signs after the quotes in which arguments are looked for."""

_CALL = re.compile(
    r"""(?:^|\n)[ \t>]*(?:[\w.]+[ \t]*(?:<-|=)[ \t]*)?(?:\w+::)?(?:read[._](?:table|csv2?|delim|tsv)|fread|pd\.read_csv|StringIO)\s*
        \([^"']*?(?:\b(?:text|file|input)\s*=\s*|I\(\s*|StringIO\(\s*)?(?P<quote>\"{3}|'{3}|["'])(?P<table>[^"']*\n.*?)(?P=quote)""",
    re.VERBOSE | re.DOTALL,
)
_OPTION = re.compile(
    r"\b(na\.strings|na_values|na|col\.names|names|col_names|skip|skiprows|dec|decimal|colClasses|dtype|nrows|nrow)\s*="
)
"""Arguments after the table that change what is read of it."""
_STATA = re.compile(
    r"^[. ]*input[ \t]+(?P<names>[\w() \t]+)\n(?P<rows>(?:(?![. ]*(?:input|end)\b).*\n)*)[. ]*end[ \t]*$", re.MULTILINE
)
_STATA_TYPE = re.compile(r"\b(?:byte|int|long|float|double|strL|str\d*)\b|[()]")
_SAS = re.compile(
    r"^[^\n;]*\binput\s+(?P<names>[\w$ \t\n]{1,2000});\s*(?:datalines|cards)\s*;[ \t]*\n(?P<rows>[^;]*)\n[ \t]*;",
    re.MULTILINE | re.IGNORECASE,
)
_FENCE = re.compile(r"^```.*$", re.MULTILINE)


def arguments_note(text: str) -> list[str]:
    """A note on arguments of the call that are left aside; none where nothing is."""
    found = _CALL.search(text)
    names = _OPTION.findall(text[found.end() : found.end() + LONGEST].partition("\n")[0]) if found else []
    return [f"The table in quotes was read as it stands, without {listed(names)} of the call."] if names else []


def unquoted(text: str) -> str:
    """The table in text that has one in quotes or below an ``input``; else the whole, as it was before a web page wrote it."""
    text = text.replace("\r\n", "\n")
    if "&lt;-" in text:
        text = html.unescape(text)
    text = _FENCE.sub("", text)
    if found := _CALL.search(text):
        return found["table"].strip("\n")
    if found := _STATA.search(text):
        return f"{' '.join(_STATA_TYPE.sub(' ', found['names']).split())}\n{found['rows']}"
    if found := _SAS.search(text):
        return f"{' '.join(found['names'].replace('$', ' ').split())}\n{found['rows']}"
    return text
