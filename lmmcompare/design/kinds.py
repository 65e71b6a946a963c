"""Whether an expression gives numbers, truths or levels: told from the expression and the kinds of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from ..formula.expressions import Arithmetic, Call, Column, Constant, Expression, calls

Kind = Literal["numbers", "truths", "levels"]
LEVEL_FUNCTIONS = (
    "factor",
    "as.factor",
    "ordered",
    "as.ordered",
    "relevel",
    "C",
    "cut",
    "interaction",
    "as.character",
)
"""Functions that give levels."""
TAKE_ANY = (*LEVEL_FUNCTIONS, "dummy")
"""Functions that take levels, of columns of any kind; `cut` takes numbers."""
TRUTHS = ("==", "!=", "<", "<=", ">", ">=", "&", "|", "%in%")
"""Operators that give truths."""


def kind_of(expression: Expression, is_category: Callable[[str], bool]) -> Kind:
    """What an expression gives; ``is_category`` says of a column's name whether it holds levels (or truths)."""
    match expression:
        case Column(name):
            return "levels" if is_category(name) else "numbers"
        case Constant(value):
            first = value[0] if isinstance(value, tuple) and value else value
            return "levels" if isinstance(first, str) else "truths" if isinstance(first, bool) else "numbers"
        case Arithmetic(operator):
            return "truths" if operator in TRUTHS else "numbers"
        case Call("!" | "as.logical"):
            return "truths"
        case Call("cut") if expression.option("labels") is False:
            return "numbers"
        case Call("I", (argument,)):
            return kind_of(argument, is_category)
        case Call("ifelse", (_, yes, no)):
            kinds = {kind_of(yes, is_category), kind_of(no, is_category)}
            return kinds.pop() if len(kinds) == 1 else "levels" if "levels" in kinds else "numbers"
        case Call(function) if function in LEVEL_FUNCTIONS:
            return "levels"
    return "numbers"


def has_levels(expression: Expression, is_category: Callable[[str], bool]) -> bool:
    """Whether an expression is coded by its levels rather than used as numbers; truths are levels too."""
    return kind_of(expression, is_category) != "numbers"


def columns_as_numbers(expression: Expression) -> Iterator[str]:
    """Names of the columns of an expression that are used as numbers where they can be, so not as levels."""
    match expression:
        case Column(name):
            yield name
        case Arithmetic(_, left, right):
            yield from columns_as_numbers(left)
            yield from columns_as_numbers(right)
        case Call("ave", (argument, *_)):
            yield from columns_as_numbers(argument)
        case Call(function, arguments) if function not in TAKE_ANY or function == "cut":
            for argument in arguments:
                yield from columns_as_numbers(argument)
        case Call(_, arguments):
            for argument in arguments:
                if not isinstance(argument, Column):
                    yield from columns_as_numbers(argument)


def leaves_gaps(expression: Expression) -> bool:
    """Whether an expression may have no value where its columns have one: outside breaks, levels named, or cells met."""
    return any(c.function in ("cut", "interaction") or c.option("levels") is not None for c in calls(expression))
