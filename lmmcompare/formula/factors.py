"""Factors: columns, and known functions of them with their arguments."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NoReturn

from .arithmetic import ArithmeticReader
from .expressions import RESERVED, Call, Column, Expression, Quantiles, Value, columns_of
from .function_signatures import QUANTILE, SIGNATURES, Option, Signature
from .tokens import Token

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


class FactorReader(ArithmeticReader):
    """Reads one factor: a column, or a function of expressions."""

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
        return self.as_written(call, start)

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
        following = self.peek_second()
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
        wrong = f"“{option.name}” of {function.text}() is {option.allowed_values}."
        if not self.at_constant():
            self.fail(wrong, "", self.take())
        token, value = self.tokens[self.at], self.constant()
        if not option.accepts(value):
            self.fail(wrong, "", token)
        return int(value) if option.whole and isinstance(value, float) else value
