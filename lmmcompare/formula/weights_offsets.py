"""Parts of a model without a coefficient: offsets and prior weights, in the formula or after it; the residuals' structure."""

from __future__ import annotations

from .correlation import Correlation
from .correlation_parser import StructureReader
from .expressions import Arithmetic, Expression, columns_of
from .suggestions import SuggestionReader
from .tokens import Token

BEHIND = ("weights", "offset", "correlation", "variance")
"""What may stand after a formula."""


class KnownPartReader(SuggestionReader, StructureReader):
    """Reads offsets, prior weights and the residuals' structure; all but the weights are kept as attributes."""

    def __init__(self, text: str, columns: tuple[str, ...] | None = None) -> None:
        super().__init__(text, columns)
        self.offsets: list[Expression] = []
        self.structure: Correlation | None = None
        self.variance = ""

    def end_of_formula(self) -> int:
        """The place of the first comma outside all parentheses, or the end."""
        depth = 0
        for place, token in enumerate(self.tokens):
            depth += (token.text == "(") - (token.text == ")")
            if token.text == "," and depth == 0:
                return place
        return len(self.tokens)

    def trailing_arguments(self) -> Expression | None:
        """Read the arguments after the formula, as in a call: prior weights (returned), an offset, the residuals' structure."""
        weights = None
        while comma := self.accept(","):
            name = self.peek()
            if name is None or name.text not in BEHIND or self.following() != "=":
                self.fail(
                    "After a formula may stand weights or an offset, or the correlation or variance of the residuals.",
                    "Write …, weights = w.",
                    name or comma,
                    suggestion=self.instead(comma, comma, " +"),
                )
            self.at += 2
            if name.text in ("correlation", "variance"):
                self._residuals(name)
                continue
            result = self.known_part(name.text, name)
            if name.text == "offset":
                self.offsets.append(result)
            elif weights is None:
                weights = result
            else:
                self.fail("There are weights already.", "Remove the second.", name)
        if self.peek() is not None:
            self.fail("This cannot stand here.", "Remove it.", self.peek())
        return weights

    def _residuals(self, name: Token) -> None:
        """Read how residuals are correlated, or the column by whose levels they differ in variance."""
        if (self.structure is not None) if name.text == "correlation" else self.variance:
            self.fail(f"There is a {name.text} already.", "Remove the second.", name)
        if name.text == "correlation":
            self.structure = self.correlation()
        else:
            self.variance = self.column_name()

    def alone(self) -> Expression:
        """An expression by itself."""
        if self.peek() is None:
            self.fail("There is no expression.", "Write the name of a column.")
        result = self.known_part("It", self.peek())
        if self.peek() is not None:
            self.fail("This cannot stand after an expression.", "Remove it.", self.peek())
        return result

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
        if after and after.text not in ("+", "-", ","):
            self.fail(
                "An offset has no coefficient: it cannot be part of an interaction.", "Write … + offset(x).", after
            )

    def known_part(self, what: str, token: Token | None) -> Expression:
        """An expression that has no coefficient, such as an offset's."""
        self.operations = 0
        result = self.sum()
        if isinstance(result, Arithmetic) and result.operator in ("|", "&"):
            self.fail(f"{what} needs numbers, not TRUE or FALSE.", "Write the name of a column of numbers.", token)
        if not any(True for _ in columns_of(result)):
            self.fail(f"{what} needs a column.", "", token)
        return result
