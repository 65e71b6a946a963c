"""Coefficients of the within-between model that hold nowhere near the data."""

from __future__ import annotations

from ..model_catalogue import Model
from ..models import MixedResult
from ..work.memo import memoised
from .comparison import Comparison


@memoised
def extrapolated_terms(comparison: Comparison) -> frozenset[str]:
    """Coefficients of the within-between model that are extrapolations and therefore left out of all tables and pictures.

    They hold where group means of an interaction are 0, far from any group. For example an arm that never changes in a patient is
    also part of the group mean of ``week:arm``, which is that arm's mean week: holding this mean at 0 compares patients that do
    not exist in the data.
    """
    fit = comparison.fits.get(Model.WITHIN_BETWEEN)
    if not isinstance(fit, MixedResult):
        return frozenset()
    columns, varies = comparison.design.columns, comparison.moments.varies_within
    joined = [{str(part.factor) for part in columns[k].parts} for k in fit.means_of]
    fixed = [k for k in comparison.design.fixed if not varies[k]]
    return frozenset(
        comparison.design.names[k]
        for k in fixed
        if any({str(part.factor) for part in columns[k].parts} < factors for factors in joined)
    )
