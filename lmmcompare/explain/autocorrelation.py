"""What is left between rows of one group, and which structure of the residuals would hold it, in sentences from numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..assess.autocorrelation import REACH, Autocorrelation
from ..assess.level_spreads import LevelSpreads
from ..comparison.compare import Comparison
from ..model_catalogue import Model
from ..text.labels import an, literal, model_phrase, noun, plural
from ..text.numbers import count, number, p_value
from .inference_rows import inference_row
from .residual_structure import LARGER, is_trend

Pattern = Literal["offset", "alike", "alternate", "some", "none"]
AGREE = 1.3
"""The later lags side with the first where their sum is so many SDs below 0."""
UNEQUAL = 0.05
LARGEST = 20
"""In larger groups the most negative correlation, -1/(n - 1), is too near 0 to be what a picture shows."""
MOST_VISITS = 10
"""A free covariance is proposed for no more visits than this."""


@dataclass(frozen=True)
class Remedy:
    """A structure of the residuals that would hold what a picture shows.

    Parameters
    ----------
    kind : {"serial", "cs", "us", "variance"}
    column : str
        The times, visits or levels that it goes by; empty for "cs".
    name : str
        What it is called.
    slope : str
        A predictor whose random slopes would be another way to hold it; empty where there is none.
    """

    kind: Literal["serial", "cs", "us", "variance"]
    column: str
    name: str
    slope: str = ""


def pattern(result: Autocorrelation, model: str) -> Pattern:
    """How rows of one group go together: all offsetting each other, neighbours alike or alternating, in another way, or not."""
    part, tests = result.of(model), result.tests.loc[model]
    first, later = part.iloc[0], part.iloc[1:]
    if result.kind == "variogram":
        if first["value"] < first["lower"]:
            return "alike"
        return "some" if tests["p"] < UNEQUAL else "none"
    weight = np.sqrt(later["pairs"].to_numpy(float))
    z = (weight * later["value"].to_numpy(float) / later["upper"].to_numpy(float) * REACH).sum()
    if tests["score"] < -REACH and (later.empty or z < -AGREE * np.sqrt((weight**2).sum())):
        return "offset"
    if first["value"] > first["upper"]:
        return "alike"
    if first["value"] < first["lower"]:
        return "alternate"
    return "some" if tests["p"] < UNEQUAL else "none"


def autocorrelation_sentences(comparison: Comparison, result: Autocorrelation) -> list[str]:
    """A sentence for each model: what is left between rows of one group, with its numbers, as Markdown."""
    return [_sentence(comparison, result, model) for model in result.models]


def _sentence(comparison: Comparison, result: Autocorrelation, model: str) -> str:
    first, shape = result.of(model).iloc[0], pattern(result, model)
    one = literal(an(comparison.group))
    who = literal(model_phrase(model))
    if model == Model.STRUCTURED and comparison.structured is not None:
        structure = comparison.structured.correlation or f"variance by {comparison.structured.variance}"
        who += f" ({literal(str(structure))})"
    elif len(comparison.factors) > 1:
        who += f" of {literal(plural(comparison.group))} alone, without the other grouping factors"
    if result.kind == "variogram":
        band = f"95% of values would lie between {number(first['lower'], 2)} and {number(first['upper'], 2)}"
        what = (
            f"residuals of rows of {one} that lie about {number(first['lag'])} apart in {literal(result.clock)} differ by "
            f"**{number(first['value'], 2)}** times as much, in mean square, as those that have nothing to do with each other "
            f"({count(int(first['pairs']), 'pair')}; were nothing left, {band})"
        )
    else:
        band = f"95% of values would lie within ±{number(first['upper'], 2)}"
        what = (
            f"residuals of rows of {one} {_apart(result, float(first['lag']))} correlate by **{number(first['value'], 2)}** "
            f"({count(int(first['pairs']), 'pair')}; were nothing left, {band})"
        )
    p = p_value(float(result.tests.loc[model, "p"]))
    all_lags = "all distances together" if result.kind == "variogram" else "all lags together"
    meaning = {
        "offset": "Rows of one group offset each other, more than the model allows for",
        "alike": "Neighbours resemble each other beyond what the model allows for",
        "alternate": "Neighbours alternate, one above and the next below what the model expects",
        "some": f"Neighbours are in keeping with the model, but {all_lags} are not ({p})",
        "none": f"No dependence is visible beyond what the model allows for ({all_lags}, {p})",
    }[shape]
    if shape not in ("some", "none"):
        meaning += f" ({all_lags}, {p})"
    return f"In {who}, {what}. {meaning}."


def consequence_sentence(comparison: Comparison, result: Autocorrelation, term: str, frame: pd.DataFrame) -> str:
    """What neighbours that are alike do to a trend's standard error; empty where it is none, or a structure holds them already.

    Parameters
    ----------
    comparison : Comparison
    result : Autocorrelation
    term : str
    frame : DataFrame
        The coefficients with the inference chosen, as `Comparison.coefficients` gives them.
    """
    (model, *further), clock = result.models, result.clock
    if further or model != Model.RANDOM_INTERCEPT or pattern(result, model) != "alike":
        return ""
    if not clock or not is_trend(comparison, term, clock):
        return ""
    mixed, robust = (
        float(inference_row(comparison, m, term, frame)["se"]) for m in (Model.RANDOM_INTERCEPT, Model.OLS_ROBUST)
    )
    if robust < LARGER * mixed:
        return ""
    return (
        f"The standard error of {literal(comparison.coefficient(term).label)}, a trend within {literal(plural(comparison.group))}, does "
        f"not know of it and is too small: {number(mixed)} with the random intercept, where the cluster-robust one is {number(robust)}."
    )


def _apart(result: Autocorrelation, lag: float) -> str:
    if not result.clock:
        return "next to each other in the table" if lag == 1 else f"{lag:.0f} rows apart"
    return f"{lag * result.unit:g} apart in {literal(result.clock)}"


def correlation_remedy(comparison: Comparison, result: Autocorrelation, *, steps: bool, visits: int) -> Remedy | None:
    """The structure that would hold what the last model leaves; None where nothing is left, or nothing is known that would.

    Parameters
    ----------
    comparison : Comparison
    result : Autocorrelation
    steps : bool
        Whether the times are whole steps.
    visits : int
        Different times that there are.
    """
    if not can_have_structure(comparison):
        return None
    shape, correlation = pattern(result, result.models[-1]), comparison.spec.correlation
    kind, group, clock = (correlation.kind if correlation else ""), comparison.group, result.clock
    one = noun(group)
    enough = comparison.moments.n.max() > len(comparison.one_factor.random_names) + 1
    if shape == "offset" and kind != "cs" and comparison.moments.n.max() <= LARGEST:
        return Remedy("cs", "", f"one correlation within {an(one)}, which may be negative")
    serial = bool(clock) and enough and kind not in ("ar1", "car1", "us")
    if serial and (shape == "alike" or (shape == "alternate" and steps)):
        return Remedy("serial", clock, f"serial correlation by {clock}", _slope(comparison, clock))
    if (
        shape != "none"
        and clock
        and kind != "us"
        and visits <= MOST_VISITS
        and comparison.moments.n_groups > 2 * visits
    ):
        return Remedy("us", clock, f"a free covariance by {clock}", _slope(comparison, clock))
    return None


def can_have_structure(comparison: Comparison) -> bool:
    """Whether a comparison's residuals may be given a structure: without prior weights, and with one grouping factor."""
    return comparison.design.weights is None and len(comparison.factors) == 1 and not comparison.design.is_sample


def spread_sentence(result: LevelSpreads) -> str:
    """Which levels scatter most and least, and whether chance alone may do that, as Markdown."""
    part = result.frame[result.frame["sd"].notna()].sort_values("sd")
    least, most = part.iloc[0], part.iloc[-1]
    ratio = most["sd"] / least["sd"] if least["sd"] > 0 else float("inf")
    column, digits = literal(result.column), 2 if ratio >= 1.1 else 3  # so that the two are not told as the same
    chance = "That is more than chance alone would do" if result.p < UNEQUAL else "Chance alone may do that"
    return (
        f"Residuals of {literal(model_phrase(result.model))} scatter **{number(ratio, digits)}** times as widely where {column} is "
        f"{literal(str(most['group']))} (SD {number(most['sd'], digits)}) as where it is {literal(str(least['group']))} "
        f"(SD {number(least['sd'], digits)}). {chance} (Brown–Forsythe test, {p_value(result.p)})."
    )


def spread_remedy(comparison: Comparison, result: LevelSpreads) -> Remedy | None:
    """A variance for each level, where they differ and the model has none yet."""
    if result.p >= UNEQUAL or not can_have_structure(comparison):
        return None
    correlation, variance = comparison.spec.correlation, comparison.spec.variance
    if variance == result.column or (
        correlation is not None and correlation.kind == "us" and correlation.order == result.column
    ):
        return None
    name = f"a residual variance for each level of {result.column}"
    return Remedy("variance", result.column, name, _slope(comparison, result.column))


def _slope(comparison: Comparison, column: str) -> str:
    """The column, where it is a predictor that varies within groups and has no random slope."""
    design = comparison.design
    if column not in design.names[:-1] or column in comparison.one_factor.random_names:
        return ""
    return column if comparison.moments.varies_within[design.names.index(column)] else ""
