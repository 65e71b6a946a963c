"""The table in quotes in code: of ``read.table(text = …)`` or ``pd.read_csv(StringIO(…))``, there or in a text with a name."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from ..readers.prompts import R, without_further_prompts
from ..readers.result import listed

LONGEST = 1_000
"""Signs after the quotes in which arguments are looked for."""

_FUNCTION = (
    r"(?:read[._](?:table|csv2?|delim2?|tsv)|fread|(?:pd|pandas)\.read_(?:csv|table|fwf)|(?:io\.)?StringIO)\s*\("
)
_READ = rf"(?:\w+::)?{_FUNCTION}"
_QUOTED = r"(?P<quote>\"{3}|'{3}|[\"'])(?P<table>[^\"'\n]*\n.*?)(?P=quote)"
_CALL = re.compile(
    rf"(?:^|\n)[ \t>]*(?:[\w.]+[ \t]*(?:<-|=)[ \t]*)?{_READ}[^\"']{{0,200}}?"
    rf"(?:\b(?:text|file|input)\s*=\s*|I\(\s*|StringIO\(\s*)?{_QUOTED}",
    re.DOTALL,
)
_TEXT = re.compile(
    rf"(?:^|\n)[ \t>]*(?P<name>[\w.]+)[ \t]*(?:<-|=)[ \t]*(?:(?:textwrap\.)?dedent\(|trimws\(|(?:io\.)?StringIO\()?\s*[ru]?{_QUOTED}",
    re.DOTALL,
)
MOST_TEXTS = 20
_ANY_CALL = re.compile(_FUNCTION + r"(?P<arguments>[^\n]{0,1000})")
_OPTION = re.compile(
    r"\b(na\.strings|na_values|na|col\.names|names|col_names|skip|skiprows|dec|decimal|colClasses|dtype|nrows|nrow)\s*="
)
"""Arguments after the table that change what is read of it."""
_ASSIGNED = re.compile(r"\s*(?:>>?>?\s*)?(?P<name>[\w.]+)[ \t]*(?:<-|=)")
"""What the table is called that a call reads."""


class Quoted(NamedTuple):
    """A table that stood in quotes, and notes on what of the code was not followed."""

    table: str
    notes: tuple[str, ...] = ()


def quoted_table(text: str) -> Quoted | None:
    """The first table in quotes that code reads; None where there is none."""
    found = [*_CALL.finditer(text)] or _read_texts(text)
    if not found:
        return None
    name = found[0].groupdict().get("name")
    after = _arguments(text, name, found[0].end()) if name else text[found[0].end() :][:LONGEST].partition("\n")[0]
    notes = []
    if options := _OPTION.findall(after or ""):
        notes.append(f"The table in quotes was read as it stands, without {listed(options)} of the call.")
    if lines := _changes(text, found[0], name):
        notes.append(f"Code is not run, so this changed nothing: {listed(lines, 5)}.")
    if len(found) > 1:
        notes.append(
            f"The first of {len(found)} tables in quotes was read: paste another by itself, and join them on this page."
        )
    lines = without_further_prompts(found[0]["table"].strip("\n").split("\n"), R)
    return Quoted("\n".join(lines), tuple(notes))


def _changes(text: str, found: re.Match[str], name: str | None) -> list[str]:
    """The lines of code after the table that change it: they assign to it, to its columns, names or values."""
    end = found.end()
    call: re.Match[str] | None = None
    if name:  # the call that reads the text stands further below
        call = next((c for c in islice(_ANY_CALL.finditer(text, end), MOST_TEXTS) if name in c["arguments"]), None)
        end = call.end() if call else end
    begin = text.rfind("\n", 0, call.start()) + 1 if call else found.start()
    assigned = _ASSIGNED.match(text, begin)
    if assigned is None:
        return []
    table = re.escape(assigned["name"])
    change = re.compile(
        rf"[ \t>.]*(?:\w+\()?{table}(?![\w])[^\n=<]{{0,200}}(?:<-|(?<![=!<>])=(?!=)|%<>%)|.{{0,500}}->[ \t]*{table}[ \t]*$"
    )
    return [" ".join(line.split())[:60] for line in text[end:].split("\n")[1:] if change.match(line)]


def _read_texts(text: str) -> list[re.Match[str]]:
    """The texts with a name that a call reads."""
    if _ANY_CALL.search(text) is None:
        return []
    candidates = islice(_TEXT.finditer(text), MOST_TEXTS)
    return [match for match in candidates if _arguments(text, match["name"], match.end()) is not None]


def _arguments(text: str, name: str, begin: int) -> str | None:
    """The arguments of the call that reads the text of this name; None where none does."""
    calls = islice(_ANY_CALL.finditer(text, begin), MOST_TEXTS)
    is_named = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w.])")
    return next((call["arguments"] for call in calls if is_named.search(call["arguments"])), None)
