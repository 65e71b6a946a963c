"""The answer in two sentences: what OLS and the mixed model say of a coefficient, and why they differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..columns import INTERCEPT
from ..compare import Comparison
from ..encode import Indicator
from ..labels import an, literal, model_label, noun, plural
from ..labels import term_label as readable
from ..numbers import decimals_for, number, p_value, percent
from ..once import once
from ..results import MixedResult
from .identity import explain

AGREE = 0.02
"""Two estimates closer than this share of the smaller standard error are called the same."""
NEARLY_ALL = 0.99
"""Where both models put this much weight within groups, what varies between them is too little to have a slope worth saying."""


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
    none = _rounds_to_zero(value, decimals)
    more = (
        f"practically no difference in {outcome}" if none else f"{amount} {'more' if value > 0 else 'less'} {outcome}"
    )
    levels = baseline(comparison, term)
    if levels:
        level, base = (_level_name(levels[0], name) for name in levels[1:])
        text = f"{more} between {level} and {base}" if none else f"{more} for {level} than for {base}"
    elif _is_mean(comparison, term):
        text = f"a mean {outcome} of {number(value, decimals=decimals)} for {readable(term)}"
    else:
        text = f"{more} per unit of {readable(term)}"
    held = _held_at_zero(comparison, term)
    return f"{text} where {' and '.join(held)}" if held else text


def _rounds_to_zero(value: float, decimals: int) -> bool:
    return float(f"{abs(value):.{decimals}f}") == 0


def _level_name(column: str, level: str) -> str:
    """A level by itself where it is a word, with its column where it is a number: "stim", "service 1"."""
    return level if any(c.isalpha() for c in level) else f"{column} {level}"


def _is_mean(comparison: Comparison, term: str) -> bool:
    """Whether a coefficient is a category's own mean, as in a formula without intercept."""
    names = comparison.design.names
    column = comparison.design.columns[names.index(term)] if term in names else None
    return (
        column is not None and len(column.pieces) == 1 and isinstance(column.pieces[0], Indicator) and "[T." not in term
    )


def _held_at_zero(comparison: Comparison, term: str) -> list[str]:
    """Where the other parts of its interactions must be for a coefficient to hold: "z is 0", "N is 0.0"."""
    design = comparison.design
    own = next((t for t in design.spec.terms if term in [design.names[k] for k in design.terms[str(t)]]), None)
    if own is None or len(own.factors) > 1:
        return []
    found: dict[str, None] = {}
    for other in design.spec.terms:
        texts = [str(f) for f in other.factors]
        if len(texts) > 1 and str(own) in texts:
            for text in (t for t in texts if t != str(own)):
                found[f"{text} is {design.encoder.levels[text][0] if text in design.encoder.levels else 0}"] = None
    return list(found)


@once
def headline(comparison: Comparison, term: str | None = None) -> Headline:
    """The page's first two sentences about a coefficient."""
    term = term or first_term(comparison)
    if term == INTERCEPT:
        return _mean_headline(comparison)
    a, b = float(comparison.ols.params[term]), float(comparison.mixed.params[term])
    decimals = headline_decimals(comparison, term)
    if _agree(comparison, term, comparison.mixed):
        title = f"OLS and the mixed model agree: {effect(comparison, term, b, decimals)}."
    else:
        title = f"OLS says {effect(comparison, term, a, decimals)}. The mixed model says {_short(b, a, decimals)}."
    return Headline(title, f"{_together(comparison, term)}{why(comparison, term, decimals)}")


def _together(comparison: Comparison, term: str) -> str:
    """What several grouping factors say together, beside what the shown one says alone, from where the rest is about it."""
    if comparison.asked != "several":
        return ""
    factors = [f"**{literal(plural(f))}**" for f in comparison.factors]
    listed = f"{', '.join(factors[:-1])} and {factors[-1]}"
    decimals, fits = headline_decimals(comparison, term), (comparison.mixed, comparison.pooled)
    both, alone = (
        f"{number(float(f.params[term]), decimals=decimals)} (standard error {number(float(f.bse[term]))})"
        for f in fits
    )
    return f"With {listed} as random effects together it is {both}; with {literal(plural(comparison.group))} alone, {alone}. "


def _short(value: float, other: float, decimals: int) -> str:
    """The second of two estimates, in as few words as stay clear."""
    text, direction = number(abs(value), decimals=decimals), "more" if value > 0 else "less"
    if _rounds_to_zero(value, decimals):
        return "practically nothing"
    if _rounds_to_zero(other, decimals):
        return f"{text} {direction}"
    return f"{text} {direction}, the other way" if value * other < 0 else text


def headline_decimals(comparison: Comparison, term: str) -> int:
    """Decimals of a coefficient in the headline, and wherever it is said beside others."""
    return decimals_for(min(float(comparison.ols.bse[term]), float(comparison.pooled.bse[term])))


def _agree(comparison: Comparison, term: str, mixed: MixedResult | None = None) -> bool:
    """Whether OLS and the mixed model say the same, in the digits shown or nearly so."""
    mixed = mixed or comparison.pooled
    a, b = float(comparison.ols.params[term]), float(mixed.params[term])
    smaller, decimals = (
        min(float(comparison.ols.bse[term]), float(mixed.bse[term])),
        headline_decimals(comparison, term),
    )
    close = abs(a - b) <= max(AGREE * smaller, 1e-9 * abs(a))
    return close or number(a, decimals=decimals) == number(b, decimals=decimals)


def why(comparison: Comparison, term: str, decimals: int) -> str:
    """Why OLS and the mixed model differ in this coefficient, or need not."""
    group, groups, name = literal(noun(comparison.group)), literal(plural(comparison.group)), literal(readable(term))
    slope = "difference" if baseline(comparison, term) or _is_mean(comparison, term) else "slope"
    parts = explain(comparison, term).set_index("model")
    within, between = float(parts.loc["ols", "estimate_within"]), float(parts.loc["ols", "estimate_between"])
    if math.isnan(between):
        only = f"**{name}** has the same mean in every {group}, so there is only one {slope} to see, the one *within* {groups}"
        if _agree(comparison, term):
            must = "They must: " if np.ptp(comparison.moments.n) == 0 or comparison.chosen != "random_slope" else ""
            return f"{must}{only}, and every model puts all its weight on it. The standard errors still differ."
        return f"{only}. OLS weighs the {groups} by their rows and the spread of {name} in them, a random slope more evenly."
    if math.isnan(within):
        return (
            f"**{name}** is the same in all rows of {literal(an(comparison.group))}, so only the {slope} *between* {groups} "
            f"can be seen. {_weighing(comparison)}"
        )
    weights = [float(parts.loc[model, "weight_within"]) for model in ("ols", "random_intercept")]
    own = ""
    if comparison.chosen == "random_slope":
        value = number(float(comparison.pooled.params[term]), decimals=decimals)
        own = f" The random slope weighs every {group} by itself, which makes it {value}."
    if min(weights) >= NEARLY_ALL:
        moved = float(comparison.ols.params[term]) - within
        little = "decides nothing"
        if not _rounds_to_zero(moved, decimals):
            little = f"moves OLS by {number(moved, decimals=decimals)}"
        return (
            f"Almost all of **{name}** varies *within* {groups}, so every model reads the {slope} there, "
            f"{number(within, decimals=decimals)}. {_put(weights, slope)}; the little that varies between {groups} {little}.{own}"
        )
    coarse, doubt = contrast(comparison, term, decimals)
    both = (
        f"{number(within, decimals=decimals)} **within** {literal(an(comparison.group))} and "
        f"{number(between, decimals=coarse)} **between** {groups}"
    )
    if abs(between - within) <= 10.0**-decimals:
        return f"The two {slope}s that they blend are nearly the same: {both}. So their weights hardly matter."
    dummies = f", {literal(model_label('no_pooling', group))} all of it" if "no_pooling" in parts.index else ""
    who = "OLS and the random intercept" if comparison.chosen == "random_slope" else "Both"
    return f"{who} blend two different {slope}s: {both}. {_put(weights, slope)}{dummies}.{own}{doubt}"


def _put(weights: Sequence[float], slope: str) -> str:
    """How much weight OLS and the random intercept put on the slope within groups."""
    ols, mixed = shares(*weights)
    if ols == mixed:
        return f"OLS and the random intercept both put {ols} of the weight on the within {slope}"
    return f"OLS puts {ols} of the weight on the within {slope}, the random intercept {mixed}"


def contrast(comparison: Comparison, term: str, decimals: int) -> tuple[int, str]:
    """Decimals that the between slope deserves, and a caution where the two slopes may be one, by within–between."""
    fit, name = comparison.fits.get("within_between"), f"{term}_mean"
    if not isinstance(fit, MixedResult) or name not in fit.names:
        return decimals, ""
    p = float(fit.pvalues[name])
    doubt = f" How far the two really differ is uncertain ({p_value(p)})." if p > 0.05 else ""
    return min(decimals, decimals_for(float(fit.bse[name]), 3)), doubt


def _weighing(comparison: Comparison) -> str:
    """How OLS and the mixed model weigh the groups for a predictor that varies between them only."""
    groups = literal(plural(comparison.group))
    if np.ptp(comparison.moments.n) == 0:
        return (
            f"All {groups} have the same number of rows, so both weigh them alike; only the standard errors can differ."
        )
    return f"The models differ in how they weigh the {groups}: OLS by their rows, the mixed model more evenly."


def shares(a: float, b: float) -> tuple[str, str]:
    """Two shares as percentages, with the decimals that it takes to tell them apart, and from 0% and 100%."""
    if abs(a - b) < 1e-5 or percent(a) != percent(b):
        return percent(a), percent(b)
    for decimals in range(1, 5):
        first, second = (_with_decimals(v, decimals) for v in (a, b))
        if first != second:
            return first, second
    return percent(a), percent(b)


def _with_decimals(share: float, decimals: int) -> str:
    text, least = number(100 * share, decimals=decimals), 10.0**-decimals
    if 0 < share < 1 and text == number(100, decimals=decimals):
        return f"over {number(100 - least, decimals=decimals)}%"
    return (
        f"under {number(least, decimals=decimals)}%"
        if share > 0 and text == number(0, decimals=decimals)
        else f"{text}%"
    )


def _mean_headline(comparison: Comparison) -> Headline:
    ols, mixed, group = comparison.ols, comparison.mixed, noun(comparison.group)
    outcome = comparison.design.names[-1]
    a, b = (
        number(float(fit.params[INTERCEPT]), decimals=headline_decimals(comparison, INTERCEPT)) for fit in (ols, mixed)
    )
    se_a, se_b = float(ols.bse[INTERCEPT]), float(mixed.bse[INTERCEPT])
    title = f"OLS puts the mean {outcome} at {a}, the mixed model at {b}."
    if _agree(comparison, INTERCEPT, mixed):
        title = f"Both put the mean {outcome} at {b}."
    if comparison.asked == "several":
        return Headline(title, f"{_together(comparison, INTERCEPT)}Under OLS its standard error is {number(se_a)}.")
    group, groups = literal(group), literal(plural(group))
    average = f"OLS averages over rows, the mixed model nearly over {groups}. "
    if np.ptp(comparison.moments.n) == 0:
        average = f"Every {group} has the same number of rows, so the average over rows and the average over {groups} are one. "
        average = average if _agree(comparison, INTERCEPT) else ""
    errors = f"Its standard error is {number(se_a)} under OLS and {number(se_b)} in the mixed model"
    cause = (
        f", because rows of the same {group} are alike and count for less than independent rows."
        if se_b > 1.02 * se_a
        else "."
    )
    return Headline(title, f"{average}{errors}{cause}")
