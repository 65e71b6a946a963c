"""OLS with each kind of cluster-robust errors that a comparison can have."""

from __future__ import annotations

import pandas as pd

from ..comparison.comparison import Comparison
from ..errors import DesignError
from ..inference.robust import KINDS, Kind
from ..inference.t_tests import t_tests


def robust_kinds(comparison: Comparison) -> list[Kind]:
    """The cluster-robust errors that OLS can have: CR3 needs every coefficient to be there without any one cluster."""
    result: list[Kind] = []
    for kind in KINDS:
        try:
            comparison.ols.robust(kind)
        except DesignError:
            continue
        result.append(kind)
    return result


def other_robust_errors(comparison: Comparison, in_table: Kind) -> list[pd.DataFrame]:
    """OLS with the cluster-robust errors of the kinds that are not in the table."""
    ols, result = comparison.ols, []
    for kind in (k for k in robust_kinds(comparison) if k != in_table):
        robust, estimate = ols.robust(kind), ols.params.to_numpy()
        columns = t_tests(estimate, robust.se, robust.df)
        result.append(pd.DataFrame({"model": f"ols_{kind}", "term": ols.names, **columns}))
    return result
