"""Sentences on whether the slopes within and between groups differ: the first thing that a comparison hangs on."""

from __future__ import annotations

import pandas as pd

from ..assess.compared_levels import compared_levels
from ..assess.model_test import LEVEL
from ..assess.mundlak import mundlak
from ..assess.outcome_means import equal_outcome_means
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.english import all_of, listed
from ..text.labels import an, bare, model_label, model_phrase, noun, plural
from ..text.numbers import count, decimals_for, number, p_value
from .amount_phrases import level_name
from .effect_phrases import baseline, is_mean, noun_of, term_of
from .facts import facts
from .implied_ols_error import crossing_factors
from .inference_rows import clustered_contrast, contextual_model, is_kenward_roger
from .predictor_level import Level, is_from_zero
from .random_assignment import unless_assigned
from .weighting_sentences import weighted_means_phrase
from .within_between import PLAIN, WithinBetween, within_between

LIKELY = 0.05
FEW_GROUPS = 10
"""With fewer groups a slope between them is hardly known."""


def within_between_sentences(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> list[str]:
    """What the two slopes mean for the coefficient that is reported, most important first."""
    result = within_between(comparison, term, frame)
    words = [f"{_of_one(comparison, result)}{_together(comparison, result, frame)}"]
    others = [t for t in comparison.design.fixed_names if t != term]
    splits = [within_between(comparison, t, frame) for t in others]
    differ = [comparison.coefficient(w.companion or w.term).label for w in splits if w.differ]
    if differ:
        also = " too" if result.differ else ""
        which = listed(differ)
        words.append(f"Within and between {plural(comparison.group)} differ{also} for {which} (p < {PLAIN:g}).")
    if len(comparison.factors) > 1 and (differ or (result.known and result.level is Level.BOTH)):
        words.append(
            f"This is from models with the grouping factor {bare(comparison.group)} alone; the other grouping factors are not in them."
        )
    return [text for text in (*words, compared_levels_sentence(comparison, term)) if text]


def compared_levels_sentence(comparison: Comparison, term: str) -> str:
    """What a coefficient within groups compares where another grouping factor's levels have one value each; else empty.

    Words are shown to every subject: within a subject their frequency compares words, and with them all that words differ in.
    """
    if term == comparison.constant or not (factor := compared_levels(comparison, comparison.column_of(term))):
        return ""
    n = len(next(g for g in comparison.design.groupings if g.name == factor).levels)
    levels = count(n, noun(factor), plural(factor))
    return (
        f"{comparison.coefficient(term).label} is constant in each of {levels}, so its coefficient compares these with each other rather "
        f"than {comparison.design.n:,} rows, and carries along whatever else differs between "
        f"them{unless_assigned(comparison, term)}."
    )


def _together(comparison: Comparison, result: WithinBetween, frame: pd.DataFrame | None) -> str:
    """That a difference which is only likely was found among several, which together show none; empty elsewhere."""
    fit = comparison.fits.get(Model.WITHIN_BETWEEN)
    if (
        result.level is not Level.BOTH
        or not result.known
        or result.differ
        or result.by_rows_alone
        or result.p >= LIKELY
    ):
        return ""
    if not isinstance(fit, MixedResult) or len(fit.means_of) < 2 or clustered_contrast(comparison, result.term):
        return ""
    kenward_roger = is_kenward_roger(comparison, Model.WITHIN_BETWEEN, frame)
    joint = mundlak(comparison, ddf="kenward-roger" if kenward_roger else "satterthwaite")
    if joint.df < 2 or joint.p < LEVEL:
        return ""
    gaps = all_of(int(joint.df), "such gaps")
    return f" A test of {gaps} at once finds none that chance would not make ({p_value(joint.p)}), so this one may be chance."


def _of_one(comparison: Comparison, result: WithinBetween) -> str:
    group, groups, name = noun(comparison.group), plural(comparison.group), comparison.coefficient(result.term).label
    if result.level is None:
        return (
            "The intercept is one number for all rows: there are no two slopes to compare."
            if comparison.design.fixed
            else "There is no predictor, so there are no two slopes to compare."
        )
    if result.level is not Level.BETWEEN and is_from_zero(comparison, result.term):
        return (
            f"Without an intercept in the formula how far {groups} lie from 0 is in the {noun_of(comparison, result.term)} of {name} too: "
            "there are no two slopes to compare."
        )
    if result.level is Level.WITHIN:
        return (
            f"{name} has the same {weighted_means_phrase(comparison)} in every {group}, so there is nothing between {groups} to compare: "
            f"its {noun_of(comparison, result.term)} is one within {groups}."
        )
    if result.level is Level.CONTEXTUAL:
        return _contextual(comparison, result)
    if result.level is Level.BETWEEN and is_mean(comparison, result.term):
        return (
            f"{name} is constant in every {group}, so there is nothing within {groups} to compare: its coefficient is a mean over "
            f"{groups}, and rests on their number rather than on that of rows."
        )
    if result.level is Level.BETWEEN:
        return (
            f"{name} is constant in every {group}, so there is nothing within {groups} to compare: its coefficient compares "
            f"{groups} with each other, rests on {_groups_compared(comparison, result)} rather than on {comparison.design.n:,} rows, and "
            f"carries along whatever else differs between those {groups}{unless_assigned(comparison, result.term)}."
        )
    if result.level is Level.WITHIN_GIVEN_MEANS:
        return (
            f"The other predictors hold the {group} means of {name}, so its coefficient is the slope within {groups} already: there "
            "is no mixture of two slopes in it."
        )
    return _two_slopes(comparison, result)


def _groups_compared(comparison: Comparison, result: WithinBetween) -> str:
    """The groups that a comparison between them rests on: of two categories how many have either."""
    groups, levels = plural(comparison.group), baseline(comparison, result.term)
    of, moments = term_of(comparison, result.term), comparison.moments
    if levels is None or of is None:
        return f"{result.groups:,} {groups}"
    columns = [k for k in comparison.design.terms[str(of)] if k in comparison.ols.columns]
    means = moments.center[columns][:, None] + moments.scale[columns][:, None] * moments.mean[columns]
    own = means[columns.index(comparison.column_of(result.term))] > 0.5
    n, base = int(own.sum()), int((means.max(axis=0) < 0.5).sum())
    one, other = (level_name(levels[0], level) for level in levels[1:])
    return f"{count(n, noun(comparison.group), groups)} with {one} and {base:,} with {other}"


def _two_slopes(comparison: Comparison, result: WithinBetween) -> str:
    """Of a predictor that varies within groups and between them."""
    groups, name = plural(comparison.group), comparison.coefficient(result.term).label
    what = noun_of(comparison, result.term)
    if result.by_rows_alone:
        return _rows_alone(comparison, result)
    if not result.known:
        return f"{name} varies within and between {groups}, but the two {what}s cannot be set side by side: {result.absent}"
    finer, coarser = decimals_for(result.se_within), decimals_for(max(result.se_between, result.se_within))
    gap = _gap(result, coarser)
    held = ", the other predictors and their means held" if len(comparison.design.fixed) > 1 else ""
    source = "the within–between model"
    if clustered_contrast(comparison, result.term) is not None:
        source = "OLS on rows and group means"
        gap += f", by cluster-robust errors (CR2), as the {what} differs between {groups} by AIC"
    if result.p >= LIKELY:
        few = (
            f" With {result.groups} {groups} the {what} between them is hardly known."
            if result.groups < FEW_GROUPS
            else ""
        )
        return (
            f"No difference is visible between the {what} of {name} within {groups} and between them{held}: between minus within is "
            f"{gap}. A difference as large as either end of that interval remains possible.{few}"
        )
    slopes = (
        f"y {source} it is {number(result.within, decimals=finer)} within {an(comparison.group)} and "
        f"{number(result.between, decimals=coarser)} between {groups}{held}"
    )
    reported = number(float(comparison.mixed.params[result.term]), decimals=finer)
    if facts(comparison, result.term).little_between:
        return (
            f"The {what}s of {name} within and between {groups} {'' if result.differ else 'probably '}differ: b{slopes}; the gap is "
            f"{gap}. But almost nothing of {name} varies between {groups}, so this hardly touches the "
            f"{reported} of {model_phrase(comparison.formula_model)}. Ask why those means differ at all: of "
            "rows that are missing, for example, which ones they are may go with the outcome."
        )
    if crossed := crossing_factors(comparison):
        others, own = listed([plural(f) for f in crossed]), model_phrase(comparison.formula_model)
        start = f"{'No: t' if result.differ else 'T'}he {what}s of {name} within and between {groups}{'' if result.differ else ' probably'}"
        return (
            f"{start} differ: b{slopes}; the gap is {gap}. Both leave in what differs between {others}, which the {reported} of {own} "
            f"takes out: “Which {name} coefficient to report” has the {what} within {groups} without it."
        )
    meaning = (
        f"he {reported} of {model_phrase(comparison.formula_model)} is one number for both, and so is OLS’s "
        f"{number(float(comparison.ols.params[result.term]), decimals=finer)}: the value of each depends on how the model weighs the "
        f"two. Report the two {what}s apart, from {model_label(Model.WITHIN_BETWEEN).lower()}."
    )
    if result.differ:
        return f"No: the {what}s of {name} differ. B{slopes}; the gap is {gap}. T{meaning}"
    return f"The {what}s of {name} within and between {groups} probably differ: b{slopes}; the gap is {gap}. If they do, t{meaning}"


def _rows_alone(comparison: Comparison, result: WithinBetween) -> str:
    """Of a predictor whose means differ only by which rows a group has."""
    group, groups, name = noun(comparison.group), plural(comparison.group), comparison.coefficient(result.term).label
    what = noun_of(comparison, result.term)
    if equal_outcome_means(comparison):
        outcome = comparison.design.names[-1]
        return f"{outcome} has the same mean in every {group}, so there is no {what} between {groups} to compare."
    text = f"Only rows that are missing make the {group} means of {name} differ, so there is no {what} between {groups} to compare."
    compared = compared_levels(comparison, comparison.column_of(result.term))
    if not result.by_missing_rows and compared:
        text = (
            f"The {group} means of {name} differ no more than chance makes them, by which {plural(compared)} their rows are of, so there "
            f"is no {what} between {groups} to compare."
        )
    elif not result.by_missing_rows:
        text = (
            f"All {groups} have {name} spread alike: its means differ less than those of rows drawn at random would, so there is no {what} "
            f"between {groups} to compare."
        )
    if not result.p < LIKELY or (
        compared and not result.by_missing_rows
    ):  # that test knows nothing of the other factor's levels
        return text
    if not result.by_missing_rows:
        return (
            f"{text} But those means go with the outcome ({p_value(result.p)}): which rows {an(comparison.group)} has does, and OLS does "
            "not allow for that. Of rows that are missing ask why; the mixed model allows for it where that depends on nothing but what "
            "was measured (missing at random)."
        )
    return (
        f"{text} But those means go with the outcome ({p_value(result.p)}): which rows are missing does, and OLS does not allow for that. "
        "The mixed model does where it depends on nothing but what was measured (missing at random)."
    )


def _gap(result: WithinBetween, decimals: int) -> str:
    """Between minus within, with its interval and p value."""
    value, low, high = (number(v, decimals=decimals) for v in (result.difference, result.lower, result.upper))
    return f"{value} (95% interval {low} to {high}, {p_value(result.p)})"


def _contextual(comparison: Comparison, result: WithinBetween) -> str:
    groups = plural(comparison.group)
    name, of = (comparison.coefficient(term).label for term in (result.term, result.companion))
    what = (
        f"{name} is the {noun(comparison.group)} mean of {of}, so beside {of} its coefficient is the slope between {groups} minus the "
        "slope within: "
        f"{_gap(result, decimals_for((result.upper - result.lower) / 4))}"
    )
    place = facts(comparison, result.term).place
    if (model := contextual_model(comparison, place)) != comparison.formula_model:
        what += f" in {model_phrase(model)}, which AIC prefers"
    if result.differ:
        return f"No: the slopes of {of} differ. {what}. The coefficient of {of} is the slope within, and the sum of both that between."
    return f"{what}. The coefficient of {of} is the slope within {groups}, and the sum of both the slope between them."
