"""The terms of a comparison's models, for the exports that write them as code."""

from __future__ import annotations

from itertools import groupby

from ..comparison.compare import Comparison
from ..design.coefficients import CONSTANT
from ..formula.spec import RandomTerm, Term
from ..model_catalogue import Model
from ..models import MixedResult

MAX_DUMMIES = 500
"""More groups than this would make lm's matrix of dummies too large."""


def random_part_text(comparison: Comparison, key: str) -> list[RandomTerm]:
    """The random part of one of the mixed models as formula text."""
    if key == Model.SEVERAL:
        return list(comparison.spec.random)
    display = comparison.grouping.columns
    if key == Model.RANDOM_SLOPE and comparison.one_factor_model == Model.RANDOM_SLOPE:
        return [r for r in comparison.spec.random if r.group == display]
    return [RandomTerm(display, _companion(comparison) if key == Model.RANDOM_SLOPE else ())]


def is_structured(comparison: Comparison, key: str) -> bool:
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


def _companion(comparison: Comparison) -> tuple[Term, ...]:
    """The term whose slope varies in the random-slope model although the formula has no such slope."""
    fit = comparison.fits[Model.RANDOM_SLOPE]
    assert isinstance(fit, MixedResult)
    columns = tuple(k for k in fit.blocks[0].columns if k != CONSTANT)
    return tuple(t for t in comparison.spec.terms if comparison.design.terms[str(t)] == columns)[:1]
