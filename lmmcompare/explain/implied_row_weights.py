"""What a structure of the residuals does to the rows of one group, in sentences from its weights."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..assess.implied_row_weights import RowWeights
from ..comparison.comparison import Comparison
from ..text.labels import group_phrase, literal
from ..text.numbers import multiple, number, percent

ALIKE = 1.02
"""Weights that differ by less than this factor are called alike."""
SERIAL = ("ar1", "car1")


def weights_sentence(comparison: Comparison, result: RowWeights) -> str:
    """How the rows count in the group's mean, and how well mean and trend are known, as Markdown."""
    who = literal(group_phrase(comparison.group, result.group))
    return f"{_mean(result, who)} {_worth(result)}{_trend(result)}"


def _mean(result: RowWeights, who: str) -> str:
    weight, n, even = result.frame["mean"].to_numpy(), result.size, percent(1 / result.size)
    low, high = float(weight.min()), float(weight.max())
    if low > 0 and high < ALIKE * low:
        return f"In the mean of {who} all its {n} rows count alike, {even} each, as independent ones would."
    most, least = (np.flatnonzero(np.abs(weight - end) < (ALIKE - 1) * high) for end in (high, low))
    others = f"the {len(least)} others" if len(least) == n - len(most) > 1 else _rows(result, least)
    text = (
        f"In the mean of {who} {_rows(result, most)} **{percent(high)}** of the weight{' each' * (len(most) > 1)}, and "
        f"{others} {percent(low)}{' each' * (len(least) > 1)}; independent ones of one variance would have {even} each."
    )
    if result.kind in SERIAL and result.rho > 0 and {*most} <= {0, n - 1}:
        text += " A row between two neighbours repeats what both of them say; one at the end repeats one only."
    return text


def _rows(result: RowWeights, places: Array) -> str:
    """Up to two rows by their times, with the verb; more by their number."""
    if len(places) > 2:
        return f"{len(places)} rows have"
    names = [literal(result.frame["label"].iloc[k]) if result.clock else f"{k + 1}" for k in places]
    where = f"at {literal(result.clock)} " if result.clock else "in place "
    verb = "has" if len(places) == 1 else "have"
    return f"the row{'s' * (len(places) > 1)} {where}{' and '.join(names)} {verb}"


def _worth(result: RowWeights) -> str:
    rows, n = result.effective_rows, result.size
    worth = number(rows, decimals=0 if rows >= 100 else 1)
    more = "" if rows <= n else ", more than they are"
    kind = "" if result.kind in ("cs", *SERIAL) else " of their average variance"
    return f"Together its {n} rows are worth **{worth}** independent ones{kind} for that mean{more}"


def _trend(result: RowWeights) -> str:
    if not np.isfinite(result.trend_se):
        return "."
    return (
        f", and its trend along {literal(result.clock)} has **{multiple(result.trend_se)}** times the standard error that independent "
        "rows would give."
    )


def weights_note(comparison: Comparison, result: RowWeights) -> str:
    """The formulas, and that random effects stand aside."""
    formula = {
        "cs": "n/(1 + (n − 1)ρ)",
        "ar1": "1 + the sum of (1 − ρ^d)/(1 + ρ^d) over the gaps d from each row to the next",
    }
    formula["car1"] = formula["ar1"]
    worth = formula.get(result.kind, "the average variance times 1′R⁻¹1")
    fit = comparison.structured
    aside = ""
    if fit is not None and fit.cov_re:
        aside = " The residuals alone count here, around the group’s own line."
        if [*fit.cov_re[comparison.group].columns] == [comparison.constant]:
            aside = (
                " The residuals alone count here, around the group’s own level: a random intercept adds the same to every row and leaves "
                "these weights as they are."
            )
    return (
        "Weights of generalized least squares within the group, R being the covariance of its residuals: R⁻¹1/(1′R⁻¹1) for the mean; "
        f"for the trend what each outcome is multiplied by to give the slope. Worth in independent rows: {worth}.{aside}"
    )
