"""Random effects without normality: mass points over the normal density, and both models' numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ..assess.normality_check import NormalityCheck
from ..comparison.comparison import Comparison
from ..errors import LmmCompareError
from ..figures.mass_points import masses_figure
from ..tables.spread_rows import spread_label
from ..tables.table import Cell, Row, Table
from ..text.labels import literal, model_phrase, plural
from ..text.numbers import decimals_for, number
from .panel import FigureBlock, Note, Page, Panel, TableBlock

QUESTION = "And if the random effects are not normal?"


def without_normality(comparison: Comparison, result: NormalityCheck | LmmCompareError, term: str) -> Panel:
    """The same model with random effects of any distribution; the picture is of one of them."""
    if isinstance(result, LmmCompareError):
        return Panel("not-normal", QUESTION, literal(str(result)))

    def draw(page: Page) -> go.Figure:
        points = pd.DataFrame({"value": result.points[term], "mass": result.points["mass"]})
        label = f"{comparison.coefficient(term).random_phrase}, from its mean"
        return masses_figure(
            points, _normal(result, term), x_label=label, look=page.look(model=comparison.one_factor_model)
        )

    groups = plural(comparison.group)
    alone = f" in {model_phrase(comparison.one_factor_model)} of {groups} alone" if len(comparison.factors) > 1 else ""
    note = (
        f"The values and their shares of the {groups} are those that make the data most likely{alone} (nonparametric maximum "
        "likelihood, Laird 1978). A few values do not mean that "
        f"there are classes of {groups}; a smooth distribution looks like this too."
    )
    table = TableBlock(_both(comparison, result), "", "The model with and without normal random effects")
    blocks = FigureBlock("masses", draw, (term,)), table, Note(literal(note))
    return Panel("not-normal", QUESTION, literal(result.sentence), blocks)


def _both(comparison: Comparison, result: NormalityCheck) -> Table:
    """Coefficients and standard deviations of the two models."""
    rows = [
        Row(comparison.coefficient(str(r.term)).label, (*_pair(r), Cell(number(r.change_in_se, decimals=2))))
        for r in result.coefficients.itertuples()
    ]
    rows += [Row(_spread(comparison, str(r.term)), (*_pair(r), Cell(""))) for r in result.spread.itertuples()]
    heads = (("Normal", "maximum likelihood"), ("Any", "mass points"), ("Change", "in standard errors"))
    return Table(("",) * 3, heads, tuple(rows))


def _pair(row: Any) -> tuple[Cell, Cell]:
    decimals = decimals_for(float(getattr(row, "se", abs(row.normal) / 10)))
    return Cell(number(row.normal, decimals=decimals)), Cell(number(row.nonparametric, decimals=decimals))


def _spread(comparison: Comparison, term: str) -> str:
    if term == "Residual":
        return f"SD within {plural(comparison.group)}"
    return spread_label(comparison, "sd", comparison.group, term)


def _normal(result: NormalityCheck, term: str) -> pd.DataFrame:
    """The fitted normal density along the axis; empty where its variance is 0."""
    sd = float(result.spread.set_index("term")["normal"][term])
    if sd <= 0:
        return pd.DataFrame({"value": [], "density": []})
    value = np.linspace(-3.5 * sd, 3.5 * sd, 141)
    return pd.DataFrame({"value": value, "density": np.exp(-((value / sd) ** 2) / 2)})
