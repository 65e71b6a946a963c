"""Factors: columns, known functions of them, and arithmetic inside these."""

from __future__ import annotations

from .spec import Arithmetic, Call, Column, Constant, Expression
from .tokens import MAX_DEPTH, Token, TokenReader

MAX_OPERATIONS = 100
MAX_NUMBER = 1e100

# function -> names of its constant options, in the order in which they may stand without a name
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "I": (),
    "log": (),
    "exp": (),
    "sqrt": (),
    "scale": (),
    "center": (),
    "factor": (),
    "C": (),
    "poly": ("degree", "raw"),
    "bs": ("df", "degree"),
}
OPTION_LIMITS = {"degree": (1, 9), "df": (1, 40)}


class FactorReader(TokenReader):
    """Recursive descent over one factor; depth and length are bounded, since the text may come from anywhere."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0
        self.operations = 0

    def factor(self) -> Expression:
        """A column, or a known function of one."""
        token = self.take()
        if token.kind == "quoted":
            return Column(token.text.strip("`"))
        if token.kind != "name":
            self.fail(f"Expected a column name but found “{token.text}”.", "", token)
        if not self.accept("("):
            return Column(token.text)
        if token.text not in FUNCTIONS:
            self.fail(
                f"The function “{token.text}” is not known here.", f"Known are {', '.join(sorted(FUNCTIONS))}.", token
            )
        if self.depth == 0:
            self.operations = 0
        argument = self.sum()
        if not _uses_column(argument):
            self.fail(f"{token.text}() needs a column.", "", token)
        if token.text in ("factor", "C") and not isinstance(argument, Column):
            self.fail(f"{token.text}() takes a column.", "", token)
        options = self.options(token)
        self.expect(")")
        return Call(token.text, argument, options)

    def options(self, function: Token) -> tuple[tuple[str, float | bool], ...]:
        """A function's constant options, with or without their names."""
        allowed = FUNCTIONS[function.text]
        found: dict[str, float | bool] = {}
        while self.accept(","):
            token = self.take()
            name = allowed[len(found)] if len(found) < len(allowed) else ""
            if token.kind == "name" and self.accept("="):
                name, token = token.text, self.take()
            if name not in allowed or name in found:
                hint = f"Its options are {', '.join(allowed)}." if allowed else "It has no options."
                self.fail(f"{function.text}() does not take this.", hint, token)
            if name == "raw":
                if token.text.upper() not in ("TRUE", "FALSE"):
                    self.fail("raw is TRUE or FALSE.", "", token)
                found[name] = token.text.upper() == "TRUE"
                continue
            low, high = OPTION_LIMITS[name]
            if not token.text.isdigit() or not low <= int(token.text) <= high:
                self.fail(f"{name} is a whole number from {low} to {high}.", "", token)
            found[name] = int(token.text)
        return tuple(found.items())

    def sum(self) -> Expression:
        """Arithmetic, from its weakest operators down."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("This expression is nested too deep.", "", self.peek())
        left = self.product()
        while operator := self.accept("+", "-"):
            left = self.operation(operator, left, self.product())
        self.depth -= 1
        return left

    def product(self) -> Expression:
        """Factors joined by ``*`` and ``/``."""
        left = self.power()
        while operator := self.accept("*", "/"):
            left = self.operation(operator, left, self.power())
        return left

    def power(self) -> Expression:
        """A sign or a power, which groups from the right."""
        if minus := self.accept("-"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                self.fail("This expression is nested too deep.", "", minus)
            negated = self.operation(minus, Constant(0.0), self.power())
            self.depth -= 1
            return negated
        base = self.atom()
        if operator := self.accept("^", "**"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                self.fail("This expression is nested too deep.", "", self.peek())
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
        return Arithmetic("^" if operator.text == "**" else operator.text, left, right)

    def atom(self) -> Expression:
        """A number, a parenthesis or a factor."""
        token = self.peek()
        if token and token.kind == "number":
            if float(token.text) > MAX_NUMBER:
                self.fail(f"The number {token.text} is too large.", "", token)
            self.at += 1
            return Constant(float(token.text))
        if self.accept("("):
            inner = self.sum()
            self.expect(")")
            return inner
        return self.factor()


def _uses_column(expression: Expression) -> bool:
    match expression:
        case Column():
            return True
        case Arithmetic(_, left, right):
            return _uses_column(left) or _uses_column(right)
        case Call(_, argument):
            return _uses_column(argument)
    return False
