"""The controls and panels of the Simulate page."""
