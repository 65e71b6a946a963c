"""The x axis of a picture: what it shows, and each row's place along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.design import Design
from ..design.levels import factorize
from .comparison import Comparison
from .moderator_values import levels_of

MAX_TICKS = 30
"""Groups side by side of which each has its name at the axis."""
JITTER = 0.18


def axis_name(design: Design, x: str) -> str:
    """The axis title of a predictor: its name, and for dates the unit counted."""
    unit = design.encoder.unit(x)
    return f"{x}, {unit}" if unit else x


@dataclass(frozen=True, eq=False)
class XAxis:
    """The x axis: each row's place along it, and what it shows.

    Parameters
    ----------
    kind : str
        Whether it has the values of a number, the levels of a category, or the groups side by side.
    values : (n,) array
        Each row's place.
    ticks : dict, optional
        The text at each place of a level or group.
    group_ranges : (J, 2) array, optional
        Each group's range of a number over all rows, where the rows at hand are a sample.
    """

    kind: Literal["numbers", "levels", "groups"]
    name: str
    values: Array
    data_range: tuple[float, float]
    ticks: dict[float, str] | None = None
    group_ranges: Array | None = None

    @property
    def length(self) -> float:
        """The length of the data's range."""
        return (self.data_range[1] - self.data_range[0]) or 1.0

    def shown_range(self, include_zero: bool) -> tuple[float, float]:
        """The data's range with a margin; reaching to 0 on demand."""
        margin = 0.04 * self.length if self.kind == "numbers" else 0.5
        low, high = self.data_range[0] - margin, self.data_range[1] + margin
        return (min(low, 0.0), max(high, 0.0)) if include_zero and self.kind == "numbers" else (low, high)

    def jitter(self, n: int, rng: np.random.Generator) -> Array | float:
        """Random shifts of n points where many would lie on each other."""
        few_values = len(np.unique(self.values[:5000])) <= 6 and len(self.values) > 200
        width = JITTER if self.kind == "levels" else 0.02 * self.length if few_values else 0.0
        return rng.uniform(-width, width, n) if width else 0.0

    def varies_within(self, codes: Array) -> bool:
        """Whether a group has rows at several levels."""
        width = int(self.values.max()) + 1
        cells = np.bincount(codes * width + self.values.astype(int)) > 0
        return bool(np.bincount(np.flatnonzero(cells) // width).max() > 1)


def x_axis(comparison: Comparison, rows: pd.DataFrame, x: str | None, codes: Array, order: list[str]) -> XAxis:
    """The axis of a predictor; without one the groups, in the order of their fitted means."""
    design, grouping = comparison.design, comparison.grouping
    if x is None:
        position = {label: k for k, label in enumerate(order)}
        places = np.array([position[label] for label in grouping.labels], dtype=float)
        few = {float(k): label for k, label in enumerate(order)} if len(order) <= MAX_TICKS else None
        return XAxis("groups", f"{grouping.name}, by fitted mean", places[codes], (0.0, len(order) - 1.0), few)
    levels = levels_of(comparison, x)
    if levels is not None:
        own, named = factorize(rows[x])
        ticks = {float(k): str(v) for k, v in enumerate(levels)}
        return XAxis("levels", x, levels.get_indexer(named)[own].astype(float), (0.0, len(ticks) - 1.0), ticks)
    values, name = design.encoder.column(rows[x]), axis_name(design, x)
    if not design.sampled:
        return XAxis("numbers", name, values, (float(values.min()), float(values.max())))
    ranges = np.column_stack(design.sampled.ranges[x])
    data_range = float(ranges[:, 0].min()), float(ranges[:, 1].max())
    return XAxis("numbers", name, values, data_range, group_ranges=ranges)
