"""Confidence limits of the models' population lines."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..models import NoPoolingResult, OLSResult, Result
from ..models.small_sample import SmallSampleResult

ALPHA = 0.05


def limits(fit: Result, columns: list[Array], centre: Array) -> tuple[Array, Array]:
    """Pointwise 95% limits of a model's fixed part, at values of the design's columns.

    OLS uses its usual standard errors, a model with estimated variances Satterthwaite's degrees of freedom at each point.

    Parameters
    ----------
    fit : Result
    columns : list of (n,) arrays
        The design's columns at each point.
    centre : (n,) array
        The line.

    Returns
    -------
    (n,) array, (n,) array
        Lower and upper limits; NaN for a model whose population lines have no limits.
    """
    unknown = np.full(len(centre), np.nan)
    if not len(fit.columns) or isinstance(fit, NoPoolingResult) or not isinstance(fit, OLSResult | SmallSampleResult):
        return unknown, unknown
    rows = np.column_stack([np.ones(len(centre)) if k == CONSTANT else columns[k] for k in fit.columns])
    if isinstance(fit, SmallSampleResult):
        small = fit.satterthwaite
        units = rows @ small.to_units
        variance, df = np.einsum("ra,ab,rb->r", units, small.vcov, units), small.df(rows)
    else:
        variance = np.einsum("ra,ab,rb->r", rows, fit.cov_params().to_numpy(), rows)
        df = np.full(len(rows), float(fit.df_resid))
    reach = stdtrit(np.maximum(df, 1.0), 1 - ALPHA / 2) * np.sqrt(np.maximum(variance, 0.0))
    return centre - reach, centre + reach
