"""What linear combinations of a model's coefficients are asked of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ...design.design import Design
from ...moments.groups import Moments
from .estimator import Ddf, Estimator
from .grid import Grid


class Model(Protocol):
    """A fitted model, as far as its linear combinations go."""

    @property
    def design(self) -> Design:
        """Its columns and predictors."""

    @property
    def moments(self) -> Moments:
        """The sums that it was fitted to."""

    @property
    def columns(self) -> list[int]:
        """The coefficients' columns in the moments; -1 is the intercept."""

    @property
    def average_means(self) -> Mapping[int, float]:
        """Columns of group means beside the design's, each with its average."""

    @property
    def reference_grid(self) -> Grid:
        """Every combination of the predictors' levels, numbers at their means."""

    def estimator(self, ddf: Ddf | None = None) -> Estimator:
        """The standard errors and degrees of freedom of linear combinations of the coefficients."""
