"""Least squares in full, as R's ``lm`` prints it: every dummy, R², F, the spread of the residuals, sums of squares."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..assess.random_columns import means_in_dummies
from ..assess.sequential_anova import sequential_anova
from ..comparison.comparison import Comparison
from ..models import OLSResult
from ..tables.coefficients import term_label
from ..tables.table import NOTHING, Cell, Row, Table, bare_p
from ..text.english import listed
from ..text.labels import bare, group_phrase, literal, model_label, model_phrase, noun
from ..text.numbers import MISSING, count, decimals_for, number, p_value
from ..work.memo import memoised
from .panel import Block, Fold, Note, Panel, Sentence, TableBlock

ROUNDING = 1e-12
"""Quantiles of residuals below this share of their SD are 0."""
MAX_ROWS = 40
"""Most coefficients of the dummies that are listed; the file has all."""


@memoised
def least_squares(comparison: Comparison) -> Panel:
    """R squared, F and residuals of the models without random effects; their sums of squares on request."""
    fits = {key: fit for key, fit in comparison.fits.items() if isinstance(fit, OLSResult)}
    blocks: list[Block] = [
        Sentence(f"**{literal(model_label(key, comparison.group))}**: {fit_sentence(fit)}") for key, fit in fits.items()
    ]
    tables = []
    for key, fit in fits.items():
        if fit.df_model:  # else a mean alone
            label = f"ANOVA table of {model_phrase(key, comparison.group)}"
            result = _anova_table(sequential_anova(fit))
            tables.append(TableBlock(result, f"{label}: each term beyond those above it.", label))
    if tables:
        blocks.append(Fold("sums-of-squares", "Sums of squares, term by term (ANOVA, type I)", tuple(tables)))
    lead = "The models without random effects, as R's lm prints them."
    return Panel("least-squares", "Least squares in full", lead, tuple(blocks))


def dummies(comparison: Comparison) -> Panel:
    """Every coefficient of the model with dummies of group, as far as they are listed."""
    group, fit = comparison.group, comparison.no_pooling
    frame = fit.treatment_contrasts()
    labels_of_groups = comparison.grouping.labels
    first = labels_of_groups[0]
    words = (
        f"The intercept is that of **{literal(group_phrase(group, first))}**; each other {literal(noun(group))} has its difference from "
        "it, where the predictors are equal. Nothing is pooled: each number rests on its own rows and on the common slopes."
    )
    means = [name for name in fit.names if name in means_in_dummies(comparison)]
    if kept := [name for name in means if np.isfinite(fit.params[name])]:
        last = listed([literal(term_label(comparison, name)) for name in means if name not in kept])
        words += f" What stands at {literal(term_label(comparison, kept[0]))} and the like is no mean: it is a difference from {last}."
    rows = []
    labels = [f"{comparison.constant} ({first})", *(term_label(comparison, n) for n in fit.names)]
    labels += [f"{bare(group)} [{label}]" for label in labels_of_groups[1:]]
    for label, (_, estimate, se, t, p) in zip(labels, frame.head(MAX_ROWS).itertuples(), strict=False):
        if not np.isfinite(estimate):
            rows.append(Row(label, (Cell(NOTHING.main, "", "absorbed by the dummies"), *[NOTHING] * 3)))
            continue
        decimals = decimals_for(se, 5)  # as many as R prints, to be found again there
        cells = (number(v, decimals=d) for v, d in ((estimate, decimals), (se, decimals), (t, 2)))
        rows.append(Row(label, (*map(Cell, cells), Cell(bare_p(p)))))
    heads = (("Estimate", ""), ("Standard error", ""), ("t", ""), ("p", ""))
    more = len(frame) > MAX_ROWS
    left = f"The first {MAX_ROWS} of {count(len(frame), 'coefficient')}; the file has all." if more else ""
    table = TableBlock(Table(("",) * 4, heads, tuple(rows)), left, f"Every coefficient of the {noun(group)} dummies")
    return Panel("dummies", f"Every {noun(group)} dummy", "", (Sentence(words), table, Note(fit_sentence(fit))))


def fit_sentence(fit: OLSResult) -> str:
    """R squared, F and residual standard deviation, and the quartiles of the residuals where all rows are at hand."""
    words = ""
    if fit.df_model:
        words = f"R² {number(fit.rsquared, 4)}, adjusted {number(fit.rsquared_adj, 4)}; "
        words += f"F = {number(fit.fvalue, 4)} on {fit.df_model:,} and {fit.df_resid:,} df, {p_value(fit.f_pvalue)}; "
    words += f"residual SD {number(fit.sigma, 4)} on {fit.df_resid:,} df"
    if fit.design.is_sample:
        return f"{words}."
    none = ROUNDING * fit.sigma
    low, q1, median, q3, high = (number(float(v) if abs(v) > none else 0.0, 4) for v in fit.residual_quantiles)
    residuals = "Residuals" if fit.design.weights is None else "Residuals, times the root of their weight,"
    return f"{words}. {residuals} from {low} to {high}, quartiles {q1}, {median} and {q3}."


def _anova_table(result: pd.DataFrame) -> Table:
    heads = (("df", ""), ("Sum of squares", ""), ("Mean square", ""), ("F", ""), ("p", ""))
    rows = []
    for row in result.to_dict("records"):
        cells = [Cell(f"{row['df']:,}"), Cell(number(row["sum_sq"], 5)), Cell(number(row["mean_sq"], 5))]
        cells += [Cell(number(row["F"], 4)), Cell(bare_p(row["p"]) if np.isfinite(row["F"]) else MISSING)]
        rows.append(Row(row["term"], tuple(cells)))
    return Table(("",) * len(heads), heads, tuple(rows))
