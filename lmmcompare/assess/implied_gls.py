"""The mixed model's coefficients recomputed by generalised least squares with its implied covariance matrix.

It goes back to the rows, on request: a check of the fit that uses nothing of it but the variances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..errors import TooLargeError
from ..models import MixedResult
from ..text.labels import noun, plural
from ..text.numbers import number

MAX_ROWS = 2_000
"""Most rows whose covariance matrix is built whole."""
MAX_ENTRIES = 20_000_000
"""Most covariances between rows of one group that are built, 160 MB of them."""
MOST_ROWS = 10
"""Most rows of the covariance matrix that is shown."""


@dataclass(frozen=True, eq=False)
class GLSCheck:
    """The coefficients from the covariance matrix V that the mixed model implies for the outcome.

    Parameters
    ----------
    coefficients : DataFrame
        ``term, mixed, gls, difference, se_mixed, se_gls``; the difference is in standard errors.
    covariance : DataFrame
        V of the first rows of one group, labelled by their places among the rows used, from 1.
    group : str
        That group, such as ``Subject 308``.
    covariance_sentence : str
        Which rows have a covariance.
    levels : tuple of str
        Of each row shown the levels of the grouping factors, where there are several.
    """

    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    group: str
    sentence: str
    covariance_sentence: str
    levels: tuple[str, ...] = ()


def gls_check(result: MixedResult) -> GLSCheck:
    """Compute the coefficients again, as ``(X'V^-1 X)^-1 X'V^-1 y`` (Aitken 1935).

    Up to `MAX_ROWS` rows V is built whole and handed to statsmodels' GLS; beyond, with one grouping factor, it is built group
    by group. What is shown of V is the part of the shown grouping factor's first level.

    Raises
    ------
    TooLargeError
        When V has too many entries (the message has its size), or only a sample of the rows is at hand.
    """
    result.design.refuse_sample("Generalised least squares")
    x, y = result.fixed_matrix(), result.design.columns[-1][:]
    gls, se = (_whole if result.nobs <= MAX_ROWS else _by_groups)(result, x, y)
    ours, se_ours = result.params.to_numpy(), result.bse.to_numpy()
    gap = (gls - ours) / se_ours
    frame = pd.DataFrame(
        {
            "term": result.names,
            "mixed": ours,
            "gls": gls,
            "difference": gap,
            "se_mixed": se_ours,
            "se_gls": se,
        }
    )
    grouping = result.groupings[result.focal]
    rows = _rows_printed(result)
    labels = pd.Index(rows + 1, name="row")
    covariance = pd.DataFrame(implied_covariance(result, rows), index=labels, columns=labels)
    group = f"{grouping.name} {grouping.labels[0]}"
    levels: tuple[str, ...] = ()
    if len(result.groupings) > 1:
        levels = tuple(", ".join(str(g.labels[g.codes[row]]) for g in result.groupings) for row in rows)
        group = f"{group} and others"
    return GLSCheck(frame, covariance, group, _sentence(float(np.abs(gap).max())), _covariance_sentence(result), levels)


def _rows_printed(result: MixedResult) -> Array:
    """The first rows of the first level; with several factors as many of other levels, those first that share another factor's."""
    grouping = result.groupings[result.focal]
    own = np.flatnonzero(grouping.codes == 0)
    if len(result.groupings) == 1:
        return own[:MOST_ROWS]
    own = own[: MOST_ROWS // 2]
    others = np.flatnonzero(grouping.codes != 0)
    shared = np.zeros(len(others), dtype=int)
    for grouping in result.groupings:
        shared += np.isin(grouping.codes[others], grouping.codes[own])
    beside = others[np.argsort(-shared, kind="stable")][: MOST_ROWS - len(own)]
    return np.concatenate([own, np.sort(beside)])


def _covariance_sentence(result: MixedResult) -> str:
    """Which two rows have a covariance under the model."""
    varying = [f for f in result.factors if result.cov_re[f].any(axis=None)]
    if not varying:
        groups = " and between ".join(map(plural, result.factors))
        return f"The variance between {groups} is estimated as 0, so no two rows have a covariance: this is OLS."
    if len(result.groupings) == 1:
        return f"Two rows of one {noun(result.group)} have a covariance, rows of different {plural(result.group)} none."
    names = " or the same ".join(map(noun, varying))
    share = "a level of any grouping factor, " if len(varying) > 1 else ""
    return f"Two rows have a covariance where they share {share}the same {names}; rows that share none have none."


def implied_covariance(result: MixedResult, rows: Array) -> Array:
    """V, the covariance of the outcome that the mixed model implies: ``sigma^2 W^-1 + sum of Z Psi Z'`` over the factors.

    Parameters
    ----------
    rows : (..., m) int array
        Places among the rows used; leading axes are separate sets of rows.

    Returns
    -------
    (..., m, m) array
    """
    weights = result.design.weights
    residual = result.scale / (np.ones(rows.shape) if weights is None else weights.values[rows])
    covariance = residual[..., None] * np.eye(rows.shape[-1])
    columns = result.design.columns
    for block, psi in zip(result.blocks, result.fit.covariances, strict=True):
        codes = result.groupings[block.factor].codes[rows]
        z = np.stack([np.ones(rows.shape) if k == CONSTANT else columns[k][rows] for k in block.columns], axis=-1)
        same = codes[..., :, None] == codes[..., None, :]
        covariance += same * (z @ psi @ np.swapaxes(z, -1, -2))
    return covariance


def _whole(result: MixedResult, x: Array, y: Array) -> tuple[Array, Array]:
    import statsmodels.api as sm  # slow to import, and needed only here

    fit = sm.GLS(y, x, sigma=implied_covariance(result, np.arange(result.nobs))).fit()
    return fit.params, np.sqrt(np.diag(fit.normalized_cov_params))


def _by_groups(result: MixedResult, x: Array, y: Array) -> tuple[Array, Array]:
    """Least squares of ``C_j^-1 y_j`` on ``C_j^-1 X_j``, ``C_j C_j' = V_j``; the groups of one size at a time."""
    n = result.nobs
    if len(result.groupings) > 1:
        raise TooLargeError(
            f"The covariance matrix of {n:,} rows under several grouping factors is {n:,} x {n:,} ({8 * n**2 / 1e9:.1f} GB); "
            f"{MAX_ROWS:,} rows are allowed.",
            "Check the model on some of the rows.",
        )
    codes = result.groupings[0].codes
    sizes = np.bincount(codes)
    entries = int((sizes.astype(float) ** 2).sum())
    if entries > MAX_ENTRIES:
        raise TooLargeError(
            f"The covariance matrices of the groups, the largest of {sizes.max():,} rows, have {entries:,} entries "
            f"({8 * entries / 1e9:.1f} GB); {MAX_ENTRIES:,} are allowed.",
            "Check the model on some of the rows of each group.",
        )
    order, first = np.argsort(codes, kind="stable"), np.cumsum(sizes) - sizes
    both, whitened = np.column_stack([x, y]), []
    for size in np.unique(sizes):
        rows = order[first[sizes == size][:, None] + np.arange(size)]
        root = np.linalg.cholesky(implied_covariance(result, rows))
        whitened.append(np.linalg.solve(root, both[rows]).reshape(-1, both.shape[1]))
    white = np.concatenate(whitened)
    q, r = np.linalg.qr(white[:, :-1])
    inverse = np.linalg.inv(r)
    return inverse @ (q.T @ white[:, -1]), np.sqrt((inverse**2).sum(axis=1))


def _sentence(gap: float) -> str:
    if gap < 1e-6:
        return (
            "Generalised least squares (GLS) with the covariance matrix that the mixed model implies gives the same "
            "coefficients: the mixed model is least squares that knows which rows belong together."
        )
    return (
        f"Generalised least squares (GLS) with the covariance matrix that the mixed model implies should give the same "
        f"coefficients, but one differs by {number(gap, 2)} standard errors."
    )
