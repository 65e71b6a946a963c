"""What coefficients are made of, row by row with whole matrices: no moments, no group sums, no code of the package.

The model matrix is built here from the frame, the weight matrix by inverting the covariance of all rows, the slopes within
by regressing on dummies, the slopes between by a weighted regression of group means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg, stats

Array = np.ndarray


@dataclass
class Dense:
    """A table's model matrix without its constant, its outcome and its groups."""

    X: Array
    y: Array
    codes: Array

    def __post_init__(self) -> None:
        self.J = int(self.codes.max()) + 1
        self.G = np.eye(self.J)[self.codes]
        self.n = self.G.sum(axis=0)
        self.Xbar = (self.G.T @ self.X) / self.n[:, None]
        self.ybar = (self.G.T @ self.y) / self.n

    @classmethod
    def of(cls, frame: pd.DataFrame, columns: Sequence[Array], outcome: str, group: str) -> Dense:
        return cls(np.column_stack(columns), frame[outcome].to_numpy(float), pd.factorize(frame[group], sort=True)[0])

    def within_ss(self) -> Array:
        return ((self.X - self.Xbar[self.codes]) ** 2).sum(axis=0)

    def total_ss(self) -> Array:
        return ((self.X - self.X.mean(axis=0)) ** 2).sum(axis=0)

    def covariance(self, ratio: float) -> Array:
        """V over the residual variance, for a variance between groups of ``ratio`` residual variances."""
        return np.eye(len(self.y)) + ratio * self.G @ self.G.T

    def parts(self, ratio: float) -> tuple[Array, Array]:
        """W and the coefficients at a variance ratio."""
        inverse = np.linalg.inv(self.covariance(ratio))
        one = np.ones(len(self.y))
        level = inverse - np.outer(inverse @ one, inverse @ one) / (one @ inverse @ one)
        total = self.X.T @ level @ self.X
        apart = self.X - self.Xbar[self.codes]
        apart[:, self.within_ss() < 1e-12 * self.total_ss()] = 0.0
        return np.linalg.solve(total, apart.T @ apart), np.linalg.solve(total, self.X.T @ level @ self.y)

    def within(self) -> Array:
        """The dummies' slopes, NaN for columns that are constant in groups."""
        varies = self.within_ss() > 1e-12 * self.total_ss()
        slopes = np.full(self.X.shape[1], np.nan)
        whole = np.column_stack([self.X[:, varies], self.G])
        slopes[varies] = np.linalg.lstsq(whole, self.y, rcond=None)[0][: varies.sum()]
        return slopes

    def between(self, ratio: float, told: float | None = None, least: float = 0.0) -> tuple[Array, Array]:
        """Slopes of the group means with their standard errors; NaN where the means do not identify one.

        The means are weighed as at a variance ratio, and vary as at another one, the same when left out: the errors are a sandwich,
        scaled by the means' residuals under the weights that suit, or to ``least`` where these are less.
        """
        moving = self.Xbar.std(axis=0) > 1e-9
        w = self.n / (1 + self.n * ratio)
        design = np.column_stack([np.ones(self.J), self.Xbar[:, moving]]) * np.sqrt(w)[:, None]
        size = np.sqrt((design**2).sum(axis=0))
        unknown = linalg.null_space(design / size, rcond=1e-6)
        outcome = self.ybar * np.sqrt(w)
        beta, _, rank, _ = linalg.lstsq(design / size, outcome, cond=1e-6)
        v = 1 / self.n + (ratio if told is None else told)
        means = np.column_stack([np.ones(self.J), self.Xbar[:, moving]])
        suited = means / np.sqrt(v)[:, None]
        rest = self.ybar / np.sqrt(v) - suited @ np.linalg.lstsq(suited, self.ybar / np.sqrt(v), rcond=1e-6)[0]
        spread = np.linalg.pinv(design / size, rcond=1e-6) * np.sqrt(w)
        errors = np.nan * beta
        if rank < self.J:
            errors = np.sqrt(np.diag(spread @ np.diag(v) @ spread.T) * max(rest @ rest / (self.J - rank), least))
        known = (np.abs(unknown) < 1e-5).all(axis=1)
        slopes, se = np.full(len(moving), np.nan), np.full(len(moving), np.nan)
        slopes[moving], se[moving] = (np.where(known, v / size, np.nan)[1:] for v in (beta, errors))
        return slopes, se

    def between_only(self, k: int, slopes: Array, ratio: float) -> float:
        """Coefficient k of the regression of cleared group means on the columns that are constant in groups."""
        inner = self.within_ss() > 1e-12 * self.total_ss()
        w = self.n / (1 + self.n * ratio)
        design = np.column_stack([np.ones(self.J), self.Xbar[:, ~inner]]) * np.sqrt(w)[:, None]
        cleared = (self.ybar - self.Xbar[:, inner] @ slopes[inner]) * np.sqrt(w)
        return float(np.linalg.lstsq(design, cleared, rcond=None)[0][1 + list(np.flatnonzero(~inner)).index(k)])

    def residual_correlation(self) -> float:
        """Mean product of the OLS residuals of two rows of one group, over their variance."""
        whole = np.column_stack([np.ones(len(self.y)), self.X])
        e = self.y - whole @ np.linalg.lstsq(whole, self.y, rcond=None)[0]
        same = self.G @ self.G.T - np.eye(len(self.y))
        return float(e @ same @ e / same.sum() / (e @ e / len(e)))

    def p_less_alike(self) -> float:
        """Lower tail of the F test of the dummies given the predictors."""

        def rss(design: Array) -> tuple[float, int]:
            beta, _, rank, _ = np.linalg.lstsq(design, self.y, rcond=1e-10)
            return float(((self.y - design @ beta) ** 2).sum()), int(rank)

        small, p = rss(np.column_stack([np.ones(len(self.y)), self.X]))
        large, q = rss(np.column_stack([self.G, self.X]))
        df = len(self.y) - q
        return float(stats.f.cdf((small - large) / (q - p) / (large / df), q - p, df))

    def moulton(self, k: int) -> float:
        """What OLS's standard error of column k is to be multiplied by if rows of a group are equally correlated."""
        others = np.column_stack([np.ones(len(self.y)), np.delete(self.X, k, axis=1)])
        r = self.X[:, k] - others @ np.linalg.lstsq(others, self.X[:, k], rcond=None)[0]
        rho = self.residual_correlation()
        spread = np.eye(len(self.y)) * (1 - rho) + rho * self.G @ self.G.T
        return float(np.sqrt(max(r @ spread @ r, 0.0) / (r @ r)))
