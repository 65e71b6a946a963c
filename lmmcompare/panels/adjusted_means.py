"""Adjusted means, or simple slopes, by several models: a sentence, pictures, differences; where along a moderator an effect is not zero."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..assess.adjusted_means import AdjustedMeans, available_predictors, has_levels, level_words
from ..comparison.comparison import Comparison
from ..comparison.x_axis import axis_name
from ..design.categories import level_text
from ..explain.adjusted_means import differences_sentence, notes_sentences, region_sentence
from ..figures.adjusted_means import effect_regions, interaction_lines, means_by_model
from ..figures.theme import model_label
from ..models.marginal.means import is_curve
from ..tables.adjusted_means import differences_table, means_table
from ..tables.table import endless_sentence
from ..text.labels import literal
from .panel import Block, FigureBlock, Fold, Note, Page, Panel, Sentence, TableBlock

MOST_PANELS = 5
"""With more values of the second predictor its panels would be too narrow; the picture of lines is then alone."""


def adjusted_means(comparison: Comparison, result: AdjustedMeans | None) -> Panel | None:
    """Each model's adjusted means or slopes with their differences; None where no question was asked."""
    if result is None:
        return None
    question, outcome = result.question, comparison.design.response_name
    what = f"slope of {question.predictor}" if result.slopes else f"adjusted mean of {outcome}"
    title = (
        f"{'Simple slopes' if question.by else 'Slope'} of {question.predictor}"
        if result.slopes
        else f"Adjusted means of {outcome} by {question.predictor}"
    )
    blocks: list[Block] = [Sentence(literal(differences_sentence(comparison, result)))]
    alone = result.slopes and not question.by  # one slope, which “by model” beside the main picture shows
    if not alone:
        blocks += _figures(comparison, result, what)
    if result.contrasts and len(result.differences()):
        caption = "Each estimate (standard error), its 95% interval, its p value and degrees of freedom."
        caption = f"{caption} {endless_sentence(result.differences()['df'].to_list())}".strip()
        blocks.append(TableBlock(differences_table(result), caption, "Differences"))
    endless = endless_sentence(result.frame()["df"].to_list())
    caption = f"Each estimate (standard error), its 95% interval, its df. {endless}".strip()
    means = TableBlock(means_table(result), caption, "Adjusted means")
    notes = tuple(Note(sentence) for sentence in notes_sentences(comparison, result))
    fold = Fold("means", "Every mean in numbers" if not result.slopes else "Every slope in numbers", (means,))
    blocks.append(means if alone else fold)
    return Panel("adjusted-means", title, literal(_lead(comparison, result)), (*blocks, *notes))


def _lead(comparison: Comparison, result: AdjustedMeans) -> str:
    """The lead: the question, and how the other predictors are averaged or held."""
    question, outcome = result.question, comparison.design.response_name
    if result.slopes:
        name = question.predictor
        at = f" where {name} is at its mean (elsewhere it may be another)" if is_curve(comparison.ols, name) else ""
        at += f", at values of {question.by}" if question.by else ""
        return f"How much {outcome} changes per unit of {question.predictor}{at}, the other predictors held alike."
    others = [name for name in available_predictors(comparison) if name not in (question.predictor, question.by)]
    ways = []
    if any(has_levels(comparison, name) for name in others):
        ways.append(
            "levels of others count each the same"
            if question.weights == "equal"
            else "levels of others count by their shares of rows"
        )
    if any(not has_levels(comparison, name) for name in others):
        ways.append("numbers are at their mean")
    how = f": {', '.join(ways)}" if ways else ""
    return f"The mean that each model expects at each {question.predictor}, all else alike{how} (estimated marginal means)."


def johnson_neyman(comparison: Comparison, result: AdjustedMeans | None) -> Panel | None:
    """Where along the second predictor the slope or difference is not zero; None where that is no straight line."""
    if result is None or not result.regions:
        return None
    by = result.question.by
    own = result.regions.get(comparison.formula_model, next(iter(result.regions.values())))
    frames = {
        model: region.frame.set_axis(["x", "estimate", "se", "df", "lower", "upper", "low", "high"], axis=1)
        for model, region in result.regions.items()
    }
    regions = {model: region.simultaneous for model, region in result.regions.items()}

    x_label = axis_name(comparison.design, by)

    def draw(page: Page) -> go.Figure:
        effect = own.effect[0].upper() + own.effect[1:]
        return effect_regions(frames, regions, x_label=x_label, y_label=effect, look=page.look())

    words = [region_sentence(model, region) for model, region in result.regions.items()]
    note = (
        "The narrow band (Johnson and Neyman 1936) is right for one value that was chosen beforehand. To read off a range of values, "
        "the wide one is: it holds for every value in the data at once (the supremum of |t| along the line). Scheffé’s band, of Working "
        "and Hotelling, over all values would be a little wider."
    )
    blocks: tuple[Block, ...] = (
        FigureBlock("effect-regions", draw, _key(result), by_width=True),
        *(Sentence(literal(w)) for w in words),
        Note(note),
    )
    return Panel(
        "johnson-neyman", literal(f"At which {by} does it matter?"), literal(f"The {own.effect} along {by}."), blocks
    )


def _figures(comparison: Comparison, result: AdjustedMeans, what: str) -> list[Block]:
    """The models beside each other; with a second predictor also a line for each level."""
    question, frame = result.question, result.frame()
    along = question.by if result.slopes else question.predictor
    y_label = what[0].upper() + what[1:]
    levels = [] if result.slopes else [level_text(v) for v in dict.fromkeys(frame[question.predictor])]
    values = list(result.values)
    outer = question.by if question.by and not result.slopes else ""
    inner = list(dict.fromkeys(frame[along])) if along else []
    place = pd.DataFrame(
        {
            "panel": [values.index(v) for v in frame[outer]] if outer else 0,
            "x": [inner.index(v) for v in frame[along]] if along else 0,
            "at": _places(frame, [n for n in (along, outer) if n]),
        },
        index=frame.index,
    )
    drawn = pd.concat([frame[["model", "estimate", "lower", "upper"]], place], axis=1)
    ticks = [level_text(v) for v in inner] or [""]
    titles = [level_words(outer, v) for v in values] if outer else [""]

    def draw_models(page: Page) -> go.Figure:
        return means_by_model(drawn, titles, ticks, x_label=along, y_label=y_label, look=page.look())

    blocks: list[Block] = []
    if len(titles) <= MOST_PANELS:
        blocks.append(FigureBlock("means-by-model", draw_models, _key(result), by_width=True))
    if not outer or not frame["estimate"].notna().any():
        return blocks
    models = list(result.estimates)
    numeric = all(isinstance(v, float | int | np.number) and not isinstance(v, bool) for v in values)
    lines = drawn.assign(
        panel=[models.index(m) for m in drawn["model"]],
        level=drawn["x"],
        x=frame[outer].astype(float) if numeric else drawn["panel"],
    )

    x_label = axis_name(comparison.design, outer)

    def across(page: Page) -> go.Figure:
        return interaction_lines(
            lines,
            [model_label(m) for m in models],
            levels,
            None if numeric else {float(k): level_text(v) for k, v in enumerate(values)},
            x_label=x_label,
            y_label=y_label,
            look=page.look(),
        )

    return [*blocks, FigureBlock("interaction-lines", across, _key(result), by_width=True)]


def _places(frame: pd.DataFrame, names: list[str]) -> list[str]:
    """Where each mean is, in words."""
    return [
        ", ".join(level_words(n, v) for n, v in zip(names, row, strict=True)) for row in frame[names].to_numpy(object)
    ]


def _key(result: AdjustedMeans) -> tuple[object, ...]:
    words = (one.estimator.words for one in result.estimates.values())
    return result.question, *words
