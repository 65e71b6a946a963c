"""Pasted text that has a table and perhaps a model of it, as people post them with a question."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

from ...data.columns import describe
from ...data.read import read_text
from ...data.table import Table
from ...errors import DataError, LmmCompareError
from ...formula import read
from ...formula.calls import read_call

_MODEL = re.compile(r"(?<![\w`])(?:lmer|lme|glmmTMB|mixedlm)\s*\(")


def read_pasted(text: str, header: bool | None = None) -> Table:
    """Read a table that was pasted, with the mixed model that stands in the same text, if there is one of its columns.

    Raises
    ------
    DataError
        As `data.read.read_text`.
    """
    found = _MODEL.search(text)
    try:
        table = read_text(text, "pasted text", header=header)
    except DataError:
        if found is None or "\n" in text[: found.start()].strip():
            raise
        raise DataError(
            "The pasted text begins with a model: there is no table above it.",
            "Paste the table's lines first. A model of the table that is open is pasted into “Formula” on the Compare page.",
        ) from None
    if table.formula or found is None:
        return table
    script = text[text.rfind("\n", 0, found.start()) + 1 :]
    kinds = {column.name: column.is_number for column in describe(table.frame)}
    with suppress(LmmCompareError):
        spec = read(read_call(script, kinds).spec, kinds)
        if spec.random and set(spec.columns) <= set(kinds):
            return replace(table, formula=spec.text)
    return table
