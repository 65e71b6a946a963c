"""The reference grid: every combination of the predictors' levels, numbers at their means, and the model's columns there.

As in the R package emmeans (Lenth): a factor has all its levels; a number its mean over the rows used, both its values where it takes two
only, or the values that are asked for. Functions such as `poly`, `log` and `I` are evaluated at these values, as the fit evaluated them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from ...arrays import Array
from ...design.categories import level_text
from ...design.coefficients import CONSTANT
from ...design.levels import positions
from ...design.predictors import Predictor
from ...design.rows import gaps
from ...design.terms import ColumnMaker
from ...design.weights_offsets import offset_of
from ...errors import OptionError, TooLargeError
from ...text import numbers
from ..mixed import MixedResult
from ..result import Result
from .nested_factors import Nesting, nesting

Weights = Literal["equal", "proportional"]
At = Mapping[str, Any]
MOST_CELLS, MOST_NUMBERS = 100_000, 5_000_000
"""A grid has at most so many cells, and so many numbers in all its columns."""


@dataclass(frozen=True, eq=False)
class Axis:
    """A predictor of the grid.

    Parameters
    ----------
    predictor : Predictor
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

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers, as levels or as such."""
        return all(isinstance(v, int | float | np.number) and not isinstance(v, bool | np.bool_) for v in self.values)


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
    nesting : Nesting
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


def reference_grid(result: Result, at: At) -> Grid:
    """The grid of all predictors of a model's fixed part and its offset.

    Raises
    ------
    OptionError
        For a predictor that the model does not have, a level without rows, a value that is no number.
    TooLargeError
        For too many cells.
    """
    refuse_unknown(result, at)
    design = result.design
    return grid(result, tuple(_axis(result, Predictor(design, name), at.get(name)) for name in design.predictors))


def refuse_unknown(result: Result, names: Iterable[str]) -> None:
    """Raise for names that are no predictors of the fixed part."""
    known = list(result.design.predictors)
    for name in names:
        if name not in known:
            there = f"It has {', '.join(known)}." if known else "It has none at all."
            raise OptionError(f"The model has no predictor “{name}” in its fixed part.", there)


def grid(result: Result, axes: tuple[Axis, ...]) -> Grid:
    """The grid of some axes."""
    n, width = int(np.prod([len(a.values) for a in axes])), len(columns_of_rows(result))
    if n > MOST_CELLS or n * width > MOST_NUMBERS:
        widest = max(axes, key=lambda a: len(a.values))
        raise TooLargeError(
            f"The grid of all levels has {n:,} cells of {width:,} columns, {len(widest.values):,} levels of “{widest.name}” among them.",
            f"Name fewer levels: at={{“{widest.name}”: [...]}}.",
            in_app=f"Leave “{widest.name}” out of the predictors, or join its levels.",
        )
    rows, offset = design_rows(result, pd.DataFrame(cells(axes), index=range(n)))
    return Grid(axes, rows, offset, _nesting(result, axes))


def _nesting(result: Result, axes: tuple[Axis, ...]) -> Nesting:
    """What is nested in what; in a sample of the rows a level may be missing by chance, so there nothing is."""
    if result.design.is_sample:
        return Nesting()
    codes = {axis.name: own for axis in axes if (own := _row_codes(axis)) is not None}
    return nesting(result.design.spec, codes, {axis.name: len(axis.values) for axis in axes})


def cells(axes: Sequence[Axis]) -> dict[str, pd.Index]:
    """Every combination of some axes' values, the first varying fastest."""
    n, step, result = int(np.prod([len(axis.values) for axis in axes])), 1, {}
    for axis in axes:
        levels = axis.predictor.levels
        values = pd.Index(axis.values, dtype=None if levels is None else levels.dtype)
        result[axis.name] = values.take(np.arange(n) // step % len(values))
        step *= len(values)
    return result


def columns_of_rows(result: Result) -> list[int]:
    """The columns that rows over the coefficients have: the constant, the formula's, those left out among them, further ones."""
    design = result.design
    return list(dict.fromkeys([CONSTANT] * design.intercept + [*design.all_fixed, *result.columns]))


def design_rows(result: Result, frame: pd.DataFrame) -> tuple[Array, Array]:
    """The model's columns and its offset at rows of predictors' values.

    Group means that a within-between model has are held at their averages.
    """
    design = result.design
    maker = ColumnMaker(design.encoder, frame, design.spec, learn=False)
    maker.add_terms(design.spec.terms, design.intercept)
    means = dict[int, float]()
    if isinstance(result, MixedResult) and result.means_of:
        own = result.columns[len(result.columns) - len(result.means_of) :]
        means = dict(zip(own, result.group_means().values(), strict=True))
    columns = columns_of_rows(result)
    rows = np.empty((len(frame), len(columns)))
    for place, k in enumerate(columns):
        rows[:, place] = 1.0 if k == CONSTANT else means[k] if k in means else maker.columns[k][:]
    factors = [f for term in design.spec.terms for f in term.factors]
    rows[gaps(factors, frame, design.encoder)] = np.nan
    offset = offset_of(design.spec, frame, design.encoder)
    return rows, np.zeros(len(frame)) if offset is None else offset


def _axis(result: Result, predictor: Predictor, asked: Any) -> Axis:
    if predictor.levels is not None:
        return Axis(
            predictor, list(predictor.levels) if asked is None else _levels(predictor, asked), asked is not None
        )
    if asked is not None:
        return Axis(predictor, _numbers(predictor, asked), True)
    if predictor.two_values:
        return Axis(predictor, list(predictor.range), False)
    return Axis(predictor, [_mean(result, predictor)], False)


def _mean(result: Result, predictor: Predictor) -> float:
    """The mean over all rows; of a table that an engine has from its sums, where these have the column as it is."""
    design = result.design
    if design.is_sample and design.weights is None:
        for k, column in enumerate(design.columns[:-1]):
            if len(column.parts) == 1 and str(column.parts[0].factor) == predictor.name:
                return float(result.moments.center[k])
    return float(predictor.values.mean())


def _levels(predictor: Predictor, asked: Any) -> list[Any]:
    assert predictor.levels is not None
    wanted = _listed(asked)
    places = positions(predictor.levels, pd.Index(wanted, dtype=object))
    if (places < 0).any():
        known = ", ".join(level_text(v) for v in predictor.levels[:8]) + (", …" if len(predictor.levels) > 8 else "")
        unknown = wanted[int(np.flatnonzero(places < 0)[0])]
        raise OptionError(f"No row used has “{unknown}” in “{predictor.name}”.", f"Its levels are {known}.")
    return list(predictor.levels[list(dict.fromkeys(places.tolist()))])


def _numbers(predictor: Predictor, asked: Any) -> list[float]:
    wanted = _listed(asked)
    try:
        values = np.array(wanted, dtype=float)
    except (TypeError, ValueError):
        values = np.array([np.nan])
    if values.ndim != 1 or not np.isfinite(values).all():
        raise OptionError(
            f"“{predictor.name}” is a number, and {asked!r} is none.",
            f"Give numbers: at={{“{predictor.name}”: [0, 1]}}.",
        )
    return list(dict.fromkeys(values.tolist()))


def _listed(asked: Any) -> list[Any]:
    many = isinstance(asked, Iterable) and not isinstance(asked, str | bytes | Mapping)
    result = list(asked) if many else [asked]
    if not result:
        raise OptionError("A predictor is asked for at no value.", "Give at least one, or leave it out.")
    if len(result) > MOST_CELLS:
        raise TooLargeError(
            f"A predictor is asked for at {numbers.count(len(result), 'value')}.",
            f"At most {MOST_CELLS:,} are possible.",
        )
    return result


def _frequencies(axes: Sequence[Axis], alike: Collection[str] = ()) -> Array:
    """How many rows have each combination; values of a number that is held or asked for, and levels of ``alike``, count the same."""
    own = [None if axis.name in alike else _row_codes(axis) for axis in axes]
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


def _row_codes(axis: Axis) -> Array | None:
    """Which of an axis' values each row has, -1 for none; None of a number that is held or asked for."""
    predictor = axis.predictor
    if predictor.levels is not None:
        into = np.full(len(predictor.levels), -1)
        into[positions(predictor.levels, pd.Index(axis.values))] = np.arange(len(axis.values))
        return into[predictor.codes]
    if len(axis.values) == 2 and not axis.asked:
        return (predictor.values == axis.values[1]).astype(np.int64)
    return None
