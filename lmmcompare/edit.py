"""Changes to a model by pick lists: each keeps everything else of the formula as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .spec import Column, ModelSpec, RandomTerm, Term, columns_of


def _columns(terms: Iterable[Term]) -> list[str]:
    found: dict[str, None] = {}
    for term in terms:
        for factor in term.factors:
            found.update(dict.fromkeys(columns_of(factor)))
    return list(found)


def outcome_column(spec: ModelSpec) -> str:
    """The outcome's column."""
    return next(columns_of(spec.outcome))


def predictor_columns(spec: ModelSpec) -> list[str]:
    """Columns in the fixed part."""
    return _columns(spec.terms)


def group_column(spec: ModelSpec) -> str:
    """The first grouping column; empty where there is none."""
    return spec.random[0].group[0] if spec.random else ""


def slope_columns(spec: ModelSpec) -> list[str]:
    """Columns with a random slope."""
    return _columns(term for random in spec.random for term in random.terms)


def with_outcome(spec: ModelSpec, name: str) -> ModelSpec:
    """Another outcome; where it was a predictor before, it is so no longer."""
    changed = with_predictors(spec, [p for p in predictor_columns(spec) if p != name])
    return replace(changed, outcome=Column(name))


def with_predictors(spec: ModelSpec, names: Sequence[str]) -> ModelSpec:
    """These predictors: terms of others go, new ones come last; slopes of those that went go too."""
    wanted = set(names)
    kept = tuple(t for t in spec.terms if set(_columns([t])) <= wanted)
    present = set(_columns(kept))
    added = tuple(Term((Column(n),)) for n in names if n not in present)
    gone = set(predictor_columns(spec)) - wanted
    random = tuple(
        replace(r, terms=tuple(t for t in r.terms if not gone & set(_columns([t]))))
        for r in spec.random
    )  # fmt: skip
    random = tuple(r if r.terms or r.intercept else replace(r, intercept=True) for r in random)
    terms = tuple(sorted(kept + added, key=lambda t: len(t.factors)))
    return replace(spec, terms=terms, intercept=spec.intercept or not terms, random=random)


def with_group(spec: ModelSpec, name: str) -> ModelSpec:
    """Another grouping column, with the same random coefficients; it is no predictor any longer."""
    changed = with_predictors(spec, [p for p in predictor_columns(spec) if p != name])
    random = tuple(replace(r, group=(name,)) for r in changed.random[:1]) or (RandomTerm((name,)),)
    return replace(changed, random=random)


def with_slopes(spec: ModelSpec, names: Sequence[str]) -> ModelSpec:
    """A random intercept with random slopes of these columns; without a grouping factor there is nothing to change."""
    if not spec.random:
        return spec
    group = spec.random[0].group
    kept = [t for r in spec.random for t in r.terms if set(_columns([t])) <= set(names)]
    added = [Term((Column(n),)) for n in names if n not in _columns(kept)]
    correlated = all(r.correlated for r in spec.random)
    return replace(spec, random=(RandomTerm(group, tuple(kept + added), True, correlated),))
