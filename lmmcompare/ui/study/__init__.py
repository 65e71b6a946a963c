"""The controls and panels of the Study page."""
