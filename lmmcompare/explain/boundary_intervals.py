"""What a fit on the boundary does to an interval: Satterthwaite's method takes for known what Kenward and Roger's does not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..assess.between_degrees import between_degrees
from ..comparison.comparison import Comparison
from ..errors import LmmCompareError
from ..models import MixedResult
from ..text.labels import literal, model_phrase
from ..text.numbers import number, percent
from ..work.memo import memoised
from .coefficient_words import Words
from .facts import Slope
from .inference_rows import inference_row
from .negative_correlation import within_group_correlation
from .predictor_level import Level

APART = 0.05
"""An interval is said to hang on the method where the two widths differ by this share."""


def boundary_interval(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> Slope | None:
    """Kenward and Roger's number for a coefficient whose interval in the formula's own model hangs on how a variance of 0 is counted.

    None where it does not. Of one grouping factor, where Kenward and Roger's errors cost next to nothing; none where these are shown,
    and where the variance of 0 stands for a negative correlation, which both methods miss.
    """
    fit = comparison.mixed
    if not fit.singular or not fit.converged or fit.unidentified or len(fit.factors) > 1:
        return None
    row = inference_row(comparison, comparison.formula_model, term, frame)
    if not np.isclose(float(row["df"]), float(fit.df[term])) or within_group_correlation(comparison).offsetting:
        return None
    other = _kenward_roger(fit)
    if other is None:
        return None
    result = Slope(float(fit.params[term]), *(float(values[term]) for values in other))
    wider = _reach(result) / _reach(_own(comparison, term)) - 1
    return result if not np.isnan(wider) and abs(wider) >= APART else None


def boundary_sentence(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> str:
    """Says that a coefficient's interval hangs on how a variance of 0 is counted, as `boundary_interval` finds; empty where it does not."""
    other = boundary_interval(comparison, term, frame)
    if other is None:
        return ""
    own, name = _own(comparison, term), literal(comparison.coefficient(term).label)
    wider = _reach(other) / _reach(own) - 1
    size = (
        f"interval {percent(abs(wider))} {'wider' if wider > 0 else 'narrower'}"
        if np.isfinite(wider)
        else "interval without end"
    )
    which = "the intercept" if term == comparison.constant else name
    return (
        f"**The fit of {model_phrase(comparison.formula_model)} is singular, and the interval of {which} hangs on it.** Satterthwaite’s "
        f"method takes what lies on the boundary, a variance of 0 or a correlation of ±1, for known: {number(own.df)} degrees of freedom, "
        f"standard error {number(own.se)}. Kenward and Roger’s takes it for estimated: {number(other.df)} and {number(other.se)}, an "
        f"{size}. Neither is exact there; where the variance is not really 0, Satterthwaite’s intervals of singular fits tend to "
        "hold the truth too seldom."
    )


def boundary_clause(comparison: Comparison, term: str, words: Words) -> str:
    """Another number behind an answer that is the formula's own model's; empty where its interval does not hang on the method."""
    other, how = boundary_interval(comparison, term, words.frame), "Kenward and Roger’s error"
    if other is None and not comparison.reml:
        other, how = _by_groups(comparison, term, words), f"as many degrees of freedom as {words.groups} leave (nlme)"
    return "" if other is None else f" Its fit is singular: with {how} it is {words.with_interval(other)}."


def _by_groups(comparison: Comparison, term: str, words: Words) -> Slope | None:
    """What is constant in groups with the degrees of freedom that these leave, where Kenward and Roger's method is not for the fit (ML)."""
    most, own = between_degrees(comparison.mixed), _own(comparison, term)
    if most is None or words.facts.level is not Level.BETWEEN or not own.df > most:
        return None
    return None if within_group_correlation(comparison).offsetting else Slope(own.value, own.se, most)


def _own(comparison: Comparison, term: str) -> Slope:
    """The coefficient with Satterthwaite's inference."""
    fit = comparison.mixed
    return Slope(float(fit.params[term]), float(fit.bse[term]), float(fit.df[term]))


def _reach(slope: Slope) -> float:
    """Half of the 95% interval's width."""
    return slope.interval[1] - slope.value


@memoised
def _kenward_roger(fit: MixedResult) -> tuple[pd.Series, pd.Series] | None:
    """Standard errors and degrees of freedom, where they can be had."""
    try:
        return fit.bse_kenward_roger, fit.df_kenward_roger
    except LmmCompareError:
        return None
