"""What a column of text is, by all of its cells: one decision, for cells in memory and for cells that an engine has."""

from __future__ import annotations

from typing import Literal, Protocol

from .readers import cell_patterns

Form = Literal["whole", "number", "thousands", "decimal comma", "date", "truth", "text"]
NUMERIC = (
    cell_patterns.WHOLE,
    cell_patterns.NUMBER,
    cell_patterns.COMMA,
    cell_patterns.POINT_AND_COMMA,
    cell_patterns.TWO_COMMAS,
    cell_patterns.COMMA_THOUSANDS,
    cell_patterns.DOT_THOUSANDS,
    cell_patterns.POINT,
    cell_patterns.DECIMAL_COMMA,
    cell_patterns.FRACTION,
    cell_patterns.DECIMALS,
)
"""The patterns that tell numbers; `has_decimal_points` may ask for one more (`may_be_marked`)."""
DATED = (cell_patterns.ISO_DATE, cell_patterns.UNIVERSAL, cell_patterns.NANOSECONDS)
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
    separator : str
        What stood between the columns: with commas there, "1,234" in quotes is a thousand, otherwise a decimal. A comma too where
        points mark the decimals of another column (`has_decimal_points`).
    """
    if not facts.n:
        return "text"
    if facts.all(cell_patterns.NUMBER):
        return "whole" if facts.complete and facts.all(cell_patterns.WHOLE) else "number"
    if any(facts.all(pattern) for pattern in cell_patterns.TRUTHS):
        return "truth"
    if facts.all(cell_patterns.ISO_DATE):
        return "date" if facts.share(cell_patterns.UNIVERSAL) in (0, 1) else "text"
    if not facts.share(cell_patterns.COMMA):
        return "text"
    if facts.all(cell_patterns.COMMA_THOUSANDS) and (
        separator == "," or facts.share(cell_patterns.POINT_AND_COMMA) or facts.share(cell_patterns.TWO_COMMAS)
    ):
        return "thousands"
    return "decimal comma" if facts.all(cell_patterns.DECIMAL_COMMA) else "text"


def are_mostly_commas(facts: Facts, separator: str) -> bool:
    """Whether most cells of a column of text are numbers with decimal commas, which are shown as numbers then."""
    return (
        separator != ","
        and facts.n > 0
        and facts.share(cell_patterns.COMMA) > 0
        and facts.share(cell_patterns.DECIMAL_COMMA) > 0.5
    )


def are_dotted(facts: Facts) -> bool:
    """Whether points may separate thousands: they do in a table with decimal commas."""
    return facts.n > 0 and facts.all(cell_patterns.DOT_THOUSANDS) and facts.share(cell_patterns.POINT) > 0


def may_be_marked(facts: Facts) -> bool:
    """Whether it hangs on `MARKED_NUMBER` what points mark: a pattern that takes longer to compile than all others together."""
    return facts.n > 0 and not facts.all(cell_patterns.NUMBER) and facts.share(cell_patterns.DECIMALS) > 0


def has_decimal_points(facts: Facts) -> bool:
    """Whether points mark the decimals of a column: in its table "1,234" is a thousand then, whatever separates the columns.

    Prices and shares say so too: "$5.02", "12.5 %".
    """
    if facts.n and facts.all(cell_patterns.NUMBER):
        return facts.share(cell_patterns.FRACTION) > 0 and not are_dotted(facts)
    return may_be_marked(facts) and facts.all(cell_patterns.MARKED_NUMBER)
