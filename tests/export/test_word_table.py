from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from lmmcompare.export.archive import word_file
from lmmcompare.export.comments import visible
from lmmcompare.export.word_table import WORD
from lmmcompare.panels.model_table import paper_table
from lmmcompare.text.numbers import MISSING

from .cases import Case, example, nasty_cases

CASES = [
    example("cv161703"), example("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
    next(case for case in nasty_cases() if case.name == "quotes"),
]  # fmt: skip


def parts(case: Case) -> dict[str, ElementTree.Element]:
    """The files of the document, each parsed."""
    with ZipFile(BytesIO(word_file(case.snapshot))) as archive:
        return {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}


def tag(name: str) -> str:
    return f"{{{WORD}}}{name}"


def texts(element: ElementTree.Element) -> list[str]:
    """The text of each paragraph."""
    return ["".join(t.text or "" for t in paragraph.iter(tag("t"))) for paragraph in element.iter(tag("p"))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_has_every_number_of_the_table(case: Case) -> None:
    block = paper_table(case.comparison, case.snapshot.inferred)
    document = parts(case)["word/document.xml"]
    (table,) = document.iter(tag("tbl"))
    rows = [[texts(cell) for cell in row.iter(tag("tc"))] for row in table.iter(tag("tr"))]
    assert [cell[0] for cell in rows[0][1:]] == [visible(name) for name, _ in block.table.heads]
    body = {row[0][0]: row[1:] for row in rows[1:] if len(row) > 1}
    for row in block.table.rows:
        for cell, written in zip(row.cells, body[visible(row.label)], strict=True):
            main = f"{cell.main} {cell.beside}".strip().replace(MISSING, "—")
            assert written == [visible(text) for text in (main, cell.below, cell.further) if text]
    sections = [row[0][0] for row in rows if len(row) == 1]
    assert sections == [row.section for row in block.table.rows if row.section]


def test_it_has_what_a_paper_reports() -> None:
    """Intervals, p values, what varies, the intraclass correlation, and the numbers of rows and groups; not how the search ended."""
    table = paper_table(CASES[0].comparison, CASES[0].snapshot.inferred).table
    labels = [row.label for row in table.rows]
    assert {"Intraclass correlation", "Rows", "Number of IDs"} <= set(labels) and not any(
        "end point" in k for k in labels
    )
    assert "SD between IDs" in labels
    assert all(
        " to " in cell.below and "p " in cell.further for cell in table.rows[labels.index("X")].cells if cell.beside
    )
    crossed = paper_table(CASES[1].comparison, CASES[1].snapshot.inferred).table
    numbers = {row.label: row.cells[-1].main for row in crossed.rows}
    assert numbers["Number of plates"] == "24" and numbers["Number of samples"] == "6"


def test_the_form_is_apas() -> None:
    """Number in bold, title in italics, no lines but above and below the heads and at the end, a note; the heads on each page."""
    found = parts(CASES[0])
    document = found["word/document.xml"]
    said = texts(document)
    assert (
        said[0] == "Table 1" and said[1].startswith("Coefficients, variation") and said[-1].startswith("Note. Estimate")
    )
    assert len(list(document.iter(tag("tblHeader")))) == 1
    (borders,) = document.iter(tag("tblBorders"))
    assert [line.tag for line in borders] == [tag("top"), tag("bottom")]
    assert len(list(document.iter(tag("tcBorders")))) == len(next(document.iter(tag("tr"))).findall(tag("tc")))
    assert set(found) == {"[Content_Types].xml", "_rels/.rels", "word/document.xml"}
