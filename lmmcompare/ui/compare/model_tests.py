"""The tab “Which model?”: its panels with the choices that a reader has."""

from __future__ import annotations

from typing import get_args

import pandas as pd
import streamlit as st

from ...assess.candidate_structures import fit_candidate_structures
from ...assess.hypotheses import Ddf, Type, anova
from ...assess.icc_by_row import icc_at
from ...assess.model_choice import WhichModel, which_model
from ...assess.related_structures import Nugget, nugget
from ...assess.reml_ml import reml_and_ml, reml_sentence
from ...assess.residual_structures import StructureComparison
from ...assess.structured_shares import structured_shares
from ...assess.variance_explained import design_effects, predictor_icc, shares
from ...comparison.comparison import Comparison
from ...errors import LmmCompareError
from ...explain.residual_structure import sampled_rows_sentence
from ...panels import Panel
from ...panels import model_tests as panels
from ...panels.residual_structures import residual_structures
from ...tables.inference import Inferred
from ..kit import address_widgets
from ..kit.page_elements import explain_error, note
from ..kit.panel import body, head, show
from ..server import comparison_cache
from ..server.cache import cached
from ..session.state import Analysis
from ..session.views import View

METHODS: dict[Ddf, str] = {
    "satterthwaite": "F, Satterthwaite",
    "kenward-roger": "F, Kenward–Roger",
    "chi-square": "Wald χ²",
}


@cached(100, spinner="Testing models against each other…")
def _tests(table: str, formula: str, reml: bool, ddf: Ddf) -> WhichModel:
    return which_model(comparison_cache.comparison(table, formula, reml), ddf)


@cached(200)
def _panel_of_tests(table: str, formula: str, reml: bool, term: str, inferred: Inferred, _result: WhichModel) -> Panel:
    return panels.tests(comparison_cache.comparison(table, formula, reml), term, _result, inferred)


@cached(200, spinner="Testing terms…")
def _anova(table: str, formula: str, reml: bool, kind: Type, ddf: Ddf) -> pd.DataFrame:
    return anova(comparison_cache.comparison(table, formula, reml).mixed, kind, ddf)


@cached(200)
def _panel_of_terms(table: str, formula: str, reml: bool, kind: Type, ddf: Ddf, _result: pd.DataFrame) -> Panel:
    return panels.terms(comparison_cache.comparison(table, formula, reml), _result, kind, ddf)


@cached(100)
def _panel_of_shares(table: str, formula: str, reml: bool) -> Panel:
    comparison = comparison_cache.comparison(table, formula, reml)
    fit = comparison.mixed
    return panels.shares(
        comparison, shares(fit), design_effects(fit), predictor_icc(fit), icc_at(fit), structured_shares(comparison)
    )


def tests_panel(analysis: Analysis, view: View, display: Inferred) -> None:
    """Each question with its answer and p value; the statistics on request."""
    keeps = address_widgets.switch("tests", "tests open")
    result = _tests(*analysis.key, display.methods.small_sample)
    show(_panel_of_tests(*analysis.key, view.term, display, result), analysis.key, folds={"tests": keeps})


def information_panel(analysis: Analysis, display: Inferred) -> None:
    """AIC, AICc and BIC of the models, and which of them may be ranked."""
    show(panels.information(_tests(*analysis.key, display.methods.small_sample)), analysis.key)


@cached(50, spinner="Fitting structures of the residuals…")
def _structures(table: str, formula: str, reml: bool) -> StructureComparison | None:
    return fit_candidate_structures(comparison_cache.comparison(table, formula, reml), comparison_cache.frame(table))


@cached(50, spinner="Fitting serial correlation with a nugget…")
def _nugget(table: str, formula: str, reml: bool, _structures: StructureComparison) -> Nugget | None:
    return nugget(comparison_cache.comparison(table, formula, reml), comparison_cache.frame(table), _structures)


def structures_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The structures that the residuals may have, where one was asked for."""
    if sentence := sampled_rows_sentence(comparison, "which"):
        note(sentence)
    elif comparison.structured is not None:
        result = _structures(*analysis.key)
        with_nugget = _nugget(*analysis.key, result) if result is not None else None
        show(residual_structures(comparison, result, with_nugget), analysis.key)


@cached(100)
def _reml(table: str, formula: str, reml: bool) -> str:
    comparison = comparison_cache.comparison(table, formula, reml)
    return reml_sentence(comparison, reml_and_ml(comparison))


def reml_panel(analysis: Analysis) -> None:
    """REML beside maximum likelihood, with the numbers of these data."""
    show(panels.reml(_reml(*analysis.key)), analysis.key)


def terms_panel(analysis: Analysis, comparison: Comparison) -> None:
    """Whether each term of the fixed part is needed."""
    if not comparison.design.fixed:
        return
    above = st.container()
    with st.container(horizontal=True, gap="medium"):
        kinds, ddfs = list(get_args(Type))[::-1], [d for d in METHODS if comparison.reml or d != "kenward-roger"]
        kind: Type = st.segmented_control(
            "Type",
            kinds,
            required=True,
            format_func=lambda k: f"Type {k}",
            label_visibility="collapsed",
            **address_widgets.one_of("anova", "anova type", kinds, "III"),
        )
        ddf: Ddf = st.segmented_control(
            "Test",
            ddfs,
            required=True,
            format_func=METHODS.__getitem__,
            label_visibility="collapsed",
            **address_widgets.one_of("test", "anova test", ddfs, "satterthwaite"),
        )
    try:
        result = _anova(*analysis.key, kind, ddf)
    except LmmCompareError as error:
        explain_error(error)
        return
    panel = _panel_of_terms(*analysis.key, kind, ddf, _result=result)
    with above:
        head(panel)
    body(panel, analysis.key)


def shares_panel(analysis: Analysis) -> None:
    """R2, ICC, design effects and effective sample sizes."""
    show(_panel_of_shares(*analysis.key), analysis.key)
