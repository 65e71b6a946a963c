"""What a formula's grouping factors are called: some take the words for their groups from the formula's other parts."""

from __future__ import annotations

from ..text.labels import LONGEST, FactorName
from .expressions import columns_of, group_name
from .spec import ModelSpec


def factor_name(spec: ModelSpec, group: tuple[str, ...]) -> str:
    """A grouping factor's name, with the words for its groups.

    Those of ``a:b`` are called by b where ``a`` is a factor too, as in ``(1 | a/b)``, and b neither one by itself nor a predictor:
    b is then a label within a. Where all groups are of one factor, whose name is long, each is a "group".
    """
    name, single = group_name(group), len(spec.groupings) < 2
    if len(group) == 1:
        return FactorName(name, "group") if single and len(name) > LONGEST else name
    outer = [other for other in spec.groupings if {*other} < {*group} and len(other) == len(group) - 1]
    inner = [next(column for column in group if column not in other) for other in outer]
    predictors = {column for factor in spec.fixed_factors for column in columns_of(factor)}
    if len(outer) != 1 or (inner[0],) in spec.groupings or inner[0] in predictors:
        return name
    return FactorName(name, inner[0], group_name(outer[0]))
