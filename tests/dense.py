"""A slow mixed model that shares no code with the package: y ~ N(X b, s2 H), H = I + Z Psi Z', all built whole.

Psi is the covariance of the random coefficients relative to s2, one block for each random term. Nothing is centred,
scaled, profiled by groups or updated: whatever can be is left to one dense inverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize


@dataclass
class Fit:
    """Everything at one Psi."""

    criterion: float
    beta: np.ndarray
    vcov: np.ndarray
    sigma2: float
    modes: np.ndarray


class Dense:
    """The model of ``y ~ fixed + (block | group) + ...``; a column named "1" is the constant.

    Parameters
    ----------
    frame : DataFrame
    outcome, group : str
    fixed : sequence of str
        Columns of the fixed part; text columns become treatment dummies.
    blocks : sequence of sequences of str
        Columns of each block of correlated random coefficients.
    """

    def __init__(
        self, frame: pd.DataFrame, outcome: str, fixed: Sequence[str], blocks: Sequence[Sequence[str]], group: str
    ) -> None:
        self.y = frame[outcome].to_numpy(dtype=float)
        self.X = np.column_stack([c for name in fixed for c in _columns(frame, name)])
        levels = sorted(frame[group].unique())
        member = np.column_stack([(frame[group] == level).to_numpy(dtype=float) for level in levels])
        self.blocks = [np.column_stack([c for name in block for c in _columns(frame, name)]) for block in blocks]
        self.sizes = [b.shape[1] for b in self.blocks]
        self.Z = [[b * member[:, [j]] for j in range(len(levels))] for b in self.blocks]

    def psi(self, theta: Sequence[float]) -> list[np.ndarray]:
        """Relative covariance of each block; theta lists the blocks' lower factors column by column."""
        found, values = [], list(theta)
        for size in self.sizes:
            factor = np.zeros((size, size))
            for j in range(size):
                for i in range(j, size):
                    factor[i, j] = values.pop(0)
            found.append(factor @ factor.T)
        return found

    def fit(self, psi: Sequence[np.ndarray], reml: bool) -> Fit:
        """The criterion with the fixed effects and s2 at their best for this Psi, and what goes with them."""
        n, p = self.X.shape
        h = np.eye(n)
        for parts, covariance in zip(self.Z, psi, strict=True):
            for z in parts:
                h += z @ covariance @ z.T
        inverse = np.linalg.inv(h)
        information = self.X.T @ inverse @ self.X
        beta = np.linalg.solve(information, self.X.T @ inverse @ self.y)
        residual = self.y - self.X @ beta
        df = n - p if reml else n
        sigma2 = residual @ inverse @ residual / df
        criterion = df * np.log(2 * np.pi * sigma2) + np.linalg.slogdet(h)[1] + df
        if reml:
            criterion += np.linalg.slogdet(information)[1]
        modes = [
            np.array([covariance @ z.T @ inverse @ residual for z in parts])
            for parts, covariance in zip(self.Z, psi, strict=True)
        ]
        return Fit(criterion, beta, sigma2 * np.linalg.inv(information), sigma2, np.column_stack(modes))

    def criterion(self, theta: Sequence[float], reml: bool) -> float:
        return self.fit(self.psi(theta), reml).criterion

    def gradient(self, theta: np.ndarray, reml: bool, step: float = 1e-5) -> np.ndarray:
        """By central differences."""
        found = np.empty(len(theta))
        for k in range(len(theta)):
            up, down = np.array(theta, dtype=float), np.array(theta, dtype=float)
            up[k] += step
            down[k] -= step
            found[k] = (self.criterion(up, reml) - self.criterion(down, reml)) / (2 * step)
        return found

    def best(self, reml: bool, starts: Sequence[float] = (0.1, 1.0)) -> float:
        """The lowest criterion that a derivative-free search finds from several starts."""
        identity = np.concatenate([np.eye(s)[np.triu_indices(s)] for s in self.sizes])
        found = [
            minimize(self.criterion, start * identity, args=(reml,), method="Nelder-Mead",
                     options={"xatol": 1e-5, "fatol": 1e-8, "maxiter": 600}).fun
            for start in starts
        ]  # fmt: skip
        return float(min(found))


def _columns(frame: pd.DataFrame, name: str) -> list[np.ndarray]:
    if name == "1":
        return [np.ones(len(frame))]
    if pd.api.types.is_numeric_dtype(frame[name]):
        return [frame[name].to_numpy(dtype=float)]
    levels = sorted(frame[name].unique())
    return [(frame[name] == level).to_numpy(dtype=float) for level in levels[1:]]
