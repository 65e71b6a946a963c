"""The algebra of terms, ``a*b`` or ``(a+b)^2``, over placeholders that stand for the factors; as R's ``terms`` has it."""

from __future__ import annotations

from collections.abc import Iterable

MAX_TERMS = 400
MAX_POWER = 4
NOTHING = ""
"""Stands where a random-effects term stood."""
OPERATORS = ("+", "-", "*", ":", "/", "^")
Terms = dict[frozenset[str], tuple[str, ...]]
"""Terms by the factors that they have, each with these in the order in which they were written."""


class AlgebraError(Exception):
    """Terms that cannot be combined; the message is the reason."""


class TooManyTermsError(AlgebraError):
    """More terms than `MAX_TERMS`."""


def expand(pieces: list[str]) -> tuple[bool, list[tuple[str, ...]]]:
    """Whether there is an intercept, and the terms that the algebra gives, each as its placeholders.

    Raises
    ------
    AlgebraError
    """
    return _Algebra(pieces).all()


class _Algebra:
    """Recursive descent over placeholders, numbers and operators; parentheses are known to match and not to be deep."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces, self.at = pieces, 0
        self.intercept, self.adds = True, True

    def all(self) -> tuple[bool, list[tuple[str, ...]]]:
        terms = self.sum()
        if self.at < len(self.pieces):
            raise AlgebraError("These terms do not make sense together.")
        return self.intercept, list(terms.values())

    def sum(self) -> Terms:
        terms: Terms = {}
        sign = self.sign()
        while True:
            adds, self.adds = self.adds, self.adds == (sign == "+")
            further = self.product()
            self.adds = adds
            for key, term in further.items():
                if sign == "+":
                    terms.setdefault(key, term)
                else:
                    terms.pop(key, None)
            _bound(terms)
            if self.next() not in ("+", "-"):
                return terms
            sign = self.sign()

    def sign(self) -> str:
        """The sign that the signs that come next make together; “+” where there is none."""
        minus = 0
        while self.next() in ("+", "-"):
            minus += self.next() == "-"
            self.at += 1
        return "-" if minus % 2 else "+"

    def product(self) -> Terms:
        left = self.interaction()
        while (operator := self.next()) in ("*", "/"):
            self.at += 1
            right = self.interaction()
            self.no_numbers(left, right)
            if operator == "*":
                both = left | {k: t for k, t in right.items() if k not in left}
                left = _bound(both | _cross(left.values(), right.values(), both))
            else:  # a/b is a and b within a; of several the combination of all
                inside = tuple(dict.fromkeys(name for term in left.values() for name in term))
                left = _bound(left | _cross([inside], right.values(), left))
        return left

    def interaction(self) -> Terms:
        left = self.power()
        while self.next() == ":":
            self.at += 1
            right = self.power()
            self.no_numbers(left, right)
            left = _cross(left.values(), right.values())
        return left

    def power(self) -> Terms:
        base = self.operand()
        while self.next() == "^":
            exponent = self.pieces[self.at + 1 : self.at + 2]
            if not exponent or not exponent[0].isdigit():
                raise AlgebraError("These terms do not make sense together.")
            self.no_numbers(base)
            self.at += 2
            raised = base
            for _ in range(int(exponent[0]) - 1):
                raised = _bound(raised | _cross(raised.values(), base.values(), raised))
            base = raised
        return base

    def operand(self) -> Terms:
        piece = self.next()
        self.at += 1
        if piece == "(":
            terms = self.sum()
            if self.next() != ")":
                raise AlgebraError("These terms do not make sense together.")
            self.at += 1
            return terms
        if piece in ("0", "1"):
            self.intercept = self.adds == (piece == "1")
            return {}
        if piece in ("", ")", *OPERATORS):
            raise AlgebraError("These terms do not make sense together.")
        return {frozenset([piece]): (piece,)}

    def no_numbers(self, *sides: Terms) -> None:
        """Refuse a product with a number."""
        if not all(sides):
            raise AlgebraError("A number cannot multiply a term.")

    def next(self) -> str:
        return self.pieces[self.at] if self.at < len(self.pieces) else ""


def _cross(left: Iterable[tuple[str, ...]], right: Iterable[tuple[str, ...]], known: Terms | None = None) -> Terms:
    """Each term of one side with each of the other, but for those that are known."""
    result: Terms = {}
    right = list(right)
    for a in left:
        for b in right:
            term = tuple(dict.fromkeys(a + b))
            key = frozenset(term)
            if not known or key not in known:
                result.setdefault(key, term)
        _bound(result)
    return result


def _bound(terms: Terms) -> Terms:
    if len(terms) > MAX_TERMS:
        raise TooManyTermsError(f"The formula may expand to more than {MAX_TERMS} terms.")
    return terms


def drop_nothing(pieces: list[str]) -> list[str]:
    """Remove the places of random-effects terms together with the “+” that joined them."""
    keep: list[str] = []
    for piece in pieces:
        if piece == NOTHING:
            if keep and keep[-1] == "+":
                keep.pop()
        elif piece == "+" and not keep:
            continue
        else:
            keep.append(piece)
    return keep
