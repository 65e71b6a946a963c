"""The parts of a panel: a title, a lead, and a column of blocks. All text is Markdown, with names escaped by `literal`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

import plotly.graph_objects as go

from ..figures.axes import Look
from ..model_catalogue import Model
from ..tables.table import Table


@dataclass(frozen=True)
class Page:
    """The page that a figure is drawn for.

    Parameters
    ----------
    height : int, optional
        The figure's height in pixels where the page has room for no more.
    """

    narrow: bool = False
    height: int | None = None

    def look(self, highlight: str | None = None, model: Model = Model.RANDOM_INTERCEPT) -> Look:
        """The display options of a figure on this page, with the highlighted group, and the model whose colour it has."""
        return Look(highlight, self.height, narrow=self.narrow, model=model)


@dataclass(frozen=True)
class Sentence:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Note:
    """A remark in small type."""

    text: str


@dataclass(frozen=True, eq=False)
class FigureBlock:
    """A figure, drawn when a page wants it.

    Parameters
    ----------
    name : str
        Used in names of files and HTML elements: lower-case letters, digits and hyphens; unique on a page.
    draw : callable
        Makes it, by a function of ``figures``, so that it has a height and a description for screen readers.
    key : tuple, optional
        What the figure shows apart from the comparison, its panel and the page: two figures of one name and key are
        the same. None where it changes all the time and is not to be kept.
    by_width : bool
        Whether it is laid out anew for a narrow page.
    has_groups : bool
        Whether a click on a mark picks a group.
    marked : str, optional
        The highlighted group.
    """

    name: str
    draw: Callable[[Page], go.Figure]
    key: tuple[Hashable, ...] | None = ()
    by_width: bool = False
    has_groups: bool = False
    marked: str | None = None


@dataclass(frozen=True)
class TableBlock:
    """A table with what is to be known of it below, called ``label`` by screen readers."""

    table: Table
    caption: str
    label: str


@dataclass(frozen=True)
class Fold:
    """Blocks that are shown on request."""

    name: str
    title: str
    blocks: tuple[Sentence | Note | FigureBlock | TableBlock, ...]


Block = Sentence | Note | FigureBlock | TableBlock | Fold


@dataclass(frozen=True)
class Panel:
    """A panel.

    Parameters
    ----------
    title : str
        Plain text.
    lead : str
        What to see in it.
    """

    key: str
    title: str
    lead: str = ""
    blocks: tuple[Block, ...] = ()

    @property
    def in_words(self) -> bool:
        """Whether the panel has text only, without figures and tables."""
        return all(isinstance(block, Sentence | Note) for block in self.blocks)

    @property
    def figures(self) -> Iterator[FigureBlock]:
        """Every figure in it, those of its folds too."""
        yield from (block for block in self.flat if isinstance(block, FigureBlock))

    @property
    def tables(self) -> Iterator[TableBlock]:
        """Every table in it, those of its folds too."""
        yield from (block for block in self.flat if isinstance(block, TableBlock))

    @property
    def words(self) -> str:
        """Title, lead, sentences and notes as one text."""
        return " ".join([self.title, self.lead, *(b.text for b in self.flat if isinstance(b, Sentence | Note))])

    @property
    def flat(self) -> Iterator[Sentence | Note | FigureBlock | TableBlock]:
        """The blocks with those of the folds in their places."""
        for block in self.blocks:
            yield from block.blocks if isinstance(block, Fold) else (block,)
