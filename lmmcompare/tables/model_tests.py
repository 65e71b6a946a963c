"""Tables of the tests between models, and of AIC, AICc and BIC."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..assess.hypotheses import Ddf
from ..assess.model_choice import WhichModel
from ..assess.model_test import ModelTest
from ..text.numbers import MISSING, number, percent
from .table import Cell, Row, Table, bare_p, degrees, plain_table

PLAIN, ROBUST = "Mundlak test", "Mundlak test, cluster-robust"
"""Of the two that ask the same one is said, the other stands in the table only."""


def tests_in_words(result: WhichModel, *, clustered: bool = False) -> list[ModelTest]:
    """The tests that are reported as sentences; ``clustered`` where Mundlak's has to be the cluster-robust one, if that can be made."""
    clustered = clustered and any(test.name == ROBUST for test in result.tests)
    again = {"Breusch–Pagan test", "Hausman test", PLAIN if clustered else ROBUST}
    return [test for test in result.tests if test.name not in again]


def tests_table(result: WhichModel) -> Table:
    """Every test with its statistic, reference distribution, and p value with and without correction for the boundary."""
    rows = []
    for test in result.tests:
        cells = (
            Cell(number(test.statistic)),
            Cell(test.distribution),
            Cell(bare_p(test.p)),
            Cell(bare_p(test.p_naive)),
        )
        rows.append(Row(test.name, cells))
    return Table(("",) * 4, (("Statistic", ""), ("Held against", ""), ("p", ""), ("Naive p", "")), tuple(rows))


def information_table(result: WhichModel) -> Table:
    """AIC, AICc and BIC, the ranked models first, the best AICc on top; models that are not ranked without differences."""
    rows = []
    for row in result.information.itertuples():
        cells = [Cell(f"{row.parameters:,}"), Cell(number(row.loglik, decimals=1))]
        for value, above in ((row.aic, row.delta_aic), (row.aicc, row.delta_aicc), (row.bic, row.delta_bic)):
            cells.append(Cell(number(value, decimals=1), "", "not ranked" if row.problem else _above(above)))
        cells.append(Cell(MISSING if row.problem else percent(min(max(row.weight, 1e-9), 0.9999))))
        rows.append(Row(row.label, tuple(cells)))
    heads = ("Parameters", "Log-likelihood", "AIC", "AICc", "BIC", "Weight by AICc")
    return plain_table(heads, rows)


def terms_table(result: pd.DataFrame, labels: Mapping[str, str], ddf: Ddf) -> Table:
    """An ANOVA table, as `assess.hypotheses.anova` finds it, with the terms' names for readers."""
    wald, rows = ddf == "chi-square", []
    for row in result.to_dict("records"):
        cells = [number(row["sum_sq"]), number(row["num_df"], decimals=0)]
        if not wald:
            cells.append(degrees(row["den_df"]).removesuffix(" df"))
        cells += [number(row["chisq" if wald else "F"]), bare_p(row["p"])]
        rows.append(Row(labels.get(row["term"], row["term"]), tuple(map(Cell, cells))))
    heads = ("Sum of squares", "df", *(() if wald else ("Denominator df",)), "χ²" if wald else "F", "p")
    return plain_table(heads, rows)


def _above(difference: float) -> str:
    return f"+{number(difference, decimals=1)}" if difference else "best"
