"""What the tests of panels share: comparisons, and a panel as one text."""

from __future__ import annotations

from re import sub

from lmmcompare import examples
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.panels import FigureBlock, Page, Panel
from lmmcompare.tables.table import to_frame
from tests.helpers import example as fitted

KINDS = {
    "cv161703": ("Y ~ X + (1 | ID)", True),
    "dyestuff2": ("Yield ~ 1 + (1 | Batch)", True),
    "drug": ("Sleep ~ Drug + (1 | ID)", True),
    "pastes": ("", True),
    "exam": ("normexam ~ standLRT * sex + (standLRT || school)", False),
    "sleepstudy": ("Reaction ~ 0 + Days + (0 + Days | Subject)", True),
    "penicillin": ("diameter ~ 1 + (1 | plate) + (1 | sample)", True),
}
"""An example for every kind of model, its formula (its own where empty), and whether by REML."""


def kind(example: str) -> Comparison:
    """One of the kinds of model."""
    formula, reml = KINDS[example]
    return fitted(example, examples.get(example).formula if not formula or example == "drug" else formula, reml)


def text(panel: Panel | None) -> str:
    """Everything that a panel says, its tables as rows of text, on one line."""
    assert panel is not None
    tables = [to_frame(block.table) for block in panel.tables]
    rows = [" ".join([str(name), *map(str, row)]) for frame in tables for name, *row in frame.itertuples()]
    heads = [head for block in panel.tables for name in block.table.heads for head in name]
    captions = [block.caption for block in panel.tables]
    return sub(r"\s+", " ", " ".join([panel.words, *heads, *rows, *captions]).replace("**", ""))


def drawn(panel: Panel, name: str, page: Page = Page()):  # noqa: B008
    """A figure of a panel, checked by plotly."""
    (block,) = [b for b in panel.figures if isinstance(b, FigureBlock) and b.name == name]
    figure = block.draw(page)
    assert len(figure.data) and len(figure.layout.meta["alt"]) > 40
    return figure
