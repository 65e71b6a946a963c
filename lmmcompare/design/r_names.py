"""What R calls the coefficients: made from what each coefficient is of, as ``model.matrix`` of R 4.3 and later does."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..formula.deparse import deparse
from ..formula.expressions import Arithmetic, Call, Column, Expression, quote
from ..formula.tokens import tokenise
from .categories import level_text
from .coefficients import Coefficient, Part


def r_expression(expression: Expression) -> str:
    """An expression as R's ``deparse`` writes it: as it was read, with R's spaces."""
    match expression:
        case Column(name):
            return quote(name)
        case Call() | Arithmetic() if expression.text:
            return expression.text
    return deparse(tokenise(str(expression)))


def r_name(coefficient: Coefficient, levels: Mapping[str, pd.Index], order: tuple[str, ...]) -> str:
    """A coefficient's name in R: ``(Intercept)``, ``x``, ``fb``, ``poly(x, 2)1``, ``fb:x``.

    Parameters
    ----------
    levels : mapping
        Factor's text to its levels.
    order : tuple of str
        The factors' texts as the formula has them first; an interaction's come in this order.
    """
    if coefficient.is_intercept:
        return "(Intercept)"
    if coefficient.mean_of:
        return coefficient.name
    place = {text: k for k, text in enumerate(order)}
    parts = sorted(coefficient.parts, key=lambda part: place.get(str(part.factor), len(place)))
    return ":".join(_part(part, levels) for part in parts)


def _part(part: Part, levels: Mapping[str, pd.Index]) -> str:
    name = r_expression(part.factor)
    if part.coding is not None:
        return name + part.coding.r_suffix(part.place)
    if part.level is None:
        made = levels.get(str(part.factor), ())
        own_name = level_text(made[part.place]) if len(made) else str(part.place + 1)
        return f"{name}{own_name}" if part.several else name
    own = levels.get(str(part.factor), pd.Index([]))
    known = next((level for level in own if str(level) == part.level), part.level)
    return f"{name}{level_text(known)}"
