"""Several calls pasted together, such as lm() and lmer() of the same data: the one whose comparison has the others too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...text.english import listed
from ..expressions import Column
from ..spec import ModelSpec, Term
from .build import Kinds
from .call import ModelCall
from .groups import dummies_of


def comparison_of(calls: Sequence[ModelCall], kinds: Kinds) -> ModelCall | None:
    """The call with the largest random part, where a comparison of its model has the models of all others; else None.

    Parameters
    ----------
    kinds : mapping of str to bool
        The table's columns, and whether each holds numbers; of others it is not known.
    """
    chosen = max(calls, key=lambda call: sum(len(term.terms) + term.intercept for term in call.spec.random))
    models = [_model_beside(call, chosen, kinds) for call in calls if call is not chosen]
    if not chosen.spec.random or not all(models):
        return None
    what = listed(list(dict.fromkeys(filter(None, models))))
    stands = "stands {}, as the other asks for" if len(calls) == 2 else "stand {}, as the others ask for"
    remark = f"{len(calls)} calls were pasted: beside this one {stands.format(what)}."
    return replace(chosen, remarks=(*chosen.remarks, remark))


def _model_beside(call: ModelCall, chosen: ModelCall, kinds: Kinds) -> str | None:
    """What the model of a call is called in the comparison of another; None where it is not there."""
    one, other = call.spec, chosen.spec
    same = (one.outcome, one.intercept, one.offset, one.weights, call.conditions, call.data)
    if same != (other.outcome, other.intercept, other.offset, other.weights, chosen.conditions, chosen.data):
        return None
    if one.has_structure or (call.reml is not None and chosen.reml is not None and call.reml != chosen.reml):
        return None
    groups = {random.group for random in other.random}
    dummies = [term for term in one.terms if dummies_of(term) in groups and not _is_slope(term, kinds)]
    if set(one.terms) - set(dummies) != set(other.terms):
        return None
    if not one.random:
        return "the model with group dummies" if dummies else "OLS"
    intercepts = all(random.intercept and not random.terms for random in one.random)
    held = intercepts and _groups(one) == _groups(other) and len(groups) == 1 and not dummies
    if not held:
        return None
    return "the model with group dummies" if call.reml is None else "the random intercept"


def _is_slope(term: Term, kinds: Kinds) -> bool:
    """Whether a term is a column of numbers as it stands, which has a slope and no dummies."""
    return isinstance(term.factors[0], Column) and kinds.get(term.factors[0].name, False)


def _groups(spec: ModelSpec) -> set[tuple[str, ...]]:
    return {random.group for random in spec.random}
