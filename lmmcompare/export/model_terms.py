"""The terms of a comparison's models, for the exports that write them as code."""

from __future__ import annotations

from itertools import groupby, pairwise

from ..comparison.comparison import Comparison
from ..formula.expressions import group_name
from ..formula.spec import RandomTerm
from ..model_catalogue import Model
from ..models import MixedResult
from ..models.random_structures import parameters

MAX_DUMMIES = 500
"""More groups than this would make lm's matrix of dummies too large."""


def too_many_dummies(comparison: Comparison) -> str:
    """Why lm is not asked for group dummies, of which there are more than `MAX_DUMMIES`."""
    return f"lm would need a matrix of {comparison.moments.n_groups:,} dummies"


def random_part_text(comparison: Comparison, key: Model) -> list[RandomTerm]:
    """The random part of one of the mixed models as formula text."""
    return list(comparison.mixed_fits()[key].random_terms)


def is_structured(comparison: Comparison, key: Model) -> bool:
    """Whether a mixed model's formula has a covariance structure."""
    return any(r.structure != "us" for r in random_part_text(comparison, key))


def spread_rows(fit: MixedResult) -> list[int]:
    """Which rows of R's VarCorr as a data frame are a model's own parameters, from 1; the residual's is the last.

    R lists each term's standard deviations and then all pairs, whatever its structure makes equal or zero.
    """
    result, start = [], 0
    for (_, label, full), terms in groupby(fit.blocks, lambda b: (b.factor, b.label, b.is_full)):
        blocks = list(terms)
        for part in [blocks] if label else [[b] for b in blocks]:
            k, first = sum(len(b.columns) for b in part), part[0]
            own = k if full or not first.homogeneous else 1
            pairs = 0 if len(part) > 1 or first.structure == "diag" else k * (k - 1) // 2 if full else 1
            result += [start + i for i in (*range(1, own + 1), *range(k + 1, k + pairs + 1))]
            start += k + k * (k - 1) // 2
    return [*result, start + 1]


def spread_numbers(comparison: Comparison, key: Model) -> list[int]:
    """Which of our parameters each row of R's VarCorr is, from 1; the residual's is the last.

    lme4 sorts terms by the number of their factor's levels where the formula does not have them so, and turns round those
    whose numbers are equal: ``(1 | g) + (0 + x | g) + (1 | larger)`` becomes larger, x of g, intercept of g.
    """
    fit = comparison.mixed_fits()[key]
    sizes = [
        len(parameters(block, covariance)) for block, covariance in zip(fit.blocks, fit.fit.covariances, strict=True)
    ]
    if key != Model.SEVERAL or is_structured(comparison, key):
        return list(range(1, sum(sizes) + 2))
    of_factor = {name: [k for k, b in enumerate(fit.blocks) if b.factor == at] for at, name in enumerate(fit.factors)}
    levels = {g.name: len(g.levels) for g in comparison.design.groupings}
    terms: list[tuple[int, int]] = []  # the number of levels and the block, in the formula's order
    for term in random_part_text(comparison, key):
        name = group_name(term.group)
        n_blocks = 1 if term.correlated or not term.terms else term.intercept + len(term.terms)
        terms += [(levels[name], k) for k in of_factor[name][:n_blocks]]
        del of_factor[name][:n_blocks]
    numbers = [n for n, _ in terms]
    if any(later > n for n, later in pairwise(numbers)):
        terms = sorted(terms, key=lambda term: term[0])[::-1]
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    return [starts[k] + i for _, k in terms for i in range(1, sizes[k] + 1)] + [sum(sizes) + 1]
