"""Data between ``BEGIN DATA`` and ``END DATA`` in SPSS' syntax, with its labels of values."""

from __future__ import annotations

import re

from .data_in_code import Unknown, not_run, refuse_long
from .fixed_columns import cut_by_place, of_spss
from .result import Limits, Outcome
from .written_rows import Written, in_rows, with_ranges, words_of

WAY_OUT = "In SPSS: SAVE TRANSLATE OUTFILE='table.csv' /TYPE=CSV /FIELDNAMES."
_LIST = re.compile(r"\bDATA\s+LIST\b(?P<how>[^/]{0,200})/", re.IGNORECASE)
_BEGIN = re.compile(r"^[ \t]*BEGIN\s+DATA\b[^\n]*\n", re.IGNORECASE | re.MULTILINE)
_END = re.compile(r"^[ \t]*END\s+DATA\b", re.IGNORECASE | re.MULTILINE)
LONGEST_LIST = 50_000
"""Signs of what DATA LIST says of the columns."""
_FORMATS = re.compile(r"\(\s*(A?)(?:[A-Z]*)\d*(?:\.\d+)?\s*\)", re.IGNORECASE)
_LABELS = re.compile(r"^[ \t]*VALUE\s+LABELS?\b(?P<all>.*?)\.[ \t]*$", re.IGNORECASE | re.DOTALL | re.MULTILINE)
_LABEL = re.compile(r"(-?[\d.]+|'[^']*'|\"[^\"]*\")\s+(?:'([^']*)'|\"([^\"]*)\")")
_CHANGES = re.compile(
    r"^[ \t]*(?:COMPUTE|RECODE|IF|SELECT\s+IF|DO\s+IF|VARSTOCASES|CASESTOVARS|AGGREGATE|MISSING\s+VALUES|FILTER|AUTORECODE)\b[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)


def read(content: bytes, limits: Limits) -> Outcome:
    """Read the first data."""
    refuse_long(content, "SPSS", WAY_OUT)
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    found = _LIST.search(text)
    begin = _BEGIN.search(text, found.end()) if found else None
    end = _END.search(text, begin.end()) if begin else None
    if found is None or begin is None or end is None or begin.start() - found.end() > LONGEST_LIST:
        raise not_run("SPSS", "it has no DATA LIST with its data", WAY_OUT)
    try:
        written = _written(found["how"].upper(), text[found.end() : begin.start()], text[begin.end() : end.start()])
    except Unknown as unknown:
        raise not_run("SPSS", f"it has {unknown}", WAY_OUT) from None
    for match in _LABELS.finditer(text):
        for part in re.split(r"/", match["all"]):
            columns, _, rest = part.strip().partition(" ")
            pairs = {code.strip("'\""): one or other for code, one, other in _LABEL.findall(rest)}
            written.value_labels |= {name: pairs for name in [columns] if name in written.names}
    written.passed_over = [" ".join(line.split()) for line in _CHANGES.findall(text)]
    return written.outcome(limits)


def _written(how: str, columns: str, data: str) -> Written:
    given = re.split(r"\.\s", columns, maxsplit=1)[0]
    if "FREE" not in how and "LIST" not in how:
        if "RECORDS" in how:
            raise Unknown("rows of several lines")
        places = of_spss(given.rstrip(" .\n"))
        rows = cut_by_place([line for line in data.split("\n") if line.strip()], places)
        return Written("SPSS", [place.name for place in places], {p.name for p in places if p.is_text}, rows)
    names: list[str] = []
    texts: set[str] = set()
    before = 0  # names since the last format, which is theirs
    given = with_ranges(given)
    for word in re.findall(r"\([^()]*\)|[^\s()]+", given):
        if form := _FORMATS.fullmatch(word):
            texts |= {*names[before:]} if form[1] else set()
            before = len(names)
        elif re.fullmatch(r"[^\W\d][\w.$#@]*", word):
            names.append(word)
        elif word != "*":
            raise Unknown(f"“{word[:20]}” in DATA LIST")
        else:
            before = len(names)
    lines = [words_of(line) for line in data.split("\n") if line.strip()]
    free = "FREE" in how or any(len(row) != len(names) for row in lines)
    rows = in_rows([word for row in lines for word in row], len(names)) if free else lines
    return Written("SPSS", names, texts, rows)
