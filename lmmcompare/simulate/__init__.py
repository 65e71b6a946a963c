"""Clustered data made by hand: settings, the two stages of drawing, what is true of them, presets, links."""

from .table import simulate

__all__ = ["simulate"]
