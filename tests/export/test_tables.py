"""Every digit survives CSV and Excel; text is never a formula."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lmmcompare import compare
from lmmcompare.errors import DataError
from lmmcompare.export import archive, tables
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source
from lmmcompare.version import VERSION
from tests.helpers import example
from tests.sources import example_source, file_source


def snapshot(name: str) -> Snapshot:
    return Snapshot(example(name), example_source(name))


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def agrees(value: object, cell: object) -> bool:
    """Whether a cell holds a value: a number to the last bit, text as it is, nothing as nothing."""
    if isinstance(value, float):
        return cell == "" if np.isnan(value) else float(str(cell)) == value
    return str(cell) == str(value) or float(str(cell)) == value


@pytest.mark.parametrize("name", ["cv161703", "sleepstudy", "oats", "dyestuff2"])
def test_every_digit_comes_back(name):
    frames = tables.frames(snapshot(name))
    assert {"coefficients", "variances", "fit", "tests", "information", "standard errors", "shrinkage", "rows"} <= set(
        frames
    )
    workbook = sheets(tables.workbook(frames))
    for key, frame in frames.items():
        for head, *rows in (workbook[key], list(csv.reader(StringIO(tables.csv(frame).decode())))):
            assert head == list(frame.columns) and len(rows) == len(frame)
            for at, column in enumerate(frame.columns):
                pairs = zip(frame[column].tolist(), (row[at] for row in rows), strict=True)
                assert [pair for pair in pairs if not agrees(*pair)] == [], (key, column)


@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=20))
def test_any_number_comes_back_to_the_last_bit(values):
    ((_, *rows),) = sheets(tables.workbook({"numbers": pd.DataFrame({"x": values})})).values()
    back = [float("nan") if row[0] == "" else row[0] for row in rows]
    back += [float("nan")] * (len(values) - len(back))  # rows of nothing at the end are not there
    assert np.array_equal(values, back, equal_nan=True)


FORMULAS = ["=1+1", "+A1", "-cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "＝1+1"]
HARMLESS = ["-5", "+3.5e2", "a=b", "", "x - y"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_never_becomes_a_formula(text):
    frame = pd.DataFrame({text: [text, "fine"], "n": [-1.5, 2.0]})
    found = pd.read_csv(BytesIO(tables.csv(frame)), keep_default_na=False)
    assert found.columns[0] == f"'{text}" and found.iloc[0, 0] == f"'{text}" and found["n"].tolist() == [-1.5, 2.0]
    content = tables.workbook({"s": frame})
    assert sheets(content)["s"][:2] == [[text, "n"], [text, -1.5]]
    with ZipFile(BytesIO(content)) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in xml and "hyperlink" not in xml


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays_as_it_is(text):
    frame = pd.DataFrame({"s": pd.Categorical([text, "b"])})
    assert tables.csv(frame).decode().splitlines()[1].strip('"') == text


def test_links_long_text_and_large_numbers_are_kept_as_text():
    frame = pd.DataFrame({"s": ["https://example.org", "x" * 40_000, "mailto:a@b"], "k": [2**53 + 1, 2**53, -(2**60)]})
    rows = sheets(tables.workbook({"s": frame}))["s"][1:]
    assert [row[0] for row in rows] == ["https://example.org", "x" * 32_767, "mailto:a@b"]
    assert [row[1] for row in rows] == [str(2**53 + 1), float(2**53), str(-(2**60))]


def test_dates_are_dates_of_the_workbook():
    days = pd.to_datetime(["2020-02-29", None, "1899-12-31"])
    moments = pd.to_datetime(["2020-02-29 06:30", "2020-03-01 00:00", None])
    (_, *rows) = sheets(tables.workbook({"s": pd.DataFrame({"day": days, "at": moments})}))["s"]
    assert [row[0] for row in rows] == [date(2020, 2, 29), "", "1899-12-31 00:00:00"]
    assert [row[1] for row in rows] == [datetime(2020, 2, 29, 6, 30), date(2020, 3, 1), ""]


def test_a_table_too_long_for_a_sheet_says_so():
    frame = pd.DataFrame({"x": np.zeros(tables.LONGEST_SHEET + 1)})
    assert sheets(tables.workbook({"rows": frame}))["rows"] == [
        ["100,001 rows are too many for a sheet; they are in the CSV file."]
    ]


# ------------------------------------------------------------------------------------------------------------- the ZIP


def test_the_zip_holds_everything_and_says_what_it_is():
    with ZipFile(BytesIO(archive.archive(snapshot("cv161703")))) as found:
        names = {name.removeprefix("cv161703/") for name in found.namelist()}
        assert {"README.txt", "report.html", "code.R", "code.py", "notebook.ipynb", "cv161703.csv", "results.json", "tables.xlsx",
                "methods.txt", "references.bib", "table.docx", "page_numbers.csv", "tables/coefficients.csv"} <= names  # fmt: skip
        said = found.read("cv161703/README.txt").decode()
        rows = pd.read_csv(found.open("cv161703/cv161703.csv"))
        bib, methods = found.read("cv161703/references.bib").decode(), found.read("cv161703/methods.txt").decode()
        years = dict(re.findall(r"@\w+\{([a-z0-9-]+),\n(?:  .*\n)*?  year = \{(\d+)\}", bib))
        assert {"clubsandwich", "kuznetsova2017", "seabold2010"} <= years.keys() and bib.count("@") == len(years) + 1
        assert all(f", {year}" in methods + said for year in years.values())  # and the data, which have no year
    for part in ("Formula: Y ~ X + (1 | ID)", "Method: REML", "All 60 rows", VERSION, "OLS says 1.18"):
        assert part in said
    assert all(name in said for name in names - {"README.txt"} if "/" not in name)
    assert set(rows.columns) == {"Y", "X", "ID"} and len(rows) == 60


def test_what_was_done_to_the_table_is_in_the_readme_the_report_and_the_results():
    rows = example_source("cv161703")
    changes = ("60 of 63 rows kept: “X” present.", "2 rows left out by hand: numbers 3, 17.")
    changed = Snapshot(example("cv161703"), Source("own.csv", rows.frame, changes=changes))
    with ZipFile(BytesIO(archive.archive(changed))) as found:
        said = found.read("own/README.txt").decode()
        assert all(f"step {k}: {words}" in said for k, words in enumerate(changes, 1))
        assert f"<dt>Changed</dt><dd>{' '.join(changes)}</dd>" in found.read("own/report.html").decode()
        assert json.loads(found.read("own/results.json"))["data"]["changes"] == list(changes)


def test_a_file_that_cannot_be_made_is_named_with_the_reason(monkeypatch):
    def refuse(*_: object) -> str:
        raise DataError("“a\\0b” cannot be written.", "Rename it.")

    monkeypatch.setattr(archive, "r_code", refuse)
    with ZipFile(BytesIO(archive.archive(snapshot("dyestuff2")))) as found:
        assert "dyestuff2/code.R" not in found.namelist() and "dyestuff2/code.py" in found.namelist()
        assert (
            "code.R is left out: “a\\0b” cannot be written. Rename it." in found.read("dyestuff2/README.txt").decode()
        )


def test_of_a_table_too_large_to_hold_there_is_no_code(tmp_path):
    rng = np.random.default_rng(1)
    g = rng.integers(0, 20, 30_000)
    table = pd.DataFrame({"y": g + rng.normal(size=30_000), "x": rng.normal(size=30_000), "g": g})
    table.to_parquet(tmp_path / "large.parquet")
    comparison = compare("y ~ x + (1 | g)", tmp_path / "large.parquet")
    sampled = Snapshot(comparison, file_source("large.parquet", comparison.design.rows_of(None)))
    with ZipFile(BytesIO(archive.archive(sampled))) as found:
        names = {name.removeprefix("large/") for name in found.namelist()}
        report = found.read("large/report.html").decode()
    assert not {"code.R", "code.py", "notebook.ipynb", "large.csv", "tables/rows.csv"} & names
    assert {"report.html", "results.json", "tables/coefficients.csv", "tables/sample of the rows.csv"} <= names
    assert "A uniform sample of 20,000 of 30,000 rows." in report and "All 30,000 rows are used" in report


def test_tables_as_csv():
    with ZipFile(BytesIO(archive.tables_file(snapshot("cv161703")))) as found:
        assert pd.read_csv(found.open("rows.csv")).shape == (60, 3)
