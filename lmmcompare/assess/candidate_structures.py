"""Fits of several residual structures to the rows of one comparison."""

from __future__ import annotations

import pandas as pd

from ..comparison.comparison import Comparison
from ..errors import LmmCompareError
from ..formula.correlation import Correlation
from ..formula.correlation_parser import with_residuals
from .residual_structures import StructureComparison, compare_structures

MOST_VISITS = 10
"""A free covariance between more visits than this is tried only where it was asked for."""


def fit_candidate_structures(comparison: Comparison, data: pd.DataFrame) -> StructureComparison | None:
    """Fit independent residuals, compound symmetry, the structure requested and, with few visits, a free covariance.

    All are fitted without a random part, so that they differ in the structure alone. None where no correlation was requested, and
    where only a sample of the rows is at hand.
    """
    correlation = comparison.spec.correlation
    if comparison.structured is None or correlation is None or comparison.design.is_sample:
        return None
    rows = comparison.design.rows_of(data)
    plain = with_residuals(comparison.design.spec).fixed_only().with_states(comparison.design.encoder.states)
    asked = dict.fromkeys([str(Correlation("cs", correlation.group)), str(correlation)])
    visits = correlation.order is not None and rows[correlation.order].nunique() <= MOST_VISITS
    free = str(Correlation("us", correlation.group, correlation.order)) if visits else ""
    if free and free not in asked:
        try:
            return compare_structures(plain, rows, [*asked, free], comparison.reml)
        except LmmCompareError:  # the visits cannot carry it, which nobody asked for
            pass
    return compare_structures(plain, rows, list(asked), comparison.reml)
