"""Everything that a comparison has to take away, file by file, and all of it in one ZIP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from ..errors import LmmCompareError
from ..explain.words import headline
from ..version import VERSION
from .bibtex import bibtex
from .datafile import data_file
from .json_results import json_results
from .methods import methods
from .notebook import notebook
from .python_code import python_code
from .r_code import r_code
from .report import report
from .shown import Shown
from .tables import csv, frames, workbook

ROWS = "rows"
"""The table that stands in the ZIP as the file that the code reads."""


def report_file(shown: Shown) -> bytes:
    """The report."""
    return report(shown).encode()


def workbook_file(shown: Shown) -> bytes:
    """Every table as a sheet of one workbook."""
    return workbook(frames(shown))


def tables_file(shown: Shown) -> bytes:
    """Every table as CSV, in one ZIP."""
    return _zip({f"{name}.csv": csv(frame) for name, frame in frames(shown).items()})


def archive(shown: Shown) -> bytes:
    """All files in one ZIP, with a README that says what each is; a file that cannot be made is named there with the reason."""
    pair, adjusted, tables = (shown.comparison, shown.source), shown.inferred.kenward_roger, frames(shown)
    makers: dict[str, tuple[str, Callable[[], str | bytes]]] = {
        "report.html": ("the report: opens in any browser, without a network", lambda: report_file(shown)),
        "code.R": ("makes the numbers again in R (lm, lme4, lmerTest)", lambda: r_code(*pair)),
        "code.py": ("makes the numbers again in Python", lambda: python_code(*pair)),
        "notebook.ipynb": ("the Python code as a Jupyter notebook", lambda: notebook(*pair)),
        shown.source.csv_name: ("the rows that the code reads, exactly", lambda: data_file(*pair).text),
        "results.json": ("every result, for programs", lambda: json_results(*pair)),
        "tables.xlsx": ("every table in one workbook", lambda: workbook(tables)),
        "methods.txt": ("a methods paragraph for a paper", lambda: methods(*pair, kenward_roger=adjusted)),
        "references.bib": (
            "the references of data and methods",
            lambda: bibtex(*pair, kenward_roger=adjusted, scripts=True),
        ),
    }
    files, said = {}, []
    for name, (what, make) in makers.items():
        try:
            made = make()
        except LmmCompareError as error:
            said.append(f"{name} is left out: {error}")
            continue
        files[name] = made.encode() if isinstance(made, str) else made
        said.append(f"{name}: {what}")
    each = {f"tables/{k}.csv": csv(frame) for k, frame in tables.items() if k != ROWS}
    said.append(
        "tables/: every table as CSV; text that a spreadsheet would run as a formula has an apostrophe before it"
    )
    return _zip({"README.txt": _readme(shown, said).encode(), **files, **each}, folder=f"{shown.name}/")


def _readme(shown: Shown, files: list[str]) -> str:
    comparison = shown.comparison
    lines = [
        headline(comparison, shown.coefficient).title, "", f"Formula: {comparison.spec.formula}",
        f"Method: {'REML' if comparison.reml else 'ML'}", f"Rows: {comparison.design.rows_sentence}",
        f"Made by lmmcompare {VERSION} on {datetime.now(UTC):%d %B %Y, %H:%M} UTC",
    ]  # fmt: skip
    lines += [f"Open it again: {shown.link}"] if shown.link else []
    return "\n".join([*lines, "", *files, ""])


def _zip(files: dict[str, bytes], folder: str = "") -> bytes:
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
    return content.getvalue()
