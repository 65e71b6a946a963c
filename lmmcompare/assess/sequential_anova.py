"""The ANOVA table of least squares as R's ``anova`` of an ``lm`` prints it: terms added one after the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from ..design.coefficients import CONSTANT
from ..errors import DesignError
from ..fit.linear import ols
from ..models import NoPoolingResult, OLSResult

RESIDUALS = "Residuals"
"""What the last row is called."""


def sequential_anova(result: OLSResult) -> pd.DataFrame:
    """Sums of squares of type I: what each term explains beyond those before it, in the order of the formula.

    The dummies of group come last: theirs is what is left to explain between groups when the predictors have had their share.
    A term that is a combination of those before it has no row, as in R.

    Returns
    -------
    DataFrame
        A row a term and one of `RESIDUALS`: ``term, df, sum_sq, mean_sq, F, p``; the last has neither F nor p.

    Raises
    ------
    DesignError
        With standard errors clustered by a column: sums of squares know nothing of clusters.
    """
    if result.cluster:
        raise DesignError(
            f"Sums of squares know nothing of standard errors clustered by “{result.cluster}”.",
            "Fit least squares without clusters.",
        )
    design = result.design
    dummies = isinstance(result, NoPoolingResult)
    columns = [CONSTANT] if design.intercept or dummies else []
    names, left, ranks = [], [result.fit.tss], [len(columns)]
    for term in design.spec.terms:
        columns += design.terms[str(term)]
        fit = ols(result.moments, columns)
        names.append(str(term))
        left.append(fit.rss)
        ranks.append(fit.rank)
    if dummies:
        assert design.grouping is not None
        names.append(design.grouping.name)
        left.append(result.fit.rss)
        ranks.append(result.fit.rank)
    df = np.append(np.diff(ranks), result.df_resid)
    sum_sq = np.append(np.maximum(-np.diff(left), 0.0), result.fit.rss)
    frame = pd.DataFrame({"term": [*names, RESIDUALS], "df": df, "sum_sq": sum_sq})
    last = np.arange(len(df)) == len(df) - 1  # a column of the table may be called as this row is
    frame, last = frame[last | (df > 0)].reset_index(drop=True), last[last | (df > 0)]
    frame["mean_sq"] = frame["sum_sq"] / frame["df"]
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["F"] = (frame["mean_sq"] / result.scale).where(~last)
    frame["p"] = fdtrc(frame["df"], result.df_resid, frame["F"])
    return frame
