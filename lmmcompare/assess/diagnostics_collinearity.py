"""Collinearity of the predictors: what they share costs precision."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..models import MixedResult
from ..text.numbers import multiple, number
from .diagnostic_result import Diagnostic

EXHAUSTED = 1e4
"""A condition number beyond this leaves too few digits: it is the square that a fit from cross-products works with."""
LARGE = 5.0
"""A variance inflation factor that is called large (many say 10)."""


def collinearity(result: MixedResult) -> Diagnostic:
    """Variance inflation of each term, from the coefficients' covariance matrix, and the predictors' condition number.

    With R the correlation matrix of the coefficients but the intercept, a term's generalised factor is
    ``det R_11 det R_22 / det R`` (Fox and Monette 1992, J. Am. Stat. Assoc. 87, eq. 7), which for one coefficient is the
    usual VIF; ``vif`` is its root of the order of the term's coefficients, so that terms compare. The condition number
    (Belsley, Kuh and Welsch 1980) is of the predictors as this model weighs them, as the factors are: the root of the ratio of
    the eigenvalues of R^-1, scaled to a diagonal of 1. What is alike within groups only is far from alike over all rows.

    Returns
    -------
    Diagnostic
        ``frame``: a row per term, ``term, coefficients, gvif, vif, se_factor`` (by how much its standard errors are larger).
    """
    slopes = [i for i, k in enumerate(result.columns) if k != CONSTANT]
    well = (
        "If the predictors were unrelated, every variance inflation factor (VIF) would be 1. Above 5 to 10 the data hardly tell a "
        "term's effect from the others'; the estimates are not biased by it."
    )
    if any(len(c.parts) > 1 for c in result.coefficients):
        well += " Those of an interaction and of what it is made of say less: they depend on where 0 is and on which category is first."
    if len(slopes) < 2:
        empty = pd.DataFrame({"term": [], "coefficients": [], "gvif": [], "vif": [], "se_factor": []})
        return Diagnostic(empty, "There are fewer than two predictors, so nothing is shared.", well)
    covariance = result.cov_params().to_numpy()[np.ix_(slopes, slopes)]
    size = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(size, size)
    rows, whole = [], np.linalg.slogdet(correlation)[1]
    for term, members in _terms(result, slopes):
        others = [i for i in range(len(slopes)) if i not in members]
        parts = [np.linalg.slogdet(correlation[np.ix_(own, own)])[1] for own in (members, others) if own]
        gvif = float(np.exp(sum(parts) - whole))
        vif = gvif ** (1 / len(members))
        rows.append((term, len(members), gvif, vif, np.sqrt(vif)))
    frame = pd.DataFrame(rows, columns=["term", "coefficients", "gvif", "vif", "se_factor"])
    worst, value = frame.loc[frame["vif"].idxmax()], _condition(np.linalg.inv(correlation))
    condition = number(value, 2)
    labels = result.design.term_labels | {c.name: c.label for c in result.coefficients if c.mean_of}
    name = labels[str(worst["term"])]
    sentence = (
        f"The largest variance inflation factor is {number(worst['vif'], 2)}, of {name}: what it shares with "
        f"the other predictors makes its standard error {multiple(worst['se_factor'])} times as large. The condition number is "
        f"{condition}{', where 30 and more is called severe' if worst['vif'] > LARGE else ''}."
    )
    if worst["vif"] > LARGE and _has_products(result):
        sentence += (
            " A product of predictors that are not centred goes along with them: with the predictors centred, the model and the product’s "
            "own error stay the same, and its factor is far smaller as a rule."
        )
    if worst["vif"] > LARGE and _has_interacting_categories(result):
        sentence += (
            " Categories are compared with the first of their factor, so the columns of an interaction go along with those that it is "
            "made of in any design, a balanced one too: neither type III tests nor predictions depend on that coding."
        )
    if max(value, _condition(_products(result, slopes))) > EXHAUSTED:
        sentence += (
            " That is so near to an exact combination that digits run out: standard errors and degrees of freedom of these coefficients "
            "may be off by several percent. Put the difference of two such predictors in the place of one of them."
        )
    return Diagnostic(frame, sentence, well)


def _has_products(result: MixedResult) -> bool:
    """Whether a predictor of numbers stands in an interaction."""
    return any(len(c.parts) > 1 and any(part.level is None for part in c.parts) for c in result.coefficients)


def _has_interacting_categories(result: MixedResult) -> bool:
    """Whether categories of two factors, each compared with its first, stand in an interaction."""
    return any(sum(part.baseline is not None for part in c.parts) > 1 for c in result.coefficients)


def _terms(result: MixedResult, slopes: list[int]) -> list[tuple[str, list[int]]]:
    """Each term of the fixed part with the places of its coefficients among the slopes; group means each by itself."""
    place = {result.columns[i]: at for at, i in enumerate(slopes)}
    members = [(term, [place[k] for k in columns if k in place]) for term, columns in result.design.terms.items()]
    named = {at for _, members in members for at in members}
    alone = [(result.names[i], [at]) for at, i in enumerate(slopes) if at not in named]
    return [(term, members) for term, members in members if members] + alone


def _products(result: MixedResult, slopes: list[int]) -> Array:
    """The predictors' cross-products over all rows, about their means where there is an intercept."""
    index = [result.columns[i] for i in slopes]
    moments = result.moments
    products = (moments.within_total + moments.between_total)[np.ix_(index, index)]
    if CONSTANT not in result.columns:  # nothing takes the columns' means out
        means = moments.center[index] / moments.scale[index]
        products = products + float(moments.w.sum()) * np.outer(means, means)
    return products


def _condition(products: Array) -> float:
    """The root of the ratio of the eigenvalues of cross-products, scaled to a diagonal of 1."""
    size = np.sqrt(np.diag(products))
    values = np.linalg.eigvalsh(products / np.outer(size, size))
    # below this the smallest eigenvalue is rounding
    return float(np.sqrt(values[-1] / max(values[0], np.finfo(float).eps * values[-1])))
