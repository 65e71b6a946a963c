"""A coefficient that the data hardly tell from the others': its variance inflation factor, beside the answer."""

from __future__ import annotations

import numpy as np

from ..assess.diagnostics_collinearity import collinearity
from ..comparison.comparison import Comparison
from ..text.labels import literal, model_phrase
from ..text.numbers import multiple, number
from ..work.memo import memoised
from .curve_terms import curve_of
from .effect_phrases import held_at_zero, term_of

LARGE = 10.0
"""A variance inflation factor beyond which it is said beside the answer."""


@memoised
def collinear_sentence(comparison: Comparison, term: str) -> str:
    """What a coefficient's collinearity costs; empty where its variance inflation factor is at most `LARGE`.

    Nothing is said of products, curves and what these are made of: their factors depend on where 0 is, not on what the data tell.
    """
    own = term_of(comparison, term)
    if own is None or len(own.factors) > 1 or curve_of(comparison, term) or held_at_zero(comparison, term):
        return ""
    fit = comparison.mixed
    frame = collinearity(fit).frame.set_index("term")
    if str(own) not in frame.index or term not in fit.names or not frame.loc[str(own), "vif"] > LARGE:
        return ""
    row, label = frame.loc[str(own)], literal(comparison.coefficient(term).label)
    covariance = fit.cov_params()
    size = np.sqrt(np.diag(covariance))
    mine = comparison.design.terms[str(own)]
    others = [n for n, k in zip(fit.names, fit.columns, strict=True) if k >= 0 and k not in mine]
    shared = (covariance.loc[term] / (size * size[fit.names.index(term)]))[others].abs()
    partner = literal(comparison.coefficient(str(shared.idxmax())).label)
    along = partner if len(others) == 1 else f"other predictors, {partner} above all"
    return (
        f"{label} goes along with {along}: its variance inflation factor is {number(row['vif'], 2)}, so its "
        f"standard error in {model_phrase(comparison.formula_model)} is {multiple(row['se_factor'])} times what it would be were they "
        "unrelated. That is no bias: the data hold little that tells them apart."
    )
