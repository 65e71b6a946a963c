"""In which groups a coefficient within groups is known: what each group's rows tell of it, the other predictors taken out."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..text.labels import group_phrase, literal
from ..text.numbers import percent
from .coefficient_words import Words

MOST = 0.5
"""With more than this share of what tells the coefficient one of three or more groups decides the number."""
ALL = 0.95
"""Groups with this share and more are all that it rests on."""


def information_by_group(comparison: Comparison, column: int) -> Array:
    """Each group's share in what the dummies' estimate of a coefficient is known from, (J,); they sum to 1.

    The estimate is the regression on what the other predictors leave of the column within groups: a group's share is that of
    the sum of squares of this.
    """
    moments = comparison.moments
    varies = [k for k in comparison.design.fixed if moments.varies_within[k]]
    others = [k for k in varies if k != column and k in comparison.ols.columns]
    gram = moments.within_total
    left = np.linalg.lstsq(gram[np.ix_(others, others)], gram[others, column], rcond=1e-10)[0]
    direction, columns = np.append(1.0, -left), [column, *others]
    squares = np.einsum("i,ijg,j->g", direction, moments.within[np.ix_(columns, columns)], direction).clip(0)
    result: Array = squares / squares.sum()
    return result


def varying_groups(comparison: Comparison, column: int) -> Array:
    """In which groups a column varies, (J,)."""
    spread = comparison.moments.within[column, column]
    result: Array = spread > 1e-12 * spread.max()
    return result


def is_replicated(comparison: Comparison, column: int) -> bool:
    """Whether most groups in which a column varies have rows enough to differ in its coefficient: two of a category, or three."""
    moments, coefficient = comparison.moments, comparison.design.coefficient(column)
    varying = varying_groups(comparison, column)
    n = moments.n[varying]
    if not coefficient.is_level:
        return bool(np.median(n) > 2)
    share = moments.center[column] + moments.scale[column] * moments.mean[column, varying]
    return bool(np.median(np.minimum(share, 1 - share) * n) > 1.5)


def rests_on(comparison: Comparison, term: str, words: Words) -> str:
    """In how few groups a predictor varies, where it does so in less than half of them; or the one that tells most of it."""
    moments, column = comparison.moments, comparison.column_of(term)
    name, varying = literal(comparison.coefficient(term).label), varying_groups(comparison, column)
    varies = int(varying.sum())
    if varies == 1 and moments.n_groups > 1:
        group = literal(group_phrase(comparison.group, comparison.grouping.labels[int(varying.argmax())]))
        return (
            f"{name} varies in {group} alone, on which it rests: the interval counts how rows scatter, not what else may have changed "
            f"there along with {name}."
        )
    shares, result = information_by_group(comparison, column), []
    there = float(shares[varying].sum())
    apart = (
        len(comparison.coefficient(term).parts) == 1
    )  # a product varies where its category is, and is compared with the rest
    if 2 * varies < moments.n_groups and there > (MOST if apart else ALL):
        # the others tell what a further category is compared with
        part = "on which it rests" if there >= ALL else f"which tell {percent(there)} of it"
        result.append(f"{name} varies in {varies:,} of {moments.n_groups:,} {words.groups} only, {part}.")
    largest = int(shares.argmax())
    if moments.n_groups > 2 and shares[largest] > MOST:
        group = literal(group_phrase(comparison.group, comparison.grouping.labels[largest]))
        left = " that the other predictors leave" if len(comparison.design.fixed) > 1 else ""
        result.append(
            f"{percent(float(shares[largest]))} of the variation of {name} within {words.groups}{left} lies in {group}: the "
            f"{words.noun} is mostly what holds there."
        )
    return " ".join(result)
