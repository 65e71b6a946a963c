"""Data below ``input`` in a do-file of Stata, as ``dataex`` writes it, with its labels and formats."""

from __future__ import annotations

import re

from .data_in_code import Unknown, not_run, refuse_long
from .result import Limits, Outcome, Unreadable
from .written_rows import Written, with_ranges, words_of

WAY_OUT = "In Stata: dataex, or export delimited using table.csv, nolabel."
_INPUT = re.compile(
    r"^[. \t]*inp(?:u|ut)?[ \t]+(?P<names>[\w() \t:-]+)(?:,[^\n]*)?\n"
    r"(?P<rows>(?:(?![. \t\d]*(?:inp|input|end)\b)[^\n]*\n)*)[. \t\d]*end[ \t]*$",
    re.MULTILINE,
)
_NAMES = re.compile(
    r"\b(?P<type>byte|int|long|float|double|strL|str\d*)\b\s*(?:\((?P<several>[^()]*)\)|(?P<one>\w+))|(?P<plain>\w+)"
)
_LOG_NUMBER = re.compile(r"[ \t]*\d+\. ")
"""What Stata writes before a line that is typed."""
_LABELS = re.compile(r"^[. \t]*la(?:b|be|bel)?[ \t]+(?P<what>de\w*|val\w*|var\w*)[ \t]+(?P<rest>[^\n]*)", re.MULTILINE)
_LABEL = re.compile(r'(-?[\d.]+|\.[a-z])\s+(?:`"(.*?)"\'|"([^"]*)")')
_FORMAT = re.compile(
    r"^[. \t]*format[ \t]+(?:(?P<before>%\S+)[ \t]+)?(?P<names>[\w \t]+?)(?:[ \t]+(?P<after>%\S+))?[ \t]*$",
    re.MULTILINE,
)
_CHANGES = re.compile(
    r"^[. \t]*(?:gen\w*|egen|replace|drop|keep|reshape|encode|decode|recode|merge|append|ren\w*|collapse|expand|destring"
    r"|tostring|bys\w*)\b[^\n]*",
    re.MULTILINE,
)


def read(content: bytes, limits: Limits) -> Outcome:
    """Read the first ``input``."""
    refuse_long(content, "Stata", WAY_OUT)
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    found = _INPUT.search(text)
    if found is None:
        raise not_run("Stata", "no input of it has data", WAY_OUT)
    try:
        written = _written(found)
    except Unknown as unknown:
        raise not_run("Stata", f"it has {unknown}", WAY_OUT) from None
    rest = text[found.end() :]
    _describe(written, rest)
    written.passed_over = [
        " ".join(line.split()) for line in _CHANGES.findall(rest) if not line.lstrip(". ").startswith("sort")
    ]
    return written.outcome(limits)


def _written(found: re.Match[str]) -> Written:
    names: list[str] = []
    texts: set[str] = set()
    for match in _NAMES.finditer(re.sub(r":\w+", "", with_ranges(found["names"]))):
        new = (match["several"] or match["one"] or match["plain"] or "").split()
        names += new
        texts |= {*new} if (match["type"] or "").startswith("str") else set()
    lines = [line for line in found["rows"].split("\n") if line.strip()]
    if any(map(_LOG_NUMBER.match, lines)):  # of a log, which shows the names once more
        lines = [_LOG_NUMBER.sub("", line, count=1) for line in lines if _LOG_NUMBER.match(line)]
    rows = [words_of(line) for line in lines]
    uneven = next((k for k, row in enumerate(rows, start=1) if len(row) != len(names)), None)
    if uneven is not None:
        raise Unreadable(
            f"Row {uneven:,} below input in {{file}} has {len(rows[uneven - 1]):,} values, not {len(names):,}.",
            "Mend that row.",
        )
    return Written("Stata", names, texts, rows)


def _describe(written: Written, text: str) -> None:
    """Take up labels of values and columns, and formats."""
    defined: dict[str, dict[str, str]] = {}
    for match in _LABELS.finditer(text):
        first, _, rest = match["rest"].partition(" ")
        if match["what"].startswith("de"):
            pairs = {code: quoted or plain for code, quoted, plain in _LABEL.findall(rest)}
            defined.setdefault(first, {}).update(pairs)
        elif match["what"].startswith("var"):
            written.labels[first] = rest.strip(" \t\"`'")
    for match in _LABELS.finditer(text):
        *columns, name = match["rest"].partition(",")[0].split() or [""]
        if match["what"].startswith("val"):
            written.value_labels |= {column: defined[name] for column in columns if name in defined}
    for match in _FORMAT.finditer(text):
        form = match["before"] or match["after"] or ""
        written.formats |= dict.fromkeys(match["names"].split(), form)
