"""Who accounts for the gap between OLS and the mixed model, in the intercept and in a slope."""

from __future__ import annotations

from dataclasses import replace
from math import floor, log10

from ..comparison.comparison import Comparison
from ..formula.expressions import Call, Column
from ..formula.spec import Term
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import group_phrase, literal, plural
from ..text.numbers import decimals_for, number, p_value, percent
from ..work.memo import memoised
from .amount_phrases import rounds_to_zero
from .effect_phrases import far_from_zero, noun_of, term_of
from .facts import facts
from .gap_decomposition import attribution
from .inference_rows import clustered_contrast
from .weighting_sentences import equal_weights_clause, group_weights_sentence, random_slope_weighs_clause

ROUNDING = 1e-9
"""Two estimates are one where they differ by less than this share of their standard error."""


@memoised
def intercept_sentence(comparison: Comparison) -> str:
    """Why the intercepts differ: how groups are weighed, and extrapolation to where all predictors are 0."""
    if not comparison.design.intercept:
        return "The formula has no intercept."
    ols, mixed = comparison.ols, comparison.mixed
    a, b = float(ols.params[comparison.constant]), float(mixed.params[comparison.constant])
    least = min(float(ols.bse[comparison.constant]), float(mixed.bse[comparison.constant]))
    decimals = decimals_for(least)
    if abs(a - b) < ROUNDING * least:  # halfway between two numbers of so many decimals both would be rounded
        a = b
    names = [n for n in ols.names if n != comparison.constant]
    index = [comparison.column_of(n) for n in names]
    slopes = float((mixed.params[names] - ols.params[names]).to_numpy() @ comparison.moments.center[index])
    unit = (
        10.0 ** (floor(log10(least)) - 1) if least > 0 else 0.0
    )  # in large units of the outcome more digits would be printed
    if unit > 1 and round(a / unit) == round(b / unit):
        a = b = unit * round(a / unit)
    same = number(a, decimals=decimals) == number(b, decimals=decimals)
    decimals += not same  # the gap is far smaller than the two
    values = f"{number(a, decimals=decimals)} under OLS and {number(b, decimals=decimals)} in the mixed model"
    text = f"The intercept is {f'{number(a, decimals=decimals)} in both models' if same else values}."
    far = far_from_zero(comparison)
    if far:
        text += (
            f" It is the fitted value where {' and '.join(f'{literal(n)} is 0' for n in far)}, which lies outside the data (an "
            f"extrapolation).{'' if same else ' A difference in slope grows with the distance.'}"
        )
        if a * b < 0 and abs(slopes) > abs(a - b - slopes):
            text += " Here it turns the sign."
    if same:
        return text
    difference, part = (
        round(a, decimals) - round(b, decimals),
        round(slopes, decimals),
    )  # so that all are seen to add up
    gap, by_slopes, by_averaging = (number(v, decimals=decimals) for v in (difference, part, difference - part))
    rest = f"Of the difference of {gap}, {by_slopes} comes from the slopes and {by_averaging} from the averaging"
    if gap == by_slopes:
        rest = f"The difference of {gap} comes from the slopes, hardly any of it from the averaging"
    if comparison.formula_model == Model.SEVERAL:
        return (
            f"{text} {rest}: OLS lets every row count {'alike' if comparison.design.weights is None else 'by its weight'}, a mixed "
            "model lets rows that share a group count for less."
        )
    if comparison.moments.same_sizes:
        groups = literal(plural(comparison.group))
        as_many = f"all {groups} have the same number of rows{equal_weights_clause(comparison)}"
        if not rounds_to_zero(a - b - slopes, decimals):
            return f"{text} {rest}. Though {as_many}, a {random_slope_weighs_clause(comparison)}."
        return f"{text} {rest}. As {as_many}, averaging over rows or over {groups} is the same."
    return f"{text} {rest}. {group_weights_sentence(comparison)}"


def recentred_formula(comparison: Comparison) -> str:
    """The same model with predictors far from 0 centred at their means, so that the intercept is inside the data."""
    spec, far = comparison.spec, set(far_from_zero(comparison))

    def centred(term: Term) -> Term:
        return Term(tuple(Call("center", (f,)) if isinstance(f, Column) and f.name in far else f for f in term.factors))

    changed = [centred(t) for t in spec.terms]
    random = [replace(r, terms=tuple(centred(t) for t in r.terms)) for r in spec.random]
    return replace(spec, terms=tuple(changed), random=tuple(random)).text


@memoised
def gap_sentence(comparison: Comparison, term: str) -> str:
    """Who accounts for the gap between OLS and the mixed model: which level, and which groups."""
    frame, groups = attribution(comparison, term), literal(plural(comparison.group))
    ols, mixed = float(comparison.ols.params[term]), float(comparison.mixed.params[term])
    gap = ols - mixed
    if frame["share"].isna().all():
        return "OLS and the mixed model agree, so there is no gap to account for."
    if abs(gap) < 0.02 * float(comparison.ols.bse[term]):
        return (
            f"OLS and the mixed model all but agree: the gap is {number(gap)}, less than 2% of OLS's standard error. "
            f"The pulls of the {groups} add up to next to nothing."
        )
    decimals = max(decimals_for(float(comparison.ols.bse[term])), decimals_for(abs(gap)))
    between, within = float(frame["between"].sum()), float(frame["within"].sum())
    level = (
        f"Measured from the mixed model's line, the differences between {groups} pull OLS by {number(between, decimals=decimals)}, "
        f"those within by {number(within, decimals=decimals)}."
    )
    ranked = frame.sort_values("share", ascending=False)
    top = ranked.head(3 if len(frame) > 4 else 1)
    names = [literal(group_phrase(comparison.group, g)) for g in top["group"]]
    start = listed(names)
    if names[0] != literal(str(top["group"].iloc[0])):  # a label by itself stays as it is
        start = f"{start[:1].upper()}{start[1:]}"
    share, pull = float(top["share"].sum()), float(top["total"].sum())
    several = len(names) > 1
    if share <= 0.95:
        who = f"{start} alone {'account' if several else 'accounts'} for {percent(share)} of it."
    else:
        verb = "pull" if several else "pulls"
        who = (
            f"{start} {verb} OLS by {number(pull, decimals=decimals)}, all others together by "
            f"{number(gap - pull, decimals=decimals)}."
        )
    return (
        f"The gap is {number(gap, decimals=decimals)} ({number(ols, decimals=decimals)} against "
        f"{number(mixed, decimals=decimals)}). {level} {who}"
    )


@memoised
def mundlak_sentence(comparison: Comparison, term: str) -> str:
    """What Mundlak's test says: whether the slope within and the slope between groups differ."""
    of = facts(comparison, term) if term != comparison.constant else None
    if of is None or of.contrast is None or of.by_rows_alone:
        return ""
    difference, p = of.contrast.value, of.contrast_p
    decimals = decimals_for(of.contrast.se)
    ends = sorted(end * (1 if difference > 0 else -1) for end in of.contrast.interval)
    low, high = (number(end, decimals=decimals) for end in ends)
    size = f"{number(abs(difference), decimals=decimals)} (95% interval {low} to {high}, {p_value(p)})"
    if p < 0.05:
        verdict = "So one number for both, as OLS and the random intercept have it, mixes two different things"
    else:
        verdict = "So the data do not show that they differ, though they may"
    groups, display = literal(plural(comparison.group)), ""
    if comparison.formula_model == Model.SEVERAL:
        display = f", with {literal(plural(comparison.group))} alone as random effects"
    if clustered_contrast(comparison, term) is not None:
        display += ", cluster-robust"
    apart, what = "higher" if difference > 0 else "lower", noun_of(comparison, term)
    if _mean_of_a_product(comparison, term):
        display += ", for the mean of the product itself, which is not the product of the means"
    return f"Mundlak's test{display}: the {what} between {groups} is {apart} than the one within, by {size}. {verdict}."


def _mean_of_a_product(comparison: Comparison, term: str) -> bool:
    """Whether a coefficient is of an interaction of which more than one factor varies within groups."""
    own, design = term_of(comparison, term), comparison.design
    if own is None or len(own.factors) < 2:
        return False
    varying = 0
    for factor in own.factors:
        main = design.terms.get(str(factor))
        varying += main is None or bool(comparison.moments.varies_within[list(main)].any())
    return varying > 1
