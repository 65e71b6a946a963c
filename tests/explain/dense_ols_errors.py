"""OLS's standard errors where the rows' covariance matrix is the mixed model's, built whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lmmcompare.comparison.comparison import Comparison


def dense_ols_errors(
    comparison: Comparison, frame: pd.DataFrame, fixed: np.ndarray, random: dict, weights=1.0
) -> np.ndarray:
    """The same from ``X``, ``Z`` and the residual variance of each row."""
    mixed, root = comparison.mixed, np.sqrt(weights) * np.ones(len(frame))
    v = np.diag(mixed.sigma**2 / root**2)
    for factor, z in random.items():
        alike = frame[factor].to_numpy()[:, None] == frame[factor].to_numpy()
        v += alike * (z @ mixed.cov_re[factor].to_numpy() @ z.T)
    hat = np.linalg.solve(fixed.T @ (fixed * root[:, None] ** 2), (fixed * root[:, None] ** 2).T)
    return np.sqrt(np.diag(hat @ v @ hat.T))
