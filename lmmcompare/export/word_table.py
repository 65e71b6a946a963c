"""A table as a Word document in APA's form: number and title above it, three horizontal lines, a note below.

The document is written part by part, as Office Open XML: three small files in a ZIP, which Word, LibreOffice and Google Docs
open. All text is text: nothing in it is a field or a link.
"""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from ..tables.table import Cell, Table
from ..text.numbers import MISSING
from .comments import visible

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="{OFFICE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONSHIPS = (
    f'{HEAD}<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{OFFICE}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
PAGE_WIDTH, MARGIN = 16838, 1134
"""A4 across, and its margins of 2 cm, in twentieths of a point."""
LABELS = 0.22
"""The share of the width that the rows' labels take."""
NOTHING = "—"
"""What stands where a model has no number."""
LETTERS = 18
"""The size of the letters, in half points."""


def word_table(table: Table, title: str, note: str) -> bytes:
    """The document.

    Parameters
    ----------
    title, note : str
        What stands above it and below it.
    """
    body = "".join(
        [
            _paragraph(_run("Table 1", "<w:b/>")),
            _paragraph(_run(title, "<w:i/>")),
            _table(table),
            _paragraph(_run("Note. ", "<w:i/>") + _run(note)),
            f'<w:sectPr><w:pgSz w:w="{PAGE_WIDTH}" w:h="11906" w:orient="landscape"/>'
            f'<w:pgMar w:top="{MARGIN}" w:right="{MARGIN}" w:bottom="{MARGIN}" w:left="{MARGIN}" w:header="0" w:footer="0" '
            'w:gutter="0"/></w:sectPr>',
        ]
    )
    document = f'{HEAD}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONSHIPS)
        archive.writestr("word/document.xml", document)
    return content.getvalue()


def _run(text: str, look: str = "") -> str:
    """A piece of text in one look, such as ``<w:b/>`` for bold."""
    fonts = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
    size = f'<w:sz w:val="{LETTERS}"/><w:szCs w:val="{LETTERS}"/>'
    return f'<w:r><w:rPr>{fonts}{look}{size}</w:rPr><w:t xml:space="preserve">{escape(visible(text))}</w:t></w:r>'


def _paragraph(runs: str, align: str = "left") -> str:
    return f'<w:p><w:pPr><w:spacing w:before="40" w:after="40"/><w:jc w:val="{align}"/></w:pPr>{runs}</w:p>'


def _table(table: Table) -> str:
    """Lines above and below the heads and below the last row, and no others; the heads again on each page."""
    width, columns = PAGE_WIDTH - 2 * MARGIN, len(table.heads)
    first = round(width * LABELS)
    widths = [first, *[(width - first) // columns] * columns]
    heads = [Cell(""), *(Cell(name, "", kind) for name, kind in table.heads)]
    rows = [_row(heads, widths, head=True)]
    for row in table.rows:
        if row.section:
            rows.append(_section(row.section, widths))
        rows.append(_row([Cell(row.label), *row.cells], widths))
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    margins = "".join(f'<w:{side} w:w="60" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{_line("top")}{_line("bottom")}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _line(side: str) -> str:
    return f'<w:{side} w:val="single" w:sz="8" w:space="0" w:color="000000"/>'


def _row(cells: list[Cell], widths: list[int], *, head: bool = False) -> str:
    border = f"<w:tcBorders>{_line('bottom')}</w:tcBorders>" if head else ""
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{border}</w:tcPr>{_lines(cell, "center" if k else "left")}</w:tc>'
        for k, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{made}</w:tr>"


def _section(name: str, widths: list[int]) -> str:
    """A row across the table that names a part of it."""
    cell = f'<w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/><w:gridSpan w:val="{len(widths)}"/></w:tcPr>'
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>{cell}{_paragraph(_run(name, '<w:i/>'))}</w:tc></w:tr>"


def _lines(cell: Cell, align: str) -> str:
    """A cell's lines as paragraphs: the estimate and its error, its interval, its test; a dash where there is nothing."""
    main = NOTHING if cell.main == MISSING else cell.main
    further = [text for text in (cell.below, cell.further) if text]
    return "".join(_paragraph(_run(text), align) for text in (f"{main} {cell.beside}".strip(), *further))
