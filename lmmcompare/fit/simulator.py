"""Simulate outcomes of a mixed model by their cross-products, without their rows.

A fit needs no more of an outcome than what the groups' random-effects columns see of it and the cross-products of the
rest. Under the model both are known: the first are normal with ``sigma^2 (I + R_j Lambda Lambda' R_j')``, the second are
those of independent normal errors, of which the fixed-effects columns take as many as are left of them, and a
chi-square has the rest. So a replicate costs some numbers a group, however many rows there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .problem import Problem
from .small_cholesky import cholesky

NOTHING = 1e-11
"""Share of a column's sum of squares left over that counts as none."""


@dataclass(frozen=True, eq=False)
class Simulator:
    """Outcomes of a mixed model at given parameters, in centred and scaled columns.

    With several grouping factors, k and J are the first's; the q columns of the others stand before the fixed ones.

    Parameters
    ----------
    factor : (K, K) array
        Lambda.
    beta : (p,) array
    root : (k, k, J) array
        Lower factors of ``I + R_j Lambda Lambda' R_j'``, without the directions that a group's columns do not reach.
    remaining : (q + p, q + p) array
        Cross-products of what the groups' columns do not see of the others.
    unseen_root : (q + p, r) array
        Of which this is a root.
    rest : int
        Directions of the outcome that no column reaches.
    """

    setting: Problem
    factor: Array
    beta: Array
    sigma: float
    root: Array
    remaining: Array
    unseen_root: Array
    rest: int

    @classmethod
    def of(cls, setting: Problem, theta: Array, beta: Array, sigma: float) -> Simulator:
        """The simulator at these parameters."""
        factor, p, other_factors = setting.theta_map.matrix(theta), setting.p, setting.other_factors
        own = factor[setting.factor_rows[0], setting.factor_rows[0]]
        spread = np.einsum("abj,bc->acj", setting.root, own)
        root = cholesky(np.einsum("acj,bcj->abj", spread, spread) + np.eye(len(own))[:, :, None])
        reached = np.einsum("aaj->aj", setting.root) > 0
        remaining = setting.remaining[:p, :p]
        total = np.diag(remaining) + np.einsum("kpj,kpj->p", setting.projected[:, :p], setting.projected[:, :p])
        if other_factors is not None:
            mixed_products = other_factors.remaining_w[:, :p]
            remaining = np.block([[other_factors.remaining, mixed_products], [mixed_products.T, remaining]])
            projected = np.bincount(other_factors.column, (other_factors.projected**2).sum(axis=0), other_factors.size)
            total = np.concatenate([np.diag(other_factors.remaining) + projected, total])
        size = np.sqrt(np.maximum(total, np.finfo(float).tiny))
        values, vectors = np.linalg.eigh(remaining / np.outer(size, size))
        left = values > NOTHING
        unseen_root = size[:, None] * vectors[:, left] * np.sqrt(values[left])
        rest = setting.n - int(reached.sum()) - int(left.sum())
        return cls(
            setting,
            factor,
            beta,
            sigma,
            root * reached[:, None],
            unseen_root @ unseen_root.T,
            unseen_root,
            max(rest, 0),
        )

    def draw(self, normal: np.random.Generator, square: np.random.Generator, size: int) -> tuple[Array, Array]:
        """Outcomes, the same from two generators however many are drawn at a time.

        Parameters
        ----------
        normal, square : Generator
            For normal numbers and for chi-squares.
        size : int
            The number of replicates, B.

        Returns
        -------
        projected : (k, B, J) array
            What the groups' random-effects columns see of each outcome, ``R_j^-T Z_j'y``.
        remaining : (q + p + 1, B) array
            Cross-products of the rest of it with the rest of the other columns and with itself.
        """
        setting, other_factors = self.setting, self.setting.other_factors
        k, _, n_groups = self.root.shape
        q, r = 0 if other_factors is None else other_factors.size, self.unseen_root.shape[1]
        z = normal.standard_normal((size, k * n_groups + q + r))
        own = z[:, : k * n_groups].reshape(size, k, n_groups)
        projected = np.einsum("kpj,p->kj", setting.projected[:, :-1], self.beta)[:, None] + np.zeros((1, size, 1))
        for i in range(k):
            for m in range(i + 1):
                projected[i] += self.sigma * self.root[i, m] * own[:, m]
        coefficients = np.repeat(self.beta[:, None], size, axis=1)
        if other_factors is not None:
            random = slice(setting.factor_rows[0].stop, None)
            effects = self.sigma * other_factors.scaled(
                self.factor[random, random].T, z[:, k * n_groups : k * n_groups + q].T
            )
            for i, entries in enumerate(other_factors.projected):
                projected[i] += (other_factors.matrix(entries) @ effects).T
            coefficients = np.concatenate([effects, coefficients])
        error = z[:, k * n_groups + q :].T
        mean, noise = self.remaining @ coefficients, self.sigma * self.unseen_root @ error
        rest = square.chisquare(self.rest, size) if self.rest else 0.0
        own_square = (coefficients * (mean + 2 * noise)).sum(axis=0) + self.sigma**2 * ((error**2).sum(axis=0) + rest)
        return projected, np.concatenate([mean + noise, own_square[None]])
