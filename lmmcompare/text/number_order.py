"""Texts that hold numbers, such as "week 4" and "week 12", in the order of the numbers rather than of the letters."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"(?:(?<![^\s(])[-−])?\d+(?:\.\d+)?")
"""With decimals, and with a sign that stands after nothing or a blank: elsewhere it parts ("5-9")."""
_COMMA = re.compile(r"\d,\d")
"""Before decimals or thousands."""


def has_number(text: str) -> bool:
    """Whether a number stands in a text."""
    return _NUMBER.search(text) is not None


def in_number_order(texts: Iterable[str]) -> list[str] | None:
    """Texts that are worded alike but for their numbers, in the order of these; None of others, and of none."""
    result = sorted(texts, key=lambda text: (_numbers(text), text))
    if len({_NUMBER.sub("0", text) for text in result}) != 1 or any(map(_COMMA.search, result)):
        return None
    return result


def _numbers(text: str) -> list[float]:
    return [float(digits.replace("−", "-")) for digits in _NUMBER.findall(text)]
