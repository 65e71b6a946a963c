"""Changes to a model by pick lists: each keeps everything else of the formula as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .expressions import Column, columns_of, group_name
from .spec import ModelSpec, RandomTerm, Term


def _columns(terms: Iterable[Term]) -> list[str]:
    result: dict[str, None] = {}
    for term in terms:
        for factor in term.factors:
            result.update(dict.fromkeys(columns_of(factor)))
    return list(result)


def outcome_column(spec: ModelSpec) -> str:
    """The outcome's column."""
    return next(columns_of(spec.outcome))


def predictor_columns(spec: ModelSpec) -> list[str]:
    """Columns in the fixed part."""
    return _columns(spec.terms)


def group_column(spec: ModelSpec) -> str:
    """The first grouping factor, ``a`` or ``a:b``, whose groups are shown; empty where there is none."""
    return choice(spec.random[0].group) if spec.random else ""


def choice(group: tuple[str, ...]) -> str:
    """A grouping factor in a pick list: a column's own name, or ``a:b`` of several."""
    return group[0] if len(group) == 1 else group_name(group)


def nested_label(group: tuple[str, ...]) -> str:
    """A grouping factor in words: a column's own name, or "pupil within school" of several."""
    return group[0] if len(group) == 1 else f"{group[-1]} within {':'.join(group[:-1])}"


def more_groups(spec: ModelSpec) -> list[tuple[str, ...]]:
    """The further grouping factors, each as the columns whose combinations are its levels."""
    return list(spec.groupings[1:])


def slope_columns(spec: ModelSpec) -> list[str]:
    """Columns with a random slope over the first grouping factor, apart from terms with a covariance structure."""
    return _columns(term for random in _plain(spec) for term in random.terms)


def _first(spec: ModelSpec) -> list[RandomTerm]:
    return [r for r in spec.random if r.group == spec.random[0].group]


def _plain(spec: ModelSpec) -> list[RandomTerm]:
    return [r for r in _first(spec) if r.structure == "us"]


def _others(spec: ModelSpec) -> list[RandomTerm]:
    return [r for r in spec.random if r.group != spec.random[0].group]


def with_outcome(spec: ModelSpec, name: str) -> ModelSpec:
    """Another outcome; where it was a predictor before, it is so no longer."""
    changed = with_predictors(spec, [p for p in predictor_columns(spec) if p != name])
    return replace(changed, outcome=Column(name))


def with_predictors(spec: ModelSpec, names: Sequence[str]) -> ModelSpec:
    """These predictors: terms of others go, new ones come last; slopes of those that went go too."""
    wanted = set(names)
    keep = tuple(t for t in spec.terms if set(_columns([t])) <= wanted)
    present = set(_columns(keep))
    added = tuple(Term((Column(n),)) for n in names if n not in present)
    gone = set(predictor_columns(spec)) - wanted
    random = tuple(replace(r, terms=tuple(t for t in r.terms if not gone & set(_columns([t])))) for r in spec.random)
    random = tuple(r if r.terms or r.intercept else replace(r, intercept=True) for r in random)
    terms = tuple(sorted(keep + added, key=lambda t: len(t.factors)))
    return replace(spec, terms=terms, intercept=spec.intercept or not terms, random=random)


def with_group(spec: ModelSpec, name: str) -> ModelSpec:
    """Another column as first grouping factor, with the same random coefficients; it is no predictor any longer.

    Where it was a further one, the two change places.
    """
    present = next((g for g in spec.groupings if name == choice(g)), None)
    if present:
        return with_first_group(spec, present)
    changed = with_predictors(spec, [p for p in predictor_columns(spec) if p != name])
    if not changed.random:
        return replace(changed, random=(RandomTerm((name,)),))
    first = [replace(r, group=(name,)) for r in _first(changed)]
    if changed.correlation is not None and changed.correlation.group == spec.random[0].group:
        changed = replace(changed, correlation=replace(changed.correlation, group=(name,)))
    return replace(changed, random=(*first, *_others(changed)))


def with_first_group(spec: ModelSpec, group: tuple[str, ...]) -> ModelSpec:
    """Another of the grouping factors first: the same model, shown by that factor's groups."""
    return replace(spec, random=tuple(sorted(spec.random, key=lambda r: r.group != group)))


def with_more_groups(spec: ModelSpec, groups: Sequence[tuple[str, ...]]) -> ModelSpec:
    """These further grouping factors: terms of others go, new ones get a random intercept."""
    if not spec.random:
        return spec
    keep = [r for r in _others(spec) if r.group in groups]
    added = [RandomTerm(g) for g in groups if g not in spec.groupings]
    return replace(spec, random=(*_first(spec), *keep, *added))


def weights_choice(spec: ModelSpec) -> str:
    """The prior weights in a pick list: a column's own name, or an expression's text; empty where there are none."""
    return spec.weights.name if isinstance(spec.weights, Column) else str(spec.weights or "")


def with_weights(spec: ModelSpec, name: str | None) -> ModelSpec:
    """A column as prior weights, or none; a present expression with this text is kept."""
    return spec if name and name == weights_choice(spec) else replace(spec, weights=Column(name) if name else None)


def with_slopes(spec: ModelSpec, names: Sequence[str]) -> ModelSpec:
    """A random intercept with random slopes of these columns; without a grouping factor there is nothing to change.

    Terms with a covariance structure stay as they are, beside it.
    """
    if not spec.random:
        return spec
    first, structured = _plain(spec), [r for r in _first(spec) if r.structure != "us"]
    if structured and not first and not names:
        return spec
    keep = [t for r in first for t in r.terms if set(_columns([t])) <= set(names)]
    added = [Term((Column(n),)) for n in names if n not in _columns(keep)]
    correlated = all(r.correlated for r in first)
    changed = RandomTerm(spec.random[0].group, tuple(keep + added), True, correlated)
    return replace(spec, random=(changed, *structured, *_others(spec)))
