"""Beside combinations of categories without rows: the level at which a coefficient holds, which may not be the baseline."""

from __future__ import annotations

import numpy as np

from ..comparison.comparison import Comparison
from ..formula.expressions import Expression


def level_that_holds(comparison: Comparison, column: int, factor: Expression) -> str | None:
    """The level of a factor at which a coefficient is the effect that it interacts with; None where it is that at no one level.

    That is the baseline, unless no rows show the effect there. Then it is the level whose own coefficient is left out for it: with no
    rows of east and b, ``region * kind`` has in kind [b] the difference at the region that has no coefficient of its own with b.
    """
    design, coding = comparison.design, comparison.design.encoder.coding(factor)
    baseline, dropped = str(coding.levels[coding.base]), {one.column for one in design.aliased}
    if not dropped:
        return baseline
    parts = [frozenset((str(p.factor), p.level) for p in of.parts) for of in design.columns[:-1]]
    nothing = dict.fromkeys(range(len(parts)), np.zeros(1))
    for level in (baseline, *(str(other) for other in coding.levels if str(other) != baseline)):
        joined = [k for k, of in enumerate(parts) if of == parts[column] | {(str(factor), level)}]
        if level != baseline and not (joined and joined[0] in dropped):
            continue
        effect = nothing | dict.fromkeys([column, *joined], np.ones(1))
        if all(one.holds(effect, 0.0)[0] for one in design.aliased):
            return level
    return None
