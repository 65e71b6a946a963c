"""Sentences on convergence, singular fits and variances that the data do not identify."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ..design.coefficients import CONSTANT
from ..errors import DesignError
from ..models import MixedResult
from ..models.gls import GLSResult
from ..models.mixed import NO_MAXIMUM
from ..text.labels import noun, plural
from ..text.numbers import number

NOTHING = 1e-4
"""A random coefficient whose part of the outcome has an SD below this share of the residual SD does not vary."""
ONE = 1 - 1e-4
"""A correlation beyond this is 1."""


def convergence_sentences(result: MixedResult) -> str:
    """Sentences on the optimiser's end point; where the fit is singular, on which variance is 0 or which correlation is 1.

    They concern the optimiser only, not whether the model fits the data well.
    """
    if result.has_no_maximum:
        return (
            f"The likelihood has no maximum: {NO_MAXIMUM}. Do not rely on these numbers, which are of where the search ended; "
            "REML, a simpler random part, or more rows in each group may help."
        )
    if result.residual_vanishes:
        return (
            f"The residual variance went to 0 (SD {number(result.row_sigma, 2)}): random and fixed effects together have a coefficient for "
            "every row, so hardly anything tells what differs within groups from what differs between them. Do not rely on these "
            "numbers; a simpler random part, or more rows in each group, may help."
        )
    if not result.converged:
        return (
            "The search did not end at an optimum: the gradient there is not 0. Do not rely on these numbers; a simpler random part "
            "may help."
        )
    if result.unidentified:
        return not_identified(result)
    text = (
        "The optimiser’s end point was checked: no small change of the variances fits better. That says nothing of whether the model "
        "suits the data."
    )
    if not result.singular:
        return f"{text} No variance is 0 and no correlation 1 or −1, so the fit is not singular."
    ties = [*_zero_variances(result), *_perfect_correlations(result)]
    if result.fit.problem.theta_map.is_unbounded(result.fit.optimum.solution.theta):
        ties.append("the residual variance is 0 beside that of the random coefficients")
    edge = ", and ".join(ties) if ties else "the random coefficients are tied to each other"
    return (
        f"{text} It lies on the boundary (a singular fit): {edge}. That does not show that it is so, "
        "only that these data cannot tell it from that; tests and intervals of what stands at the boundary are approximate."
    )


STRUCTURED = {
    "converged": "its end point was checked too, and is no boundary",
    "boundary": "its end point was checked too, and lies at the bound of what its parameters may be",
    "singular": "it ends on the boundary: a combination of random coefficients or of visits has no variance left",
    "not identified": "many values of its parameters fit equally well, so the data do not determine them",
    "not converged": "its search did not end at an optimum, so do not rely on its numbers",
}


def structured_convergence_sentence(result: GLSResult) -> str:
    """A sentence on the end point of the model with structured residuals."""
    return f"Of the model with structured residuals, {STRUCTURED[result.outcome]}."


def not_identified(result: MixedResult) -> str:
    """A sentence on a grouping factor that is also in the fixed part; empty where there is none."""
    if not result.unidentified:
        return ""
    factors = dict.fromkeys(factor for factor, _ in result.unidentified)
    names = " and ".join(
        f"the variance between {plural(f)}"
        + ("" if n == result.design.constant else f" of the {result.design.by_name[n].random_phrase}")
        for f, n in result.unidentified
    )
    groups = " and ".join(plural(f) for f in factors)
    levels = " and ".join(
        f"each of the {len(g.levels):,} {plural(g.name)}" for g in result.groupings if g.name in factors
    )
    flat = (
        "the REML criterion is the same for every value of it"
        if result.reml
        else "maximum likelihood gives 0 whatever the data are"
    )
    several = len(result.unidentified) > 1
    return (
        f"{names[0].upper()}{names[1:]} {'are' if several else 'is'} not identified: the fixed part has a coefficient for {levels} "
        f"already, so nothing is left for {'them' if several else 'it'}, and {flat}. The coefficients do not depend on it, but "
        f"the standard errors of those that compare {groups} do and are arbitrary: the ones printed are the smallest possible, for a "
        "variance of 0. Have the same groups in the fixed part or in the random part, not in both."
    )


def refuse_unidentified(result: MixedResult, factor: str) -> None:
    """Refuse a test of whether a factor's groups vary where all of its variances are beyond the data."""
    terms = result.terms_of(factor)
    if terms and all((factor, term) in result.unidentified for term in terms):
        raise DesignError(
            f"The fixed part has a coefficient for each {noun(factor)}: nothing is left for a variance between "
            f"{plural(factor)}, so there is none to test."
        )


def _size(result: MixedResult, column: int) -> float:
    """What one unit of a random coefficient does to the outcome at most, about."""
    return 1.0 if column == CONSTANT else float(result.moments.scale[column])


def _zero_variances(result: MixedResult) -> list[str]:
    """Random coefficients whose variance is 0."""
    ties = []
    for block, covariance in zip(result.blocks, result.fit.covariances, strict=True):
        groups = plural(result.factors[block.factor])
        for name, column, variance in zip(block.names, block.columns, np.diag(covariance), strict=True):
            if np.sqrt(max(variance, 0.0)) * _size(result, column) < NOTHING * result.row_sigma:
                of = "" if name == result.design.constant else f" of the {result.design.by_name[name].random_phrase}"
                ties.append(f"the variance between {groups}{of} is 0")
    return ties


def _perfect_correlations(result: MixedResult) -> list[str]:
    """Pairs of random coefficients whose correlation is 1 or -1."""
    ties = []
    for block, covariance in zip(result.blocks, result.fit.covariances, strict=True):
        sd = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        for i, j in combinations(range(len(sd)), 2):
            sizes = (sd[k] * _size(result, block.columns[k]) for k in (i, j))
            if min(sizes) < NOTHING * result.row_sigma:
                continue
            correlation = covariance[i, j] / (sd[i] * sd[j])
            if abs(correlation) > ONE:
                a, b = (result.design.by_name[n].random_phrase for n in (block.names[i], block.names[j]))
                sign = "1" if correlation > 0 else "−1"
                ties.append(f"the correlation of {a} and {b} is {sign}")
    return ties
