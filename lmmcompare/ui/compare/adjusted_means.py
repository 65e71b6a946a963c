"""The tab of adjusted means: which predictor, at which values of another, which contrasts; results are cached for all sessions."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ...assess.adjusted_means import (
    FAMILIES,
    AdjustedMeans,
    MeansQuestion,
    adjusted_means,
    adjustments,
    available_predictors,
    default_question,
    families,
    has_levels,
    opening_question,
    possible_moderators,
)
from ...comparison.comparison import Comparison
from ...errors import LmmCompareError
from ...inference.error_methods import ErrorMethods
from ...inference.multiplicity import Adjustment
from ...models.marginal.grid import Weights
from ...panels import Panel
from ...panels.adjusted_means import adjusted_means as means_of
from ...panels.adjusted_means import johnson_neyman
from ...share.view_parameters import NONE
from ..kit import address_widgets
from ..kit.page_elements import explain_error, heading
from ..kit.panel import show
from ..server import comparison_cache
from ..server.cache import cached
from ..session.state import Analysis
from .inference import inferred

ADJUSTMENTS: dict[Adjustment, str] = {
    "tukey": "Tukey",
    "dunnettx": "Dunnett (approximate)",
    "holm": "Holm",
    "bonferroni": "Bonferroni",
    "none": "none",
}
WEIGHTS: dict[Weights, str] = {"equal": "each level the same", "proportional": "by their shares of rows"}


@cached(200, spinner="Adjusted means…")
def _answer(table: str, formula: str, reml: bool, question: MeansQuestion, methods: ErrorMethods) -> AdjustedMeans:
    comparison = comparison_cache.comparison(table, formula, reml)
    return adjusted_means(comparison, question, methods)


@cached(200)
def _panels(
    table: str, formula: str, reml: bool, question: MeansQuestion, methods: ErrorMethods, _result: AdjustedMeans
) -> tuple[Panel | None, ...]:
    comparison = comparison_cache.comparison(table, formula, reml)
    return means_of(comparison, _result), johnson_neyman(comparison, _result)


def means_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The controls, what the models answer, and where along the second predictor an effect is not zero."""
    question = chosen(comparison)
    if question is None:
        heading("Adjusted means", "Every predictor has too many levels for its means to be seen beside each other.")
        return
    controls(analysis, comparison, question)
    methods = inferred(analysis, comparison).methods
    try:
        result = _answer(*analysis.key, question, methods)
        for panel in _panels(*analysis.key, question, methods, _result=result):
            show(panel, analysis.key)
    except LmmCompareError as error:
        explain_error(error)


def chosen(comparison: Comparison) -> MeansQuestion | None:
    """The question chosen in the controls, as far as the comparison can answer it; None if it has no predictor for one."""
    words, first = address_widgets.details(), opening_question(comparison)
    if first is None:
        return None
    question = (
        default_question(comparison, words["means"])
        if words.get("means") in available_predictors(comparison)
        else first
    )
    across = words.get("across", question.by)
    if across == NONE or across in possible_moderators(comparison, question.predictor):
        question = replace(question, by="" if across == NONE else across)
    kinds = families(comparison, question)
    family = next((k for k in kinds if k == words.get("contrasts")), kinds[0] if kinds else question.family)
    methods = adjustments(family)
    adjust = next((k for k in methods if k == words.get("adjust") and len(kinds) > 1), methods[0])
    weights = next((w for w in WEIGHTS if w == words.get("averages")), question.weights)
    return replace(question, family=family, adjust=adjust, weights=weights)


def controls(analysis: Analysis, comparison: Comparison, question: MeansQuestion) -> None:
    """Pick lists for a question, set to it; each is there only where it has something to choose."""
    own, names, first = (
        f"{analysis.table} {analysis.formula}",
        available_predictors(comparison),
        opening_question(comparison),
    )
    assert first is not None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.selectbox(
            "Adjusted means or slope of",
            names,
            width=230,
            format_func=lambda n: n if has_levels(comparison, n) else f"{n} (slope)",
            **address_widgets.one_of("means", f"means of {own}", names, first.predictor),
        )
        start = default_question(comparison, question.predictor).by
        options = ["", *possible_moderators(comparison, question.predictor)]
        st.selectbox(
            "at each value of",
            options,
            width=200,
            format_func=lambda n: n or "nothing else",
            **address_widgets.one_of(
                "across", f"means by {own} {question.predictor}", options, start, lambda n: n or NONE
            ),
        )
        kinds = families(comparison, question)
        if len(kinds) > 1:
            keeps = address_widgets.one_of("contrasts", f"means contrasts {own} {question.predictor}", kinds, kinds[0])
            st.selectbox("Differences", kinds, width=180, format_func=FAMILIES.__getitem__, **keeps)
            methods = adjustments(question.family)
            keeps = address_widgets.one_of("adjust", f"means adjust {own} {question.family}", methods, methods[0])
            st.selectbox("Adjusted for several", methods, width=190, format_func=ADJUSTMENTS.__getitem__, **keeps)
        if any(n not in (question.predictor, question.by) and has_levels(comparison, n) for n in names):
            keeps = address_widgets.one_of("averages", f"means weights {own}", list(WEIGHTS), "equal")
            st.selectbox("Levels averaged over", list(WEIGHTS), width=210, format_func=WEIGHTS.__getitem__, **keeps)
