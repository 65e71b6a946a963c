"""A coefficient of which one group alone determines a part, as where a treatment is given in a single cluster."""

from __future__ import annotations

import numpy as np

from ..comparison.comparison import Comparison
from ..inference.robust import WHOLE
from ..text.labels import group_phrase, literal, noun, plural
from ..work.memo import memoised
from .moulton import robust_errors


@memoised
def lone_group(comparison: Comparison, term: str) -> str | None:
    """The label of the group without which OLS cannot estimate the coefficient; None where it can without any one."""
    if comparison.moments.n_groups < 2 or term not in comparison.ols.names:
        return None
    result = robust_errors(comparison, "CR2")
    own = result.units[comparison.ols.names.index(term)]
    if np.isfinite(result.df[comparison.ols.names.index(term)]):
        return None
    along = (own @ result.vectors) ** 2 * (1 - result.values <= WHOLE)  # groups, p
    return comparison.grouping.labels[int(along.sum(axis=1).argmax())]


def lone_group_sentence(comparison: Comparison, term: str) -> str:
    """What rests on one group, and what errors clustered by groups and the mixed model's make of it; empty where nothing does."""
    label = lone_group(comparison, term)
    if label is None or term == comparison.constant:
        return ""
    name, one = literal(comparison.coefficient(term).label), literal(noun(comparison.group))
    group = literal(group_phrase(comparison.group, label))
    by_model = (
        f" The mixed model takes {group} to be one of their kind: to differ from the other {literal(plural(comparison.group))} as these do "
        "from each other, and its rows to scatter as theirs."
    )
    if comparison.mixed.unidentified:  # the fixed part has every group, so nothing tells how they differ
        by_model = ""
    return (
        f"{name} cannot be estimated without {group}: no other {one} tells it, so whatever else sets {group} apart is in it too. Errors "
        f"clustered by {one} take that one {one} for known, far too small, and none are given.{by_model}"
    )


def no_clustered_errors(comparison: Comparison, term: str) -> str:
    """Why there are no clustered errors of a coefficient, as a sentence of an answer; empty where there are."""
    label = lone_group(comparison, term)
    if label is None:
        return ""
    group = literal(group_phrase(comparison.group, label))
    return f"It cannot be estimated without {group}, so errors clustered by {literal(noun(comparison.group))} would take {group} for known."
