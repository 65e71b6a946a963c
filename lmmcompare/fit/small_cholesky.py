"""Cholesky factors of many small matrices at once, the batch along the last axis.

For matrices of two or three rows and thousands of groups this is some ten times faster than a LAPACK call for each.
"""

from __future__ import annotations

import sys
from math import sqrt

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtrs

from ..arrays import Array

SMALL = 6
"""Rows up to which sums over a matrix's columns are written out, the batch a row at a time."""
MATRICES = 32
"""So few matrices that are not small are left to LAPACK one by one."""
ROUNDING = 1e-14
"""A pivot no larger than this share of its diagonal entry is zero: the matrix is singular there."""
FEW = 25
"""Products of so few columns are summed without BLAS, which would be slower and wake threads for it."""


def cholesky(a: Array) -> Array:
    """Lower Cholesky factors of symmetric positive definite matrices, (k, k, ...) -> (k, k, ...)."""
    k = a.shape[0]
    if k > SMALL and a.size <= MATRICES * k * k:
        flat = a.reshape(k, k, -1)
        factors = [dpotrf(flat[..., n], lower=1) for n in range(flat.shape[2])]
        whole = [root if not info else np.full_like(root, np.nan) for root, info in factors]
        return np.stack(whole, axis=-1).reshape(a.shape)
    lower = np.zeros_like(a)
    if k > SMALL:
        for j in range(k):
            column = a[j:, j] - np.einsum("im...,m...->i...", lower[j:, :j], lower[j, :j])
            column[0] = np.sqrt(column[0])
            column[1:] /= column[0]
            lower[j:, j] = column
        return lower
    for j in range(k):
        for i in range(j, k):
            value = a[i, j]
            for m in range(j):
                value = value - lower[i, m] * lower[j, m]
            lower[i, j] = np.sqrt(value) if i == j else value / lower[j, j]
    return lower


def forward(lower: Array, b: Array) -> Array:
    """Solve ``L x = b`` for lower factors (k, k, J) and right sides (k, m, J)."""
    if len(b) > SMALL and lower.size <= MATRICES * len(b) ** 2 and b.shape[2:] == lower.shape[2:]:
        return _each(lower, b, transposed=False)
    x = np.empty_like(b)
    for i in range(len(b)):
        value = b[i]
        if i > SMALL:
            value = value - np.einsum("m...,mp...->p...", lower[i, :i], x[:i])
        else:
            for m in range(i):
                value = value - lower[i, m] * x[m]
        x[i] = value / lower[i, i]
    return x


def backward(lower: Array, b: Array) -> Array:
    """Solve ``L' x = b`` for lower factors (k, k, J) and right sides (k, m, J)."""
    if len(b) > SMALL and lower.size <= MATRICES * len(b) ** 2 and b.shape[2:] == lower.shape[2:]:
        return _each(lower, b, transposed=True)
    x = np.empty_like(b)
    for i in reversed(range(len(b))):
        value = b[i]
        for m in range(i + 1, len(b)):
            value = value - lower[m, i] * x[m]
        x[i] = value / lower[i, i]
    return x


def _each(lower: Array, b: Array, *, transposed: bool) -> Array:
    """`forward` or `backward` of a few matrices that are not small, one by one."""
    x, flat, right = np.empty_like(b), lower.reshape(len(b), len(b), -1), b.reshape(*b.shape[:2], -1)
    out = x.reshape(right.shape)
    for n in range(flat.shape[2]):
        out[..., n], _ = dtrtrs(flat[..., n], right[..., n], lower=1, trans=int(transposed))
    return x


def products(a: Array, b: Array) -> Array:
    """Each one's ``a_j' b_j``: (k, p, J), (k, q, J) -> (p, q, J)."""
    if max(len(a), a.shape[1]) <= SMALL:
        result = a[0][:, None] * b[0][None]
        for m in range(1, len(a)):
            result += a[m][:, None] * b[m][None]
        return result
    return np.ascontiguousarray((a.transpose(2, 1, 0) @ b.transpose(2, 0, 1)).transpose(1, 2, 0))


def gram(a: Array, b: Array) -> Array:
    """Sum over the batch of ``a_j' b_j``: (k, p, J), (k, q, J) -> (p, q)."""
    k, p, n = a.shape
    if p * b.shape[1] <= FEW:
        return np.einsum("kpj,kqj->pq", a, b)
    left = a.transpose(1, 0, 2).reshape(p, k * n)
    return left @ b.transpose(1, 0, 2).reshape(b.shape[1], k * n).T


def semidefinite(a: Array) -> Array:
    """Lower factors of symmetric positive semidefinite matrices (k, k, J), with zero columns where they are singular."""
    lower = np.zeros_like(a)
    for j in range(len(a)):
        pivot = a[j, j] - (lower[j, :j] ** 2).sum(axis=0)
        root = np.sqrt(np.where(pivot > ROUNDING * a[j, j], pivot, 0.0))
        lower[j, j] = root
        for i in range(j + 1, len(a)):
            value = a[i, j] - (lower[i, :j] * lower[j, :j]).sum(axis=0)
            np.divide(value, root, out=lower[i, j], where=root > 0)
    return lower


def semidefinite_forward(lower: Array, b: Array) -> Array:
    """Solve ``L x = b`` for factors by `semidefinite`; entries of x that L does not reach are 0."""
    x = np.zeros_like(b)
    for i in range(len(b)):
        value = b[i] - np.einsum("mj,mpj->pj", lower[i, :i], x[:i])
        np.divide(value, lower[i, i], out=x[i], where=lower[i, i] > 0)
    return x


def semidefinite_cholesky(a: Array) -> Array:
    """Lower factor of one symmetric positive semidefinite matrix, with zero columns where it is singular."""
    k = len(a)
    if k == 1:
        return np.sqrt(np.maximum(a, 0.0))
    lower, left = np.zeros_like(a), a.copy()
    for j in range(k):
        pivot = float(left[j, j])
        if pivot <= ROUNDING * max(float(a[j, j]), sys.float_info.min):
            continue
        column = lower[j:, j] = left[j:, j] / sqrt(pivot)
        if j < k - 1:
            left[j:, j:] -= column[:, None] * column
    return lower
