"""Functions of numbers as expressions that every engine computes alike."""

from __future__ import annotations

from collections.abc import Callable

import narwhals as nw

LARGEST_FLOAT = 1.7976931348623157e308
LARGEST_EXPONENT = 709.782712893384
"""exp() of more is beyond any float64."""


def where(condition: nw.Expr, value: nw.Expr) -> nw.Expr:
    """The value where the condition holds, else null: engines differ in what they make of a logarithm of 0."""
    return nw.when(condition).then(value)


def _trunc(value: nw.Expr) -> nw.Expr:
    return nw.when(value >= 0).then(value.floor()).otherwise(-((-value).floor())).cast(nw.Float64)


ELEMENTWISE: dict[str, Callable[[nw.Expr], nw.Expr]] = {
    "exp": lambda v: where(v < LARGEST_EXPONENT, v).exp(),
    "expm1": lambda v: where(v < LARGEST_EXPONENT, v).exp() - 1.0,
    "log1p": lambda v: (where(v > -1, v) + 1.0).log(),
    "log2": lambda v: where(v > 0, v).log(2),
    "log10": lambda v: where(v > 0, v).log(10),
    "sqrt": lambda v: where(v >= 0, v).sqrt(),
    "abs": lambda v: v.abs(),
    "sign": lambda v: (v > 0).cast(nw.Float64) - (v < 0).cast(nw.Float64),
    "sin": lambda v: v.sin(),
    "cos": lambda v: v.cos(),
    "tan": lambda v: v.sin() / v.cos(),
    "floor": lambda v: v.floor().cast(nw.Float64),
    "ceiling": lambda v: (-((-v).floor())).cast(nw.Float64),
    "trunc": _trunc,
}


def remainder(a: nw.Expr, b: nw.Expr, *, whole: bool) -> nw.Expr:
    """R's ``%%``, of the divisor's sign, or the whole quotient ``%/%``."""
    quotient = (a / where(b != 0, b)).floor().cast(nw.Float64)
    return quotient if whole else a - b * quotient


def rounded(value: nw.Expr, digits: int) -> nw.Expr:
    """Rounded to the nearer of the two decimals around, the even one where both are as near."""
    power = 10.0 ** abs(digits)
    scaled = value * power if digits >= 0 else value / power
    low, high = scaled.floor().cast(nw.Float64), (-((-scaled).floor())).cast(nw.Float64)
    below, above = (low / power, high / power) if digits >= 0 else (low * power, high * power)
    down, up = value - below, above - value
    even = low - 2.0 * (low / 2.0).floor() == 0
    return nw.when((down < up) | ((down == up) & even)).then(below).otherwise(above)


def polynomials(x: nw.Expr, alpha: dict[int, float], norms2: dict[int, float], degree: int) -> list[nw.Expr]:
    """Orthogonal polynomials of degrees 1 to ``degree`` by formulaic's recurrence, not normed."""
    before, result = nw.lit(1.0), [x - float(alpha[0])]
    for k in range(1, degree):
        further = (x - float(alpha[k])) * result[-1] - before * float(norms2[k] / norms2[k - 1])
        before = result[-1]
        result.append(further)
    return result
