"""What a structure of the residuals changes, in sentences from numbers: a trend within groups, and a variance of zero."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..formula.expressions import columns_of, quote
from ..model_catalogue import Model
from ..models import MixedResult
from ..models.gls import GLSResult
from ..models.gls_fitting import compound_symmetry
from ..text.labels import an, literal, model_phrase, noun, plural
from ..text.numbers import number, p_value
from ..work.memo import memoised
from .inference_rows import inference_row
from .moulton import moulton
from .negative_correlation import within_group_correlation

LARGER = 1.05
"""A standard error is said to be larger where it is so by 5%."""
NEAR_END = 0.9
"""So near to the most negative one that a group allows a correlation which chance may bring about tells of few groups only."""
BETTER = 2.0
"""A structure is said to be seen in the data where AIC prefers it by so much."""
SERIAL = ("ar1", "car1")


def structure_phrase(fit: GLSResult) -> str:
    """What the model takes residuals for, as a clause."""
    correlation, parts = fit.correlation, []
    if correlation is not None:
        group, order = an(correlation.group_label), correlation.order
        parts.append(
            {
                "cs": f"any two rows of {group} are equally correlated, whether alike or offsetting each other",
                "ar1": f"rows of {group} are the more alike the nearer they are in {order}",
                "car1": f"rows of {group} are the more alike the nearer they are in {order}",
                "us": f"every {order} has its own variance, and any two within {group} their own correlation",
            }[correlation.kind]
        )
    if fit.variance:
        parts.append(f"the residual variance differs between the levels of {fit.variance}")
    beside = "in place of random coefficients" if not fit.cov_re else "beside the formula’s random part"
    return f"{' and '.join(parts)}, {beside}"


LEFT_OUT = {
    "shrinkage": "What is pulled, and how far, is of the mixed model; {which} has {own}.",
    "groups": "Lines are of the other models; {which} stands in the tables.",
    "trust": "The pictures further below are of the mixed model’s residuals; what {which} leaves stands in the first two.",
}
"""What each tab says of the further model that it does not show."""


NOT_AT_HAND = {
    "predict": "Predictions are those of the mixed models. With {which} the best guess of a {one}’s next row leans on its other rows too, "
    "and of this table there are sums over all rows and {sample}.",
    "errors": "The weights that {which} gives to the rows of one {one}, and what these are worth together, are computed from all rows of a "
    "{one}. Of this table there are sums over all rows and {sample}, so they are left out.",
    "which": "Other structures of the residuals would each read the whole table again, so none is set beside {which} here. Choose "
    "another one under “Residuals” and look at its AIC, or call compare_structures() of lmmcompare, which takes such tables.",
    "trust": "What rows of one {one} still have in common, and how residuals scatter by level, is computed from all rows of a {one}. "
    "Of this table there are sums over all rows and {sample}, so it is left out: choose a structure under “Residuals”, and see whether AIC "
    "prefers it.",
}
"""What each tab says of what it leaves out where only a sample of the rows is at hand."""


def sampled_rows_sentence(comparison: Comparison, tab: str) -> str:
    """What a tab leaves out of residuals because a sample stands for the rows, and what to do; empty where all rows are at hand."""
    design = comparison.design
    if not design.is_sample or (comparison.structured is None and tab != "trust"):
        return ""
    return NOT_AT_HAND[tab].format(
        which=model_phrase(Model.STRUCTURED),
        one=literal(noun(comparison.group)),
        sample=f"a sample of {design.n_held:,} single ones",
    )


def other_factor_sentence(comparison: Comparison) -> str:
    """Why residuals are not looked at where another factor varies within the shown groups; empty where none does.

    The model of the shown factor alone leaves the other's effects in its residuals, and rows of one level there are alike for them.
    """
    codes = comparison.grouping.codes.astype(np.int64)
    for other in comparison.design.groupings:
        pairs = np.unique(codes * len(other.levels) + other.codes)
        if other is not comparison.grouping and len(pairs) > len(np.unique(codes)):
            one, many = literal(noun(comparison.group)), literal(plural(comparison.group))
            return (
                f"What rows of one {one} still have in common is not looked at here: it is worked out from the model of {many} alone, and "
                f"{literal(other.name)} varies within {many}, so rows that share it would look alike for its sake."
            )
    return ""


def left_out_sentence(comparison: Comparison, tab: str) -> str:
    """Why a tab does not show the model with structured residuals; empty without one."""
    fit = comparison.structured
    if fit is None:
        return ""
    own = "random coefficients of its own" if fit.cov_re else "no random coefficients"
    constant, group = comparison.constant, comparison.group
    sds = [
        float(covariance.loc[constant, constant]) ** 0.5
        for covariance in (fit.cov_re.get(group), comparison.one_factor.cov_re[group])
        if covariance is not None and constant in covariance.index
    ]
    if len(sds) == 2:
        own += f" (the SD of intercepts is {number(sds[0])} there and {number(sds[1])} here)"
    return LEFT_OUT[tab].format(which=model_phrase(Model.STRUCTURED), own=own)


def structure_sentences(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> list[str]:
    """What a reader must know of the residuals for a coefficient, as Markdown; empty where there is nothing to say.

    Parameters
    ----------
    frame : DataFrame, optional
        The coefficients with the inference chosen, as `Comparison.coefficients` gives them.
    """
    if not comparison.terms:
        return []
    return [
        s for s in (trend_sentence(comparison, term, frame), hidden_correlation_sentence(comparison, term, frame)) if s
    ]


def trend_sentence(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> str:
    """Says that a random intercept makes the error of a trend within groups too small where neighbours in time are alike.

    Said where serial correlation is fitted beside a random intercept, AIC prefers it, it is positive, and the coefficient is one
    of time's, with both standard errors.
    """
    fit = comparison.structured
    if fit is None or fit.correlation is None or fit.correlation.kind not in SERIAL or not fit.cov_re:
        return ""
    if comparison.formula_model != Model.RANDOM_INTERCEPT or not is_trend(
        comparison, term, fit.correlation.order or ""
    ):
        return ""
    models = (Model.RANDOM_INTERCEPT, Model.STRUCTURED)
    plain, serial = (float(inference_row(comparison, m, term, frame)["se"]) for m in models)
    aic = comparison.statistics().set_index("model")["aic"]
    rho = fit.residual_correlation
    assert isinstance(rho, float)
    is_better = aic[models[0]] - aic[models[1]] >= BETTER  # not where either has none
    if rho <= 0 or serial < LARGER * plain or not is_better or not fit.converged:
        return ""
    one, many = literal(noun(comparison.group)), literal(plural(comparison.group))
    order, label = literal(fit.correlation.order or ""), literal(comparison.coefficient(term).label)
    ols = float(inference_row(comparison, Model.OLS, term, frame)["se"])
    below = f", below even OLS’s {number(ols)}" if LARGER * plain < ols else ""
    return (
        f"**A trend within {many} is known less well than a random intercept says.** A random intercept repairs the standard error of "
        f"what differs between {many}, but it takes the rows of one {one} for independent once its level is allowed for. Here "
        f"neighbours in {order} resemble each other beyond that (the residuals’ correlation one unit of {order} apart is "
        f"{number(rho, 2)}): the standard error of {label} is {number(plain)} with the random intercept alone{below}, and "
        f"{number(serial)} with serially correlated residuals beside it.{_or_slopes(comparison, fit.correlation.order or '', aic)}"
    )


def _or_slopes(comparison: Comparison, order: str, aic: pd.Series) -> str:
    """Says that random slopes of time are another way to allow for it, with both AIC, where they are fitted."""
    slopes = comparison.fits.get(Model.RANDOM_SLOPE)
    if not isinstance(slopes, MixedResult) or order not in slopes.random_names:
        return ""
    if aic[[Model.STRUCTURED, Model.RANDOM_SLOPE]].isna().any():
        return ""
    serial, sloped = (number(float(aic[m]), decimals=1) for m in (Model.STRUCTURED, Model.RANDOM_SLOPE))
    return (
        f" Random slopes of {literal(order)} are another way to allow for it; AIC is {serial} with serial correlation and {sloped} with "
        "random slopes (less is better)."
    )


def is_trend(comparison: Comparison, term: str, order: str) -> bool:
    """Whether a coefficient's own term contains the column of times, and it varies within groups."""
    design = comparison.design
    if term not in design.names[:-1]:
        return False
    column = design.names.index(term)
    terms = [t for t in comparison.spec.terms if column in design.terms[str(t)]]
    timed = any(order in columns_of(factor) for t in terms for factor in t.factors)
    return timed and bool(comparison.moments.varies_within[column])


@memoised
def within_groups(comparison: Comparison) -> GLSResult | None:
    """One correlation within groups, of either sign, where a random intercept's variance ends at 0; None elsewhere.

    Where it is the structure asked for, that fit.
    """
    if comparison.formula_model != Model.RANDOM_INTERCEPT or not within_group_correlation(comparison).variance_is_zero:
        return None
    own = comparison.structured
    if own is not None and not own.variance and str(own.correlation) == f"cs(1 | {_group_text(comparison)})":
        return own
    if comparison.design.weights is not None:
        return None
    return compound_symmetry(comparison.design, comparison.moments, reml=comparison.reml)


def _group_text(comparison: Comparison) -> str:
    """The shown grouping factor as a structure's text has it."""
    return ":".join(map(quote, comparison.grouping.columns))


def hidden_correlation_sentence(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> str:
    """Says that a variance of zero hides a negative correlation, with both standard errors; empty where it hides none."""
    fit = within_groups(comparison)
    if fit is None or fit.outcome != "converged":
        return ""
    rho = fit.residual_correlation
    assert isinstance(rho, float)
    if rho >= 0 or term not in fit.names:
        return ""
    mixed = float(inference_row(comparison, Model.RANDOM_INTERCEPT, term, frame)["se"])
    own, result = float(fit.bse[term]), within_group_correlation(comparison)
    end = -1 / (float(comparison.moments.n.max()) - 1)
    if not result.offsetting and (1 / LARGER < own / mixed < LARGER or rho < NEAR_END * end):
        return ""
    name = "the intercept" if term == comparison.constant else literal(comparison.coefficient(term).label)
    chance = (
        f"more than chance alone would bring about ({p_value(result.p_negative)})"
        if result.offsetting
        else "no more than chance alone may bring about"
    )
    return (
        f"**A variance of zero may hide a negative correlation.** The random intercept’s variance stops at 0, as if rows of "
        f"{literal(an(comparison.group))} had nothing to do with each other. With one correlation for any two of them, which may be "
        f"negative (compound symmetry), it is {number(rho, 3)}, {chance}; the standard error of "
        f"{name} is then {number(own)} instead of the {number(mixed)} of OLS and the random "
        f"intercept.{_misstated(comparison, term, rho)}"
    )


def _misstated(comparison: Comparison, term: str, rho: float) -> str:
    """Which way the error of OLS and of the random intercept misses at a correlation, by Moulton's factor; empty where it hardly does."""
    right, groups = replace(moulton(comparison, term), residual=rho).factor, literal(plural(comparison.group))
    if 0 < right < 1 / LARGER:
        missed = "" if term == comparison.constant else ", so an effect that is there may be missed"
        return (
            f" If the correlation is real, both overstate the error of the estimate that they give, {number(1 / right, 2)}-fold: it rests "
            f"mostly on comparing {groups}, whose means are steadier than independent rows would make them{missed}."
        )
    if right > LARGER:
        return (
            f" If the correlation is real, both understate the error of the estimate that they give, {number(right, 2)}-fold: it rests "
            f"mostly on comparing rows within {groups}, which lie farther apart than independent rows would."
        )
    return ""
