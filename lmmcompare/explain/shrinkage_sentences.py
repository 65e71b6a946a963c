"""How far groups are pulled towards the common line, in words: by how much, why, and of what the shares are."""

from __future__ import annotations

from ..comparison.nested_factors import nested_factors
from ..comparison.shrinkage import shrinkage
from ..models import MixedResult
from ..text.labels import an, noun, plural
from ..text.numbers import count, number, percent


def partial_pooling_sentence(factor: str) -> str:
    """Why an estimate of a group lies nearer to the common line than its own rows would put it."""
    return (
        f"A mixed model estimates each {noun(factor)} from its own rows and from what all {plural(factor)} have in common. So it lies "
        "nearer to the common line than its own rows alone would put it: shrinkage, or partial pooling."
    )


def shares_sentence(fit: MixedResult, factor: str) -> str:
    """The share of its distance from the common line that a group keeps, of the first random effect of the fit."""
    group = noun(factor)
    frame = shrinkage(fit)
    frame = frame[(frame["term"] == fit.random_names[0]) & frame["share"].notna()]
    n, share = frame["n"], frame["share"]
    if (share < 1e-6).all():
        return f"The fitted variance between {plural(factor)} is 0, so every {group} is pulled all the way to the common line."
    distance = "its own distance from the common line"
    low, high = percent(float(share.min())), percent(float(share.max()))
    shares = low if low == high else f"{low} to {high}"
    if n.nunique() == 1:
        return f"Every {group} has {count(int(n.iloc[0]), 'row')} and keeps {shares} of {distance}."
    by_rows = len(fit.random_names) == 1 and fit.design.weights is None and not nested_factors(fit)
    if not by_rows:  # not their numbers of rows alone order them
        return f"With {int(n.min()):,} to {count(int(n.max()), 'row')}, {an(factor)} keeps {shares} of {distance}."
    small, large = frame.loc[n.idxmin()], frame.loc[n.idxmax()]
    return (
        f"The smallest {group} ({small['group']}, {count(int(small['n']), 'row')}) keeps {percent(float(small['share']))} of "
        f"{distance}, the largest ({large['group']}, {count(int(large['n']), 'row')}) {percent(float(large['share']))}."
    )


def whole_line_sentence(fit: MixedResult) -> str:
    """What the share of a group's distance is of, where it has several random effects; nothing where it has one."""
    if len(fit.random_names) == 1:
        return ""
    return "That share is of its whole line, over its own rows: a single coefficient may be moved more or less, even past the common one."


def spreads_phrase(fit: MixedResult) -> str:
    """The fitted standard deviations of the random effects, each with its name."""
    covariance = fit.cov_re[fit.group]
    return ", ".join(f"{number(float(covariance.loc[n, n]) ** 0.5)} ({n})" for n in fit.random_names)
