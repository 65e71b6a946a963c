"""The question that a page is about: the effect of which predictor, compared with what, and how it changes with another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..comparison.comparison import Comparison
from ..comparison.moderator_values import MOST_SLICES, level_names, levels_of
from ..formula import baselines, modifiers
from ..formula.edit import predictor_columns
from ..text.column_words import is_time, is_treatment
from ..work.memo import memoised


@dataclass(frozen=True)
class Question:
    """Which effect a coefficient is.

    Parameters
    ----------
    part : str
        Its level, or what else tells its coefficients apart; the predictor's own name where it has one.
    base : str
        The level that it is compared with; empty where there is none.
    changes : tuple of (str, str)
        Of an interaction's coefficient the predictors that the effect changes with, each with its level or own name.
    """

    term: str
    predictor: str
    part: str
    base: str = ""
    changes: tuple[tuple[str, str], ...] = ()

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The predictors that it says the change with."""
        return tuple(name for name, _ in self.changes)


@memoised
def questions(comparison: Comparison) -> tuple[Question, ...]:
    """Every question that a coefficient answers, in the formula's order; an interaction's is asked of each of its predictors."""
    result = []
    for term in comparison.design.fixed_names:
        parts = comparison.coefficient(term).parts
        subjects = [part.subject for part in parts]
        names = [part.level or part.label for part in parts]
        for k, part in enumerate(parts):
            if subjects.index(subjects[k]) != k:  # an expression of the same column twice
                continue
            rest = tuple((s, n) for j, (s, n) in enumerate(zip(subjects, names, strict=True)) if j != k)
            result.append(Question(term, subjects[k], names[k], part.baseline or "", rest))
    return tuple(result)


def subjects(comparison: Comparison) -> list[str]:
    """The predictors that can be asked about, in the formula's order."""
    return list(dict.fromkeys(q.predictor for q in questions(comparison)))


def question_of(comparison: Comparison, term: str) -> Question | None:
    """The question that a coefficient answers; an interaction's is of the predictor that a reader would ask about first."""
    asked = [q for q in questions(comparison) if q.term == term]
    return min(asked, key=lambda q: _ranks(comparison)[q.predictor], default=None)


def first_question(comparison: Comparison) -> Question | None:
    """The question that a page opens with: of a treatment, else of time or of what varies within groups and is named before it."""
    return min(questions(comparison), key=lambda q: (_ranks(comparison)[q.predictor], len(q.changes)), default=None)


def first_term(comparison: Comparison) -> str:
    """The coefficient that a page opens with; the intercept where there is no other."""
    question = first_question(comparison)
    return question.term if question else comparison.constant


@memoised
def _ranks(comparison: Comparison) -> dict[str, int]:
    """Which predictors are asked about first, the lowest first."""
    design, inside = comparison.design, comparison.moments.varies_within
    varying = {name for k in design.fixed if inside[k] for uses in design.columns[k].uses for name in uses}
    changing = [name for name in subjects(comparison) if name in varying]
    first_time = next((at for at, name in enumerate(changing) if is_time(name)), -1)
    early = {*changing[: first_time + 1], *(name for name in changing if is_time(name))}
    return {
        name: 0 if is_treatment(name) or control_level(comparison, name) else 1 if name in early else 2
        for name in subjects(comparison)
    }


def nearest_term(comparison: Comparison, asked: Question) -> tuple[str, str]:
    """The coefficient that answers a question of another comparison, and a sentence where it is not quite that question.

    Returns
    -------
    (str, str)
        A coefficient, and what is different and why; empty where nothing is.
    """
    of_it = [q for q in questions(comparison) if q.predictor == asked.predictor]
    if not of_it:
        first = first_question(comparison)
        display = f"shown is the effect of {first.predictor}" if first else "and no other predictor is"
        return first_term(comparison), f"{asked.predictor} is no predictor of this model any longer: {display}."
    parts = {asked.part, asked.base} - {""}
    alike = [q for q in of_it if q.part in parts]
    same = [q for q in alike if q.changes == asked.changes] or [q for q in alike if q.modifiers == asked.modifiers]
    if same:
        return min(same, key=lambda q: q.part != asked.part).term, ""
    chosen = min(alike or of_it, key=lambda q: len(q.changes))
    if asked.changes and not chosen.changes:
        gone = " and ".join(asked.modifiers)
        return (
            chosen.term,
            f"The effect of {asked.predictor} changes with {gone} no longer: shown is the effect itself.",
        )
    what = f"“{chosen.part}”" if level_names(comparison, asked.predictor) else chosen.part
    return chosen.term, f"“{asked.part}” is none of the coefficients of {asked.predictor} here: shown is {what}."


def axis_of(comparison: Comparison, term: str, modifier: str | None = None) -> str | None:
    """The predictor that a question is drawn against: of levels that change with a number, that number, else its own.

    Of levels that are told at each value of another predictor (``modifier``), that one.
    """
    available, question = predictor_columns(comparison.spec), question_of(comparison, term)
    if question is None:
        return next(iter(available), None)
    if level_names(comparison, question.predictor):
        if modifier in available and len(level_names(comparison, question.predictor)) <= MOST_SLICES:
            return modifier
        for name in (*question.modifiers, *modifiers.modifiers(comparison.spec, question.predictor)):
            if name in available and levels_of(comparison, name) is None:
                return name
    if question.predictor in available:
        return question.predictor
    column = comparison.design.columns[comparison.design.names.index(term)]
    return column.uses[0][0]


def lines_by(comparison: Comparison, term: str, x: str | None, modifier: str | None = None) -> str | None:
    """The predictor at whose levels or values a line each is drawn against another; None for the picture's own choice."""
    question = question_of(comparison, term)
    if question is not None and modifier and x in (question.predictor, modifier):
        return modifier if x == question.predictor else question.predictor
    if question is None or question.predictor == x:
        return None
    return question.predictor if level_names(comparison, question.predictor) or x in question.modifiers else None


def where_it_changes(comparison: Comparison, term: str) -> list[str]:
    """The predictors that the effect of a question changes with, in the formula's order."""
    question = question_of(comparison, term)
    return list(modifiers.modifiers(comparison.spec, question.predictor)) if question else []


CONTROLS = re.compile(
    r"control\w*|ctrl|placebo|baseline|none|no|0|false|untreated|sham|usual( care)?|reference|before|pre|unstim\w*",
    re.IGNORECASE,
)
MOST_LEVELS = 12


def control_level(comparison: Comparison, name: str) -> str:
    """The one level that is called as those are which others are compared with, such as "placebo"; empty without one."""
    names = level_names(comparison, name)
    controls = [level for level in names if CONTROLS.fullmatch(level)]
    return controls[0] if len(controls) == 1 and 1 < len(names) <= MOST_LEVELS else ""


def proposed_baseline(comparison: Comparison, name: str) -> str:
    """The control level where the formula names no baseline and another level stands first; empty otherwise."""
    control, names = control_level(comparison, name), level_names(comparison, name)
    unnamed = baselines.baseline_of(comparison.spec, name) == ""
    return control if control and unnamed and control != names[0] else ""
