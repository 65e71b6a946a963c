"""The panels of “Which model?”: tests in words, AIC, AICc and BIC, REML beside ML, a table of terms, shares of variance."""

from __future__ import annotations

from typing import get_args

import pandas as pd
import streamlit as st

from ...assess.hypotheses import Ddf, Type, anova
from ...assess.reml_ml import reml_and_ml, reml_sentence
from ...assess.shares import MEAN, Shares, design_effects, icc_at, icc_sentence, predictor_icc, shares
from ...assess.which_model import WhichModel, which_model
from ...comparison.compare import Comparison
from ...errors import LmmCompareError
from ...explain.within_between import within_between, within_between_sentences
from ...tables.model_tests import information_table, tests_table, told
from ...tables.table import NOTHING, Cell, Row, Table, bare_p, degrees
from ...text.labels import an, literal, model_phrase, plural
from ...text.numbers import number
from ..kit import bound_widgets
from ..kit.shell import explain_error, heading, note, say, table
from ..server import comparison_cache
from ..server.cache import cached
from ..session.state import Analysis
from ..session.views import View

METHODS: dict[Ddf, str] = {
    "satterthwaite": "F, Satterthwaite", "kenward-roger": "F, Kenward–Roger", "chi-square": "Wald χ²",
}  # fmt: skip
SAID: dict[Ddf, str] = {
    "satterthwaite": "F tests with Satterthwaite’s degrees of freedom.",
    "kenward-roger": "F tests with Kenward and Roger’s standard errors and degrees of freedom.",
    "chi-square": "Wald’s χ² takes the variances as known: with few groups its p values are too small.",
}
TYPES: dict[Type, str] = {
    "III": "Type III: each term beside all others, every combination of categories counting the same.",
    "II": "Type II: each term beside all others but the interactions that contain it.",
}


@cached(100, spinner="Testing models against each other…")
def _tests(table: str, formula: str, reml: bool) -> WhichModel:
    return which_model(comparison_cache.comparison(table, formula, reml))


@cached(200, spinner="Testing terms…")
def _anova(table: str, formula: str, reml: bool, kind: Type, ddf: Ddf) -> pd.DataFrame:
    return anova(comparison_cache.comparison(table, formula, reml).mixed, kind, ddf)


@cached(100)
def _shares(table: str, formula: str, reml: bool) -> tuple[Shares, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    fit = comparison_cache.comparison(table, formula, reml).mixed
    return shares(fit), design_effects(fit), predictor_icc(fit), icc_at(fit)


def tests_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """Each question with its answer and p value; the statistics on request."""
    found = _tests(*analysis.key)
    heading("What the data say", "Each question that chooses between these models, with what a test answers.")
    for test in told(found):
        say(f"**{literal(test.question)}** {literal(test.verdict)}")
    if within_between(comparison, view.term).known:
        note(literal(" ".join(within_between_sentences(comparison, view.term))))
    keeps = bound_widgets.switch("tests", "tests open")
    with st.expander("Every test with its statistic, and what it assumes", **keeps) as more:
        if more.open:
            _statistics(found)


def _statistics(found: WhichModel) -> None:
    table(tests_table(found), "A variance cannot be negative, so 0 is the end of what is possible: the naive p "
          "does not know that and is too large.", "Tests between models")  # fmt: skip
    for test in found.tests:
        note(f"**{literal(test.name)}.** {literal(test.note)}")
    for name, reason in found.left_out.items():
        note(f"**{literal(name)}** is left out: {literal(reason)}")


def information_panel(analysis: Analysis) -> None:
    """AIC, AICc and BIC of the models, and which of them may be ranked."""
    found = _tests(*analysis.key)
    heading("AIC, AICc and BIC: fit against size", literal(found.sentence))
    caption = (
        "Smaller is better. The weight is each model’s share of the support among the ranked ones, by AICc. BIC favours smaller "
        "models, and all three count every row as evidence of its own."
    )
    table(information_table(found), caption, "AIC, AICc and BIC")


@cached(100)
def _reml(table: str, formula: str, reml: bool) -> str:
    comparison = comparison_cache.comparison(table, formula, reml)
    return reml_sentence(comparison, reml_and_ml(comparison))


def reml_panel(analysis: Analysis) -> None:
    """REML beside maximum likelihood, with the numbers of these data."""
    heading("REML or maximum likelihood?", literal(_reml(*analysis.key)))


def terms_panel(analysis: Analysis, comparison: Comparison) -> None:
    """Whether each term of the fixed part is needed."""
    if not comparison.design.fixed:
        return
    heading(
        "Does each predictor matter?",
        f"ANOVA table of {model_phrase(comparison.asked)}: all coefficients of a term at once.",
    )
    with st.container(horizontal=True, gap="medium"):
        kinds, ddfs = list(get_args(Type))[::-1], [d for d in METHODS if comparison.reml or d != "kenward-roger"]
        kind: Type = st.segmented_control(
            "Type", kinds, required=True, format_func=lambda k: f"Type {k}", label_visibility="collapsed",
            **bound_widgets.one_of("anova", "anova type", kinds, "III"),
        )  # fmt: skip
        ddf: Ddf = st.segmented_control(
            "Test", ddfs, required=True, format_func=METHODS.__getitem__, label_visibility="collapsed",
            **bound_widgets.one_of("test", "anova test", ddfs, "satterthwaite"),
        )  # fmt: skip
    try:
        found = _anova(*analysis.key, kind, ddf)
    except LmmCompareError as error:
        explain_error(error)
        return
    of = "χ²" if ddf == "chi-square" else "F"
    rows = []
    for row in found.to_dict("records"):
        cells = [Cell(number(row["sum_sq"])), Cell(number(row["num_df"], decimals=0))]
        if ddf != "chi-square":
            cells.append(Cell(degrees(row["den_df"]).removesuffix(" df")))
        label = comparison.design.term_labels.get(row["term"], row["term"])
        statistic = row["chisq" if ddf == "chi-square" else "F"]
        rows.append(
            Row(
                label,
                (*cells, Cell(number(statistic)), Cell(bare_p(row["p"]))),
            )
        )
    heads = [
        ("Sum of squares", ""),
        ("df", ""),
        *([("Denominator df", "")] if ddf != "chi-square" else []),
        (of, ""),
        ("p", ""),
    ]
    table(Table(("",) * len(heads), tuple(heads), tuple(rows)), f"{TYPES[kind]} {SAID[ddf]}", "ANOVA table")


def shares_panel(analysis: Analysis, comparison: Comparison) -> None:
    """R2, ICC, design effects and effective sample sizes."""
    found, effects, spread, along = _shares(*analysis.key)
    rows_used, groups = comparison.design.n, plural(comparison.group)
    heading("How much is explained, and what are the rows worth?", literal(found.sentence()))
    if len(along):
        note(literal(icc_sentence(along)))
    predictors = bool(comparison.design.fixed)
    rows = []
    for row in effects.itertuples():
        if row.term == comparison.constant and not predictors:  # it is the mean
            continue
        cells = [
            Cell(number(row.effective_n, decimals=0), "", f"design effect {number(row.design_effect, 2)}"),
            Cell(number(row.effective_n_ols, decimals=0), "", f"design effect {number(row.design_effect_ols, 2)}"),
        ]
        if predictors:
            icc = spread.loc[(spread["term"] == row.term) & (spread["factor"] == comparison.group), "icc"]
            cells.append(Cell(number(float(icc.iloc[0]), decimals=2)) if len(icc) else NOTHING)
        rows.append(Row("Mean" if row.term == MEAN else comparison.coefficient(row.term).label, tuple(cells)))
    heads = [("Mixed model", "effective rows"), ("OLS", "effective rows")]
    caption = (
        f"Effective rows: how many independent rows of the same variance would say as much as these {rows_used:,}. Rows of "
        f"{an(comparison.group)} repeat each other in what differs between {groups} (design effect above 1) and cancel it out in "
        "what differs within them (below 1)."
    )
    if predictors:
        heads.append(("The predictor’s own ICC", f"over {groups}"))
        caption += (
            f" A predictor’s own ICC is of the predictor, not of the outcome: 1 where it is constant within {groups}, about 0 where it "
            "is spread alike in all."
        )
    table(Table(("mixed", "ols", "")[: len(heads)], tuple(heads), tuple(rows)), caption, "Effective sample sizes")
