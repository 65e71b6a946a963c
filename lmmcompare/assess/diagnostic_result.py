"""The result of a diagnostic, and simulation bands for its plot under the fitted model."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..arrays import Array

LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Diagnostic:
    """A diagnostic: its numbers, what they show, and what they would show if all were well.

    Parameters
    ----------
    sentence, well : str
        A sentence on what is seen, made from the numbers; one on what would be seen if all were well.
    lines : DataFrame
        A smoother with its bands; empty where there is none.
    note : str
        What is shown of a large table, or what could not be computed.
    """

    frame: pd.DataFrame
    sentence: str
    well: str
    lines: pd.DataFrame = field(default_factory=pd.DataFrame)
    note: str = ""


@dataclass(frozen=True, eq=False)
class Bands:
    """Bands at m places: 95% of draws lie in the pointwise one at each place, in the simultaneous one everywhere.

    Parameters
    ----------
    expected, lower, upper, lower_all, upper_all : (m,) arrays
    """

    expected: Array
    lower: Array
    upper: Array
    lower_all: Array
    upper_all: Array

    @classmethod
    def of(cls, draws: Array, observed: Array) -> Bands:
        """Bands of draws (m, B) and of what was observed, (m,), which is one more draw where the model holds.

        Counted among them it lies outside as often as any of them, in 5% of cases: limits of the draws alone fit these closer than a
        further one. The simultaneous band is the directional quantile envelope of Myllymäki, Mrkvička, Grabarnik, Seijo and Hahn
        (2017), Global envelope tests for spatial processes, J. R. Stat. Soc. B 79(2): distances from the mean are measured
        in those of the pointwise limits on the same side, and the largest of each draw is held against all others'.
        """
        draws = np.column_stack([draws, observed])
        expected = draws.mean(axis=1)
        lower, upper = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1)
        tiny = np.finfo(float).tiny
        below, above = np.maximum(expected - lower, tiny), np.maximum(upper - expected, tiny)
        gap = draws - expected[:, None]
        over, under = (gap / above[:, None]).max(axis=0, initial=0.0), (gap / -below[:, None]).max(axis=0, initial=0.0)
        farthest = np.maximum(over, under)
        reach = float(np.quantile(farthest, LEVEL))
        return cls(expected, lower, upper, expected - reach * below, expected + reach * above)

    def outside(self, observed: Array) -> Array:
        """Where a curve leaves the pointwise band."""
        return (observed < self.lower) | (observed > self.upper)

    def outside_all(self, observed: Array) -> Array:
        """Where it leaves the simultaneous band."""
        return (observed < self.lower_all) | (observed > self.upper_all)

    def columns(self) -> dict[str, Array]:
        """The limits, by name."""
        return {"lower": self.lower, "upper": self.upper, "lower_all": self.lower_all, "upper_all": self.upper_all}
