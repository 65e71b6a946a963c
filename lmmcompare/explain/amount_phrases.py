"""How much more or less of the outcome, between two levels or over a contrast of them, in words."""

from __future__ import annotations

from ..design.coefficients import Part
from ..text.numbers import number

MOST_LEVELS = 6
"""Of a trend over more levels the first and the last are told."""


def rounds_to_zero(value: float, decimals: int) -> bool:
    """Whether nothing is left of a value in the decimals shown."""
    return float(f"{abs(value):.{decimals}f}") == 0


def level_name(column: str, level: str) -> str:
    """A level by itself where it is a word, with its column where it is a number: "stim", "service 1"."""
    return level if any(c.isalpha() for c in level) else f"{column} {level}"


def signed_amount(value: float, decimals: int, outcome: str) -> str:
    """An amount with its direction: "1.18 more Y", "practically no difference in Y"."""
    if rounds_to_zero(value, decimals):
        return f"practically no difference in {outcome}"
    return f"{number(abs(value), decimals=decimals)} {'more' if value > 0 else 'less'} {outcome}"


def level_difference(value: float, decimals: int, outcome: str, one: str, other: str) -> str:
    """How far one level lies from another, or from an average: "1.18 more Y for a than for b"."""
    words = "between {} and {}" if rounds_to_zero(value, decimals) else "for {} than for {}"
    return f"{signed_amount(value, decimals, outcome)} {words.format(one, other)}"


def contrast_words(part: Part, value: float, decimals: int, outcome: str) -> str:
    """What a coefficient of another coding than with a baseline says of the levels."""
    coding, factor, k = part.coding, part.variable, part.place
    assert coding is not None
    if coding.name == "contr.poly":
        order = list(map(str, coding.levels))
        if len(order) > MOST_LEVELS:
            order = [*order[: MOST_LEVELS - 2], "…", order[-1]]
        return (
            f"a {coding.label(k)} trend of {number(value, decimals=decimals)} in {outcome} over the levels of {factor} in this order "
            f"({', '.join(order)})"
        )
    if not coding.is_whole:
        return f"{signed_amount(value, decimals, outcome)} per unit of {part.label}"
    levels = [level_name(factor, name) for name in coding.levels]
    if coding.name == "contr.sum":
        return level_difference(
            value, decimals, outcome, levels[k], f"the average of the {len(levels)} levels of {factor}"
        )
    if coding.name == "contr.sdif":
        return level_difference(value, decimals, outcome, levels[k + 1], levels[k])
    before = levels[0] if k == 0 else f"the average of the {k + 1} levels before it"
    times = contrast_multiple(part)
    return (
        f"{level_difference(times * value, decimals, outcome, levels[k + 1], before)} ({times} times the coefficient)"
    )


def contrast_multiple(part: Part) -> int:
    """How many times its coefficient a contrast of the levels' means is."""
    return part.place + 2 if part.coding is not None and part.coding.name == "contr.helmert" else 1
