"""The panel that predicts: the line and its two intervals at the values chosen, and what they carry."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ...assess.prediction_grid import axis, predict_along, predict_known_and_new, rows_of_group
from ...assess.prediction_values import free_factors, group_columns
from ...comparison.comparison import Comparison
from ...comparison.x_axis import axis_name
from ...errors import LmmCompareError
from ...explain.prediction import beyond_sentence, known_or_new_sentence, means_sentence, population_sentence
from ...explain.residual_structure import sampled_rows_sentence
from ...figures.axes import Look
from ...figures.prediction_bands import prediction_bands
from ...inference.prediction_error import Level
from ...model_catalogue import Model
from ...models import MixedResult
from ...models.gls import GLSResult
from ...models.prediction import variances_carried
from ...tables.table import Cell, Row, Table
from ...text.labels import literal, model_label, noun
from ...text.numbers import decimals_for, number
from ..kit.chart import chart
from ..kit.figure_cache import cached_figure
from ..kit.page_elements import explain_error, heading, note, paragraph, table
from ..server import comparison_cache
from ..server.cache import cached
from ..session.state import Analysis
from ..session.views import View
from .prediction_controls import Choice, choose, level_of, levels_in_words

Values = tuple[tuple[str, Hashable], ...]
"""Columns and their values."""


@cached(200, spinner="Predicting…")
def _predicted(
    source: str, formula: str, reml: bool, row: Values, level: Level, x: str | None, model: Model
) -> pd.DataFrame:
    comparison = comparison_cache.comparison(source, formula, reml)
    return predict_along(comparison, dict(row), level, axis(comparison, comparison_cache.frame(source), x), model)


@cached(200)
def _known_and_new(
    source: str, formula: str, reml: bool, row: Values, means: Values, model: Model
) -> tuple[pd.DataFrame, str]:
    """The prediction for a known group and for a new one, and which the known one is: the first where the row names none."""
    comparison, given = comparison_cache.comparison(source, formula, reml), dict(row)
    fit = comparison.mixed_fits()[model]
    if _group_at(fit, given) < 0:
        for free in free_factors(comparison.design):
            given |= group_columns(comparison.design, comparison_cache.frame(source), free, 0)
    label = ", ".join(g.labels[level_of(g, given)] for g in fit.groupings)
    return predict_known_and_new(comparison, given | dict(means), model), label


def predict_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """Controls on the left, the prediction in words and in a picture on the right."""
    heading(
        f"Predict {comparison.design.response_name}",
        "What the mixed model expects, with an interval for the line and one for a single new row.",
    )
    left, right = st.columns([0.32, 0.68], gap="large")
    with left:
        choice = choose(analysis, comparison, view)
    with right:
        try:
            values = tuple((choice.row | choice.means).items())
            result = _predicted(*analysis.key, values, choice.level, view.x, choice.model)
        except LmmCompareError as error:
            explain_error(error)
            return
        _say_prediction(comparison.design.response_name, result.iloc[0])
        beyond = "" if comparison.design.is_sample else beyond_sentence(analysis.frame(), choice.row)
        if beyond:
            note(beyond)
        _draw_prediction(analysis, comparison, view, choice, result)
    model = comparison.formula_model if choice.structured else choice.model
    _known_or_new(analysis, comparison, choice.row, choice.means, model)
    _say_what_it_carries(comparison, choice)


def _draw_prediction(
    analysis: Analysis, comparison: Comparison, view: View, choice: Choice, result: pd.DataFrame
) -> None:
    """The prediction along the x axis; nothing where there is no predictor to draw it along."""
    along = axis(comparison, analysis.frame(), view.x)
    if not along:
        return

    def draw() -> go.Figure:
        return prediction_bands(
            result.iloc[1:],
            result.iloc[0],
            rows_of_group(comparison, analysis.frame(), choice.row, along),
            x_label=axis_name(comparison.design, along.name),
            y_label=comparison.design.response_name,
            name=levels_in_words(comparison)[choice.level],
            x_ticks=along.ticks,
            look=Look(model=choice.model),
        )

    given = tuple(choice.row.items()), tuple(choice.means.items())
    figure = cached_figure(draw, "prediction", analysis.key, given, choice.level, view.x, choice.model)
    chart(figure, "prediction figure")


def _say_what_it_carries(comparison: Comparison, choice: Choice) -> None:
    """Which variances the two intervals carry, and what the prediction is of."""
    fit: MixedResult | GLSResult = choice.structured or comparison.mixed_fits()[choice.model]
    heading("What these predictions carry")
    note(f"**Confidence interval.** {literal(variances_carried(fit, choice.level, 'confidence'))}")
    if choice.structured:
        note(f"**Prediction interval.** {literal(variances_carried(fit, choice.level, 'prediction'))}")
    else:
        of_weight = "" if comparison.design.weights is None else " of weight 1"
        note(f"**Prediction interval.** The same for a single new row{of_weight}: the residual variance is added.")
    note(population_sentence(comparison))
    if further := sampled_rows_sentence(comparison, "predict"):
        note(further)
    if isinstance(fit, MixedResult) and fit.means_of:
        note(means_sentence(comparison, fit, _group_at(fit, choice.row) if choice.level == "group" else None))


def _group_at(fit: MixedResult, row: dict[str, Any]) -> int:
    """The level of the shown factor that a row has."""
    return level_of(fit.groupings[fit.focal], row)


def _known_or_new(
    analysis: Analysis, comparison: Comparison, row: dict[str, Any], means: dict[str, float], model: Model
) -> None:
    """What can be said of a known group and of a new one, and the question that decides between them."""
    group = " and ".join(noun(f) for f in comparison.factors)
    try:
        result, label = _known_and_new(*analysis.key, tuple(row.items()), tuple(means.items()), model)
    except LmmCompareError as error:
        explain_error(error)
        return
    heading(f"Will the {group} be known when you predict?", known_or_new_sentence(comparison, result, model))
    decimals = decimals_for(float(result["se"].min()))
    rows = []
    for name in (Model.NO_POOLING, model):
        part = result[result["model"] == name].set_index("group")
        if len(part):
            title = model_label(name, comparison.group)
            cells = tuple(_line(part.loc[which], decimals) for which in ("known", "new"))
            rows.append(Row(title[:1].upper() + title[1:], cells))
    heads = ((f"Known {group}", label), (f"New {group}", "not in the data"))
    caption = "Expected value at the chosen predictors (standard error), with its 95% confidence interval."
    if comparison.mixed_fits()[model].means_of and not means:
        caption += f" The new {group} is taken to have the predictors’ means over all rows."
    table(Table(("", ""), heads, tuple(rows)), caption, f"Prediction for a known and for a new {group}")


def _line(row: pd.Series, decimals: int) -> Cell:
    if not np.isfinite(row["estimate"]):
        return Cell("cannot", "", "no dummy for it")
    estimate, se, low, high = (number(float(row[c]), decimals=decimals) for c in ("estimate", "se", "lower", "upper"))
    return Cell(estimate, f"({se})", f"{low} to {high}")


def _say_prediction(outcome: str, chosen: pd.Series) -> None:
    """The prediction in words."""
    decimals = decimals_for(float(max(chosen["high"] - chosen["low"], chosen["upper"] - chosen["lower"])) / 4)
    columns = ("estimate", "lower", "upper", "expected", "low", "high")
    display = {c: number(float(chosen[c]), decimals=decimals) for c in columns}
    if not np.isclose(chosen["expected"], chosen["estimate"], rtol=1e-9):
        paragraph(
            f"Expected {literal(outcome)} of a single new row: **{display['expected']}**, between **{display['low']}** and "
            f"**{display['high']}** (95% prediction interval). It leans on the other rows of its group, with which its residual is "
            f"correlated. The line itself is at **{display['estimate']}**, between **{display['lower']}** and **{display['upper']}** "
            "(95% confidence interval)."
        )
        return
    paragraph(
        f"Expected {literal(outcome)}: **{display['estimate']}**. The line lies between **{display['lower']}** and **{display['upper']}** "
        f"(95% confidence interval), a single new row between **{display['low']}** and **{display['high']}** (95% prediction interval)."
    )
