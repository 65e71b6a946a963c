"""The within-between model of a comparison: the random intercept with the groups' means as further predictors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..design.coefficients import CONSTANT, mean_name
from ..design.design import Design
from ..design.terms import RandomBlock
from ..fit.bases import basis, cross_total, dependent
from ..models import Result
from ..models.fitting import fit_mixed
from ..models.gathering import fixed_columns
from ..moments.groups import Moments
from ..text.labels import plural
from ..text.numbers import count

NEARLY = 1e-4
"""Group means are taken up by other columns where less than this share of their variation is left; two decimals leave 1e-5."""


def fit_within_between(design: Design, moments: Moments, *, reml: bool) -> Result | str:
    """Mundlak's model: the random intercept with the group means of the predictors as further columns; or why there is none.

    Without means that are combinations of the predictors and of other means: the model is the same. Nor with those that a
    predictor holds but for rounding: beside it they would tell nothing but that.
    """
    groups = plural(design.groupings[design.focal].name)
    both = [k for k in design.fixed if moments.varies_within[k] and moments.varies_between[k]]
    if not design.intercept or not both:
        return (
            f"No predictor varies both within and between {groups}, so there are no two slopes to tell apart."
            if design.intercept
            else "It needs an intercept: leave out the 0."
        )
    varying = [k for k in design.fixed if moments.varies_within[k]]
    if dependent(moments.within_total[np.ix_(varying, varying)]):
        return f"Within {groups} a predictor is a combination of the others (confounded with {groups})."
    constant_columns = [k for k in design.fixed if not moments.varies_within[k] and moments.varies_between[k]]
    constant = sum(not moments.varies_within[k] for k in design.fixed)
    if moments.n_groups <= constant + len(both) + 1:  # nothing would be left to tell the variance between groups from
        beside = (
            f" beside {count(constant, 'predictor')} that {'is' if constant == 1 else 'are'} constant in them"
            if constant
            else ""
        )
        return (
            f"{moments.n_groups} {groups} are too few for the group means of {count(len(both), 'predictor')}{beside}."
        )
    first, own = moments.outcome, fixed_columns(design)

    def widened(means: list[int]) -> tuple[Moments, list[int]]:
        return moments.with_group_means(means), [*own, *range(first, first + len(means))]

    wide, columns = widened(both)
    combined = dependent(cross_total(wide, basis(wide, columns)))
    lost = {both[at - len(own)] for at, _ in combined}
    shared: dict[int, list[int]] = {}
    for at, others in combined:
        for k in (both[k - len(own)] for k in others if k >= len(own)):
            shared.setdefault(k, []).append(both[at - len(own)])
    both = [k for k in both if k not in lost]  # as R drops what others determine, the means of some years for example
    both = [k for k in both if not _nearly_held(moments, k, constant_columns)]
    if not {*both} - shared.keys():
        return "The group means of the predictors are among the predictors, or a combination of them or of each other."
    wide, columns = widened(both)
    names, taken = [*design.fixed_names], {*design.by_name, *design.spec.columns}
    for k in both:
        names.append(mean_name(design.columns[k].name, taken | {*names}))
    intercept_only = [RandomBlock((CONSTANT,), (design.constant,))]
    fit = fit_mixed(design, wide, columns, names, intercept_only, reml=reml)
    return replace(fit, means_of=tuple(both), shared_means=tuple((k, tuple(shared[k])) for k in both if k in shared))


def _nearly_held(moments: Moments, column: int, constant: list[int]) -> bool:
    """Whether predictors that are constant within groups leave next to nothing of a column's group means, beside what varies within too."""
    if not constant:
        return False
    at = [*constant, column]
    gram = moments.between_total[np.ix_(at, at)]
    size = np.sqrt(np.diag(gram))
    scaled = gram / np.outer(size, size)
    beta = np.linalg.lstsq(scaled[:-1, :-1], scaled[:-1, -1], rcond=1e-10)[0]
    left = float(1 - beta @ scaled[:-1, -1])
    return left < NEARLY and left * gram[-1, -1] < NEARLY * moments.within_total[column, column]
