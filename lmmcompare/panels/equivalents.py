"""The same coefficients by other methods: GLS with the implied covariance, all groups fixed, GEE."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..assess.all_factor_dummies import MAX_LISTED, AllFactorDummies
from ..assess.gee import PopulationAveraged
from ..assess.implied_gls import GLSCheck
from ..assess.random_columns import means_in_dummies
from ..comparison.comparison import Comparison
from ..models import MixedResult
from ..tables.coefficients import term_label
from ..tables.table import Cell, Row, Table, estimate_cell
from ..text.english import listed
from ..text.labels import literal, model_phrase
from ..text.numbers import decimals_for, number
from .panel import Block, Fold, Note, Panel, Sentence, TableBlock

HEADS = {
    "mixed": ("Mixed model", "as fitted"),
    "gls": ("GLS", "implied covariance"),
    "fixed": ("All groups fixed", "dummies"),
    "gee": ("GEE", "population average"),
}


@dataclass(frozen=True)
class Equivalents:
    """What was computed, and why the rest was not."""

    gls: GLSCheck | None
    fixed: AllFactorDummies | None
    gee: PopulationAveraged | None
    left_out: tuple[str, ...]


def equivalents(comparison: Comparison, computed: Equivalents | None) -> Panel:
    """The coefficients side by side, once they are computed."""
    title, blocks = "The same coefficients by other ways", []
    lead = (
        f"{model_phrase(comparison.formula_model).capitalize()} as least squares that knows which rows belong together, with its groups as "
        "fixed effects, and as averages over the population."
    )
    if computed is not None:
        blocks = [
            TableBlock(_side_by_side(comparison, computed), "Estimate (standard error).", title),
            *_words(computed),
        ]
        if computed.fixed is not None:
            blocks += _levels(comparison, computed.fixed)
    return Panel("equivalents", title, lead, tuple(blocks))


def _words(computed: Equivalents) -> list[Block]:
    words = [
        Sentence(literal(part.sentence)) for part in (computed.gls, computed.fixed, computed.gee) if part is not None
    ]
    return [*words, *map(Note, computed.left_out)]


def _side_by_side(comparison: Comparison, computed: Equivalents) -> Table:
    fit = comparison.mixed
    columns: dict[str, pd.DataFrame] = {"mixed": pd.DataFrame({"estimate": fit.params, "se": fit.bse})}
    if computed.gls is not None:
        columns["gls"] = computed.gls.coefficients.set_index("term")[["gls", "se_gls"]].set_axis(
            ["estimate", "se"], axis=1
        )
    if computed.fixed is not None:
        columns["fixed"] = _with_intercept(computed.fixed, comparison.constant)
        columns["fixed"].loc[[*means_in_dummies(comparison)]] = np.nan  # there they are differences of means
    if computed.gee is not None:
        columns["gee"] = computed.gee.coefficients.set_index("term")
    rows = []
    for term in fit.names:
        decimals = decimals_for(
            min(float(c.loc[term, "se"]) for c in columns.values() if np.isfinite(c.loc[term, "se"])), 3
        )
        cells = (estimate_cell(c.loc[term], decimals) for c in columns.values())
        rows.append(Row(term_label(comparison, term), tuple(cells)))
    return Table(tuple(columns), tuple(HEADS[c] for c in columns), tuple(rows))


def _with_intercept(fixed: AllFactorDummies, constant: str) -> pd.DataFrame:
    """The coefficients with dummies; as intercept that of the mean of all levels, which a mixed model's is set beside."""
    frame = fixed.coefficients.set_index("term")
    if constant in frame.index and len(fixed.levels):
        frame.loc[constant, ["estimate", "se"]] = fixed.levels.loc[0, ["deviation", "se_deviation"]].to_numpy(float)
    return frame


def _levels(comparison: Comparison, fixed: AllFactorDummies) -> list[Block]:
    """Each level's effect, random and fixed, and how far the fitted values are apart."""
    fit = comparison.mixed
    blocks: list[Block] = [
        Sentence(
            f"The fitted values with random and with fixed effects differ by {number(fixed.apart)} (root mean square), where the "
            f"residual SD is {number(fit.sigma)} in the mixed model and {number(fixed.sigma)} with dummies."
        )
    ]
    if not len(fixed.levels):
        return [*blocks, Note(f"The levels are more than {MAX_LISTED}, so their effects are not listed.")]
    coefficients = fixed.coefficients.set_index("term")["estimate"]
    absorbed = listed(
        [term_label(comparison, n) for n in fit.names if n != comparison.constant and np.isnan(coefficients[n])]
    )
    if comparison.constant in fit.names:
        taken = (
            f" It has in it what {absorbed} {'add' if ' and ' in absorbed else 'adds'} to some of them."
            if absorbed
            else ""
        )
        blocks.append(Note(literal(f"With dummies the intercept is the mean over all levels.{taken}")))
    rows = _level_rows(fit, fixed.levels, comparison.constant)
    factors = map(str, fixed.levels["factor"].iloc[1:].unique())
    without = [factor for factor in factors if comparison.constant not in fit.random_effects[factor]]
    table = Table(("", ""), (("Random effect", "mixed model"), ("Fixed effect", "dummy")), tuple(rows))
    slopes = ", once the slopes that all share are taken out" if comparison.design.fixed else ""
    caption = (
        f"A fixed effect is counted from the mean of these levels (standard error), rests on its own rows alone{slopes}, and is not "
        "pulled; a random effect is counted from what the fixed part expects of its level (standard deviation given the data), and is "
        "pulled towards that."
    )
    if absorbed and comparison.constant in fit.names:
        caption += f" What the dummies absorb, {literal(absorbed)}, is in the fixed effects and not in the random ones."
    if fixed.levels["deviation"].isna().any():
        caption += " A dot: it cannot be separated from the levels of another factor."
    if without:
        caption += (
            f" The model has no random intercept for {literal(listed(without))}, so there is no such random effect."
        )
    title = "Each level as a random and as a fixed effect"
    return [*blocks, Fold("levels", title, (TableBlock(table, caption, title),))]


def _level_rows(fit: MixedResult, levels: pd.DataFrame, constant: str) -> list[Row]:
    """A row for each level after the mean of all: its random intercept, where its factor has one, and its fixed effect."""
    decimals, rows = decimals_for(float(levels["se_deviation"].min()), 3), []
    for factor, part in levels.iloc[1:].groupby("factor", sort=False):
        modes, errors = fit.random_effects[str(factor)], fit.random_effects_se[str(factor)]
        random = pd.DataFrame({"estimate": np.nan, "se": np.nan}, index=part.index)
        if constant in modes:
            random = random.assign(estimate=modes[constant].array, se=errors[constant].array)
        own = part[["deviation", "se_deviation"]].set_axis(["estimate", "se"], axis=1)
        rows += [
            Row(
                f"{factor} {level}",
                (estimate_cell(random.loc[k], decimals), estimate_cell(own.loc[k], decimals)),
                str(factor) if k == part.index[0] else "",
            )
            for k, level in part["level"].items()
        ]
    return rows


def implied_covariance(computed: Equivalents) -> Panel | None:
    """The part of V that belongs to one group."""
    result = computed.gls
    if result is None:
        return None
    values = result.covariance
    lead = (
        f"Variances of {len(values)} rows on the diagonal, covariances of two rows off it. {result.covariance_sentence} GLS weighs the "
        "rows by the inverse of the whole matrix."
    )
    names = [f"row {k}" for k in values.columns]
    heads = tuple(zip(names, result.levels or ("",) * len(names), strict=True))
    firsts = [f"{name} ({level})" for name, level in heads] if result.levels else names
    rows = tuple(
        Row(first, tuple(Cell(number(float(v))) for v in values.loc[k]))
        for first, k in zip(firsts, values.index, strict=True)
    )
    block = TableBlock(Table(("",) * len(heads), heads, rows), "", f"Implied covariance matrix of {result.group}")
    return Panel("covariance", f"The covariance matrix that the model implies: {result.group}", literal(lead), (block,))
