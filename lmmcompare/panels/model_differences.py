"""Why the numbers differ: the slopes within and between, the groups that pull, and the intercept."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go

from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..explain.gap_decomposition import attribution
from ..explain.gap_sentences import gap_sentence, intercept_sentence
from ..explain.two_slopes import two_slopes as slopes_frames
from ..explain.two_slopes_sentences import simpson, slopes_sentence
from ..figures.attribution import attribution_bars
from ..figures.two_slopes import two_slopes as slopes_figure
from ..tables.coefficients import term_label
from ..text.labels import noun, plural
from .panel import Block, FigureBlock, Page, Panel, Sentence
from .picture_axes import picture_axes


def has_two_slopes(comparison: Comparison, picture: Picture, term: str) -> bool:
    """Whether the two slopes can be drawn, or there is something to say of them."""
    return picture.draws_slope(term) or bool(simpson(comparison, term))


def two_slopes(
    comparison: Comparison, picture: Picture, term: str, *, highlight: str | None = None, centred: bool = False
) -> Panel:
    """The between line, the within lines, and OLS between them; a warning alone where they cannot be drawn."""
    group = noun(comparison.group)
    title, sentence = slopes_sentence(comparison, term)
    warning = simpson(comparison, term)
    blocks: tuple[Block, ...] = (Sentence(warning),) if warning else ()
    if not picture.draws_slope(term):
        return Panel("two-slopes", title, "", blocks)

    def draw(page: Page) -> go.Figure:
        frames = slopes_frames(comparison, term, picture, centred=centred)
        deviation = f" minus the {group}'s mean" if centred else ""
        cleared = " cleared of the other predictors" if frames.adjusted else ""
        axes = replace(
            picture_axes(comparison, picture),
            x_label=picture.x_label + deviation,
            y_label=picture.y_label + cleared + deviation,
            x_range=frames.x_range,
            y_range=frames.y_range,
        )
        lines = {"within": frames.within_lines, "between": frames.between_line, "ols": frames.ols_line}
        return slopes_figure(
            frames.points, frames.means, lines, axes, labels=frames.labels, centred=centred, look=page.look(highlight)
        )

    figure = FigureBlock(
        "two-slopes", draw, (picture.x_label, term, highlight, centred), has_groups=True, marked=highlight
    )
    return Panel("two-slopes", title, sentence, (*blocks, figure))


def gap(comparison: Comparison, term: str, *, highlight: str | None = None) -> Panel:
    """Which groups, and which level, account for the gap between OLS and the mixed model."""
    frame = attribution(comparison, term)
    title, sentence = f"Which {plural(comparison.group)} pull OLS away", gap_sentence(comparison, term)
    if frame["share"].isna().all():
        return Panel("gap", title, sentence)

    def draw(page: Page) -> go.Figure:
        return attribution_bars(
            frame,
            term_label=term_label(comparison, term),
            group_name=comparison.group,
            gap=float(frame["total"].sum()),
            look=page.look(highlight),
        )

    return Panel(
        "gap", title, sentence, (FigureBlock("gap", draw, (term, highlight), has_groups=True, marked=highlight),)
    )


def intercept(comparison: Comparison) -> Panel:
    """Why the intercepts differ."""
    return Panel("intercept", "And the intercept?", intercept_sentence(comparison))
