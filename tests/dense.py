"""A slow mixed model that shares no code with the package: y ~ N(X b, s2 H), H = I + sum of Z Psi Z', all built whole.

Psi is the covariance of the random coefficients relative to s2, one for each block of a random term; blocks may belong
to different grouping factors, crossed or nested. Nothing is centred, scaled, profiled by groups, eliminated factor by
factor or updated: whatever can be is left to one dense inverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize


@dataclass
class Fit:
    """Everything at one Psi; ``effects`` and ``effect_covariances`` have an entry a block, (J, k) and (J, k, k)."""

    criterion: float
    beta: np.ndarray
    vcov: np.ndarray
    sigma2: float
    effects: list[np.ndarray]
    effect_covariances: list[np.ndarray]
    condition: float

    @property
    def modes(self) -> np.ndarray:
        """The conditional modes of one grouping factor's blocks side by side, (J, k)."""
        return np.column_stack(self.effects)


class Dense:
    """The model of ``y ~ fixed + (block | group) + ...``; a column named "1" is the constant.

    Parameters
    ----------
    frame : DataFrame
    outcome : str
    fixed : sequence of str
        Columns of the fixed part; text columns become treatment dummies.
    blocks : sequence of sequences of str
        Columns of each block of correlated random coefficients.
    group : str or sequence of str
        The grouping factor, or one for each block; ``a:b`` are the combinations of two columns.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        outcome: str,
        fixed: Sequence[str],
        blocks: Sequence[Sequence[str]],
        group: str | Sequence[str],
    ) -> None:
        self.y = frame[outcome].to_numpy(dtype=float)
        self.X = np.column_stack([c for name in fixed for c in _columns(frame, name)])
        self.blocks = [np.column_stack([c for name in block for c in _columns(frame, name)]) for block in blocks]
        self.sizes = [b.shape[1] for b in self.blocks]
        self.groups = [group] * len(blocks) if isinstance(group, str) else list(group)
        self.codes = [_codes(frame, name) for name in self.groups]
        self.Z = [
            [b * (codes == j)[:, None] for j in range(codes.max() + 1)]
            for b, codes in zip(self.blocks, self.codes, strict=True)
        ]

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

    def h(self, psi: Sequence[np.ndarray]) -> np.ndarray:
        """The outcome's covariance over s2: rows of one level share Z Psi Z', rows of different ones nothing."""
        found = np.eye(len(self.y))
        for block, codes, covariance in zip(self.blocks, self.codes, psi, strict=True):
            found += (codes[:, None] == codes) * (block @ covariance @ block.T)
        return found

    def fit(self, psi: Sequence[np.ndarray], reml: bool) -> Fit:
        """The criterion with the fixed effects and s2 at their best for this Psi, and what goes with them."""
        h = self.h(psi)
        criterion, beta, sigma2, information, inverse = self._profiled(h, reml)
        residual = inverse @ (self.y - self.X @ beta)
        effects = [
            np.array([covariance @ z.T @ residual for z in parts])
            for parts, covariance in zip(self.Z, psi, strict=True)
        ]
        spreads = [
            sigma2 * np.array([covariance - covariance @ z.T @ inverse @ z @ covariance for z in parts])
            for parts, covariance in zip(self.Z, psi, strict=True)
        ]
        vcov = sigma2 * np.linalg.inv(information)
        return Fit(criterion, beta, vcov, sigma2, effects, spreads, float(np.linalg.cond(h)))

    def criterion(self, theta: Sequence[float], reml: bool) -> float:
        return self._profiled(self.h(self.psi(theta)), reml)[0]

    def _profiled(self, h: np.ndarray, reml: bool) -> tuple[float, np.ndarray, float, np.ndarray, np.ndarray]:
        n, p = self.X.shape
        inverse = np.linalg.inv(h)
        information = self.X.T @ inverse @ self.X
        beta = np.linalg.solve(information, self.X.T @ inverse @ self.y)
        residual = self.y - self.X @ beta
        df = n - p if reml else n
        sigma2 = residual @ inverse @ residual / df
        criterion = df * np.log(2 * np.pi * sigma2) + np.linalg.slogdet(h)[1] + df
        if reml:
            criterion += np.linalg.slogdet(information)[1]
        return criterion, beta, sigma2, information, inverse

    def gradient(self, theta: np.ndarray, reml: bool, step: float = 1e-5) -> np.ndarray:
        """By central differences."""
        found = np.empty(len(theta))
        for k in range(len(theta)):
            up, down = np.array(theta, dtype=float), np.array(theta, dtype=float)
            up[k] += step
            down[k] -= step
            found[k] = (self.criterion(up, reml) - self.criterion(down, reml)) / (2 * step)
        return found

    def identity(self) -> np.ndarray:
        """Theta of random coefficients that all have the residual's variance and no correlation."""
        return np.concatenate([np.eye(s)[np.triu_indices(s)] for s in self.sizes])

    def best(self, reml: bool, starts: Sequence[float] = (0.1, 1.0)) -> float:
        """The lowest criterion that a derivative-free search finds from several starts."""
        found = [
            minimize(self.criterion, start * self.identity(), args=(reml,), method="Nelder-Mead",
                     options={"xatol": 1e-5, "fatol": 1e-8, "maxiter": 600}).fun
            for start in starts
        ]  # fmt: skip
        return float(min(found))

    def descend(self, reml: bool, starts: Sequence[np.ndarray]) -> float:
        """The lowest criterion that quasi-Newton steps by differences find from several thetas; faster than `best`."""
        found = [
            minimize(self.criterion, start, args=(reml,), method="BFGS", options={"maxiter": 100}).fun
            for start in starts
        ]
        return float(min(found))


def _columns(frame: pd.DataFrame, name: str) -> list[np.ndarray]:
    if name == "1":
        return [np.ones(len(frame))]
    if pd.api.types.is_numeric_dtype(frame[name]):
        return [frame[name].to_numpy(dtype=float)]
    levels = sorted(frame[name].unique())
    return [(frame[name] == level).to_numpy(dtype=float) for level in levels[1:]]


def _codes(frame: pd.DataFrame, group: str) -> np.ndarray:
    """Each row's level, numbered in sorted order."""
    rows = list(zip(*(frame[name] for name in group.split(":")), strict=True))
    levels = sorted(set(rows))
    return np.array([levels.index(row) for row in rows])
