"""The reference grid of a model: every combination of the predictors' levels, numbers at their means, and its columns there.

As in the R package emmeans (Lenth): a factor has all its levels; a number its mean over the rows used, both its values where it takes two
only, or the values that are asked for. Functions such as `poly`, `log` and `I` are evaluated at these values, as the fit evaluated them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

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
from .estimator import columns_of_rows
from .fitted_model import FittedModel
from .grid import At, Axis, Grid, cells, row_codes
from .nested_factors import Nesting, nesting

MOST_CELLS, MOST_NUMBERS = 100_000, 5_000_000
"""A grid has at most so many cells, and so many numbers in all its columns."""


def reference_grid(model: FittedModel, at: At) -> Grid:
    """The grid of all predictors of a model's fixed part and its offset.

    Raises
    ------
    OptionError
        For a predictor that the model does not have, a level without rows, a value that is no number.
    TooLargeError
        For too many cells.
    """
    refuse_unknown(model, at)
    design = model.design
    return grid(model, tuple(_axis(model, Predictor(design, name), at.get(name)) for name in design.predictors))


def refuse_unknown(model: FittedModel, names: Iterable[str]) -> None:
    """Raise for names that are no predictors of the fixed part."""
    known = list(model.design.predictors)
    for name in names:
        if name not in known:
            there = f"It has {', '.join(known)}." if known else "It has none at all."
            raise OptionError(f"The model has no predictor “{name}” in its fixed part.", there)


def grid(model: FittedModel, axes: tuple[Axis, ...]) -> Grid:
    """The grid of some axes."""
    n, width = int(np.prod([len(a.values) for a in axes])), len(columns_of_rows(model.design, model.columns))
    if n > MOST_CELLS or n * width > MOST_NUMBERS:
        widest = max(axes, key=lambda a: len(a.values))
        raise TooLargeError(
            f"The grid of all levels has {n:,} cells of {width:,} columns, {len(widest.values):,} levels of “{widest.name}” among them.",
            f"Name fewer levels: at={{“{widest.name}”: [...]}}.",
            in_app=f"Leave “{widest.name}” out of the predictors, or join its levels.",
        )
    rows, offset = design_rows(model, pd.DataFrame(cells(axes), index=range(n)))
    return Grid(axes, rows, offset, _nesting(model, axes))


def _nesting(model: FittedModel, axes: tuple[Axis, ...]) -> Nesting:
    """What is nested in what; in a sample of the rows a level may be missing by chance, so there nothing is."""
    if model.design.is_sample:
        return Nesting()
    codes = {axis.name: own for axis in axes if (own := row_codes(axis)) is not None}
    return nesting(model.design.spec, codes, {axis.name: len(axis.values) for axis in axes})


def design_rows(model: FittedModel, frame: pd.DataFrame) -> tuple[Array, Array]:
    """The model's columns and its offset at rows of predictors' values.

    Group means that a within-between model has are held at their averages.
    """
    design = model.design
    maker = ColumnMaker(design.encoder, frame, design.spec, learn=False)
    maker.add_terms(design.spec.terms, design.intercept)
    means = model.average_means
    columns = columns_of_rows(model.design, model.columns)
    rows = np.empty((len(frame), len(columns)))
    for place, k in enumerate(columns):
        rows[:, place] = 1.0 if k == CONSTANT else means[k] if k in means else maker.columns[k][:]
    rows[gaps(design.spec.fixed_factors, frame, design.encoder)] = np.nan
    offset = offset_of(design.spec, frame, design.encoder)
    return rows, np.zeros(len(frame)) if offset is None else offset


def _axis(model: FittedModel, predictor: Predictor, asked: Any) -> Axis:
    if predictor.levels is not None:
        return Axis(
            predictor, list(predictor.levels) if asked is None else _levels(predictor, asked), asked is not None
        )
    if asked is not None:
        return Axis(predictor, _numbers(predictor, asked), True)
    if predictor.two_values:
        return Axis(predictor, list(predictor.range), False)
    return Axis(predictor, [_mean(model, predictor)], False)


def _mean(model: FittedModel, predictor: Predictor) -> float:
    """The mean over all rows; of a table that an engine has from its sums, where these have the column as it is."""
    design = model.design
    if design.is_sample and design.weights is None:
        for k, column in enumerate(design.columns[:-1]):
            if len(column.parts) == 1 and str(column.parts[0].factor) == predictor.name:
                return float(model.moments.center[k])
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
