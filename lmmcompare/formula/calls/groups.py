"""The groups of a call without a random part: the models that are compared need some."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from ...errors import FormulaError
from ..baselines import is_of_own_levels
from ..expressions import Column, Expression, columns_of
from ..spec import ModelSpec, RandomTerm, Term
from .build import Kinds
from .call import ModelCall
from .fixed_effects import dummies_remark, lines_remark
from .residuals import WITHOUT_RANDOM


def with_groups(call: ModelCall, kinds: Kinds, present: ModelSpec | None = None) -> ModelCall:
    """The call with a random part where it has none, for the groups of its correlation, its clusters or the model looked at.

    Dummies of these groups go: the model with them is among those compared.

    Parameters
    ----------
    kinds : mapping of str to bool
        The table's columns, and whether each holds numbers.

    Raises
    ------
    FormulaError
        Where nothing names groups.
    """
    spec = call.spec
    if spec.random:
        return call
    correlation = spec.correlation
    group = correlation.group if correlation else (call.cluster,) if call.cluster else ()
    if not group and present is not None and present.random:
        group = present.random[0].group
    if not group:
        _refuse(call, kinds)
    if not spec.has_structure and (without := _without_dummies(spec, group, kinds)) is not None:
        term = without.random[0]
        remark = lines_remark(term) if term.terms else dummies_remark(term.group_text)
        return replace(call, spec=without, remarks=(*call.remarks, remark))
    term = RandomTerm(group)
    if not spec.has_structure:
        remark = f"It has no random part: its model is OLS here, and {term} is for the models beside it."
    elif correlation and correlation.kind in WITHOUT_RANDOM:
        remark = f"It has no random part, and {term} is for the models beside it."
    else:
        remark = (
            f"It has no random part; here its residuals stand beside {term}, which is another model than the call's."
        )
    return replace(call, spec=spec.with_random(term), remarks=(remark, *call.remarks))


def dummies_of(term: Term) -> tuple[str, ...]:
    """The column whose dummies a term such as ``g`` or ``factor(g)`` may be, as a grouping factor; empty where it is another term."""
    return tuple(columns_of(term.factors[0])) if len(term.factors) == 1 and is_of_own_levels(term.factors[0]) else ()


def _without_dummies(spec: ModelSpec, group: tuple[str, ...], kinds: Kinds) -> ModelSpec | None:
    """A model without the groups' dummies; with random slopes where each predictor had its product with them; else None."""

    def is_group(factor: Expression) -> bool:
        has_levels = isinstance(factor, Column) and not kinds.get(factor.name, True)
        return tuple(columns_of(factor)) == group and (
            has_levels or (not isinstance(factor, Column) and is_of_own_levels(factor))
        )

    fixed = tuple(term for term in spec.terms if not any(map(is_group, term.factors)))
    beside = [tuple(f for f in term.factors if not is_group(f)) for term in spec.terms if term not in fixed]
    slopes = tuple(Term(factors) for factors in beside if factors)
    if () not in beside or (slopes and not set(fixed) <= set(slopes)):
        return None
    terms = tuple(dict.fromkeys(fixed + slopes))  # x:g alone, without x, is a slope of x in each group too
    return replace(spec, terms=terms, intercept=True).with_random(RandomTerm(group, slopes))


def _refuse(call: ModelCall, kinds: Kinds) -> NoReturn:
    """Refuse a call that names no groups; of dummies of a single column it is said how they are groups."""
    named = {dummies_of(term) for term in call.spec.terms} - {()}
    without = [model for group in named if (model := _without_dummies(call.spec, group, kinds)) is not None]
    remedy = f"Write {call.formula} + (1 | group)."
    if len(without) == 1:
        (model,) = without
        remedy = f"If {model.random[0].group_text} has the groups, write {model.formula}; the dummies are among the models compared."
    raise FormulaError("The call names no group, and the models compared here need one.", remedy)
