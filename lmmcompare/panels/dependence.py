"""The standard error of a mean with correlated rows, and the paired t-test for groups of two rows."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ..assess.dependence import Dependence, dependence_sentence, formula_sentence
from ..assess.dependence import dependence as dependence_of
from ..assess.paired_t_test import Pairs, pairs_sentences
from ..comparison.comparison import Comparison
from ..explain.moulton import residual_correlation
from ..figures.dependence import dependence_curve
from ..model_catalogue import Model
from ..tables.table import Cell, Row, bare_p, degrees, plain_table
from ..text.labels import literal, model_label, noun, plural
from ..text.numbers import decimals_for, number
from .panel import FigureBlock, Note, Page, Panel, Sentence, TableBlock

APART = 0.05
"""Two correlations of the same residuals are told apart where they differ by this."""


def dependence(comparison: Comparison) -> Panel | None:
    """The mean's standard error along the correlation of rows of one group, with the data's own place."""
    result = dependence_of(comparison)
    if result is None:
        return None

    def draw(page: Page) -> go.Figure:
        place = pd.Series(
            {"rho": result.rho, "ratio": result.ratio(result.rho), "effective_rows": result.effective_rows(result.rho)}
        )
        near = result.curve(result.low, result.high)
        return dependence_curve(result.curve(), near, place, group_name=noun(comparison.group), look=page.look())

    lead = (
        "Rows that resemble each other repeat part of what they say; rows that offset each other cancel part of their noise. An "
        "effective row is one that has nothing to do with the others."
    )
    words = (
        Sentence(dependence_sentence(comparison, result) + _over_pairs(comparison, result)),
        Note(formula_sentence(comparison, result)),
    )
    title = f"What are rows of one {noun(comparison.group)} worth?"
    return Panel("dependence", title, lead, (FigureBlock("dependence", draw), *words))


def _over_pairs(comparison: Comparison, result: Dependence) -> str:
    """The correlation that standard errors of OLS go by, where it is visibly another number than the estimate."""
    pairs = residual_correlation(comparison)
    if abs(pairs - result.rho) < APART:
        return ""
    return (
        f" That estimates what holds for all {literal(plural(comparison.group))}, and allows for the coefficients fitted. Moulton’s factor "
        f"takes that of OLS’s residuals as they are, over all pairs of these rows, **{number(pairs, decimals=2)}**."
    )


def paired_panel(comparison: Comparison, result: Pairs | None) -> Panel | None:
    """The paired t-test beside the models that it is a case of; None where groups are no pairs."""
    if result is None:
        return None
    place = "with the row’s place" if result.by_place else ""
    names = {
        "paired": ("Paired t-test", "on the differences"),
        Model.OLS: ("OLS", "two-sample t-test" if result.alone else "pairs not known"),
    }
    names |= {m: (model_label(m, comparison.group), place) for m in (Model.NO_POOLING, Model.RANDOM_INTERCEPT)}
    rows, decimals = [], decimals_for(float(result.tests.loc["paired", "se"]), 4)
    for way, row in result.tests.iterrows():
        name, how = names[str(way)]
        numbers = [number(float(row[c]), decimals=decimals) for c in ("estimate", "se")]
        numbers += [number(float(row["t"]), 4), degrees(float(row["df"])).removesuffix(" df"), bare_p(float(row["p"]))]
        label = f"{name[0].upper()}{name[1:]}"
        rows.append(Row(f"{label} ({how})" if how else label, tuple(map(Cell, numbers))))
    heads = ("Difference", "Standard error", "t", "df", "p")
    table = plain_table(heads, rows)
    lead = f"Each {literal(noun(comparison.group))} has two rows, so the question can be put as a test of their differences."
    block = TableBlock(table, f"Difference: {result.contrast}.", "Paired t-test beside the models")
    words = (Sentence(text) for text in pairs_sentences(comparison, result))
    return Panel("paired", "As a paired t-test", lead, (block, *words))
