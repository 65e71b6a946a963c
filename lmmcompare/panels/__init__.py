"""Panels: title, text, figures and tables as data, rendered by the app, the report and the notebook."""

from .panel import Block, FigureBlock, Fold, Note, Page, Panel, Sentence, TableBlock

__all__ = ["Block", "FigureBlock", "Fold", "Note", "Page", "Panel", "Sentence", "TableBlock"]
