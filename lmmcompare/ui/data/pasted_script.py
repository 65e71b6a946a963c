"""Pasted text that has a table and perhaps a model of it, as people post them with a question."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

from ...data.columns import describe
from ...data.read import read_text
from ...data.table import Table
from ...errors import LmmCompareError
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
    table = read_text(text, "pasted text", header=header)
    found = _MODEL.search(text)
    if table.formula or found is None:
        return table
    script = text[text.rfind("\n", 0, found.start()) + 1 :]
    kinds = {column.name: column.is_number for column in describe(table.frame)}
    with suppress(LmmCompareError):
        spec = read(read_call(script, kinds).spec, kinds)
        if spec.random and set(spec.columns) <= set(kinds):
            return replace(table, formula=spec.text)
    return table
