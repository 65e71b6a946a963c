"""The number that group dummies give for a change within the same group: with which error, and what must be said of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..assess.staggered_treatment import staggered_treatment
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import literal, model_label, noun, plural
from ..text.numbers import count
from .coefficient_words import Words
from .facts import Slope
from .lone_group import no_clustered_errors
from .predictor_level import Level

LARGER = 1.05
"""A standard error is said to be larger where it is so by 5%."""
EstimateText = Callable[[Model], str]
"""A model's key to its estimate with an interval."""


@dataclass(frozen=True)
class WithinGroups:
    """A number for what goes with a change within the same group.

    Parameters
    ----------
    answer : str
        The estimate with its interval, and the model that it is of.
    alone : bool
        Whether it compares nothing but rows of one group.
    """

    answer: str
    reason: str
    alone: bool = True


def by_dummies(comparison: Comparison, term: str, words: Words, reason: str) -> WithinGroups:
    """The answer from the dummies with clustered errors; with their own where one group alone tells the coefficient."""
    slope = clustered_slope(comparison, term)
    if not np.isfinite(slope.se):
        row = comparison.no_pooling.table().loc[term]
        own = Slope(slope.value, float(row["se"]), float(row["df"]))
        label = literal(model_label(Model.NO_POOLING, comparison.group))
        return WithinGroups(
            f"{words.with_interval(own)}, from {label}",
            joined(no_clustered_errors(comparison, term), staggered_weights(comparison, term)),
        )
    answer = f"{words.with_interval(slope)}, from the dummies with cluster-robust errors (CR2)"
    return WithinGroups(answer, joined(reason, staggered_weights(comparison, term)))


def clustered_slope(comparison: Comparison, term: str) -> Slope:
    """The dummies' estimate with its cluster-robust error, which allows for slopes that differ between groups."""
    fit = comparison.no_pooling
    result, at = fit.robust("CR2"), fit.names.index(term)
    return Slope(float(fit.params[term]), float(result.se[at]), float(result.df[at]))


def staggered_weights(comparison: Comparison, term: str, crossed: tuple[str, ...] = ()) -> str:
    """What dummies of groups and periods make of a treatment that begins at different periods; empty for anything else."""
    of = staggered_treatment(comparison, term, crossed)
    if of is None or of.at_once:
        return ""
    name, period, groups = (
        literal(comparison.coefficient(term).label),
        literal(noun(of.period)),
        literal(plural(comparison.group)),
    )
    weights = "none of them negative here"
    if of.negative:
        weights = f"which are negative for {of.negative:,} of the {count(of.treated, 'row')} that have it"
    return (
        f"{name} begins in different {literal(plural(of.period))} and stays: dummies of {groups} and of every {period} average "
        f"its effects with weights other than the rows’ shares, {weights}. Where effects change with time or differ between {groups}, that "
        "is not their mean, and negative weights can turn its sign (Goodman-Bacon 2021; de Chaisemartin and D’Haultfœuille 2020)."
    )


def varies_within_alone(words: Words) -> bool:
    """Whether every model reads the coefficient within groups."""
    return words.facts.level in (Level.WITHIN, Level.WITHIN_GIVEN_MEANS) and not words.through()


def joined(*sentences: str) -> str:
    """The sentences that are there, as one text."""
    return " ".join(filter(None, sentences))
