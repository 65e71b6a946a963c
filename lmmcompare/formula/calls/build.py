"""A specification from formula text that was found in a call: errors point into the call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from ...errors import FormulaError
from ..expressions import Column, Expression, quote
from ..parser import parse, parse_expression
from ..spec import ModelSpec
from .call_syntax import Part

Kinds = Mapping[str, bool]
"""The columns of the table at hand: whether each holds numbers. Empty where there is no table."""


def formula_of(part: Part) -> str:
    """Formula text: as it stands, in quotes, or in ``formula()`` or ``as.formula()``; a variable's name is refused.

    Where each column has the name of one table before it, ``d$y ~ d$x``, these are columns of that table.
    """
    called = part.call()
    if called and called[0] in ("formula", "as.formula", "Formula") and called[1]:
        return formula_of(called[1][0])
    text = part.string()
    text = part.text if text is None else text
    if "~" not in text:
        part.fail("The formula is not in the call.", "Write it there: outcome ~ predictors + (1 | group).")
    tables = {token.text for token, sign in pairwise(part.tokens) if sign.text == "$"}
    return re.sub(r"[\w.]+\s*\$\s*", "", text) if len(tables) == 1 else text


def specify(part: Part, fixed: str, random: Sequence[str] = ()) -> ModelSpec:
    """The model of a formula's text with random-effects terms added; where it cannot be read, the place in the call."""
    try:
        return parse(" + ".join([fixed, *random]))
    except FormulaError as error:
        inside = part.text.find(fixed)
        if error.position is None or inside < 0 or error.position > len(fixed):
            raise
        raise FormulaError(
            error.problem,
            error.remedy,
            text=part.source.text,
            position=part.position + inside + error.position,
            suggestion="" if random else error.suggestion,
        ) from None


def specify_fixed(part: Part, text: str, random: Sequence[str] = ()) -> ModelSpec:
    """The model of a formula's text for a function that takes no random part in it; one that is there is refused.

    ``random`` are the terms of a random part that the call has apart from its formula.
    """
    spec = specify(part, text)
    if spec.random:
        part.fail("This function takes no random part in its formula.", "Use lmer(), or remove it.")
    return specify(part, text, random) if random else spec


def as_factor(name: str, kinds: Kinds) -> str:
    """A column that the program takes by its levels, as formula text."""
    return f"factor({quote(name)})" if kinds.get(name, True) else quote(name)


def as_in_table(name: str, kinds: Kinds) -> str:
    """A name of a program that takes capital and small letters alike, as the table writes it."""
    if name in kinds:
        return name
    alike = [k for k in kinds if k.lower() == name.lower()]
    return alike[0] if len(alike) == 1 else name


def known_part(result: Mapping[str, Part], name: str, data: str) -> Expression | None:
    """Prior weights or an offset that an argument gives, a column or an expression of columns; None where it is not given."""
    part = result.get(name)
    if part is None or part.text in ("NULL", "None", ""):
        return None
    column = part.column(data)
    if column is not None:
        return Column(column)
    try:
        return parse_expression(part.text.replace(f"{data}$", "") if data else part.text)
    except FormulaError as error:
        part.fail(
            f"{name} is “{part.text[:40]}”, which is no column. {error.problem}",
            "Compute it as a column, and name that.",
        )
