"""The model: outcome, terms, random-effects terms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from ..errors import FormulaError
from .algebra import MAX_POWER, NOTHING, OPERATORS, AlgebraError, TooManyTermsError, drop_nothing, expand
from .random_terms import RandomTermReader
from .spec import OFFSET, WEIGHTS, Column, Expression, ModelSpec, RandomTerm, Term, columns_of, quote
from .tokens import Token


def parse(text: str) -> ModelSpec:
    """Read formula text such as ``Reaction ~ Days + (Days | Subject)``.

    Parameters
    ----------
    text : str
        lme4/R formula text, at most 5,000 characters; after it may stand ``, weights = w`` and ``, offset = x`` as in R's calls.

    Returns
    -------
    ModelSpec
        Its ``pattern`` is the text where that means something only beside a table, as ``y ~ .`` does; see `read`.

    Raises
    ------
    FormulaError
        With the position of the first character that cannot be read and what may stand there.
    """
    return _parse(text, None)


def read(formula: str | ModelSpec, columns: Iterable[str]) -> ModelSpec:
    """Read a formula beside the names of a table's columns: ``.`` is all that are not outcome or grouping factor.

    Parameters
    ----------
    formula : str or ModelSpec
    columns : iterable of str
        The table's column names. ``pi``, ``T`` and ``F`` are constants unless they are among these.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError
    """
    spec = parse(formula) if isinstance(formula, str) else formula
    if not spec.pattern:
        return spec
    result = _parse(spec.pattern, tuple(name for name in columns if name not in (WEIGHTS, OFFSET)))
    return _with_what_stands_beside(result, spec, parse(spec.pattern))


def _with_what_stands_beside(result: ModelSpec, spec: ModelSpec, text: ModelSpec) -> ModelSpec:
    """The model that a text is beside a table, with what was given beside the text, or taken off it, since it was read alone."""
    changed = {n for n in ("weights", "correlation", "variance") if getattr(spec, n) != getattr(text, n)}
    further = spec.offset[len(text.offset) :]
    return replace(result, offset=(*result.offset, *further), **{n: getattr(spec, n) for n in changed})


@lru_cache(maxsize=1_000)  # each run of a page asks for its formula's several times
def _parse(text: str, columns: tuple[str, ...] | None) -> ModelSpec:
    try:
        return _model(text, columns)
    except FormulaError as error:
        if error.suggestion:
            try:  # what is offered has to be right
                _model(error.suggestion, columns)
            except FormulaError:
                error.suggestion = ""
        raise


def _model(text: str, columns: tuple[str, ...] | None) -> ModelSpec:
    if columns is None:
        return _ModelReader(text).model()
    spec = _ModelReader(text).model()
    used = {*columns_of(spec.outcome), *(name for group in spec.groupings for name in group)}
    return _ModelReader(text, columns, [c for c in columns if c not in used]).model()


@lru_cache(maxsize=1_000)
def parse_expression(text: str) -> Expression:
    """Read an expression of columns such as ``1 / variance``: prior weights, or an offset.

    Raises
    ------
    FormulaError
        As `parse` does.
    """
    return _ModelReader(text).alone()


class _ModelReader(RandomTermReader):
    """Recursive descent over a formula; a `(... | g)` part is read before the algebra of its terms.

    Parameters
    ----------
    text : str
    columns : tuple of str, optional
        The table's, where it is known.
    others : list of str
        The columns that ``.`` expands to.
    """

    def __init__(self, text: str, columns: tuple[str, ...] | None = None, others: list[str] | None = None) -> None:
        super().__init__(text, columns)
        self.others = others or []
        self.order: list[str] = []

    def model(self) -> ModelSpec:
        tildes = [t for t in self.tokens if t.text == "~"]
        if not tildes:
            sign = re.search(r"<-|(?<![=!<>])=(?!=)", self.text)
            meant = f"{self.text[: sign.start()]}~{self.text[sign.end() :]}" if sign else ""
            self.fail(
                "A formula needs a “~” between outcome and predictors.",
                "Write it as outcome ~ predictors.",
                suggestion=meant,
            )
        if len(tildes) > 1:
            self.fail(
                "A formula has one “~” only.",
                "Remove the second.",
                tildes[1],
                suggestion=self.instead(tildes[1], tildes[1], "+"),
            )
        if (first := self.peek()) is tildes[0]:
            self.fail("There is no outcome before the “~”.", "Write the outcome's column name there.", first)
        outcome = self.outcome(tildes[0])
        self.expect("~")
        if (after := self.peek()) is None or after.text == ",":
            self.fail(
                "There is nothing after the “~”.",
                "Write the predictors there, or 1 for none.",
                suggestion=f"{self.text.strip()} 1" if after is None else "",
            )
        random: list[RandomTerm] = []
        intercept, terms = True, tuple[Term, ...]()
        end = self.end_of_formula()
        if self.has(self.at, end, "|", "||"):  # as lme4 has it: all of the right side is a random part
            random.extend(self.random_term(end))
        else:
            intercept, terms = self.algebra(end, random)
        pattern = self.text if self.is_open and self.columns is None else ""
        weights = self.trailing_arguments()
        return ModelSpec(
            outcome,
            terms,
            intercept,
            tuple(random),
            tuple(self.offsets),
            weights,
            self.structure,
            self.variance,
            pattern,
            tuple(self.order),
        )

    def outcome(self, tilde: Token) -> Expression:
        """The left side, with arithmetic as in R."""
        outcome = self.factor() if self.tokens[self.at + 1] is tilde else self.variable()
        following = self.peek()
        if following is not tilde:
            result = f"“{following.text}”" if following else "the end"
            self.fail(f"Expected “~” but found {result}.", "One outcome stands before the “~”.", following)
        if next(columns_of(outcome), None) is None:
            self.fail(
                "The outcome needs a column name.", "Write the outcome's column name before the “~”.", self.tokens[0]
            )
        return outcome

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
            if token.text == "(" and self.has((inner := self.innermost(self.at)) + 1, self.closing[inner], "|", "||"):
                self.term_in_parentheses(inner, random)
                pieces.append(NOTHING)
            elif self.is_structured(self.at):
                self.term_with_structure(random)
                pieces.append(NOTHING)
            elif token.text == "offset" and self.following() == "(":
                self.offset_term(token, nested=random is None or pieces.count("(") > pieces.count(")"))
                pieces.append(NOTHING)
            elif token.text == "!" and token.kind == "operator":
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
        elif token.text != ")" and before not in (*OPERATORS, "("):
            self.fail(
                f"There is no operator before “{token.text}”.",
                "Join terms with +, *, : or /.",
                token,
                suggestion=self.instead(token, token, f"+ {token.text}"),
            )

    def number_in_algebra(self, pieces: list[str]) -> None:
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
