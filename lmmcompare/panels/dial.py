"""The dial from OLS to group dummies: one coefficient as the variance between groups grows."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go

from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..explain.dial import Dial, dial_sentence
from ..explain.dial_lines import dial_lines
from ..figures.dial import dial_figure
from ..figures.dial_scene import MovingLines, RatioPath
from ..model_catalogue import Model
from ..tables.coefficients import term_label
from ..text.labels import literal, model_phrase, noun, plural
from .panel import FigureBlock, Note, Page, Panel
from .picture_axes import picture_axes


def has_dial(comparison: Comparison, picture: Picture, x: str | None, term: str) -> bool:
    """Whether there is a line to turn: a slope of the picture's own x axis, or the step between its two levels."""
    return picture.draws_slope(term) or _two_levels(comparison, picture, x, term)


def _two_levels(comparison: Comparison, picture: Picture, x: str | None, term: str) -> bool:
    result = comparison.coefficient(term)
    of_x = result.baseline is not None and result.parts[0].source == x
    return of_x and len(picture.x_ticks or ()) == 2


def no_dial(comparison: Comparison) -> Panel:
    """The sentence shown in place of the dial where there is none."""
    text = "The dial is drawn for a predictor with one coefficient: numeric and not transformed, or of two categories."
    return Panel("dial", _title(comparison), "", (Note(text),))


def dial(
    comparison: Comparison,
    picture: Picture,
    term: str,
    result: Dial,
    *,
    step: int | None = None,
    highlight: str | None = None,
) -> Panel:
    """Draw the dial, turned to one of its stops.

    Parameters
    ----------
    result : Dial
        What `explain.dial.dial` gives for the coefficient.
    step : int, optional
        The stop; the one that the data choose when left out.
    """
    at = result.chosen if step is None else step

    def draw(page: Page) -> go.Figure:
        lines = dial_lines(comparison, term, picture, result, two_levels=not picture.draws_slope(term))
        method = "REML" if comparison.reml else "ML"
        return dial_figure(
            RatioPath(result.curve, result.chosen, term_label(comparison, term), method),
            picture.points,
            MovingLines(lines.group_x, lines.group_y, lines.population_x, lines.population_y, lines.ols_y),
            replace(picture_axes(comparison, picture), group_order=lines.groups),
            start=at,
            look=page.look(highlight),
        )

    figure = FigureBlock("dial", draw, (picture.x_label, picture.x_range, term, at, highlight), by_width=True)
    notes: tuple[Note, ...] = ()
    if comparison.one_factor_model == Model.RANDOM_SLOPE:
        notes = (Note("The dial belongs to the random intercept; a random slope has several variances to turn."),)
    elif len(comparison.factors) > 1:
        groups = literal(plural(comparison.group))
        notes = (
            Note(
                f"The dial belongs to a random intercept of {groups} alone; of several factors each has a variance to turn."
            ),
        )
    if comparison.structured is not None:
        notes += (
            Note(
                "The dial takes residuals to be independent and of one variance, and so does the ratio that fits best; "
                f"{model_phrase(Model.STRUCTURED)} is not on it."
            ),
        )
    return Panel("dial", _title(comparison), dial_sentence(comparison, term, result), (figure, *notes))


def _title(comparison: Comparison) -> str:
    return f"The dial from OLS to {noun(comparison.group)} dummies"
