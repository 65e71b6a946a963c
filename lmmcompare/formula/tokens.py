"""Formula text as tokens, and reading them one by one with errors that know their place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from ..errors import FormulaError

MAX_LENGTH = 5_000
MAX_DEPTH = 20

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)L?(?![\w.]))
      | (?P<name>(?:[^\W\d_]|\.(?!\d))[\w.]*)
      | (?P<quoted>`[^`]+`)
      | (?P<text>"(?:[^"\\]|\\["'\\])*"|'(?:[^'\\]|\\["'\\])*')
      | (?P<operator>\|\||&&|\*\*|==|!=|<=|>=|%(?:in|/)?%|[~+\-*/:^()|,=<>!&])""",
    re.VERBOSE,
)
_REMEDIES = {
    "`": "A backquoted name needs a second backquote.",
    "'": "Text in quotes ends with the quote that it begins with.",
    '"': "Text in quotes ends with the quote that it begins with.",
    "$": "Name the column alone: x rather than data$x.",
    "%": "The operators are %in%, %% and %/%.",
    "[": "A column needs no index: scale(x) for scale(x)[, 1].",
    "#": "A comment has no place here: remove it.",
}
_TYPESET = str.maketrans("∼˜～–−—×∗∣│｜（）“”‘’", "~~~---**|||()\"\"''")
"""What papers and word processors print in place of a formula's characters."""


@dataclass(frozen=True, slots=True)
class Token:
    """A name, number, text or operator, and its position."""

    kind: str
    text: str
    position: int

    @property
    def number(self) -> float:
        """A number's value; ``2L`` is 2."""
        return float(self.text.removesuffix("L"))

    @property
    def content(self) -> str:
        """The text between the quotes of a string or a backquoted name."""
        return self.text[1:-1] if self.kind == "quoted" else re.sub(r"\\(.)", r"\1", self.text[1:-1])


def tokenise(text: str) -> list[Token]:
    """Cut formula text into tokens; a character that begins none is refused with its place."""
    result, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            character = text[position]
            remedy = _REMEDIES.get(character, "Put a column name that has unusual characters in `backquotes`.")
            typed = character.translate(_TYPESET)
            if typed != character:
                remedy = f"Write “{typed}”."
            meant = (
                re.sub(r"[\w.]+\$", "", text) if character == "$" else text.split("#")[0] if character == "#" else ""
            ) or (re.sub(r"\[ *, *1L? *\]", "", text) if character == "[" else "")
            meant = text.translate(_TYPESET) if typed != character else meant
            raise FormulaError(
                f"“{character}” cannot stand in a formula.",
                remedy,
                text=text,
                position=position,
                suggestion=meant.strip(),
            )
        if match.lastgroup != "space":
            result.append(Token(str(match.lastgroup), match.group(), position))
        position = match.end()
    return result


class TokenReader:
    """The tokens of a formula, read from the left."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise FormulaError(f"The formula has {len(text):,} characters; {MAX_LENGTH:,} are allowed.")
        self.text = text
        self.tokens = tokenise(text)
        self.at = 0
        self.closing = self._match_parentheses()

    def fail(self, problem: str, remedy: str = "", token: Token | None = None, suggestion: str = "") -> NoReturn:
        """Refuse the formula, pointing at a token or at the end, with the formula that may be meant."""
        position = token.position if token else len(self.text)
        raise FormulaError(problem, remedy, text=self.text, position=position, suggestion=suggestion)

    def instead(self, first: Token, last: Token, new: str) -> str:
        """The formula with the text from one token to another replaced."""
        return f"{self.text[: first.position]}{new}{self.text[last.position + len(last.text) :]}".strip()

    def between(self, first: Token, last: Token) -> str:
        """The text from one token to another."""
        return self.text[first.position : last.position + len(last.text)]

    def peek(self) -> Token | None:
        """The next token, left where it is."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def peek_second(self) -> Token | None:
        """The token after the next one."""
        return self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None

    def take(self) -> Token:
        """The next token; there must be one."""
        token = self.peek()
        if token is None:
            self.fail("The formula ends too early.", "Something is missing at its end.")
        self.at += 1
        return token

    def accept(self, *operators: str) -> Token | None:
        """The next token if it is one of these operators."""
        token = self.peek()
        if token and token.kind == "operator" and token.text in operators:
            self.at += 1
            return token
        return None

    def expect(self, operator: str, remedy: str = "") -> None:
        """Read an operator that must come next; refuse with a remedy where another sign does."""
        if not self.accept(operator):
            token = self.peek()
            result = f"“{token.text}”" if token else "the end"
            self.fail(f"Expected “{operator}” but found {result}.", remedy or f"Write “{operator}” there.", token)

    def _match_parentheses(self) -> dict[int, int]:
        closing, stack = {}, []
        for i, token in enumerate(self.tokens):
            if token.text == "(":
                stack.append(i)
                if len(stack) > MAX_DEPTH:
                    self.fail(f"Parentheses are nested more than {MAX_DEPTH} deep.", token=token)
            elif token.text == ")":
                if not stack:
                    self.fail(
                        "This “)” closes nothing.",
                        "Remove it or add the “(” that it belongs to.",
                        token,
                        suggestion=self.instead(token, token, ""),
                    )
                closing[stack.pop()] = i
        if stack:
            self.fail(
                "This “(” is never closed.",
                "Add a “)”.",
                self.tokens[stack[-1]],
                suggestion=f"{self.text.strip()}{')' * len(stack)}",
            )
        return closing
