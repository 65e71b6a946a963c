"""The terms of a formula or of a random-effects term: what stands between the operators, and the algebra that joins it."""

from __future__ import annotations

from .algebra import MAX_POWER, NOTHING, OPERATORS, AlgebraError, TooManyTermsError, drop_nothing, expand
from .expressions import Column, Expression, columns_of, quote
from .random_terms import RandomTermReader
from .spec import RandomTerm, Term
from .tokens import Token


class TermReader(RandomTermReader):
    """Reads terms; a part of the formula that is none, as ``(x | g)`` and ``offset(x)``, is taken out of their algebra.

    Parameters
    ----------
    columns : tuple of str, optional
        The table's, where it is known.
    others : list of str
        The columns that ``.`` expands to.
    """

    def __init__(self, text: str, columns: tuple[str, ...] | None = None, others: list[str] | None = None) -> None:
        super().__init__(text, columns)
        self.others = others or []
        self.order: list[str] = []

    def algebra(self, end: int, random: list[RandomTerm] | None) -> tuple[bool, tuple[Term, ...]]:
        """Terms up to token ``end``; random-effects terms go to ``random`` (not allowed where that is None)."""
        pieces: list[str] = []
        factors: dict[str, Expression] = {}
        start = self.peek()
        if self.is_truth(self.at, end):
            pieces.append(_key(self.comparison(end), factors))
        while self.at < end:
            token = self.tokens[self.at]
            self.refuse_odd_neighbours(token, pieces)
            if self.takes_out(token, pieces, random):
                pieces.append(NOTHING)
            else:
                self.piece(token, end, pieces, factors)
        if pieces and pieces[-1] in OPERATORS:
            last = self.tokens[end - 1]
            self.fail(
                f"Nothing follows the last “{last.text}”.",
                "Remove it or write a term after it.",
                last,
                suggestion=self.instead(last, last, ""),
            )
        if random is not None:
            self.order = [str(f) for f in factors.values()]
        return self.expand(drop_nothing(pieces), factors, start)

    def takes_out(self, token: Token, pieces: list[str], random: list[RandomTerm] | None) -> bool:
        """Whether a random-effects term or an offset begins here, which is then read."""
        if token.text == "(" and self.has((inner := self.innermost(self.at)) + 1, self.closing[inner], "|", "||"):
            self.term_in_parentheses(inner, random)
        elif self.is_structured(self.at):
            self.term_with_structure(random)
        elif token.text == "offset" and self.following() == "(":
            self.offset_term(token, nested=random is None or pieces.count("(") > pieces.count(")"))
        else:
            return False
        return True

    def piece(self, token: Token, end: int, pieces: list[str], factors: dict[str, Expression]) -> None:
        """Read a factor, a number, an operator or a parenthesis, and add it to ``pieces``."""
        if token.text == "!" and token.kind == "operator":
            pieces.append(_key(self.comparison(end), factors))
        elif token.text == "(" and self.is_truth(self.at + 1, self.closing[self.at]):
            closing = self.closing[self.at]
            self.at += 1
            pieces.append(_key(self.comparison(closing), factors))
            self.at = closing + 1
        elif token.text == "." and token.kind == "name":
            self.all_others(pieces, factors)
        elif token.kind in ("name", "quoted"):
            pieces.append(_key(self.factor(), factors))
        elif token.kind == "number":
            self.number_in_algebra(pieces)
        elif token.text == "%in%" and self.at + 1 < end and self.tokens[self.at + 1].text in ("c", "("):
            self.membership(token)
        elif token.text in ("+", "-", "*", ":", "/", "^", "**", "%in%", "(", ")"):
            pieces.append({"**": "^", "%in%": ":"}.get(token.text, token.text))  # a %in% b has the columns of a:b
            self.at += 1
        elif token.text in ("|", "||"):
            self.fail("A random-effects term stands in parentheses.", "Write (1 | group).", token)
        elif token.kind == "text":
            self.fail(
                "Text in quotes is no column.",
                "Put unusual column names in `backquotes`.",
                token,
                suggestion=self.instead(token, token, quote(token.content)),
            )
        else:
            self.fail(
                f"“{token.text}” cannot stand here.",
                "Join terms with +, *, : or /.",
                token,
                suggestion=self.instead(token, token, " +" if token.text in (",", "=") else ""),
            )

    def comparison(self, end: int) -> Expression:
        """A term that is a comparison or a truth, as all up to token ``end`` is, since these operators are the weakest."""
        sign = self.tokens[self.at]
        for opening in range(self.at, end):
            inside = self.closing.get(opening, opening)
            if self.has(opening + 1, inside, "|", "||") and self.tokens[opening - 1].kind != "name":
                self.fail(
                    "A comparison among other terms stands in parentheses.",
                    "Write (x > 4) + (1 | group).",
                    sign,
                    suggestion=self.parenthesised(end),
                )
        before_bar = end < len(self.tokens) and self.tokens[end].text in ("|", "||")
        result = self.truth() if before_bar else self.variable()
        if self.at != end:
            self.fail(f"“{self.tokens[self.at].text}” cannot stand here.", "", self.tokens[self.at])
        if next(columns_of(result), None) is None:
            self.fail("A comparison needs a column.", "", sign)
        return result

    def all_others(self, pieces: list[str], factors: dict[str, Expression]) -> None:
        """The dot: all columns that are neither outcome nor grouping factor; itself as long as these are not known."""
        token = self.take()
        self.is_open = True
        if self.columns is None:
            pieces.append(_key(Column("."), factors))
            return
        if not self.others:
            self.fail("The “.” stands for all other columns, but there are none.", "Write 1.", token)
        pieces.append("(")
        for name in self.others:
            pieces += [_key(Column(name), factors), "+"]
        pieces[-1] = ")"

    def refuse_odd_neighbours(self, token: Token, pieces: list[str]) -> None:
        """Two terms without an operator between them, or two operators without a term."""
        before = pieces[-1] if pieces else "+"
        if token.kind == "operator" and token.text not in "()!":
            if before in (*OPERATORS, "(") and token.text not in "+-" and token.text not in ("|", "||", "~", ",", "="):
                self.fail(
                    f"“{token.text}” needs a term before it.",
                    "Remove it or write a term there.",
                    token,
                    suggestion=self.instead(token, token, ""),
                )
        elif [t.text for t in self.tokens[max(self.at - 2, 0) : self.at]] == ["(", "1"] and token.text != ")":
            self.fail(
                f"There is no bar before “{token.text}”.",
                f"A random intercept is (1 | {token.text}).",
                token,
                suggestion=self.instead(token, token, f"| {token.text}"),
            )
        elif token.text != ")" and before not in (*OPERATORS, "("):
            self.fail(
                f"There is no operator before “{token.text}”.",
                "Join terms with +, *, : or /.",
                token,
                suggestion=self.instead(token, token, f"+ {token.text}"),
            )

    def number_in_algebra(self, pieces: list[str]) -> None:
        """Read 0 or 1, or the power of a group of terms."""
        token = self.take()
        if pieces and pieces[-1] == "^":
            if token.number != int(min(token.number, 1e9)) or not 1 <= token.number <= MAX_POWER:
                self.fail(
                    f"The power of a group of terms is a whole number from 1 to {MAX_POWER}.",
                    "For a power of a column write I(x^2).",
                    token,
                )
            pieces.append(f"{token.number:g}")
        elif token.number in (0, 1):
            pieces.append(f"{token.number:g}")
        else:
            self.fail(
                f"The number {token.text} cannot be a term.",
                "For arithmetic on a column write I(2 * x).",
                token,
                suggestion=self.as_arithmetic(self.at - 1),
            )

    def expand(
        self, pieces: list[str], factors: dict[str, Expression], start: Token | None
    ) -> tuple[bool, tuple[Term, ...]]:
        """The terms, the simplest first, and whether there is an intercept."""
        if not pieces:
            return True, ()
        try:
            intercept, result = expand(pieces)
        except TooManyTermsError as error:
            self.fail(str(error), "Use fewer *, / and ^.", start)
        except AlgebraError as error:
            number = "number" in str(error)
            self.fail(
                str(error),
                "For arithmetic on a column write I(2 * x)." if number else "Join terms with +, *, : or /.",
                start,
            )
        terms = (Term(tuple(factors[name] for name in term)) for term in sorted(result, key=len))
        return intercept, tuple(dict.fromkeys(terms))


def _key(factor: Expression, factors: dict[str, Expression]) -> str:
    """The placeholder of a factor, the same for the same factor."""
    key = f"f {factor}"
    factors.setdefault(key, factor)
    return key
