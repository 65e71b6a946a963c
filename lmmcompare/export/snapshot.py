"""What a reader looks at when they take it away: the comparison, its table, the view, the inference chosen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ..comparison.compare import Comparison
from ..comparison.fitted_lines import Picture, picture
from ..explain.effect import first_term
from ..tables.inference import Inferred, usual
from ..tables.simulation_truth import with_truth
from .source import Source


@dataclass(frozen=True)
class Snapshot:
    """A comparison as its reader sees it; report, tables and archive are made from it.

    Parameters
    ----------
    comparison : Comparison
    source : Source
        The table that it was fitted to, and where it comes from.
    x : str, optional
        The predictor on the x axis, the first one when left out.
    term : str, optional
        The coefficient that headline and figures are about; the first that is not the intercept when left out.
    zero : bool
        Whether the x axis reaches to 0.
    highlight : str, optional
        The marked group.
    models : tuple of str
        The models whose lines are drawn; OLS and the formula's own when left out.
    chosen : Inferred, optional
        The inference that the reader asked for; the usual one when left out.
    link : str
        The address that opens the comparison again; empty where there is none.
    """

    comparison: Comparison
    source: Source
    x: str | None = None
    term: str | None = None
    zero: bool = False
    highlight: str | None = None
    models: tuple[str, ...] | None = None
    chosen: Inferred | None = None
    link: str = ""

    @property
    def name(self) -> str:
        """What files are called: letters, digits and hyphens."""
        return self.source.csv_name.removesuffix(".csv")

    @property
    def coefficient(self) -> str:
        """The coefficient that headline and figures are about."""
        return self.term or first_term(self.comparison)

    @cached_property
    def inferred(self) -> Inferred:
        """The inference shown."""
        return self.chosen or usual(self.comparison)

    @cached_property
    def picture(self) -> Picture:
        """The frames of the picture, with the true lines of simulated data."""
        made = picture(self.comparison, self.source.frame, self.x, include_zero=self.zero, keep=self.highlight)
        return with_truth(made, self.source.settings) if self.source.settings else made

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows and columns that the models use."""
        return self.comparison.design.rows_of(self.source.frame)[list(self.comparison.spec.columns)]
