"""A first guess at a comparison: outcome, predictor and groups of a table, and what else might be meant."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ..text.numbers import count
from .alternatives import Alternative, alternatives, first_formula
from .binary_outcomes import may_have_happened
from .column_info import ColumnInfo
from .column_patterns import MOST_ROWS, Pattern, blocks
from .columns import describe
from .name_hints import GROUP_WORDS, OUTCOME_WORDS, PREDICTOR_WORDS, name_score, numbered_families
from .ranking import Ranking, rank
from .relation_to_groups import GroupSizes, Relation, groups, relation
from .survey_columns import survey_columns

MOST_COLUMNS = 40
"""Columns that are looked at closely; a table of 300 columns is judged by its most promising ones."""
FAMILY = 8
"""Columns of one name, numbered, that are looked at closely after all others."""
MOST_NAMED = 3
"""Columns that are named where none is the outcome."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A first guess at a comparison; what cannot be guessed is None (or empty), with the reason in ``reasons``.

    Attributes
    ----------
    outcome, group : str or None
        Column names.
    predictors : tuple of str
        Column names, at most one.
    formula : str or None
        The comparison in lme4's notation, when there are an outcome and a group.
    reasons : dict
        A sentence for each of "outcome", "predictors" and "group".
    alternatives : tuple of Alternative
        Up to six more, the likeliest first.
    """

    outcome: str | None = None
    predictors: tuple[str, ...] = ()
    group: str | None = None
    formula: str | None = None
    reasons: dict[str, str] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()


def suggest(
    frame: pd.DataFrame,
    labels: Mapping[str, str] | None = None,
    infos: Sequence[ColumnInfo] | None = None,
    outcome: str = "",
) -> Suggestion:
    """Suggest outcome, predictor and group of a table from its columns' values, names and labels.

    Parameters
    ----------
    labels : mapping of str to str, optional
        What the file calls a column at length, by the column's name.
    infos : sequence of ColumnInfo, optional
        What `describe` says of the table, where that is known already.
    outcome : str, optional
        A column of numbers, or of truth values, that somebody has chosen to be the outcome; guessed when left out.
    """
    infos = infos if infos is not None else describe(frame)
    patterns = _patterns(frame, infos, outcome)
    known = next((p for p in patterns if p.name == outcome), None)
    ranking = rank(patterns, len(frame), labels or {}, known)
    first = ranking.groups[0] if ranking.groups else None
    joined = ranking.joined
    group = joined.inner.name if joined is not None else first.name if first is not None else None
    reasons = {"group": _group_sentence(frame, ranking, infos)}
    if not ranking.outcomes:
        some = any(info.is_number and info.n_unique > 1 for info in infos)
        reasons["outcome"] = f"No numeric column {'looks like an outcome' if some else 'is left for the outcome'}."
        if named := [f"“{info.name}”" for info in infos if info.is_number and info.kind == "constant"]:
            reasons["outcome"] += (
                f" {' and '.join(named[:MOST_NAMED])} {'has' if len(named) == 1 else 'have'} one value only."
            )
        if named := [f"“{info.name}”" for info in infos if info.n_not_numeric or info.n_as_numbers]:
            reasons["outcome"] += f" Read as numbers, {' or '.join(named[:MOST_NAMED])} may be it."
        if named := [f"“{info.name}”" for info in infos if may_have_happened(info)]:
            reasons["outcome"] += (
                f" With one of its two values counted as 1, {' or '.join(named[:MOST_NAMED])} may be it."
            )
        reasons["predictors"] = "Without an outcome there is nothing to predict."
        return Suggestion(None, (), group, None, reasons)
    found = ranking.outcomes[0].info
    varies = f" and {_relation(frame, ranking.outcomes[0], first).words}" if first is not None else ""
    what = "is 1 or 0" if found.kind == "binary" else f"is numeric with {count(found.n_unique, 'different value')}"
    reasons["outcome"] = f"“{found.name}” {what}{varies}."
    predictor = ranking.predictors[0].info if ranking.predictors else None
    related = None
    if predictor is not None and first is not None:
        related = _relation(frame, ranking.predictors[0], first)
    reasons["predictors"] = _why(predictor, related)
    if predictor is None and (
        named := [f"“{info.name}”" for info in infos if info.kind == "date" and not info.is_date]
    ):
        reasons["predictors"] += f" Read as dates, {' or '.join(named[:MOST_NAMED])} may be it."
    predictors = (predictor.name,) if predictor else ()
    if group is None:
        return Suggestion(found.name, predictors, None, None, reasons)
    return Suggestion(found.name, predictors, group, first_formula(ranking), reasons, alternatives(ranking))


def _group_sentence(frame: pd.DataFrame, ranking: Ranking, infos: Sequence[ColumnInfo]) -> str:
    """What the groups are, or why there are none."""
    if not ranking.groups:
        sentence = "No column has values that repeat as those of groups do: at least 2 groups, more than 1 row each."
        two = [f"“{info.name}”" for info in infos if info.kind == "binary"]
        if two:
            have = (
                "has two values, as a predictor would" if len(two) == 1 else "have two values each, as predictors would"
            )
            sentence = f"No column looks like groups. {' and '.join(two[:MOST_NAMED])} {have}."
        return sentence
    first = ranking.groups[0]
    sizes = _sizes(frame, first).words
    if (joined := ranking.joined) is not None:
        return f"“{joined.inner.name}” starts again in each “{joined.outer.name}”: both together split the rows into {sizes}."
    sentence = f"“{first.name}” splits the rows into {sizes}."
    if ranking.inner is not None:
        sentence += f" The values of “{ranking.inner.name}” start again in each: groups within those of “{first.name}”."
    return sentence


def _sizes(frame: pd.DataFrame, group: Pattern) -> GroupSizes:
    if len(frame) > MOST_ROWS:  # the pattern is of some rows
        return groups(frame, group.name)
    return GroupSizes.of(group.sizes)


def _relation(frame: pd.DataFrame, column: Pattern, group: Pattern) -> Relation:
    if len(frame) > MOST_ROWS:
        return relation(frame, column.name, group.name)
    return Relation(*column.relation_to(group))


def _patterns(frame: pd.DataFrame, infos: Sequence[ColumnInfo], outcome: str) -> list[Pattern]:
    """The columns that are worth a look, the outcome that is known among them, in the order of the table."""
    passed_over = set(frame.columns[frame.columns.duplicated()])
    # what tells the survey's program may be constant, or not among the most promising columns
    passed_over |= survey_columns(info.name for info in infos) - {outcome}
    infos = [info for info in infos if info.name not in passed_over and info.kind not in ("empty", "constant")]
    if len(infos) > MOST_COLUMNS:
        families = numbered_families(info.name for info in infos).values()
        many = {name for family in families if len(family) >= FAMILY for name in family}  # a dummy for each state
        promise = {info.name: _promise(info) - 3.0 * (info.name in many) for info in infos} | {outcome: math.inf}
        best = sorted(infos, key=lambda info: promise[info.name], reverse=True)[:MOST_COLUMNS]
        infos = [info for info in infos if info in best]
    rows, breaks = blocks(frame)
    columns = dict(rows.items())  # one after another, which is faster than by name
    return [Pattern(info, columns[info.name], breaks) for info in infos]


def _promise(info: ColumnInfo) -> float:
    return sum(name_score(info.name, words) for words in (GROUP_WORDS, OUTCOME_WORDS, PREDICTOR_WORDS))


def _why(predictor: ColumnInfo | None, related: Relation | None) -> str:
    if predictor is None:
        return "No other column is numeric or has few categories."
    what = "holds dates" if predictor.is_date else f"is {predictor.kind}"
    return f"“{predictor.name}” {what}{f'; it {related.words}' if related else ''}."
