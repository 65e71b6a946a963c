"""Which other grouping factor's levels a predictor compares, being constant in each."""

from __future__ import annotations

from ..comparison.comparison import Comparison


def compared_levels(comparison: Comparison, column: int) -> str | None:
    """The other grouping factor within whose levels a predictor is constant, which so compares these; the one of fewest levels.

    Words of an experiment in which subjects are shown and every word has one frequency; whole plots within blocks. None where there
    is none, where the predictor is constant in the groups shown too, and where levels have hardly more than one row.
    """
    design = comparison.design
    if not comparison.moments.varies_within[column]:
        return None
    found = [
        (moments.n_groups, grouping.name)
        for at, (grouping, moments) in enumerate(zip(design.groupings, comparison.crossing.factors, strict=True))
        if at != design.focal and not moments.varies_within[column] and 2 * moments.n_groups <= moments.n_rows
    ]
    return min(found)[1] if found else None
