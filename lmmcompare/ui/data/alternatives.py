"""What else may be meant where the comparison is a guess: buttons, each with its sentence."""

from __future__ import annotations

import streamlit as st

from ...data.suggest import Suggestion
from ...errors import DataError, LmmCompareError
from ...formula import edit
from ...formula.parser import parse
from ...text.labels import literal
from ..kit.page_elements import explain_error, note, plain
from ..server import comparison_cache
from ..server.waiting import go_on
from ..session import state
from ..session.state import Analysis


def alternatives_panel(analysis: Analysis) -> None:
    """The other guesses, as long as the reader looks at one of them: a click opens it; what cannot be fitted says why."""
    first = comparison_cache.suggestion(analysis.table).formula or ""
    guess = _guess(analysis)
    if guess is None:
        return
    offered = {guess.formula or "": "The likeliest of this outcome."}
    offered |= {alternative.formula: alternative.sentence for alternative in guess.alternatives}
    if analysis.formula != first:
        offered = {first: "The first guess.", **{k: v for k, v in offered.items() if k != first}}
    offered.pop(analysis.formula, None)
    outcomes = _other_outcomes(analysis)
    by_button = {edit.outcome_column(parse(formula)) for formula in offered}
    if not offered and not outcomes:
        return
    note("Or choose another:")
    with st.container(key="alternatives", gap="xsmall"):
        _alternative_buttons(analysis, offered)
        if not by_button.issuperset(outcomes):
            _outcome_picker(analysis, outcomes)


def _guess(analysis: Analysis) -> Suggestion | None:
    """The guess that the reader looks at, or one of whose alternatives: of the outcome that was chosen, else the first."""
    if not analysis.formula:
        return None
    first = comparison_cache.suggestion(analysis.table)
    outcome = edit.outcome_column(analysis.spec)
    of_outcome = first if outcome == first.outcome else comparison_cache.suggestion(analysis.table, outcome)
    for guess in (of_outcome, first):
        if analysis.formula in (guess.formula, *(other.formula for other in guess.alternatives)):
            return guess
    return None


def _other_outcomes(analysis: Analysis) -> list[str]:
    """Columns that somebody may choose as the outcome: those of numbers that are not, and that name no groups."""
    taken = {edit.outcome_column(analysis.spec), *(name for group in analysis.spec.groupings for name in group)}
    infos = comparison_cache.columns(analysis.table)
    usable = [info for info in infos if (info.is_number or info.is_truth) and info.n_unique > 1]
    return [info.name for info in usable if info.name not in taken]


def _outcome_picker(analysis: Analysis, outcomes: list[str]) -> None:
    """Another outcome, with what is guessed of it then."""
    key = f"another outcome {analysis.table} {analysis.formula}"  # of its own for each, so that it begins empty
    chosen = st.selectbox("Another outcome", outcomes, None, key=key, placeholder="choose one")
    if chosen is not None:
        guess = comparison_cache.suggestion(analysis.table, chosen)
        _open(analysis, guess.formula or "", guess.reasons["group"])


def _alternative_buttons(analysis: Analysis, offered: dict[str, str]) -> None:
    for position, (formula, sentence) in enumerate(offered.items()):
        with st.container(key=f"alternative-{position}", gap=None):
            clicked = st.button(
                plain(formula), key=f"alternative {formula}", type="tertiary", icon=":material/alt_route:"
            )
            note(literal(sentence))
        if clicked:
            _open(analysis, formula)


def _open(analysis: Analysis, formula: str, why_not: str = "") -> None:
    """Look at another comparison, or say why it cannot be fitted."""
    try:
        if not formula:
            raise DataError(why_not, "Choose the outcome and the groups on the Compare page.")
        go_on((analysis.table, formula, analysis.reml))
        comparison_cache.comparison(analysis.table, formula, analysis.reml)
    except LmmCompareError as error:
        explain_error(error)
    else:
        state.open_analysis(Analysis(analysis.table, formula, analysis.reml))
        st.rerun()
