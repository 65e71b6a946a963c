"""What a column of text is, by all of its cells: one decision, for cells in memory and for cells that an engine has."""

from __future__ import annotations

from typing import Literal, Protocol

from .readers import rules

Form = Literal["whole", "number", "thousands", "decimal comma", "date", "truth", "text"]
NUMERIC = (
    rules.WHOLE,
    rules.NUMBER,
    rules.COMMA,
    rules.POINT_AND_COMMA,
    rules.TWO_COMMAS,
    rules.COMMA_THOUSANDS,
    rules.DOT_THOUSANDS,
    rules.DECIMAL_COMMA,
)
"""The patterns that tell numbers."""
DATED = (rules.ISO_DATE, rules.UNIVERSAL, rules.NANOSECONDS)
"""The patterns that tell dates."""
REPLACED: dict[Form, tuple[tuple[str, str], ...]] = {
    "thousands": ((",", ""),),
    "decimal comma": ((".", ""), (",", ".")),
}
"""What is replaced, in this order, before a form is cast to numbers; of the others nothing."""
DOTS = ((".", ""),)
"""What is replaced where points separate thousands."""


class Facts(Protocol):
    """What can be asked of a column: cells without spaces around them, those that are missing among numbers left out."""

    @property
    def n(self) -> int:
        """How many cells there are."""
        ...

    @property
    def complete(self) -> bool:
        """Whether none is missing."""
        ...

    def all(self, pattern: str) -> bool:
        """Whether a pattern is found in each of them."""
        ...

    def share(self, pattern: str) -> float:
        """In which share of them a pattern is found."""
        ...


def form_of(facts: Facts, separator: str) -> Form:
    """What a column is, before it is known whether its values would be told apart as such.

    Parameters
    ----------
    facts : Facts
    separator : str
        What stood between the columns: with commas there, "1,234" in quotes is a thousand, otherwise a decimal.
    """
    if not facts.n:
        return "text"
    if facts.all(rules.NUMBER):
        return "whole" if facts.complete and facts.all(rules.WHOLE) else "number"
    if any(facts.all(pattern) for pattern in rules.TRUTHS):
        return "truth"
    if facts.all(rules.ISO_DATE):
        return "date" if facts.share(rules.UNIVERSAL) in (0, 1) else "text"
    if not facts.share(rules.COMMA):
        return "text"
    if facts.all(rules.COMMA_THOUSANDS) and (
        separator == "," or facts.share(rules.POINT_AND_COMMA) or facts.share(rules.TWO_COMMAS)
    ):
        return "thousands"
    return "decimal comma" if facts.all(rules.DECIMAL_COMMA) else "text"


def are_mostly_commas(facts: Facts, separator: str) -> bool:
    """Whether most cells of a column of text are numbers with decimal commas, which are shown as numbers then."""
    return separator != "," and facts.n > 0 and facts.share(rules.COMMA) > 0 and facts.share(rules.DECIMAL_COMMA) > 0.5


def are_dotted(facts: Facts) -> bool:
    """Whether points may separate thousands: they do in a table with decimal commas."""
    return facts.n > 0 and facts.all(rules.DOT_THOUSANDS)
