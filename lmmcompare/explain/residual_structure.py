"""What a structure of the residuals changes, in sentences from numbers: a trend within groups, and a variance of zero."""

from __future__ import annotations

import pandas as pd

from ..catalogue import Model
from ..comparison.compare import Comparison
from ..formula.spec import columns_of, quote
from ..models.gls import GLSResult
from ..models.gls_fitting import compound_symmetry
from ..text.labels import an, literal, noun, plural
from ..text.memo import once
from ..text.numbers import number, p_value
from .inference_rows import inference_row
from .negative_correlation import within_group_correlation

LARGER = 1.05
"""A standard error is said to be larger where it is so by 5%."""
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


def structure_sentences(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> list[str]:
    """What a reader must know of the residuals for a coefficient, as Markdown; empty where there is nothing to say.

    Parameters
    ----------
    comparison : Comparison
    term : str
    frame : DataFrame, optional
        The coefficients with the inference chosen, as `Comparison.coefficients` gives them.
    """
    if not comparison.terms:
        return []
    return [s for s in (trend_sentence(comparison, term, frame), hidden_sentence(comparison, term, frame)) if s]


def trend_sentence(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> str:
    """That a random intercept makes the error of a trend within groups too small where neighbours in time are alike.

    Said where serial correlation is fitted beside a random intercept, AIC prefers it, it is positive, and the coefficient is one
    of time's, with both standard errors.
    """
    fit = comparison.structured
    if fit is None or fit.correlation is None or fit.correlation.kind not in SERIAL or not fit.cov_re:
        return ""
    if comparison.asked != Model.RANDOM_INTERCEPT or not _is_trend(comparison, term, fit.correlation.order or ""):
        return ""
    models = (Model.RANDOM_INTERCEPT, Model.STRUCTURED)
    plain, serial = (float(inference_row(comparison, m, term, frame)["se"]) for m in models)
    aic = comparison.statistics().set_index("model")["aic"]
    rho = fit.residual_correlation
    assert isinstance(rho, float)
    if rho <= 0 or serial < LARGER * plain or aic[models[0]] - aic[models[1]] < BETTER or not fit.converged:
        return ""
    one, many = literal(noun(comparison.group)), literal(plural(comparison.group))
    order = literal(fit.correlation.order or "")
    return (
        f"**A trend within {many} is known less well than a random intercept says.** A random intercept repairs the standard error of "
        f"what differs between {many}, but it takes the rows of one {one} for independent once its level is allowed for. Here "
        f"neighbours in {order} resemble each other beyond that (the residuals’ correlation one unit of {order} apart is "
        f"{number(rho, 2)}): the standard error of {literal(comparison.coefficient(term).label)} is {number(plain)} with the random "
        f"intercept alone and {number(serial)} with serially correlated residuals beside it. Random slopes are another way to allow for "
        "it; AIC, below, ranks the two."
    )


def _is_trend(comparison: Comparison, term: str, order: str) -> bool:
    """Whether a coefficient's own term contains the column of times, and it varies within groups."""
    design = comparison.design
    if term not in design.names[:-1]:
        return False
    column = design.names.index(term)
    terms = [t for t in comparison.spec.terms if column in design.terms[str(t)]]
    timed = any(order in columns_of(factor) for t in terms for factor in t.factors)
    return timed and bool(comparison.moments.varies_within[column])


@once
def within_groups(comparison: Comparison) -> GLSResult | None:
    """One correlation within groups, of either sign, where a random intercept's variance ends at 0; None elsewhere.

    Where it is the structure asked for, that fit.
    """
    if comparison.asked != Model.RANDOM_INTERCEPT or not within_group_correlation(comparison).variance_is_zero:
        return None
    own = comparison.structured
    if own is not None and not own.variance and str(own.correlation) == f"cs(1 | {_group_text(comparison)})":
        return own
    if comparison.design.weights is not None:
        return None
    return compound_symmetry(comparison.design, comparison.moments, reml=comparison.reml)


def _group_text(comparison: Comparison) -> str:
    """The shown grouping factor as a structure's text has it."""
    assert comparison.design.grouping is not None
    return ":".join(map(quote, comparison.design.grouping.columns))


def hidden_sentence(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> str:
    """That a variance of zero hides a negative correlation, with both standard errors; empty where it hides none."""
    fit = within_groups(comparison)
    if fit is None or fit.outcome != "converged":
        return ""
    rho = fit.residual_correlation
    assert isinstance(rho, float)
    if rho >= 0 or term not in fit.names:
        return ""
    mixed = float(inference_row(comparison, Model.RANDOM_INTERCEPT, term, frame)["se"])
    own, result = float(fit.bse[term]), within_group_correlation(comparison)
    chance = (
        f"more than chance alone would bring about ({p_value(result.p_negative)})"
        if result.offsetting
        else "no more than chance alone may bring about"
    )
    return (
        f"**A variance of zero may hide a negative correlation.** The random intercept’s variance stops at 0, as if rows of "
        f"{literal(an(comparison.group))} had nothing to do with each other. With one correlation for any two of them, which may be "
        f"negative (compound symmetry), it is {number(rho, 3)}, {chance}; the standard error of "
        f"{literal(comparison.coefficient(term).label)} is then {number(own)} instead of the mixed model’s {number(mixed)}."
    )
