"""Draws a panel on a page: its sentences, its tables, and its figures from the cache that all sessions share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import streamlit as st

from ...panels import Block, FigureBlock, Fold, Note, Page, Panel, Sentence, TableBlock
from . import viewport
from .chart import Brush, chart
from .figure_cache import Drawn, cached_figure
from .page_elements import heading, note, paragraph, plain, table

Picked = Callable[[str | None], None]
Folds = Mapping[str, dict[str, Any]]


def show(
    panel: Panel | None, analysis: tuple[Hashable, ...], picked: Picked | None = None, folds: Folds | None = None
) -> None:
    """A panel with its heading; nothing for none.

    Parameters
    ----------
    analysis : tuple
        Key of its analysis, part of the figures' cache keys.
    picked : callable, optional
        Called with the group that a reader marks in a figure, or with None when the mark is removed.
    folds : mapping, optional
        Arguments of `st.expander` that bind a fold, by its name.
    """
    if panel is None:
        return
    words = [block.text for block in panel.blocks if isinstance(block, Sentence | Note)]
    if (
        panel.in_words
        and words
        and isinstance(panel.blocks[0], Sentence)
        and all(isinstance(b, Note) for b in panel.blocks[1:])
    ):
        heading(panel.title, panel.lead, words[0], words[1:])  # one paragraph with its remarks
        return
    head(panel)
    body(panel, analysis, picked, folds)


def head(panel: Panel) -> None:
    """A panel's heading and the line below it."""
    heading(panel.title, panel.lead)


def body(
    panel: Panel, analysis: tuple[Hashable, ...], picked: Picked | None = None, folds: Folds | None = None
) -> None:
    """A panel's blocks, without the heading."""
    _blocks(panel, panel.blocks, analysis, picked, folds)


def _blocks(
    panel: Panel, blocks: tuple[Block, ...], analysis: tuple[Hashable, ...], picked: Picked | None, folds: Folds | None
) -> None:
    for block in blocks:
        match block:
            case Sentence(text):
                paragraph(text)
            case Note(text):
                note(text)
            case TableBlock(content, caption, label):
                table(content, caption, label)
            case Fold(name, title, inside):
                with st.expander(plain(title), **(folds or {}).get(name, {})) as fold:
                    if fold.open is not False:
                        _blocks(panel, inside, analysis, picked, folds)
            case FigureBlock():
                figure(panel, block, analysis, picked)


def figure(
    panel: Panel,
    block: FigureBlock,
    analysis: tuple[Hashable, ...],
    picked: Picked | None = None,
    brush: Brush | None = None,
    height: int | None = None,
) -> None:
    """One figure of a panel, of its own height unless another is asked for."""
    page = Page(narrow=block.by_width and viewport.narrow(), height=height)
    made = block.draw(page) if block.key is None else drawn(panel, block, analysis, page)
    name, form = block.name.replace("-", " "), ("narrow" if page.narrow else "wide") if block.by_width else "figure"
    chart(made, f"{name} {form}", picked if block.has_groups else None, block.marked, brush)


def drawn(panel: Panel, block: FigureBlock, analysis: tuple[Hashable, ...], page: Page) -> Drawn:
    """One figure of a panel as the browser gets it, from the cache where it has been drawn before."""
    return cached_figure(lambda: block.draw(page), panel.key, block.name, analysis, block.key, page)
