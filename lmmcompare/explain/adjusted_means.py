"""Adjusted means, their differences and simple slopes in sentences made from the numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..assess.adjusted_means import AdjustedMeans, level_words
from ..comparison.comparison import Comparison
from ..inference.t_tests import two_sided
from ..model_catalogue import Model
from ..models.marginal.estimates import MarginalEstimates
from ..models.marginal.johnson_neyman import JohnsonNeyman
from ..text.labels import literal, model_phrase, noun, plural
from ..text.numbers import brief, decimals_for, number, p_value, with_interval
from .clustered_errors import clusters_sentence
from .coefficient_spreads import has_random_slope, slope_of_differs, slopes_differ
from .facts import facts
from .fixed_groups import fixed_groups_sentence
from .negative_correlation import is_hidden, within_group_correlation
from .predictor_level import Level
from .structure_choice import structure_choice
from .within_between import PLAIN

ADJUSTED = {
    "tukey": "Tukey’s method",
    "dunnettx": "an approximation of Dunnett’s method",
    "holm": "Holm’s method (intervals by Bonferroni’s, as Holm’s has none: one may hold 0 where p is below 0.05)",
    "bonferroni": "Bonferroni’s method",
}


def differences_sentence(comparison: Comparison, result: AdjustedMeans) -> str:
    """The largest difference by the model to report, with its interval and p value, and what OLS, or the formula's, has in its place."""
    question, table = result.question, result.differences() if result.contrasts else pd.DataFrame()
    what = (
        f"slope of {result.question.predictor}"
        if result.slopes
        else f"adjusted mean of {comparison.design.response_name}"
    )
    if table.empty:
        return _one_sentence(comparison, result, what)
    by_model = {model: rows.reset_index(drop=True) for model, rows in table.groupby("model", sort=False)}
    model = _model_to_report(comparison)
    rows = by_model[model]
    known = rows[rows["estimate"].notna()]
    if known.empty:
        return f"No difference between these can be estimated: {_reason(comparison, result.contrasts[model])}."
    first = int((known["statistic"].abs() if question.family == "poly" else known["estimate"].abs()).idxmax())
    largest = known.loc[first]
    decimals = decimals_for(float(largest["se"]))
    inside = question.by and not result.slopes
    where = f" at {level_words(question.by, largest[question.by])}" if inside else ""
    kind = "contrast" if question.family == "poly" else "difference"
    several, kind = len(known) > 1, f"estimable {kind}" if len(known) < len(rows) else kind
    start = f"The largest of {len(known)} {kind}s" if several else f"The {'only ' if len(rows) > 1 else ''}{kind}"
    told = f"{_with_interval(largest, decimals)[:-1]}, {p_value(float(largest['p']))})"
    sentence = f"{start} in the {what}, {largest['words']}{where}, is {told} by {_named(model)}"
    if model == Model.OLS_ROBUST:
        sentence += _hidden(comparison, by_model[comparison.formula_model].loc[first], decimals)
    elif np.isfinite((other := by_model[Model.OLS_ROBUST].loc[first])["estimate"]):
        value = number(float(other["estimate"]), decimals=decimals)
        has_error = np.isfinite(other["p"])
        sentence += f". {_named(Model.OLS_ROBUST)} has {value} ({p_value(float(other['p'])) if has_error else 'it rests on one group'})"
    family = result.contrasts[model]
    rank = int(np.linalg.matrix_rank(family.rows))
    if family.adjust != "none" and max(len(f) for f in family.families) > 1:
        inside_of = f" at each {question.by}" if inside else ""
        sentence += f". P values and intervals allow for all contrasts{inside_of} at once, by {ADJUSTED[family.adjust]}"
        if len(rows) > 1 and rank == 1:
            own = p_value(float(two_sided(largest["statistic"], largest["df"])))
            sentence += (
                f", which is more than they need here: all are multiples of one coefficient, whose own test has {own}"
            )
        elif inside and rank > max(np.linalg.matrix_rank(family.rows[f]) for f in family.families):
            sentence += f", not for its being the largest of those at every {question.by}"
    elif several and rank > 1:  # else all are multiples of one
        sentence += f". It was picked as the largest of {len(known)}, which its p value and interval do not allow for"
    return f"{sentence}.{_uncounted(comparison, question.predictor, model)}"


def _reason(comparison: Comparison, estimates: MarginalEstimates) -> str:
    """Why nothing can be estimated, as a clause with the coefficient that is left out, where that is a combination of others."""
    reason = str(estimates.not_estimable.iloc[0])
    combined = [
        one.label for one in comparison.design.aliased if one.reason == reason and reason.startswith("equal to")
    ]
    return f"“{combined[0]}” is {reason}" if combined else reason


def _one_sentence(comparison: Comparison, result: AdjustedMeans, what: str) -> str:
    frame, model = result.frame().set_index("model"), _model_to_report(comparison)
    rows = frame.loc[[model]]
    if len(rows) > 1:
        return f"No {result.question.by} has two levels of {result.question.predictor}, so there is no difference within one."
    row = rows.iloc[0]
    if not np.isfinite(row["estimate"]):
        return f"The {what}, the other predictors held alike, cannot be estimated: {_reason(comparison, result.estimates[model])}."
    decimals = decimals_for(float(row["se"]))
    sentence = f"The {what} is {_with_interval(row, decimals)} by {_named(model)}"
    if model == Model.OLS_ROBUST:
        sentence += _hidden(comparison, frame.loc[[comparison.formula_model]].iloc[0], decimals)
    blended = _blended(comparison, result.question.predictor) if result.slopes else ""
    return f"{sentence}.{_uncounted(comparison, result.question.predictor, model)}{blended}"


def _blended(comparison: Comparison, predictor: str) -> str:
    """Says that a slope mixes one within groups with another between them, where they plainly differ."""
    if predictor not in comparison.ols.names:
        return ""
    of = facts(comparison, predictor)
    if of.level is not Level.BOTH or of.by_rows_alone or not of.contrast_p < PLAIN:
        return ""
    groups = plural(comparison.group)
    return (
        f" It blends two slopes that differ ({p_value(of.contrast_p)}), one within {groups} and one between them: see “Which {predictor} "
        "coefficient to report”."
    )


def _model_to_report(comparison: Comparison) -> Model:
    """The formula's own model, unless the data call for structured residuals or its random intercept hides how rows offset each other."""
    choice = structure_choice(comparison)
    if choice is not None and choice.preferred:
        return Model.STRUCTURED
    return Model.OLS_ROBUST if is_hidden(comparison) else comparison.formula_model


def _uncounted(comparison: Comparison, predictor: str, model: Model) -> str:
    """Says that a random intercept's interval takes for one what by AIC differs between groups; empty where it does not."""
    if model != Model.RANDOM_INTERCEPT or not slopes_differ(comparison):
        return ""
    own = [
        n for n in comparison.design.fixed_names if any(p.subject == predictor for p in comparison.coefficient(n).parts)
    ]
    differing = predictor if any(has_random_slope(comparison, name) for name in own) else None
    if differing is None:  # of arm × week, where the slope of week differs
        part = next(filter(None, (slope_of_differs(comparison, name) for name in own)), None)
        differing = None if part is None else comparison.coefficient(part).label
    if differing is None:
        return ""
    return (
        f" By AIC the effect of {differing} differs between {plural(comparison.group)}, which that interval does not count: the "
        "cluster-robust one does, and so would a random slope in the formula."
    )


def _named(model: Model) -> str:
    return "OLS with cluster-robust errors" if model == Model.OLS_ROBUST else model_phrase(model)


def _hidden(comparison: Comparison, row: pd.Series, decimals: int) -> str:
    """What the formula's model has, where its interval is not to be reported, and why."""
    value = number(within_group_correlation(comparison).value, 2)
    return (
        f". {_named(comparison.formula_model).capitalize()} has {_with_interval(row, decimals)}, as if rows of one "
        f"{noun(comparison.group)} were independent, and they offset each other (their residuals correlate by {value})"
    )


def _with_interval(row: pd.Series, decimals: int) -> str:
    return with_interval(row["estimate"], row["lower"], row["upper"], decimals)


def region_sentence(model: Model, region: JohnsonNeyman) -> str:
    """Where a model's effect differs from zero, for one value and for all at once."""
    low, high = map(brief, region.range)
    effect = f"By {model_phrase(model)} the {region.effect} differs from 0"
    one, every = region.where(region.pointwise), region.where(region.simultaneous)
    data = f"{region.moderator} is {low} to {high} in the data"
    if one == every:
        return f"{effect} {one}, taken by itself and for all values at once ({data})."
    return f"{effect} {every}, for all values at once ({data}). For one value chosen beforehand it does {one}."


def notes_sentences(comparison: Comparison, result: AdjustedMeans) -> list[str]:
    """What was averaged or held, what cannot be estimated, and which errors each model has."""
    own = result.estimates[comparison.formula_model]
    alone = len(own.frame) == 1  # then the sentence says why
    lost = [] if alone else [f"{name} cannot be estimated: {reason}." for name, reason in own.not_estimable.items()]
    untold = (fixed_groups_sentence(comparison, t) for t in comparison.design.names)
    words = [*own.notes, *lost, *[s for s in dict.fromkeys(untold) if s]]
    errors = [f"{model.label}: {one.estimator.words}" for model, one in result.estimates.items()]
    last = literal(f"Errors and degrees of freedom. {'; '.join(errors)}.")
    return [*map(literal, words), f"{last} {clusters_sentence(comparison)}".strip()]
