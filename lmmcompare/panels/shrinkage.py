"""Shrinkage of the groups' estimates: arrows, the plane of intercept and slope, sorted random effects."""

from __future__ import annotations

import plotly.graph_objects as go

from ..comparison.comparison import Comparison
from ..comparison.nested_factors import nested_names
from ..comparison.shrinkage import ellipse, shrinkage
from ..explain.paragraph import factors_beside, pull_sentence, random_words
from ..figures.shrinkage import caterpillar, shrinkage_arrows, shrinkage_plane
from ..model_catalogue import Model
from ..text.labels import group_phrase, literal, noun, plural
from ..text.numbers import decimals_for, number
from ..work.memo import memoised
from .panel import FigureBlock, Page, Panel


def arrows(comparison: Comparison, model: Model, term: str | None = None, *, highlight: str | None = None) -> Panel:
    """An arrow from each group's own estimate of a random coefficient to the partially pooled one; the first when left out."""
    fit, group = comparison.mixed_fits()[model], noun(comparison.group)
    term = term or fit.random_names[0]
    word, first = comparison.coefficient(term).random_phrase, term == fit.random_names[0]
    others, nested = factors_beside(fit), " or ".join(literal(noun(f)) for f in nested_names(fit))

    def draw(page: Page) -> go.Figure:
        return shrinkage_arrows(
            shrinkage(fit),
            term=term,
            group_name=group,
            x_label=f"{word}: own estimate → partially pooled",
            look=page.look(highlight, model),
        )

    title = f"Each {group} by itself and in the mixed model" + ("" if first else f": {word}")
    lead = (
        f"From each {literal(group)}'s own estimate (square) to the mixed model's estimate for it, which also uses what all "
        f"{literal(plural(comparison.group))} have in common (partial pooling)."
        + (f" Its own estimate is of its rows with the fitted effects of {others} taken out." if others else "")
        + (
            f" {'It' if others else 'Its own estimate'} allows for rows of the same {nested} being alike."
            if nested
            else ""
        )
    )
    words = (lead, pull_sentence(fit) if first else "", _furthest(comparison, model, term))
    name = "arrows" if first else f"arrows-{fit.random_names.index(term) + 1}"
    figure = FigureBlock(name, draw, (model, term, highlight), has_groups=True, marked=highlight)
    return Panel("arrows", title, " ".join(filter(None, words)), (figure,))


@memoised
def _furthest(comparison: Comparison, model: Model, term: str) -> str:
    """Which group moves furthest, and from where to where."""
    frame = shrinkage(comparison.mixed_fits()[model])
    part = frame[frame["term"] == term].dropna(subset=["own"])
    moved = (part["pooled"] - part["own"]).abs()
    if not len(moved) or not moved.max() > 0:
        return ""
    far, decimals = part.loc[moved.idxmax()], decimals_for(float(moved.max()))
    ends = (number(float(far[c]), decimals=decimals) for c in ("own", "pooled"))
    return f"Furthest goes {literal(group_phrase(comparison.group, far['group']))}, from {' to '.join(ends)}."


def plane(comparison: Comparison, model: Model, slope: str) -> Panel:
    """The same arrows in the plane of intercept and slope, with the fitted covariance's ellipse."""
    group, groups = literal(noun(comparison.group)), literal(plural(comparison.group))
    fit = comparison.mixed_fits()[model]

    def draw(page: Page) -> go.Figure:
        return shrinkage_plane(
            shrinkage(fit),
            x_term=comparison.constant,
            y_term=slope,
            ellipse=ellipse(fit, comparison.constant, slope),
            x_label="intercept",
            y_label=comparison.coefficient(slope).random_phrase,
            group_name=noun(comparison.group),
            look=page.look(model=model),
        )

    varying, two = random_words(fit), len(fit.random_names) == 2
    together, word = varying[:1].upper() + varying[1:], comparison.coefficient(slope).random_noun
    lead = (
        f"An arrow runs from each {group}'s own regression (square) to the mixed model's estimate for it (partially pooled). "
        f"{together} are pulled together, by what the rows say of {'both' if two else 'all'}, so an arrow need not point straight at "
        f"the average (cross). The ellipse is to hold 95% of {groups}, if they vary as the model estimates."
    )
    figure = FigureBlock("plane", draw, (model, slope), has_groups=True)
    return Panel("plane", f"Intercept and {word} together", lead, (figure,))


def sorted_effects(comparison: Comparison, model: Model, term: str) -> Panel:
    """Sorted conditional modes with their intervals."""

    def draw(page: Page) -> go.Figure:
        return caterpillar(
            comparison.random_effects(model),
            term=term,
            group_name=noun(comparison.group),
            x_label=f"{comparison.coefficient(term).random_phrase}: distance from the common line",
            look=page.look(model=model),
        )

    lead = (
        f"How far the mixed model puts each {literal(noun(comparison.group))} from the common line (at 0), with a 95% interval that takes "
        "this line and the estimated variances as known (conditional modes, or BLUPs)."
    )
    figure = FigureBlock("caterpillar", draw, (model, term), has_groups=True)
    return Panel("sorted-effects", "Random effects, sorted", lead, (figure,))
