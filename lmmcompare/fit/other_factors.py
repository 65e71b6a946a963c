"""The other grouping factors: what stays when the first one has been eliminated group by group.

With several grouping factors the outcome's covariance is ``sigma^2 H``, ``H = H1 + Z2 Lambda2 Lambda2' Z2'``, where H1 is
that of the first factor alone, block diagonal, and Z2 holds the random-effects columns of all others. So Z2 stands
beside [X y] in the elimination of the first factor (sparse: a level meets few groups) and one dense Cholesky factor

    L L' = I + Lambda2' (Z2' H1^-1 Z2) Lambda2

does the rest: the packed blocks of MixedModels.jl (Bates et al. 2015, section 2.3, is the same factor, sparse).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg.blas import dtrsm
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.sparse import csr_array

from ..arrays import Array
from ..work.interruption import check
from .small_cholesky import forward

DENSE = 0.1
"""From this share of cells that occur the cross-table is kept as a full matrix: BLAS is then faster."""
SMALL = 20_000
"""A cross-table of so few entries is kept as a full matrix whatever its share."""
REGULAR = 1e-4
"""Lambda counts as regular when no direction has a relative standard deviation below this (or this share of the largest)."""
ROWS = 1 << 22
"""Entries of a full matrix of groups x kept columns that are formed at once."""


@dataclass(frozen=True, eq=False)
class OtherFactors:
    """The random-effects columns of the other factors, projected on the first factor's, and what is left of them (the Schur complement).

    The q columns lie factor by factor, in each factor coefficient by coefficient, in each coefficient level by level.

    Parameters
    ----------
    shapes : tuple of (int, int)
        Random coefficients and levels of each kept factor.
    group, column : (E,) int arrays
        Group of the first factor, ordered, and kept column of each entry that is not zero for lack of rows.
    starts : (J + 1,) int array
        Where each group's entries begin.
    projected : (k, E) array
        ``R_j^-T Z_j'`` of the kept columns, at those entries.
    remaining : (q, q) array
        Cross-products of what the projection leaves of them.
    remaining_w : (q, p + 1) array
        The same with [X y].
    """

    shapes: tuple[tuple[int, int], ...]
    group: Array
    column: Array
    starts: Array
    projected: Array
    remaining: Array
    remaining_w: Array

    @property
    def size(self) -> int:
        """Kept columns, q."""
        return len(self.remaining)

    @cached_property
    def blocks(self) -> list[tuple[slice, slice, int]]:
        """Each kept factor's rows in the kept blocks of Lambda, its columns, and its levels."""
        result, row, column = [], 0, 0
        for k, n in self.shapes:
            result.append((slice(row, row + k), slice(column, column + k * n), n))
            row, column = row + k, column + k * n
        return result

    @cached_property
    def _full(self) -> bool:
        area = (len(self.starts) - 1) * self.size
        return area <= SMALL or self.projected.shape[1] >= DENSE * area

    @cached_property
    def _flat(self) -> Array:
        return self.group * self.size + self.column

    def matrix(self, entries: Array) -> Array | csr_array:
        """Groups x kept columns from entries, full or sparse."""
        shape = (len(self.starts) - 1, self.size)
        if not self._full:
            return csr_array((entries, self.column, self.starts), shape=shape)
        full = np.zeros(shape)
        full.reshape(-1)[self._flat] = entries
        return full

    def full(self, entries: Array) -> Array:
        """Groups x kept columns from entries, in full."""
        result = self.matrix(entries)
        return result if isinstance(result, np.ndarray) else result.toarray()

    def parts(self, rows: Array) -> list[Array]:
        """Rows (q, ...) of each kept factor, (k_f, levels, ...)."""
        return [rows[columns].reshape(-1, n, *rows.shape[1:]) for _, columns, n in self.blocks]

    def scaled(self, factor: Array, rows: Array) -> Array:
        """``Lambda2' rows`` for rows (q, m) and the kept blocks of Lambda."""
        result = np.empty_like(rows)
        for at, columns, _ in self.blocks:
            block = factor[at, at]
            if len(block) == 1:
                np.multiply(rows[columns], block[0, 0], out=result[columns])
            else:
                part = rows[columns].reshape(len(block), -1)
                result[columns] = (block.T @ part).reshape(-1, *rows.shape[1:])
        return result

    def at(self, factor: Array, lower: Array, half_w: Array) -> OtherFactorsSolution:
        """Everything at one theta.

        Parameters
        ----------
        factor : (k2, k2) array
            The kept blocks of Lambda.
        lower : (k, k, J) array
            The first factor's S_j.
        half_w : (k, p + 1, J) array
            Its ``S_j^-1 C_j`` of [X y].
        """
        half = forward(lower[:, :, self.group], self.projected[:, None, :])[:, 0]
        rows = [self.matrix(entries) for entries in half]
        inner = self.remaining.copy()
        inner_w = self.remaining_w.copy()
        for row, w in zip(rows, half_w, strict=True):
            inner += product(row, row)
            inner_w += row.T @ w.T
        check()  # between steps of which each may take long
        half_inner = self.scaled(factor, inner)
        system = self.scaled(factor, half_inner.T)
        system.flat[:: self.size + 1] += 1.0
        root, info = dpotrf(system.T, lower=1, overwrite_a=True)
        if info:
            raise np.linalg.LinAlgError("the kept factors' matrix is not positive definite")
        root_w = dtrsm(1.0, root, self.scaled(factor, inner_w), lower=1)
        log_det = 2 * float(np.log(root.diagonal()).sum())
        return OtherFactorsSolution(self, factor, half, rows, inner, inner_w, root, root_w, log_det)


@dataclass(frozen=True, eq=False)
class OtherFactorsSolution:
    """The kept factors at one theta.

    Parameters
    ----------
    other_factors : OtherFactors
    factor : (k2, k2) array
    half : (k, E) array
        ``S_j^-1 C_j`` of the kept columns, at their entries.
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

    other_factors: OtherFactors
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
        """``Lambda2 (L L')^-1 Lambda2'``: the kept random effects' covariance given the fit, in units of sigma^2, (q, q)."""
        check()
        inverse, _ = dpotri(self.root, lower=1)  # its lower triangle; the root's upper one is zero
        inverse = inverse + inverse.T
        inverse.flat[:: len(inverse) + 1] /= 2
        return self.other_factors.scaled(self.factor.T, self.other_factors.scaled(self.factor.T, inverse).T)

    @cached_property
    def root_inner(self) -> Array:
        """``L^-1 Lambda2' Z2'H1^-1 Z2``, (q, q)."""
        return dtrsm(1.0, self.root, self.other_factors.scaled(self.factor, self.inner), lower=1)

    @cached_property
    def z_w(self) -> Array:
        """``Z2'H^-1 [X y]``, (q, p + 1)."""
        return self.inner_w - self.inner @ (self.spread @ self.inner_w)

    def cleared(self, half_w: Array) -> Array:
        """The first factor's ``S_j^-1 C_j`` of [X y], less what the kept factors explain, (k, p + 1, J)."""
        explained, result = self.spread @ self.inner_w, half_w.copy()
        for k, row in enumerate(self.rows):
            result[k] -= (row @ explained).T
        return result

    def z_z(self) -> list[Array]:
        """Each kept factor's ``M = sum Z_l'H^-1 Z_l`` over its levels, (k_f, k_f).

        ``M Lambda Lambda'`` is the same sum of ``Z2'H1^-1 Z2 spread``, of which the diagonal is all that is needed; only
        where Lambda is singular the whole product has to be formed.
        """
        result = []
        for rows, columns, n in self.other_factors.blocks:
            check()
            factor = self.factor[rows, rows]
            size = np.abs(factor[0]) if len(factor) == 1 else np.linalg.svd(factor, compute_uv=False)
            if size[-1] > REGULAR * max(float(size[0]), 1.0):
                left = self.inner[columns].reshape(-1, n * self.other_factors.size)
                through = left @ self.spread[columns].reshape(-1, n * self.other_factors.size).T
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
        """How much of the first factor's ``sum Z_j'H1^-1 Z_j`` the kept factors take away, (k, k)."""
        weighted = np.einsum("iaj,ij->aj", half_z[:, :, self.other_factors.group], self.half)
        rows = [self.other_factors.matrix(entries) for entries in weighted]
        result = np.empty((len(rows), len(rows)))
        for a, left in enumerate(rows):
            for b in range(a + 1):
                result[a, b] = result[b, a] = np.vdot(self.spread, product(left, rows[b]))
        return result

    def through(self, half_z: Array, factor: Array) -> Array:
        """What the kept factors' uncertainty adds to each group's own conditional covariance, (k, k, J).

        ``A_j^-1 Lambda'Z_j'Z2 spread Z2'Z_j Lambda A_j^-1``, brought to the random coefficients by Lambda.
        """
        k, _, n_groups = half_z.shape
        # Lambda A_j^-1 Lambda' Z_j'Z2 = Lambda Lambda' (Z_j'H1^-1 Z2), and Z_j'H1^-1 Z2 = half_z_j'half_j
        relative = factor @ factor.T
        entries = np.einsum("ba,iaj,ij->bj", relative, half_z[:, :, self.other_factors.group], self.half)
        rows = [self.other_factors.matrix(e) for e in entries]
        result = np.zeros((k, k, n_groups))
        step = max(1, ROWS // max(self.other_factors.size, 1))
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
        """The kept factors' conditional modes, (k_f, levels) each; ``direction`` is the solution's."""
        residual = self.z_w @ direction
        return self.other_factors.parts(
            self.other_factors.scaled(self.factor.T, self.other_factors.scaled(self.factor, residual))
        )

    def mode_covariances(self) -> list[Array]:
        """Covariances of the conditional modes given the fit, in units of sigma^2, (k_f, k_f, levels) each."""
        result = []
        for rows, columns, n in self.other_factors.blocks:
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
        left = dtrsm(1.0, self.root, self.other_factors.scaled(self.factor, self.inner @ weights + meets), lower=1)
        return product - left.T @ left

    def z_h_z(self, half_z: Array) -> Array:
        """``Z'H^-1 Z`` of all factors, dense, the first factor's columns laid out as the others'."""
        k, _, n = half_z.shape
        entries = np.einsum("iaj,ij->aj", half_z[:, :, self.other_factors.group], self.half)
        first = np.concatenate([self.other_factors.full(e) for e in entries])
        meets = first - first @ self.spread @ self.inner
        own = np.zeros((k, n, k, n))
        own[:, np.arange(n), :, np.arange(n)] = np.einsum("iaj,ibj->jab", half_z, half_z)
        own = own.reshape(k * n, k * n) - first @ self.spread @ first.T
        rest = self.inner - self.root_inner.T @ self.root_inner
        return np.block([[own, meets], [meets.T, rest]])


def product(left: Array | csr_array, right: Array | csr_array) -> Array:
    """``left' right`` as a full matrix."""
    result = left.T @ right
    return result if isinstance(result, np.ndarray) else result.toarray()
