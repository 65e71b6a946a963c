"""The outcome itself among the predictors: its first row of each group beside that row, or its mean over the group's own rows."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..text.labels import noun, plural

FEWEST = 8
"""Fewer groups may agree by chance."""
SHARE = 0.95
"""Of the groups so many have to agree: rows may have been left out."""
SAME = 1e-6
"""Two numbers are the same that lie no farther apart than this share of the outcome's SD: tables round."""


def outcome_as_predictor_sentence(comparison: Comparison) -> str:
    """What a predictor that is made of the outcome's own rows can tell; empty where there is none."""
    design, varies = comparison.design, comparison.moments.varies_within
    if design.is_sample or design.grouping is None or not np.ptp(design.response) > 0:
        return ""
    y, codes = design.response, design.grouping.codes
    sizes = np.bincount(codes)
    groups = sizes > 1
    if groups.sum() < FEWEST:
        return ""
    first = np.zeros(len(sizes), dtype=int)
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # of a group's rows the last that is written stays
    for k in design.fixed:
        coefficient = design.coefficient(k)
        if coefficient.kind not in ("column", "expression") or varies[k]:
            continue
        x = design.columns[k][:]
        name, outcome = coefficient.label, design.response_name
        one, many = noun(comparison.group), plural(comparison.group)
        own = x[first[groups]]
        if _same(own, (np.bincount(codes, y) / np.maximum(sizes, 1))[groups], y):
            return (
                f"{name} is the mean of {outcome} over each {one}’s own rows, so what differs between {many} is explained by itself: "
                f"neither its coefficient nor that of what is constant within {many} tells anything. Leave it out: for what {many} have "
                "of their own there is the random intercept."
            )
        if _same(own, y[first[groups]], y) and not _same(x, y, y):
            return (
                f"{name} is {outcome} in the first row of each {one}, and these rows are outcomes as well: there {outcome} stands for "
                f"itself, which draws the coefficient of {name} towards 1. Leave these rows out, so that {name} is what came before."
            )
    return ""


def _same(x: Array, values: Array, y: Array) -> bool:
    return bool((np.abs(x - values) <= SAME * y.std()).mean() >= SHARE)
