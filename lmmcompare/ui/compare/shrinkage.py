"""The pictures of shrinkage: arrows, the plane of intercept and slope, sorted random effects."""

from __future__ import annotations

import plotly.graph_objects as go

from ...comparison.compare import Comparison
from ...comparison.shrinkage import ellipse, shrinkage
from ...figures.shrinkage import caterpillar, shrinkage_arrows, shrinkage_plane
from ...text.labels import noun
from ..kit.figure_cache import drawn
from ..kit.shell import chart, is_dark
from ..session.state import Analysis
from ..session.views import mark_group


def arrows_panel(analysis: Analysis, comparison: Comparison, model: str, highlight: str | None) -> None:
    """An arrow from each group's own estimate of the first random coefficient to the partially pooled one."""

    def draw() -> go.Figure:
        fit = comparison.mixed_fits()[model]
        term = fit.random_names[0]
        return shrinkage_arrows(
            shrinkage(fit), term=term, group_name=noun(comparison.group), highlight=highlight,
            x_label=f"{comparison.coefficient(term).random_phrase}: own estimate → partially pooled", dark=is_dark(),
        )  # fmt: skip

    chart(drawn(draw, analysis.key, model, highlight), "arrows figure", mark_group)


def plane_panel(analysis: Analysis, comparison: Comparison, model: str, slope: str, highlight: str | None) -> None:
    """The same arrows in the plane of intercept and slope, with the fitted covariance's ellipse."""

    def draw() -> go.Figure:
        fit = comparison.mixed_fits()[model]
        return shrinkage_plane(
            shrinkage(fit), x_term=comparison.constant, y_term=slope, ellipse=ellipse(fit, comparison.constant, slope),
            x_label="intercept", y_label=comparison.coefficient(slope).random_phrase, group_name=noun(comparison.group),
            highlight=highlight, dark=is_dark(),
        )  # fmt: skip

    chart(drawn(draw, analysis.key, model, slope, highlight), "plane figure", mark_group)


def caterpillar_panel(analysis: Analysis, comparison: Comparison, model: str, term: str, highlight: str | None) -> None:
    """Sorted conditional modes with their intervals."""

    def draw() -> go.Figure:
        return caterpillar(
            comparison.random_effects(model), term=term, group_name=noun(comparison.group), highlight=highlight,
            x_label=f"{comparison.coefficient(term).random_phrase}: distance from the common line", dark=is_dark(),
        )  # fmt: skip

    chart(drawn(draw, analysis.key, model, term, highlight), f"caterpillar {term}", mark_group)
