"""What the readers of data that is written down as code share: how much they read, and what they say of code that does more."""

from __future__ import annotations

from collections.abc import Sequence

from .result import Unreadable, listed

MOST = 5_000_000
"""Bytes of code that are read."""


class Unknown(Exception):
    """Code that does more than write data down: what it is, in words."""


def refuse_long(content: bytes, language: str, remedy: str) -> None:
    """Refuse code that is longer than `MOST`."""
    if len(content) > MOST:
        size, most = (f"{n / 1e6:.0f}" for n in (len(content), MOST))
        raise Unreadable(f"{{file}} has {size} MB of {language} code; at most {most} are read.", remedy)


def not_run(language: str, problem: str, remedy: str) -> Unreadable:
    """The refusal of code of which no table can be read."""
    return Unreadable(f"{{file}} is {language} code, and code is not run here: {problem}.", remedy)


def passed_over_notes(language: str, lines: Sequence[str]) -> list[str]:
    """A note on lines that would have changed the table; none where there are none."""
    return [f"{language} code is not run, so this changed nothing: {listed(lines, 5)}."] if lines else []
