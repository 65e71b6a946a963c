"""The algebra of terms, ``a*b`` or ``(a+b)^2``, over placeholders that stand for the factors."""

from __future__ import annotations

from math import comb

from formulaic.errors import FormulaicError
from formulaic.parser import DefaultFormulaParser

MAX_TERMS = 400
MAX_POWER = 4
NOTHING = ""
"""Stands where a random-effects term stood."""
OPERATORS = ("+", "-", "*", ":", "/", "^")
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, ":": 3, "^": 4}


def expand(pieces: list[str]) -> list[list[str]] | None:
    """The terms that the algebra gives, each as its placeholders, by formulaic; None where it makes no sense."""
    try:
        expanded = DefaultFormulaParser(include_intercept=True).get_terms(" ".join(pieces))
    except (FormulaicError, TypeError, IndexError, AttributeError, ValueError, KeyError):
        return None
    return [[str(factor) for factor in term.factors] for term in expanded]


def most_terms(pieces: list[str]) -> int:
    """An upper bound of the number of terms, found without expanding them: ``a * b * ... * z`` has 67 million."""
    counts: list[int] = []
    operators: list[str] = []

    def reduce() -> None:
        operator = operators.pop()
        right = counts.pop() if counts else 1
        left = counts.pop() if counts else 1
        match operator:
            case "*":
                counts.append(left + right + left * right)
            case ":":
                counts.append(left * right)
            case "/":  # nesting chains make long terms, so they count double
                counts.append(2 * left + right)
            case "^":
                counts.append(sum(comb(left, k) for k in range(1, right + 1)))
            case _:
                counts.append(left + right)

    for before, piece in zip(["", *pieces], pieces, strict=False):
        if piece == "(":
            operators.append(piece)
        elif piece == ")":
            while operators and operators[-1] != "(":
                reduce()
            operators[-1:] = []
        elif piece in _PRECEDENCE:
            while operators and _PRECEDENCE.get(operators[-1], 0) >= _PRECEDENCE[piece]:
                reduce()
            operators.append(piece)
        else:
            counts.append(int(piece) if before == "^" and piece.isdigit() else 1)
    while operators:
        reduce()
    return sum(counts)


def drop_nothing(pieces: list[str]) -> list[str]:
    """Remove the places of random-effects terms together with the “+” that joined them."""
    kept: list[str] = []
    for piece in pieces:
        if piece == NOTHING:
            if kept and kept[-1] == "+":
                kept.pop()
        elif piece == "+" and not kept:
            continue
        else:
            kept.append(piece)
    return kept
