"""A predictor split by levels: its distance from the mean of the group, and the means of the groups and of those above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..arrays import Array
from .columns import is_number
from .new_columns import NewColumn
from .relation_to_groups import RELATIVE_TOLERANCE
from .reshape import free_name


def within_between(frame: pd.DataFrame, column: str, groupings: Sequence[tuple[str, ...]]) -> tuple[NewColumn, ...]:
    """The new columns by which a model tells the effect within groups from those between them.

    Of one grouping factor, or of factors that lie within each other (classes in schools): the distance from the mean of the
    finest groups, and the mean at each level. Of crossed factors there is no finest: a mean for each, beside the column itself.

    Parameters
    ----------
    column : str
        A predictor of numbers.
    groupings : sequence of tuple of str
        The grouping factors, each as the columns whose combinations are its groups.

    Returns
    -------
    tuple of NewColumn
        The distance first, if there is one; no step where the column does not vary both within and between the groups.
    """
    if column not in frame or not groupings or not is_number(frame[column]):
        return ()
    means = [NewColumn("mean", "mean", column, group) for group in groupings]
    codes = [step.groups(frame)[0] for step in means]
    order = sorted(range(len(means)), key=lambda k: -int(codes[k].max(initial=-1)))
    finest = all(_lies_in(codes[order[0]], codes[k]) for k in order)
    ranked = [means[k] for k in order] if finest else means
    if not _differ(NewColumn("within", "within", column, ranked[0].by), frame):
        return ()
    ranked = [step for step in ranked if _differ(step, frame)]
    if not ranked:
        return ()
    taken, result = set(map(str, frame.columns)), []
    if finest:
        result.append(NewColumn(_free(f"{column}_within", taken), "within", column, means[order[0]].by))
    for step in ranked:
        name = f"{column}_mean" + (f"_{'_'.join(step.by)}" if len(groupings) > 1 else "")
        result.append(replace(step, name=_free(name, taken)))
    return tuple(result)


def _free(name: str, taken: set[str]) -> str:
    result = free_name(name, taken)
    taken.add(result)
    return result


def _lies_in(fine: Array, coarse: Array) -> bool:
    """Whether all rows of each fine group are in one coarse group."""
    keep = (fine >= 0) & (coarse >= 0)
    fine, coarse = fine[keep], coarse[keep]
    first = np.zeros(int(fine.max(initial=0)) + 1, dtype=np.int64)
    first[fine[::-1]] = coarse[::-1]
    return bool((first[fine] == coarse).all())


def _differ(step: NewColumn, frame: pd.DataFrame) -> bool:
    """Whether a part is more than rounding."""
    values, base = np.asarray(step.values(frame), dtype=float), step.amounts(frame)
    values, base = values[np.isfinite(values)], base[np.isfinite(base)]
    if not len(values):
        return False
    with np.errstate(over="ignore"):
        rounding = RELATIVE_TOLERANCE * max(np.ptp(base), 1e-6 * np.abs(base).max())
        return bool(np.ptp(values) > rounding)
