"""What else may be meant where a comparison is guessed: another predictor, another outcome, another group; each with its sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..text.treatment_words import is_treatment
from .column_patterns import Pattern
from .name_hints import GROUP_WORDS, name_score
from .ranking import Ranking, same_groups

_PLAIN_NAME = re.compile(r"[^\W\d_][\w.]*")
MOST = 4
MOST_OUTCOMES = 2


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another comparison that may be meant, in lme4's notation, and what it is, in a sentence."""

    formula: str
    sentence: str


def as_formula(outcome: str, predictors: tuple[str, ...], nested: tuple[str, ...], crossed: str = "") -> str:
    """The comparison of random intercepts in lme4's notation.

    Parameters
    ----------
    outcome : str
    predictors : tuple of str
    nested : tuple of str
        The grouping factor, and the one within it, if there is one.
    crossed : str, optional
        One more grouping factor.
    """
    right = [*map(_quoted, predictors)] or ["1"]
    right.append(f"(1 | {'/'.join(map(_quoted, nested))})")
    right += [f"(1 | {_quoted(crossed)})"] if crossed else []
    return f"{_quoted(outcome)} ~ {' + '.join(right)}"


def alternatives(ranking: Ranking, formula: str) -> tuple[Alternative, ...]:
    """Up to four comparisons beside the first guess, none twice.

    Parameters
    ----------
    ranking : Ranking
        With a group and an outcome at least.
    formula : str
        The first guess.
    """
    group, outcome = ranking.groups[0], ranking.outcomes[0]
    first = tuple(p.name for p in ranking.predictors[:1])
    others = [p.name for p in ranking.predictors[1:] if not same_groups(p, ranking.predictors[0])]
    second = next((name for name in others if is_treatment(name)), others[0] if others else None)
    nested = (group.name, ranking.inner.name) if ranking.inner is not None else (group.name,)
    result = []
    if second is not None:
        sentence = f"“{second}” beside “{first[0]}”, each with the other held fixed."
        result.append(Alternative(as_formula(outcome.name, (*first, second), nested), sentence))
    for other in ranking.outcomes[1 : 1 + MOST_OUTCOMES]:
        turned = other.name in first
        sentence = f"“{other.name}” as the outcome in place of “{outcome.name}”{', which is its predictor' * turned}."
        result.append(Alternative(as_formula(other.name, (outcome.name,) if turned else first, nested), sentence))
    another = next((p for p in ranking.groups[1:] if _is_group(p) and p.name not in (*first, outcome.name)), None)
    if another is not None:
        sentence = f"“{another.name}” as a second grouping factor, crossed with “{group.name}”."
        if group.determines(another):
            sentence = f"“{another.name}” as a level above “{group.name}”."
        elif another.determines(group):
            sentence = f"“{another.name}” as a level below “{group.name}”."
        result.append(Alternative(as_formula(outcome.name, first, nested, another.name), sentence))
    if first:
        sentence = f"“{outcome.name}” without a predictor: how much of it lies between groups?"
        result.append(Alternative(as_formula(outcome.name, (), nested), sentence))
    return tuple(item for item in result if item.formula != formula)[:MOST]


def _is_group(pattern: Pattern) -> bool:
    """Whether a further column is offered as a group: numbers only where they are names."""
    return pattern.numbers is None or pattern.is_numbered or name_score(pattern.name, GROUP_WORDS) > 0


def _quoted(name: str) -> str:
    """A name as it stands in a formula (`formula.expressions.quote` says the same downstream)."""
    return name if _PLAIN_NAME.fullmatch(name) else f"`{name}`"
