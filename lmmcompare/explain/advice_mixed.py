"""The mixed model's number as an answer, and where OLS with clustered errors answers in its place."""

from __future__ import annotations

from ..assess.outcome_notes import is_share
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import an, literal, model_phrase
from .advice_dummies import EstimateText
from .boundary_intervals import boundary_clause
from .coefficient_spreads import NO_INTERCEPT, has_random_slope, lacks_intercept, slope_of_differs, slopes_differ
from .coefficient_words import Words
from .inference_rows import contextual_model
from .lone_group import lone_group
from .negative_correlation import is_hidden
from .predictor_level import Level, level
from .structure_choice import structure_choice


def estimate_of_model(comparison: Comparison, term: str, estimate_text: EstimateText) -> str:
    """The number of the formula's own model, or of the one that the data call for in its place."""
    model = comparison.formula_model
    choice = structure_choice(comparison)
    if choice is not None and choice.preferred:
        model = Model.STRUCTURED
    elif model == Model.RANDOM_INTERCEPT and slopes_differ(comparison):
        sloped = has_random_slope(comparison, term) or slope_of_differs(comparison, term) is not None
        model = Model.RANDOM_SLOPE if sloped else model
        if (
            term != comparison.constant
            and (place := level(comparison, comparison.column_of(term))).level is Level.CONTEXTUAL
        ):
            model = contextual_model(comparison, place)
    return f"{estimate_text(model)}, {model_phrase(model)}"


def mixed_or_robust(comparison: Comparison, term: str, words: Words, estimate_text: EstimateText) -> tuple[str, str]:
    """The mixed model's number; that of OLS, with errors that allow for it, where rows of a group offset each other.

    Both estimates are then the same, the random intercept's variance being 0, but its standard error is wrong.
    """
    choice = structure_choice(comparison)
    if lacks_intercept(comparison) and lone_group(comparison, term) is None:
        return f"{estimate_text(Model.OLS_ROBUST)}, OLS with cluster-robust errors", f" {NO_INTERCEPT}"
    if (
        (choice is not None and choice.preferred)
        or not is_hidden(comparison)
        or lone_group(comparison, term) is not None
    ):
        plain = " Its interval takes the scatter to be the same about every share." if is_share(comparison) else ""
        answer = estimate_of_model(comparison, term, estimate_text)
        if model_phrase(comparison.formula_model) in answer:
            plain += boundary_clause(comparison, term, words)
        return answer, plain
    return (
        f"{estimate_text(Model.OLS_ROBUST)}, OLS with cluster-robust errors",
        f" The mixed model gives the same estimate, but its interval takes rows of {literal(an(comparison.group))} to be independent, "
        "and here they offset each other.",
    )
