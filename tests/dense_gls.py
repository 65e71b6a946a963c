"""A slow generalized least squares that shares no code with the package: V built whole from its definition, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize


@dataclass
class DenseGLS:
    """y ~ N(X b, V): ``x`` (n, p), ``y`` (n,), groups, times or visits, and levels of spread of the rows."""

    x: np.ndarray
    y: np.ndarray
    group: np.ndarray
    place: np.ndarray
    level: np.ndarray
    reml: bool

    def covariance(self, kind: str, rho: float, sd: np.ndarray) -> np.ndarray:
        """V of "cs", "ar1" or "none" with SDs of the levels."""
        same = self.group[:, None] == self.group
        apart = np.abs(self.place[:, None] - self.place)
        if kind == "cs":
            correlation = np.where(same, rho, 0.0)
        elif kind == "none":
            correlation = np.zeros_like(apart)
        else:
            correlation = np.where(same, np.power(rho, np.where(same, apart, 0.0)), 0.0)
        np.fill_diagonal(correlation, 1.0)
        spread = sd[self.level]
        return correlation * np.outer(spread, spread)

    def by_visit(self, between: np.ndarray) -> np.ndarray:
        """V of a covariance between visits, ``place`` being their numbers."""
        at = self.place.astype(int)
        return np.where(self.group[:, None] == self.group, between[np.ix_(at, at)], 0.0)

    def loglik(self, v: np.ndarray) -> float:
        """The log-likelihood, restricted under REML; minus infinity where V is not positive definite."""
        values = np.linalg.eigvalsh(v)
        if values[0] <= 0:
            return -np.inf
        inverse = np.linalg.inv(v)
        information = self.x.T @ inverse @ self.x
        beta = np.linalg.solve(information, self.x.T @ inverse @ self.y)
        left = self.y - self.x @ beta
        n, p = self.x.shape
        total = np.log(values).sum() + left @ inverse @ left
        if self.reml:
            return float(-0.5 * (total + np.linalg.slogdet(information)[1] + (n - p) * np.log(2 * np.pi)))
        return float(-0.5 * (total + n * np.log(2 * np.pi)))

    def estimates(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients and their standard errors."""
        inverse = np.linalg.inv(v)
        information = np.linalg.inv(self.x.T @ inverse @ self.x)
        return information @ self.x.T @ inverse @ self.y, np.sqrt(np.diag(information))

    def best(self, kind: str, rho: float, sd: np.ndarray, low: float) -> float:
        """The highest log-likelihood that a search from the given parameters finds, rho above ``low``."""

        def loss(at: np.ndarray) -> float:
            r = low + (1 - low) / (1 + np.exp(-at[0]))
            return -self.loglik(self.covariance(kind, r, np.exp(at[1:])))

        share = (rho - low) / (1 - low)
        start = np.array([np.log(share / (1 - share)), *np.log(sd)])
        with np.errstate(all="ignore"):
            return -minimize(
                loss, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 600}
            ).fun

    def best_by_visit(self, between: np.ndarray) -> float:
        """The highest log-likelihood that a search from the given covariance finds."""
        k = len(between)
        lower = np.tril_indices(k)

        def loss(at: np.ndarray) -> float:
            root = np.zeros((k, k))
            root[lower] = at
            return -self.loglik(self.by_visit(root @ root.T))

        return -minimize(loss, np.linalg.cholesky(between)[lower], method="BFGS").fun
