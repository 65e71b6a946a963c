"""Remarks on a formula: labels reused across groups, random slopes without fixed ones, outcomes, also at the start."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..design.grouping import Grouping
from ..formula import parse
from ..formula.baselines import with_factor
from ..formula.factor_names import factor_name
from ..formula.spec import ModelSpec, Term, columns_of, quote
from ..moments.crossed import Cells
from ..text.english import listed
from ..text.labels import group_phrase, noun, plural
from ..text.numbers import count
from ..work.memo import memoised
from .baseline import baseline_sentence
from .convergence import not_identified
from .data_notes import few_groups_sentence, missing_outcome_sentence, mostly_alone_sentence, prior_weights_sentence
from .lagged_outcome import lagged_outcome_sentence
from .outcome_notes import has_codes, outcome_sentence
from .random_columns import are_combinations, intercept_term

CLOCK = 8
"""Up to so many levels of a clock are all named."""


@dataclass(frozen=True)
class Remark:
    """A remark on the formula or its outcome, with the formula that a reader may have meant.

    Parameters
    ----------
    sentence : str
    formula : str
        Offered in place of the present one; empty where nothing is to be changed.
    action : str
        What taking it does, in a few words.
    """

    sentence: str
    formula: str = ""
    action: str = ""


@memoised
def remarks(comparison: Comparison) -> list[Remark]:
    """All remarks on a comparison's formula and outcome, most important first."""
    return [
        *_fixed_and_random(comparison),
        *_remark(_constant_sentence(comparison)),
        *_remark(few_groups_sentence(comparison)),
        *_remark(mostly_alone_sentence(comparison)),
        *_labels_used_again(comparison),
        *_confounded(comparison),
        *_factors_of_double_bars(comparison),
        *_clocks(comparison),
        *_slopes_about_zero(comparison),
        *_remark(prior_weights_sentence(comparison)),
        *_remark(outcome_sentence(comparison)),
        *_remark(missing_outcome_sentence(comparison)),
        *_remark(baseline_sentence(comparison)),
        *_remark(lagged_outcome_sentence(comparison)),
        *_coding(comparison),
        *_codes_as_numbers(comparison),
    ]


def _remark(sentence: str) -> list[Remark]:
    """A remark that offers no formula, where there is one."""
    return [Remark(sentence)] if sentence else []


def _constant_sentence(comparison: Comparison) -> str:
    """Which predictors are the same in every row: the caption of the table would say it late of what a reader has asked for."""
    names = [f"“{one.label}”" for one in comparison.design.aliased if one.columns == (CONSTANT,)]
    if not names:
        return ""
    have, them = ("has", "it") if len(names) == 1 else ("have", "them")
    return f"{listed(names)} {have} the same value in every row used, so nothing can be estimated of {them}: every model leaves {them} out."


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


def _labels_used_again(comparison: Comparison) -> list[Remark]:
    """A factor whose labels are reused in every level of another, such as casks a, b, c in every batch."""
    design, result = comparison.design, []
    for (i, j), cells in comparison.crossing.cells.items():
        outer, inner = design.groupings[i], design.groupings[j]  # the one with more levels first
        nested = any(set(g) == {*outer.columns, *inner.columns} for g in comparison.spec.groupings)
        single = len(outer.columns) == len(inner.columns) == 1
        # cells of a single row each could be no groups
        held = any(_holds_across(comparison, k, j, i) for k in range(len(design.groupings)) if k not in (i, j))
        if (
            single
            and not nested
            and not held
            and design.n > len(cells.first)
            and _start_afresh(cells, len(outer.levels))
        ):
            result.append(_nested_instead(comparison.spec, outer, inner, cells))
    return result


def _holds_across(comparison: Comparison, fine: int, coarse: int, other: int) -> bool:
    """Whether a factor lies within the coarse one and meets several levels of the other: then so does the coarse one, under one label.

    A subject who saw many items was in one lab for all of them.
    """
    cells, n = comparison.crossing.cells, comparison.crossing.factors[fine].n_groups
    within, across = (cells.get((min(fine, k), max(fine, k))) for k in (coarse, other))
    return within is not None and across is not None and len(within.first) == n < len(across.first)


def _start_afresh(cells: Cells, levels: int) -> bool:
    """Whether every level of the first factor meets the second's first, second, ... and no later one."""
    met = np.bincount(cells.first, minlength=levels)
    last = np.zeros(levels, dtype=np.int64)
    np.maximum.at(last, cells.first, cells.second)
    return bool((last + 1 == met).all())


def _nested_instead(spec: ModelSpec, outer: Grouping, inner: Grouping, cells: Cells) -> Remark:
    one, many, whole = noun(inner.name), plural(inner.name), noun(outer.name)
    first, labels = group_phrase(inner.name, inner.labels[0]), ", ".join(inner.labels[:3])
    crossed = len(cells.first) == len(outer.levels) * len(inner.levels)
    every = (
        f"All {len(outer.levels):,} {plural(outer.name)} have the same"
        if crossed
        else f"Every {whole} starts with the same"
    )
    random = tuple(
        replace(r, group=(*outer.columns, *inner.columns)) if r.group == inner.columns else r for r in spec.random
    )
    return Remark(
        f"{every} {many} ({labels}{', …' if len(inner.levels) > 3 else ''}), and the model takes {first} of one {whole} and "
        f"{first} of another for the same {one}: crossed. If only the labels are used again, {many} are nested, and there are "
        f"{count(len(cells.first), 'different one')}.",
        replace(spec, random=random).text,
        f"Treat {one} as nested in {whole}",
    )


def _confounded(comparison: Comparison) -> list[Remark]:
    """Variance parameters of which the data identify only a combination."""
    together = comparison.mixed.confounded
    if not together:
        return []
    return [
        Remark(
            f"The data cannot separate {listed(list(together))} (not identified): other values of them, in balance, fit exactly as well. "
            "The likelihood, the coefficients and their standard errors do not depend on how they are divided; the values "
            "shown for them do."
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
        result.append(
            Remark(
                f"The slope of {name} varies between {plural(factor_name(spec, group))}, but has no fixed part: it is taken to be 0 on "
                "average.",
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


def _coding(comparison: Comparison) -> list[Remark]:
    """Columns of days, which count from a day that the table does not say; ordered categories, which R codes otherwise."""
    encoder, outcome = comparison.design.encoder, [*columns_of(comparison.spec.outcome)]
    result = []
    for name, origin in encoder.origins.items():
        known = f"“{name}” is counted in {encoder.unit(name)}" + (", which is day 0" if origin is not None else "")
        what = "its coefficients are" if name not in outcome else "the coefficients are in days, too"
        result.append(Remark(f"{known}: {what}{' per day' if name not in outcome else ''}."))
    asked = {str(f): f for f in comparison.spec.factors}
    for name, factor in encoder.ordered.items():
        if "contr." in factor or (factor in asked and not encoder.coding(asked[factor]).is_treatment):  # chosen
            continue
        first = encoder.levels[factor][0]
        result.append(
            Remark(
                f"The categories of “{name}” have an order. Each is compared with the first, “{first}” (treatment contrasts), as those "
                "without an order are. R’s lm and lmer would describe the same differences by polynomial contrasts (contr.poly): other "
                "coefficients, the same fitted values.",
                with_factor(
                    comparison.spec, name, parse(f"y ~ C({quote(name)}, contr.poly)").terms[0].factors[0]
                ).formula,
                "Use polynomial contrasts, as R does",
            )
        )
    return result


def _codes_as_numbers(comparison: Comparison) -> list[Remark]:
    """Predictors of a few whole values that are used as numbers, though they may be codes of categories.

    Not visits and the like, which no group has twice.
    """
    design, result = comparison.design, []
    for k in () if design.is_sample else design.fixed:
        one = design.coefficient(k)
        if one.kind != "column" or not has_codes(values := design.columns[k][:]):
            continue
        low, high = int(values.min()), int(values.max())
        cells = comparison.grouping.codes.astype(np.int64) * (high - low + 1) + (values - low).astype(np.int64)
        if len(np.unique(cells)) == len(values):
            continue
        result.append(
            Remark(
                f"{one.name} takes only the {high - low + 1} whole values {low} to {high}, and is used as a number: a step from {low} to "
                f"{low + 1} counts as one from {high - 1} to {high} does. If they are codes of categories, these need a mean each.",
                with_factor(
                    comparison.spec, one.name, parse(f"y ~ factor({quote(one.name)})").terms[0].factors[0]
                ).formula,
                f"Use {one.name} as categories",
            )
        )
    return result
