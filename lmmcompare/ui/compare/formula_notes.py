"""Remarks on the answer's coefficient and on the formula, with the formula that a reader may have meant a click away."""

from __future__ import annotations

import streamlit as st

from ...assess.formula_notes import remarks
from ...comparison.comparison import Comparison
from ...explain.coefficient_remarks import coefficient_remarks
from ...formula.spec import columns_of
from ...text.labels import literal
from ..data.type_offers import order_offer
from ..kit.page_elements import note, plain
from ..server import comparison_cache, table_sources
from ..session import state


def remarks_panel(analysis: state.Analysis, comparison: Comparison, term: str) -> None:
    """Draw the remarks on this coefficient, on the order of levels and on the session's formula, if there are any."""
    for sentence in coefficient_remarks(comparison, term):
        note(f"**Note.** {sentence}")
    for k, remark in enumerate(remarks(comparison)):
        with st.container(key=f"remark-{k}", gap=None):
            note(f"**Note.** {literal(remark.sentence)}")
            if remark.formula:
                st.button(
                    plain(remark.action),
                    key=f"take up {k}",
                    type="tertiary",
                    icon=":material/arrow_forward:",
                    on_click=state.change,
                    kwargs={"formula": remark.formula},
                )
    if not table_sources.is_sample(analysis.table):
        predictors = {name for factor in comparison.spec.factors for name in columns_of(factor)}
        for name in comparison_cache.frame(analysis.table).columns.intersection(list(predictors)):
            order_offer(analysis, name)
