"""Sentences made from the numbers of a comparison: plain words, units and signs right, no false precision."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..compare import Comparison
from ..design import INTERCEPT
from ..encode import Indicator
from ..labels import an, model_label, plural
from ..labels import term_label as readable
from ..numbers import count, decimals_for, number, percent
from ..results import MixedResult
from ..shrinkage import shrinkage
from .identity import explain

AGREE = 0.02
"""Two estimates closer than this share of the smaller standard error are called the same."""


@dataclass(frozen=True)
class Headline:
    """The answer in two sentences.

    Parameters
    ----------
    title : str
        What OLS says and what the mixed model says.
    reason : str
        Why, as Markdown.
    """

    title: str
    reason: str


def first_term(comparison: Comparison) -> str:
    """The coefficient that the page opens with: the first that is not the intercept, where there is one."""
    names = comparison.design.fixed_names
    return next((n for n in names if n != INTERCEPT), INTERCEPT)


def baseline(comparison: Comparison, term: str) -> tuple[str, str, str] | None:
    """For a categorical coefficient such as ``condition[T.stim]``: the column, its level and the baseline level."""
    names = comparison.design.names
    column = comparison.design.columns[names.index(term)] if term in names else None
    if column is None or len(column.pieces) != 1 or not isinstance(column.pieces[0], Indicator) or "[T." not in term:
        return None
    levels = next(v for k, v in comparison.design.encoder.levels.items() if term.startswith(k.strip("`")))
    return column.uses[0][0], str(levels[column.pieces[0].level]), str(levels[0])


def effect(comparison: Comparison, term: str, value: float, decimals: int) -> str:
    """An estimate in words: "1.18 more Y per unit of X", "0.11 less pSHP2 for stim than for unstim"."""
    outcome = comparison.design.names[-1]
    amount = number(abs(value), decimals=decimals)
    if float(f"{abs(value):.{decimals}f}") == 0:
        amount = f"practically no difference in {outcome}"
    else:
        amount = f"{amount} {'more' if value > 0 else 'less'} {outcome}"
    levels = baseline(comparison, term)
    if levels:
        return f"{amount} for {levels[1]} than for {levels[2]}"
    return f"{amount} per unit of {readable(term)}"


def headline(comparison: Comparison, term: str | None = None) -> Headline:
    """The page's first two sentences about a coefficient."""
    term = term or first_term(comparison)
    group, ols, mixed = comparison.group, comparison.ols, comparison.mixed
    if term == INTERCEPT:
        return _mean_headline(comparison)
    a, b = float(ols.params[term]), float(mixed.params[term])
    decimals = decimals_for(min(float(ols.bse[term]), float(mixed.bse[term])))
    if _same(a, b, float(ols.bse[term]), float(mixed.bse[term])):
        title = f"OLS and the mixed model agree: {effect(comparison, term, b, decimals)}."
    else:
        title = f"OLS says {effect(comparison, term, a, decimals)}. The mixed model says {_short(b, a, decimals)}."
    return Headline(title, why(comparison, term, decimals))


def _short(value: float, other: float, decimals: int) -> str:
    """The second of two estimates, in as few words as stay clear."""
    text = number(abs(value), decimals=decimals)
    if float(f"{abs(value):.{decimals}f}") == 0:
        return "practically nothing"
    if value * other < 0:
        return f"{text} {'more' if value > 0 else 'less'}, the other way"
    return text


def _same(a: float, b: float, se_a: float, se_b: float) -> bool:
    return abs(a - b) <= max(AGREE * min(se_a, se_b), 1e-9 * abs(a))


def why(comparison: Comparison, term: str, decimals: int) -> str:
    """Why OLS and the mixed model differ in this coefficient, or need not."""
    group = comparison.group
    parts = explain(comparison, term).set_index("model")
    within, between = float(parts.loc["ols", "estimate_within"]), float(parts.loc["ols", "estimate_between"])
    if math.isnan(between):
        return (
            f"They must: **{readable(term)}** has the same mean in every {group}, so there is only one slope to see, the one "
            f"*within* {plural(group)}, and every model puts all its weight on it. The standard errors still differ."
        )
    share_ols = float(parts.loc["ols", "weight_within"])
    share_mixed = float(parts.loc["random_intercept", "weight_within"])
    if math.isnan(within):
        return (
            f"**{readable(term)}** is the same in all rows of {an(group)}, so only the slope *between* {plural(group)} can be seen. "
            f"The models differ in how they weigh the {plural(group)}: OLS by their rows, the mixed model more evenly."
        )
    slopes = (
        f"{number(within, decimals=decimals)} **within** {an(group)} and "
        f"{number(between, decimals=decimals)} **between** {plural(group)}"
    )
    if abs(between - within) <= 10.0**-decimals:
        return f"The two slopes that they blend are nearly the same: {slopes}. So their weights hardly matter."
    dummies = f", {model_label('no_pooling', group)} all of it" if "no_pooling" in parts.index else ""
    return (
        f"Both blend two different slopes: {slopes}. OLS puts {percent(share_ols)} of the weight on the within slope, "
        f"the random intercept {percent(share_mixed)}{dummies}."
    )


def _mean_headline(comparison: Comparison) -> Headline:
    ols, mixed, group = comparison.ols, comparison.mixed, comparison.group
    outcome = comparison.design.names[-1]
    if not comparison.design.intercept:
        return Headline(f"OLS and mixed models of {outcome}", "The formula has no predictor and no intercept.")
    a, b = float(ols.params[INTERCEPT]), float(mixed.params[INTERCEPT])
    se_a, se_b = float(ols.bse[INTERCEPT]), float(mixed.bse[INTERCEPT])
    decimals = decimals_for(min(se_a, se_b))
    if _same(a, b, se_a, se_b):
        title = f"Both put the mean {outcome} at {number(b, decimals=decimals)}."
    else:
        title = (
            f"OLS puts the mean {outcome} at {number(a, decimals=decimals)}, the mixed model at "
            f"{number(b, decimals=decimals)}."
        )
    average = (
        "Every group has the same number of rows, so the average over rows and the average over groups are one."
        if np.ptp(comparison.moments.n) == 0
        else f"OLS averages over rows, the mixed model nearly over {plural(group)}."
    )
    errors = f"Its standard error is {number(se_a)} under OLS and {number(se_b)} in the mixed model"
    cause = (
        f", because rows of the same {group} are alike and count for less than independent rows."
        if se_b > 1.02 * se_a
        else "."
    )
    return Headline(title, f"{average} {errors}{cause}")


def paragraph(comparison: Comparison, term: str | None = None) -> str:
    """What the numbers say beyond the headline: standard errors, variance shares, shrinkage, the fit's own state."""
    term = term or first_term(comparison)
    sentences = [
        _standard_errors(comparison, term),
        _clustering(comparison),
        _pulled(comparison),
        _slopes_vary(comparison),
        *_states(comparison),
    ]
    return " ".join(s for s in sentences if s)


def _standard_errors(comparison: Comparison, term: str) -> str:
    ols, mixed = float(comparison.ols.bse[term]), float(comparison.mixed.bse[term])
    ratio = ols / mixed
    name = "the intercept" if term == INTERCEPT else f"the {readable(term)} coefficient"
    if abs(ratio - 1) < 0.02:
        return f"The standard error of {name} is {number(mixed)} in both."
    return (
        f"The standard error of {name} is {number(ols)} under OLS and {number(mixed)} in the mixed model: "
        f"OLS's is {times_larger(ratio)}."
    )


def times_larger(ratio: float) -> str:
    """How one positive number compares with another: "2% larger", "33 times smaller"."""
    size = "larger" if ratio > 1 else "smaller"
    if 2 / 3 < ratio < 1.5:
        return f"{percent(abs(ratio - 1))} {size}"
    return f"{number(max(ratio, 1 / ratio), 2)} times {size}"


def _clustering(comparison: Comparison) -> str:
    fit, group = comparison.random_intercept, comparison.group
    if fit.singular:
        return f"The rows of {an(group)} are no more alike than rows at random (intraclass correlation 0)."
    return (
        f"Of the variance that the predictors leave, {percent(fit.icc)} lies between {plural(group)} "
        f"(intraclass correlation {number(fit.icc, 2)})."
    )


def _pulled(comparison: Comparison) -> str:
    fit, group = comparison.mixed, comparison.group
    frame = shrinkage(fit)
    frame = frame[frame["term"] == fit.random_names[0]].dropna(subset=["own"])
    if fit.singular and not (frame["weight"] > 1e-6).any():
        return f"So every {group} is pulled all the way to the common line."
    if frame.empty or fit.random_names[0] != INTERCEPT:
        return ""
    low, high = float(frame["weight"].min()), float(frame["weight"].max())
    kept = percent(low) if high - low < 0.005 else f"{percent(low)} to {percent(high)}"
    furthest = frame.loc[(frame["pooled"] - frame["own"]).abs().idxmax()]
    decimals = decimals_for(float(np.sqrt(fit.cov_re[group].to_numpy()[0, 0])) or 1.0)
    start, end = (number(float(furthest[c]), decimals=decimals) for c in ("own", "pooled"))
    return (
        f"{'Each' if low == high else 'A'} {group} keeps {kept} of its own distance from the common line; "
        f"{group} {furthest['group']} is pulled furthest, its intercept from {start} to {end}."
    )


def _slopes_vary(comparison: Comparison) -> str:
    fit = comparison.fits.get("random_slope")
    if not isinstance(fit, MixedResult):
        return ""
    slope = next((n for n in fit.random_names if n != INTERCEPT), None)
    if slope is None:
        return ""
    sd = float(np.sqrt(fit.cov_re[comparison.group].loc[slope, slope]))
    mean = float(fit.params.get(slope, 0.0))
    better = float(comparison.by_ml["random_intercept"].aic - comparison.by_ml["random_slope"].aic)  # type: ignore[attr-defined]
    verdict = (
        f"and AIC prefers letting it vary, by {number(better)}"
        if better > 2
        else f"and AIC prefers one slope for all, by {number(-better)}"
        if better < -2
        else "and AIC hardly cares"
    )
    return f"The slope of {readable(slope)} varies between {plural(comparison.group)} with SD {number(sd)} about {number(mean)}, {verdict}."


def _states(comparison: Comparison) -> list[str]:
    found = []
    for key, fit in comparison.mixed_fits().items():
        if not fit.converged:
            found.append(f"The {model_label(key).lower()} fit did not converge, so do not rely on it.")
        elif fit.singular and key != "random_intercept":
            found.append(
                f"The {model_label(key).lower()} fit lies on the boundary (singular): a variance is 0 or a correlation is 1, "
                "so these data support a simpler random part."
            )
    return found


def group_sizes(comparison: Comparison) -> str:
    """How many groups of which sizes: "20 IDs of 3 rows each"."""
    n, group = comparison.moments.n, comparison.group
    groups = f"{len(n):,} {plural(group)}"
    if np.ptp(n) == 0:
        return f"{groups} of {count(int(n[0]), 'row')} each"
    return f"{groups} of {int(n.min()):,} to {int(n.max()):,} rows"
