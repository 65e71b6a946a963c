"""Data below ``datalines`` in a data step of SAS."""

from __future__ import annotations

import csv
import re

from .data_in_code import Unknown, not_run, refuse_long
from .fixed_columns import cut_by_place, has_places, of_sas
from .result import Limits, Outcome
from .sas_informats import NUMERIC, number_text
from .written_rows import Written, in_rows, with_ranges

WAY_OUT = 'In SAS: proc export data=d outfile="table.csv" dbms=csv; run;'
_STEP = re.compile(r"\bdata\s[^;]{1,200};", re.IGNORECASE)
_ROWS = re.compile(r"\b(?:datalines|cards|lines)4?[ \t]*;[ \t]*\n", re.IGNORECASE)
LONGEST_STEP = 20_000
"""Signs of a data step above its rows."""
_COMMENT = re.compile(r"/\*.*?\*/|(?<=;)\s*\*[^;]*;|\A\s*\*[^;]*;", re.DOTALL)
_INPUT_WORD = re.compile(r"\(|\)|@@|@|[:&~?]+|\$?[A-Za-z_]*\d*\.\d*|\$|[A-Za-z_]\w*|\S")
_INFORMAT = re.compile(r"([A-Za-z_]*)\d*\.(\d{0,2})")
_HARMLESS = ("infile", "input", "format", "informat", "label", "length", "attrib", "title", "options", "run", "")


def read(content: bytes, limits: Limits) -> Outcome:
    """Read the first data step that has its rows with it."""
    refuse_long(content, "SAS", WAY_OUT)
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    rows = _ROWS.search(text)
    above = text[max(rows.start() - LONGEST_STEP, 0) : rows.start()] if rows else ""
    steps = list(_STEP.finditer(_COMMENT.sub(" ", above)))
    if rows is None or not steps:
        raise not_run("SAS", "no data step of it has its rows with it", WAY_OUT)
    data = text[rows.end() :].partition(";")[0]
    try:
        return _written(_COMMENT.sub(" ", above)[steps[-1].end() :], data[: data.rfind("\n") + 1] or data).outcome(
            limits
        )
    except Unknown as unknown:
        raise not_run("SAS", f"it has {unknown}", WAY_OUT) from None


def _written(code: str, data: str) -> Written:
    statements = [" ".join(statement.split()) for statement in code.split(";")]
    words = [statement.split(" ")[0].lower() for statement in statements]
    inputs = [statement[6:] for statement, word in zip(statements, words, strict=True) if word == "input"]
    if len(inputs) != 1 or any(word == "do" for word in words):
        raise Unknown("a loop" if "do" in words else f"{len(inputs)} input statements")
    passed = [s for s, word in zip(statements, words, strict=True) if word not in _HARMLESS]
    if has_places(inputs[0]):
        places = of_sas(inputs[0])
        rows = cut_by_place([line for line in data.split("\n") if line.strip()], places)
        texts = {place.name for place in places if place.is_text}
        return Written("SAS", [place.name for place in places], texts, rows, passed_over=passed)
    names, texts, informats, goes_on = _columns(inputs[0])
    infile = next((s for s, word in zip(statements, words, strict=True) if word == "infile"), "")
    separator = _separator(infile)
    lines = [line for line in data.split("\n") if line.strip()]
    cut = csv.reader(lines, delimiter=separator) if separator else ([*_words(line)] for line in lines)
    rows = [[cell.strip() for cell in row] for row in cut]
    if goes_on:
        rows = in_rows([cell for row in rows for cell in row], len(names))
    elif separator or re.search(r"\b(?:miss|trunc)over\b", infile, re.IGNORECASE):
        rows = [[*row, *[""] * (len(names) - len(row))] for row in rows]
    else:
        rows = _over_lines(rows, len(names))
    if any(len(row) > len(names) for row in rows):
        raise Unknown(f"lines of more than the {len(names)} values that input reads")
    for k, name in enumerate(names):
        if name in informats:
            for row in rows:
                row[k] = number_text(row[k], *informats[name]) or row[k]
    return Written("SAS", names, texts, rows, passed_over=passed)


def _over_lines(lines: list[list[str]], width: int) -> list[list[str]]:
    """Rows of so many values, of which one that is short goes on in the next line."""
    rows: list[list[str]] = []
    for line in lines:
        if rows and len(rows[-1]) < width:
            rows[-1] = [*rows[-1], *line]
        else:
            rows.append(line)
    if rows and len(rows[-1]) < width:
        raise Unknown("a last row that is too short")
    return rows


def _words(line: str) -> list[str]:
    return [word for word in line.split() if word]


def _columns(words: str) -> tuple[list[str], set[str], dict[str, tuple[str, int]], bool]:
    """Names, those of text, the informats of numbers with their decimals, and whether rows go on from line to line (@@)."""
    names: list[str] = []
    texts: set[str] = set()
    informats: dict[str, tuple[str, int]] = {}
    goes_on = False
    for word in _INPUT_WORD.findall(with_ranges(words)):
        if re.fullmatch(r"[A-Za-z_]\w*", word):
            names.append(word)
        elif word in ("@@", "@"):
            goes_on = goes_on or word == "@@"
        elif names and word.startswith("$"):
            texts.add(names[-1])
        elif names and (found := _INFORMAT.fullmatch(word)) and (informat := found[1].lower()) in NUMERIC:
            informats[names[-1]] = informat, int(found[2] or 0)
        elif names and "." in word and re.match(r"[A-Za-z]", word):
            texts.add(names[-1])  # of dates, as they are written
        elif word.strip(":&~?"):
            raise Unknown(f"“{word[:20]}” in its input statement")
    return names, texts, informats, goes_on


def _separator(infile: str) -> str:
    given = re.search(r"(?:dlm|delimiter)\s*=\s*(?:'09'x|[\"'](.)[\"'])", infile, re.IGNORECASE)
    if given:
        return given[1] or "\t"
    return "," if re.search(r"\bdsd\b", infile, re.IGNORECASE) else ""
