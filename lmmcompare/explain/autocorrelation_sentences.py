"""Sentences on what is left between rows of one group, and on levels that scatter unequally."""

from __future__ import annotations

import pandas as pd

from ..assess.autocorrelation import Autocorrelation
from ..assess.level_spreads import LevelSpreads
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.labels import an, literal, model_phrase, plural
from ..text.numbers import count, number, p_value
from .autocorrelation import UNEQUAL, first_p, pattern
from .inference_rows import inference_row
from .residual_structure import LARGER, is_trend


def autocorrelation_sentences(comparison: Comparison, result: Autocorrelation) -> list[str]:
    """A sentence for each model: what is left between rows of one group, with its numbers, as Markdown."""
    return [_sentence(comparison, result, model) for model in result.models]


def _sentence(comparison: Comparison, result: Autocorrelation, model: Model) -> str:
    first, shape = result.of(model).iloc[0], pattern(result, model)
    one = literal(an(comparison.group))
    who = literal(model_phrase(model))
    if model == Model.STRUCTURED and comparison.structured is not None:
        structure = comparison.structured.correlation or f"variance by {comparison.structured.variance}"
        who += f" ({literal(str(structure))})"
    elif len(comparison.factors) > 1:
        who += f" of {literal(plural(comparison.group))} alone, without the other grouping factors"
    share = "at least 95%" if takes_part_up(comparison, model) else "95%"
    if result.kind == "variogram":
        band = f"{share} of values would lie between {number(first['lower'], 2)} and {number(first['upper'], 2)}"
        what = (
            f"residuals of rows of {one} that lie about {number(first['lag'])} apart in {literal(result.clock)} differ by "
            f"**{number(first['value'], 2)}** times as much, in mean square, as those that have nothing to do with each other "
            f"({count(int(first['pairs']), 'pair')})"
        )
    else:
        band = f"{share} of values would lie within ±{number(first['upper'], 2)}"
        correlate = f"correlate by **{number(first['value'], 2)}**"
        if abs(first["value"]) > 1:  # their mean square in these pairs is not that of all rows
            correlate = f"have a mean product of **{number(first['value'], 2)}** times the mean square of all"
        what = f"residuals of rows of {one} {_apart(result, float(first['lag']))} {correlate} ({count(int(first['pairs']), 'pair')})"
    p = p_value(float(result.tests.loc[model, "p"]))
    all_lags = "all distances together" if result.kind == "variogram" else "all lags together"
    meaning = {
        "offset": "Rows of one group offset each other, more than the model allows for",
        "alike": "Neighbours resemble each other beyond what the model allows for",
        "alternate": "Neighbours alternate, one above and the next below what the model expects",
        "chance": (
            f"That lies just outside, as one value in 20 does by chance, and {all_lags} show nothing ({p}): no dependence is established "
            "beyond what the model allows for"
        ),
        "some": f"Neighbours are in keeping with the model, but {all_lags} are not ({p})",
        "none": f"No dependence is visible beyond what the model allows for ({all_lags}, {p})",
    }[shape]
    if shape not in ("chance", "some", "none"):
        own = first_p(result, model)
        alone = f"nearest rows alone, {p_value(own)}; " if own < UNEQUAL <= result.tests.loc[model, "p"] else ""
        meaning += f" ({alone}{all_lags}, {p})"
    return f"In {who}, {what}. Were nothing left, {band}. {meaning}."


def takes_part_up(comparison: Comparison, model: Model) -> bool:
    """Whether a model has random slopes, which take up part of how neighbours are alike by chance as well."""
    fit = comparison.mixed_fits().get(model)
    return fit is not None and len(fit.random_names) > 1


def consequence_sentence(comparison: Comparison, result: Autocorrelation, term: str, frame: pd.DataFrame) -> str:
    """What neighbours that are alike do to a trend's standard error; empty where it is none, or a structure holds them already.

    Parameters
    ----------
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


def missing_factor_sentence(comparison: Comparison, result: Autocorrelation) -> str:
    """What neighbours in the table that are alike may be; empty where a clock orders them, or the model has a further factor already."""
    if result.clock or len(comparison.factors) > 1 or pattern(result, result.models[-1]) != "alike":
        return ""
    one = literal(an(comparison.group))
    return (
        f"Rows of {one} that stand together may be of one person or one place in it, which the model does not know of: then that is a "
        "grouping factor too."
    )


def _apart(result: Autocorrelation, lag: float) -> str:
    if not result.clock:
        return "next to each other in the table" if lag == 1 else f"{lag:.0f} rows apart"
    return f"{lag * result.unit:g} apart in {literal(result.clock)}"


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
