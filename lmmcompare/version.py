"""The version and its year, for what is taken away to say; pyproject.toml reads it here."""

VERSION = "0.1.0"
YEAR = "2026"
"""The year of this version, for its citation."""
