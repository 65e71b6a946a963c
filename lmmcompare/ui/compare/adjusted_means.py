"""The tab of adjusted means: which predictor, at which values of another, which contrasts; each answer worked out once for all readers."""

from __future__ import annotations

import streamlit as st

from ...assess.adjusted_means import (
    FAMILIES,
    AdjustedMeans,
    MeansQuestion,
    adjusted_means,
    adjustments,
    asked_about,
    families,
    has_levels,
    offered,
    opening_question,
    partners,
)
from ...comparison.compare import Comparison
from ...errors import LmmCompareError
from ...inference.contrast_families import Family
from ...inference.multiplicity import Adjustment
from ...inference.robust import Kind
from ...models.marginal.grid import Weights
from ...panels.adjusted_means import adjusted_means as means_of
from ...panels.adjusted_means import johnson_neyman
from ...share.choices import NONE
from ..kit import bound_widgets
from ..kit.panel import show
from ..kit.shell import explain_error, heading, plain
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
def _answer(
    table: str, formula: str, reml: bool, question: MeansQuestion, kenward_roger: bool, robust: Kind
) -> AdjustedMeans:
    comparison = comparison_cache.comparison(table, formula, reml)
    return adjusted_means(comparison, question, kenward_roger=kenward_roger, robust=robust)


def means_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The controls, what the models answer, and where along the second predictor an effect is not zero."""
    question = asked(analysis, comparison)
    if question is None:
        heading("Adjusted means", "Every predictor has too many levels for its means to be seen beside each other.")
        return
    display = inferred(analysis, comparison)
    try:
        result = _answer(*analysis.key, question, display.kenward_roger, display.robust)
        show(means_of(comparison, result), analysis.key)
        show(johnson_neyman(comparison, result), analysis.key)
    except LmmCompareError as error:
        explain_error(error)


def asked(analysis: Analysis, comparison: Comparison) -> MeansQuestion | None:
    """What is asked, by the controls; None where nothing can be."""
    first = opening_question(comparison)
    if first is None:
        return None
    own = f"{analysis.table} {analysis.formula}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        of: str = st.selectbox(
            "Adjusted means or slope of",
            names := offered(comparison),
            width=230,
            format_func=lambda n: plain(n if has_levels(comparison, n) else f"{n} (slope)"),
            **bound_widgets.one_of("means", f"means of {own}", names, first.of),
        )
        start, others = asked_about(comparison, of), partners(comparison, of)
        by: str = st.selectbox(
            "at each value of",
            options := ["", *others],
            width=200,
            format_func=lambda n: plain(n) or "nothing else",
            **bound_widgets.one_of("across", f"means by {own} {of}", options, start.by, lambda n: n or NONE),
        )
        question = MeansQuestion(of, by)
        offered_families = families(comparison, question) or ["revpairwise"]
        family: Family = offered_families[0]
        if len(offered_families) > 1:
            keeps = bound_widgets.one_of("contrasts", f"means contrasts {own} {of}", offered_families, family)
            family = st.selectbox("Differences", offered_families, width=180, format_func=FAMILIES.__getitem__, **keeps)
        adjust: Adjustment = adjustments(family)[0]
        if len(offered_families) > 1:
            keeps = bound_widgets.one_of("adjust", f"means adjust {own} {family}", adjustments(family), adjust)
            adjust = st.selectbox(
                "Adjusted for several", adjustments(family), width=190, format_func=ADJUSTMENTS.__getitem__, **keeps
            )
        weights: Weights = "equal"
        if len([n for n in offered(comparison) if n not in (of, by) and has_levels(comparison, n)]):
            keeps = bound_widgets.one_of("averages", f"means weights {own}", list(WEIGHTS), weights)
            weights = st.selectbox(
                "Levels averaged over", list(WEIGHTS), width=210, format_func=WEIGHTS.__getitem__, **keeps
            )
    return MeansQuestion(of, by, family, adjust, weights)
