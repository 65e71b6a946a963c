"""Moderators: the predictors that an effect depends on, and the value of each at which a coefficient is that effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .baselines import exchange, with_factor
from .expressions import Arithmetic, Call, Column, Constant, Expression, columns_of
from .spec import ModelSpec

MEAN = "mean"
"""The origin of ``center(x)``: the mean of x over the rows used."""
AVERAGED = "contr.sum"
"""The coding under which other coefficients hold on average over a factor's levels."""


def modifiers(spec: ModelSpec, name: str) -> tuple[str, ...]:
    """The columns that share a term of the fixed part with a column, in the formula's order."""
    result: dict[str, None] = {}
    for term in spec.terms:
        uses = [name for factor in term.factors for name in columns_of(factor)]
        if name in uses and len(term.factors) > 1:
            result.update(dict.fromkeys(uses))
    return tuple(other for other in result if other != name)


def origin_of(spec: ModelSpec, name: str) -> float | str | None:
    """Where a numeric column is 0 in the terms that it shares with others: 12 for ``I(x - 12)``, 0 for ``x``.

    `MEAN` for ``center(x)``; None where it shares none, or stands in them as anything else, as in ``log(x):z``.
    """
    shared = {
        factor for term in spec.terms if len(term.factors) > 1 for factor in term.factors if name in columns_of(factor)
    }
    origins = {origin(factor) for factor in shared}
    return origins.pop() if len(origins) == 1 else None


def origin(factor: Expression) -> float | str | None:
    """The value of its column at which a factor is 0: 12 of ``I(x - 12)``, `MEAN` of ``center(x)``; None of any other."""
    match factor:
        case Column():
            return 0.0
        case Call("center", (Column(),)):
            return MEAN
        case Call("I", (Arithmetic("-" | "+" as sign, Column(), Constant(float() as value)),)):
            return value if sign == "-" else -value
    return None


def shifted(name: str, value: float | str) -> Expression:
    """A column less a number, less its mean, or as it is where that number is 0."""
    column = Column(name)
    if isinstance(value, str):
        return Call("center", (column,))
    if value == 0:
        return column
    return Call("I", (Arithmetic("-" if value > 0 else "+", column, Constant(abs(float(value)))),))


def with_origin(spec: ModelSpec, name: str, value: float | str) -> ModelSpec:
    """The same model with a numeric column counted from elsewhere, so that coefficients hold where it has that value.

    Fixed part and random terms change alike where that leaves the model what it is: a random term without intercept, with
    uncorrelated coefficients or a structure would be another model, and stays.
    """
    new = shifted(name, value)
    old = list(_linear(spec, name))
    changed = exchange(spec, old, new, fixed_only=True)
    free = [r.intercept and r.correlated and r.structure == "us" for r in spec.random]
    moved = exchange(spec, old, new).random
    return replace(changed, random=tuple(m if f else r for m, r, f in zip(moved, spec.random, free, strict=True)))


def _linear(spec: ModelSpec, name: str) -> Iterator[Expression]:
    """The factors that are a column, shifted or not."""
    for factor in spec.factors:
        if {*columns_of(factor)} == {name} and origin(factor) is not None:
            yield factor


def averaged(spec: ModelSpec, name: str) -> ModelSpec:
    """A factor coded so that other coefficients hold on average over its levels, each level counting alike."""
    return with_factor(spec, name, Call("C", (Column(name),), (("contr", AVERAGED),)))
