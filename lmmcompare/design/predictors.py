"""What the rows used hold of each column that the fixed part is made of: levels, or a mean and a range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..arrays import Array
from ..formula.baselines import is_of_own_levels
from ..formula.expressions import Column, columns_of
from .design import Design
from .encoding import Indicator
from .levels import factorize, positions


@dataclass(frozen=True, eq=False)
class Predictor:
    """A column that the fixed part, or the offset, is made of."""

    design: Design
    name: str

    @cached_property
    def levels(self) -> pd.Index | None:
        """The levels that it is used by, in order; None where it is used as a number only."""
        encoder = self.design.encoder
        own = [f for f in self.design.spec.fixed_factors if set(columns_of(f)) == {self.name}]
        of_own = (encoder.levels[str(f)] for f in own if str(f) in encoder.levels and is_of_own_levels(f))
        return next(of_own, encoder.sources.get(self.name))

    @cached_property
    def values(self) -> Array:
        """Its numbers in the rows that the design holds, dates in days; (n,) float64."""
        return self.design.encoder.column(self.design.predictors[self.name])

    @cached_property
    def codes(self) -> Array:
        """Its level in each row that the design holds, (n,) of int."""
        assert self.levels is not None
        for column in self.design.columns[:-1]:
            for part, piece in zip(column.parts, column.pieces, strict=True):
                if part.factor == Column(self.name) and isinstance(piece, Indicator):
                    return piece.codes
        codes, levels = factorize(self.design.predictors[self.name])
        return np.asarray(positions(self.levels, levels)[codes])

    @cached_property
    def range(self) -> tuple[float, float]:
        """Its smallest and largest number over all rows."""
        return self.design.range_of(self.name, self.values)

    @cached_property
    def two_values(self) -> bool:
        """Whether it is a number that takes two values only, as 0 and 1 are."""
        low, high = self.range
        return bool(((self.values == low) | (self.values == high)).all())
