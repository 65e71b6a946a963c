"""Every group's part in a coefficient, and what more rows would do for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..comparison.shrinkage import shrinkage
from ..design.coefficients import CONSTANT
from ..errors import DesignError
from ..inference.influence import leave_one_group_out
from ..model_catalogue import Model
from ..work.memo import memoised
from .gap_decomposition import attribution, weight_shares


@memoised
def groups_frame(comparison: Comparison, term: str) -> pd.DataFrame:
    """Every group: rows, weight in OLS's and the mixed model's coefficient, part in the gap, shrinkage, influence.

    The mixed model is that of the shown grouping factor alone; ``kept`` is the weight on the group's own rows in its
    random effect, NaN where that is a matrix and not a number (a random slope); ``influence`` is by how much the mixed
    model's coefficient would change if the group were left out.
    """
    gap, fit = attribution(comparison, term), comparison.one_factor
    keep = np.full(len(gap), np.nan)
    if fit.random_columns == [CONSTANT]:
        keep = shrinkage(fit)["weight"].to_numpy()
    try:
        without = leave_one_group_out(fit.fit, fit.moments, fit.columns).beta[fit.names.index(term)]
    except DesignError:  # too many groups to fit without each
        without = np.full(len(gap), np.nan)
    return pd.DataFrame(
        {
            "group": gap["group"],
            "n": gap["n"],
            "weight_ols": weight_shares(comparison, term, Model.OLS),
            "weight_mixed": weight_shares(comparison, term, comparison.one_factor_model),
            "pull": gap["total"],
            "share": gap["share"],
            "kept": keep,
            "influence": without - float(fit.params[term]),
        }
    )


def pooling_weight(comparison: Comparison, n: float, sd: float) -> float:
    """The weight on a group's own rows if it had ``n`` of them, with residual SD ``sd``, at the fitted variances."""
    fit = comparison.random_intercept
    tau2 = float(fit.cov_re[fit.group].to_numpy()[0, 0])
    return n * tau2 / (n * tau2 + sd**2) if tau2 > 0 else 0.0
