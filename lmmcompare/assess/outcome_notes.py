"""Remarks on binary, ordinal and count outcomes and on such as hardly vary within groups, and on what a linear model of them means."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..formula.expressions import Column
from ..text.labels import noun, plural
from ..text.numbers import number, percent
from ..work.memo import memoised
from .outcome_ends import ends_sentence
from .outcome_means import groups_of_one_value, is_mostly_constant

Scale = Literal["binary", "ordinal", "count", ""]
FEWEST_ROWS = 10
"""Of fewer rows nothing is said: any measurement, rounded, could look like this."""
REPEATS = 3
"""Each code of an ordered answer has to come up so many times, on average."""
MOST_CODES = 7
"""Codes of answers have at most so many steps; scales with more are commonly, and with less harm, taken as measurements."""
SKEWED, MOST_ON_AVERAGE = 0.3, 30.0
"""Counts are told from whole-number scores by a right tail of at least this skewness, and by a mean of at most this."""


def measurement_scale(values: Array) -> Scale:
    """What kind of values an outcome takes; "" for a measurement, and wherever it could well be one.

    Two values are binary. Whole numbers from 0 or 1 on are counts where they have a right tail and a variance at least near
    their mean, as Poisson and negative binomial counts have; few of them without gaps, from 0 or 1 on or about 0, are codes.

    Parameters
    ----------
    values : (n,) array
    """
    if len(values) < FEWEST_ROWS:
        return ""
    low, high = float(values.min()), float(values.max())
    if ((values == low) | (values == high)).all():
        return "binary"
    if (values % 1 != 0).any():
        return ""
    mean, variance = float(values.mean()), float(values.var())
    skewness = float(((values - mean) ** 3).mean()) / variance**1.5
    few = has_codes(values)
    # beyond twice the standard error that a skewness has in normal samples
    tail = skewness >= max(SKEWED, 2 * np.sqrt(6 / len(values)))
    if low in (0, 1) and mean <= MOST_ON_AVERAGE and tail and variance >= 0.8 * mean:
        return "ordinal" if few and low == 1 else "count"
    return "ordinal" if few else ""


def has_codes(values: Array) -> bool:
    """Whether values are three whole numbers or a few more, without gaps, from 0 or 1 on or about 0, as codes of answers are."""
    low, high = float(values.min()), float(values.max())
    steps = high - low + 1
    return (
        2 < steps <= MOST_CODES
        and len(values) >= max(FEWEST_ROWS, REPEATS * steps)
        and (low in (0, 1) or low == -high)
        and not (values % 1 != 0).any()
        and len(np.unique(values)) == steps
    )


@memoised
def is_share(comparison: Comparison) -> bool:
    """Whether the outcome has two values, so that a mean of it is a share."""
    return measurement_scale(comparison.design.response) == "binary"


def mostly_constant_sentence(comparison: Comparison) -> str:
    """How few groups tell of differences within groups, where the outcome is the same in all rows of most; empty for others.

    Not of an outcome of two values, most of whose groups may have but the more frequent one.
    """
    if not is_mostly_constant(comparison) or is_share(comparison):
        return ""
    constant, several = groups_of_one_value(comparison)
    one, groups, left = noun(comparison.group), plural(comparison.group), several - constant
    where = f"{groups} of two rows or more" if several < comparison.moments.n_groups else groups
    rest = "the one other" if left == 1 else f"the {left:,} others"
    return (
        f"{comparison.design.response_name} is the same in all rows of {constant:,} of {several:,} {where}, so what is said of "
        f"differences within {groups} rests on {rest}. If it was measured once for each {one}, use a table with one row for each {one}."
    )


@memoised
def outcome_sentence(comparison: Comparison) -> str:
    """What a linear model of the outcome is, where that is no measurement, and what else one would use; "" otherwise."""
    words, sample = _sentence(comparison), comparison.design.sample_sentence
    return f"{words} This is seen in part of the rows. {sample}" if words and sample else words


def _sentence(comparison: Comparison) -> str:
    values, name = comparison.design.response, comparison.design.response_name
    first, last = float(values.min()), float(values.max())
    low, high = _value(first), _value(last)
    if isinstance(comparison.spec.outcome, Column) and _are_ranks(values):
        return (
            f"{name} holds the numbers 1 to {len(values):,} as ranks of the rows do. If it was ranked, coefficients are differences of "
            "mean ranks: they depend on which rows are in the table, and what adds up on the scale that was ranked need not add up in "
            "ranks, so interactions may come of that alone."
        )
    match measurement_scale(values):
        case "binary":
            return _binary(name, low, high, float((values == last).mean()), last - first)
        case "ordinal" if isinstance(comparison.spec.outcome, Column):
            return (
                f"{name} takes only the {len(np.unique(values))} whole values {low} to {high}. If they stand for ordered answers, a "
                f"linear model takes every step to be equally wide (from {low} to {_value(first + 1)} as from "
                f"{_value(last - 1)} to {high}), and its predictions may lie between the answers or beyond {low} "
                f"and {high}. An ordinal (cumulative logit) mixed model needs neither (clmm of R’s package ordinal); it is not fitted here."
            )
        case "count" if isinstance(comparison.spec.outcome, Column):
            return (
                f"{name} looks like a count: whole numbers from {low} on, with a mean of {number(float(values.mean()))} and a variance "
                f"of {number(float(values.var()))}. Counts scatter the more the larger they are on average, and never fall below 0; "
                "a linear model takes their scatter to be the same everywhere and may predict less than 0. Effects that multiply counts "
                "look here like slopes that differ between groups, and like interactions. A Poisson or, where counts scatter more than "
                "that allows, a negative binomial mixed model is made for them (R’s glmer with family = poisson, glmer.nb); it is not "
                "fitted here."
            )
        case "" if (
            isinstance(comparison.spec.outcome, Column)
            and not comparison.spec.offset
            and len(values) >= FEWEST_ROWS
            and not is_mostly_constant(comparison)  # then a value has as many rows as its groups
        ):
            return ends_sentence(name, values)
    return ""


def _are_ranks(values: Array) -> bool:
    """Whether values are their own ranks among all rows; tied ones share the mean of theirs."""
    n = len(values)
    mean = (n + 1) / 2
    if n < FEWEST_ROWS or abs(float(values.mean()) - mean) > 1e-9 * n or float(values.max()) > n:
        return False  # at once, before they are sorted
    different, counts = np.unique(values, return_counts=True)
    return bool(np.array_equal(np.cumsum(counts) - (counts - 1) / 2, different))


def _value(value: float) -> str:
    return number(value, decimals=0) if value % 1 == 0 else number(value, 4)


def _binary(name: str, low: str, high: str, share: float, step: float) -> str:
    coefficient = f"differences in the share of rows with {high}" + ("" if step == 1 else f" (times {_value(step)})")
    return (
        f"{name} takes only two values, {low} and {high} ({percent(share)} of the rows). A linear model of it is a linear probability "
        f"model: its coefficients are {coefficient}, easy to read. But the predicted share may leave 0 to 100%; effects are smaller "
        "near these ends, which can look like slopes that differ between groups; and the scatter about a share depends on the share: of "
        "the standard errors trust the cluster-robust ones first. A logistic mixed model keeps shares within 0 to 100% (R’s "
        "glmer with family = binomial); it is not fitted here."
    )
