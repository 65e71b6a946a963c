"""A fitted mixed model, prepared for refits that leave out one group each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..fit.bases import CONSTANT, basis, cross, within
from ..fit.mixed import MixedFit
from ..moments.groups import Moments
from .group_sums import ExpandedSums, Parts, Sums
from .leave_out_criteria import ProfiledFits, profile

USUAL = 30.0
"""Most groups move the covariance by less than this over J, relative to what a group knows of it."""
UNKNOWN = 1e-11
"""Smallest eigenvalue of standardised cross-products at which the other groups still identify the coefficients."""


@dataclass(frozen=True, eq=False)
class LeftOut:
    """The model in coordinates of the random coefficients in which the groups' mean information is the identity.

    Parameters
    ----------
    axes : (k, k) array
        Random coefficients in centred and scaled columns are ``axes`` times those here.
    fitted : (k, k) array
        Fitted relative covariance.
    df : (J,) array
        Divisor of the residual variance without each group.
    rows : (J,) array
        Rows without each group.
    """

    parts: Parts
    axes: Array
    fitted: Array
    df: Array
    rows: Array
    reml: bool

    @classmethod
    def of(cls, fit: MixedFit, moments: Moments, columns: Sequence[int]) -> LeftOut:
        """Prepare from a fit, the moments that it was fitted to and its fixed columns."""
        problem, solution = fit.problem, fit.optimum.solution
        whole = basis(moments, [*columns, moments.outcome], centred=CONSTANT in columns)
        constant = np.concatenate([b.columns for b in problem.random]) == CONSTANT
        projected, p = problem.projected, problem.p
        rest = within(moments, whole, whole) if constant.any() else cross(moments, whole, whole)
        unseen = rest - np.einsum("kpj,kqj->pqj", projected[~constant], projected[~constant])
        # residuals in place of the outcome: its cross-products with X are then small, and so are their errors
        clear = np.eye(p + 1)
        clear[:p, p] = -solution.beta
        information = np.einsum("iaj,ibj->ab", solution.half_z, solution.half_z) / moments.n_groups
        axes = np.zeros_like(information)
        for rows in problem.theta_map.block_slices():
            axes[rows, rows] = np.linalg.inv(np.linalg.cholesky(information[rows, rows])).T
        parts = Parts(
            np.einsum("abj,bc->acj", problem.root, axes),
            np.einsum("kpj,pq->kqj", projected, clear),
            np.einsum("pa,pqj,qb->abj", clear, unseen, clear, optimize=True),
            problem.theta_map,
        )
        inner = np.linalg.solve(axes, solution.factor)
        return cls(parts, axes, inner @ inner.T, problem.df - moments.n, problem.n - moments.n, fit.reml)

    def shared(self, covariance: Array, groups: Array) -> Sums:
        """The sums without each of ``groups`` at one covariance, without slopes in it."""
        log_det, products = self.parts.total(covariance)
        own = self.parts.own(groups, np.broadcast_to(covariance[:, :, None], (*covariance.shape, len(groups))))
        zero = 0 * own.log_det_slope
        total = Sums(np.array(log_det), products, zero, 0 * own.products_slope)
        return total.minus(own)

    def at_shared(self, covariance: Array, groups: Array) -> ProfiledFits:
        """The fits without each of ``groups`` at one covariance."""
        return profile(self.shared(covariance, groups), self.df[groups], self.parts.theta_map, reml=self.reml)

    def known(self) -> Array:
        """Whether the fit without each group is identified, (J,): at least two other groups, with residual df above 0."""
        p = self.parts.projected.shape[1] - 1
        products = self.shared(self.fitted, np.arange(self.parts.n_groups)).products
        size = np.sqrt(np.maximum(np.einsum("jaa->ja", products), np.finfo(float).tiny))
        xx = (products / (size[:, :, None] * size[:, None, :]))[:, :p, :p]
        # as in any mixed model, more rows than random coefficients
        others = self.parts.n_groups - 1
        enough = (self.df > 0) & (self.rows > len(self.axes) * others) & (others > 1)
        return enough & (np.linalg.eigvalsh(xx).min(axis=1, initial=1.0) > UNKNOWN)

    def expansions(self) -> Iterator[ExpandedSums]:
        """Expansions of the sums over groups; the second, of a higher degree, is for groups beyond the reach of the first."""
        _, half_z, _ = self.parts.halves(slice(None), self.fitted[:, :, None])
        information = np.einsum("iaj,ibj->jab", half_z, half_z)
        most = float(np.linalg.eigvalsh(information).max())
        near = ExpandedSums(self.parts, self.fitted, most, USUAL / self.parts.n_groups)
        yield near
        far = ExpandedSums(self.parts, self.fitted, most, np.inf)
        if far.reach > near.reach:
            yield far

    def valleys(self) -> list[Array]:
        """Covariances near which the criterion may have another, lower minimum: no random coefficients, or one less."""
        k = len(self.axes)
        result, back = [np.zeros((k, k))], np.linalg.inv(self.axes)
        for dropped in range(k if k > 1 else 0):
            keep = self.axes @ self.fitted @ self.axes.T
            keep[dropped] = keep[:, dropped] = 0.0
            result.append(back @ keep @ back.T)
        return result
