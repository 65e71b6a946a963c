"""Remarks on grouping factors whose labels are used again in every level of another, such as casks a, b, c in every batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..comparison.comparison import Comparison
from ..design.grouping import Grouping
from ..formula.spec import ModelSpec
from ..moments.crossed import Cells
from ..text.english import all_of
from ..text.labels import group_phrase, noun, plural
from ..text.numbers import count
from .remark import Remark


def labels_used_again(comparison: Comparison) -> list[Remark]:
    """A factor whose labels are reused in every level of another, such as casks a, b, c in every batch."""
    design, result = comparison.design, []
    for (i, j), cells in comparison.crossing.cells.items():
        outer, inner = design.groupings[i], design.groupings[j]  # the one with more levels first
        nested = any(set(g) == {*outer.columns, *inner.columns} for g in comparison.spec.groupings)
        single = len(outer.columns) == len(inner.columns) == 1
        # cells of a single row each could be no groups
        held = any(_holds_across(comparison, k, j, i) for k in range(len(design.groupings)) if k not in (i, j))
        if (
            single
            and not nested
            and not held
            and design.n > len(cells.first)
            and _start_afresh(cells, len(outer.levels))
        ):
            result.append(_nested_instead(comparison.spec, outer, inner, cells))
    return result


def _holds_across(comparison: Comparison, fine: int, coarse: int, other: int) -> bool:
    """Whether a factor lies within the coarse one and meets several levels of the other: then so does the coarse one, under one label.

    A subject who saw many items was in one lab for all of them.
    """
    cells, n = comparison.crossing.cells, comparison.crossing.factors[fine].n_groups
    within, across = (cells.get((min(fine, k), max(fine, k))) for k in (coarse, other))
    return within is not None and across is not None and len(within.first) == n < len(across.first)


def _start_afresh(cells: Cells, levels: int) -> bool:
    """Whether every level of the first factor meets the second's first, second, ... and no later one."""
    met = np.bincount(cells.first, minlength=levels)
    last = np.zeros(levels, dtype=np.int64)
    np.maximum.at(last, cells.first, cells.second)
    return bool((last + 1 == met).all())


def _nested_instead(spec: ModelSpec, outer: Grouping, inner: Grouping, cells: Cells) -> Remark:
    one, many, whole = noun(inner.name), plural(inner.name), noun(outer.name)
    first, labels = group_phrase(inner.name, inner.labels[0]), ", ".join(inner.labels[:3])
    crossed = len(cells.first) == len(outer.levels) * len(inner.levels)
    everyone = all_of(len(outer.levels), plural(outer.name))
    every = f"{everyone[0].upper()}{everyone[1:]} have the same" if crossed else f"Every {whole} starts with the same"
    random = tuple(
        replace(r, group=(*outer.columns, *inner.columns)) if r.group == inner.columns else r for r in spec.random
    )
    return Remark(
        f"{every} {many} ({labels}{', …' if len(inner.levels) > 3 else ''}), and the model takes {first} of one {whole} and "
        f"{first} of another for the same {one}: crossed. If only the labels are used again, {many} are nested, and there are "
        f"{count(len(cells.first), 'different one')}.",
        replace(spec, random=random).text,
        f"Treat {one} as nested in {whole}",
    )
