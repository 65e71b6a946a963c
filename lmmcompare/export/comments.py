"""Comments of scripts, the same in R and in Python."""

from __future__ import annotations

from ..compare import Comparison
from ..version import VERSION
from .source import Source


def comment(text: str) -> str:
    """A text as a line of comment, in R and in Python: nothing in it ends the line."""
    shown = (c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)
    return f"# {''.join(shown)}"


def head(comparison: Comparison, source: Source) -> str:
    """What a script is, and what wrote it."""
    method = "REML" if comparison.reml else "maximum likelihood"
    return comment(
        f"{comparison.spec.formula} on {source.title}, mixed models by {method}. Written by lmmcompare {VERSION}."
    )
