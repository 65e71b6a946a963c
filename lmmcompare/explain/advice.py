"""Which number answers which question: nothing is hidden and nothing is called significant."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..assess.outcome_means import equal_outcome_means
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import an, literal, model_phrase, noun, plural
from ..text.numbers import decimals_for, number
from .advice_dummies import LARGER, EstimateText
from .advice_mixed import estimate_of_model, mixed_or_robust
from .advice_prediction import prediction_answer
from .advice_within import within_groups
from .boundary_intervals import boundary_clause
from .clustered_errors import clusters_sentence, few_groups
from .coefficient_spreads import slopes_differ
from .coefficient_words import Words
from .effect_phrases import baseline, has_others, is_mean, noun_of
from .facts import Slope, facts
from .fixed_groups import fixed_groups_sentence
from .implied_ols_error import implied_ols_errors, unevenly_met
from .lone_group import no_clustered_errors
from .moulton import robust_errors
from .negative_correlation import within_group_correlation
from .predictor_level import Level
from .random_assignment import unless_assigned
from .rests_on import rests_on
from .structure_choice import structure_choice, structure_verdict
from .within_between import between_slope

UNITLESS = ("coefficient", "contrast")
"""What nobody can change by 1: a question about it is about the number itself."""


@dataclass(frozen=True)
class Advice:
    """One question that a reader may have, and the number that answers it.

    Parameters
    ----------
    answer : str
        The number, with its interval.
    """

    question: str
    answer: str
    reason: str


def which_to_report(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> list[Advice]:
    """The number for each question, with the reason.

    Parameters
    ----------
    frame : DataFrame, optional
        The coefficients with the inference chosen, as `Comparison.coefficients` gives them.
    """
    if _compares_equal_means(comparison, term):
        return [_nothing_told(comparison, term)]
    coefficients = (comparison.coefficients() if frame is None else frame).set_index(["model", "term"])
    words = Words(comparison, term, frame)

    def estimate_text(model: Model) -> str:
        row = coefficients.loc[(model, term)]
        decimals = max(words.decimals, decimals_for(float(row["se"])))
        estimate, low, high = (number(float(row[c]), decimals=decimals) for c in ("estimate", "lower", "upper"))
        if np.isinf(row["lower"]):
            return f"{estimate} (no 95% interval: too few degrees of freedom)"
        return f"{estimate} ({low} to {high})"

    advice = [
        *_structure(comparison, estimate_text),
        *_within_groups(comparison, term, words, estimate_text),
        *_between_groups(comparison, term, words, estimate_text, frame),
        _average(comparison, term, words, estimate_text),
    ]
    one = literal(noun(comparison.group))
    expected = prediction_answer(comparison, term, words, estimate_text)
    advice.append(Advice(f"What is to be expected of a known {one}, or of a new one?", *expected))
    if untold := fixed_groups_sentence(comparison, term):
        return [replace(a, reason=f"{a.reason} {untold}") for a in advice[:1]] + advice[1:]
    return advice


def _compares_equal_means(comparison: Comparison, term: str) -> bool:
    """Whether a coefficient compares groups' means only, of an outcome made to have the same mean in every group."""
    between = facts(comparison, term).level is Level.BETWEEN
    return between and equal_outcome_means(comparison) and not _is_of_one_value(comparison, term)


def _nothing_told(comparison: Comparison, term: str) -> Advice:
    outcome, name = literal(comparison.design.response_name), literal(comparison.coefficient(term).label)
    one, a_group = literal(noun(comparison.group)), literal(an(comparison.group))
    others = " Its coefficient is what comes through the other predictors." if has_others(comparison, term) else ""
    return Advice(
        f"What does {outcome} tell of {name}?",
        "Nothing",
        f"{outcome} has the same mean in every {one}, so nothing that is constant in {a_group} can raise or lower it.{others}",
    )


def _average(comparison: Comparison, term: str, words: Words, estimate_text: EstimateText) -> Advice:
    """OLS's number, with an error that counts every grouping factor."""
    question = "What is the average over all rows, drawn as these were?"
    weighted = ", each counted by its weight" if comparison.design.weights is not None else ""
    reason = (
        f"It describes the rows as they are{weighted}, without saying why; only its standard error needs the groups."
    )
    at, beyond = comparison.ols.names.index(term), clusters_sentence(comparison)
    clustered = float(robust_errors(comparison, "CR2").se[at])
    lone = no_clustered_errors(comparison, term)
    implied = float(implied_ols_errors(comparison)[at]) if beyond or lone else clustered
    if lone:
        slope = Slope(float(comparison.ols.params[term]), implied, float(comparison.mixed.df[term]))
        model = model_phrase(comparison.formula_model)
        return Advice(
            question,
            f"{words.with_interval(slope)}, OLS with the error that {model} implies",
            f"{reason} {lone}{boundary_clause(comparison, term, words)}",
        )
    if implied > LARGER * clustered:
        slope = Slope(float(comparison.ols.params[term]), implied, float(comparison.mixed.df[term]))
        return Advice(
            question,
            f"{words.with_interval(slope)}, OLS with the error that {model_phrase(Model.SEVERAL)} implies",
            f"{reason} {beyond} That error would be {number(clustered)}; the one implied is {number(implied)}.",
        )
    return Advice(
        question,
        f"{estimate_text(Model.OLS_ROBUST)}, OLS with cluster-robust errors",
        " ".join(filter(None, [reason, few_groups(comparison, term), beyond])),
    )


def _structure(comparison: Comparison, estimate_text: EstimateText) -> list[Advice]:
    """Whether the model with structured residuals answers any of the questions, where there is one."""
    choice = structure_choice(comparison)
    if choice is None:
        return []
    answer, reason = structure_verdict(comparison)
    if choice.verdict != "unknown":
        own = comparison.formula_model
        reason += f" This coefficient is {estimate_text(Model.STRUCTURED)} with them, {estimate_text(own)} in {model_phrase(own)}."
    use = (
        "Answers below that rest on a mixed model take that one, unless they name another."
        if choice.preferred
        else "The answers below do not use them."
    )
    return [Advice("Do these data call for structured residuals?", answer, f"{reason} {use}")]


def _within_groups(comparison: Comparison, term: str, words: Words, estimate_text: EstimateText) -> list[Advice]:
    if Model.NO_POOLING not in comparison.fits or not np.isfinite(comparison.no_pooling.params.get(term, np.nan)):
        return []
    if words.facts.within is None:  # the dummies' own coefficient is of a model without a confounded column
        return []
    one, name = literal(noun(comparison.group)), literal(comparison.coefficient(term).label)
    number_within = within_groups(comparison, term, words, estimate_text)
    a_group, held = literal(an(comparison.group)), _held(comparison, term)
    question = f"What goes with a change of {name} within the same {one}{held}?"
    if levels := baseline(comparison, term):
        column, level, base = map(literal, levels)
        question = f"How do rows with {column} {level} differ from those with {column} {base} in the same {one}{held}?"
    elif noun_of(comparison, term) in UNITLESS:
        question = f"What is the coefficient of {name} within the same {one}?"
    compares = ""
    if number_within.alone:
        compares = (
            f"It compares rows of the same {one}, so nothing that is constant within {a_group}, and adds the same to all its rows, can "
            "disturb it."
        )
    parts = [
        compares,
        number_within.reason,
        rests_on(comparison, term, words),
        _of_missing_rows(comparison, term),
        "Whether it is a cause is another question.",
    ]
    return [Advice(question, number_within.answer, " ".join(filter(None, parts)))]


def _held(comparison: Comparison, term: str, *, means: bool = False) -> str:
    """That the other predictors, or their group means, are equal in what is compared; empty where there are none."""
    return f", the other predictors{'’ means' if means else ''} equal" if has_others(comparison, term) else ""


def _of_missing_rows(comparison: Comparison, term: str) -> str:
    """What a comparison within groups needs of rows that are missing; empty where the predictor does not tell of any."""
    if not facts(comparison, term).by_missing_rows:
        return ""
    one = literal(noun(comparison.group))
    return (
        f"Which rows are missing may depend on the {one}’s own level for that, but not on its earlier outcomes; for the mixed model it may "
        "depend on these (missing at random)."
    )


def _is_of_one_value(comparison: Comparison, term: str) -> bool:
    """Whether a coefficient is one where another predictor has a value, as that of income beside kind × income."""
    own = comparison.coefficient(term).parts
    several = (
        comparison.coefficient(name).parts for name in comparison.design.fixed_names if name != comparison.constant
    )
    return any(len(parts) > len(own) and set(own) <= set(parts) for parts in several)


def _between_groups(
    comparison: Comparison, term: str, words: Words, estimate_text: EstimateText, frame: pd.DataFrame | None
) -> list[Advice]:
    of, groups, name = facts(comparison, term), words.groups, literal(comparison.coefficient(term).label)
    carries = (
        f"It compares {groups}, so it carries along whatever else differs between {groups} and is not in the model."
    )
    if of.level is Level.BETWEEN:
        held, levels = _held(comparison, term), baseline(comparison, term)
        question = f"How do {groups} with a higher value of {name} differ{held}?"
        if is_mean(comparison, term):
            others = " where the others are 0" if has_others(comparison, term) else ""
            question = f"What is the mean {literal(comparison.design.names[-1])} for {name}{others}?"
            carries = f"It is a mean over {groups}, so their number counts, not that of rows."
        elif levels:
            column, level, base = map(literal, levels)
            question = f"How do {groups} with {column} {level} differ from those with {column} {base}{held}?"
        elif noun_of(comparison, term) in UNITLESS:
            question = f"What is the coefficient of {name} between {groups}?"
        if not is_mean(comparison, term):
            carries = f"{carries[:-1]}{literal(unless_assigned(comparison, term))}."
        answer, reason = mixed_or_robust(comparison, term, words, estimate_text)
        return [Advice(question, answer, f"{carries}{reason}")]
    if of.level is Level.CONTEXTUAL:
        own = literal(comparison.coefficient(comparison.design.columns[of.place.companions[0]].name).label)
        return [
            Advice(
                f"How do two {groups} whose mean of {own} differs by 1 differ, for rows with the same {own}?",
                estimate_of_model(comparison, term, estimate_text),
                carries,
            )
        ]
    if of.two_slopes and of.between is not None:
        of_what = "mean of" if noun_of(comparison, term) == "slope" else "share of"
        held = _held(comparison, term, means=True)
        question = f"How do {groups} with a higher {of_what} {name} differ{held}?"
        if noun_of(comparison, term) in UNITLESS:
            question = f"What is the coefficient of {name} between {groups}{held}?"
        slope, how = of.between, f"It is the regression of the {literal(noun(comparison.group))} means."
        weighed = between_slope(comparison, term, frame)
        offsetting = within_group_correlation(comparison).offsetting  # its errors do not know of that
        if slopes_differ(comparison):
            how = f"{how[:-1]}, with errors that allow for slopes that differ between {groups} (CR2)."
        elif weighed is not None and not comparison.moments.same_sizes and not offsetting:
            slope = weighed
            how = (
                f"It is the regression of the {literal(noun(comparison.group))} means by within–between, which weighs each by what it is "
                f"known to; weighed as OLS does, it is {words.value(of.between.value)}."
            )
        noun_between = f"the {noun_of(comparison, term)} between {groups}"
        if others := literal(listed([plural(f) for f in unevenly_met(comparison)])):
            carries += (
                f" Nor are {others} taken out: not all {groups} have rows in them alike, so they differ by these too."
            )
        return [Advice(question, f"{words.slope(slope)}, {noun_between}", f"{how} {carries}")]
    return []
