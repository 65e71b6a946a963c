"""What an export is made from: the comparison, its table, the view and the inference at the time of the export."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from ..assess.adjusted_means import AdjustedMeans, MeansQuestion, adjusted_means, opening_question
from ..assess.effects_at import EffectsAt, effects_at
from ..comparison.comparison import Comparison
from ..comparison.picture import Picture, make_picture
from ..comparison.true_lines import with_true_lines
from ..explain.boundary_intervals import boundary_interval
from ..explain.effect_question import effect_question
from ..explain.facts import Slope
from ..explain.question import axis_of, first_term, lines_by
from ..model_catalogue import Model
from ..panels import Panel
from ..panels.headline import answer
from ..tables.inference import Inferred, default_inference
from .source import Source


@dataclass(frozen=True)
class Snapshot:
    """A comparison as its reader sees it; report, tables and archive are made from it.

    Parameters
    ----------
    source : Source
        The table that it was fitted to, and where it comes from.
    x : str, optional
        The predictor on the x axis; when left out, that of the coefficient.
    term : str, optional
        The coefficient that headline and figures are about; that of the first question when left out.
    highlight : str, optional
        The marked group.
    models : tuple of Model
        The models whose lines are drawn; OLS and the formula's own when left out.
    chosen : Inferred, optional
        The inference that the reader asked for; the usual one when left out.
    link : str
        The address that opens the comparison again; empty where there is none.
    bands : bool
        Whether the picture's lines for everyone have their confidence bands.
    means : MeansQuestion, optional
        The question about adjusted means; when left out, the one that their panel opens with.
    modifier : str, optional
        The predictor at each of whose values the coefficient's effect is reported.
    """

    comparison: Comparison
    source: Source
    x: str | None = None
    term: str | None = None
    zero: bool = False
    highlight: str | None = None
    models: tuple[Model, ...] | None = None
    chosen: Inferred | None = None
    link: str = ""
    bands: bool = False
    means: MeansQuestion | None = None
    modifier: str | None = None

    @property
    def name(self) -> str:
        """What files are called: letters, digits and hyphens."""
        return self.source.csv_name.removesuffix(".csv")

    @property
    def coefficient(self) -> str:
        """The coefficient that headline and figures are about."""
        return self.term or first_term(self.comparison)

    @property
    def axis(self) -> str | None:
        """The predictor on the x axis."""
        return self.x or axis_of(self.comparison, self.coefficient, self.modifier)

    @cached_property
    def inferred(self) -> Inferred:
        """The inference shown."""
        return self.chosen or default_inference(self.comparison)

    @cached_property
    def answer(self) -> Panel:
        """The headline with its reason."""
        return answer(self.comparison, self.coefficient, self.inferred, self.effects)

    @cached_property
    def effects(self) -> EffectsAt | None:
        """The coefficient's effect at each value of a predictor; None where it is told at one."""
        question = effect_question(self.comparison, self.coefficient, self.modifier) if self.modifier else None
        if question is None:
            return None
        return effects_at(self.comparison, question, self.inferred.methods)

    @cached_property
    def boundary_interval(self) -> Slope | None:
        """Kenward and Roger's number for the coefficient, where the formula's model is singular and its own interval hangs on it."""
        if self.effects is not None or not self.comparison.terms:
            return None
        return boundary_interval(self.comparison, self.coefficient, self.inferred.frame)

    @cached_property
    def adjusted_means(self) -> AdjustedMeans | None:
        """What the models say of the adjusted means asked about; None where nothing can be asked.

        Raises
        ------
        LmmCompareError
            Where a model cannot answer.
        """
        question = self.means or opening_question(self.comparison)
        if question is None:
            return None
        return adjusted_means(self.comparison, question, self.inferred.methods)

    @cached_property
    def picture(self) -> Picture:
        """The frames of the picture, with the true lines of simulated data."""
        by = lines_by(self.comparison, self.coefficient, self.axis, self.modifier)
        made = make_picture(
            self.comparison, self.source.frame, self.axis, by=by, include_zero=self.zero, keep=self.highlight
        )
        made = replace(made, titles=self.source.labels)
        return with_true_lines(made, self.source.settings) if self.source.settings else made

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows and columns that the models use."""
        return self.comparison.design.rows_of(self.source.frame)[list(self.comparison.spec.columns)]
