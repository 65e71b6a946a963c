"""Pasted text that has a table and perhaps a model of it, as people post them with a question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from ...data.columns import describe
from ...data.read import read_text
from ...data.table import Table
from ...errors import DataError, LmmCompareError
from ...formula import read
from ...formula.calls import read_call

_MODEL = re.compile(
    r"(?<![\w`])(?:lmer|lme|glmmTMB|mixedlm|Lmer|LinearMixedModel|fit!?)\s*\(|^[. \t]*(?:mixed|xtmixed|proc\s+mixed)\s",
    re.MULTILINE | re.IGNORECASE,
)
MOST_MODELS = 20
LONGEST = 1_500
"""Signs of one call."""


def read_pasted(text: str, header: bool | None = None) -> Table:
    """Read a table that was pasted, with the mixed model that stands in the same text, if there is one of its columns.

    Raises
    ------
    DataError
        As `data.read.read_text`.
    """
    found = _MODEL.search(text)
    try:
        table = read_text(text, header=header)
    except DataError:
        if found is None or "\n" in text[: found.start()].strip():
            raise
        raise DataError(
            "The pasted text begins with a model: there is no table above it.",
            "Paste the table's lines first. A model of the table that is open is pasted into “Formula” on the Compare page.",
        ) from None
    if table.formula or found is None:
        return table
    kinds = {column.name: column.is_number for column in describe(table.frame)}
    for script in _scripts(text):
        with suppress(LmmCompareError):
            spec = read(read_call(script, kinds).spec, kinds)
            if spec.random and set(spec.columns) <= set(kinds):
                return replace(table, formula=spec.text)
    return table


def _scripts(text: str) -> Iterator[str]:
    """What may be a model: all from the first call on, which may be compared with others; then each by itself, the last first."""
    begins = [text.rfind("\n", 0, found.start() + 1) + 1 for found in _MODEL.finditer(text)][-MOST_MODELS:]
    yield text[begins[0] :]
    for begin in reversed(begins):
        yield _whole_call(text[begin : begin + LONGEST])


def _whole_call(text: str) -> str:
    """Text to the end of the line on which its first bracket is closed."""
    depth = 0
    for sign in re.finditer(r"[()]", text):
        depth += 1 if sign[0] == "(" else -1
        if depth <= 0:
            return text[: sign.end()] + text[sign.end() :].partition("\n")[0]
    return text.partition("\n")[0]
