"""What else may be meant where a comparison is guessed: another predictor, another outcome, another group; each with its sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..text.column_words import is_treatment
from .column_patterns import Pattern
from .name_hints import GROUP_WORDS, name_score
from .ranking import Ranking, same_groups
from .trials_over_time import time_and_treatment

_PLAIN_NAME = re.compile(r"[^\W\d_][\w.]*")
MOST = 6
MOST_OUTCOMES = 2


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another comparison that may be meant, in lme4's notation, and what it is, in a sentence."""

    formula: str
    sentence: str


def as_formula(
    outcome: str,
    predictors: tuple[str, ...],
    groups: tuple[str, ...],
    crossed: str = "",
    joined: bool = False,
    product: bool = False,
) -> str:
    """The comparison of random intercepts in lme4's notation.

    Parameters
    ----------
    groups : tuple of str
        The grouping factor, and the one within it, if there is one.
    crossed : str, optional
        One more grouping factor.
    joined : bool
        Whether the two name the groups together, and the first alone none.
    product : bool
        Whether the predictors stand with their interaction.
    """
    right = [(" * " if product else " + ").join(map(_quoted, predictors)) or "1"]
    right.append(f"(1 | {(':' if joined else '/').join(map(_quoted, groups))})")
    right += [f"(1 | {_quoted(crossed)})"] if crossed else []
    return f"{_quoted(outcome)} ~ {' + '.join(right)}"


def first_formula(ranking: Ranking) -> str:
    """The likeliest comparison, of a ranking with a group and an outcome at least."""
    return _formula(ranking, ranking.outcomes[0].name, tuple(p.name for p in ranking.predictors[:1]))


def alternatives(ranking: Ranking) -> tuple[Alternative, ...]:
    """Up to six comparisons beside the first guess, none twice.

    Parameters
    ----------
    ranking : Ranking
        With a group and an outcome at least.
    """
    outcome = ranking.outcomes[0]
    first = tuple(p.name for p in ranking.predictors[:1])
    others = [p.name for p in ranking.predictors[1:] if not _says_the_same(p, ranking.predictors[0])]
    others.sort(
        key=is_treatment, reverse=True
    )  # a treatment of whole groups varies less than others, and is more asked about
    result = []
    trial = time_and_treatment(ranking.predictors, ranking.groups[0])
    if trial is not None:
        time, arm = (p.name for p in trial)
        sentence = f"“{time}” × “{arm}”: does “{outcome.name}” go differently over “{time}”, by “{arm}”?"
        result.append(Alternative(_formula(ranking, outcome.name, (time, arm), product=True), sentence))
    for name in others[:1] if trial is None else ():
        sentence = f"“{name}” beside “{first[0]}”, each with the other held fixed."
        result.append(Alternative(_formula(ranking, outcome.name, (*first, name)), sentence))
    for name in others[1:2]:
        sentence = f"“{name}” as the predictor in place of “{first[0]}”."
        result.append(Alternative(_formula(ranking, outcome.name, (name,)), sentence))
    for other in ranking.outcomes[1 : 1 + MOST_OUTCOMES]:
        turned = other.name in first
        sentence = f"“{other.name}” as the outcome in place of “{outcome.name}”{', which is its predictor' * turned}."
        result.append(Alternative(_formula(ranking, other.name, (outcome.name,) if turned else first), sentence))
    groups = _other_groups(ranking, first)
    result += [groups] if groups is not None else []
    if first:
        sentence = f"“{outcome.name}” without a predictor: how much of it lies between groups?"
        result.append(Alternative(_formula(ranking, outcome.name, ()), sentence))
    return tuple(item for item in result if item.formula != first_formula(ranking))[:MOST]


def _formula(
    ranking: Ranking, outcome: str, predictors: tuple[str, ...], crossed: str = "", product: bool = False
) -> str:
    """Of the likeliest groups."""
    if (joined := ranking.joined) is not None:
        return as_formula(
            outcome, predictors, (joined.outer.name, joined.inner.name), crossed, joined=True, product=product
        )
    inner = (ranking.inner.name,) if ranking.inner is not None else ()
    return as_formula(outcome, predictors, (ranking.groups[0].name, *inner), crossed, product=product)


def _other_groups(ranking: Ranking, first: tuple[str, ...]) -> Alternative | None:
    """Other groups, or one more level of them."""
    group, outcome = ranking.groups[0], ranking.outcomes[0].name
    if (joined := ranking.perhaps_joined) is not None:
        outer, inner = joined.outer.name, joined.inner.name
        sentence = f"“{inner}” starts again in each “{outer}”: both name the groups, if number 1 of one is not number 1 of another."
        return Alternative(as_formula(outcome, first, (outer, inner), joined=True), sentence)
    if (within := ranking.perhaps_inner) is not None and within.name not in (*first, outcome):
        sentence = f"“{within.name}” starts again in each “{group.name}”: a level below, if number 1 of one is not number 1 of another."
        return Alternative(as_formula(outcome, first, (group.name, within.name)), sentence)
    another = next((p for p in ranking.groups[1:] if _is_group(p) and p.name not in (*first, outcome)), None)
    if another is None:
        return None
    if group.determines(another):
        sentence = f"“{another.name}” as a level above “{group.name}”."
    elif another.determines(group):
        sentence = f"“{another.name}” as a level below “{group.name}”."
    else:
        sentence = f"“{another.name}” as a second grouping factor, crossed with “{group.name}”."
    return Alternative(_formula(ranking, outcome, first, another.name), sentence)


def _says_the_same(one: Pattern, other: Pattern) -> bool:
    """Whether two columns split the rows alike; of amounts that differ between all rows that says nothing."""
    return one.usual_size > 1 and same_groups(one, other)


def _is_group(pattern: Pattern) -> bool:
    """Whether a further column is offered as a group: numbers only where they are names."""
    return pattern.numbers is None or pattern.is_numbered or name_score(pattern.name, GROUP_WORDS) > 0


def _quoted(name: str) -> str:
    """A name as it stands in a formula (`formula.expressions.quote` says the same downstream)."""
    return name if _PLAIN_NAME.fullmatch(name) else f"`{name}`"
