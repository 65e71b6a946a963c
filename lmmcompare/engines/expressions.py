"""The columns of a model as expressions that an engine computes: what `design.encoding` does with arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import add, and_, eq, ge, gt, le, lt, mul, ne, or_, pow, sub
from typing import Any, cast

import narwhals as nw
import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.contrasts import Coded
from ..design.encoding import DesignColumn, Encoder, Indicator
from ..errors import DesignError
from ..formula.expressions import SUMMARIES, Arithmetic, Call, Column, Constant, Expression, columns_of
from .dates import days
from .function_expressions import ELEMENTWISE, LARGEST_FLOAT, polynomials, remainder, rounded, where

_OPERATORS = {"+": add, "-": sub, "*": mul, "^": pow}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True, eq=False)
class Levelled:
    """A categorical factor of one column, in the place of level codes.

    Parameters
    ----------
    values : Index
        What the column holds.
    codes : array of int
        The level of each of these.
    dates : bool
        Whether the column holds dates, whose values are their texts.
    """

    column: str
    values: pd.Index
    codes: Array
    dates: bool = False

    def is_level(self, level: int) -> nw.Expr:
        """Whether a row has the level of this number."""
        return reduce(or_, [self._is(value) for value in self.values[self.codes == level].tolist()])

    def _is(self, value: Any) -> nw.Expr:
        column = nw.col(self.column)
        if self.dates:
            return column == datetime.fromisoformat(value)
        return column.cast(nw.String) == value if isinstance(value, str) else column == value


@dataclass(frozen=True)
class Truths:
    """A truth with two levels, in the place of level codes."""

    value: nw.Expr

    def is_level(self, level: int) -> nw.Expr:
        """Whether a row is false (level 0) or true (level 1)."""
        return self.value if level else ~self.value


@dataclass(slots=True, eq=False)
class Expressions(Encoder):
    """An encoder that has learnt all and whose pieces are expressions: the same `ColumnMaker` makes columns of them.

    Parameters
    ----------
    kinds : dict
        Column to the kind of its values.
    values : dict
        Categorical factor's text to its column's values and the level of each.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    values: dict[str, tuple[pd.Index, Array]] = field(default_factory=dict)

    def codes(self, factor: Expression, frame: pd.DataFrame) -> Array:
        """The categorical column with its levels."""
        if str(factor) not in self.values:
            return cast(Array, Truths(self.truth(factor)))
        name = next(columns_of(factor))
        return cast(Array, Levelled(name, *self.values[str(factor)], dates=self.kinds[name] == "date"))

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
            case Constant(value) if not isinstance(value, str | tuple):
                return [nw.lit(float(value))]
            case Arithmetic("/", left, right):
                b = self._one(right)
                return [self._one(left) / where(b != 0, b)]
            case Arithmetic("%%" | "%/%" as operator, left, right):
                return [remainder(self._one(left), self._one(right), whole=operator == "%/%")]
            case Arithmetic(operator, left, right) if operator in _OPERATORS:
                return [_OPERATORS[operator](self._one(left), self._one(right))]
            case Arithmetic() | Call("!"):
                return [self.truth(expression).cast(nw.Float64)]
            case Call():
                return self._call(expression)
        raise self.not_computable(expression)

    def truth(self, expression: Expression) -> nw.Expr:
        """An expression as a truth; numbers are true unless they are 0."""
        match expression:
            case Arithmetic("&", left, right):
                return and_(self.truth(left), self.truth(right))
            case Arithmetic("|", left, right):
                return or_(self.truth(left), self.truth(right))
            case Arithmetic("%in%", left, Constant(value)):
                asked = value if isinstance(value, tuple) else (value,)
                return reduce(or_, [self._compare("==", left, Constant(one), expression) for one in asked])
            case Arithmetic(operator, left, right) if operator in _COMPARE:
                return self._compare(operator, left, right, expression)
            case Call("!", (argument,)):
                return ~self.truth(argument)
            case Call("I" | "as.logical", (argument,)):
                return self.truth(argument)
            case Column(name) if self.kinds.get(name) == "truth":
                return nw.col(name)
        return self._one(expression) != 0

    def _one(self, expression: Expression) -> nw.Expr:
        result = self.expressions(expression)
        if len(result) > 1:
            raise DesignError(f"{expression} has several columns, where one is needed.", "Choose one column.")
        return result[0]

    def _compare(self, operator: str, left: Expression, right: Expression, whole: Expression) -> nw.Expr:
        texts = [self._text(side) for side in (left, right)]
        if all(t is not None for t in texts) and operator in ("==", "!="):
            return cast(nw.Expr, _COMPARE[operator](*texts))
        if any(t is not None for t in texts):
            raise self.not_computable(whole)
        return cast(nw.Expr, _COMPARE[operator](self._one(left), self._one(right)))

    def _text(self, side: Expression) -> nw.Expr | None:
        match side:
            case Constant(str() as value):
                return nw.lit(value)
            case Column(name) if self._is_text(side):
                return nw.col(name).cast(nw.String)
        return None

    def _is_text(self, expression: Expression) -> bool:
        """Whether it is a column of text."""
        return isinstance(expression, Column) and self.kinds.get(expression.name) == "text"

    def _call(self, call: Call) -> list[nw.Expr]:
        function, argument = call.function, call.argument
        if function in SUMMARIES and str(call) in self.states:
            return [nw.lit(float(self.states[str(call)]["value"]))]
        if function in ELEMENTWISE:
            return [ELEMENTWISE[function](self._one(argument))]
        match function:
            case "I":
                return self.expressions(argument)
            case "log":
                value = self._one(argument)
                return [where(value > 0, value).log() / math.log(float(call.option("base", math.e)))]
            case "round":
                return [rounded(self._one(argument), int(call.option("digits", 0)))]
            case "as.numeric" if not self._is_text(argument):
                return self.expressions(argument)
            case "as.integer" if not self._is_text(argument):
                return [ELEMENTWISE["trunc"](self._one(argument))]
            case "pmin":
                return [nw.min_horizontal(*map(self._one, call.arguments))]
            case "pmax":
                return [nw.max_horizontal(*map(self._one, call.arguments))]
            case "ifelse":
                test, yes, no = call.arguments
                return [nw.when(self.truth(test)).then(self._one(yes)).otherwise(self._one(no))]
            case "dummy" if call.option("level") is not None:
                return [self._compare("==", argument, Constant(call.option("level")), call).cast(nw.Float64)]
            case "center" | "scale":
                return [self._scaled(call)]
            case "poly":
                return self._polynomials(call)
        raise self.not_computable(call)

    def _scaled(self, call: Call) -> nw.Expr:
        state = self.states[str(call)]
        value = self._one(call.argument) - float(state["center"])
        return value if state["scale"] is None else value / float(state["scale"])

    def _polynomials(self, call: Call) -> list[nw.Expr]:
        value, degree = self._one(call.argument), int(call.option("degree", 1))
        if call.option("raw"):
            return [value ** float(k) for k in range(1, degree + 1)]
        state = self.states[str(call)]
        parts = polynomials(value, state["alpha"], state["norms2"], degree)
        return [part / float(state["norms2"][k] ** 0.5) for k, part in enumerate(parts, 1)]

    def not_computable(self, expression: Expression) -> DesignError:
        """What no engine computes, as an error."""
        if isinstance(expression, Call) and expression.function in ("bs", "ns", "median"):
            return DesignError(
                f"{expression} needs the quantiles of all rows, which a sum cannot give.",
                "Use poly() for a curve, or fit it to a table in memory.",
            )
        return DesignError(
            f"{expression} is not computed where the table is.",
            "Make it a column of the table, or fit it to a table in memory.",
        )


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


def own_levels(levels: pd.Index) -> tuple[pd.Index, Array]:
    """A column's values as its levels, each its own."""
    return levels, np.arange(len(levels))
