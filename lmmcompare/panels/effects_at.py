"""An effect at each value of a predictor that it changes with: the answer, a forest, a table."""

from __future__ import annotations

import plotly.graph_objects as go

from ..assess.effects_at import EffectsAt
from ..comparison.comparison import Comparison
from ..comparison.moderator_values import value_count
from ..explain.amount_phrases import level_name
from ..explain.clustered_errors import clusters_clause
from ..explain.effects_at import change_term, decimals_at, place_words, subject
from ..figures.effects_at import effects_forest
from ..model_catalogue import Model
from ..tables.effects_at import effects_table
from ..tables.inference import Inferred, mixed_inference
from ..tables.table import endless_sentence
from ..text.labels import noun
from .panel import FigureBlock, Page, Panel, TableBlock

MOST_ROWS = 20
"""Of so many intervals a picture has each; of more those of OLS and of the formula's model."""


def effects_forest_panel(comparison: Comparison, effects: EffectsAt, inferred: Inferred) -> Panel:
    """The effect at each value by every model; of many values by OLS and the formula's model alone."""
    frame = effects.frame
    if len(frame) > MOST_ROWS:
        frame = frame[frame["model"].isin([Model.OLS_ROBUST, comparison.formula_model, Model.STRUCTURED])]
    what = subject(effects)

    def draw(page: Page) -> go.Figure:
        return effects_forest(
            frame,
            [place_words(effects, k) for k in range(len(effects.values))],
            asked=comparison.formula_model,
            x_label=f"{what}, 95% interval",
            decimals=decimals_at(effects, comparison),
            group_name=noun(comparison.group),
            look=page.look(),
        )

    title = f"{_titled(what, effects)} at each {effects.question.by}, by model"
    key = effects.question, inferred.methods
    return Panel("effects-at", title, "", (FigureBlock("effects-at", draw, key),))


def effects_table_panel(
    comparison: Comparison, term: str, effects: EffectsAt, inferred: Inferred, *, asked_early: bool = False
) -> Panel:
    """The effect at each value in numbers, with how it changes per unit where one coefficient says that."""
    question, labels = effects.question, [place_words(effects, k) for k in range(len(effects.values))]
    name = change_term(comparison, term, question.by)
    frame = inferred.within()
    change = (f"Change per unit of {question.by}", frame[frame["term"] == name]) if name else None
    table = effects_table(
        effects,
        labels,
        comparison.formula_model,
        noun(comparison.group),
        decimals_at(effects, comparison),
        change,
        compared=(level_name(question.predictor, question.level), level_name(question.predictor, question.base)),
        asked_early=asked_early,
    )
    n, all_values = len(labels), value_count(comparison, question.by)
    chosen = f"{n} of the {all_values} values of {question.by} are shown. " if n < all_values else ""
    means = "Means are the mixed model’s, the other predictors alike. " if effects.means is not None else ""
    method = mixed_inference(comparison, inferred.methods)
    caption = (
        f"Each estimate (standard error), its 95% interval, its p value and degrees of freedom. {chosen}{means}P values and "
        f"intervals are of each value by itself, not adjusted for {n} of them. {method}; cluster-robust errors are {inferred.robust}"
        f"{clusters_clause(comparison)}. {endless_sentence(effects.frame['df'].to_list())}"
    ).strip()
    what = subject(effects)
    title = f"{_titled(what, effects)} at each {question.by}"
    return Panel("effects-table", title, "", (TableBlock(table, caption, title),))


def _titled(what: str, effects: EffectsAt) -> str:
    """What is estimated as the start of a title; a level's name stays as it is."""
    return what if effects.question.base else f"{what[0].upper()}{what[1:]}"
