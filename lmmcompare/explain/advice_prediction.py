"""What is to be expected of a known group, or of a new one: which model's number, and why that one."""

from __future__ import annotations

from ..assess.prediction_grid import predicting_models
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import an, literal, model_phrase, noun, plural
from ..text.numbers import number, p_value
from .advice_dummies import EstimateText
from .advice_mixed import mixed_or_robust
from .coefficient_spreads import slopes_differ
from .coefficient_words import Words
from .effect_phrases import noun_of
from .facts import facts
from .implied_ols_error import factors_beyond_clusters
from .negative_correlation import within_group_correlation
from .structure_choice import structure_choice

SURE = 0.001
"""Two slopes are said to differ where chance alone would make them so different less often than this."""


def prediction_answer(comparison: Comparison, term: str, words: Words, estimate_text: EstimateText) -> tuple[str, str]:
    """The number, with the model that it is of, and the reason."""
    of, one = facts(comparison, term), literal(noun(comparison.group))
    name, choice = literal(comparison.coefficient(term).label), structure_choice(comparison)
    preferred = choice is not None and choice.preferred
    # with further factors it leaves out what these explain, and the model that has it is no blend of its two slopes
    predicts = comparison.formula_model != Model.SEVERAL and Model.WITHIN_BETWEEN in predicting_models(comparison)
    apart = comparison.mean_name(term) is not None and words.contrast_p < 0.05 and not of.by_rows_alone
    differ, groups = apart and predicts, literal(plural(comparison.group))
    seem, p, blends = "differ" if words.contrast_p < SURE else "seem to differ", p_value(words.contrast_p), ""
    if apart and not predicts and not factors_beyond_clusters(comparison):
        blends = (
            f" It is one number for two {noun_of(comparison, term)}s that {seem} ({p}), one within {groups} and one between them: for a "
            f"row of which the {one}’s mean is known too, a model with that mean as a predictor says more."
        )
    worse = _worse_than_slopes(comparison) if differ else ""
    if worse:
        blends = (
            f" It blends the slopes of {name} within and between {groups}, which {seem} ({p}); within–between keeps them apart, but lets "
            f"no slope vary between {groups} and fits worse (AIC {worse})."
        )
    if differ and not blends:
        own = f"The mixed model without it, {estimate_text(comparison.formula_model)}, blends the two"
        if preferred:
            own += (
                f", and so does {model_phrase(Model.STRUCTURED)}. Within–between takes residuals to be independent and of one variance: "
                "its interval, and p, leave out what the structure found"
            )
        own += "."
        return (
            f"Within–between: {estimate_text(Model.WITHIN_BETWEEN)} for {name} and its {one} mean beside it",
            f"The two slopes {seem} here ({p}), so {literal(an(comparison.group))}'s mean of {name} tells something "
            f"that the {name} of a row does not. {own}",
        )
    answer, reason = mixed_or_robust(comparison, term, words, estimate_text)
    if (
        worse and model_phrase(Model.RANDOM_INTERCEPT) in answer
    ):  # which lets no slope vary either: here it is another predictor's
        answer, reason = f"{estimate_text(Model.RANDOM_SLOPE)}, {model_phrase(Model.RANDOM_SLOPE)}", ""
    if preferred:
        return answer, f"A new {one} is expected on its line. {_known_beside_line(comparison, one)}{blends}"
    how = f"A known {one} is predicted from its own rows and the others', a new one from the line of an average {one}."
    by_slopes = comparison.formula_model == Model.RANDOM_INTERCEPT and model_phrase(Model.RANDOM_SLOPE) in answer
    if comparison.mixed.unidentified:
        how = f"The fixed part has a coefficient for each {one}: it predicts those {groups}, and nothing tells where a new one lies."
    elif not by_slopes and (none := _no_variance(comparison)):
        how = f"{none} is estimated as 0, so a known {one} is predicted as a new one is, from the common line."
    return answer, f"{how}{reason}{blends}"


def _no_variance(comparison: Comparison) -> str:
    """What has no variance, so that no group's own rows tell anything beyond the common line; empty where something varies."""
    groups = literal(plural(comparison.group))
    if comparison.formula_model == Model.RANDOM_INTERCEPT and within_group_correlation(comparison).variance_is_zero:
        return f"The variance between {groups}"
    of_slopes = comparison.formula_model == Model.RANDOM_SLOPE
    return (
        f"Every variance between {groups}"
        if of_slopes and not comparison.mixed.cov_re[comparison.group].any(axis=None)
        else ""
    )


def _worse_than_slopes(comparison: Comparison) -> str:
    """Both AIC where within-between, a random intercept, falls behind the random slopes; else empty."""
    if not slopes_differ(comparison):
        return ""
    within_between, slopes = (float(comparison.by_ml[m].aic) for m in (Model.WITHIN_BETWEEN, Model.RANDOM_SLOPE))
    if not within_between - slopes > 2:  # nor where either has no AIC
        return ""
    return f"{number(within_between, decimals=1)} against {number(slopes, decimals=1)} with random slopes"


def _known_beside_line(comparison: Comparison, one: str) -> str:
    """What of a known group's next row is expected beside its line, by the structure of the residuals."""
    fit = comparison.structured
    assert fit is not None
    if fit.correlation is None:
        return f"A single row’s prediction interval has the residual variance of its own {literal(fit.variance or '')}."
    return f"A single row of a known {one} is expected beside it, by the residuals’ correlation with the {one}’s other rows: see Predict."
