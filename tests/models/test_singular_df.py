"""Satterthwaite's degrees of freedom of a singular fit, against a dense computation; lmerTest's, where lme4 stops, are 0.45% off."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from lmmcompare import lmer

EMMEANS = {"Catholic": 1423.794, "Public": 1351.884}
"""What emmeans 1.8.4 with lmerTest gives for the two slopes, from lme4's theta."""


class Dense:
    """The REML deviance of a random intercept and slope in (theta, sigma), and the covariance of the coefficients, group by group."""

    def __init__(self, x: np.ndarray, z: np.ndarray, y: np.ndarray, groups: np.ndarray) -> None:
        whole = np.column_stack([x, y])
        rows = [np.flatnonzero(groups == k) for k in range(groups.max() + 1)]
        self.zz = np.array([z[r].T @ z[r] for r in rows])
        self.zw = np.array([z[r].T @ whole[r] for r in rows])
        self.ww, self.n, self.p = whole.T @ whole, len(y), x.shape[1]

    def _parts(self, at: np.ndarray) -> tuple[np.ndarray, float]:
        root = np.array([[at[0], 0.0], [at[1], at[2]]])
        inner, outer = np.eye(2) + root.T @ self.zz @ root, root.T @ self.zw
        left = self.ww - np.einsum("jab,jac->bc", outer, np.linalg.solve(inner, outer))
        return left, float(np.linalg.slogdet(inner)[1].sum())

    def deviance(self, at: np.ndarray) -> float:
        left, log_determinant = self._parts(at)
        p, variance = self.p, at[3] ** 2
        rest = left[p, p] - left[:p, p] @ np.linalg.solve(left[:p, :p], left[:p, p])
        fixed = np.linalg.slogdet(left[:p, :p])[1]
        return log_determinant + (self.n - p) * np.log(variance) + fixed + rest / variance

    def covariance(self, at: np.ndarray) -> np.ndarray:
        return at[3] ** 2 * np.linalg.inv(self._parts(at)[0][: self.p, : self.p])

    def df(self, at: np.ndarray, contrast: np.ndarray) -> float:
        """2 v^2 / (g' A g), with the derivatives by differences of steps h and 2 h, extrapolated."""

        def twice(h: float) -> np.ndarray:
            steps, d = h * np.eye(4), self.deviance
            return np.array(
                [[d(at + a + b) - d(at + a - b) - d(at - a + b) + d(at - a - b) for b in steps] for a in steps]
            ) / (4 * h * h)

        def once(h: float) -> np.ndarray:
            both = [(self.covariance(at + a), self.covariance(at - a)) for a in h * np.eye(4)]
            return np.array([contrast @ (up - down) @ contrast / (2 * h) for up, down in both])

        hessian, slope = (4 * twice(2e-3) - twice(4e-3)) / 3, (4 * once(1e-4) - once(2e-4)) / 3
        variance = contrast @ self.covariance(at) @ contrast
        return float(2 * variance**2 / (slope @ (2 * np.linalg.inv(hessian)) @ slope))


@pytest.mark.parametrize("sector", ["Catholic", "Public"])
def test_the_dense_computation_says_what_we_say_and_not_what_emmeans_says(table, sector):
    frame = table("hsb82")
    fit = lmer("mAch ~ ses * sector + (ses | school)", frame)
    assert fit.singular
    ses, public = frame["ses"].to_numpy(float), (frame["sector"] == "Public").to_numpy(float)
    x, z = np.column_stack([np.ones(len(ses)), ses, public, ses * public]), np.column_stack([np.ones(len(ses)), ses])
    dense = Dense(x, z, frame["mAch"].to_numpy(float), pd.factorize(frame["school"])[0])
    best = minimize(lambda u: dense.deviance(np.array([u[0], u[1], 0.0, u[2]])), [0.4, 0.1, 6.0], tol=1e-12)
    at = np.array([best.x[0], best.x[1], 0.0, best.x[2]])
    theirs = dense.df(at, np.array([0.0, 1.0, 0.0, float(sector == "Public")]))
    ours = fit.slopes("ses", "sector", ddf="satterthwaite").frame.set_index("sector").loc[sector, "df"]
    assert ours == pytest.approx(theirs, rel=2e-5)
    assert abs(EMMEANS[sector] / theirs - 1) > 0.004
