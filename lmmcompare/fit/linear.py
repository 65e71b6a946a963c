"""OLS (complete pooling), group dummies and a regression per group (no pooling), all from group moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..moments.groups import Moments
from .bases import Basis, basis, cross_total, dependent, within

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A least-squares fit, in the columns' units.

    Parameters
    ----------
    beta, vcov : (p,), (p, p) arrays
        Coefficients in the order asked for, NaN where a column cannot be told apart from those before it.
    sigma2 : float
        Residual variance, ``rss / df``; of a row of weight 1 where there are prior weights.
    rss, tss : float
        Residual and total sums of squares (about the mean where there is an intercept), weighted by prior weights.
    df : int
        Residual degrees of freedom.
    rank : int
        Coefficients estimated, dummies included.
    mean_weight, log_weights : float
        As in `Moments`.
    """

    beta: Array
    vcov: Array
    sigma2: float
    rss: float
    tss: float
    df: int
    rank: int
    n: int
    mean_weight: float = 1.0
    log_weights: float = 0.0

    @property
    def row_variance(self) -> float:
        """Residual variance of a row that the moments count as one: one of average prior weight."""
        return self.sigma2 / self.mean_weight

    @property
    def loglik(self) -> float:
        """Maximised normal log-likelihood."""
        rss = self.rss / self.mean_weight
        return 0.5 * self.log_weights - 0.5 * self.n * (LOG_2PI + np.log(rss / self.n) + 1)


def ols(moments: Moments, columns: Sequence[int]) -> LinearFit:
    """Ordinary least squares of the last column on ``columns``, groups ignored."""
    constant = -1 in columns
    whole = basis(moments, [*columns, moments.outcome], centred=constant)
    gram = cross_total(moments, whole)
    tss = float(moments.within_total[-1, -1] + moments.between_total[-1, -1]) if constant else float(gram[-1, -1])
    fit = _least_squares(gram, moments, list(columns), whole, extra_rank=0, tss=tss)
    if constant:
        at = list(columns).index(-1)
        fit.beta[at] += moments.center[-1]
    return fit


def dummies(moments: Moments, columns: Sequence[int]) -> LinearFit:
    """Common slopes with an intercept for each group; the dummies are never built.

    A column that does not vary within groups is absorbed by the dummies: its coefficient is NaN.
    """
    columns = [c for c in columns if c != -1]
    whole = basis(moments, [*columns, moments.outcome], centred=True)
    gram = within(moments, whole, whole).sum(axis=-1)
    reference = np.diag(moments.within_total + moments.between_total)[whole.columns]
    gram = np.where((np.diag(gram) > 1e-14 * reference)[:, None], gram, 0.0)
    gram = np.where((np.diag(gram) > 0)[None, :], gram, 0.0)
    tss = float(moments.within_total[-1, -1] + moments.between_total[-1, -1])
    return _least_squares(gram, moments, columns, whole, extra_rank=moments.n_groups, tss=tss)


def _least_squares(
    gram: Array, moments: Moments, columns: list[int], whole: Basis, extra_rank: int, tss: float
) -> LinearFit:
    p, scale = len(columns), moments.scale[-1]
    dropped = {k for k, _ in dependent(gram[:p, :p])}
    keep = [k for k in range(p) if k not in dropped]
    inverse = np.linalg.inv(gram[np.ix_(keep, keep)])
    slope = inverse @ gram[keep, p]
    rss = float(max(gram[p, p] - gram[keep, p] @ slope, 0.0)) * scale**2
    rank = len(keep) + extra_rank
    df = moments.n_rows - rank
    variance = rss / df if df > 0 else np.nan
    units = whole.to_units[np.ix_(keep, keep)]
    beta, vcov = np.full(p, np.nan), np.full((p, p), np.nan)
    beta[keep] = scale * units @ slope
    vcov[np.ix_(keep, keep)] = variance * units @ inverse @ units.T
    w = moments.mean_weight
    sums = w * variance, w * rss, w * tss * scale**2
    return LinearFit(beta, vcov, *sums, df, rank, moments.n_rows, w, moments.log_weights)


def group_intercepts(moments: Moments, fit: LinearFit, columns: Sequence[int]) -> tuple[Array, Array]:
    """Each group's intercept under common slopes, and its standard error, (J,) and (J,)."""
    slopes = [c for c in columns if c != -1]
    known = np.flatnonzero(np.isfinite(fit.beta))
    means = moments.center[slopes][:, None] + moments.scale[slopes][:, None] * moments.mean[slopes]
    y = moments.center[-1] + moments.scale[-1] * moments.mean[-1]
    x = means[known]
    estimate = y - fit.beta[known] @ x
    variance = fit.row_variance / moments.w + np.einsum("aj,ab,bj->j", x, fit.vcov[np.ix_(known, known)], x)
    return estimate, np.sqrt(variance)


@dataclass(frozen=True, eq=False)
class GroupFits:
    """A regression for each group.

    Parameters
    ----------
    beta, se : (p, J) arrays
        NaN where a group cannot carry the regression.
    enough : (J,) bool array
        False for groups with fewer rows than coefficients, or whose predictors do not vary or are collinear.
    df : (J,) array
    sigma2 : (J,) array
    """

    beta: Array
    se: Array
    enough: Array
    df: Array
    sigma2: Array


def per_group(moments: Moments, columns: Sequence[int]) -> GroupFits:
    """A regression of the last column on ``columns`` in each group by itself.

    With a constant the slopes come from the group's own centred cross-products, so that they keep their digits however
    far the groups lie apart.
    """
    index, y = np.asarray(columns, dtype=int), moments.outcome
    slopes = np.flatnonzero(index != -1)
    whole = [*index[slopes], y]
    products = moments.within[np.ix_(whole, whole)]
    offset = (moments.center / moments.scale)[whole][:, None]
    mean = moments.mean[whole] + offset
    rounding = moments.w * (1e-14 * (np.abs(offset) + np.abs(mean))) ** 2
    if -1 not in columns:
        products = products + moments.w * mean[:, None] * mean[None]
    p = len(slopes)
    gram, xy, yy = products[:p, :p], products[:p, p], products[p, p]
    diagonal = np.einsum("aaj->aj", gram)
    varies = diagonal > rounding[:p]
    size = np.sqrt(np.where(varies, diagonal, 1.0))
    values, vectors = np.linalg.eigh(np.moveaxis(gram / (size[:, None] * size[None]), -1, 0))
    enough = varies.all(axis=0) & (values > 1e-10).all(axis=1) & (moments.n >= len(index))
    inverse = (vectors / np.where(enough[:, None], values, 1.0)[:, None, :]) @ vectors.transpose(0, 2, 1)
    inverse = inverse / (size.T[:, :, None] * size.T[:, None, :])
    slope = np.einsum("jab,bj->aj", inverse, xy)
    rss = np.maximum(yy - np.einsum("aj,aj->j", xy, slope), 0.0)
    df = moments.n - len(index)
    sigma2 = np.full(moments.n_groups, np.nan)
    np.divide(rss, df, out=sigma2, where=df > 0)

    beta, variance = np.empty((2, len(index), moments.n_groups))
    units = moments.scale[whole][:, None]
    beta[slopes] = slope / units[:p]
    variance[slopes] = np.einsum("jaa->aj", inverse) / units[:p] ** 2
    if -1 in columns:
        at = list(columns).index(-1)
        beta[at] = mean[p] - np.einsum("aj,aj->j", slope, mean[:p])
        variance[at] = 1 / moments.w + np.einsum("aj,jab,bj->j", mean[:p], inverse, mean[:p])
    beta[:, ~enough] = variance[:, ~enough] = np.nan
    scale = moments.scale[y]
    return GroupFits(
        beta * scale, np.sqrt(variance * sigma2) * scale, enough, df, sigma2 * scale**2 * moments.mean_weight
    )
