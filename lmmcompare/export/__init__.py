"""Exports of a comparison: scripts that reproduce every number, a notebook, a report, tables, figures and references."""
