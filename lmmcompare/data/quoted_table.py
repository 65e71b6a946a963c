"""The table in quotes of a call such as ``read.table(text = "…", header = TRUE)``, as people post it with a question."""

from __future__ import annotations

import re

_CALL = re.compile(
    r"""(?:^|\n)[ \t>]*(?:[\w.]+[ \t]*(?:<-|=)[ \t]*)?(?:\w+::)?(?:read[._](?:table|csv2?|delim|tsv)|fread|pd\.read_csv|StringIO)\s*
        \([^"']*?(?:\b(?:text|file|input)\s*=\s*|I\(\s*|StringIO\(\s*)?(?P<quote>\"{3}|'{3}|["'])(?P<table>[^"']*\n.*?)(?P=quote)""",
    re.VERBOSE | re.DOTALL,
)


def unquoted(text: str) -> str:
    """The text in quotes, if it has more than a line; else the whole."""
    found = _CALL.search(text)
    return found["table"].strip("\n") if found else text
