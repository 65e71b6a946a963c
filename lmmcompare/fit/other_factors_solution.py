"""The other grouping factors at one theta: their dense Cholesky factor and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg.blas import dtrsm
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.sparse import csr_array

from ..arrays import Array
from ..work.interruption import check
from .other_factors import OtherFactors, product
from .small_cholesky import forward

REGULAR = 1e-4
"""Lambda counts as regular when no direction has a relative standard deviation below this (or this share of the largest)."""
ROWS = 1 << 22
"""Entries of a full matrix of groups x other factors' columns that are formed at once."""


@dataclass(frozen=True, eq=False)
class OtherFactorsSolution:
    """The other factors at one theta.

    Parameters
    ----------
    factor : (k2, k2) array
    half : (k, E) array
        ``S_j^-1 C_j`` of their columns, at the entries.
    rows : list of (J, q) matrices
        The same, a matrix for each coefficient of the first factor.
    inner : (q, q) array
        ``Z2'H1^-1 Z2``.
    inner_w : (q, p + 1) array
        ``Z2'H1^-1 [X y]``.
    root : (q, q) array
        L.
    root_w : (q, p + 1) array
        ``L^-1 Lambda2' Z2'H1^-1 [X y]``.
    log_det : float
        Of ``L L'``.
    """

    others: OtherFactors
    factor: Array
    half: Array
    rows: list[Array | csr_array]
    inner: Array
    inner_w: Array
    root: Array
    root_w: Array
    log_det: float

    @cached_property
    def spread(self) -> Array:
        """``Lambda2 (L L')^-1 Lambda2'``: the covariance of their random effects given the fit, in units of sigma^2, (q, q)."""
        check()
        inverse, _ = dpotri(self.root, lower=1)  # its lower triangle; the root's upper one is zero
        inverse = inverse + inverse.T
        inverse.flat[:: len(inverse) + 1] /= 2
        return self.others.scaled(self.factor.T, self.others.scaled(self.factor.T, inverse).T)

    @cached_property
    def root_inner(self) -> Array:
        """``L^-1 Lambda2' Z2'H1^-1 Z2``, (q, q)."""
        return dtrsm(1.0, self.root, self.others.scaled(self.factor, self.inner), lower=1)

    @cached_property
    def z_w(self) -> Array:
        """``Z2'H^-1 [X y]``, (q, p + 1)."""
        return self.inner_w - self.inner @ (self.spread @ self.inner_w)

    def cleared(self, half_w: Array) -> Array:
        """The first factor's ``S_j^-1 C_j`` of [X y], less what the other factors explain, (k, p + 1, J)."""
        explained, result = self.spread @ self.inner_w, half_w.copy()
        for k, row in enumerate(self.rows):
            result[k] -= (row @ explained).T
        return result

    def z_z(self) -> list[Array]:
        """Each factor's ``M = sum Z_l'H^-1 Z_l`` over its levels, (k_f, k_f).

        ``M Lambda Lambda'`` is the same sum of ``Z2'H1^-1 Z2 spread``, of which the diagonal is all that is needed; only
        where Lambda is singular the whole product has to be formed.
        """
        result = []
        for rows, columns, n in self.others.blocks:
            check()
            factor = self.factor[rows, rows]
            size = np.abs(factor[0]) if len(factor) == 1 else np.linalg.svd(factor, compute_uv=False)
            if size[-1] > REGULAR * max(float(size[0]), 1.0):
                left = self.inner[columns].reshape(-1, n * self.others.size)
                through = left @ self.spread[columns].reshape(-1, n * self.others.size).T
                relative = factor @ factor.T
                sums = through / relative if len(factor) == 1 else np.linalg.solve(relative, through.T).T
            else:
                own = self.inner[columns, columns].reshape(len(factor), n, len(factor), n)
                left = (
                    self.root_inner[:, columns].reshape(-1, len(factor), n).transpose(1, 0, 2).reshape(len(factor), -1)
                )
                sums = np.einsum("ajbj->ab", own) - left @ left.T
            result.append((sums + sums.T) / 2)
        return result

    def explained_z_z(self, half_z: Array) -> Array:
        """How much of the first factor's ``sum Z_j'H1^-1 Z_j`` the other factors take away, (k, k)."""
        weighted = np.einsum("iaj,ij->aj", half_z[:, :, self.others.group], self.half)
        rows = [self.others.matrix(entries) for entries in weighted]
        result = np.empty((len(rows), len(rows)))
        for a, left in enumerate(rows):
            for b in range(a + 1):
                result[a, b] = result[b, a] = np.vdot(self.spread, product(left, rows[b]))
        return result

    def through(self, half_z: Array, factor: Array) -> Array:
        """What the other factors' uncertainty adds to each group's own conditional covariance, (k, k, J).

        ``A_j^-1 Lambda'Z_j'Z2 spread Z2'Z_j Lambda A_j^-1``, brought to the random coefficients by Lambda.
        """
        k, _, n_groups = half_z.shape
        # Lambda A_j^-1 Lambda' Z_j'Z2 = Lambda Lambda' (Z_j'H1^-1 Z2), and Z_j'H1^-1 Z2 = half_z_j'half_j
        relative = factor @ factor.T
        entries = np.einsum("ba,iaj,ij->bj", relative, half_z[:, :, self.others.group], self.half)
        rows = [self.others.matrix(e) for e in entries]
        result = np.zeros((k, k, n_groups))
        step = max(1, ROWS // max(self.others.size, 1))
        for start in range(0, n_groups, step):
            part = slice(start, start + step)
            for a in range(k):
                spread = rows[a][part] @ self.spread
                for b in range(a + 1):
                    right = rows[b][part]
                    product = (right * spread).sum(axis=1)
                    result[a, b, part] = result[b, a, part] = np.asarray(product).reshape(-1)
        return result

    def modes(self, direction: Array) -> list[Array]:
        """The other factors' conditional modes, (k_f, levels) each; ``direction`` is the solution's."""
        residual = self.z_w @ direction
        return self.others.parts(self.others.scaled(self.factor.T, self.others.scaled(self.factor, residual)))

    def mode_covariances(self) -> list[Array]:
        """Covariances of the conditional modes given the fit, in units of sigma^2, (k_f, k_f, levels) each."""
        result = []
        for rows, columns, n in self.others.blocks:
            k = rows.stop - rows.start
            result.append(np.einsum("ajbj->abj", self.spread[columns, columns].reshape(k, n, k, n)))
        return result

    def products(self, half_z: Array, first: Array, weights: Array) -> Array:
        """``t'H^-1 t`` among m columns ``t = Z1 first + Z2 weights``.

        Parameters
        ----------
        half_z : (k, k, J) array
        first : (k, J, m) array
        weights : (q, m) array
        """
        half = np.einsum("iaj,ajm->ijm", half_z, first)
        meets = np.sum([row.T @ h for row, h in zip(self.rows, half, strict=True)], axis=0)
        product = np.einsum("ijm,ijn->mn", half, half) + weights.T @ (self.inner @ weights + meets) + meets.T @ weights
        left = dtrsm(1.0, self.root, self.others.scaled(self.factor, self.inner @ weights + meets), lower=1)
        return product - left.T @ left

    def z_h_z(self, half_z: Array) -> Array:
        """``Z'H^-1 Z`` of all factors, dense, the first factor's columns laid out as the others'."""
        k, _, n = half_z.shape
        entries = np.einsum("iaj,ij->aj", half_z[:, :, self.others.group], self.half)
        first = np.concatenate([self.others.full(e) for e in entries])
        meets = first - first @ self.spread @ self.inner
        own = np.zeros((k, n, k, n))
        own[:, np.arange(n), :, np.arange(n)] = np.einsum("iaj,ibj->jab", half_z, half_z)
        own = own.reshape(k * n, k * n) - first @ self.spread @ first.T
        rest = self.inner - self.root_inner.T @ self.root_inner
        return np.block([[own, meets], [meets.T, rest]])


def solve_other_factors(others: OtherFactors, factor: Array, lower: Array, half_w: Array) -> OtherFactorsSolution:
    """Eliminate the other factors at one theta.

    Parameters
    ----------
    factor : (k2, k2) array
        The other factors' blocks of Lambda.
    lower : (k, k, J) array
        The first factor's S_j.
    half_w : (k, p + 1, J) array
        Its ``S_j^-1 C_j`` of [X y].
    """
    half = forward(lower[:, :, others.group], others.projected[:, None, :])[:, 0]
    rows = [others.matrix(entries) for entries in half]
    inner = others.remaining.copy()
    inner_w = others.remaining_w.copy()
    for row, w in zip(rows, half_w, strict=True):
        inner += product(row, row)
        inner_w += row.T @ w.T
    check()  # between steps of which each may take long
    half_inner = others.scaled(factor, inner)
    system = others.scaled(factor, half_inner.T)
    system.flat[:: others.size + 1] += 1.0
    root, info = dpotrf(system.T, lower=1, overwrite_a=True)
    if info:
        raise np.linalg.LinAlgError("the other factors' matrix is not positive definite")
    root_w = dtrsm(1.0, root, others.scaled(factor, inner_w), lower=1)
    log_det = 2 * float(np.log(root.diagonal()).sum())
    return OtherFactorsSolution(others, factor, half, rows, inner, inner_w, root, root_w, log_det)
