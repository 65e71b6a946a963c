"""A structure of correlated or unequal residuals with its sums over the rows, and refusals where these say too little of it."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..errors import DesignError
from ..fit.bases import Basis
from ..fit.residual.compound import CompoundSymmetry, UnequalCompoundSymmetry
from ..fit.residual.serial import Serial
from ..fit.residual.structure_protocol import Structure
from ..fit.residual.unstructured import Unstructured
from ..formula.correlation import Correlation
from ..moments.groups import Moments
from ..moments.serial_sums import by_gap, products
from ..moments.size_sums import by_size, by_size_and_level
from ..moments.visit_sums import Visits, by_visit
from ..text.english import all_of
from ..text.numbers import count
from . import collinearity
from .residual_rows import Residuals


def structure_of(design: Design, moments: Moments, whole: Basis, residuals: Residuals) -> Structure:
    """The structure with its sums over the design's rows.

    Raises
    ------
    DesignError
        When the data say nothing of the correlation, or too little of a level's variance.
    """
    correlation = residuals.correlation
    n_levels = 1 if residuals.levels is None else len(residuals.levels)
    if correlation is not None:
        if moments.n.max() < 2:
            raise no_pairs(correlation)
        if correlation.kind == "cs" and residuals.levels is None:
            return CompoundSymmetry(by_size(moments.n, whole.mean, within_groups(moments, whole)))
    values = basis_rows(design, moments, whole)
    if residuals.levels is not None:
        rows = np.bincount(residuals.level, minlength=n_levels)
        refuse_small_levels(products(values, values, residuals.level, n_levels), rows, residuals)
    if correlation is None:
        everywhere = np.ones(design.n, dtype=bool)
        return Serial(by_gap(values, everywhere, np.zeros(design.n), residuals.level, n_levels), "none")
    assert design.grouping is not None
    codes = design.grouping.codes
    if correlation.kind == "cs":
        within = within_groups(moments, whole)
        sums_by_size = by_size_and_level(values, codes, moments.n_groups, residuals.level, n_levels, within)
        return UnequalCompoundSymmetry(sums_by_size)
    if correlation.kind == "us":
        assert residuals.visit is not None and residuals.visits is not None
        sums = by_visit(values, codes, moments.n_groups, residuals.visit, len(residuals.visits))
        return unstructured(design, sums, residuals)
    assert residuals.time is not None
    time, level = residuals.time, residuals.level
    if residuals.order is not None:
        values, codes, time, level = (of[..., residuals.order] for of in (values, codes, time, level))
    sums_by_gap = by_gap(values, np.diff(codes, prepend=-1) != 0, time, level, n_levels)
    structure = Serial(sums_by_gap, "steps" if correlation.kind == "ar1" else "continuous")
    residuals.notes.extend(spacing(structure, correlation))
    return structure


def within_groups(moments: Moments, whole: Basis) -> Array:
    """Cross-products of the basis' columns about the groups' own means, over all groups, (q, q)."""
    result = np.zeros((whole.size, whole.size))
    named = np.flatnonzero(whole.columns != CONSTANT)
    result[np.ix_(named, named)] = moments.within_total[np.ix_(whole.columns[named], whole.columns[named])]
    return result


def unstructured(design: Design, sums: Visits, residuals: Residuals) -> Unstructured:
    """A free covariance between visits, with a note where little is known of it.

    Raises
    ------
    DesignError
        When it cannot be known.
    """
    _refuse_unseen_pairs(sums, residuals)
    residuals.notes.extend(_few_complete(design, sums))
    return Unstructured.of(sums)


def basis_rows(design: Design, moments: Moments, whole: Basis) -> Array:
    """The rows of the basis' columns, (q, n)."""
    centred = bool((whole.columns == CONSTANT).any())
    remainders = {r.at: r for r in moments.remainders}
    last = moments.outcome
    result = np.ones((whole.size, design.n))
    for k, column in enumerate(whole.columns):
        if column == CONSTANT:
            continue
        if column in remainders:
            values = collinearity.differences(design.columns, [remainders[column]])[0][slice(0, design.n)]
        else:
            values = design.columns[-1 if column == last else column][:]
        result[k] = ((values - moments.center[column]) if centred else values) / moments.scale[column]
    return result


def no_pairs(correlation: Correlation) -> DesignError:
    """Groups of one row each, as an error."""
    return DesignError(
        f"Every “{correlation.group_label}” has one row only, so the data say nothing of a correlation within groups.",
        "Choose a grouping column whose values repeat, or leave the correlation out.",
    )


def refuse_small_levels(by_level: Array, rows: Array, residuals: Residuals) -> None:
    """Raise for a level with hardly more rows than coefficients that it alone determines.

    Parameters
    ----------
    by_level : (L, q, q) array
        Cross-products of each level's rows.
    rows : (L,) array
        How many these are.
    """
    assert residuals.levels is not None and residuals.variance is not None
    x = by_level[:, :-1, :-1]
    rank = np.linalg.matrix_rank(x.sum(axis=0))
    for at, n in enumerate(rows):
        own = int(rank - np.linalg.matrix_rank(np.delete(x, at, axis=0).sum(axis=0)))
        if n <= own + 1:
            raise DesignError(
                f"Level “{residuals.levels[at]}” of “{residuals.variance}” has {count(int(n), 'row')}"
                + (f" and {count(own, 'coefficient')} of its own" if own else "")
                + ", too few for a residual variance of its own.",
                "Join it with another level, leave its rows out, or choose another column.",
            )


def _refuse_unseen_pairs(sums: Visits, residuals: Residuals) -> None:
    """Raise when two visits are never seen in one group: their covariance cannot be known."""
    assert residuals.visits is not None and residuals.correlation is not None
    sentence = sums.observed.astype(float)
    together = (sentence.T * sums.groups) @ sentence
    apart = np.argwhere(np.tril(together == 0))
    if len(apart):
        i, k = apart[0]
        raise DesignError(
            f"No “{residuals.correlation.group_label}” was seen both at {residuals.visits[k]} and at {residuals.visits[i]}, so their "
            "covariance cannot be estimated.",
            "Join visits or leave one of them out, or choose ar1() or cs().",
        )
    if sums.groups.sum() <= sums.n_visits:
        raise DesignError(
            f"{count(int(sums.groups.sum()), 'group')} cannot carry a free covariance between {sums.n_visits} visits.",
            "Choose ar1() or cs(), which have one correlation.",
        )


def _few_complete(design: Design, sums: Visits) -> list[str]:
    """A warning where so few groups were seen at all visits that the covariance may tend to a singular one."""
    complete = int(sums.groups[sums.observed.all(axis=1)].sum())
    if complete >= sums.n_visits + len(design.fixed):
        return []
    return [
        f"Only {count(complete, 'group was', 'groups were')} seen at {all_of(sums.n_visits, 'visits')}: a free covariance rests on little "
        "here, and may have no best value."
    ]


def spacing(structure: Serial, correlation: Correlation) -> list[str]:
    """What was done with gaps that are not all one unit."""
    gaps = np.unique(structure.sums.gap)
    if len(gaps) == 1 and gaps[0] == 1:
        return []
    notes = []
    if len(gaps) > 1:
        notes.append(
            f"Rows of a group lie {gaps[0]:g} to {gaps[-1]:g} units of “{correlation.order}” from the row before: a gap of d counts "
            "with the correlation to the power of d."
        )
    elif gaps[0] != 1:
        notes.append(
            f"Neighbouring rows lie {gaps[0]:g} units of “{correlation.order}” apart; the correlation given is that of one unit."
        )
    if correlation.kind == "ar1" and not structure.signed:
        notes.append("All gaps are even, so the correlation’s sign cannot be known; it is taken for positive.")
    return notes
