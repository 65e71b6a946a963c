"""What R prints round a tibble, which is no part of the table that people copy from a console."""

from __future__ import annotations

import re

_TYPES = re.compile(r"\s*(<\w+>\s*)+")


def as_delimited(text: str) -> bytes:
    """The text with blank lines in place of a tibble's size, its columns' types and the number of rows that were not shown."""
    lines = text.splitlines()
    if any(_TYPES.fullmatch(line) for line in lines[:5]):
        lines = ["" if line.lstrip().startswith("#") or _TYPES.fullmatch(line) else line for line in lines]
        text = "\n".join(lines)
    return text.encode("utf-8", "replace")
