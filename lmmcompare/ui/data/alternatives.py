"""What else may be meant where the comparison is a guess: buttons, each with its sentence."""

from __future__ import annotations

import streamlit as st

from ...errors import LmmCompareError
from ...text.labels import literal
from ..kit.page_elements import explain_error, note, plain
from ..server import comparison_cache
from ..server.waiting import go_on
from ..session import state
from ..session.state import Analysis


def alternatives_panel(analysis: Analysis) -> None:
    """The other guesses, as long as the reader looks at one of them: a click opens it; what cannot be fitted says why."""
    guess = comparison_cache.suggestion(analysis.table)
    offered = {alternative.formula: alternative.sentence for alternative in guess.alternatives}
    first = guess.formula or ""
    if not offered or analysis.formula not in (first, *offered):
        return
    if analysis.formula != first:
        offered = {first: "The first guess.", **offered}
    note("Or compare:")
    with st.container(key="alternatives", gap="xsmall"):
        _alternative_buttons(analysis, offered)


def _alternative_buttons(analysis: Analysis, offered: dict[str, str]) -> None:
    for formula, sentence in offered.items():
        if formula == analysis.formula:
            continue
        with st.container(key=f"alternative-{list(offered).index(formula)}", gap=None):
            clicked = st.button(
                plain(formula), key=f"alternative {formula}", type="tertiary", icon=":material/alt_route:"
            )
            note(literal(sentence))
        if clicked:
            try:
                go_on((analysis.table, formula, analysis.reml))
                comparison_cache.comparison(analysis.table, formula, analysis.reml)
            except LmmCompareError as error:
                explain_error(error)
            else:
                state.open_analysis(Analysis(analysis.table, formula, analysis.reml))
                st.rerun()
