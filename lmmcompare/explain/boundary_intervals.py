"""What a fit on the boundary does to an interval: Satterthwaite's method takes for known what Kenward and Roger's does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from ..comparison.compare import Comparison
from ..errors import LmmCompareError
from ..models import MixedResult
from ..text.labels import literal, model_phrase
from ..text.numbers import number, percent
from ..work.memo import memoised
from .inference_rows import inference_row
from .negative_correlation import within_group_correlation

APART = 0.05
"""An interval is said to hang on the method where the two widths differ by this share."""


def boundary_sentence(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> str:
    """That a coefficient's interval in the formula's own model hangs on how a variance of 0 is counted; empty where it does not.

    Of one grouping factor, where Kenward and Roger's errors cost next to nothing; nothing is said where these are shown, and where the
    variance of 0 stands for a negative correlation, which both methods miss.
    """
    fit = comparison.mixed
    if not fit.singular or not fit.converged or fit.unidentified or len(fit.factors) > 1:
        return ""
    row = inference_row(comparison, comparison.formula_model, term, frame)
    if not np.isclose(float(row["df"]), float(fit.df[term])) or within_group_correlation(comparison).offsetting:
        return ""
    other = _kenward_roger(fit)
    if other is None:
        return ""
    se, df = (float(values[term]) for values in other)
    own_se, own_df = float(fit.bse[term]), float(fit.df[term])
    wider = float(stdtrit(df, 0.975) * se / (stdtrit(own_df, 0.975) * own_se)) - 1
    if not np.isfinite(wider) or abs(wider) < APART:
        return ""
    size = f"{percent(abs(wider))} {'wider' if wider > 0 else 'narrower'}"
    return (
        f"**The fit of {model_phrase(comparison.formula_model)} is singular, and the interval of "
        f"{literal(comparison.coefficient(term).label)} hangs on it.** Satterthwaite’s method takes what lies on the boundary, a variance "
        f"of 0 or a correlation of ±1, for known: {number(own_df)} degrees of freedom, standard error {number(own_se)}. Kenward and "
        f"Roger’s takes it for estimated: {number(df)} and {number(se)}, an interval {size}. Neither is exact there; where the variance is "
        "not really 0, Satterthwaite’s intervals of singular fits tend to hold the truth too seldom."
    )


@memoised
def _kenward_roger(fit: MixedResult) -> tuple[pd.Series, pd.Series] | None:
    """Standard errors and degrees of freedom, where they can be had."""
    try:
        return fit.bse_kenward_roger, fit.df_kenward_roger
    except LmmCompareError:
        return None
