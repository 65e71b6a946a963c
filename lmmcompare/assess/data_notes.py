"""Remarks on the data of a comparison, empty where there is none: few groups, groups of one row, weights, missing outcomes."""

from __future__ import annotations

from scipy.special import chdtri

from ..comparison.comparison import Comparison
from ..formula.spec import columns_of
from ..model_catalogue import Model
from ..text.labels import model_phrase, noun, plural
from ..text.numbers import number

FEW_WITH_ROWS = 10
"""Up to so many groups of two rows or more hardly tell variance between groups from variance within."""
MANY_MISSING = 0.05
"""From this share of rows without an outcome on it is said what the models need of them."""
FEW = 3
"""Up to so many groups hardly tell how groups vary."""


def few_groups_sentence(comparison: Comparison) -> str:
    """How little two or three groups tell of a variance between them: the interval of an SD from so many normal values."""
    n, groups = comparison.moments.n_groups, plural(comparison.group)
    if n > FEW:
        return ""
    low, high = (number(float(((n - 1) / chdtri(n - 1, tail)) ** 0.5), 2) for tail in (0.025, 0.975))
    return (
        f"There are {n} {groups} only, and {n} values tell little of how {groups} vary: a standard deviation between {low} and {high} "
        f"times the estimated one is in keeping with them (95% interval). Dummies for the {groups} need no such estimate."
    )


def mostly_alone_sentence(comparison: Comparison) -> str:
    """That few groups have the two rows it takes to tell what differs between groups from what differs within them."""
    sizes, groups = comparison.moments.n, plural(comparison.group)
    together = int((sizes > 1).sum())
    if comparison.moments.n_groups <= FEW or together > FEW_WITH_ROWS or 2 * together >= comparison.moments.n_groups:
        return ""
    have, these = ("has", "it alone tells") if together == 1 else ("have", "these alone tell")
    return (
        f"Only {together:,} of {comparison.moments.n_groups:,} {groups} {have} more than one row, and {these} what differs between "
        f"{groups} from what differs within them: how the variance is split between the two is hardly known."
    )


def prior_weights_sentence(comparison: Comparison) -> str:
    """What prior weights are, and what they are not: numbers of like rows, or weights of a sample survey."""
    weights = comparison.design.weights
    if weights is None or weights.low == weights.high:
        return ""
    return (
        f"“{weights.label}” weighs rows by how precise they are: a row of weight 4 counts as the mean of 4 measurements. Weights that "
        "count like rows (frequencies) are something else: then each row has to stand in the table as often as it counts, for "
        f"errors and degrees of freedom are of {comparison.design.n:,} rows. So are weights of a sample survey: for these OLS with "
        "cluster-robust errors holds, and the mixed models here do not."
    )


def missing_outcome_sentence(comparison: Comparison) -> str:
    """What each model needs of why outcomes are missing."""
    design = comparison.design
    name = next((n for n in columns_of(comparison.spec.outcome) if n in design.missing), "")
    if not name or design.missing[name] < MANY_MISSING * design.n_total:
        return ""
    return (
        f"{design.missing[name]:,} of {design.n_total:,} rows have no {name}, and are left out. Mixed models hold where what is "
        "missing depends on nothing but what was measured, earlier outcomes too (missing at random), and they have the rows’ "
        "covariance right; OLS, with clustered errors too, only where it depends on the predictors alone; "
        f"{model_phrase(Model.NO_POOLING, comparison.group)} where it depends on these and on the {noun(comparison.group)}’s own level."
    )
