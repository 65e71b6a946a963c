"""Estimated marginal means and simple slopes of a fitted model: its columns over the reference grid, averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ...arrays import Array
from ...errors import OptionError
from ...text import numbers
from ..base import Result
from .estimates import MarginalEstimates
from .estimator import Ddf, estimator
from .grid import At, Axis, Grid, Weights, axes_of, cells, grid

STEP = 0.001
"""Slopes are differences over this share of the predictor's range, as emmeans' ``emtrends`` takes them."""
Names = str | Sequence[str]


def marginal_means(
    result: Result,
    specs: Names,
    by: Names = (),
    at: At | None = None,
    *,
    weights: Weights = "equal",
    ddf: Ddf | None = None,
    alpha: float = 0.05,
) -> MarginalEstimates:
    """Means of the outcome at each level of some predictors, averaged over all others: `Result.emmeans`."""
    of, within = _names(specs), _names(by)
    targets, at = tuple(dict.fromkeys([*of, *within])), at or {}
    known, axes = estimator(result, ddf), axes_of(result, targets, at, weights)
    whole = grid(result, axes, len(targets))
    rows, offset = whole.averaged(weights)
    notes = (*_notes(whole, weights), *_interactions(result, axes, len(targets)))
    return MarginalEstimates(whole.labels, rows, offset, known, "emmean", within, alpha, notes=notes)


def marginal_slopes(
    result: Result,
    predictor: str,
    by: Names = (),
    at: At | None = None,
    *,
    weights: Weights = "equal",
    ddf: Ddf | None = None,
    alpha: float = 0.05,
) -> MarginalEstimates:
    """Slopes of a number at each level of some predictors, averaged over all others: `Result.slopes`.

    Differences over a thousandth of the predictor's range, half to either side, so of curves the derivatives.
    """
    of, at = _names(by), at or {}
    known, axes = estimator(result, ddf), axes_of(result, [*of, predictor], at, weights)
    (own,) = (axis for axis in axes if axis.name == predictor)
    if own.predictor.levels is not None:
        raise OptionError(
            f"“{predictor}” has levels, and so no slope.", f"Ask for its means, and for contrasts of them: emmeans({predictor!r})."
        )
    axes = tuple(axis for axis in axes if axis.name in of) + tuple(axis for axis in axes if axis.name not in of)
    low, high = own.predictor.range
    step = STEP * (high - low)
    ends = []
    for shift in (-step / 2, step / 2):
        moved = replace(own, values=[v + shift for v in own.values])
        whole = grid(result, tuple(moved if axis is own else axis for axis in axes), len(of))
        ends.append(whole if weights == "equal" else replace(whole, axes=axes))
    (below, offset_below), (above, offset_above) = (end.averaged(weights) for end in ends)
    rows, offset = (above - below) / step, (offset_above - offset_below) / step
    labels = cells(axes[: len(of)]) if of else pd.DataFrame(index=range(1))
    notes = _notes(replace(ends[0], axes=axes), weights)
    return MarginalEstimates(labels, _clean(rows), offset, known, f"{predictor}.trend", (), alpha, notes=notes)


def _names(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))


def _clean(rows: Array) -> Array:
    """Rows with what is rounding beside their largest number put to 0: columns that do not have the predictor."""
    size = np.abs(rows).max(initial=0.0)
    return np.where(np.abs(rows) > 1e-9 * size, rows, 0.0)


def _notes(whole: Grid, weights: Weights) -> tuple[str, ...]:
    """What was averaged, what is held, and what lies outside of the data."""
    notes, others = [], whole.axes[whole.targets :]
    averaged = [a.name for a in others if len(a.values) > 1]
    if averaged:
        how = "each level counts the same" if weights == "equal" else "weights are the shares of rows"
        notes.append(f"Averaged over {_listed(averaged)}; {how}.")
    if held := [f"{a.name} = {numbers.number(a.values[0], 4)}" for a in whole.axes if a.is_mean]:
        notes.append(f"Held at the mean: {_listed(held)}.")
    for axis in whole.axes:
        if outside := axis.outside:
            low, high = (numbers.number(v, 4) for v in axis.predictor.range)
            values = _listed([numbers.number(v, 4) for v in outside[:5]])
            notes.append(f"No row has {axis.name} at {values}: the data have {low} to {high}, and the model is carried on beyond.")
    design = whole.axes[0].predictor.design if whole.axes else None
    if design is not None and design.is_sample and weights == "proportional":
        notes.append(f"Shares of rows are those of a sample. {design.sample_sentence}")
    return tuple(notes)


def _interactions(result: Result, axes: Sequence[Axis], targets: int) -> tuple[str, ...]:
    """Which predictors that are averaged over, or held, change what the asked ones do."""
    from ...formula.spec import columns_of

    asked, others = {a.name for a in axes[:targets]}, {a.name for a in axes[targets:]}
    joined: dict[str, None] = {}
    for term in result.design.spec.terms:
        names = {name for factor in term.factors for name in columns_of(factor)}
        if len(term.factors) > 1 and names & asked:
            joined.update(dict.fromkeys(sorted(names & others)))
    if not joined:
        return ()
    return (f"The model has interactions with {_listed(list(joined))}: differences depend on it, and these are at one value or an average.",)


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
