"""Whether one fit is a special case of another, and what the larger one adds."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..design.terms import RandomBlock
from ..errors import DesignError
from ..fit.correlations import PATTERNS
from ..models import MixedResult, NoPoolingResult, OLSResult, Result
from ..models.mixed import NO_MAXIMUM
from ..models.random_structures import block_text
from ..text.labels import bare
from ..text.numbers import count

Nested = MixedResult | OLSResult
SPANNED = 1e-6
"""A column is a combination of others when less than this share of its spread is left over."""
FEW = 3
"""Up to so many added coefficients are named."""


def rows_problem(first: Result, second: Result) -> str:
    """Why the likelihoods of two fits are not of the same data, as a sentence; empty where they are."""
    if first.design is second.design:
        return ""
    outcomes = first.design.names[-1], second.design.names[-1]
    if outcomes[0] != outcomes[1]:
        return f"The outcomes differ: “{outcomes[0]}” and “{outcomes[1]}”."
    if first.nobs != second.nobs:
        return f"The rows differ: {first.nobs:,} and {second.nobs:,}."
    if first.design.is_sample:  # samples need not be of the same rows, but the outcome's moments are of all
        ours, theirs = ((fit.moments.center[-1], fit.moments.scale[-1]) for fit in (first, second))
        return "" if np.allclose(ours, theirs, rtol=1e-9, atol=0) else "The rows differ."
    if not np.array_equal(first.design.columns[-1][:], second.design.columns[-1][:]):
        return "The rows differ, or their order does."
    weights = [
        np.ones(fit.nobs) if fit.design.weights is None else fit.design.weights.relative for fit in (first, second)
    ]
    return "" if np.allclose(weights[0], weights[1], rtol=1e-12) else "The weights of the rows differ."


def no_likelihood(fit: Result) -> str:
    """Why a fit has no likelihood to compare with others', as a sentence; empty where it has one."""
    if not isinstance(fit, MixedResult) or fit.converged:
        return ""
    if fit.has_no_maximum:
        return f"By maximum likelihood it has no best fit: {NO_MAXIMUM}."
    return f"The search for its best fit by {'REML' if fit.reml else 'maximum likelihood'} did not end at one."


def added_fixed(small: Nested, big: Nested) -> tuple[int, list[str], bool]:
    """What ``big``'s fixed part has beyond ``small``'s.

    Returns
    -------
    tuple
        The number of coefficients; these in words; whether the two parts have the very same columns.

    Raises
    ------
    DesignError
        Where the rows or outcomes differ, a model has group dummies, or ``big``'s columns do not span ``small``'s.
    """
    if isinstance(small, NoPoolingResult) or isinstance(big, NoPoolingResult):
        raise DesignError(
            "Group dummies are no special case of a mixed model, nor a mixed model of them.", "Compare them by AIC."
        )
    if problem := rows_problem(small, big):
        raise DesignError(problem, "Fit both models to one outcome and to rows that are complete for both.")
    if small.design is big.design and set(small.columns) <= set(big.columns):
        fixed, same = len(big.columns) - len(small.columns), small.columns == big.columns
    else:
        part, whole = small.fixed_matrix(), big.fixed_matrix()
        name = _outside(part, whole, small.names)
        if name:
            raise DesignError(
                f"The models are not nested: “{name}” of the smaller one is not in the larger one.",
                "Give the larger model every predictor of the smaller one, or compare them by AIC.",
            )
        fixed, same = whole.shape[1] - part.shape[1], small.names == big.names and np.array_equal(part, whole)
    names = [big.label(n) for n in big.names if n not in small.names]
    if not fixed or len(names) != fixed or fixed > FEW:
        return fixed, [count(fixed, "fixed coefficient")] if fixed else [], same
    return fixed, [f"{'a fixed coefficient' if fixed == 1 else 'fixed coefficients'} of {', '.join(names)}"], same


def added_random(small: Nested, big: Nested) -> tuple[list[str], int, int]:
    """What ``big``'s random part has beyond ``small``'s: in words, the number of variances, and of covariances.

    Raises
    ------
    DesignError
        Where a covariance block of ``small`` lies in no block of ``big``.
    """
    ours, theirs = _blocks(small), _blocks(big)
    for factor, block in ours:
        if not any(factor == f and _is_within(block, b) for f, b in theirs):
            if block.names == (small.design.constant,) and (means := _means(big, factor)):
                raise DesignError(
                    f"A random intercept lies in {block_text(means, factor)} as equal means, but its terms are not written as what they "
                    "add to an intercept, which this test needs.",
                    "Write it with an intercept, which is the same model, or compare them by AIC.",
                )
            raise DesignError(
                f"The models are not nested: the smaller one’s random part {block_text(block, factor)} is not a part of the larger one’s.",
                "Exchange the two, or compare them by AIC.",
            )
    words = []
    for factor, block in theirs:
        known = {n for f, b in ours if f == factor for n in b.names}
        if not block.is_full:
            words += [block_text(block, factor)] if not known >= set(block.names) else []
            continue
        for name in (n for n in block.names if n not in known):
            what = (
                "a random intercept"
                if name == big.design.constant
                else f"a random {big.design.by_name[name].random_phrase}"
            )
            words.append(f"{what} by {bare(factor)}")
    before, after = _counts(ours), _counts(theirs)
    variances, covariances = after[0] - before[0], after[1] - before[1]
    if covariances and not words and not variances:
        return [f"{count(covariances, 'correlation')} of random coefficients"], 0, covariances
    if variances and not words:
        words = [f"{count(variances, 'further standard deviation')}"]
    return words, variances, covariances


def min_added_parameters(small: Nested, big: Nested) -> int:
    """How many parameters come with the added random coefficient that brings the fewest.

    They are its variance, and its covariances with coefficients that ``small`` has already.
    """
    ours = {(factor, n) for factor, b in _blocks(small) for n in b.names}
    brought = [
        1 + sum((factor, n) in ours for n in block.names) * block.is_full
        for factor, block in _blocks(big)
        if not {(factor, n) for n in block.names} <= ours
    ]
    return min(brought, default=1)


def adds_undefined_correlation(small: Nested, big: Nested) -> bool:
    """Whether ``big`` adds a correlation that means nothing where ``small`` holds, its standard deviations being 0 there."""
    ours = {(factor, n) for factor, b in _blocks(small) for n in b.names}
    return any(
        not block.is_full and not (block.homogeneous and PATTERNS[block.structure].linear(len(block.names)) is not None)
        for factor, block in _blocks(big)
        if not {(factor, n) for n in block.names} <= ours
    )


def _outside(part: Array, whole: Array, names: list[str]) -> str:
    """The name of the first column of ``part`` that is no combination of those of ``whole``; empty where there is none."""
    base = np.linalg.qr(whole / np.linalg.norm(whole, axis=0))[0]
    spread = np.linalg.norm(part - part.mean(axis=0), axis=0)
    size = np.where(spread > 0, spread, np.linalg.norm(part, axis=0))
    left = np.linalg.norm(part - base @ (base.T @ part), axis=0) / size
    return next((name for name, share in zip(names, left, strict=True) if share > SPANNED), "")


def _blocks(result: Nested) -> list[tuple[str, RandomBlock]]:
    return [(result.factors[b.factor], b) for b in result.blocks] if isinstance(result, MixedResult) else []


def _means(result: Nested, factor: str) -> RandomBlock | None:
    """A factor's block of means at the levels of a category, whose span has an intercept in it; None where there is none."""
    named = result.design.by_name
    found = (b for f, b in _blocks(result) if f == factor and b.is_full)
    return next((b for b in found if {named[name].random_noun for name in b.names} == {"mean"}), None)


def _is_within(small: RandomBlock, big: RandomBlock) -> bool:
    """Whether every covariance matrix of one block is one of the other's."""
    if not set(small.names) <= set(big.names):
        return False
    if big.is_full:
        return True
    if small.is_full:
        return len(small.names) == 1 and not big.homogeneous
    wider = small.structure in (big.structure, "diag") and (small.homogeneous or not big.homogeneous)
    return wider and len(small.names) == len(big.names)


def _counts(blocks: list[tuple[str, RandomBlock]]) -> tuple[int, int]:
    """Standard deviations and correlations."""
    sds = correlations = 0
    for _, block in blocks:
        k = len(block.names)
        sds += 1 if block.homogeneous and not block.is_full else k
        correlations += k * (k - 1) // 2 if block.is_full else int(block.structure != "diag")
    return sds, correlations
