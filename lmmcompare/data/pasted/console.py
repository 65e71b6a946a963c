"""What a console prints round a table, which is no part of it: prompts, comment signs, types, how many rows there are."""

from __future__ import annotations

import re

from ..readers.prompts import IPYTHON, PYTHON, STATA, R, are_cited, without_citation

_OUTPUT = re.compile(r"[ \t]*#[#>](?: |$)")
"""What knitr and reprex put before each line of output."""
_PROMPT = re.compile(
    rf"(?:{PYTHON.first}|{R.first}|{IPYTHON.first})[ ]?"
    r"(?:[\w.$]*[ ]*|[A-Za-z.%!@(][^\t]*(?:[(\[$]|<-|=|%>%)[^\t]*|(?:import|from|using)\s[^\t]*)$"
    rf"|{STATA.first} (?:l|li|list|use|sort|gen\w*|tab\w*|su\w*|mixed|xt\w+|reg\w*)\b"
)
_GOES_ON = re.compile(rf"(?:{R.further}|{PYTHON.further}|{IPYTHON.further})(?: |$)")
"""How lines begin that somebody typed into R, Python, IPython or Stata, and lines that go on with them."""
_CODE = re.compile(
    r"\s*+(?:[\w.$]+\s*<-\s*[\w(]|(?:library|require|summary|head|str|View)\(|(?:from\s+[\w.]+\s+)?import\s+\w+\s*(?:as\s+\w+)?$"
    r"|.{0,200}?\w\([^()]{0,300}~)"
)
"""How a line begins that is code, such as a call with a formula."""
_RESULT = re.compile(r"Out ?\[\d*\]:[ \t]*")
_TYPES = re.compile(r"\s*(?:<[\w+]+(?:\[\d+\])?>\s*)+")
_REMARK = re.compile(
    r"\s*+(?:\[\d[\d,]* rows x \d+ columns?\]|\[ ?reached .*|\(\d[\d,]* rows?\)|\d[\d,]* rows? in set.*|shape: \(\d+, \d+\)"
    r"|\d+[×x]\d+ (?:DataFrame.*|table)|\w+ =|(?:\d+ columns and )?\d+ (?:rows|columns) omitted"
    r"|Number of cases read:.*|Listed \d+ out of \d+ observations)\s*"
)
_MORE = re.compile(r"\b\d[\d,]* more (?:rows?|variables?|columns?)|\bomitted\b")
ELLIPSIS = re.compile(r"\.{2,}|[…⋮⋯⋱]")
_COUNTED = re.compile(r"([ \t]*\d+)[:.](?=[ \t])")
_ABBREVIATED = re.compile(r"([¹²³⁴⁵⁶⁷⁸⁹⁰]+)\u200b?(`[^`]+`|[^\s,]+)")
_ROUNDED = "R rounds the numbers of a tibble where it prints them: paste what dput() prints for all of their digits."
LEFT_OUT = "What was pasted leaves out a part of the table (“{}”): only what was printed is read."


def without_console(text: str) -> tuple[str, list[str]]:
    """The lines of a table without what a console prints round it, and notes on what is not there.

    Parameters
    ----------
    text : str
        Pasted text that is no code.
    """
    lines = _without_prompts(text.split("\n"))
    is_tibble = any(map(_TYPES.fullmatch, lines))
    whole_names = dict(_ABBREVIATED.findall(" ".join(lines))) if is_tibble else {}
    more: list[str] = []
    kept = []
    for line in lines:
        is_remark = _REMARK.fullmatch(line) or (is_tibble and line.lstrip().startswith("#"))
        is_elided = _is_elided(line)
        if (is_remark and _MORE.search(line)) or is_elided:
            more.append("…" if is_elided else line.strip(" #[]ℹ"))
        if not (is_remark or is_elided or _TYPES.fullmatch(line)):
            kept.append(line)
    lines = kept
    if whole_names:
        lines = [
            re.sub(r"[^\s…]{1,100}…([¹²³⁴⁵⁶⁷⁸⁹⁰]+)", lambda name: whole_names.get(name[1], name[0]), line)
            for line in lines
        ]
    notes = [_ROUNDED] if is_tibble and "<dbl>" in text else []
    if more:
        notes.append(LEFT_OUT.format(max(more, key=len)[:60]))
    return "\n".join(_numbered(lines)), notes


def _without_prompts(lines: list[str]) -> list[str]:
    """Lines without what stands before each of them, and blank ones in place of what somebody typed."""
    said = [line for line in lines if line.strip()]
    if 2 * sum(map(bool, map(_OUTPUT.match, said))) > len(said):
        return [_OUTPUT.sub("", line) if _OUTPUT.match(line) else "" for line in lines]
    if len(said) > 1 and are_cited(lines):
        return without_citation(lines)
    result, typed, open_brackets = [], False, 0
    for line in lines:
        goes_on = (typed and _GOES_ON.match(line)) or open_brackets > 0
        typed = bool(_PROMPT.match(line) or _CODE.match(line) or goes_on)
        open_brackets = max(open_brackets + line.count("(") - line.count(")"), 0) if typed else 0
        result.append("" if typed else _RESULT.sub("", line))
    return result


def _is_elided(line: str) -> bool:
    """Whether a line says that rows are left out here."""
    words = line.replace("│", " ").replace("┆", " ").split()
    return bool(words) and (all(map(ELLIPSIS.fullmatch, words)) or (words == ["---"] and line[0] == " "))


def _numbered(lines: list[str]) -> list[str]:
    """Lines with plain numbers of rows where all but the header begin with ``1:`` or ``1.``."""
    said = [line for line in lines if line.strip()]
    are_counted = len(said) > 2 and all(map(_COUNTED.match, said[1:]))
    return [_COUNTED.sub(r"\1 ", line, count=1) for line in lines] if are_counted else lines
