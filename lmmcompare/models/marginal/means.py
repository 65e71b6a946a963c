"""Estimated marginal means and simple slopes of a fitted model: its columns over the reference grid, averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np

from ...arrays import Array
from ...design.design import Design
from ...errors import OptionError
from ...formula.expressions import Arithmetic, Call, Column, Expression, columns_of
from ...text import numbers
from ...text.english import listed
from .estimates import MarginalEstimates
from .estimator import Ddf
from .fitted_model import FittedModel
from .grid import At, Axis, Grid, Weights
from .nested_factors import Nesting
from .reference_grid import grid, reference_grid, refuse_unknown

STEP = 0.001
"""Slopes are differences from the value to one that lies this share of the predictor's range above, as emmeans' ``emtrends`` has them."""
Names = str | Sequence[str]


def marginal_means(
    model: FittedModel,
    specs: Names,
    by: Names,
    at: At | None,
    *,
    weights: Weights = "equal",
    ddf: Ddf | None = None,
    alpha: float = 0.05,
    nested: bool = True,
) -> MarginalEstimates:
    """Means of the outcome at each level of some predictors, averaged over all others: `Result.emmeans`.

    Unless ``nested``, every cell of the grid counts, whether or not its levels occur together.
    """
    within = _names(by)
    targets = tuple(dict.fromkeys([*_names(specs), *within]))
    known, whole = model.estimator(ddf), _grid(model, targets, at, weights, nested=nested)
    targets = whole.nesting.with_nests(targets)
    rows, offset = whole.averaged(targets, weights)
    notes = (*_notes(model, whole, targets, weights), *_interactions(model, whole, targets))
    return MarginalEstimates(whole.labels(targets), rows, offset, known, "emmean", within, alpha, notes=notes)


def marginal_slopes(
    model: FittedModel,
    predictor: str,
    by: Names,
    at: At | None,
    *,
    weights: Weights = "equal",
    ddf: Ddf | None = None,
    alpha: float = 0.05,
    nested: bool = True,
) -> MarginalEstimates:
    """Slopes of a number at each level of some predictors, averaged over all others: `Result.slopes`.

    Unless ``nested``, every cell of the grid counts, whether or not its levels occur together. Of curves they are differences over the
    next thousandth of the predictor's range, as in emmeans.
    """
    targets = _names(by)
    known, whole = model.estimator(ddf), _grid(model, [*targets, predictor], at, weights, nested=nested)
    (own,) = (axis for axis in whole.axes if axis.name == predictor)
    if own.predictor.levels is not None:
        raise OptionError(
            f"“{predictor}” has levels, and so no slope.",
            f"Ask for its means, and for contrasts of them: emmeans({predictor!r}).",
        )
    if has_steps_only(model.design, predictor):
        raise OptionError(
            f"“{predictor}” is in the formula in steps only, and so has no slope.",
            f"Ask for means on both sides of a step: emmeans({predictor!r}, at={{{predictor!r}: [...]}}).",
        )
    step = STEP * float(np.ptp(own.predictor.range))
    moved = replace(own, values=[v + step for v in own.values])
    ahead = grid(model, tuple(moved if axis is own else axis for axis in whole.axes))
    ahead, targets = replace(ahead, axes=whole.axes, nesting=whole.nesting), whole.nesting.with_nests(targets)
    (below, offset_below), (above, offset_above) = (one.averaged(targets, weights) for one in (whole, ahead))
    rows, offset = _clean((above - below) / step), (offset_above - offset_below) / step
    notes = _notes(model, whole, targets, weights, but="" if is_curve(model, predictor) else predictor)
    return MarginalEstimates(whole.labels(targets), rows, offset, known, f"{predictor}.trend", (), alpha, notes=notes)


def _grid(model: FittedModel, names: Sequence[str], at: At | None, weights: Weights, *, nested: bool) -> Grid:
    """The reference grid, after the names and the weights are known to be there."""
    if weights not in get_args(Weights):
        raise OptionError(f"weights is 'equal' or 'proportional', not {weights!r}.", "Choose one of the two.")
    refuse_unknown(model, names)
    whole = reference_grid(model, at) if at else model.reference_grid
    return whole if nested else replace(whole, nesting=Nesting())


def is_curve(model: FittedModel, predictor: str) -> bool:
    """Whether a predictor is bent in the formula, so that its slope may depend on the value where it is evaluated."""
    uses = [[f for f in term.factors if predictor in columns_of(f)] for term in model.design.spec.terms]
    return any(len(factors) > 1 or not all(_is_straight(f, predictor) for f in factors) for factors in uses)


def has_steps_only(design: Design, predictor: str) -> bool:
    """Whether a predictor is in the formula as categories made of it alone, ``I(x > 0)`` or ``cut(x, 3)``: it has no slope then."""
    uses = [f for f in design.spec.fixed_factors if predictor in columns_of(f)]
    return bool(uses) and all(not isinstance(f, Column) and str(f) in design.encoder.levels for f in uses)


def _is_straight(factor: Expression, predictor: str) -> bool:
    """Whether a factor changes with a predictor in a straight line, or not at all: ``x``, ``scale(x)``, ``I((x - 12) / 10)``."""
    if predictor not in columns_of(factor):
        return True
    match factor:
        case Column() | Call("ave"):
            return True
        case Call("I" | "scale" | "center", (inner, *_)):
            return _is_straight(inner, predictor)
        case Arithmetic("+" | "-", left, right):
            return _is_straight(left, predictor) and _is_straight(right, predictor)
        case Arithmetic("*", left, right) if predictor not in columns_of(left):
            return _is_straight(right, predictor)
        case Arithmetic("*" | "/", left, right):
            return predictor not in columns_of(right) and _is_straight(left, predictor)
    return False


def _names(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))


def _clean(rows: Array) -> Array:
    """Rows with entries that are rounding errors set to 0, which belong to columns without the predictor."""
    size = np.abs(rows).max(initial=0.0)
    return np.where(np.abs(rows) > 1e-9 * size, rows, 0.0)


def _mean_words(axis: Axis) -> str:
    """A predictor's mean; 0 where the mean of a centred column is rounding, of a float or of the digits that a file has."""
    mean, (low, high) = float(axis.values[0]), axis.predictor.range
    return numbers.brief(mean if abs(mean) > 1e-6 * (high - low) else 0.0)


def _notes(model: FittedModel, whole: Grid, targets: Sequence[str], weights: Weights, but: str = "") -> tuple[str, ...]:
    """What was averaged, what is held ``but`` for one predictor, and what lies outside of the data."""
    notes, averaged = (
        list(filter(None, [whole.nesting.sentence])),
        [axis.name for axis in whole.others(targets) if len(axis.values) > 1],
    )
    if averaged:
        how = "each level counts the same" if weights == "equal" else "weights are the shares of rows"
        notes.append(f"Averaged over {listed(averaged)}; {how}.")
    if held := [f"{a.name} = {_mean_words(a)}" for a in whole.axes if a.is_mean and a.name != but]:
        notes.append(f"Held at the mean: {listed(held)}.")
    for axis in whole.axes:
        if outside := axis.outside:
            low, high = (numbers.brief(v) for v in axis.predictor.range)
            values = listed([numbers.brief(v) for v in outside[:5]])
            notes.append(
                f"No row has {axis.name} at {values}: the data have {low} to {high}, and the model is carried on beyond."
            )
    if model.design.is_sample and weights == "proportional":
        notes.append(f"Shares of rows are those of a sample. {model.design.sample_sentence}")
    return tuple(notes)


def _interactions(model: FittedModel, whole: Grid, targets: Sequence[str]) -> tuple[str, ...]:
    """Which predictors that are averaged over, or held, change what the asked ones do."""
    asked, others = set(targets), {axis.name for axis in whole.others(targets)}
    joined: dict[str, None] = {}
    for term in model.design.spec.terms:
        names = {name for factor in term.factors for name in columns_of(factor)}
        if len(term.factors) > 1 and names & asked:
            joined.update(dict.fromkeys(sorted(names & others)))
    if not joined:
        return ()
    with_them = f"The model has interactions with {listed(list(joined))}"
    return (f"{with_them}: differences depend on it, and these are at one value or an average.",)
