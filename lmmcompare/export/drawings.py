"""The figures of a comparison that its report holds, each with its heading and what to see in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import plotly.graph_objects as go

from ..comparison.fitted_lines import picture
from ..comparison.shrinkage import shrinkage
from ..explain.error_verdict import errors_sentence
from ..explain.gap import gap_sentence
from ..explain.group_pulls import attribution
from ..explain.identity import explain
from ..explain.line_labels import line_labels, lines_sentence, weight_labels
from ..explain.slopes import simpson, two_slopes
from ..explain.standard_errors import error_table
from ..figures.attribution import attribution_bars
from ..figures.coefficients import coefficient_plot
from ..figures.errors import error_bars
from ..figures.lines import group_lines
from ..figures.shrinkage import shrinkage_arrows
from ..figures.two_slopes import two_slopes as two_slopes_figure
from ..figures.weights import weight_bars
from ..tables.coefficients import term_label
from ..text.labels import literal, noun, plural
from ..text.numbers import decimals_for, number
from .shown import Shown


@dataclass(frozen=True)
class Drawing:
    """A figure with the words round it.

    Parameters
    ----------
    name : str
        What its files are called: small letters, digits and hyphens.
    title : str
    see : str
        What to see in it, as Markdown.
    draw : callable
        Whether the page is dark to the figure.
    """

    name: str
    title: str
    see: str
    draw: Callable[[bool], go.Figure]

    @cached_property
    def light(self) -> go.Figure:
        """The figure for a light page."""
        return self.draw(False)


def lines_drawing(shown: Shown) -> Drawing:
    """Every row, a line for each group, OLS and the population line."""
    comparison, picture = shown.comparison, shown.picture
    models = ["ols", comparison.asked] if shown.models is None else list(shown.models)
    group = noun(comparison.group)
    labels = line_labels(comparison, shown.coefficient, models)
    see = lines_sentence(group, models)
    if "truth" in set(picture.lines["model"]):
        labels["truth"] = "truth"
        see += f" The truth is thin for each {literal(group)} and dash-dotted for an ordinary one."

    def draw(dark: bool) -> go.Figure:
        return group_lines(
            picture.points, picture.lines, models=models, x_label=picture.x_label, y_label=picture.y_label, x_range=picture.x_range,
            y_range=picture.y_range, group_order=picture.group_order, data_x_range=picture.data_x_range,
            highlight=shown.highlight, group_name=group, notes="; ".join(picture.notes), labels=labels,
            x_ticks=picture.x_ticks, dark=dark,
        )  # fmt: skip

    return Drawing("group-lines", f"Every {group}, and what the models draw", see, draw)


def coefficients_drawing(shown: Shown) -> Drawing:
    """Every coefficient by model, with its interval."""
    comparison, frame = shown.comparison, shown.inferred.within()
    frame = frame[np.isfinite(frame["estimate"])]
    labels = {t: term_label(comparison, t) for t in comparison.terms}

    def draw(dark: bool) -> go.Figure:
        return coefficient_plot(frame, term_labels=labels, group_name=noun(comparison.group), dark=dark)

    return Drawing("coefficients", "Every coefficient, by model", "Estimates with 95% intervals.", draw)


def weights_drawing(shown: Shown) -> Drawing:
    """The weight of each model on the comparison within groups."""
    comparison, term = shown.comparison, shown.coefficient
    parts = explain(comparison, term)
    parts = parts[parts["model"] != "random_slope"]  # its two slopes are not those that the others share
    within, between = weight_labels(comparison, term)

    def draw(dark: bool) -> go.Figure:
        return weight_bars(
            parts, within_label=within, between_label=between, group_name=noun(comparison.group), dark=dark
        )

    return Drawing("weights", "Each model's weight on the comparison within", "The rest lies on that between.", draw)


def slopes_drawing(shown: Shown) -> Drawing | None:
    """The slopes within and between; None where the coefficient is not the slope of the picture's x axis."""
    comparison, term = shown.comparison, shown.coefficient
    plain = picture(comparison, shown.source.frame, shown.x, keep=shown.highlight)  # the axis need not reach to 0
    if term != plain.x_label or plain.x_ticks is not None:
        return None
    frames = two_slopes(comparison, term, plain)
    groups = literal(plural(comparison.group))
    see = f"The large points are means of {groups}; the short lines share the slope within {groups}."

    def draw(dark: bool) -> go.Figure:
        return two_slopes_figure(
            frames.points, frames.means, frames.within_lines, frames.between_line, frames.ols_line, labels=frames.labels,
            group_order=plain.group_order, x_label=plain.x_label, y_label=plain.y_label, x_range=frames.x_range,
            y_range=frames.y_range, group_name=noun(comparison.group), highlight=shown.highlight, dark=dark,
        )  # fmt: skip

    return Drawing("two-slopes", "The slopes within and between", f"{simpson(comparison, term)} {see}".strip(), draw)


def gap_drawing(shown: Shown) -> Drawing | None:
    """Which groups pull OLS away from the mixed model; None where they agree."""
    comparison, term = shown.comparison, shown.coefficient
    frame = attribution(comparison, term)
    if frame["share"].isna().all():
        return None

    def draw(dark: bool) -> go.Figure:
        return attribution_bars(
            frame, term_label=term_label(comparison, term), group_name=comparison.group, gap=float(frame["total"].sum()),
            highlight=shown.highlight, dark=dark,
        )  # fmt: skip

    title = f"Which {plural(comparison.group)} pull OLS away"
    return Drawing("gap", title, gap_sentence(comparison, term), draw)


def errors_drawing(shown: Shown) -> Drawing:
    """The standard error by model."""
    comparison, term = shown.comparison, shown.coefficient
    frame = error_table(comparison, term)
    name = "the intercept" if term == comparison.constant else term_label(comparison, term)
    see = errors_sentence(comparison, term)
    if shown.inferred.kenward_roger:
        see += " The mixed models’ errors here are without Kenward and Roger’s adjustment, which those in the table of all models have."
    return Drawing(
        "standard-errors", f"Standard errors of {name}", see,
        lambda dark: error_bars(frame, term_label=name, dark=dark),
    )  # fmt: skip


def shrinkage_drawings(shown: Shown) -> list[Drawing]:
    """For each random coefficient an arrow from each group's own estimate to the partially pooled one."""
    comparison, fit = shown.comparison, shown.comparison.mixed
    frame, group = shrinkage(fit), noun(comparison.group)
    found = []
    for k, term in enumerate(fit.random_names):
        word = comparison.coefficient(term).random_phrase

        def draw(dark: bool, term: str = term, word: str = word) -> go.Figure:
            return shrinkage_arrows(
                frame[frame["term"] == term], term=term, group_name=group, highlight=shown.highlight,
                x_label=f"{word}: own estimate → partially pooled", dark=dark,
            )  # fmt: skip

        part = frame[frame["term"] == term].dropna(subset=["own"])
        moved = (part["pooled"] - part["own"]).abs()
        see = f"From the {literal(group)}'s own estimate (square) to the partially pooled one (diamond)."
        if len(moved):
            far = part.loc[moved.idxmax()]
            decimals = decimals_for(float(moved.max()))
            ends = (number(float(far[c]), decimals=decimals) for c in ("own", "pooled"))
            see += f" Furthest goes {literal(group)} {literal(str(far['group']))}, from {' to '.join(ends)}."
        found.append(Drawing(f"shrinkage-{k + 1}", f"How far each {group}'s {word} is pulled", see, draw))
    return found
