"""The model: outcome, terms, random-effects terms."""

from __future__ import annotations

from functools import lru_cache

from .algebra import MAX_POWER, MAX_TERMS, NOTHING, OPERATORS, drop_nothing, expand, most_terms
from .factors import FactorReader
from .spec import Expression, ModelSpec, RandomTerm, Term, columns_of
from .tokens import Token


@lru_cache(maxsize=1_000)  # each run of a page asks for its formula's several times
def parse(text: str) -> ModelSpec:
    """Read formula text such as ``Reaction ~ Days + (Days | Subject)``.

    Parameters
    ----------
    text : str
        lme4/R formula text, at most 5,000 characters; after it may stand ``, weights = w`` and ``, offset = x`` as in R's calls.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError
        With the position of the first character that cannot be read and what may stand there.
    """
    return _ModelReader(text).model()


@lru_cache(maxsize=1_000)
def parse_expression(text: str) -> Expression:
    """Read an expression of columns such as ``1 / variance``: prior weights, or an offset.

    Raises
    ------
    FormulaError
        As `parse` does.
    """
    return _ModelReader(text).alone()


class _ModelReader(FactorReader):
    """Recursive descent over a formula; a `(... | g)` part is read before the algebra of its terms."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.offsets: list[Expression] = []

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
        after = self.peek()
        if after is None or after.text == ",":
            self.fail("There is nothing after the “~”.", "Write the predictors there, or 1 for none.")
        random: list[RandomTerm] = []
        intercept, terms = self.algebra(self.end_of_formula(), random)
        weights = self.arguments()
        return ModelSpec(outcome, terms, intercept, tuple(random), tuple(self.offsets), weights)

    def end_of_formula(self) -> int:
        """The place of the first comma outside all parentheses, or the end."""
        depth = 0
        for place, token in enumerate(self.tokens):
            depth += (token.text == "(") - (token.text == ")")
            if token.text == "," and depth == 0:
                return place
        return len(self.tokens)

    def arguments(self) -> Expression | None:
        """What stands after the formula as in a call of `lmer`: prior weights, which are given back, and an offset."""
        weights = None
        while comma := self.accept(","):
            name = self.peek()
            if name is None or name.text not in ("weights", "offset") or self.following() != "=":
                self.fail("After a formula may stand weights or an offset.", "Write …, weights = w.", name or comma)
            self.at += 2
            found = self.known_part(name.text, name)
            if name.text == "offset":
                self.offsets.append(found)
            elif weights is None:
                weights = found
            else:
                self.fail("There are weights already.", "Remove the second.", name)
        if self.peek() is not None:
            self.fail("This cannot stand here.", "Remove it.", self.peek())
        return weights

    def alone(self) -> Expression:
        """An expression by itself."""
        if self.peek() is None:
            self.fail("There is no expression.", "Write the name of a column.")
        found = self.known_part("It", self.peek())
        if self.peek() is not None:
            self.fail("This cannot stand after an expression.", "Remove it.", self.peek())
        return found

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
                pieces.append(NOTHING)
            elif token.text == "offset" and self.following() == "(":
                self.offset_term(token, nested=random is None or pieces.count("(") > pieces.count(")"))
                pieces.append(NOTHING)
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
        if pieces and pieces[-1] in OPERATORS:
            last = self.tokens[end - 1]
            self.fail(f"Nothing follows the last “{last.text}”.", "Remove it or write a term after it.", last)
        return self.expand(drop_nothing(pieces), factors, start)

    def refuse_odd_neighbours(self, token: Token, pieces: list[str]) -> None:
        """Two terms without an operator between them, or two operators without a term."""
        before = pieces[-1] if pieces else "+"
        if token.kind == "operator" and token.text not in "()":
            if before in (*OPERATORS, "(") and token.text not in "+-" and token.text not in ("|", "||", "~", ",", "="):
                self.fail(f"“{token.text}” needs a term before it.", "Remove it or write a term there.", token)
        elif token.text != ")" and before not in (*OPERATORS, "("):
            self.fail(f"There is no operator before “{token.text}”.", "Join terms with +, *, : or /.", token)

    def _holds_bar(self, opening: int) -> bool:
        depth = 0
        for token in self.tokens[opening : self.closing[opening]]:
            depth += (token.text == "(") - (token.text == ")")
            if depth == 1 and token.text in ("|", "||"):
                return True
        return False

    def following(self) -> str:
        """The text of the token after the one at hand."""
        return self.tokens[self.at + 1].text if self.at + 1 < len(self.tokens) else ""

    def offset_term(self, token: Token, *, nested: bool) -> None:
        """Read ``offset(...)``, a term of the fixed part without a coefficient."""
        if nested or self.tokens[self.at - 1].text not in ("~", "+"):
            self.fail(
                "An offset has no coefficient: it is added to the fixed part with “+”.", "Write … + offset(x).", token
            )
        self.at += 2
        self.offsets.append(self.known_part("offset()", token))
        self.expect(")")
        after = self.peek()
        if after and after.text not in ("+", "-"):
            self.fail(
                "An offset has no coefficient: it cannot be part of an interaction.", "Write … + offset(x).", after
            )

    def known_part(self, what: str, token: Token | None) -> Expression:
        """An expression that has no coefficient, such as an offset's."""
        self.operations = 0
        found = self.sum()
        if not any(True for _ in columns_of(found)):
            self.fail(f"{what} needs a column.", "", token)
        return found

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
        self, pieces: list[str], factors: dict[str, Expression], start: Token | None
    ) -> tuple[bool, tuple[Term, ...]]:
        """The terms, the simplest first, and whether there is an intercept."""
        if not pieces:
            return True, ()
        if most_terms(pieces) > MAX_TERMS:
            self.fail(f"The formula may expand to more than {MAX_TERMS} terms.", "Use fewer *, / and ^.", start)
        expanded = expand(pieces)
        if expanded is None:
            self.fail("These terms do not make sense together.", "Join terms with +, *, : or /.", start)
        terms = []
        for names in expanded:
            if all(n in factors for n in names):
                terms.append(Term(tuple(factors[n] for n in names)))
            elif names != ["1"]:
                self.fail("A number cannot multiply a term.", "For arithmetic on a column write I(2 * x).", start)
        return ["1"] in expanded, tuple(sorted(terms, key=lambda t: len(t.factors)))

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
