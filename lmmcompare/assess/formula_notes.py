"""All remarks on a formula, the most important first; here on its random part: factors in both parts, clocks, slopes about zero."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..formula.factor_names import factor_name
from ..formula.spec import Term
from ..text.english import listed
from ..text.labels import plural
from ..work.memo import memoised
from .baseline import baseline_sentence
from .convergence import not_identified
from .data_notes import few_groups_sentence, missing_outcome_sentence, mostly_alone_sentence, prior_weights_sentence
from .lagged_outcome import lagged_outcome_sentence
from .nesting_notes import labels_used_again
from .outcome_as_predictor import outcome_as_predictor_sentence
from .outcome_means import equal_outcome_means_sentence
from .outcome_notes import mostly_constant_sentence, outcome_sentence
from .predictor_notes import codes_as_numbers, coding, combined_sentence, constant_sentence
from .random_columns import are_combinations, intercept_term
from .remark import Remark
from .scatter_by_group import scatter_sentence

CLOCK = 8
"""Up to so many levels of a clock are all named."""


@memoised
def remarks(comparison: Comparison) -> list[Remark]:
    """All remarks on a comparison's formula and outcome, most important first."""
    return [
        *_fixed_and_random(comparison),
        *_remark(constant_sentence(comparison)),
        *_remark(combined_sentence(comparison)),
        *_remark(few_groups_sentence(comparison)),
        *_remark(mostly_alone_sentence(comparison)),
        *_remark(equal_outcome_means_sentence(comparison)),
        *_remark(mostly_constant_sentence(comparison)),
        *labels_used_again(comparison),
        *_confounded(comparison),
        *_factors_of_double_bars(comparison),
        *_clocks(comparison),
        *_slopes_about_zero(comparison),
        *_remark(scatter_sentence(comparison)),
        *_remark(prior_weights_sentence(comparison)),
        *_remark(outcome_sentence(comparison)),
        *_remark(missing_outcome_sentence(comparison)),
        *_remark(outcome_as_predictor_sentence(comparison)),
        *_remark(baseline_sentence(comparison)),
        *_remark(lagged_outcome_sentence(comparison)),
        *coding(comparison),
        *codes_as_numbers(comparison),
    ]


def _remark(sentence: str) -> list[Remark]:
    """A remark that offers no formula, where there is one."""
    return [Remark(sentence)] if sentence else []


def _fixed_and_random(comparison: Comparison) -> list[Remark]:
    """A grouping factor whose groups the fixed part has too."""
    fit, spec = comparison.mixed, comparison.spec
    if not fit.unidentified:
        return []
    factors = {factor for factor, _ in fit.unidentified}
    groups = [set(g.columns) for g in fit.groupings if g.name in factors]

    def has_groups(term: Term) -> bool:
        levels = all(comparison.design.coefficient(k).is_level for k in comparison.design.terms[str(term)])
        return levels and any(group <= set(map(str, term.factors)) for group in groups)

    terms = tuple(t for t in spec.terms if not has_groups(t))
    left = [t.label for t in spec.terms if t not in terms]
    if not left:
        return [Remark(not_identified(fit))]
    formula = replace(spec, terms=terms).text
    return [Remark(not_identified(fit), formula, f"Leave {' and '.join(left)} out of the fixed part")]


def _confounded(comparison: Comparison) -> list[Remark]:
    """Variance parameters of which the data identify only a combination."""
    together = comparison.mixed.confounded
    if not together:
        return []
    return [
        Remark(
            f"The data cannot separate {listed(list(together))} (not identified): other values of them, in balance, fit exactly as well. "
            "The likelihood, the coefficients and their standard errors do not depend on how they are divided; the values "
            "shown for them do. AIC and BIC count them all, as R’s do, though these data tell fewer."
        )
    ]


def _factors_of_double_bars(comparison: Comparison) -> list[Remark]:
    """A double bar with a categorical predictor, which is split between terms and not between columns."""
    result = []
    for random in comparison.spec.random:
        factors = [t for t in random.terms if str(t) in comparison.design.encoder.levels]
        if random.correlated or not factors:
            continue
        name, group = factors[0].label, plural(factor_name(comparison.spec, random.group))
        split = replace(random, correlated=True, structure="diag")
        parts = [*(r for r in comparison.spec.random if r is not random), split]
        result.append(
            Remark(
                f"“||” parts terms, not the columns of one: {random} has the intercept in a block of its own and the levels of {name}, "
                f"each with its own mean, in another, all correlated with each other (as lme4 reads it). diag() has a variance for each "
                f"column and no correlations between {group}’ coefficients at all.",
                replace(comparison.spec, random=tuple(parts)).formula,
                "Use diag(): no correlations",
            )
        )
    return result


def _clocks(comparison: Comparison) -> list[Remark]:
    """What one step of an autoregressive term is: from one level to the next, however far apart they are."""
    result = []
    for random in comparison.spec.random:
        if random.structure != "ar1" or not random.terms:
            continue
        text = str(random.terms[0])
        levels = [str(level) for level in comparison.design.encoder.levels[text]]
        display = ", ".join(levels if len(levels) <= CLOCK else [*levels[: CLOCK - 1], "…", levels[-1]])
        sentence = (
            f"The clock of ar1() is the order of the levels of {text}: {display}. Each is one step from the next, whatever lies between; "
            "a level that no row has does not count. Beside it stands the residual, which is new at every row, so the correlation "
            "is not that of nlme’s corAR1, which has none."
        )
        numbers = pd.to_numeric(pd.Series(levels), errors="coerce").to_numpy(float)
        if np.isfinite(numbers).all() and len(np.unique(np.round(np.diff(numbers), 9))) > 1:
            sentence += " Here the levels are not equally far apart: their distances are not used."
        result.append(Remark(sentence))
    return result


def _slopes_about_zero(comparison: Comparison) -> list[Remark]:
    """Random coefficients of terms that the fixed part does not have."""
    spec = comparison.spec
    fixed, result = {frozenset(map(str, t.factors)) for t in spec.terms}, []
    missing: dict[Term, tuple[str, ...]] = {}
    clocks = {
        t for r in spec.random if r.structure == "ar1" for t in r.terms
    }  # errors in time are 0 on average by themselves
    for random in spec.random:
        for term in (t for t in random.terms if t not in clocks):
            if frozenset(map(str, term.factors)) not in fixed and not _is_held(comparison, term):
                missing.setdefault(term, random.group)
    for term, group in missing.items():
        name = term.label
        terms = tuple(sorted((*spec.terms, term), key=lambda t: len(t.factors)))
        groups = plural(factor_name(spec, group))
        what, has, it_is = f"The slope of {name} varies", "has", "it is"
        if str(term) in comparison.design.encoder.levels:
            what, has, it_is = f"The differences between levels of {name} vary", "have", "they are"
        result.append(
            Remark(
                f"{what} between {groups}, but {has} no fixed part: {it_is} taken to be 0 on average.",
                replace(spec, terms=terms).text,
                f"Add {name} to the fixed part",
            )
        )
    # the means of 0 + f are an intercept each
    if (
        not spec.intercept
        and spec.terms
        and intercept_term(comparison) is None
        and any(r.intercept for r in spec.random)
    ):
        group = next(r for r in spec.random if r.intercept).group
        result.append(
            Remark(
                f"The intercept varies between {plural(factor_name(spec, group))}, but has no fixed part: it is taken to be 0 on average.",
                replace(spec, intercept=True).text,
                "Add a fixed intercept",
            )
        )
    return result


def _is_held(comparison: Comparison, term: Term) -> bool:
    """Whether other terms of the fixed part have a random term's columns among them, as ``f:x`` has x."""
    design, factors = comparison.design, set(map(str, term.factors))
    columns = [
        k
        for block in design.blocks
        for k in block.columns
        if {str(p.factor) for p in design.coefficient(k).parts} == factors
    ]
    return bool(columns) and are_combinations(comparison.moments, list(comparison.ols.columns), columns)
