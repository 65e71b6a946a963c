"""Checks on the moments, before a fit is tried, that the data identify a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..design.grouping import Grouping
from ..design.terms import RandomBlock
from ..errors import DesignError, TooLargeError
from ..fit.bases import basis, cross_total, dependent, independent
from ..fit.linear import dummies, ols, per_group
from ..moments.crossed import Crossing
from ..moments.groups import MAX_BYTES, Moments
from ..text.numbers import count

MATRICES = 6
"""Square matrices of the other factors' random coefficients that a fit holds at once."""
RANGE = 1e-150, 1e150
"""Ratios whose squares a float64 holds."""
EXACT = 1e-13
"""Share of the outcome's variation within groups that counts as none left over: rounding leaves as much."""
CLEAR = 1e-5
"""Share of a column's variation that is clearly left over, so that nothing need be looked at more closely."""


def refuse_far_apart(design: Design, moments: Moments) -> None:
    """Raise when the units of columns differ so much that a coefficient's variance overflows or underflows float64."""
    outcome = moments.scale[-1]
    for name, scale in zip(design.names[:-1], moments.scale, strict=False):
        if not RANGE[0] < outcome / scale < RANGE[1]:
            raise DesignError(
                f"“{design.names[-1]}” varies by about {outcome:.0e} and “{name}” by about {scale:.0e}: the square of their ratio is "
                "beyond what a computer’s numbers hold.",
                "Choose other units: multiply one of the two columns by a power of ten.",
            )


def slope_problem(moments: Moments, blocks: Sequence[RandomBlock], group: str) -> str:
    """Why these random coefficients cannot be estimated, as a sentence; empty when they can."""
    for block in (b for b in blocks if b.is_full):  # a structure has few parameters, however many columns
        still = [
            n for n, c in zip(block.names, block.columns, strict=True) if c != CONSTANT and not moments.varies_within[c]
        ]
        if still and CONSTANT in block.columns:
            return f"“{still[0]}” is constant within every {group}: none shows a slope of it, let alone how slopes go with intercepts."
        needed = len(block.columns) * moments.n_groups
        if moments.n_rows <= needed:
            return (
                f"{count(len(block.columns), 'random coefficient')} for each of the {moments.n_groups:,} groups of “{group}” "
                f"({', '.join(block.names)}) are {needed:,}, but there are only {moments.n_rows:,} rows."
            )
        if _fits_exactly(moments, block.columns):
            names = " and ".join(f"“{n}”" for n in block.names)
            return f"Within every {group} the outcome is an exact function of {names}."
    return ""


def _fits_exactly(moments: Moments, columns: Sequence[int]) -> bool:
    """Whether a regression in each group on ``columns`` leaves nothing of the outcome's variation within groups."""
    slopes = [c for c in columns if c != CONSTANT]
    if not slopes and CONSTANT in columns:  # the variation within groups is what the groups' means leave
        return False
    # a group with many rows in which much of the outcome is left tells without a regression in each
    index, j = [*slopes, moments.outcome], int(moments.n.argmax())
    gram, total = moments.within[..., j][index][:, index], moments.within_total[-1, -1]
    if moments.n[j] > len(index) and gram[-1, -1] > CLEAR * total and independent(gram, CLEAR):
        return False
    left = per_group(moments, columns)
    rss = np.where(left.enough, left.df * left.sigma2, np.inf)[left.df > 0].sum() / moments.scale[-1] ** 2
    return bool(rss / moments.mean_weight <= EXACT * total)


def refuse_impossible(design: Design, crossing: Crossing) -> None:
    """Raise when the data do not identify the design's random effects, factor by factor or together."""
    _refuse_same_groups(design, crossing)
    refuse_too_large(design)
    for k, (grouping, moments) in enumerate(zip(design.groupings, crossing.factors, strict=True)):
        refuse_exact_outcome(design, moments, grouping)
        refuse_overloaded_groups(moments, [b for b in design.blocks if b.factor == k], grouping)


def _refuse_same_groups(design: Design, crossing: Crossing) -> None:
    for (i, j), cells in crossing.cells.items():
        a, b = design.groupings[i], design.groupings[j]
        if len(cells.first) == len(a.levels) == len(b.levels):
            raise DesignError(
                f"“{b.name}” divides the rows into the same groups as “{a.name}”: their effects cannot be told apart.",
                f"Keep one of the two, “{a.name}” or “{b.name}”.",
            )


def refuse_too_large(design: Design) -> None:
    """Raise when the grouping factors beside the largest need matrices that would not fit in memory."""
    needs = {
        g.name: len(g.levels) * sum(len(b.columns) for b in design.blocks if b.factor == k)
        for k, g in enumerate(design.groupings)
        if k > 0
    }
    size = 8 * MATRICES * sum(needs.values()) ** 2
    if size > MAX_BYTES:
        most = max(needs, key=lambda name: needs[name])
        raise TooLargeError(
            f"The {sum(needs.values()):,} random coefficients of {' and '.join(f'“{n}”' for n in needs)} need "
            f"{size / 1e9:,.1f} GB beside those of “{design.groupings[0].name}”; {MAX_BYTES / 1e9:.0f} GB are allowed.",
            f"Leave out “{most}”, or use a grouping column with fewer levels in its place.",
        )


def refuse_exact_outcome(design: Design, moments: Moments, grouping: Grouping) -> None:
    """Raise when the predictors leave nothing of the outcome's variation within groups."""
    outcome, group = design.names[-1], grouping.name
    if not moments.varies_within[-1]:
        raise DesignError(
            f"The outcome “{outcome}” is constant within every {group}.",
            f"Use a table with one row for each {group}, or choose another outcome.",
        )
    varying = [*(c for c in design.fixed if moments.varies_within[c]), moments.outcome]
    if len(varying) < 2 or independent(moments.within_total[varying][:, varying], CLEAR):
        return
    left = dummies(moments, design.fixed)
    if left.df < 1:  # with a dummy for each group nothing is left of any outcome
        left = ols(moments, [CONSTANT] * design.intercept + list(design.fixed))
    if left.df > 0 and left.rss / moments.mean_weight <= EXACT * moments.within_total[-1, -1] * moments.scale[-1] ** 2:
        raise DesignError(
            f"Within every {group} the outcome “{outcome}” is an exact combination of the predictors.",
            "Remove the predictor that it was computed from.",
        )


def refuse_overloaded_groups(moments: Moments, blocks: Sequence[RandomBlock], grouping: Grouping) -> None:
    """Raise when a factor's groups do not identify the random coefficients requested."""
    if problem := slope_problem(moments, blocks, grouping.name):
        raise DesignError(problem, f"Use a random intercept only: (1 | {grouping.name}).")
    for block in blocks:
        slopes = [c for c in block.columns if c != CONSTANT]
        if not slopes:
            continue
        # without the constant all of a factor's dummies may have a coefficient, which sum to it
        alone = CONSTANT not in block.columns
        gram = cross_total(moments, basis(moments, slopes)) if alone else moments.within_total[slopes][:, slopes]
        for k, _ in [] if independent(gram, CLEAR) else dependent(gram):
            name = [n for c, n in zip(block.columns, block.names, strict=True) if c != CONSTANT][k]
            where = "The" if alone else f"Within every {grouping.name} the"
            raise DesignError(
                f"{where} random slope of “{name}” is a combination of the others.",
                f"Use a random intercept only: (1 | {grouping.name}).",
            )
