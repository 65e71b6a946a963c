"""What if the random effects are not normal? The fit without a normal distribution, and which effect is drawn."""

from __future__ import annotations

import streamlit as st

from ...assess.normality_check import NormalityCheck, normality_matters
from ...comparison.comparison import Comparison
from ...errors import LmmCompareError
from ...inference.nonparametric import most_groups
from ...panels.mass_points import QUESTION, without_normality
from ..kit import address_widgets
from ..kit.page_elements import heading, plain
from ..kit.panel import body, head
from ..server.cache import cached
from ..session.state import Analysis

MANY = 2_000
"""With more groups than this, a second or so, it is fitted on request."""


@cached(50, spinner="Fitting without the normal distribution…")
def _any_distribution(table: str, formula: str, _comparison: Comparison) -> NormalityCheck | LmmCompareError:
    """For REML too: it is by maximum likelihood either way."""
    try:
        return normality_matters(_comparison.one_factor)
    except LmmCompareError as error:
        return error


def not_normal_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The same model with random effects of any distribution, on request where there are many groups."""
    n_groups = comparison.moments.n_groups
    if MANY < n_groups <= most_groups(len(comparison.one_factor.random_names)):
        heading(QUESTION, f"A fit without a normal distribution takes a moment for {n_groups:,} groups.")
        if not st.toggle("Fit it", **address_widgets.switch("anyhow", "not normal")):
            return
    result, term, above = _any_distribution(analysis.table, analysis.formula, comparison), "", st.container()
    if isinstance(result, NormalityCheck):
        terms = [t for t in result.points.columns if t != "mass"]
        term = terms[0]
        if len(terms) > 1:
            term = st.segmented_control(
                "Random effect drawn",
                terms,
                required=True,
                format_func=lambda t: plain(comparison.coefficient(t).random_phrase),
                label_visibility="collapsed",
                **address_widgets.one_of("masses", f"masses of {comparison.formula_model}", terms, term),
            )
    panel = without_normality(comparison, result, term)
    with above:
        head(panel)
    body(panel, analysis.key)
