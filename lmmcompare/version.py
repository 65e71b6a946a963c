"""The version, for what is taken away to say; pyproject.toml reads it here."""

VERSION = "0.1.0"
