"""The panel that predicts: pick predictors and a group, see the line and its two intervals, and what they carry."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ..compare import Comparison
from ..data.columns import is_number
from ..errors import LmmCompareError
from ..figures.bands import prediction_bands
from ..inference.prediction_error import Level
from ..labels import literal, noun
from ..numbers import decimals_for, number
from ..predicted import axis, free_factors, group_columns, needed, own_rows, predicted
from ..results.prediction import variances_carried
from ..share.choices import GROUP_OF, VALUE_OF
from . import kept, store
from .cached import cached
from .drawn import drawn
from .shell import chart, explain_error, heading, is_dark, note, plain, say
from .state import Analysis
from .views import View

LARGEST = 1e15
"""A browser knows larger whole numbers no longer apart."""
Values = tuple[tuple[str, Hashable], ...]
"""Columns and their values."""


@cached(200, spinner="Predicting…")
def _predicted(table: str, formula: str, reml: bool, row: Values, level: Level, x: str | None) -> pd.DataFrame:
    comparison = store.comparison(table, formula, reml)
    return predicted(comparison, dict(row), level, axis(comparison, store.frame(table), x))


def predict_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """Controls on the left, the prediction in words and in a picture on the right."""
    outcome, group = comparison.design.names[-1], noun(comparison.group)
    heading(
        f"Predict {outcome}",
        "What the mixed model expects, with an interval for the line and one for a single new row.",
    )
    levels: dict[Level, str] = {
        "group": f"a known {group}", "new group": f"a new {group}", "population": f"the average {group}",
    }  # fmt: skip
    left, right = st.columns([0.32, 0.68], gap="large")
    with left:
        level: Level = st.selectbox(
            "Predict for", list(levels), format_func=levels.__getitem__,
            **kept.one_of("level", f"predict level {comparison.group}", levels, "group"),
        )  # fmt: skip
        row = _picked_group(analysis, comparison, view) if level == "group" else {}
        names = needed(comparison)
        row |= {name: _value(analysis, analysis.frame()[name], name) for name in names}
        factors = [grouping.name for grouping in free_factors(comparison.design)]
        for name in kept.strangers(VALUE_OF, names) + kept.strangers(GROUP_OF, factors):
            note(f"The link speaks of “{literal(name[:60])}”, which is not in the formula.")
    with right:
        try:
            found = _predicted(*analysis.key, tuple(row.items()), level, view.x)
        except LmmCompareError as error:
            explain_error(error)
            return
        _said(outcome, found.iloc[0])
        along = axis(comparison, analysis.frame(), view.x)
        if along:

            def draw() -> go.Figure:
                return prediction_bands(
                    found.iloc[1:], found.iloc[0], own_rows(comparison, analysis.frame(), row, along), x_label=along.name,
                    y_label=outcome, name=levels[level], ticks=along.ticks, dark=is_dark(),
                )  # fmt: skip

            chart(drawn(draw, analysis.key, row, level, view.x), "prediction figure")
    note(f"**Confidence interval.** {literal(variances_carried(comparison.mixed, level, 'confidence'))}")
    note(f"**Prediction interval.** {literal(variances_carried(comparison.mixed, level, 'prediction'))}")


def _said(outcome: str, chosen: pd.Series) -> None:
    """The prediction in words."""
    decimals = decimals_for(float(chosen["high"] - chosen["low"]) / 4)
    shown = {c: number(float(chosen[c]), decimals=decimals) for c in ("estimate", "lower", "upper", "low", "high")}
    say(
        f"Expected {literal(outcome)}: **{shown['estimate']}**. The line lies between **{shown['lower']}** and **{shown['upper']}** "
        f"(95% confidence interval), a single new row between **{shown['low']}** and **{shown['high']}** (95% prediction interval)."
    )


def _value(analysis: Analysis, column: pd.Series, name: str) -> Any:
    """A control for one column's value."""
    key = f"predict {analysis.table} {name}"
    if not is_number(column):
        options = sorted(column.dropna().unique(), key=str)
        keeps = kept.one_of(VALUE_OF + name, key, options, options[0])
        return st.selectbox(plain(name), options, format_func=str, **keeps)
    whole = bool((column.dropna() % 1 == 0).all())
    places = 0 if whole else decimals_for(float(column.std()) / 10)
    middle, step = round(float(column.median()), places), 1.0 if whole else 10.0**-places
    keeps = kept.number(VALUE_OF + name, key, middle, -LARGEST, LARGEST)
    return st.number_input(plain(name), value=None, step=step, format=f"%.{places}f", **keeps)  # emptied, it opens anew


def _picked_group(analysis: Analysis, comparison: Comparison, view: View) -> dict[str, Any]:
    """Controls for the grouping factors; a factor that another lies within is picked with it."""
    design = comparison.design
    found: dict[str, Any] = {}
    for grouping in free_factors(design):
        labels = grouping.labels
        marked = grouping is design.grouping and view.highlight in labels
        start = labels.index(str(view.highlight)) if marked else 0
        key = f"predict group {analysis.table} {grouping.name}"
        keeps = kept.one_of(GROUP_OF + grouping.name, key, labels, labels[start])
        level = labels.index(st.selectbox(plain(noun(grouping.name)), labels, **keeps))
        found |= group_columns(design, analysis.frame(), grouping, level)
    return found
