"""Panels as HTML of a page that stands alone; every name from a table is escaped."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import plotly.graph_objects as go

from ..panels import Block, FigureBlock, Fold, Note, Page, Panel, Sentence, TableBlock
from ..tables.table import to_html
from ..text.labels import rich


def paragraph_of(text: str, kind: str = "") -> str:
    """A paragraph of Markdown; nothing for nothing."""
    return f"<p{f' class={kind}' if kind else ''}>{rich(text)}</p>" if text else ""


def heading(title: str, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{escape(title)}</h{level}>"


@dataclass
class PanelWriter:
    """Writes panels and keeps the figures that they leave room for."""

    figures: dict[str, go.Figure] = field(default_factory=dict)

    def panel(self, panel: Panel | None, level: int = 2) -> str:
        """A panel under a heading of this level; nothing for none."""
        if panel is None:
            return ""
        return heading(panel.title, level) + paragraph_of(panel.lead) + self.body(panel)

    def body(self, panel: Panel) -> str:
        """All below the heading."""
        return "".join(self._block(block, panel.title) for block in panel.blocks)

    def _block(self, block: Block, title: str) -> str:
        match block:
            case Sentence(text):
                return paragraph_of(text)
            case Note(text):
                return paragraph_of(text, "lmm-note")
            case TableBlock(table, caption, label):
                return to_html(
                    table, caption, label, stacks=True
                )  # whole on a phone too: columns stand below each other
            case Fold(_, summary, blocks):
                inside = "".join(self._block(part, title) for part in blocks)
                return f"<details open><summary>{escape(summary)}</summary>{inside}</details>"
            case FigureBlock():
                return self._figure(block, title)

    def _figure(self, block: FigureBlock, title: str) -> str:
        """Room for a figure, and the buttons that save it."""
        figure = self.figures[block.name] = block.draw(Page(narrow=block.by_width))
        buttons = "".join(
            f'<button type="button" data-figure="{block.name}" data-save="{kind}">Save as {kind.upper()}'
            f"<span hidden> the figure “{escape(title)}”</span></button>"
            for kind in ("svg", "png")
        )
        return (
            f'<figure aria-label="{escape(figure.layout.meta["alt"])}"><div id="{block.name}" class="plot"></div>'
            f'<div class="save">{buttons}</div></figure>'
        )
