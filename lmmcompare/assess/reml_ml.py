"""REML beside maximum likelihood: the variance estimates of both, and which of the two a comparison of models needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..fit.mixed import mixed
from ..models import MixedResult
from ..models.random_structures import structures
from ..text.labels import plural
from ..text.numbers import count, number, percent


@dataclass(frozen=True, eq=False)
class RemlAndMl:
    """The variances of one model by REML and by maximum likelihood.

    Parameters
    ----------
    variances : DataFrame
        ``factor, term, reml, ml, levels, constant``: of each random coefficient its factor's levels and the number of fixed
        coefficients whose columns are constant within them, the intercept among them; the residual's factor is empty and its
        term "Residual".
    n, p : int
        Rows and fixed coefficients.
    ols : tuple of float
        The residual variance of OLS, its sum of squares over ``n - p`` and over ``n``.
    """

    variances: pd.DataFrame
    n: int
    p: int
    ols: tuple[float, float]


def reml_and_ml(comparison: Comparison) -> RemlAndMl:
    """Fit the model asked for by the other method too (Patterson and Thompson 1971, Biometrika 58; Harville 1977, JASA 72)."""
    asked = comparison.mixed
    pair = {"reml" if asked.reml else "ml": asked.fit}
    pair["ml"] = asked.by_ml.fit
    if "reml" not in pair:
        one = len(asked.factors) == 1
        data = asked.moments if one else asked.crossing
        pair["reml"] = mixed(
            data,
            asked.columns,
            [b.columns for b in asked.blocks],
            reml=True,
            factors=None if one else [b.factor for b in asked.blocks],
            structures=structures(asked.blocks),
        )
    names = [(asked.factors[b.factor], name) for b in asked.blocks for name in b.names]
    result = {key: [*np.concatenate([np.diag(c) for c in fit.covariances]), fit.sigma2] for key, fit in pair.items()}
    frame = pd.DataFrame([*names, ("", "Residual")], columns=["factor", "term"])
    levels = {f: m.n_groups for f, m in zip(asked.factors, asked.crossing.factors, strict=True)}
    constant = {
        f: sum(c == CONSTANT or not m.varies_within[c] for c in asked.columns)
        for f, m in zip(asked.factors, asked.crossing.factors, strict=True)
    }
    frame = frame.assign(
        reml=result["reml"], ml=result["ml"], levels=frame["factor"].map(levels), constant=frame["factor"].map(constant)
    )
    fit = comparison.ols.fit
    return RemlAndMl(frame, comparison.design.n, len(asked.columns), (fit.rss / fit.df, fit.rss / fit.n))


def reml_sentence(comparison: Comparison, result: RemlAndMl) -> str:
    """Why the two differ, with the numbers of these data."""
    fit: MixedResult = comparison.mixed
    n, p = result.n, result.p
    known = "coefficient as if it were" if p == 1 else f"{p:,} coefficients as if they were"
    plain = (
        f"Maximum likelihood (ML) takes the {known} known, and so makes variances too small. In OLS it "
        f"would divide the squared residuals by the {n:,} rows ({number(result.ols[1])}), where {n:,} − {p} = {n - p:,} are free to vary "
        f"({number(result.ols[0])}). REML counts the coefficients that were fitted."
    )
    use = (
        f" The estimates here are by {'REML' if fit.reml else 'ML'}. Likelihoods of models with different predictors are compared "
        "by ML only, for REML’s are likelihoods of different things. Models with the same predictors may be compared by REML too."
    )
    return plain + ("" if fit.unidentified else _here(comparison, result)) + use


def _here(comparison: Comparison, result: RemlAndMl) -> str:
    """The random coefficient whose variance differs most between the two, with what it rests on."""
    random = result.variances[(result.variances["factor"] != "") & (result.variances["reml"] > 0)]
    if random.empty:
        return " Here both find no variance between the groups."
    at = random.loc[(random["ml"] / random["reml"]).idxmin()]
    groups = plural(comparison.factors[comparison.factors.index(at["factor"])])
    constant, less = int(at["constant"]), 1 - float(at["ml"] / at["reml"])
    name = (
        "" if at["term"] == comparison.constant else f" of the {comparison.coefficient(str(at['term'])).random_phrase}"
    )
    alone = constant == 1 and comparison.design.intercept
    what = "the intercept is" if alone else count(constant, "coefficient is", "coefficients are")
    own = at["term"] == comparison.constant  # what is estimated from how slopes differ is not counted
    rests = f", from whose differences {what} estimated too" if constant and own else ""
    return (
        f" Here the variance between {groups}{name} is {number(at['reml'])} by REML and {number(at['ml'])} by ML"
        f"{f', {percent(less)} less' if less >= 0.005 else ''}. It rests on {int(at['levels']):,} {groups}{rests}."
    )
