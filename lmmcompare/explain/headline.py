"""The answer in two sentences: what OLS and the mixed model say of a coefficient, and why they differ."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..assess.compared_levels import compared_levels
from ..assess.outcome_means import equal_outcome_means
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import literal, noun, plural
from ..text.numbers import count, number
from .amount_phrases import contrast_multiple, rounds_to_zero
from .coefficient_words import headline_decimals, models_agree
from .difference_reasons import reason
from .effect_by_modifier import across_sentence
from .effect_phrases import effect, is_signed
from .facts import facts
from .fixed_groups import has_fixed_groups
from .implied_ols_error import factors_beyond_clusters
from .inference_rows import inference_row
from .negative_correlation import within_group_correlation
from .predictor_level import Level
from .question import first_term
from .structure_choice import structure_choice, structure_text
from .weighting_sentences import group_weights_sentence

SAME = 0.1
"""An estimate within so many of its standard errors of another is not told beside it."""
APART = 0.5
"""With another factor beside it an estimate is told to be another number where it moves by so many standard errors."""
FAR_BELOW = 0.8
"""OLS's standard error is told where it is below this share of the mixed model's."""


@dataclass(frozen=True)
class Headline:
    """The answer in two sentences.

    Parameters
    ----------
    title : str
        What OLS says and what the mixed model says.
    """

    title: str
    reason: str


def headline(comparison: Comparison, term: str | None = None, frame: pd.DataFrame | None = None) -> Headline:
    """The page's first two sentences about a coefficient.

    Parameters
    ----------
    term : str, optional
        The first that is not the intercept when left out.
    frame : DataFrame, optional
        The coefficients with the inference chosen, as `Comparison.coefficients` gives them: the standard errors told.
    """
    if not comparison.terms:
        return _without_coefficients(comparison)
    term = term or first_term(comparison)
    if term == comparison.constant:
        return _of_the_intercept(comparison, frame)
    a, b = float(comparison.ols.params[term]), float(comparison.mixed.params[term])
    decimals = headline_decimals(comparison, term)
    if models_agree(comparison, term, comparison.mixed):
        title = f"OLS and the mixed model agree: {effect(comparison, term, b, decimals)}."
    else:
        title = f"OLS says {effect(comparison, term, a, decimals)}. The mixed model says {_second(comparison, term, b, a, decimals)}."
    about = ""
    if comparison.formula_model == Model.SEVERAL:
        about = f"What follows is about the model with {literal(plural(comparison.group))} alone. "
    words = f"{_together(comparison, term, frame)}{about}{reason(comparison, term, frame)}"
    further = (
        _errors(comparison, term, frame),
        across_sentence(comparison, term),
        _singular(comparison),
        _structured(comparison, term, frame),
    )
    return Headline(title, " ".join(filter(None, (words, *further))))


def _errors(comparison: Comparison, term: str, frame: pd.DataFrame | None) -> str:
    """Of what is compared between groups: that OLS's standard error counts rows, where it is much too small."""
    if facts(comparison, term).level is not Level.BETWEEN or comparison.formula_model == Model.SEVERAL:
        return ""
    rows = [inference_row(comparison, m, term, frame) for m in (Model.OLS, comparison.formula_model)]
    ols, mixed = (float(row["se"]) for row in rows)
    if not ols < FAR_BELOW * mixed:
        return ""
    without_zero = [float(row["lower"]) * float(row["upper"]) > 0 for row in rows]
    so = " Only OLS's 95% interval leaves 0 out." if without_zero == [True, False] else ""
    groups = count(comparison.moments.n_groups, literal(noun(comparison.group)), literal(plural(comparison.group)))
    return (
        f"OLS's standard error, {number(ols)}, counts {comparison.design.n:,} rows; that of the mixed model, {number(mixed)}, counts "
        f"{groups}.{so}"
    )


def _singular(comparison: Comparison) -> str:
    """That the mixed model is OLS, where its one variance is 0."""
    fit = comparison.mixed
    if comparison.formula_model != Model.RANDOM_INTERCEPT or float(fit.cov_re[fit.group].to_numpy()[0, 0]) > 0:
        return ""
    groups = literal(plural(comparison.group))
    if has_fixed_groups(comparison):
        return f"With a coefficient for each of the {groups} nothing is left for a variance between them, and the mixed model is OLS."
    return f"The variance between {groups} is estimated as 0 (a singular fit), and without it the mixed model is OLS."


def _structured(comparison: Comparison, term: str, frame: pd.DataFrame | None) -> str:
    """What the model with structured residuals says, where that is another number; what goes before is about the others."""
    fit, choice = comparison.structured, structure_choice(comparison)
    if fit is None or choice is None or term not in fit.names or choice.verdict == "unknown":
        return ""
    row, decimals = inference_row(comparison, Model.STRUCTURED, term, frame), headline_decimals(comparison, term)
    value, others = (
        float(row["estimate"]),
        (float(of.params[term]) for of in (comparison.ols, comparison.mixed)),
    )
    if any(abs(value - other) <= SAME * float(row["se"]) for other in others):
        return ""
    what = "the coefficient" if _is_multiple(comparison, term) else "it"
    how = ["they are correlated"] if fit.correlation else []
    how += [f"widely rows of one {literal(str(fit.variance))} scatter"] if fit.variance else []
    prefers = ", and AICc prefers it" if choice.preferred else ", which AICc does not prefer"
    return (
        f"With structured residuals, {structure_text(fit)}, {what} is {number(value, decimals=decimals)} (standard error "
        f"{number(float(row['se']))}): rows are weighed by how {listed(how)}{prefers}."
    )


def _is_multiple(comparison: Comparison, term: str) -> bool:
    """Whether the headline tells a multiple of the coefficient."""
    parts = comparison.coefficient(term).parts
    return bool(parts) and contrast_multiple(parts[0]) != 1


def _together(comparison: Comparison, term: str, frame: pd.DataFrame | None) -> str:
    """What several grouping factors say together, and the model with one of them, which the rest of the text is about."""
    if comparison.formula_model != Model.SEVERAL:
        return ""
    factors = [f"**{literal(plural(f))}**" for f in comparison.factors]
    together = listed(factors)
    decimals = headline_decimals(comparison, term)
    rows = (
        inference_row(comparison, model, term, frame)
        for model in (comparison.formula_model, comparison.one_factor_model)
    )
    both, alone = (
        f"{number(float(row['estimate']), decimals=decimals)} (standard error {number(float(row['se']))})"
        for row in rows
    )
    display = literal(plural(comparison.group))
    what = "the coefficient" if _is_multiple(comparison, term) else "it"
    return f"With {together} as random effects together {what} is {both}; with {display} alone, {alone}. {_of_others(comparison, term)}"


def _of_others(comparison: Comparison, term: str) -> str:
    """What the other factors have to do with the coefficient: it compares their levels, or they make its difference from one alone."""
    display = literal(plural(comparison.group))
    if compared := compared_levels(comparison, comparison.column_of(term)):
        name = literal(comparison.coefficient(term).label)
        many = count(
            len(next(g for g in comparison.design.groupings if g.name == compared).levels),
            "",
            literal(plural(compared)),
        )
        return (
            f"**{name}** is the same within each of {many}, so it compares these with each other; how they differ is not in the error of "
            f"the model with {display} alone. "
        )
    several, alone = (
        float(comparison.fits[m].params[term]) for m in (comparison.formula_model, comparison.one_factor_model)
    )
    crossed = factors_beyond_clusters(comparison)
    if not crossed or abs(several - alone) < APART * float(comparison.fits[comparison.one_factor_model].bse[term]):
        return ""
    others = literal(listed([plural(f) for f in comparison.factors if f != comparison.group]))
    return f"What differs between {others} makes that difference. "


def _second(comparison: Comparison, term: str, value: float, other: float, decimals: int) -> str:
    """The second of two estimates, in as few words as stay clear."""
    if is_signed(comparison, term):
        return number(value, decimals=decimals)
    parts = comparison.coefficient(term).parts
    if len(parts) == 1:  # as the first is told: some contrasts of the levels are so many times their coefficient
        value, other = contrast_multiple(parts[0]) * value, contrast_multiple(parts[0]) * other
    text, direction = number(abs(value), decimals=decimals), "more" if value > 0 else "less"
    if rounds_to_zero(value, decimals):
        return "practically nothing"
    if rounds_to_zero(other, decimals):
        return f"{text} {direction}"
    return f"{text} {direction}, the other way" if value * other < 0 else text


def _of_the_intercept(comparison: Comparison, frame: pd.DataFrame | None) -> Headline:
    """The headline about the intercept: the mean where there are no predictors, else where all of them are 0."""
    ols, mixed, one = comparison.ols, comparison.mixed, literal(noun(comparison.group))
    outcome, what = comparison.design.names[-1], "mean"
    if comparison.design.fixed:
        what = "intercept of"
    decimals = headline_decimals(comparison, comparison.constant)
    a, b = (number(float(fit.params[comparison.constant]), decimals=decimals) for fit in (ols, mixed))
    se_a, se_b = (
        float(inference_row(comparison, model, comparison.constant, frame)["se"])
        for model in (Model.OLS, comparison.formula_model)
    )
    title = f"OLS puts the {what} {outcome} at {a}, the mixed model at {b}."
    if models_agree(comparison, comparison.constant, mixed):
        title = f"OLS and the mixed model both put the {what} {outcome} at {b}."
    errors = f"Its standard error is {number(se_a)} under OLS and {number(se_b)} in the mixed model"
    if number(se_a) == number(se_b):
        errors = f"Its standard error is {number(se_a)} in both"
    if comparison.formula_model == Model.SEVERAL:
        return Headline(title, f"{_together(comparison, comparison.constant, frame)}{errors}.")
    average = ""
    if (
        not comparison.design.fixed and not models_agree(comparison, comparison.constant, mixed)
    ) or not comparison.moments.same_sizes:
        average = f"{group_weights_sentence(comparison)} "
    cause = "."
    if within_group_correlation(comparison).offsetting and not equal_outcome_means(comparison):
        cause = (
            f". But rows of the same {one} offset each other (their residuals' correlation is "
            f"{number(within_group_correlation(comparison).value, 2)}), so the mean is known better than either says. A random intercept's "
            "variance stops at 0; cluster-robust errors have no such limit."
        )
    elif se_b > 1.02 * se_a:
        cause = f", because rows of the same {one} are alike and count for less than independent rows."
    return Headline(title, " ".join(filter(None, (f"{average}{errors}{cause}", _singular(comparison)))))


def _without_coefficients(comparison: Comparison) -> Headline:
    """The headline of a model of random effects alone, about a mean of 0: what is compared is how the outcome is spread."""
    outcome, mixed = comparison.design.names[-1], comparison.mixed
    mean = "0" if comparison.design.offset is None else "its offset"
    title = f"There is no coefficient to compare: the formula takes the mean of {outcome} to be {mean}."
    between = listed([f"**{literal(plural(f))}**" for f in comparison.factors])
    all_of_it, left = number(comparison.ols.sigma), number(mixed.sigma)
    reason = (
        f"OLS leaves all of {literal(outcome)} to its residuals, of standard deviation {all_of_it} about {mean}. The mixed model gives "
        f"a part to random effects of {between} and leaves residuals of standard deviation {left}. Unless {mean} is known to be the "
        "mean, as 0 may be of differences, write ~ 1 in place of ~ 0."
    )
    return Headline(title, reason)
