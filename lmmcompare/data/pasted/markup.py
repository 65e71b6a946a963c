"""Tables of web pages and of LaTeX as CSV."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Sequence

_ROW = re.compile(r"<tr\b[^<>]*>(.*?)(?=</tr>|<tr\b|</table|\Z)", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"<t[hd]\b([^<>]*)>(.*?)(?=</t[hd]>|<t[hd]\b|\Z)", re.DOTALL | re.IGNORECASE)
_SPAN = re.compile(r"\bcolspan\s*=\s*[\"']?(\d{1,3})", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LATEX = re.compile(r"\\begin\{(?:tabular[*x]?|longtable)\}")
_SPECIFICATION = re.compile(r"\s*(?:\{[^{}]*\}|\[[^\]]*\])*\s*(?:\{(?:[^{}]|\{[^{}]*\})*\})?")
_RULE = re.compile(
    r"\\(?:hline|(?:top|mid|bottom)rule|addlinespace|cline|cmidrule|end(?:first)?(?:head|foot)|endlastfoot)\b(?:[\[({][^\[\](){}]{0,50}[\])}])*"
)
_COMMAND = re.compile(r"\\(?:textbf|textit|emph|text|mathrm)\{([^{}]*)\}")


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells as CSV."""
    result = io.StringIO()
    csv.writer(result, lineterminator="\n").writerows(rows)
    return result.getvalue()


def of_markup(text: str) -> str | None:
    """The first table of a web page's or of LaTeX's source as CSV; None where there is none."""
    if begin := re.search(r"<(?:table|tr)\b", text, re.IGNORECASE):
        end = text.lower().find("</table", begin.start())
        rows = [_html_cells(row[1]) for row in _ROW.finditer(text[begin.start() : end if end > 0 else None])]
    elif begin := _LATEX.search(text):
        end = text.find("\\end{", begin.end())
        body = text[begin.end() : end if end > 0 else None]
        body = _RULE.sub("", _SPECIFICATION.sub("", body, count=1))
        lines = [line for line in re.split(r"\\\\(?:\[[^\[\]]{0,50}\])?", body) if line.strip()]
        rows = [[_latex_text(cell) for cell in re.split(r"(?<!\\)&", line)] for line in lines]
    else:
        return None
    return as_csv(row for row in rows if any(row)) or None


def _html_cells(row: str) -> list[str]:
    cells: list[str] = []
    for about, content in _CELL.findall(row):
        span = _SPAN.search(about)
        cells += [" ".join(html.unescape(_TAG.sub(" ", content)).split()), *[""] * (int(span[1]) - 1 if span else 0)]
    return cells


def _latex_text(cell: str) -> str:
    return re.sub(r"\\([_%&#$])|\$", r"\1", _COMMAND.sub(r"\1", cell)).strip()
