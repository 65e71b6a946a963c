"""The pictures of shrinkage: arrows, the plane of intercept and slope, sorted random effects."""

from __future__ import annotations

from ..columns import INTERCEPT
from ..compare import Comparison
from ..figures.shrinkage import caterpillar, shrinkage_arrows, shrinkage_plane
from ..labels import noun
from ..results import MixedResult
from ..shrinkage import ellipse, shrinkage
from .shell import chart, is_dark
from .views import mark_group


def arrows_panel(comparison: Comparison, fit: MixedResult, term: str, highlight: str | None, key: str) -> None:
    """An arrow from each group's own estimate to the partially pooled one."""
    frame = shrinkage(fit)
    figure = shrinkage_arrows(
        frame[frame["term"] == term], term=term, group_name=noun(comparison.group), highlight=highlight,
        x_label=f"{_coefficient_word(term)}: own estimate → partially pooled", dark=is_dark(),
    )  # fmt: skip
    chart(figure, key, mark_group)


def plane_panel(comparison: Comparison, fit: MixedResult, slope: str, highlight: str | None) -> None:
    """The same arrows in the plane of intercept and slope, with the fitted covariance's ellipse."""
    figure = shrinkage_plane(
        shrinkage(fit), x_term=INTERCEPT, y_term=slope, ellipse=ellipse(fit, INTERCEPT, slope), x_label="intercept",
        y_label=f"slope of {slope}", group_name=noun(comparison.group), highlight=highlight, dark=is_dark(),
    )  # fmt: skip
    chart(figure, "plane figure", mark_group)


def caterpillar_panel(comparison: Comparison, model: str, term: str, highlight: str | None) -> None:
    """Sorted conditional modes with their intervals."""
    frame = comparison.random_effects(model)
    figure = caterpillar(
        frame[frame["term"] == term], term=term, group_name=noun(comparison.group), highlight=highlight,
        x_label=f"{_coefficient_word(term)}: distance from the population line", dark=is_dark(),
    )  # fmt: skip
    chart(figure, f"caterpillar {term}", mark_group)


def _coefficient_word(term: str) -> str:
    return "intercept" if term == INTERCEPT else f"slope of {term}"
