"""Factors: columns, known functions of them, and the arithmetic, comparisons and logic inside these."""

from __future__ import annotations

import math
from dataclasses import replace
from difflib import get_close_matches
from typing import NoReturn

from .contrasts import ContrastReader
from .deparse import deparse
from .function_signatures import QUANTILE, SIGNATURES, Option, Signature
from .spec import RESERVED, Arithmetic, Call, Column, Constant, Expression, Quantiles, Value, columns_of
from .tokens import MAX_DEPTH, Token

MAX_OPERATIONS = 100
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
LOGICAL = (*COMPARISONS, "&", "&&")
"""Operators that are weaker than arithmetic: what has one is one variable, in R too."""
OPEN_CONSTANTS: dict[str, float | bool] = {"pi": math.pi, "T": True, "F": False}
"""Constants of R whose names a table's columns may have, which are meant then."""
PACKAGES = ("base", "stats", "splines", "lme4")
OTHER_WORDS = {
    "Error": ("lme4 writes an error stratum as a random intercept.", "(1 | {})"),
    "s": ("A smooth curve of fixed flexibility is ns().", "ns({}, df = 4)"),
    "Q": ("Put unusual column names in `backquotes`.", "`{}`"),
    "is.na": (
        "Rows that lack a value in any column of the formula are left out here: make it a column of the table.",
        "",
    ),
    "cbind": ("A model has one outcome.", ""),
}
"""Functions of other packages: what to write here, and that text with its argument's place."""
_ONE_FOR_ALL = {"&&": "&", "||": "|", "**": "^"}


class FactorReader(ContrastReader):
    """Recursive descent over one factor; depth and length are bounded, since the text may come from anywhere.

    Parameters
    ----------
    text : str
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
        return self._as_written(self.either(), start)

    def truth(self) -> Expression:
        """A variable before the bar of a random-effects term, which is no “or”."""
        start = self.at
        self.operations = 0
        return self._as_written(self.both(), start)

    def factor(self) -> Expression:
        """A column, or a known function of one."""
        start = self.at
        token = self.take()
        if token.kind == "quoted":
            return Column(token.content)
        if token.kind != "name" or token.text in (".", *RESERVED):
            meant = self.instead(token, token, f"`{token.text}`") if token.text in RESERVED else ""
            remedy = f"Write the name of a column, such as `{token.text}` in backquotes." if meant else ""
            self.fail(f"Expected a column name but found “{token.text}”.", remedy, token, suggestion=meant)
        token = self._without_package(token)
        if not self.accept("("):
            return Column(token.text)
        function = self._as_column(token)
        if function not in SIGNATURES:
            self.unknown(token)
        if self.depth == 0:
            self.operations = 0
        arguments, options = self.arguments(token, SIGNATURES[function])
        call = Call(function, arguments, options)
        if next(columns_of(call), None) is None:
            self.fail(f"{token.text}() needs a column.", "", token)
        return self._as_written(call, start)

    def _without_package(self, token: Token) -> Token:
        """The function of ``splines::ns``."""
        following = self.tokens[self.at : self.at + 4]
        together = "".join(t.text for t in following[:2]) == "::" and len(following) == 4 and following[3].text == "("
        if token.text in PACKAGES and together and following[2].position == token.position + len(token.text) + 2:
            self.at += 3
            return following[2]
        return token

    def _as_column(self, token: Token) -> str:
        """The function that ``c(scale(x))`` and ``as.vector(scale(x))`` are here, where R makes a column of a matrix."""
        one = token.text in ("c", "as.vector") and self.text_at(0) == "scale"
        return "as.numeric" if one else token.text

    def text_at(self, ahead: int) -> str:
        """The text of one of the next tokens, 0 for the first; empty after the end."""
        return self.tokens[self.at + ahead].text if self.at + ahead < len(self.tokens) else ""

    def unknown(self, function: Token) -> NoReturn:
        """Refuse a function that is not known, with what may be meant."""
        name, closing = function.text.rpartition(".")[2], self.tokens[self.closing[self.at - 1]]
        inside = self.text[self.tokens[self.at - 1].position + 1 : closing.position]
        near = [name] if name in SIGNATURES else get_close_matches(function.text.lower(), SIGNATURES, n=1, cutoff=0.8)
        known = ", ".join(sorted(SIGNATURES))
        remedy, meant = f"Compute it in the table, as a column of its own. Known are {known}.", ""
        if function.text in OTHER_WORDS:
            remedy, meant = OTHER_WORDS[function.text]
        elif near:
            remedy, meant = f"Did you mean {near[0]}()?", f"{near[0]}({{}})"
        self.fail(
            f"The function “{function.text}” is not known here.",
            remedy,
            function,
            suggestion=meant and self.instead(function, closing, meant.format(inside.strip(" '").strip('"'))),
        )

    def arguments(
        self, function: Token, signature: Signature
    ) -> tuple[tuple[Expression, ...], tuple[tuple[str, Value | Quantiles], ...]]:
        """The arguments of a function: its expressions, then its constant options, with or without names."""
        places: dict[str, Expression] = {}
        more: list[Expression] = []
        options: dict[str, Value | Quantiles] = {}
        going = not self.accept(")")
        while going:
            name, token = self._argument_name(), self.peek()
            left = (
                n
                for n in (*signature.arguments, *(o.name for o in signature.options))
                if n not in {**places, **options}
            )
            name = name or ("" if signature.more else next(left, ""))
            option = next((o for o in signature.options if o.name == name), None)
            if signature.more and option is None and not name:
                more.append(self.either())
            elif name in signature.arguments and name not in places:
                places[name] = self.either()
            elif option and "contrast" in option.kinds and name not in options:
                options |= self.coding(function)
            elif option and "quantiles" in option.kinds and name not in options and self.text_at(0) == "quantile":
                options[name] = self._quantiles(places.get("x"))
            elif option and name not in options:
                options[name] = self._option(function, option)
            else:
                hint = f"Its options are {signature.names}." if signature.options else "It has no options."
                self.fail(f"{function.text}() does not take this.", hint, token)
            going = self.accept(",") is not None
            if not going:
                self.expect(")")
        if absent := [n for n in signature.arguments if n not in places]:
            what = "a column" if len(signature.arguments) == 1 else f"“{absent[0]}” too"
            self.fail(f"{function.text}() needs {what}.", "", function)
        return (*(places[n] for n in signature.arguments), *more), tuple(options.items())

    def _argument_name(self) -> str:
        """The name before a “=”, which is read too."""
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if following and following.text == "=" and following.kind == "operator" and self.tokens[self.at].kind == "name":
            self.at += 2
            return self.tokens[self.at - 2].text
        return ""

    def _quantiles(self, of: Expression | None) -> Quantiles:
        """``quantile(x, probs)`` as the breaks of ``cut(x, …)``."""
        function = self.take()
        self.expect("(")
        (argument,), options = self.arguments(function, QUANTILE)
        if argument != of:
            self.fail("quantile() as the breaks of cut() is of what is cut.", "Write cut(x, quantile(x)).", function)
        given = dict(options)
        asked = given.get("probs", (0.0, 0.25, 0.5, 0.75, 1.0))
        probs = asked if isinstance(asked, tuple) else (asked,)
        shares = tuple(float(p) for p in probs if isinstance(p, float | int) and 0 <= p <= 1)
        if len(shares) < len(probs):
            self.fail("The probabilities of quantile() lie from 0 to 1.", "Write quantile(x, c(0, 0.5, 1)).", function)
        return Quantiles(argument, shares, bool(given.get("na.rm", False)))

    def _option(self, function: Token, option: Option) -> Value:
        if not self.at_constant():
            self.fail(f"{option.name} is {option.allowed_values}.", "", self.take())
        token, value = self.tokens[self.at], self.constant()
        if not option.accepts(value):
            self.fail(f"{option.name} is {option.allowed_values}.", "", token)
        return int(value) if option.whole and isinstance(value, float) else value

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
            following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
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

    def _as_written(self, expression: Expression, start: int) -> Expression:
        if isinstance(expression, Call | Arithmetic):
            return replace(expression, text=deparse(self.tokens[start : self.at]))
        return expression
