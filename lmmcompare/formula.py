"""lme4/R formula text to `ModelSpec`.

Formula text comes from text boxes and links, so it is read as data: a small grammar of our own accepts names, numbers,
operators and a short list of functions, and refuses everything else with the place of the offending character. Only
the algebra of the terms (``a*b``, ``(a+b)^2``, ``a/b``) is handed on, to formulaic, and there every factor has already
been replaced by a placeholder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import comb
from typing import NoReturn

from formulaic.errors import FormulaicError
from formulaic.parser import DefaultFormulaParser

from .errors import FormulaError
from .spec import Arithmetic, Call, Column, Constant, Expression, ModelSpec, RandomTerm, Term

MAX_LENGTH = 5_000
MAX_DEPTH = 20
MAX_OPERATIONS = 100
MAX_TERMS = 400
MAX_POWER = 4
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

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d_][\w.]*)
      | (?P<quoted>`[^`]+`)
      | (?P<operator>\|\||\*\*|[~+\-*/:^()|,=])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(text: str) -> ModelSpec:
    """Read formula text such as ``Reaction ~ Days + (Days | Subject)``.

    Parameters
    ----------
    text : str
        lme4/R formula text, at most 5,000 characters.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError
        With the position of the first character that cannot be read and what may stand there.
    """
    return _Parser(text).model()


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            character = text[position]
            remedy = {
                "`": "A backquoted name needs a second backquote.",
                ".": "Name the columns one by one; the dot for “all others” is not supported.",
                "'": "Text in quotes has no place in a formula; put unusual column names in `backquotes`.",
                '"': "Text in quotes has no place in a formula; put unusual column names in `backquotes`.",
            }.get(character, "Put a column name that has unusual characters in `backquotes`.")
            raise FormulaError(f"“{character}” cannot stand in a formula.", remedy, text=text, position=position)
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match.group(), position))
        position = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens; a `(... | g)` part is read before the algebra of its terms."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise FormulaError(f"The formula has {len(text):,} characters; {MAX_LENGTH:,} are allowed.")
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0
        self.operations = 0
        self.closing = self._match_parentheses()

    # -- reading tokens ------------------------------------------------------------------------------------------
    def fail(self, problem: str, remedy: str = "", token: _Token | None = None) -> NoReturn:
        position = token.position if token else len(self.text)
        raise FormulaError(problem, remedy, text=self.text, position=position)

    def peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> _Token:
        token = self.peek()
        if token is None:
            self.fail("The formula ends too early.", "Something is missing at its end.")
        self.at += 1
        return token

    def accept(self, *operators: str) -> _Token | None:
        token = self.peek()
        if token and token.kind == "operator" and token.text in operators:
            self.at += 1
            return token
        return None

    def expect(self, operator: str) -> None:
        if not self.accept(operator):
            token = self.peek()
            found = f"“{token.text}”" if token else "the end"
            self.fail(f"Expected “{operator}” but found {found}.", token=token)

    def _match_parentheses(self) -> dict[int, int]:
        closing, stack = {}, []
        for i, token in enumerate(self.tokens):
            if token.text == "(":
                stack.append(i)
                if len(stack) > MAX_DEPTH:
                    self.fail(f"Parentheses are nested more than {MAX_DEPTH} deep.", token=token)
            elif token.text == ")":
                if not stack:
                    self.fail("This “)” closes nothing.", "Remove it or add the “(” that it belongs to.", token)
                closing[stack.pop()] = i
        if stack:
            self.fail("This “(” is never closed.", "Add a “)”.", self.tokens[stack[-1]])
        return closing

    # -- the model -----------------------------------------------------------------------------------------------
    def model(self) -> ModelSpec:
        tildes = [t for t in self.tokens if t.text == "~"]
        if not tildes:
            self.fail("A formula needs a “~” between outcome and predictors.", "Write it as outcome ~ predictors.")
        if len(tildes) > 1:
            self.fail("A formula has one “~” only.", "Remove the second.", tildes[1])
        first = self.peek()
        if first is tildes[0]:
            self.fail("There is no outcome before the “~”.", "Write the outcome's column name there.", first)
        outcome = self.factor()
        self.expect("~")
        if self.peek() is None:
            self.fail("There is nothing after the “~”.", "Write the predictors there, or 1 for none.")
        random: list[RandomTerm] = []
        intercept, terms = self.algebra(len(self.tokens), random)
        return ModelSpec(outcome, terms, intercept, tuple(random))

    def algebra(self, end: int, random: list[RandomTerm] | None) -> tuple[bool, tuple[Term, ...]]:
        """Terms up to token ``end``; random-effects terms go to ``random`` (not allowed where that is None)."""
        pieces: list[str] = []
        factors: dict[str, Expression] = {}
        start = self.peek()
        while self.at < end:
            token = self.tokens[self.at]
            self.refuse_odd_neighbours(token, pieces)
            if token.text == "(" and self._holds_bar(self.at):
                if random is None:
                    self.fail("Random-effects terms cannot be nested.", "", token)
                before = self.tokens[self.at - 1]
                if before.text not in ("~", "+"):
                    self.fail("A random-effects term is added with “+”.", "Write … + (1 | group).", before)
                random.extend(self.random_term())
                pieces.append(_NOTHING)
            elif token.kind in ("name", "quoted"):
                factor = self.factor()
                key = next((k for k, f in factors.items() if str(f) == str(factor)), f"f{len(factors)}")
                factors[key] = factor
                pieces.append(key)
            elif token.kind == "number":
                self.number_in_algebra(pieces)
            elif token.text in ("+", "-", "*", ":", "/", "^", "**", "(", ")"):
                pieces.append("^" if token.text == "**" else token.text)
                self.at += 1
            elif token.text in ("|", "||"):
                self.fail("A random-effects term stands in parentheses.", "Write (1 | group).", token)
            else:
                self.fail(f"“{token.text}” cannot stand here.", "", token)
        if pieces and pieces[-1] in _OPERATORS:
            last = self.tokens[end - 1]
            self.fail(f"Nothing follows the last “{last.text}”.", "Remove it or write a term after it.", last)
        return self.expand(_drop_nothing(pieces), factors, start)

    def refuse_odd_neighbours(self, token: _Token, pieces: list[str]) -> None:
        """Two terms without an operator between them, or two operators without a term."""
        before = pieces[-1] if pieces else "+"
        if token.kind == "operator" and token.text not in "()":
            if before in (*_OPERATORS, "(") and token.text not in "+-" and token.text not in ("|", "||", "~", ",", "="):
                self.fail(f"“{token.text}” needs a term before it.", "Remove it or write a term there.", token)
        elif token.text != ")" and before not in (*_OPERATORS, "("):
            self.fail(f"There is no operator before “{token.text}”.", "Join terms with +, *, : or /.", token)

    def _holds_bar(self, opening: int) -> bool:
        depth = 0
        for token in self.tokens[opening : self.closing[opening]]:
            depth += (token.text == "(") - (token.text == ")")
            if depth == 1 and token.text in ("|", "||"):
                return True
        return False

    def number_in_algebra(self, pieces: list[str]) -> None:
        token = self.take()
        if pieces and pieces[-1] == "^":
            if not token.text.isdigit() or not 1 <= int(token.text) <= MAX_POWER:
                self.fail(f"The power of a group of terms is a whole number from 1 to {MAX_POWER}.",
                          "For a power of a column write I(x^2).", token)  # fmt: skip
            pieces.append(token.text)
        elif token.text in ("0", "1"):
            pieces.append(token.text)
        else:
            self.fail(f"The number {token.text} cannot be a term.", "For arithmetic on a column write I(2 * x).", token)

    def expand(
        self, pieces: list[str], factors: dict[str, Expression], start: _Token | None
    ) -> tuple[bool, tuple[Term, ...]]:
        """The algebra of the terms, by formulaic, over placeholders only."""
        if not pieces:
            return True, ()
        if _most_terms(pieces) > MAX_TERMS:
            self.fail(f"The formula may expand to more than {MAX_TERMS} terms.", "Use fewer *, / and ^.", start)
        try:
            expanded = DefaultFormulaParser(include_intercept=True).get_terms(" ".join(pieces))
        except (FormulaicError, TypeError, IndexError, AttributeError, ValueError, KeyError):
            self.fail("These terms do not make sense together.", "Join terms with +, *, : or /.", start)
        terms = []
        intercept = False
        for term in expanded:
            names = [str(f) for f in term.factors]
            if names == ["1"]:
                intercept = True
            elif all(n in factors for n in names):
                terms.append(Term(tuple(factors[n] for n in names)))
            else:
                self.fail("A number cannot multiply a term.", "For arithmetic on a column write I(2 * x).", start)
        return intercept, tuple(sorted(terms, key=lambda t: len(t.factors)))

    def random_term(self) -> list[RandomTerm]:
        opening = self.at
        end = self.closing[opening]
        self.at += 1
        bar = next(i for i in range(opening, end) if self.tokens[i].text in ("|", "||"))
        if bar == self.at:
            self.fail("There is nothing before the “|”.", "Write 1 for a random intercept.", self.tokens[bar])
        intercept, terms = self.algebra(bar, None)
        if not intercept and not terms:
            self.fail("This random-effects term is empty.", "Write (1 | group).", self.tokens[bar])
        correlated = self.take().text == "|"
        groups: list[tuple[str, ...]] = [(self.group_name(),)]
        nested = False
        while joint := self.accept(":", "/"):
            name = self.group_name()
            if joint.text == "/":
                groups.append((*groups[-1], name))
                nested = True
            else:
                groups[-1] = (*groups[-1], name)
        if self.at != end:
            self.fail("After the “|” stands a grouping factor: a column, a:b or a/b.", "", self.peek())
        self.at = end + 1
        return [RandomTerm(g, terms, intercept, correlated) for g in (groups if nested else groups[:1])]

    def group_name(self) -> str:
        token = self.take()
        if token.kind not in ("name", "quoted"):
            self.fail("After the “|” stands a grouping factor.", "Write the name of the grouping column.", token)
        following = self.peek()
        if following and following.text == "(":
            self.fail("A grouping factor is a column, not a function.", "", token)
        return token.text.strip("`")

    # -- factors: columns and arithmetic on them -----------------------------------------------------------------
    def factor(self) -> Expression:
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

    def options(self, function: _Token) -> tuple[tuple[str, float | bool], ...]:
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
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("This expression is nested too deep.", "", self.peek())
        left = self.product()
        while operator := self.accept("+", "-"):
            left = self.operation(operator, left, self.product())
        self.depth -= 1
        return left

    def product(self) -> Expression:
        left = self.power()
        while operator := self.accept("*", "/"):
            left = self.operation(operator, left, self.power())
        return left

    def power(self) -> Expression:
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

    def operation(self, operator: _Token, left: Expression, right: Expression) -> Expression:
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            self.fail(
                f"This expression has more than {MAX_OPERATIONS} operations.", "Compute it in the table.", operator
            )
        return Arithmetic("^" if operator.text == "**" else operator.text, left, right)

    def atom(self) -> Expression:
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


_NOTHING = ""
_OPERATORS = ("+", "-", "*", ":", "/", "^")
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, ":": 3, "^": 4}


def _most_terms(pieces: list[str]) -> int:
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


def _drop_nothing(pieces: list[str]) -> list[str]:
    """Remove the places of random-effects terms together with the “+” that joined them."""
    kept: list[str] = []
    for piece in pieces:
        if piece == _NOTHING:
            if kept and kept[-1] == "+":
                kept.pop()
        elif piece == "+" and not kept:
            continue
        else:
            kept.append(piece)
    return kept


def _uses_column(expression: Expression) -> bool:
    match expression:
        case Column():
            return True
        case Arithmetic(_, left, right):
            return _uses_column(left) or _uses_column(right)
        case Call(_, argument):
            return _uses_column(argument)
    return False
