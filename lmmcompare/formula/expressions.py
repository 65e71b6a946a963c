"""Expressions of columns as frozen data: columns, constants, arithmetic, calls of known functions, and their text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

PLAIN_NAME = re.compile(r"[^\W\d_][\w.]*")
RESERVED = frozenset(
    [
        "if",
        "else",
        "repeat",
        "while",
        "function",
        "for",
        "next",
        "break",
        "in",
        "TRUE",
        "FALSE",
        "NULL",
        "Inf",
        "NaN",
        "NA",
    ]
)
"""Words of R that name no column unless they stand in backquotes."""
Value = float | bool | str | tuple[float, ...] | tuple[str, ...]
"""What a constant may be: a number, a truth, text, or a vector of numbers or texts."""


def group_name(parts: Iterable[str]) -> str:
    """What columns or labels are called together, ``a:b``; one with a colon of its own stands in backquotes, ``a:`b:c```."""
    return ":".join(f"`{p.replace('`', '``')}`" if ":" in p or "`" in p else p for p in parts)


@lru_cache(maxsize=1024)
def quote(name: str) -> str:
    """A column's name as formula text: in backquotes unless it is a plain name."""
    return name if PLAIN_NAME.fullmatch(name) and name not in RESERVED else f"`{name}`"


def value_text(value: Value) -> str:
    """A constant as formula text."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case tuple():
            return f"c({', '.join(map(value_text, value))})"
    if value in (float("inf"), float("-inf")):
        return "Inf" if value > 0 else "-Inf"
    return f"{value:g}" if float(f"{value:g}") == value else repr(float(value))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table."""

    name: str

    def __str__(self) -> str:
        return quote(self.name)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a truth, text or a vector."""

    value: Value

    def __str__(self) -> str:
        return value_text(self.value)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two expressions joined by an operator: ``+ - * / ^ %% %/%``, a comparison, ``%in%``, ``&`` or ``|``.

    Parameters
    ----------
    text : str
        As R writes what was read; it has no part in comparisons.
    """

    operator: str
    left: Expression
    right: Expression
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.written(str, self.operator)

    def written(self, write: Callable[[Expression], str], operator: str) -> str:
        """Both sides, each as ``write`` has it and in parentheses where it is arithmetic too, and the operator between."""
        left, right = (f"({write(p)})" if is_operation(p) else write(p) for p in (self.left, self.right))
        return f"{left} {operator} {right}"


@dataclass(frozen=True, slots=True)
class Quantiles:
    """``quantile(x, probs)`` of what is cut, as the breaks of ``cut``."""

    argument: Expression
    probs: tuple[float, ...]
    skip_missing: bool = False

    def __str__(self) -> str:
        return self.written(str(self.argument))

    def written(self, argument: str) -> str:
        """As formula text, with the argument written in any way."""
        missing = ", na.rm=TRUE" if self.skip_missing else ""
        return f"quantile({argument}, {value_text(self.probs)}{missing})"


@dataclass(frozen=True, slots=True)
class Call:
    """One of the known functions, or ``!``, applied to expressions, with constant options.

    Parameters
    ----------
    options : tuple of (str, Value)
        By name, in the order in which they were written; the breaks of ``cut`` may be `Quantiles`.
    text : str
        As R writes what was read; it has no part in comparisons.
    """

    function: str
    arguments: tuple[Expression, ...]
    options: tuple[tuple[str, Value | Quantiles], ...] = ()
    text: str = field(default="", compare=False)

    @property
    def argument(self) -> Expression:
        """The first argument."""
        return self.arguments[0]

    def option(self, name: str, default: Any = None) -> Any:
        """An option's value, or the default where it was not given."""
        return dict(self.options).get(name, default)

    def __str__(self) -> str:
        if self.function == "!":
            return f"!({self.argument})" if is_operation(self.argument) else f"!{self.argument}"
        inside = [*map(str, self.arguments), *(_option_text(k, v) for k, v in self.options)]
        return f"{self.function}({', '.join(inside)})"


def _option_text(name: str, value: Value | Quantiles) -> str:
    """An option as formula text; the name of a coding stands by itself."""
    if isinstance(value, Quantiles):
        return f"{name}={value}"
    return str(value) if name == "contr" else f"{name}={value_text(value)}"


Expression = Column | Constant | Arithmetic | Call


def is_operation(expression: Expression) -> bool:
    """Whether an expression needs parentheses where it stands among others: one with an operator outside any function."""
    return isinstance(expression, Arithmetic) or (isinstance(expression, Call) and expression.function == "!")


def _parts(expression: Expression | Value) -> tuple[Any, ...]:
    """What an expression is made of, one step down."""
    match expression:
        case Arithmetic(_, left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
    return ()


def columns_of(expression: Expression) -> Iterator[str]:
    """The names of the columns that an expression uses, in order, with repeats."""
    if isinstance(expression, Column):
        yield expression.name
    for part in _parts(expression):
        yield from columns_of(part)


def value_columns(expression: Expression) -> Iterator[str]:
    """As `columns_of`, without columns that only say whose mean ``ave`` takes: ``g`` of ``ave(x, g)``."""
    if isinstance(expression, Column):
        yield expression.name
    averaged = isinstance(expression, Call) and expression.function == "ave"
    for part in list(_parts(expression))[: 1 if averaged else None]:
        yield from value_columns(part)


SUMMARIES = ("mean", "sd", "var", "median", "sum", "min", "max")
"""Functions that give one number of all values of their arguments."""
LEARNING = ("poly", "bs", "ns", "scale", "center", "cut", "ave", *SUMMARIES)
"""Functions whose columns depend on all values of their arguments."""


def calls(expression: Expression) -> Iterator[Call]:
    """Every call in an expression, the inner ones first."""
    for part in _parts(expression):
        yield from calls(part)
    if isinstance(expression, Call):
        yield expression


def learning_calls(expression: Expression) -> Iterator[Call]:
    """The calls of `LEARNING` functions in an expression, the inner ones first."""
    return (call for call in calls(expression) if call.function in LEARNING)
