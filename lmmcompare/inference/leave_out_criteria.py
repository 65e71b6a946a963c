"""The criteria of the fits without each of many groups, in the form that the search in `fit.optimise` takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..arrays import Array
from ..fit.criterion import profiled
from ..fit.search import LARGEST, differences
from ..fit.theta import ThetaMap
from .group_sums import ExpandedSums, Sums


@dataclass(frozen=True, eq=False)
class ProfiledFits:
    """B fits at given covariances, each to the data without one group.

    Parameters
    ----------
    value : (B,) array
        Deviance or REML criterion, fixed effects and residual variance at their best; NaN where there is none.
    curvature : (B, k, k) array
        Derivative of the criterion with respect to M, a symmetric matrix.
    beta : (B, p) array
    xx : (B, p, p) array
        ``X'H^-1X``.
    sigma2 : (B,) array
    """

    value: Array
    curvature: Array
    beta: Array
    xx: Array
    sigma2: Array


def profile(sums: Sums, df: Array, theta_map: ThetaMap, *, reml: bool) -> ProfiledFits:
    """Profile the fixed effects and the residual variance out (Bates et al. 2015, eqs 34 and 41)."""
    p = sums.products.shape[1] - 1
    xx, xe = sums.products[:, :p, :p], sums.products[:, :p, p]
    inverse = np.linalg.inv(xx)
    beta = np.einsum("bij,bj->bi", inverse, xe)
    pwrss = sums.products[:, p, p] - np.einsum("bi,bi->b", xe, beta)
    sign, xx_log_det = np.linalg.slogdet(xx)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = profiled(sums.log_det, pwrss, df, reml * xx_log_det)
    value[sign <= 0] = np.nan
    residual = np.column_stack([-beta, np.ones(len(beta))])
    slope = sums.log_det_slope + (df / pwrss)[:, None] * np.einsum(
        "bq,bmqr,br->bm", residual, sums.products_slope, residual, optimize=True
    )
    if reml:
        slope = slope + np.einsum("bij,bmij->bm", inverse, sums.products_slope[:, :, :p, :p])
    k = theta_map.k
    curvature = np.zeros((len(beta), k, k))
    half = slope / np.where(theta_map.diagonal, 1.0, 2.0)
    curvature[:, theta_map.rows, theta_map.columns] = half
    curvature[:, theta_map.columns, theta_map.rows] = half
    return ProfiledFits(value, curvature, beta, xx, pwrss / df)


@dataclass(frozen=True, eq=False)
class WithoutGroups:
    """`Criteria` of the fits without each of B groups, for covariances within the reach of one expansion.

    Parameters
    ----------
    groups : (B,) int array
    df : (J,) array
        Divisor of the residual variance without each group.
    """

    sums: ExpandedSums
    groups: Array
    df: Array
    reml: bool

    scoring, newton, reordered, can_repeat, descent = False, True, None, False, None

    @property
    def theta_map(self) -> ThetaMap:
        """The map from theta to covariances, that of the model."""
        return self.sums.parts.theta_map

    @property
    def size(self) -> int:
        """Number of criteria, B."""
        return len(self.groups)

    @property
    def levels(self) -> Array:
        """Number of groups in each of these fits, (1, 1)."""
        return np.full((1, 1), self.sums.parts.n_groups - 1)

    @property
    def theta_limits(self) -> Array:
        """Largest values allowed for theta, (m,)."""
        return self.theta_map.limits(LARGEST)

    @property
    def reach(self) -> float:
        """Distance from the fitted covariance within which the expansion is accurate."""
        return self.sums.reach

    def take(self, index: Array) -> WithoutGroups:
        """The criteria for some of the groups."""
        return replace(self, groups=self.groups[index])

    def covariances(self, theta: Array) -> Array:
        """``Lambda Lambda'`` of each theta (m, B), (k, k, B)."""
        factor = self.theta_map.matrix(theta)
        result: Array = np.einsum("acn,bcn->abn", factor, factor)
        return result

    def fits(self, theta: Array) -> ProfiledFits:
        """The fits at theta, (m, B)."""
        result = []
        for start in range(0, self.size, self.sums.batch):
            part = slice(start, start + self.sums.batch)
            sums = self.sums.without(self.groups[part], self.covariances(theta[:, part]))
            result.append(profile(sums, self.df[self.groups[part]], self.theta_map, reml=self.reml))
        names = ProfiledFits.__dataclass_fields__
        return ProfiledFits(*(np.concatenate([getattr(c, name) for c in result]) for name in names))

    def at(self, theta: Array) -> PointWithoutGroups:
        """The criteria with their derivatives at theta, (m, B)."""
        fits, factor = self.fits(theta), self.theta_map.matrix(theta)
        curvature = fits.curvature.transpose(1, 2, 0)
        gradient = 2 * np.einsum("abn,bcn->acn", curvature, factor)[self.theta_map.rows, self.theta_map.columns]
        return PointWithoutGroups(self, theta, fits.value, gradient, curvature)

    def values(self, theta: Array) -> Array:
        """The criteria alone, (B,)."""
        return self.fits(theta).value

    def further_starts(self, at: PointWithoutGroups) -> list[tuple[Array, Array]]:
        """No further starts: the expansion is inaccurate there."""
        return []


@dataclass(frozen=True, eq=False)
class PointWithoutGroups:
    """`Point` of the criteria without each of B groups; groups along the last axis.

    Parameters
    ----------
    theta : (m, B) array
    criterion : (B,) array
    gradient : (m, B) array
    curvature : (k, k, B) array
    """

    criteria: WithoutGroups
    theta: Array
    criterion: Array
    gradient: Array
    curvature: Array

    @cached_property
    def hessian(self) -> Array:
        """The observed Hessians, (m, m, B)."""
        return differences(self.criteria, self)

    @property
    def expected(self) -> Array:
        """The observed Hessians again, since no expected ones are computed."""
        return self.hessian

    @property
    def _arrays(self) -> tuple[Array, ...]:
        return self.theta, self.criterion, self.gradient, self.curvature

    def take(self, index: Array) -> PointWithoutGroups:
        """The points of some groups."""
        return PointWithoutGroups(self.criteria.take(index), *(a[..., index] for a in self._arrays))

    def where(self, chosen: Array, other: PointWithoutGroups) -> PointWithoutGroups:
        """These points with the other's values for the groups ``chosen``, (B,) bool."""
        both = zip(self._arrays, other._arrays, strict=True)
        return PointWithoutGroups(self.criteria, *(np.where(chosen, b, a) for a, b in both))

    def put(self, index: Array, other: PointWithoutGroups) -> PointWithoutGroups:
        """These points with the other's values for the groups at ``index``."""
        result = [a.copy() for a in self._arrays]
        for a, b in zip(result, other._arrays, strict=True):
            a[..., index] = b
        return PointWithoutGroups(self.criteria, *result)
