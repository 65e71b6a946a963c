"""The baseline level of a categorical predictor, and its coding, in a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .expressions import Call, Column, Expression, columns_of
from .spec import ModelSpec, Term


def factors_of(spec: ModelSpec, name: str) -> Iterator[Expression]:
    """The factors of the fixed and the random part that are a column's levels: ``f``, ``factor(f)``, ``relevel(…)``, ``C(f, …)``."""
    for factor in spec.factors:
        if set(columns_of(factor)) == {name} and is_of_own_levels(factor):
            yield factor


def is_of_own_levels(factor: Expression) -> bool:
    """Whether a factor's levels are those of a column, perhaps with another one first or another coding."""
    match factor:
        case Column():
            return True
        case Call("factor" | "as.factor" | "relevel" | "C", (argument,)):
            return is_of_own_levels(argument) and not {"levels", "labels", "ordered"} & dict(factor.options).keys()
    return False


def baseline_of(spec: ModelSpec, name: str) -> str | None:
    """The level that the formula names as baseline; empty for the first level, None where it has another coding or none."""
    result = next(factors_of(spec, name), None)
    match result:
        case None:
            return None
        case Call("relevel"):
            return str(result.option("ref", ""))
        case Call("C"):
            if result.option("contr", "contr.treatment") != "contr.treatment" or not isinstance(
                result.option("base", ""), str
            ):
                return None
            return str(result.option("base", ""))
    return ""


def with_baseline(spec: ModelSpec, name: str, level: str, *, is_number: bool = False) -> ModelSpec:
    """The levels of a column compared with this one, wherever the formula has them: ``relevel(factor(f), ref = "b")``.

    ``factor`` is needed because R's ``relevel`` does not accept text.

    Parameters
    ----------
    level : str
        Empty for the first level: the column then stands as it is.
    is_number : bool
        Whether the column holds numbers, so that it has levels as ``factor(f)`` only.
    """
    levels = Call("factor", (Column(name),))
    if level:
        return with_factor(spec, name, Call("relevel", (levels,), (("ref", level),)))
    return with_factor(spec, name, levels if is_number else Column(name))


def with_factor(spec: ModelSpec, name: str, factor: Expression) -> ModelSpec:
    """Another factor in the place of a column's levels, in every term of the fixed and of the random part."""
    return exchange(spec, factors_of(spec, name), factor)


def exchange(spec: ModelSpec, old: Iterable[Expression], new: Expression, *, fixed_only: bool = False) -> ModelSpec:
    """A factor in the place of others, in every term of the fixed and of the random part, or of the fixed part only."""
    present = set(old)

    def changed(terms: tuple[Term, ...]) -> tuple[Term, ...]:
        return tuple(Term(tuple(new if f in present else f for f in term.factors)) for term in terms)

    texts = {str(f) for f in present}
    order = tuple(dict.fromkeys(str(new) if text in texts else text for text in spec.order))
    random = spec.random if fixed_only else tuple(replace(r, terms=changed(r.terms)) for r in spec.random)
    return replace(spec, terms=changed(spec.terms), random=random, order=order)
