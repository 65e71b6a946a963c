"""Columns of the fixed part that are exact combinations of those before them: no effect of their own can be estimated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..text.numbers import count
from .coefficients import CONSTANT

LISTED = 3
"""Most columns left out that a sentence gives the reasons of."""
APART = 1e-7
"""A new row that differs from what its other columns give by this share of their sizes is none like those fitted to."""


@dataclass(frozen=True)
class Aliased:
    """A column left out, as R's ``lm`` and lme4 do: the sum of ``coefficients`` times ``columns`` in every row used.

    Parameters
    ----------
    column : int
        Among the design's columns.
    name, label : str
        Of its coefficient, in frames and as readers see it.
    reason : str
        Why nothing can be said of its own effect, as part of a sentence.
    columns : tuple of int
        Of those that are kept; `CONSTANT` is the intercept.
    coefficients : tuple of float
        In the columns' units.
    size : float
        Of the column's values: the root of their mean square.
    """

    column: int
    name: str
    label: str
    reason: str
    columns: tuple[int, ...]
    coefficients: tuple[float, ...]
    size: float

    def holds(self, columns: Sequence[Array] | Mapping[int, Array], constant: Array | float = 1.0) -> Array:
        """Whether rows, given as columns, keep to the combination: what is estimated then says what they are predicted at.

        ``constant`` is their column for the intercept, which is not 1 in contrasts of rows.
        """
        own = columns[self.column]
        parts = [
            c * (constant if k == CONSTANT else columns[k])
            for k, c in zip(self.columns, self.coefficients, strict=True)
        ]
        size = sum((np.abs(part) for part in parts), self.size + np.abs(own))
        return np.asarray(np.abs(own - sum(parts, np.zeros(len(own)))) <= APART * size)


def aliased_sentence(aliased: Sequence[Aliased]) -> str:
    """Which coefficients are not estimable and why, after a blank; empty where all are."""
    if not aliased:
        return ""
    reasons = [f"“{one.label}” ({one.reason})" for one in aliased[:LISTED]]
    more = f" and {count(len(aliased) - LISTED, 'more coefficient')}" if len(aliased) > LISTED else ""
    return f" Not estimable from these rows, so left out of every model: {', '.join(reasons)}{more}."
