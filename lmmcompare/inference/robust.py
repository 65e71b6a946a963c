"""Cluster-robust standard errors of OLS from group moments: CR0, CR1, CR2 with Satterthwaite degrees of freedom.

Bell and McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage samples, Survey
Methodology 28(2); Pustejovsky and Tipton (2018), Small-sample methods for cluster-robust variance estimation, J. Bus.
Econ. Stat. 36(4). The working model is independence with equal variances, as in clubSandwich's default for `lm`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..fit.basis import basis, cross
from ..moments import Moments

Array = np.ndarray
Kind = Literal["CR0", "CR1", "CR2"]


@dataclass(frozen=True)
class RobustCovariance:
    """A cluster-robust covariance of OLS coefficients.

    Parameters
    ----------
    kind : {"CR0", "CR1", "CR2"}
    vcov : (p, p) array
    df : (p,) array
        Satterthwaite degrees of freedom of each coefficient's t statistic.
    """

    kind: Kind
    vcov: Array
    df: Array


def cluster_robust(moments: Moments, columns: Sequence[int], kind: Kind = "CR2") -> RobustCovariance:
    """Cluster-robust covariance of the OLS coefficients of the last column on ``columns``.

    With ``M = (X'X)^-1`` and ``K K' = M``, everything about group j follows from the eigenvalues of the symmetric
    matrix ``K'X_j'X_j K``: the adjustment ``(I - X_j M X_j')^(-1/2)`` acts on its eigenvectors as
    ``(1 - lambda)^(-1/2)``.
    """
    whole = basis(moments, [*columns, len(moments.center) - 1], centred=-1 in columns)
    p = len(columns)
    products = cross(moments, whole, whole)
    total = products.sum(axis=-1)
    root = np.linalg.inv(np.linalg.cholesky(total[:p, :p])).T
    beta = root @ root.T @ total[:p, p]
    leverage = np.einsum("ak,abj,bl->jkl", root, products[:p, :p], root)
    score = root.T @ (products[:p, p] - np.einsum("abj,b->aj", products[:p, :p], beta))
    values, vectors = np.linalg.eigh(leverage)
    if kind == "CR2":
        slack = 1 - values
        adjustment = np.where(slack > 1e-10, 1 / np.sqrt(np.maximum(slack, 1e-10)), 0.0)
    else:
        groups = moments.n_groups
        adjustment = np.full_like(values, np.sqrt(groups / (groups - 1)) if kind == "CR1" else 1.0)
    rotated = np.einsum("jab,aj->jb", vectors, score) * adjustment
    scores = np.einsum("jab,jb->ja", vectors, rotated)
    units = whole.to_units[:p, :p] @ root
    scale = moments.scale[-1]
    vcov = units @ (scores.T @ scores) @ units.T * scale**2
    return RobustCovariance(kind, vcov, _satterthwaite(units, vectors, values, adjustment))


def _satterthwaite(units: Array, vectors: Array, values: Array, adjustment: Array) -> Array:
    """``tr(P)^2 / tr(P P)`` for each coefficient, P the G x G matrix of the estimator's quadratic form.

    P_ij = c'B_i (I - H)_ij B_j'c with B_j = M X_j'A_j, which needs only the leverage matrices:
    ``P = D - U U'`` with D diagonal and U_j = c'K V_j a_j lambda_j V_j' (a row of length p for each group).
    """
    loading = np.einsum("ca,jab->cjb", units, vectors)
    diagonal = np.einsum("cjb,jb->cj", loading**2, adjustment**2 * values)
    rows = np.einsum("cjb,jb,jab->cja", loading, adjustment * values, vectors)
    inner = np.einsum("cja,cjb->cab", rows, rows)
    own = np.einsum("cja,cja->cj", rows, rows)
    trace = diagonal.sum(axis=1) - own.sum(axis=1)
    square = (diagonal**2).sum(axis=1) - 2 * (diagonal * own).sum(axis=1) + np.einsum("cab,cba->c", inner, inner)
    return trace**2 / square
