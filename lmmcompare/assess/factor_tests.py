"""Tests of one of several grouping factors, or of a random slope, with the other factors kept in both models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..design.terms import RandomBlock
from ..fit.mixed import mixed
from ..models import MixedResult
from ..models.random_structures import structures
from ..moments.crossed import Crossing
from ..text.labels import plural
from .convergence import refuse_unidentified
from .likelihood_ratio import likelihood_ratio
from .model_test import ModelTest


def refit_with_blocks(result: MixedResult, blocks: Sequence[RandomBlock]) -> MixedResult:
    """The model with some of its random coefficients only; grouping factors that no block is of are left out.

    Parameters
    ----------
    result : MixedResult
        With several grouping factors.
    blocks : sequence of RandomBlock
        Their columns are among those of ``result``'s own blocks.
    """
    keep = sorted({b.factor for b in blocks})
    place = {factor: at for at, factor in enumerate(keep)}
    cells = {(place[i], place[j]): cell for (i, j), cell in result.crossing.cells.items() if i in place and j in place}
    crossing = Crossing(tuple(result.crossing.factors[f] for f in keep), cells)
    blocks = tuple(replace(b, factor=place[b.factor]) for b in blocks)
    single = len(keep) == 1
    fit = mixed(
        crossing.factors[0] if single else crossing,
        result.columns,
        [b.columns for b in blocks],
        reml=result.reml,
        factors=None if single else [b.factor for b in blocks],
        structures=structures(blocks),
    )
    groupings = tuple(result.groupings[f] for f in keep)
    return replace(result, moments=crossing.factors[0], fit=fit, blocks=blocks, groupings=groupings, crossing=crossing)


def factor_test(comparison: Comparison, factor: str) -> ModelTest:
    """Likelihood ratio test of all random coefficients of one grouping factor, given the others."""
    fit = comparison.mixed
    refuse_unidentified(fit, factor)
    at = fit.factors.index(factor)
    test = likelihood_ratio(refit_with_blocks(fit, [b for b in fit.blocks if b.factor != at]), fit)
    rest = " and ".join(f"the {plural(f)}" for f in comparison.factors if f != factor)
    return replace(
        test,
        question=f"Do {plural(factor)} matter beside {rest}?",
        note=f"Both models keep {rest}: it tests what {plural(factor)} add to them. {test.note}",
    )


def variation_question(names: Sequence[str], group: str) -> str:
    """The question whether random effects, called so, vary between groups."""
    if len(names) > 2:
        return f"Does any of {len(names)} coefficients beside the intercept vary between {plural(group)}?"
    return f"{'Does' if len(names) == 1 else 'Do'} the {' and the '.join(names)} vary between {plural(group)}?"


def slope_test(comparison: Comparison) -> ModelTest:
    """Likelihood ratio test of the shown factor's random slopes, in the model with all grouping factors."""
    fit = comparison.mixed
    at = fit.focal
    constant = RandomBlock((CONSTANT,), (comparison.constant,), at)
    own = [b for b in fit.blocks if b.factor == at]
    reduced = [constant] if any(CONSTANT in b.columns for b in own) else []
    blocks = sorted([*(b for b in fit.blocks if b.factor != at), *reduced], key=lambda b: b.factor)
    test = likelihood_ratio(refit_with_blocks(fit, blocks), fit)
    rest = " and ".join(f"the {plural(f)}" for f in comparison.factors if f != comparison.group)
    names = [comparison.coefficient(n).random_phrase for n in fit.random_names if n != comparison.constant]
    return replace(
        test,
        question=variation_question(names, comparison.group),
        note=f"Both models keep {rest}. {test.note}",
    )
