"""The interval of the residuals' correlation by profile likelihood, with the curve that it is read from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..comparison.comparison import Comparison
from ..figures.profile import profile_curve
from ..inference.profile_search import Interval
from ..model_catalogue import Model
from ..text.labels import literal, model_phrase
from ..text.numbers import correlation_number, number
from .panel import FigureBlock, Note, Page, Panel

PLACES = 101
"""Places along the curve."""
SMALL = 0.005
"""With two decimals less than this would be told as no correlation."""


def has_profile(comparison: Comparison) -> bool:
    """Whether the model with structured residuals has one correlation, of which an interval can be had."""
    fit = comparison.structured
    if fit is None or fit.correlation is None or not fit.converged:
        return False
    return isinstance(fit.residual_correlation, float)


def correlation_profile(comparison: Comparison, interval: Interval | None) -> Panel | None:
    """All correlations with which the data are not much less likely, or why none are given; None without a correlation."""
    fit = comparison.structured
    if fit is None or fit.correlation is None:
        return None
    title = "How well is the residuals’ correlation known?"
    if interval is None:
        why = "the search for its best value did not end"
        if isinstance(fit.residual_correlation, pd.DataFrame):
            why = (
                "it has a correlation for every pair of visits, which the table of all models shows, and no single one"
            )
        return Panel("correlation-profile", title, f"{literal(str(fit.correlation))} has no profile: {why}.")
    structure, order = literal(str(fit.correlation)), fit.correlation.order
    apart = f"one unit of {literal(order)} apart" if order else "of one group"
    low, high = interval.lower, interval.upper
    lead = (
        f"In {model_phrase(Model.STRUCTURED)}, {structure}, residuals {apart} correlate by **{_number(interval.estimate)}**, with a "
        f"95% interval from {_number(low)} to {_number(high)} by profile likelihood."
    )
    if low > 0 or high < 0:
        lead += " No correlation at all is not among these values."
    else:
        lead += " No correlation at all is among the values that the data do not speak against."

    def draw(page: Page) -> go.Figure:
        # zeta, the signed root, is nearly straight between the values that were tried; its square is not
        value = np.union1d(interval.value, np.linspace(interval.value.min(), interval.value.max(), PLACES))
        curve = pd.DataFrame({"value": value, "drop": np.interp(value, interval.value, interval.zeta) ** 2 / 2})
        return profile_curve(
            curve,
            estimate=interval.estimate,
            lower=low,
            upper=high,
            x_label=f"correlation of residuals, {fit.correlation}",
            look=page.look(),
        )

    by = "restricted likelihood (REML)" if fit.reml else "likelihood (ML)"
    notes = [
        Note(literal(f"By the {by}, all other parameters at their best for each correlation. {interval.note}".strip()))
    ]
    return Panel("correlation-profile", title, lead, (FigureBlock("correlation-profile", draw), *notes))


def _number(value: float) -> str:
    """A correlation; one that is small only since rows lie far less than a unit apart is not told as none."""
    return number(value, 2) if 0 < abs(value) < SMALL else correlation_number(value)
