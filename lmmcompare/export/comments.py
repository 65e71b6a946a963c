"""Comments of scripts, the same in R and in Python."""

from __future__ import annotations

from ..version import VERSION
from .datafile import DataFile
from .snapshot import Snapshot


def visible(text: str) -> str:
    """A text with everything that cannot be seen written out: nothing in it ends a line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def comment(text: str) -> str:
    """A text as a line of comment, in R and in Python."""
    return f"# {visible(text)}"


def head(snapshot: Snapshot, file: DataFile) -> str:
    """What a script is, which coefficient and inference it is about, what wrote it, and what its rows have behind them."""
    comparison = snapshot.comparison
    about = f"The coefficient that was looked at: {snapshot.coefficient}. " if comparison.terms else ""
    return "\n".join(
        [
            comment(f"{comparison.spec.text} on {snapshot.source.title}. Written by lmmcompare {VERSION}."),
            comment(f"{about}{snapshot.inferred.words}."),
            *(
                comment(f"Done to the table already, step {k}: {words}")
                for k, words in enumerate(file.plan.done if file.plan is not None else (), 1)
            ),
        ]
    )
