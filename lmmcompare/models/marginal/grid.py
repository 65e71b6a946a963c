"""A reference grid: some values of every predictor, all their combinations, and averages over these.

As in the R package emmeans (Lenth): what is averaged over counts by levels or by rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from ...arrays import Array
from ...design.levels import positions
from ...design.predictors import Predictor
from ...errors import OptionError
from .nested_factors import Nesting

Weights = Literal["equal", "proportional"]
At = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Axis:
    """A predictor of the grid.

    Parameters
    ----------
    values : list
        Its levels, or its numbers.
    asked : bool
        Whether the values were given by the caller.
    """

    predictor: Predictor
    values: list[Any]
    asked: bool

    @property
    def name(self) -> str:
        """The column."""
        return self.predictor.name

    @property
    def is_mean(self) -> bool:
        """Whether it is a number held at its mean."""
        return self.predictor.levels is None and not self.asked and len(self.values) == 1

    @property
    def outside(self) -> list[float]:
        """Requested values that lie outside the range of the data."""
        if self.predictor.levels is not None:
            return []
        low, high = self.predictor.range
        return [v for v in self.values if not low <= v <= high]


@dataclass(frozen=True, eq=False)
class Grid:
    """A reference grid.

    Parameters
    ----------
    axes : tuple of Axis
        The first varies fastest over the cells.
    rows : (cells, q) array
        The model's columns at each cell, those that are not estimable among them; NaN where an expression has no value.
    offset : (cells,) array
        What is known beside the coefficients.
    """

    axes: tuple[Axis, ...]
    rows: Array
    offset: Array
    nesting: Nesting

    def others(self, targets: Sequence[str]) -> list[Axis]:
        """The axes that are averaged over where means are asked for at each combination of some predictors."""
        return [axis for axis in self.axes if axis.name not in targets]

    def labels(self, targets: Sequence[str]) -> dict[str, pd.Index]:
        """The combinations of some predictors' values that occur, the first varying fastest."""
        named = {axis.name: axis for axis in self.axes}
        whole = cells([named[name] for name in targets])
        if not self.nesting.nests:
            return whole
        there = np.flatnonzero(self._by_targets(self.nesting.occurs, targets).any(axis=0))
        return {name: values.take(there) for name, values in whole.items()}

    def averaged(self, targets: Sequence[str], weights: Weights) -> tuple[Array, Array]:
        """Rows and offsets of `labels`, averaged over all other predictors."""
        rows, offset = (self._by_targets(values, targets) for values in (self.rows, self.offset))
        if self.nesting.nests:
            each = self._by_targets(self._nested_weights(targets, weights), targets)
            there = self._by_targets(self.nesting.occurs, targets).any(axis=0)
            each = (each / np.where(there, each.sum(axis=0), 1.0))[:, there]
            known = np.where(each[:, :, None] > 0, rows[:, there], 0.0)
            return np.einsum("ot,otq->tq", each, known), np.einsum("ot,ot->t", each, offset[:, there])
        others = self.others(targets)
        share = np.ones(len(rows)) if weights == "equal" else _frequencies(others)
        share = share / share.sum()
        used = np.flatnonzero(share)  # a cell of weight 0 may be one without a value
        return np.tensordot(share[used], rows[used], axes=1), np.tensordot(share[used], offset[used], axes=1)

    def _nested_weights(self, targets: Sequence[str], weights: Weights) -> Array:
        """How much each cell counts among those with the same values of the targets: by rows, those with what it is nested in."""
        if weights == "equal":
            return self.nesting.share
        others = [axis.name for axis in self.others(targets)]
        counted = {*others, *(nest for name in others for nest in self.nesting.nests.get(name, ()))}
        return _frequencies(self.axes, {*targets} - counted) * self.nesting.occurs

    def _by_targets(self, values: Array, targets: Sequence[str]) -> Array:
        """Values of cells reshaped to (cells averaged over, combinations of the targets' values, ...)."""
        others = int(np.prod([len(axis.values) for axis in self.others(targets)]))
        names = [axis.name for axis in self.axes]
        order = [*targets, *(name for name in names if name not in targets)]
        places = [len(names) - 1 - names.index(name) for name in reversed(order)]
        whole = values.reshape(*(len(axis.values) for axis in reversed(self.axes)), *values.shape[1:])
        rest = range(len(names), whole.ndim)
        return whole.transpose(*places, *rest).reshape(others, -1, *values.shape[1:])


def cells(axes: Sequence[Axis]) -> dict[str, pd.Index]:
    """Every combination of some axes' values, the first varying fastest."""
    n, step, result = int(np.prod([len(axis.values) for axis in axes])), 1, {}
    for axis in axes:
        levels = axis.predictor.levels
        values = pd.Index(axis.values, dtype=None if levels is None else levels.dtype)
        result[axis.name] = values.take(np.arange(n) // step % len(values))
        step *= len(values)
    return result


def _frequencies(axes: Sequence[Axis], alike: Collection[str] = ()) -> Array:
    """How many rows have each combination; values of a number that is held or asked for, and levels of ``alike``, count the same."""
    own = [None if axis.name in alike else row_codes(axis) for axis in axes]
    sizes = [1 if codes is None else len(axis.values) for axis, codes in zip(axes, own, strict=True)]
    place, keep, step = np.zeros(1, dtype=np.int64), np.ones(1, dtype=bool), 1
    for codes, size in zip(own, sizes, strict=True):
        if codes is not None:
            place, keep = place + step * codes, keep & (codes >= 0)
        step *= size
    counts = np.bincount(place[keep], minlength=step).astype(float)
    whole = np.broadcast_to(counts.reshape(sizes[::-1]), [len(axis.values) for axis in axes][::-1])
    if not whole.any():
        raise OptionError(
            "No row has any of the combinations that are averaged over.",
            'Ask for weights="equal", or for other levels.',
        )
    return whole.ravel()


def row_codes(axis: Axis) -> Array | None:
    """Which of an axis' values each row has, -1 for none; None of a number that is held or asked for."""
    predictor = axis.predictor
    if predictor.levels is not None:
        into = np.full(len(predictor.levels), -1)
        into[positions(predictor.levels, pd.Index(axis.values))] = np.arange(len(axis.values))
        return into[predictor.codes]
    if len(axis.values) == 2 and not axis.asked:
        return (predictor.values == axis.values[1]).astype(np.int64)
    return None
