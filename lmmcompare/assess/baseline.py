"""The outcome before a treatment: as a predictor (analysis of covariance), or as rows of their own, whose differences are change scores.

With an arm assigned at random both estimate the same effect, and covariance analysis is as a rule the more precise one; otherwise they
answer different questions (Lord 1967, Psychol. Bull. 68; Senn 2006, Stat. Med. 25).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..data.name_hints import words_of
from ..design.coefficients import CONSTANT
from ..design.dtypes import is_numeric
from ..design.levels import factorize
from ..formula.expressions import Column, columns_of
from ..inference.t_tests import t_quantile
from ..text.column_words import is_time
from ..text.labels import noun
from ..text.numbers import decimals_for, with_interval

BEFORE = frozenset({"baseline", "pre", "pretest"})
AFTER = frozenset({"post", "posttest", "followup", "follow", "up", "endline"})
PAIRS = {("pre", "post"), ("before", "after"), ("baseline", "followup"), ("pretest", "posttest")}
"""Levels of a column of two waves, the earlier first."""
RANDOM = (
    "Where {who} were assigned at random, both estimate the same, and the one given the start is as a rule the more precise; where they "
    "were not, the two answer different questions and can differ in sign (Lord 1967)."
)


def baseline_sentence(comparison: Comparison) -> str:
    """Change scores against analysis of covariance; empty where nothing is certain to be the outcome at the start."""
    if comparison.design.is_sample or comparison.design.weights is not None:
        return ""
    return _as_predictor(comparison) or _as_rows(comparison)


def _as_predictor(comparison: Comparison) -> str:
    """With the outcome at the start among the predictors."""
    outcome = comparison.spec.outcome
    if not isinstance(outcome, Column):
        return ""
    for name in comparison.terms:
        if name == comparison.constant or not _is_outcome_before(comparison, name, outcome.name):
            continue
        uses = [t for t in comparison.spec.terms for factor in t.factors if name in columns_of(factor)]
        if len(uses) > 1 or not _has_comparison(comparison, name):
            return ""
        row = comparison.mixed.table().loc[name]
        return (
            f"{name} is {outcome.name} at the start, so other coefficients compare rows with the same {name} (analysis of covariance); "
            f"change scores, {outcome.name} less {name}, would hold its coefficient at 1, where it is {_with_interval(row)}. "
            + RANDOM.format(who="those compared")
        )
    return ""


def _has_comparison(comparison: Comparison, name: str) -> bool:
    """Whether another coefficient compares what the start varies between: its groups, or rows where it varies within them."""
    design, moments = comparison.design, comparison.moments
    fixed = {design.coefficient(k).name: k for k in comparison.mixed.columns if k != CONSTANT}
    at = fixed.pop(name)
    return bool(fixed) and bool(moments.varies_within[at] or any(moments.varies_between[k] for k in fixed.values()))


def _is_outcome_before(comparison: Comparison, name: str, outcome: str) -> bool:
    """Whether a predictor is called as the outcome is, but for a word that says "before", and has values as it has."""
    parts = comparison.coefficient(name).parts
    if len(parts) != 1 or not isinstance(parts[0].factor, Column) or parts[0].level is not None:
        return False
    own, of_outcome = set(words_of(name)), set(words_of(outcome))
    further = own - of_outcome
    if not further or not further <= BEFORE or not (of_outcome - own <= AFTER or own <= BEFORE):
        return False
    before = comparison.design.columns[comparison.design.names.index(name)][:]
    after = comparison.design.response
    overlap = min(before.max(), after.max()) - max(before.min(), after.min())
    alike = 1 / 3 < before.std() / after.std() < 3 if after.std() > 0 else False
    return bool(overlap > 0.5 * np.ptp(before) and alike and np.corrcoef(before, after)[0, 1] > 0)


def _as_rows(comparison: Comparison) -> str:
    """With a row before and one after for every group, and an interaction of the wave with one column of groups."""
    design, moments = comparison.design, comparison.moments
    fixed = [k for k in comparison.mixed.columns if k != CONSTANT]
    inside = [k for k in fixed if moments.varies_within[k]]
    products = [k for k in inside if len(design.coefficient(k).parts) == 2]
    waves = [k for k in inside if len(design.coefficient(k).parts) == 1]
    if not (len(products) == len(waves) == 1 and len(inside) == 2) or design.grouping is None:
        return ""
    (wave,), (product,) = waves, products
    arm = next((k for k in fixed if k not in inside and _is_product(comparison, product, wave, k)), None)
    (part,) = design.coefficient(wave).parts
    column = design.predictors.get(part.variable)
    if arm is None or column is None or not isinstance(part.factor, Column):
        return ""
    codes, levels = factorize(column)
    first = _first_wave(part.variable, levels)
    if first is None or len(design.grouping.codes) != 2 * len(design.grouping.levels):
        return ""
    if any(len(np.unique(design.grouping.codes[codes == w])) != len(design.grouping.levels) for w in (0, 1)):
        return ""
    order = np.argsort(design.grouping.codes, kind="stable")
    before, after = (order[codes[order] == w] for w in (first, 1 - first))
    y, constant = design.response, [k for k in fixed if k not in inside and k != arm]
    x = np.column_stack([design.columns[arm][:][before], np.ones(len(before)), y[before]])
    x = np.column_stack([x, *(design.columns[k][:][before] for k in constant)])
    given = _first_coefficient(x, y[after])
    if given is None:
        return ""
    # a wave of other numbers than 0 and 1 counts so many times
    step = float(np.ptp(design.columns[wave][:])) * (1 if first == 0 else -1)
    change = comparison.mixed.table().loc[design.coefficient(product).name, ["estimate", "lower", "upper"]] * step
    if step < 0:
        change = change.rename({"lower": "upper", "upper": "lower"})
    start, end, name = levels[first], levels[1 - first], design.response_name
    label = design.coefficient(arm).label
    return (
        f"From {part.variable} {start} to {end} the change of {name} differs by {_with_interval(change)} for {label}: a difference of "
        f"change scores. Given {name} at {start} (analysis of covariance, a row for each {noun(comparison.group)}) {name} at {end} differs "
        f"by {_with_interval(given)}. " + RANDOM.format(who="those compared")
    )


def _is_product(comparison: Comparison, product: int, one: int, other: int) -> bool:
    columns = comparison.design.columns
    return bool(np.allclose(columns[product][:], columns[one][:] * columns[other][:]))


def _first_wave(name: str, levels: pd.Index) -> int | None:
    """Which of two levels is the earlier; None where that is not certain."""
    if len(levels) != 2:
        return None
    if is_numeric(levels.to_series()):
        return 0 if is_time(name) or set(words_of(name)) <= AFTER else None
    texts = tuple("".join(words_of(str(level))) for level in levels)
    return 0 if texts in PAIRS else 1 if texts[::-1] in PAIRS else None


def _first_coefficient(x: Array, y: Array) -> pd.Series | None:
    """Least squares' first coefficient with its 95% interval; None where it is not estimable."""
    n, p = x.shape
    if n <= p or np.linalg.matrix_rank(x) < p:
        return None
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    variance = float(((y - x @ beta) ** 2).sum() / (n - p) * np.linalg.inv(x.T @ x)[0, 0])
    half = float(t_quantile(n - p)) * variance**0.5
    return pd.Series({"estimate": beta[0], "lower": beta[0] - half, "upper": beta[0] + half})


def _with_interval(row: pd.Series) -> str:
    decimals = decimals_for((float(row["upper"]) - float(row["lower"])) / 4)
    return with_interval(row["estimate"], row["lower"], row["upper"], decimals)
