"""What if the random effects are not normal? Mass points over the normal density, and both models' numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ...assess.nonparametric import NormalityCheck, normality_matters
from ...comparison.compare import Comparison
from ...errors import LmmCompareError
from ...figures.masses import masses_figure
from ...inference.nonparametric import most_groups
from ...tables.table import Cell, Row, Table
from ...text.labels import literal, model_phrase, plural
from ...text.numbers import decimals_for, number
from ..kit import bound_widgets
from ..kit.figure_cache import drawn
from ..kit.shell import chart, heading, is_dark, note, plain, table
from ..server.cache import cached
from ..session.state import Analysis

MANY = 2_000
"""With more groups than this, a second or so, it is fitted on request."""


@cached(50, spinner="Fitting without the normal distribution…")
def _any_distribution(table: str, formula: str, _comparison: Comparison) -> NormalityCheck | LmmCompareError:
    """For REML too: it is by maximum likelihood either way."""
    try:
        return normality_matters(_comparison.pooled)
    except LmmCompareError as error:
        return error


def not_normal_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The same model with random effects of any distribution."""
    question = "And if the random effects are not normal?"
    n_groups = comparison.moments.n_groups
    if MANY < n_groups <= most_groups(len(comparison.pooled.random_names)):
        heading(question, f"A fit without a normal distribution takes a moment for {n_groups:,} groups.")
        if not st.toggle("Fit it", **bound_widgets.switch("anyhow", "not normal")):
            return
    found = _any_distribution(analysis.table, analysis.formula, comparison)
    if isinstance(found, LmmCompareError):
        heading(question, literal(str(found)))
        return
    heading(question, literal(found.sentence))
    terms = [t for t in found.points.columns if t != "mass"]
    term = terms[0]
    if len(terms) > 1:
        term = st.segmented_control(
            "Random effect drawn", terms, required=True, format_func=lambda t: plain(comparison.coefficient(t).random_phrase),
            label_visibility="collapsed", **bound_widgets.one_of("masses", f"masses of {comparison.asked}", terms, term),
        )  # fmt: skip

    def draw() -> go.Figure:
        points = pd.DataFrame({"value": found.points[term], "mass": found.points["mass"]})
        label = f"{comparison.coefficient(term).random_phrase}, from its mean"
        return masses_figure(points, _normal(found, term), x_label=label, dark=is_dark())

    chart(drawn(draw, analysis.key, term), "masses figure")
    groups = plural(comparison.group)
    _both(comparison, found, groups)
    alone = f" in {model_phrase(comparison.chosen)} of {groups} alone" if len(comparison.factors) > 1 else ""
    note(literal(
        f"In place of the normal distribution stand a few values, each with the share of the {groups} that has it (mass points): "
        f"those that make the data most likely{alone} (nonparametric maximum likelihood, Laird 1978). A few values do not mean that "
        f"there are classes of {groups}; a smooth distribution looks like this too."
    ))  # fmt: skip


def _both(comparison: Comparison, found: NormalityCheck, groups: str) -> None:
    """Coefficients and standard deviations of the two models."""
    rows = [
        Row(comparison.coefficient(str(r.term)).label, (*_pair(r), Cell(number(r.change_in_se, decimals=2))))
        for r in found.coefficients.itertuples()
    ]
    rows += [Row(_spread(comparison, str(r.term), groups), (*_pair(r), Cell(""))) for r in found.spread.itertuples()]
    heads = (("Normal", "maximum likelihood"), ("Any", "mass points"), ("Change", "in standard errors"))
    table(Table(("",) * 3, heads, tuple(rows)), "", "The model with and without normal random effects")


def _pair(row: Any) -> tuple[Cell, Cell]:
    decimals = decimals_for(float(getattr(row, "se", abs(row.normal) / 10)))
    return Cell(number(row.normal, decimals=decimals)), Cell(number(row.nonparametric, decimals=decimals))


def _spread(comparison: Comparison, term: str, groups: str) -> str:
    if term == "Residual":
        return f"SD within {groups}"
    return f"SD between {groups}" + (
        "" if term == comparison.constant else f" of the {comparison.coefficient(term).random_phrase}"
    )


def _normal(found: NormalityCheck, term: str) -> pd.DataFrame:
    """The fitted normal density along the axis; empty where its variance is 0."""
    sd = float(found.spread.set_index("term")["normal"][term])
    if sd <= 0:
        return pd.DataFrame({"value": [], "density": []})
    value = np.linspace(-3.5 * sd, 3.5 * sd, 141)
    return pd.DataFrame({"value": value, "density": np.exp(-((value / sd) ** 2) / 2)})
