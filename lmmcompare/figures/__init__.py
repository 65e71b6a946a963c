"""Figures: a tidy frame goes in, a plotly figure comes out; nothing is estimated here."""
