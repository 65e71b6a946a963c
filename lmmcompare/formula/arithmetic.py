"""The arithmetic, comparisons and logic inside of a factor, by the strength of their operators in R."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import replace

from .contrasts import ContrastReader
from .deparse import deparse
from .expressions import Arithmetic, Call, Constant, Expression
from .tokens import MAX_DEPTH, Token

MAX_OPERATIONS = 100
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
LOGICAL = (*COMPARISONS, "&", "&&")
"""Operators that are weaker than arithmetic: what has one is one variable, in R too."""
OPEN_CONSTANTS: dict[str, float | bool] = {"pi": math.pi, "T": True, "F": False}
"""Constants of R whose names a table's columns may have, which are meant then."""
_ONE_FOR_ALL = {"&&": "&", "||": "|", "**": "^"}


class ArithmeticReader(ContrastReader):
    """Recursive descent over one expression; depth and length are bounded, since the text may come from anywhere.

    Parameters
    ----------
    columns : tuple of str, optional
        The table's, where it is known; without them, `is_open` says whether they would matter.
    """

    def __init__(self, text: str, columns: tuple[str, ...] | None = None) -> None:
        super().__init__(text)
        self.columns = columns
        self.is_open = False
        self.depth = 0
        self.operations = 0

    def variable(self) -> Expression:
        """An expression that is one variable of the model: an outcome, or a term with a comparison."""
        start = self.at
        self.operations = 0
        return self.as_written(self.either(), start)

    def truth(self) -> Expression:
        """A variable before the bar of a random-effects term, which is no “or”."""
        start = self.at
        self.operations = 0
        return self.as_written(self.both(), start)

    def text_at(self, ahead: int) -> str:
        """The text of one of the next tokens, 0 for the first; empty after the end."""
        return self.tokens[self.at + ahead].text if self.at + ahead < len(self.tokens) else ""

    @abstractmethod
    def factor(self) -> Expression:
        """A column, or a known function of one."""

    def either(self) -> Expression:
        """An expression, from its weakest operator, ``|``, down."""
        left = self.both()
        while operator := self.accept("|", "||"):
            left = self.operation(operator, left, self.both())
        return left

    def both(self) -> Expression:
        """Truths joined by ``&``."""
        left = self.negation()
        while operator := self.accept("&", "&&"):
            left = self.operation(operator, left, self.negation())
        return left

    def negation(self) -> Expression:
        """A truth, or its opposite."""
        if sign := self.accept("!"):
            self.deeper(sign)
            result = Call("!", (self.negation(),))
            self.depth -= 1
            return result
        left = self.sum()
        if operator := self.accept(*COMPARISONS):
            left = self.operation(operator, left, self.sum())
            if second := self.accept(*COMPARISONS):
                middle = self.between(self.tokens[self.tokens.index(operator) + 1], self.tokens[self.at - 2])
                self.fail(
                    "Comparisons cannot be chained.",
                    "Join two by &: x > 1 & x < 4.",
                    second,
                    suggestion=self.instead(second, second, f"& {middle} {second.text}"),
                )
        return left

    def sum(self) -> Expression:
        """Arithmetic, from its weakest operators down."""
        self.deeper(self.peek())
        left = self.product()
        while operator := self.accept("+", "-"):
            left = self.operation(operator, left, self.product())
        self.depth -= 1
        return left

    def product(self) -> Expression:
        """Factors joined by ``*`` and ``/``."""
        left = self.percent()
        while operator := self.accept("*", "/"):
            left = self.operation(operator, left, self.percent())
        return left

    def percent(self) -> Expression:
        """Factors joined by ``%%``, ``%/%`` and ``%in%``."""
        left = self.power()
        while operator := self.accept("%%", "%/%", "%in%"):
            left = self.operation(operator, left, self.power())
        return left

    def power(self) -> Expression:
        """A sign or a power, which groups from the right; after a ``!`` all that follows but ``&`` and ``|``, as in R."""
        following = self.peek()
        if following and following.kind == "operator" and following.text == "!":
            return self.negation()
        if sign := self.accept("-", "+"):
            self.deeper(sign)
            inner = self.power()
            if sign.text == "-":
                inner = self.operation(sign, Constant(0.0), inner)
            self.depth -= 1
            return inner
        base = self.atom()
        if operator := self.accept("^", "**"):
            self.deeper(operator)
            raised = self.operation(operator, base, self.power())
            self.depth -= 1
            return raised
        return base

    def operation(self, operator: Token, left: Expression, right: Expression) -> Expression:
        """Join two expressions; their number is bounded."""
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            self.fail(
                f"This expression has more than {MAX_OPERATIONS} operations.", "Compute it in the table.", operator
            )
        return Arithmetic(_ONE_FOR_ALL.get(operator.text, operator.text), left, right)

    def atom(self) -> Expression:
        """A constant, a parenthesis or a factor."""
        token = self.peek()
        if token and (token.kind in ("number", "text") or token.text in ("TRUE", "FALSE", "c", "seq")):
            following = self.peek_second()
            if token.text not in ("c", "seq") or (following and following.text == "(" and self.text_at(2) != "scale"):
                return Constant(self.constant())
        if token and token.text in OPEN_CONSTANTS and token.kind == "name":
            self.is_open = True
            if self.columns is not None and token.text not in self.columns:
                self.at += 1
                return Constant(OPEN_CONSTANTS[token.text])
        if self.accept("("):
            inner = self.either()
            self.expect(")")
            return inner
        return self.factor()

    def deeper(self, token: Token | None) -> None:
        """Go one level down; the depth is bounded."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("This expression is nested too deep.", "", token)

    def as_written(self, expression: Expression, start: int) -> Expression:
        """The expression with its text, from token ``start`` to the one at hand."""
        if isinstance(expression, Call | Arithmetic):
            return replace(expression, text=deparse(self.tokens[start : self.at]))
        return expression
