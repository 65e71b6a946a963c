"""How likely a column is the outcome: a sum of a few marks, each with its reason beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from .binary_outcomes import binary_mark, is_zero_or_one
from .clocks import is_clock
from .column_patterns import Pattern
from .identifiers import MANY, is_identifier, repeats
from .name_hints import (
    OUTCOME_WORDS,
    PLACE_WORDS,
    PRECISION_WORDS,
    PREDICTOR_WORDS,
    SUMMARY_WORDS,
    asks_since_when,
    hint,
    is_after,
    is_before,
    words_of,
)
from .within_groups import Within


def outcome_mark(pattern: Pattern, how: Within | None, n: int, labels: Mapping[str, str]) -> float | None:
    """How likely a column is the outcome, wherever it stands; None where it cannot be.

    Parameters
    ----------
    how : Within, optional
        How it goes within the groups; None where there are no groups.
    n : int
        Rows of the table.
    labels : mapping
        What the file calls columns at length.
    """
    if is_zero_or_one(pattern):
        return binary_mark(pattern, how, n, labels)
    info = pattern.info
    if (
        info.kind != "numeric"
        or not info.is_number
        or info.are_days
        or not math.isfinite(info.sd)
        or is_identifier(pattern, how, n, labels)
    ):
        return None
    mark = hint(pattern.name, OUTCOME_WORDS, labels) / 2 - hint(pattern.name, PREDICTOR_WORDS, labels) / 3
    mark += min(math.log10(info.n_unique), 1.5) + (0.0 if pattern.is_whole and info.n_unique < MANY else 0.25)
    mark += (1.0 if is_after(pattern.name) else 0.0) - (2.0 if is_before(pattern.name) else 0.0)
    mark -= 1.0 if is_of_place(pattern) else 0.0
    mark -= 1.0 if asks_since_when(pattern.name) else 0.0
    mark -= 0.5 if SUMMARY_WORDS & {*words_of(pattern.name)} else 0.0  # the highest, the mean of what stands beside it
    mark -= 2.0 if is_clock(pattern) or pattern.starts_anew or repeats(pattern) else 0.0
    mark -= info.n_missing / max(n, 1) + (2.0 if is_precision(pattern) else 0.0)
    if how is None:
        return mark
    if how.varies == "between" or (how.rises and how.apart):
        return None  # a time that was set is no outcome, whatever else there is
    if how.varies == "both" and not how.even:
        mark += 1.0 + 0.25 * how.share
    mark += 2.0 * min(how.changes / max(pattern.diversity, 0.5), 1.0)  # measured anew in each row, chance ties allowed
    return mark - (1.5 if how.rises else 0.0) - (2.0 if how.apart else 0.0)


def is_precision(pattern: Pattern) -> bool:
    """Whether positive numbers are called a variance or a standard error: how exactly a study knows its effect."""
    return pattern.info.is_number and pattern.info.minimum > 0 and bool(PRECISION_WORDS & {*words_of(pattern.name)})


def is_of_place(pattern: Pattern) -> bool:
    """Whether a column is called a population, a longitude: how large a place is, or where, rather than what is asked of it."""
    return bool(PLACE_WORDS & {*words_of(pattern.name)})
