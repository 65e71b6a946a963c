"""The files that a comparison can be exported to, one by one and as one ZIP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from ..errors import LmmCompareError
from ..examples.references import Reference
from ..panels.model_table import paper_table
from ..version import VERSION
from .bibtex import bibtex, python_works, r_works
from .citations import in_text
from .comments import visible
from .data_file import csv_names, csv_text
from .json_results import json_results
from .methods import methods_with_references
from .notebook import notebook
from .page_results import PAGE, page_file
from .python_code import python_code
from .r_code import r_code
from .report import report
from .snapshot import Snapshot
from .tables import csv, frames, workbook
from .word_table import word_table

ROWS = "rows"
"""The table that stands in the ZIP as the file that the code reads."""


def report_file(snapshot: Snapshot) -> bytes:
    """The report."""
    return report(snapshot).encode()


def workbook_file(snapshot: Snapshot) -> bytes:
    """Every table as a sheet of one workbook."""
    return workbook(frames(snapshot))


def word_file(snapshot: Snapshot) -> bytes:
    """All models side by side as a paper prints them."""
    block = paper_table(snapshot.comparison, snapshot.inferred)
    return word_table(block.table, block.label, block.caption)


def tables_file(snapshot: Snapshot) -> bytes:
    """Every table as CSV, in one ZIP."""
    return _zip({f"{name}.csv": csv(frame) for name, frame in frames(snapshot).items()})


def archive(snapshot: Snapshot) -> bytes:
    """All files in one ZIP, with a README that describes each; a file that cannot be made is listed there with the reason."""
    tables = frames(snapshot)

    def compares(written: str) -> str:
        return f"; run in this folder, it sets them beside the page's and writes {written}"

    in_r, in_python = cache(lambda: r_code(snapshot)), cache(lambda: python_code(snapshot))
    by_r, by_python = _or_nothing(lambda: r_works(in_r())), _or_nothing(lambda: python_works(in_python()))
    makers: dict[str, tuple[str, Callable[[], str | bytes]]] = {
        "report.html": ("the report: opens in any browser, without a network", lambda: report_file(snapshot)),
        "code.R": (
            f"makes the numbers again in R{_cited(by_r)}{compares('match_r.csv')}",
            in_r,
        ),
        "code.py": (
            f"makes the numbers again in Python{_cited(by_python)}{compares('match_python.csv')}",
            in_python,
        ),
        "notebook.ipynb": ("the Python code as a Jupyter notebook", lambda: notebook(snapshot)),
        **{name: _rows(snapshot, name) for name in csv_names(snapshot.source)},
        PAGE: ("the page's numbers, every digit, which the code sets beside its own", lambda: page_file(snapshot)),
        "results.json": ("every result, for programs", lambda: json_results(snapshot)),
        "tables.xlsx": ("every table in one workbook", lambda: workbook(tables)),
        "table.docx": ("all models side by side, as a paper prints them, for Word", lambda: word_file(snapshot)),
        "methods.txt": (
            "a methods and a results paragraph for a paper, with the list of what they cite",
            lambda: methods_with_references(snapshot),
        ),
        "references.bib": ("what methods.txt and this file cite", lambda: bibtex(snapshot, [*by_r, *by_python])),
    }
    files, words = {}, []
    for name, (what, make) in makers.items():
        try:
            made = make()
        except LmmCompareError as error:
            words.append(f"{name} is left out: {error}")
            continue
        files[name] = made.encode() if isinstance(made, str) else made
        words.append(f"{name}: {what}")
    each = {f"tables/{k}.csv": csv(frame) for k, frame in tables.items() if k != ROWS}
    words.append(
        "tables/: every table as CSV; text that a spreadsheet would run as a formula has an apostrophe before it"
    )
    return _zip({"README.txt": _readme(snapshot, words).encode(), **files, **each}, folder=f"{snapshot.name}/")


def _or_nothing(works: Callable[[], list[Reference]]) -> list[Reference]:
    """The works that a script uses; none where it cannot be written."""
    try:
        return works()
    except LmmCompareError:
        return []


def _cited(works: list[Reference]) -> str:
    return f" ({in_text(*works)})" if works else ""


def _rows(snapshot: Snapshot, name: str) -> tuple[str, Callable[[], str]]:
    """A file with rows: what it is, and what makes it."""
    own = name == snapshot.source.csv_name
    what = "the rows that the code reads, exactly" if own else "rows that the code joins to these"
    return what, lambda: csv_text(snapshot.comparison, snapshot.source, name)


def _readme(snapshot: Snapshot, files: list[str]) -> str:
    comparison = snapshot.comparison
    lines = [
        snapshot.answer.title,
        "",
        f"Formula: {visible(comparison.spec.text)}",
        f"Method: {'REML' if comparison.reml else 'ML'}",
        *(
            f"Done to the table before, step {k}: {visible(words)}"
            for k, words in enumerate(snapshot.source.changes, 1)
        ),
        f"Rows: {visible(comparison.design.rows_sentence)}",
        f"Coefficient: {visible(snapshot.coefficient)}",
        f"Inference: {snapshot.inferred.words}",
        f"Made by lmmcompare {VERSION} on {datetime.now(UTC):%d %B %Y, %H:%M} UTC",
    ]
    lines += [f"Open it again: {snapshot.link}"] if snapshot.link else []
    return "\n".join([*lines, "", *files, ""])


def _zip(files: dict[str, bytes], folder: str = "") -> bytes:
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
    return content.getvalue()
