"""How well a mean is known: two panels, on rows that depend on each other and on groups of two rows."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ...assess.dependence import dependence, dependence_sentence, formula_sentence
from ...assess.pairs import Pairs, pairs, pairs_sentences
from ...comparison.compare import Comparison
from ...figures.dependence import dependence_curve
from ...tables.table import Cell, Row, Table, bare_p, degrees
from ...text.labels import literal, model_label, noun
from ...text.numbers import decimals_for, number
from ..kit.figure_cache import drawn
from ..kit.shell import chart, heading, is_dark, note, say, table
from ..server import comparison_cache
from ..server.cache import cached
from ..session.state import Analysis


def dependence_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The mean's standard error along the correlation of rows of one group, with the data's own place."""
    found = dependence(comparison)
    if found is None:
        return
    heading(
        f"What are rows of one {noun(comparison.group)} worth?",
        "Rows that resemble each other repeat part of what they say, rows that offset each other cancel part of their noise: an "
        "effective row is one that has nothing to do with the others.",
    )
    ends = pd.DataFrame(
        {"rho": [found.rho], "ratio": [found.ratio(found.rho)], "effective_rows": [found.effective_rows(found.rho)]}
    )

    def draw() -> go.Figure:
        return dependence_curve(
            found.curve(),
            found.curve(found.low, found.high),
            ends.iloc[0],
            group_name=noun(comparison.group),
            dark=is_dark(),
        )

    chart(drawn(draw, analysis.key), "dependence figure")
    say(dependence_sentence(comparison, found))
    note(formula_sentence(comparison, found))


@cached(100)
def _pairs(table: str, formula: str, reml: bool) -> Pairs | None:
    return pairs(comparison_cache.comparison(table, formula, reml))


def pairs_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The paired t-test beside the models that it is a case of; nothing where groups are no pairs."""
    found = _pairs(*analysis.key)
    if found is None:
        return
    heading(
        "As a paired t-test",
        f"Each {literal(noun(comparison.group))} has two rows, so the question can be put as a test of their differences.",
    )
    place = "with the row’s place" if found.by_place else ""
    names = {
        "paired": ("Paired t-test", "on the differences"),
        "ols": ("OLS", "two-sample t-test" if found.alone else "pairs not known"),
    }
    names |= {model: (model_label(model, comparison.group), place) for model in ("no_pooling", "random_intercept")}
    rows, decimals = [], decimals_for(float(found.tests.loc["paired", "se"]), 4)
    for way, row in found.tests.iterrows():
        name, how = names[str(way)]
        cells = [Cell(number(float(row[c]), decimals=decimals)) for c in ("estimate", "se")]
        cells += [
            Cell(number(float(row["t"]), 4)),
            Cell(degrees(float(row["df"])).removesuffix(" df")),
            Cell(bare_p(float(row["p"]))),
        ]
        label = f"{name[0].upper()}{name[1:]}"
        rows.append(Row(f"{label} ({how})" if how else label, tuple(cells)))
    heads = (("Difference", ""), ("Standard error", ""), ("t", ""), ("df", ""), ("p", ""))
    table(Table(("",) * 5, heads, tuple(rows)), f"Difference: {found.contrast}.", "Paired t-test beside the models")
    for text in pairs_sentences(comparison, found):
        say(text)
