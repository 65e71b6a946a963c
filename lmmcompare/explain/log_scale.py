"""What a coefficient of a logarithm says on the scale that people know: so many per cent more, or an elasticity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..formula.expressions import Call, Column, Expression
from ..text.labels import literal, model_phrase
from ..text.numbers import MINUS, number
from .curve_terms import curve_of
from .effect_phrases import baseline, where_held
from .inference_rows import inference_row

BASES = {"log": np.e, "log2": 2.0, "log10": 10.0}
STEP = 1.1
"""The rise of a predictor whose logarithm is taken, as a factor, for which a difference is told."""
FOLD = 2.0
"""A factor beyond which "times" is easier to read than per cent."""


def log_scale_sentence(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> str:
    """A coefficient of the formula's model as a ratio of the outcome itself; empty where the outcome is no logarithm of a column.

    Parts of curves and of interactions have no such number of their own.
    """
    logarithm = _logarithm(comparison.spec.outcome)
    parts = () if term == comparison.constant else comparison.coefficient(term).parts
    if (
        logarithm is None
        or len(parts) != 1
        or curve_of(comparison, term)
        or comparison.coefficient(term).kind == "contrast"
    ):
        return ""
    outcome, base = literal(logarithm.column), logarithm.base
    if levels := baseline(comparison, term):
        column, level, against = map(literal, levels)
        unit, where = np.log(base), f"with {column} {level} than with {column} {against}"
    elif parts[0].level is not None:
        return ""
    elif (own := _logarithm(parts[0].factor)) is not None:
        unit = np.log(base) * np.log(STEP) / np.log(own.base)
        where = f"where {literal(own.column)} is 10% higher"
    else:
        unit, where = np.log(base), f"where {literal(comparison.coefficient(term).label)} is 1 higher"
    row = inference_row(comparison, comparison.formula_model, term, frame)
    low, value, high = (float(np.exp(unit * row[c])) for c in ("lower", "estimate", "upper"))
    if not np.isfinite([low, value, high]).all():
        return ""
    if value > FOLD or value < 1 / FOLD:
        amount = f"{number(value, 3)} times (95% interval {number(low, 3)} to {number(high, 3)} times) the {outcome}"
        where = where.replace(" than with ", ", against ")
    else:
        ends = [_change(low), _change(high)]
        if (low - 1) * (high - 1) > 0:  # all of it on the side that the words tell
            ends = [_percent(share) for share in sorted((abs(low - 1), abs(high - 1)))]
        amount = f"{_percent(abs(value - 1))} {'more' if value >= 1 else 'less'} {outcome} (95% interval {' to '.join(ends)})"
    if held := literal(where_held(comparison, term)).removeprefix(" where "):
        where += f", where {held}" if levels else f" and {held}"
    return (
        f"**On the scale of {outcome}.** A difference of logarithms is a ratio: by {model_phrase(comparison.formula_model)} there is "
        f"{amount} {where}. Geometric means are compared (medians, where the scatter of logarithms is symmetric), not arithmetic ones."
    )


class _Logarithm(NamedTuple):
    column: str
    base: float


def _logarithm(expression: Expression | None) -> _Logarithm | None:
    """The logarithm of a column; None for anything else."""
    match expression:
        case Call(function, (Column() as column,)) if function in BASES and not expression.options:
            return _Logarithm(str(column), BASES[function])
    return None


def _percent(share: float) -> str:
    return f"{number(100 * share, 2)}%"


def _change(ratio: float) -> str:
    return f"{MINUS if ratio < 1 else '+'}{_percent(abs(ratio - 1))}"
