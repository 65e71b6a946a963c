"""What a slope is made of: the weight that each model puts on the slope within groups."""

from __future__ import annotations

import plotly.graph_objects as go

from ..comparison.compare import Comparison
from ..explain.effect import baseline, noun_of
from ..explain.facts import facts
from ..explain.identity import explain
from ..explain.line_labels import weight_labels
from ..figures.slope_weights import weight_bars
from ..model_catalogue import Model
from ..tables.table import Cell, Row, Table
from ..text.labels import model_label, noun
from ..text.numbers import decimals_for, number, percent
from .panel import FigureBlock, Page, Panel, TableBlock


def weights(comparison: Comparison, term: str) -> Panel | None:
    """Draw the weights as bars; None where there are no two parts that shares could be given of."""
    if term == comparison.constant or not facts(comparison, term).blend:
        return None

    def draw(page: Page) -> go.Figure:
        parts = explain(comparison, term)
        parts = parts[parts["model"] != Model.RANDOM_SLOPE]  # its two slopes are not those that the others share
        within, between = weight_labels(comparison, term)
        return weight_bars(
            parts, within_label=within, between_label=between, group_name=noun(comparison.group), look=page.look()
        )

    title = f"What the {noun_of(comparison, term)} is made of"
    return Panel("weights", title, "", (FigureBlock("weights", draw, (term,)),))


def identity_parts(comparison: Comparison, term: str) -> Panel | None:
    """Each model's coefficient as the weighted mean that it is, in numbers; None for the intercept."""
    if term == comparison.constant:
        return None
    decimals, rows = decimals_for(float(comparison.ols.bse[term])), []
    what, parts = "difference" if baseline(comparison, term) else "slope", explain(comparison, term)
    for part in parts.itertuples():
        numbers = (part.estimate_within, part.estimate_between, part.estimate)
        cells = [
            Cell(percent(float(part.weight_within))),
            *(Cell(number(float(v), decimals=decimals)) for v in numbers),
        ]
        rows.append(Row(model_label(str(part.model), comparison.group), tuple(cells)))
    heads = ("Weight on within", f"{what.capitalize()} within", f"{what.capitalize()} between", "Coefficient")
    caption = f"Each coefficient is the weight times the {what} within plus the rest of the weight times the {what} between, exactly."
    if (parts["model"] == Model.RANDOM_SLOPE).any():
        caption += f" A random slope weighs every group by itself, so its two {what}s are its own."
    table = Table(("",) * len(heads), tuple((head, "") for head in heads), tuple(rows))
    return Panel("identity", "The weighted means in numbers", "", (TableBlock(table, caption, "The identity's parts"),))
