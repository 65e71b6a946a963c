"""A panel as HTML: every block has its form, every name is text, and figures are drawn once."""

from __future__ import annotations

from lmmcompare.export.panel_html import PanelWriter
from lmmcompare.figures.figure import figure
from lmmcompare.panels import FigureBlock, Fold, Note, Page, Panel, Sentence, TableBlock
from lmmcompare.tables.table import Cell, Row, Table

EVIL = "<img src=x onerror=alert(1)>"


def drawn(page: Page):
    trace = {"type": "scatter", "x": [0, 1], "y": [0, 1]}
    return figure([trace], {"title": {"text": f"{page}"}}, alt=f"A line {EVIL}", height=200)


def test_every_block_has_its_form_and_no_name_becomes_a_tag():
    table = Table(("ols",), ((EVIL, ""),), (Row(EVIL, (Cell("1"),)),))
    fold = Fold("more", f"More {EVIL}", (Note(f"folded {EVIL}"),))
    blocks = (
        Sentence(f"**said** {EVIL}"),
        Note("noted"),
        FigureBlock("one", drawn),
        TableBlock(table, EVIL, "label"),
        fold,
    )
    writer = PanelWriter()
    html = writer.panel(Panel("p", f"Title {EVIL}", f"lead {EVIL}", blocks), 3)
    assert "<img" not in html and html.count("&lt;img") >= 8
    assert html.startswith("<h3>Title") and "<strong>said</strong>" in html and "<p class=lmm-note>noted</p>" in html
    assert '<div id="one" class="plot"></div>' in html and html.count("<button") == 2
    assert "<details open><summary>More" in html and "<table>" in html


def test_figures_are_kept_and_wide_ones_are_laid_out_for_any_width():
    writer = PanelWriter()
    writer.panel(Panel("p", "Title", "", (FigureBlock("one", drawn), FigureBlock("wide", drawn, by_width=True))))
    assert list(writer.figures) == ["one", "wide"]
    titles = [figure.layout.title.text for figure in writer.figures.values()]
    assert titles == [str(Page()), str(Page(narrow=True))]


def test_there_is_nothing_for_no_panel():
    assert PanelWriter().panel(None) == ""
