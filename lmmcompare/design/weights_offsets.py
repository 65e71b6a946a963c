"""What a model takes as known of each row, without a coefficient: prior weights and offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import numpy as np

from ..arrays import Array
from ..errors import DataError, DesignError
from ..formula.expressions import Arithmetic, Column, Expression
from ..formula.spec import ModelSpec
from ..text.numbers import count, number
from .columns import Table
from .encoding import DesignColumn, Encoder, is_level_call
from .unusable import not_finite_error


@dataclass(frozen=True, eq=False)
class PriorWeights:
    """Prior weights of rows: the residual variance of a row is sigma^2 over its weight.

    Parameters
    ----------
    label : str
        The expression that gives them.
    relative : (n,) array
        Of the rows that a design holds, over the mean weight of all rows used.
    low, high : float
        The smallest and the largest weight of all rows used.
    """

    label: str
    relative: Array
    mean: float
    low: float
    high: float

    def __getitem__(self, rows: slice | Array) -> Array:
        return self.relative[rows]

    @property
    def values(self) -> Array:
        """The weights as they are given."""
        return self.relative * self.mean


def prior_weights(weights: Expression, values: Array) -> PriorWeights:
    """Prior weights of all rows used, from their values, which are above 0."""
    mean = float(values.mean())
    return PriorWeights(label(weights), values / mean, mean, float(values.min()), float(values.max()))


def label(known: Expression) -> str:
    """Weights or an offset as readers see them."""
    return known.name if isinstance(known, Column) else str(known)


def one_column(expression: Expression, arrays: Sequence[Array], what: str) -> Array:
    """The numbers of an expression that has one column; ``what`` takes no more."""
    if len(arrays) > 1:
        raise DesignError(f"{expression} cannot be {what}: it has several columns.", "Choose one column.")
    return arrays[0]


def refuse_levels(known: Expression, what: str) -> None:
    """Raise when weights or an offset would be levels rather than numbers."""
    if is_level_call(known):
        raise DesignError(f"{known} cannot be {what}: it has levels, no numbers.", "Choose a column of numbers.")


def refuse_weights(weights: Expression, n: int, *, finite: int, negative: int, zero: int) -> None:
    """Raise when some of the weights of ``n`` complete rows are no numbers or below 0, or fewer than two are above 0."""
    if finite < n:
        raise not_finite_error(weights, n - finite)
    if negative:
        raise DataError(
            f"The weights “{label(weights)}” are negative in {count(negative, 'row')}.",
            "Choose a column of weights that are 0 or more; a row of weight 0 is left out.",
        )
    if n - zero < 2:
        raise DataError(
            f"{'Only one' if n - zero else 'No'} complete row has a weight above 0.",
            "Choose another column of weights.",
        )


def numbers_of(known: Expression, frame: Table, encoder: Encoder, what: str) -> Array:
    """What ``what``, weights or an offset, is in each row of a frame without missing values."""
    refuse_levels(known, what)
    values = one_column(known, encoder.numbers(known, frame), what)
    if not np.isfinite(values).all():
        raise not_finite_error(known, int((~np.isfinite(values)).sum()))
    return values


def weights_of(weights: Expression, frame: Table, encoder: Encoder) -> Array:
    """The weights of a frame's rows, 0 among them.

    Raises
    ------
    DataError
        When some are negative or no numbers, or next to none is above 0.
    """
    refuse_levels(weights, "the weights")
    values = one_column(weights, encoder.numbers(weights, frame), "the weights")
    finite, negative, zero = (int(flag.sum()) for flag in (np.isfinite(values), values < 0, values == 0))
    refuse_weights(weights, len(values), finite=finite, negative=negative, zero=zero)
    return values


def offset_of(spec: ModelSpec, frame: Table, encoder: Encoder) -> Array | None:
    """The sum of a model's offsets in each row; None where it has none."""
    if not spec.offset:
        return None
    return reduce(add, (numbers_of(one, frame, encoder, "an offset") for one in spec.offset))


def subtract_offset(outcome: DesignColumn, spec: ModelSpec, frame: Table, encoder: Encoder) -> DesignColumn:
    """The outcome less the offset, which is what the coefficients are fitted to, under a name that says so.

    Of arrays or of expressions, as the encoder makes them.
    """
    if not spec.offset:
        return outcome
    offset = reduce(add, (one_column(one, encoder.numbers(one, frame), "an offset") for one in spec.offset))
    parts = [f"({one})" if isinstance(one, Arithmetic) else label(one) for one in spec.offset]
    return replace(outcome, name=" - ".join([outcome.name, *parts]), pieces=(outcome.pieces[0] - offset,))


def known_sentence(spec: ModelSpec, weights: PriorWeights | None, outcome: str) -> str:
    """What rows weigh and what is taken off the outcome, after a blank; empty where there are neither weights nor offsets."""
    result = ""
    if weights is not None:
        result = (
            f" Rows have the prior weights “{weights.label}” ({number(weights.low)} to {number(weights.high)}, {number(weights.mean)} on "
            "average): the residual variance of a row is σ² divided by its weight, so σ is that of a row of weight 1. OLS is then weighted "
            "least squares. Averages, R², intraclass correlations and effective rows are of rows of average weight."
        )
    if spec.offset:
        result += (
            f" The offset, {' + '.join(map(label, spec.offset))}, is known and has no coefficient: models and pictures are "
            f"of {outcome}, and predictions have it added again."
        )
    return result
