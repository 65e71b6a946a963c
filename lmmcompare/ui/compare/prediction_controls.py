"""The controls of the panel that predicts: the model, for whom, and the values of the predictors."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from ...assess.prediction_grid import predicting_models, structured_fit
from ...assess.prediction_values import (
    categorical_columns,
    columns_between,
    free_factors,
    group_columns,
    next_place,
    required_columns,
)
from ...comparison.comparison import Comparison
from ...data.columns import is_number
from ...design.dtypes import dates, is_date, plain_column
from ...design.grouping import Grouping
from ...inference.prediction_error import Level
from ...model_catalogue import Model
from ...models.gls import GLSResult
from ...models.residual_rows import placing_columns
from ...share.view_parameters import GROUP_OF, VALUE_OF
from ...tables.coefficients import term_label
from ...text.labels import literal, model_label, noun
from ...text.numbers import decimals_for
from ..kit import address_widgets
from ..kit.page_elements import note, plain
from ..server import comparison_cache
from ..server.cache import cached
from ..session.state import Analysis
from ..session.views import View

LARGEST = 1e15
"""Bound on the values of a number box; from about nine times that on, a browser does not represent every integer."""


@dataclass(frozen=True)
class Choice:
    """What is predicted: by which model, for whom, and at which values of the columns and of the groups' means."""

    model: Model
    structured: GLSResult | None
    """The model with structured residuals, where it is the one to predict from."""
    level: Level
    row: dict[str, Hashable]
    means: dict[str, float]


def levels_in_words(comparison: Comparison) -> dict[Level, str]:
    """For whom can be predicted, in words."""
    group = noun(comparison.group)
    return {
        "group": f"a known {group}",
        "new group": f"a new {group}",
        "population": "the population average",
    }


def choose(analysis: Analysis, comparison: Comparison, view: View) -> Choice:
    """Draw the controls; returns what they say."""
    model, levels = _picked_model(comparison), levels_in_words(comparison)
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
    return Choice(model, structured, level, row, means)


def _picked_model(comparison: Comparison) -> Model:
    """The model to predict from."""
    offered = predicting_models(comparison)
    if len(offered) == 1:
        return offered[0]
    model: Model = st.selectbox(
        "Predict from",
        offered,
        format_func=model_label,
        **address_widgets.one_of(
            "from", f"predict from {comparison.formula_model} {comparison.group}", offered, offered[0]
        ),
    )
    return model


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


def _own_values(analysis: Analysis, comparison: Comparison, row: dict[str, Any]) -> dict[str, Any]:
    """Of a known group its own values of what is the same in all its rows: a school has its own sector, whatever others have."""
    grouping = comparison.grouping
    level = level_of(grouping, row)
    names = _columns_between(*analysis.key) if level >= 0 else []
    if not names:
        return {}
    frame = analysis.frame()
    place = int(np.flatnonzero(grouping.codes == level)[0])
    return {name: plain_column(comparison.design.rows_of(frame)[name]).iloc[place] for name in names}


@cached(200)
def _columns_between(source: str, formula: str, reml: bool) -> list[str]:
    return columns_between(comparison_cache.comparison(source, formula, reml), comparison_cache.frame(source))


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


def _means(analysis: Analysis, comparison: Comparison, model: Model, *, given: bool) -> dict[str, float]:
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


def level_of(grouping: Grouping, row: dict[str, Any]) -> int:
    """The level that a row has; -1 where it has none, or one that is not known."""
    return int(grouping.find(pd.DataFrame([row]))[0][0]) if {*grouping.columns} <= row.keys() else -1
