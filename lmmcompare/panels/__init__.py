"""Each panel once: its title, its words, its figures and tables, as data that the app, the report and the notebook render."""

from .panel import Block, FigureBlock, Fold, Note, Page, Panel, Sentence, TableBlock

__all__ = ["Block", "FigureBlock", "Fold", "Note", "Page", "Panel", "Sentence", "TableBlock"]
