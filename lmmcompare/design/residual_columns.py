"""Columns of times, visits and levels that correlated or unequal residuals cannot use: why, and what to do."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import DataError, DesignError
from ..formula.correlation import Correlation
from ..text.numbers import count

MOST_VISITS = 40
"""Visits have k (k + 1) / 2 covariances; more are not asked of any data."""
MOST_LEVELS = 50


def refuse_level_number(name: str, levels: pd.Index) -> None:
    """Raise when a column has one level, or more than `MOST_LEVELS`."""
    if not 2 <= len(levels) <= MOST_LEVELS:
        raise DesignError(
            f"“{name}” has {count(len(levels), 'level')}, so it cannot have a residual variance for each.",
            f"Choose a column with 2 to {MOST_LEVELS} levels.",
        )


def refuse_visit_number(visits: pd.Index, correlation: Correlation) -> None:
    """Raise when there is one visit, or more than `MOST_VISITS`."""
    if len(visits) > MOST_VISITS:
        raise DesignError(
            f"“{correlation.order}” has {len(visits):,} visits, and an unstructured covariance of so many has "
            f"{len(visits) * (len(visits) + 1) // 2:,} parameters.",
            f"Choose ar1(time | {correlation.group_label}), which has one, or a column with at most {MOST_VISITS} visits.",
        )
    if len(visits) < 2:
        raise DesignError(f"“{correlation.order}” has one visit only.", "Choose a column with at least two.")


def text_times_error(correlation: Correlation) -> DataError:
    """Times that are text, as an error."""
    name = correlation.order
    return DataError(
        f"The times in “{name}” are text or categories, and {correlation.kind}() counts the units of time between rows.",
        f"Make a column of numbers or dates of it, or use us({name} | {correlation.group_label}), which takes visits by name.",
    )


def infinite_times_error(correlation: Correlation) -> DataError:
    """Times without end, as an error."""
    return DataError(f"“{correlation.order}” holds times that are infinite.", "Mend them, or leave these rows out.")


def not_whole_times_error(correlation: Correlation) -> DataError:
    """Times between whole ones, as an error."""
    name = correlation.order
    return DataError(
        f"The times in “{name}” are not whole numbers, and ar1() counts whole steps.",
        f"Use car1({name} | {correlation.group_label}), which takes any times, or a column with the number of the visit.",
    )


def same_places_error(correlation: Correlation, n: int, group: str, place: Any) -> DataError:
    """``n`` rows at the time or visit of another row of their group, the first of them in ``group`` at ``place``, as an error."""
    return DataError(
        f"{count(n, 'row')} of “{correlation.group_label}” {'stands' if n == 1 else 'stand'} at the same "
        f"“{correlation.order}” as another row of the group, first in group “{group}” at {place}.",
        "Keep one row for each, or name the column that tells the rows of a group apart.",
    )
