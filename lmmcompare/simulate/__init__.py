"""Simulation of clustered data: settings, the two stages of drawing, true values, presets and links."""

from .table import simulate

__all__ = ["simulate"]
