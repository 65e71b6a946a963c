"""The question above the answer: the effect of which predictor, compared with what, on what, and where."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ...comparison.comparison import Comparison
from ...comparison.moderator_values import level_names
from ...explain.effect_question import available_modifiers
from ...explain.question import Question, proposed_baseline, question_of, questions, subjects, where_it_changes
from ...formula import baselines, modifiers
from ...text.labels import literal
from ..kit.page_elements import note, plain, plain_note
from ..server import comparison_cache
from ..session import views
from ..session.state import Analysis
from .question_at import extrapolation_note, place
from .question_parts import MOST_LEVELS, ask, change_formula, pick, with_baseline, word


def question_bar(analysis: Analysis, comparison: Comparison, view: views.View) -> None:
    """Draw the question's parts as pick lists; their state is the formula, the coefficient and `session.views.MODIFIER`."""
    term = view.term
    question = question_of(comparison, term)
    if question is None:
        return
    with st.container(key="question", horizontal=True, vertical_alignment="center", gap="small"):
        word("Effect of")
        asked = subjects(comparison)
        pick("effect of", asked, question.predictor, partial(_ask_about, comparison), "Effect of")
        own = _own(comparison, question)
        if len(own) > 1:
            names = [q.part for q in own]
            pick(
                "its part",
                names,
                question.part,
                lambda name: ask(own[names.index(name)]),
                f"Which of {question.predictor}",
            )
        _compared_with(analysis, comparison, question)
        word("on", comparison.design.names[-1])
        for name in where_it_changes(comparison, term):
            place(analysis, comparison, question, name, view.modifier)
    if proposal := proposed_baseline(comparison, question.predictor):
        _propose(analysis, comparison, question, proposal)
    for name in where_it_changes(comparison, term):
        if name not in (*question.modifiers, view.modifier):
            extrapolation_note(analysis, comparison, name)
    for words in filter(None, (views.question_notice(comparison), views.modifier_notice(question, view))):
        plain_note(words)


def _own(comparison: Comparison, question: Question) -> list[Question]:
    """The questions that differ in the predictor's level or part alone."""
    return [q for q in questions(comparison) if q.predictor == question.predictor and q.changes == question.changes]


def _compared_with(analysis: Analysis, comparison: Comparison, question: Question) -> None:
    """The baseline of a predictor with levels."""
    name, spec, levels = question.predictor, comparison.spec, level_names(comparison, question.predictor)
    named = baselines.baseline_of(spec, name)
    if not levels or (named is None and next(baselines.factors_of(spec, name), None) is None):
        return
    offered = [level for level in comparison_cache.levels(analysis.table, name) if level in levels]
    if not 2 <= len(offered) <= MOST_LEVELS:
        return
    current = named if named in offered else offered[0]
    options = offered
    if named is None:  # another coding than with a baseline
        current = "the average" if modifiers.AVERAGED in str(next(baselines.factors_of(spec, name))) else "its coding"
        options = [current, *offered]

    def compare_with(level: str) -> None:
        if level in offered:
            change_formula(question, lambda spec: with_baseline(analysis, spec, name, level))

    word("compared with")
    pick("compared with", options, current, compare_with, "Compared with")


def _propose(analysis: Analysis, comparison: Comparison, question: Question, level: str) -> None:
    """Draw a button that makes the control level the baseline; it is not changed without a click."""
    first = level_names(comparison, question.predictor)[0]
    with st.container(key="proposal", horizontal=True, vertical_alignment="center", gap="small"):
        note(f"The comparison is with {literal(first)} because it comes first, as in R.")
        st.button(
            f"Compare with {plain(level)}",
            key="propose baseline",
            type="tertiary",
            on_click=change_formula,
            args=(
                question,
                lambda spec: with_baseline(analysis, spec, question.predictor, level),
            ),
        )


def _ask_about(comparison: Comparison, name: str) -> None:
    """The first question about another predictor, told at each value of what it changes with, as a page opens."""
    of_it = [q for q in questions(comparison) if q.predictor == name]
    question = min(of_it, key=lambda q: len(q.changes))
    ask(question)
    views.set_modifier(next(iter(available_modifiers(comparison, question.term)), None))
