"""What the numbers say beyond the headline: standard errors, variance shares, shrinkage, the state of the fits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..comparison.nested_factors import nested_names
from ..comparison.shrinkage import shrinkage
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.english import listed
from ..text.labels import LONGEST, an, group_phrase, literal, model_label, model_phrase, noun, plural
from ..text.numbers import count, decimals_for, multiple, number, percent
from ..work.memo import memoised
from .coefficient_spreads import coefficient_spreads
from .effect_phrases import noun_of
from .inference_rows import inference_row
from .negative_correlation import within_group_correlation
from .question import first_term

ALIKE = 0.02
"""Standard errors that differ by less than this share are called nearly the same."""
NOTHING = 1e-4
"""A random coefficient's SD below this share of the residual SD, for a predictor one SD away, is none."""


def paragraph(comparison: Comparison, term: str | None = None, frame: pd.DataFrame | None = None) -> str:
    """One plain paragraph, as Markdown; standard errors are those of ``frame``, the inference chosen, where it is given."""
    first = _standard_errors(comparison, term or first_term(comparison), frame) if comparison.terms else ""
    return " ".join(filter(None, (first, _of_the_models(comparison))))


@memoised
def _of_the_models(comparison: Comparison) -> str:
    """What holds whichever coefficient is looked at."""
    between = [] if comparison.mixed.unidentified else [_clustering(comparison), _shrunk(comparison)]
    sentences = [*between, _slopes_vary(comparison), *_states(comparison)]
    return " ".join(s for s in sentences if s)


@memoised
def group_sizes(comparison: Comparison) -> str:
    """How many groups of which sizes: "20 IDs of 3 rows each"."""
    return _sizes(comparison.group, comparison.moments.n)


def sizes_of_groups(comparison: Comparison) -> str:
    """The same of every grouping factor of the formula, the shown one first."""
    factors = dict(zip([g.name for g in comparison.design.groupings], comparison.crossing.factors, strict=True))
    others = [_sizes(name, moments.n) for name, moments in factors.items() if name != comparison.group]
    return "; ".join([group_sizes(comparison), *others])


def _sizes(group: str, n: Array) -> str:
    groups = count(len(n), noun(group), plural(group))
    by = f" by “{group}”" if len(group) > LONGEST and noun(group) == "group" else ""  # elsewhere it is not told
    if np.ptp(n) == 0:
        return f"{groups}{by} of {count(int(n[0]), 'row')} each"
    return f"{groups}{by} of {int(n.min()):,} to {int(n.max()):,} rows"


def random_words(fit: MixedResult) -> str:
    """What varies between groups, in words: "intercept and slope", "intercept and differences", "means"."""
    words = [fit.design.by_name[name].random_noun for name in fit.random_names]
    return listed([word if words.count(word) == 1 else f"{word}s" for word in dict.fromkeys(words)])


@memoised
def pull_sentence(fit: MixedResult) -> str:
    """By how much the groups move from their own estimates towards the line, and which of them by more than others."""
    group, groups, n = literal(noun(fit.group)), literal(plural(fit.group)), fit.moments.n
    frame = shrinkage(fit)
    weight = frame.loc[frame["term"] == fit.random_names[0], "weight"].to_numpy()
    if np.abs(frame["weight"]).max() <= 1e-6:
        return f"Every {group} moves all the way to the line."
    if len(fit.random_names) > 1:
        varying = random_words(fit)
        return (
            f"{varying[:1].upper()}{varying[1:]} of {literal(an(fit.group))} move together, each also by what the other"
            f"{' says' if len(fit.random_names) == 2 else 's say'}; the less its rows can say, the further they move."
        )
    nested = nested_names(fit)
    if fit.moments.same_sizes and np.ptp(weight) < 0.005:
        if nested:
            return f"All {groups} have as many rows, alike in the same way, so all move by the same share of their distance from the line."
        return f"All {groups} have {count(int(n[0]), 'row')}, so all move by the same share of their distance from the line."
    fewer = (
        "the fewer rows"
        if fit.design.weights is None
        and not nested
        and len(frame) == len(n)
        and fit.random_names[0] == fit.design.constant
        else "the less its rows can say"
    )
    return f"Each moves by its own share of its distance from the line; {fewer}, the larger the share."


def _standard_errors(comparison: Comparison, term: str, frame: pd.DataFrame | None) -> str:
    ols, mixed = (float(inference_row(comparison, m, term, frame)["se"]) for m in (Model.OLS, comparison.formula_model))
    ratio = ols / mixed
    name = (
        "the intercept"
        if term == comparison.constant
        else f"the {literal(comparison.coefficient(term).label)} coefficient"
    )
    if number(ols) == number(mixed):
        return f"The standard error of {name} is {number(mixed)} in both."
    if abs(ratio - 1) < ALIKE:
        return f"The standard error of {name} is {number(ols)} under OLS and {number(mixed)} in the mixed model, nearly the same."
    return (
        f"The standard error of {name} is {number(ols)} under OLS and {number(mixed)} in the mixed model: "
        f"OLS's is {times_larger(ratio)}."
    )


def times_larger(ratio: float) -> str:
    """How one positive number compares with another: "2% larger", "33 times as large", "0.03 times as large"."""
    size = "larger" if ratio > 1 else "smaller"
    if 2 / 3 < ratio < 1.5:
        return f"{percent(abs(ratio - 1))} {size}"
    return f"{multiple(ratio)} times as large"


def _clustering(comparison: Comparison) -> str:
    fit, groups = comparison.random_intercept, literal(plural(comparison.group))
    if comparison.formula_model == Model.SEVERAL:
        fit = comparison.mixed
    between = float(fit.cov_re[fit.group].to_numpy()[0, 0])
    if between <= 0 and within_group_correlation(comparison).offsetting:
        correlation = number(within_group_correlation(comparison).value, decimals=2)
        return (
            f"Rows of the same {literal(noun(comparison.group))} offset each other: over all pairs of them OLS's residuals correlate by "
            f"{correlation}. A random intercept cannot show this, for its variance stops at 0 (singular)."
        )
    if between <= 0:
        start = "Once the predictors are allowed for, the" if comparison.design.fixed else "The"
        by = f", by {model_phrase(Model.RANDOM_INTERCEPT)}" if comparison.formula_model == Model.RANDOM_SLOPE else ""
        return (
            f"{start} rows of {literal(an(comparison.group))} are no more alike than rows at random "
            f"(intraclass correlation 0{by})."
        )
    left = "the variance that the predictors leave" if comparison.design.fixed else "the variance"
    named = comparison.formula_model == Model.RANDOM_SLOPE or comparison.structured is not None
    by = f", by {model_phrase(Model.RANDOM_INTERCEPT)}" if named and fit is comparison.random_intercept else ""
    further = [
        f"{percent(share)} between {literal(plural(factor))} ({_correlation(share)})"
        for factor, share in fit.shares.items()
        if factor != fit.group
    ]
    own = f"{percent(fit.icc)} lies between {groups} (intraclass correlation {_correlation(fit.icc)}{by})"
    return f"Of {left}, {listed([own, *further])}."


def _correlation(value: float) -> str:
    """A correlation with two decimals, but never a false 0.00 or 1.00."""
    if 0.995 <= value < 1:
        return "over 0.99"
    return "under 0.01" if 0 < value < 0.005 else number(value, decimals=2)


def _shrunk(comparison: Comparison) -> str:
    fit, group = comparison.mixed, literal(noun(comparison.group))
    frame = shrinkage(fit)
    if not (frame["weight"].abs() > 1e-6).any():
        return f"So every {group} is given the line of an average {group}: nothing of its own distance is left (full shrinkage)."
    frame = frame[frame["term"] == fit.random_names[0]].dropna(subset=["own"])
    if frame.empty or fit.random_names[0] != fit.design.constant:
        return ""
    parts = [_shares_sentence(fit, frame["share"].dropna())]
    furthest = frame.loc[(frame["pooled"] - frame["own"]).abs().idxmax()]
    own, pooled = float(furthest["own"]), float(furthest["pooled"])
    decimals = decimals_for(float(np.sqrt(fit.cov_re[fit.group].to_numpy()[0, 0])) or 1.0)
    what = (
        "intercept" if fit.design.constant in fit.names else "effect"
    )  # without a fixed one it is counted from the fixed part
    for _ in range(2):
        decimals += number(own, decimals=decimals) == number(pooled, decimals=decimals)
    start, end = number(own, decimals=decimals), number(pooled, decimals=decimals)
    if start != end:
        parts.append(
            f"furthest moved is {literal(group_phrase(fit.group, furthest['group']))}, its {what} from {start} to {end}"
        )
    sentence = "; ".join(p for p in parts if p)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def factors_beside(fit: MixedResult) -> str:
    """The factors whose effects are no part of a group's own distance, "the items"; those nested in the groups are."""
    nested = nested_names(fit)
    return listed([f"the {literal(plural(f))}" for f in fit.factors if f != fit.group and f not in nested])


def beside_others(fit: MixedResult) -> str:
    """Of several factors a group's own distance is what the others' effects leave: "beside the effects of the items, "."""
    others = factors_beside(fit)
    return f"beside the effects of {others}, " if others else ""


def _shares_sentence(fit: MixedResult, share: pd.Series) -> str:
    """How much of their own distance the groups keep, along their own directions."""
    if share.empty:
        return ""
    low, high = float(share.min()), float(share.max())
    who, keep = f"{beside_others(fit)}each {literal(noun(fit.group))}", percent(low)
    if low < 0.985 and percent(low) != percent(high):
        who, keep = f"{beside_others(fit)}{literal(an(fit.group))}", f"{percent(low)} to {percent(high)}"
    elif percent(low) != percent(high):
        keep = f"{percent(low)} or more"
    return f"{who} keeps {keep} of its own distance from the line of an average {literal(noun(fit.group))} (shrinkage)"


def _slopes_vary(comparison: Comparison) -> str:
    fit = comparison.fits.get(Model.RANDOM_SLOPE)
    if not isinstance(fit, MixedResult):
        return ""
    names = [n for n in fit.random_names if n != fit.design.constant]
    spreads = {name: sd for name, sd in coefficient_spreads(comparison).items() if name != fit.design.constant}
    if not names:
        return ""
    slope = next((n for n in [*names, *spreads] if n in spreads), names[0])  # of means at levels a difference of these
    variances = np.diag(fit.cov_re[fit.group].to_numpy())
    sd = spreads[slope] if slope in spreads else float(np.sqrt(variances[fit.random_names.index(slope)]))
    mean = float(fit.params.get(slope, 0.0))
    better = float(comparison.by_ml[Model.RANDOM_INTERCEPT].aic - comparison.by_ml[Model.RANDOM_SLOPE].aic)
    what = noun_of(comparison, slope)
    rival = f"one {what} for all" if fit.design.constant in fit.random_names else "a random intercept in its place"
    independent = "" if comparison.structured is None else ", if residuals are independent and of one variance"
    verdict = (
        "and AIC cannot say whether it does, for by maximum likelihood one of the two models has no best fit"
        if np.isnan(better)
        else f"and AIC prefers letting it vary, by {number(better)}"
        if better > 2
        else f"and AIC prefers {rival}, by {number(-better)}"
        if better < -2
        else "and AIC hardly prefers either"
    )
    name, groups = (
        f"{what}{'' if what == 'contrast' else ' of'} {literal(fit.label(slope))}",
        literal(plural(comparison.group)),
    )
    column = comparison.design.names.index(slope)
    alone = comparison.formula_model == Model.SEVERAL
    the = f"In the model of {groups} alone the" if alone else "The"
    if sd * float(fit.moments.scale[column]) < NOTHING * fit.row_sigma:
        return f"{the} {name} does not vary between {groups} beyond chance (fitted SD 0), {verdict}{independent}."
    return f"{the} {name} varies between {groups} with SD {number(sd)} about {number(mean)}, {verdict}{independent}."


def _states(comparison: Comparison) -> list[str]:
    fits = {f"“{model_label(k).lower()}”": f for k, f in comparison.mixed_fits().items()}
    lost = [name for name, f in fits.items() if not f.converged]
    edge = [name for name, f in fits.items() if f.converged and f.singular and f is not comparison.random_intercept]
    result = []
    if lost:
        fit = f"fit{'s' if len(lost) > 1 else ''}"
        result.append(
            f"The {listed(lost)} {fit} did not converge, so do not rely on {'them' if len(lost) > 1 else 'it'}."
        )
    if edge:
        lie = "fits lie" if len(edge) > 1 else "fit lies"
        result.append(
            f"The {listed(edge)} {lie} on the boundary (singular): a variance is 0 or a correlation is 1 or −1. "
            "These data tell less than the random part asks for."
        )
    return result
