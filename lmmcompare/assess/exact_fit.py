"""Detection of exact fits, whose residuals are only rounding errors, so that residual checks are meaningless."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..models import MixedResult
from ..text.numbers import number
from .diagnostic_result import Diagnostic

NEXT_TO_NOTHING = 1e-4
"""A residual SD below this share of the outcome's SD is next to nothing."""


def residual_share(result: MixedResult) -> float:
    """The residual SD (of a row of average weight) over the outcome's SD."""
    return result.row_sigma / float(result.moments.scale[-1])


def is_exact(result: MixedResult) -> bool:
    """Whether the model leaves next to nothing of the outcome."""
    return not residual_share(result) >= NEXT_TO_NOTHING


def no_residuals_sentence(result: MixedResult) -> Diagnostic:
    """The sentence shown instead of a residual plot when the fit is exact up to rounding."""
    return Diagnostic(
        pd.DataFrame(),
        f"The residuals are next to nothing (SD {number(result.sigma, 2)}): there is nothing to look at.",
        "",
    )


def exact_sentence(result: MixedResult) -> str:
    """What a nearly perfect fit means; empty for an ordinary one."""
    if not is_exact(result) or result.residual_vanishes:  # which the check of the end point says
        return ""
    share = residual_share(result)
    of = f"{number(share, 2)} of the outcome’s own SD" if np.isfinite(share) else "nothing beside the outcome’s own"
    return (
        f"The fit is nearly perfect: the residual SD is {number(result.row_sigma, 2)}, {of}. Measurements hardly ever do "
        "that: was the outcome computed from the predictors, or is a row there many times? The residuals may be rounding only, so their "
        "shape, scatter and trend say nothing, and standard errors and p values built on them mean nothing either."
    )
