"""The columns of a model as expressions that an engine computes: what `encode` does with arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add, mul, pow, sub
from typing import Any, cast

import narwhals as nw
import pandas as pd

from ..design.contrasts import Coded
from ..design.dtypes import Array
from ..design.encoding import DesignColumn, Encoder, Indicator
from ..errors import DesignError
from ..formula.spec import Arithmetic, Call, Column, Constant, Expression, columns_of
from .dates import days

LARGEST_FLOAT = 1.7976931348623157e308
LARGEST_EXPONENT = 709.782712893384
"""exp() of more is beyond any float64."""
_OPERATORS = {"+": add, "-": sub, "*": mul, "^": pow}


@dataclass(frozen=True)
class Levelled:
    """A categorical column and its levels, in the place of level codes."""

    column: str
    levels: pd.Index
    dates: bool = False

    def is_level(self, level: int) -> nw.Expr:
        """Whether a row has the level of this number."""
        value = self.levels.tolist()[level]
        column = nw.col(self.column)
        if self.dates:
            return column == datetime.fromisoformat(value)
        return column.cast(nw.String) == value if isinstance(value, str) else column == value


@dataclass(slots=True)
class Expressions(Encoder):
    """An encoder that has learnt all and whose pieces are expressions: the same `ColumnMaker` makes columns of them.

    Parameters
    ----------
    dates : frozenset of str
        The columns of dates, whose levels are their texts.
    """

    dates: frozenset[str] = frozenset()

    def codes(self, factor: Expression, frame: pd.DataFrame) -> Array:
        """The categorical column with its levels."""
        name = next(columns_of(factor))
        return cast(Array, Levelled(name, self.levels[str(factor)], name in self.dates))

    def numbers(self, expression: Expression, frame: pd.DataFrame) -> list[Array]:
        """The numeric column or columns of a factor."""
        return cast(list[Array], self.expressions(expression))

    def expressions(self, expression: Expression) -> list[nw.Expr]:
        """The numeric column or columns of a factor; null where a value is no finite number."""
        match expression:
            case Column(name):
                if (origin := self.origins.get(name)) is not None:
                    return [days(nw.col(name), origin)]
                return [nw.col(name).cast(nw.Float64)]
            case Constant(value):
                return [nw.lit(value)]
            case Arithmetic("/", left, right):
                (a,), (b,) = self.expressions(left), self.expressions(right)
                return [a / _where(b != 0, b)]
            case Arithmetic(operator, left, right):
                (a,), (b,) = self.expressions(left), self.expressions(right)
                return [_OPERATORS[operator](a, b)]
            case Call(function, (argument,), options):
                (argued,) = self.expressions(argument)
                return self._function(str(expression), function, argued, dict(options))
        raise TypeError(f"not an expression: {expression!r}")

    def _function(self, text: str, function: str, value: nw.Expr, options: dict[str, Any]) -> list[nw.Expr]:
        match function:
            case "I":
                return [value]
            case "log":
                return [_where(value > 0, value).log()]
            case "sqrt":
                return [_where(value >= 0, value).sqrt()]
            case "exp":
                return [_where(value < LARGEST_EXPONENT, value).exp()]
            case "center":
                return [value - float(self.states[text]["center"])]
            case "scale":
                return [(value - float(self.states[text]["center"])) / float(self.states[text]["scale"])]
            case "poly" if options.get("raw"):
                return [value ** float(k + 1) for k in range(int(options.get("degree", 1)))]
            case "poly":
                state, degree = self.states[text], int(options.get("degree", 1))
                parts = polynomials(value, state["alpha"], state["norms2"], degree)
                return [part / float(state["norms2"][k] ** 0.5) for k, part in enumerate(parts, 1)]
        raise DesignError(
            f"{text} needs the quantiles of all rows, which a sum cannot give.",
            "Use poly() for a curve, or fit it to a table in memory.",
        )


def polynomials(x: nw.Expr, alpha: dict[int, float], norms2: dict[int, float], degree: int) -> list[nw.Expr]:
    """Orthogonal polynomials of degrees 1 to ``degree`` by formulaic's recurrence, not normed."""
    before, found = nw.lit(1.0), [x - float(alpha[0])]
    for k in range(1, degree):
        further = (x - float(alpha[k])) * found[-1] - before * float(norms2[k] / norms2[k - 1])
        before = found[-1]
        found.append(further)
    return found


def column_expressions(columns: Sequence[DesignColumn]) -> list[nw.Expr]:
    """Columns of pieces that `Expressions` made, each as one expression of floats."""
    return [reduce(mul, [_piece(piece) for piece in column.pieces]) for column in columns]


def is_finite(value: nw.Expr) -> nw.Expr:
    """Whether a value is a finite number; null where it is none at all. NaN compares as larger than any number."""
    return value.abs() <= LARGEST_FLOAT


def _piece(piece: object) -> nw.Expr:
    if isinstance(piece, Indicator):
        return cast(Levelled, piece.codes).is_level(piece.level).cast(nw.Float64)
    if isinstance(piece, Coded):
        codes = cast(Levelled, piece.codes)
        values = [(k, float(v)) for k, v in enumerate(piece.values) if v]
        return reduce(add, [codes.is_level(k).cast(nw.Float64) * v for k, v in values])
    return cast(nw.Expr, piece)


def _where(condition: nw.Expr, value: nw.Expr) -> nw.Expr:
    """The value where the condition holds, else null: engines differ in what they make of a logarithm of 0."""
    return nw.when(condition).then(value)
