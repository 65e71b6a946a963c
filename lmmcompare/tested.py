"""The tests between models, and AIC and BIC, as the tables that people read."""

from __future__ import annotations

from .assess.model_tests import ModelTest
from .assess.which_model import WhichModel
from .numbers import MISSING, number, p_value, percent
from .tables import Cell, Row, Table

ASKED = (
    "Likelihood ratio test, random intercept", "Likelihood ratio test, other factors", "Likelihood ratio test, random slope",
    "Mundlak test",
)  # fmt: skip
"""The tests that are told in words; the others ask the same questions again and stand in the table."""


def told(found: WhichModel) -> list[ModelTest]:
    """The tests to tell in words, in that order."""
    by_name = {test.name: test for test in found.tests}
    return [by_name[name] for name in ASKED if name in by_name]


def tests_table(found: WhichModel) -> Table:
    """Every test with its statistic, what it is held against, and its p value with and without heed of the boundary."""
    rows = []
    for test in found.tests:
        cells = (
            Cell(number(test.statistic)),
            Cell(test.distribution),
            Cell(bare_p(test.p)),
            Cell(bare_p(test.p_naive)),
        )
        rows.append(Row(test.name, cells))
    return Table(("",) * 4, (("Statistic", ""), ("Held against", ""), ("p", ""), ("Naive p", "")), tuple(rows))


def information_table(found: WhichModel) -> Table:
    """AIC and BIC of the models that may be compared, the best first."""
    rows = []
    for row in found.information.itertuples():
        cells = [Cell(f"{row.parameters:,}"), Cell(number(row.loglik, decimals=1)), Cell(number(row.aic, decimals=1))]
        if row.problem:
            cells += [Cell("not comparable"), Cell(MISSING), Cell(number(row.bic, decimals=1)), Cell(MISSING)]
        else:
            cells += [Cell(_above(row.delta_aic)), Cell(percent(max(row.weight, 1e-9)))]
            cells += [Cell(number(row.bic, decimals=1)), Cell(_above(row.delta_bic))]
        rows.append(Row(row.label, tuple(cells)))
    heads = ("Parameters", "Log-likelihood", "AIC", "above best", "Weight", "BIC", "above best")
    return Table(("",) * 7, tuple((head, "") for head in heads), tuple(rows))


def bare_p(p: float) -> str:
    """A p value in a column of them."""
    return p_value(p).removeprefix("p = ").removeprefix("p ")


def _above(difference: float) -> str:
    return f"+{number(difference, decimals=1)}" if difference else "best"
