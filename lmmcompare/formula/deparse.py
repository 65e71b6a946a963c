"""Tokens as R writes the expression that they are: its names of columns and coefficients are made of such text."""

from __future__ import annotations

from collections.abc import Sequence

from .expressions import quote, value_text
from .tokens import Token

_TIGHT = frozenset(["^", "/", ":", "%%", "%/%", "(", ")"])
"""Operators without spaces around them."""


def deparse(tokens: Sequence[Token]) -> str:
    """The text that R's ``deparse`` gives of an expression, on one line."""
    written: list[str] = []
    before: Token | None = None
    for token in tokens:
        operator = _word(token) if token.kind == "operator" else ""
        if operator == ",":
            written.append(", ")
        elif operator in ("!", "") or operator in _TIGHT or (operator in "+-" and _is_sign(before)):
            written.append(_word(token))
        else:
            written.append(f" {_word(token)} ")
        before = token
    return "".join(written)


def number_text(value: float) -> str:
    """A number as R writes it: 15 digits, and an exponent where that is shorter."""
    mantissa, _, exponent = f"{value:.14e}".partition("e")
    scientific = f"{mantissa.rstrip('0').rstrip('.')}e{exponent}"
    digits = max(0, len(mantissa.rstrip("0").rstrip(".").lstrip("-").replace(".", "")) - 1 - int(exponent))
    fixed = f"{value:.{digits}f}" if digits < 300 else scientific
    return fixed if len(fixed) <= len(scientific) else scientific


def _is_sign(before: Token | None) -> bool:
    return before is None or (before.kind == "operator" and before.text != ")")


def _word(token: Token) -> str:
    match token.kind:
        case "number":
            return number_text(token.number)  # R drops the L of 2L
        case "text":
            return value_text(token.content)
        case "quoted":
            return quote(token.content)
    return "^" if token.text == "**" else token.text
