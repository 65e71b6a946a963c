"""The panel that predicts: pick predictors and a group, see the line and its two intervals, and what they carry."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ...assess.prediction_grid import (
    axis,
    categorical_columns,
    columns_between,
    free_factors,
    group_columns,
    next_place,
    predict_along,
    predict_known_and_new,
    predicting_models,
    required_columns,
    rows_of_group,
    structured_fit,
)
from ...comparison.compare import Comparison
from ...comparison.picture import axis_name
from ...data.columns import is_number
from ...design.dtypes import dates, is_date
from ...design.dtypes import plain as plain_column
from ...design.grouping import Grouping
from ...errors import LmmCompareError
from ...explain.prediction import known_or_new_sentence, means_sentence, population_sentence
from ...explain.residual_structure import sampled_rows_sentence
from ...figures.axes import Look
from ...figures.prediction_bands import prediction_bands
from ...inference.prediction_error import Level
from ...models import MixedResult
from ...models.gls import GLSResult
from ...models.prediction import variances_carried
from ...models.residual_rows import placing_columns
from ...share.view_parameters import GROUP_OF, VALUE_OF
from ...tables.coefficients import term_label
from ...tables.table import Cell, Row, Table
from ...text.labels import literal, model_label, noun
from ...text.numbers import decimals_for, number
from ..kit import address_widgets
from ..kit.chart import chart
from ..kit.figure_cache import drawn
from ..kit.page_elements import explain_error, heading, note, paragraph, plain, table
from ..server import comparison_cache
from ..server.cache import cached
from ..session.state import Analysis
from ..session.views import View

LARGEST = 1e15
"""Bound on the values of a number box; from about nine times that on, a browser does not represent every integer."""
Values = tuple[tuple[str, Hashable], ...]
"""Columns and their values."""


@cached(200, spinner="Predicting…")
def _predicted(
    source: str, formula: str, reml: bool, row: Values, level: Level, x: str | None, model: str
) -> pd.DataFrame:
    comparison = comparison_cache.comparison(source, formula, reml)
    return predict_along(comparison, dict(row), level, axis(comparison, comparison_cache.frame(source), x), model)


@cached(200)
def _columns_between(source: str, formula: str, reml: bool) -> list[str]:
    return columns_between(comparison_cache.comparison(source, formula, reml), comparison_cache.frame(source))


@cached(200)
def _known_and_new(
    source: str, formula: str, reml: bool, row: Values, means: Values, model: str
) -> tuple[pd.DataFrame, str]:
    """The prediction for a known group and for a new one, and which the known one is: the first where the row names none."""
    comparison, given = comparison_cache.comparison(source, formula, reml), dict(row)
    fit = comparison.mixed_fits()[model]
    if _group_at(fit, given) < 0:
        for free in free_factors(comparison.design):
            given |= group_columns(comparison.design, comparison_cache.frame(source), free, 0)
    label = ", ".join(g.labels[_level(g, given)] for g in fit.groupings)
    return predict_known_and_new(comparison, given | dict(means), model), label


def predict_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """Controls on the left, the prediction in words and in a picture on the right."""
    outcome, group = comparison.design.response_name, noun(comparison.group)
    heading(
        f"Predict {outcome}",
        "What the mixed model expects, with an interval for the line and one for a single new row.",
    )
    levels: dict[Level, str] = {
        "group": f"a known {group}",
        "new group": f"a new {group}",
        "population": f"the population average (no {group}'s own effect)",
    }
    left, right = st.columns([0.32, 0.68], gap="large")
    with left:
        model = _picked_model(comparison)
        level: Level = st.selectbox(
            "Predict for",
            list(levels),
            format_func=levels.__getitem__,
            **address_widgets.one_of("level", f"predict level {comparison.group}", levels, "group"),
        )
        row = _picked_group(analysis, comparison, view) if level == "group" else {}
        structured = structured_fit(comparison, model)
        placing = placing_columns(structured.residuals) if structured else []
        names = list(dict.fromkeys([*required_columns(comparison), *placing]))
        own = _own_values(analysis, comparison, row)
        order = structured.correlation.order if structured and structured.correlation else None
        if order is not None:
            own[order] = next_place(comparison, analysis.frame(), row)
        row |= {name: _value(analysis, comparison, name, own.get(name)) for name in names}
        means = _means(analysis, comparison, model, given=level != "group")
        factors = [grouping.name for grouping in free_factors(comparison.design)]
        for name in address_widgets.unknown_columns(VALUE_OF, [*names, *means]) + address_widgets.unknown_columns(
            GROUP_OF, factors
        ):
            note(f"The link speaks of “{literal(name[:60])}”, which is not in the formula.")
    fit: MixedResult | GLSResult = structured or comparison.mixed_fits()[model]
    with right:
        try:
            result = _predicted(*analysis.key, tuple((row | means).items()), level, view.x, model)
        except LmmCompareError as error:
            explain_error(error)
            return
        _say_prediction(outcome, result.iloc[0])
        along = axis(comparison, analysis.frame(), view.x)
        if along:
            x_label = axis_name(comparison.design, along.name)

            def draw() -> go.Figure:
                return prediction_bands(
                    result.iloc[1:],
                    result.iloc[0],
                    rows_of_group(comparison, analysis.frame(), row, along),
                    x_label=x_label,
                    y_label=outcome,
                    name=levels[level],
                    x_ticks=along.ticks,
                    look=Look(model=model),
                )

            given = tuple(row.items()), tuple(means.items())
            chart(drawn(draw, "prediction", analysis.key, given, level, view.x, model), "prediction figure")
    _known_or_new(analysis, comparison, row, means, comparison.formula_model if structured else model)
    heading("What these predictions carry")
    note(f"**Confidence interval.** {literal(variances_carried(fit, level, 'confidence'))}")
    if structured:
        note(f"**Prediction interval.** {literal(variances_carried(fit, level, 'prediction'))}")
    else:
        note("**Prediction interval.** The same for a single new row: the residual variance is added.")
    note(population_sentence(comparison))
    if further := sampled_rows_sentence(comparison, "predict"):
        note(further)
    if isinstance(fit, MixedResult) and fit.means_of:
        note(means_sentence(comparison, fit, _group_at(fit, row) if level == "group" else None))


def _picked_model(comparison: Comparison) -> str:
    """The model to predict from."""
    offered = predicting_models(comparison)
    if len(offered) == 1:
        return offered[0]
    model: str = st.selectbox(
        "Predict from",
        offered,
        format_func=model_label,
        **address_widgets.one_of(
            "from", f"predict from {comparison.formula_model} {comparison.group}", offered, offered[0]
        ),
    )
    return model


def _means(analysis: Analysis, comparison: Comparison, model: str, *, given: bool) -> dict[str, float]:
    """Controls for what a group that is not in the data has as its means of the predictors; first those over all rows."""
    result: dict[str, float] = {}
    if model not in comparison.mixed_fits():
        return result
    fit = comparison.mixed_fits()[model]
    for (name, mean), k in zip(fit.group_means().items() if given else (), fit.means_of, strict=False):
        places = decimals_for(float(fit.moments.scale[k]) / 10)
        keeps = address_widgets.number(
            VALUE_OF + name, f"predict {analysis.table} {name}", round(mean, places), -LARGEST, LARGEST
        )
        value = st.number_input(
            plain(term_label(comparison, name)), value=None, step=10.0**-places, format=f"%.{places}f", **keeps
        )
        if value is not None:  # an empty box is reset to the default
            result[name] = value
    return result


def _group_at(fit: MixedResult, row: dict[str, Any]) -> int:
    """The level of the shown factor that a row has."""
    return _level(fit.groupings[fit.focal], row)


def _level(grouping: Grouping, row: dict[str, Any]) -> int:
    """The level that a row has; -1 where it has none, or one that is not known."""
    return int(grouping.find(pd.DataFrame([row]))[0][0]) if {*grouping.columns} <= row.keys() else -1


def _known_or_new(
    analysis: Analysis, comparison: Comparison, row: dict[str, Any], means: dict[str, float], model: str
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
    for name in ("no_pooling", model):
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
            f"**{display['high']}** (95% prediction interval); it leans on the other rows of its group, with which its residual is "
            f"correlated. The line is at **{display['estimate']}**, between **{display['lower']}** and **{display['upper']}** (95% "
            "confidence interval)."
        )
        return
    paragraph(
        f"Expected {literal(outcome)}: **{display['estimate']}**. The line lies between **{display['lower']}** and **{display['upper']}** "
        f"(95% confidence interval), a single new row between **{display['low']}** and **{display['high']}** (95% prediction interval)."
    )


def _own_values(analysis: Analysis, comparison: Comparison, row: dict[str, Any]) -> dict[str, Any]:
    """Of a known group its own values of what is the same in all its rows: a school has its own sector, whatever others have."""
    grouping = comparison.grouping
    level = -1 if grouping is None else _level(grouping, row)
    names = _columns_between(*analysis.key) if level >= 0 else []
    if grouping is None or not names:
        return {}
    frame = analysis.frame()
    place = int(np.flatnonzero(grouping.codes == level)[0])
    return {name: plain_column(comparison.design.rows_of(frame)[name]).iloc[place] for name in names}


def _value(analysis: Analysis, comparison: Comparison, name: str, own: Any = None) -> Any:
    """A control for one column's value, which opens with the group's ``own`` where it has one."""
    key, column = f"predict {analysis.table} {name}", plain_column(analysis.frame()[name])
    if own is not None:  # another group's own value opens the control anew
        key += f" own {own}"
    placed = name not in required_columns(comparison)  # a time, visit or level of residuals alone
    if comparison.design.encoder.origins.get(name) is not None or (placed and is_date(column)):
        first = dates(column).median() if own is None else dates(pd.Series([own])).iloc[0]
        keeps = address_widgets.day(VALUE_OF + name, key, first.date())
        return st.date_input(plain(name), min_value=date.min, max_value=date.max, **keeps)
    if not is_number(column) or name in categorical_columns(comparison) or name in _levels_alone(comparison):
        options = sorted(column.dropna().unique(), key=None if is_number(column) else str)
        key += " level" * is_number(column)
        keeps = address_widgets.one_of(VALUE_OF + name, key, options, options[0] if own is None else own)
        return st.selectbox(plain(name), options, format_func=str, **keeps)
    whole = bool((column.dropna() % 1 == 0).all())
    places = 0 if whole else decimals_for(float(column.std()) / 10)
    middle = round(float(column.median() if own is None else own), places)
    step = 1.0 if whole else 10.0**-places
    keeps = address_widgets.number(VALUE_OF + name, key, middle, -LARGEST, LARGEST)
    return st.number_input(
        plain(name), value=None, step=step, format=f"%.{places}f", **keeps
    )  # an empty box is reset to the default


def _levels_alone(comparison: Comparison) -> set[str]:
    """Columns of which the model with structured residuals knows the values seen and no others."""
    fit = comparison.structured
    if fit is None:
        return set()
    visits = fit.correlation.order if fit.correlation and fit.residuals.visits is not None else None
    return {name for name in (fit.variance, visits) if name}


def _picked_group(analysis: Analysis, comparison: Comparison, view: View) -> dict[str, Any]:
    """Controls for the grouping factors; a factor that another lies within is picked with it."""
    design = comparison.design
    result: dict[str, Any] = {}
    for grouping in free_factors(design):
        labels = grouping.labels
        marked = grouping is design.grouping and view.highlight in labels
        start = labels.index(str(view.highlight)) if marked else 0
        key = f"predict group {analysis.table} {grouping.name}"
        keeps = address_widgets.one_of(GROUP_OF + grouping.name, key, labels, labels[start])
        level = labels.index(st.selectbox(plain(noun(grouping.name)), labels, **keeps))
        result |= group_columns(design, analysis.frame(), grouping, level)
    return result
