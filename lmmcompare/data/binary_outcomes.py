"""Columns of 0 and 1 that may be the outcome: what happened or not, rather than what was set or what a person is."""

from __future__ import annotations

from collections.abc import Mapping

from .column_info import ColumnInfo
from .column_patterns import Pattern
from .name_hints import EVENT_WORDS, OUTCOME_WORDS, PREDICTOR_WORDS, hint, is_before, name_score
from .within_groups import Within

UNNAMED = -2.5
"""What speaks against 0 and 1 that no name calls an outcome, beside amounts that were measured: most are what somebody is."""


def is_zero_or_one(pattern: Pattern) -> bool:
    """Whether a column holds 0 and 1, or truth values."""
    info = pattern.info
    return info.kind == "binary" and (info.is_truth or (info.is_number and info.minimum == 0 and info.maximum == 1))


def holds_two_words(info: ColumnInfo) -> bool:
    """Whether a column holds two texts that are neither numbers, dates nor truth values."""
    return info.kind == "binary" and not (info.is_number or info.is_date or info.is_truth)


def may_have_happened(info: ColumnInfo) -> bool:
    """Whether two words are called what happens or does not, so that one of them, counted as 1, may be the outcome."""
    return holds_two_words(info) and name_score(info.name, EVENT_WORDS) > 2.0  # in a word of its own


def binary_mark(pattern: Pattern, how: Within | None, n: int, labels: Mapping[str, str]) -> float | None:
    """How likely 0 and 1 are the outcome, on the scale of `outcome_mark`; None where they were set, or are the groups'.

    The parameters are those of `outcome_mark`.
    """
    if how is not None and (how.varies in ("between", "constant") or how.begins):
        return None  # the group's, or a law, a treatment that sets in
    named = max(hint(pattern.name, EVENT_WORDS, labels), hint(pattern.name, OUTCOME_WORDS, labels))
    mark = named - hint(pattern.name, PREDICTOR_WORDS, labels) / 2 - pattern.info.n_missing / max(n, 1)
    mark += (0.0 if named else UNNAMED) - (2.0 if is_before(pattern.name) else 0.0)
    if how is None:
        return mark
    return mark + 1.0 + 2.0 * min(how.changes / max(pattern.diversity, 0.5), 1.0)
