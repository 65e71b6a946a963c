"""Numbers as people read them: significant digits, real minus signs, no false precision."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"
MISSING = "\N{MIDDLE DOT}"
TIE = 1e-6
"""So close below a tie, as a part of the last digit shown, a number is rounded up: arithmetic alone puts the same number on either side."""


def number(value: float, digits: int = 3, *, decimals: int | None = None) -> str:
    """Format a number with ``digits`` significant digits, or with fixed ``decimals``.

    Large integers keep all their digits before the point (327,412 rather than 3.27e5); what is not a number gives
    a middle dot.

    Examples
    --------
    >>> number(-1.132507), number(0.6376439), number(1527.5), number(float("nan"))
    ('−1.13', '0.638', '1,528', '·')
    """
    if value is None or not math.isfinite(value):
        return MISSING if value is None or math.isnan(value) else ("∞" if value > 0 else MINUS + "∞")
    if value == 0:
        return "0" if decimals is None or decimals > 8 else f"{0:.{decimals}f}"
    magnitude = abs(value)
    if decimals is None:
        mantissa, exponent = f"{magnitude * (1 + TIE * 10.0**-digits):.{digits - 1}e}".split("e")
        if magnitude < 10 ** -(digits + 2) or magnitude >= 1e9:
            text = f"{mantissa}e{MINUS if int(exponent) < 0 else ''}{abs(int(exponent))}"
            return (MINUS if value < 0 else "") + text
        decimals = max(0, digits - 1 - int(exponent))
    elif magnitude >= 1e15:  # beyond what a float can tell from its neighbours
        return number(value)
    elif decimals > 8 and magnitude < 1e-5:
        digits = decimals + math.floor(math.log10(magnitude)) + 1
        return number(value, digits) if digits > 0 else "0"
    text = f"{magnitude + TIE * 10.0**-decimals:,.{decimals}f}"
    negative = value < 0 and any(c not in "0.," for c in text)
    return (MINUS if negative else "") + text


def brief(value: float, digits: int = 4) -> str:
    """A number with at most ``digits`` significant digits, without zeros at its end: a value that was chosen, not estimated.

    Examples
    --------
    >>> brief(12.0), brief(-0.78), brief(1234567.0), brief(2 / 3), brief(2016.0)
    ('12', '−0.78', '1,234,567', '0.6667', '2016')
    """
    text = number(value, digits)
    if 1000 <= abs(value) < 10_000:
        text = text.replace(",", "")  # it may be a year
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def exact(value: float) -> str:
    """A value of the data, or one that was typed, in as many digits as it has, up to six."""
    return f"{value:.6g}".replace("-", MINUS)


def setting_text(value: float) -> str:
    """A setting in a sentence, as it was entered where it is short."""
    text = f"{value:,.10g}".replace("-", MINUS)
    return text if len(text) <= 8 and "e" not in text else number(value)


def decimals_for(standard_error: float, digits: int = 2) -> int:
    """Decimals that show a standard error with ``digits`` significant digits; its estimate takes the same."""
    if not math.isfinite(standard_error) or standard_error <= 0:
        return 2
    return min(300, max(0, digits - 1 - math.floor(math.log10(standard_error))))


def with_interval(estimate: float, lower: float, upper: float, decimals: int) -> str:
    """An estimate with its 95% interval, in words; an interval without end is none."""
    value, low, high = (number(float(v), decimals=decimals) for v in (estimate, lower, upper))
    if math.isinf(lower):
        return f"{value} (no 95% interval: too few degrees of freedom)"
    return f"{value} (95% interval {low} to {high})"


def percent(share: float) -> str:
    """A share as a whole percentage; "under 1%" rather than a false 0%, "over 99%" rather than a false 100%."""
    if not math.isfinite(share):
        return MISSING
    if 0 < share < 0.005:
        return "under 1%"
    if 0.995 <= share < 1 - 1e-9:
        return "over 99%"
    return f"{round(share * 100)}%".replace("-", MINUS)  # a whole number, which has no negative 0


def correlation_number(value: float, decimals: int = 2) -> str:
    """A correlation, or an intraclass one: in more decimals where it would be rounded to a perfect one that it is not.

    Examples
    --------
    >>> correlation_number(0.683), correlation_number(0.99961), correlation_number(-0.997), correlation_number(1.0)
    ('0.68', '0.9996', '−0.997', '1.00')
    """
    left = 1 - abs(value)
    if left > 1e-9 and round(abs(value), decimals) == 1:
        decimals = decimals_for(left, 1)
    return number(value, decimals=decimals)


def rate(share: float) -> str:
    """A share of many studies: 38%, but 5.3% and 94.7%, where a point matters.

    Examples
    --------
    >>> rate(0.3812), rate(0.0528), rate(0.947), rate(0.99994), rate(1.0)
    ('38%', '5.3%', '94.7%', 'over 99.9%', '100%')
    """
    if not math.isfinite(share):
        return MISSING
    if share in (0, 1):
        return f"{share * 100:.0f}%"
    if not 0.0005 <= share < 0.9995:
        return "under 0.1%" if share < 0.5 else "over 99.9%"
    return f"{share * 100:.{1 if min(share, 1 - share) < 0.0995 else 0}f}%"


def multiple(ratio: float) -> str:
    """A ratio of standard errors, in words as in figures: two decimals, from 10 on and below 0.1 two digits.

    Examples
    --------
    >>> multiple(1.2468), multiple(33.41), multiple(0.0521), multiple(383405)
    ('1.25', '33', '0.052', '380,000')
    """
    if 0.0995 <= ratio < 9.995:
        return number(ratio, decimals=2)
    return number(float(f"{ratio:.2g}"), 2)


def count(n: int, one: str, many: str | None = None) -> str:
    """A count with its noun, singular or plural: ``count(1, "row")`` is "1 row"."""
    return f"{n:,} {one if n == 1 else (many or one + 's')}"


def p_value(p: float) -> str:
    """A p value as "p = 0.034", "p = 0.050" or "p < 0.001"."""
    if not math.isfinite(p):
        return "p " + MISSING
    return "p < 0.001" if p < 0.001 else f"p = {number(p, 2)}" if p < 0.1 else f"p = {p:.2f}"
