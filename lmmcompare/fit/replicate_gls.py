"""Generalized least squares of many replicates at once, where every group has the same visits: cs, ar1 and us by REML.

With ``M[t, s] = sum_j w_jt w_js'`` and ``w = (x, y)`` every sum that a covariance V of the visits asks for is
``S(A) = sum_ts A_ts M[t, s]``: ``S(V^-1)`` gives the coefficients and the criterion, ``S(V^-1 D_i V^-1)`` and its like the exact
derivatives in the parameters. So one engine serves every structure, and its cost does not depend on the number of groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .small_cholesky import cholesky

GRID = 24
"""Correlations at which the criterion is looked at first, so that the best of several peaks is climbed."""
GOLDEN = (5**0.5 - 1) / 2
SECTIONS = 22
"""Golden sections of the grid's step: then the correlation is known to 1e-5, and Newton's steps double the digits."""
NEWTON_STEPS = 2
EM_STEPS = 400
NEAR = 1e-4
"""EM steps that move the covariance by less than this, in units of its SDs, give way to Newton's."""
DECREMENT = 1e-7
"""A fit is certified where a further Newton step promises to lower the criterion by less than this."""


@dataclass(frozen=True, eq=False)
class ReplicateGLS:
    """Fits of B replicates in the columns' own units.

    Parameters
    ----------
    beta : (B, p) array
    vcov : (B, p, p) array
    slopes : (B, m, p, p) array
        Derivatives of ``vcov`` in the covariance's parameters, in units in which ``uncertainty`` is.
    uncertainty : (B, m, m) array
        The parameters' covariance, from the exact Hessian.
    covariance : (B, T, T) array
        Of the residuals of a group.
    converged : (B,) bool array
        Whether the Newton decrement at the end is small and the Hessian positive definite.
    """

    beta: Array
    vcov: Array
    slopes: Array
    uncertainty: Array
    covariance: Array
    converged: Array

    def of(self, contrasts: Array) -> tuple[Array, Array, Array]:
        """Estimates, standard errors and Satterthwaite's degrees of freedom of (B, c, p) contrasts, (B, c) each."""
        estimate = np.einsum("bcp,bp->bc", contrasts, self.beta)
        variance = np.einsum("bcp,bpq,bcq->bc", contrasts, self.vcov, contrasts, optimize=True)
        slope = np.einsum("bcp,bipq,bcq->bic", contrasts, self.slopes, contrasts, optimize=True)
        noise = np.einsum("bic,bij,bjc->bc", slope, self.uncertainty, slope, optimize=True)
        with np.errstate(all="ignore"):
            return estimate, np.sqrt(variance), 2 * variance**2 / noise


@dataclass(frozen=True, eq=False)
class _Point:
    """What is known at a covariance: its inverse, the coefficients, the weighted sums' inverse, the sums of products left over."""

    precision: Array  # (B, T, T)
    fitted: Array  # (B, q): (-beta, 1)
    inverse: Array  # (B, p, p): (X'V^-1 X)^-1
    rss: Array  # (B,): y'Py


class Products:
    """The products of all visits' rows, M, (B, T, T, q, q), of J groups.

    Parameters
    ----------
    rows : (B, J, T, q) array
        Each group's rows by visit, the outcome last.
    """

    def __init__(self, rows: Array) -> None:
        size, self.groups, self.visits, q = rows.shape
        flat = rows.reshape(size, self.groups, -1)
        shape = (size, self.visits, q, self.visits, q)
        self.m = np.ascontiguousarray((flat.swapaxes(1, 2) @ flat).reshape(shape).transpose(0, 1, 3, 2, 4))
        self.p = q - 1

    @property
    def df(self) -> int:
        """Divisor of the residual variance."""
        return self.groups * self.visits - self.p

    def sums(self, a: Array) -> Array:
        """``S(A)`` of (B, k, T, T) matrices: (B, k, q, q)."""
        size, k = a.shape[:2]
        q = self.p + 1
        return (a.reshape(size, k, -1) @ self.m.reshape(size, -1, q * q)).reshape(size, k, q, q)

    def at(self, precision: Array) -> _Point:
        """Coefficients and the rest at the inverse of a covariance, (B, T, T)."""
        p, total = self.p, self.sums(precision[:, None])[:, 0]
        inverse = np.linalg.inv(total[:, :p, :p])
        beta = (inverse @ total[:, :p, p, None])[..., 0]
        rss = total[:, p, p] - np.einsum("bp,bp->b", beta, total[:, :p, p])
        fitted = np.concatenate([-beta, np.ones((len(beta), 1))], axis=1)
        return _Point(precision, fitted, inverse, rss)

    def left(self, point: _Point) -> Array:
        """``sum_j r_j r_j' + X_j C X_j'`` by visit, (B, T, T): what J V is in expectation."""
        p, size = self.p, len(self.m)
        spread = np.einsum("ba,bc->bac", point.fitted, point.fitted)
        spread[:, :p, :p] += point.inverse
        m = self.m.reshape(size, self.visits**2, -1)
        return (m @ spread.reshape(size, -1, 1)).reshape(size, self.visits, self.visits)


def fit_one_correlation(rows: Array, kind: str) -> ReplicateGLS:
    """Compound symmetry ("cs", one correlation of either sign) or AR(1) ("ar1", visits one step apart).

    Parameters
    ----------
    rows : (B, J, T, q) array
        As `Products` has them; columns of comparable size.
    kind : {"cs", "ar1"}
    """
    products = Products(rows)
    low = -1 / (products.visits - 1) if kind == "cs" else -1.0
    rho = _profile(products, kind, low)
    power = _power(kind, products.visits)
    point = products.at(np.linalg.inv(rho[:, None, None] ** power))
    phi = np.stack([point.rss / products.df, rho], axis=1)
    for _ in range(NEWTON_STEPS):
        covariance, first, second = _one_correlation(kind, products.visits, phi)
        gradient, hessian, _ = _derivatives(products, covariance, first, second)
        step = _step(hessian, gradient)
        moved = phi - step
        fine = (moved[:, 0] > 0) & (moved[:, 1] > low) & (moved[:, 1] < 1)
        phi = np.where(fine[:, None], moved, phi)
    return _finish(products, *_one_correlation(kind, products.visits, phi))


def fit_unstructured(rows: Array) -> ReplicateGLS:
    """A variance for each visit and a covariance for each two, by EM and then Newton steps."""
    products = Products(rows)
    visits = products.visits
    point = products.at(np.broadcast_to(np.eye(visits), (len(rows), visits, visits)))
    covariance = products.left(point) / products.groups
    for _ in range(EM_STEPS):
        new = products.left(products.at(np.linalg.inv(covariance))) / products.groups
        diagonal = np.einsum("btt->bt", new)
        change = np.abs(new - covariance) / np.sqrt(diagonal[:, :, None] * diagonal[:, None])
        covariance = new
        if change.max() < NEAR:
            break
    at = [(a, b) for a in range(visits) for b in range(a + 1)]
    first = np.zeros((len(at), visits, visits))
    for i, (a, b) in enumerate(at):
        first[i, a, b] = first[i, b, a] = 1.0
    first = np.broadcast_to(first, (len(rows), *first.shape))
    for _ in range(NEWTON_STEPS):
        gradient, hessian, _ = _derivatives(products, covariance, first, None)
        moved = covariance - np.einsum("bi,bits->bts", _step(hessian, gradient), first)
        fine = np.linalg.eigvalsh(moved)[:, 0] > 0
        covariance = np.where(fine[:, None, None], moved, covariance)
    return _finish(products, covariance, first, None)


def _power(kind: str, visits: int) -> Array:
    """The power of the correlation that two visits' correlation is."""
    lag = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
    return lag if kind == "ar1" else np.minimum(lag, 1)


def _one_correlation(kind: str, visits: int, phi: Array) -> tuple[Array, Array, Array]:
    """V with its first and second derivatives in the variance and the correlation: (B, T, T), (B, 2, T, T), (B, 2, 2, T, T)."""
    power = _power(kind, visits)
    variance, rho = phi[:, 0, None, None], phi[:, 1, None, None]
    v = rho**power
    slope = power * rho ** np.maximum(power - 1, 0)
    curve = power * (power - 1) * rho ** np.maximum(power - 2, 0)
    first = np.stack([v, variance * slope], axis=1)
    zero = np.zeros_like(v)
    second = np.stack([np.stack([zero, slope], axis=1), np.stack([slope, variance * curve], axis=1)], axis=1)
    return variance * v, first, second


def _profile(products: Products, kind: str, low: float) -> Array:
    """The correlation with the least criterion, near enough for Newton's method: a grid, then golden sections.

    The precision is a combination of two or three constant matrices, so each look costs a few numbers a replicate.
    """
    visits = products.visits
    eye, ones = np.eye(visits), np.full((visits, visits), 1 / visits)
    beside = np.eye(visits, k=1) + np.eye(visits, k=-1)
    inner = np.diag([0.0, *np.ones(visits - 2), 0.0])
    constant = np.array([eye - ones, ones] if kind == "cs" else [eye, -beside, inner])
    sums = products.sums(np.broadcast_to(constant, (len(products.m), *constant.shape))).transpose(1, 2, 3, 0)

    def criterion(rho: Array) -> Array:
        """The profiled REML criterion but for a constant."""
        if kind == "cs":
            weights = [1 / (1 - rho), 1 / (1 + (visits - 1) * rho)]
            log_v = -(visits - 1) * np.log(weights[0]) - np.log(weights[1])
        else:
            weights = [power / (1 - rho**2) for power in (1, rho, rho**2)]
            log_v = (visits - 1) * np.log(1 - rho**2)
        total = sum(w * s[:, :, None] for w, s in zip(weights, sums, strict=True))
        pivots = np.log(np.einsum("qqgb->qgb", cholesky(total)))
        return products.groups * log_v + 2 * (pivots[:-1].sum(axis=0) + products.df * pivots[-1])

    edge = 1e-6 * (1 - low)
    grid = np.linspace(low + edge, 1 - edge, GRID)
    best = np.argmin(criterion(grid[:, None]), axis=0)
    left, right = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, GRID - 1)]
    a, b = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
    at_a, at_b = criterion(np.stack([a, b]))
    for _ in range(SECTIONS):
        lower = at_a < at_b
        left, right = np.where(lower, left, a), np.where(lower, b, right)
        new = np.where(lower, right - GOLDEN * (right - left), left + GOLDEN * (right - left))
        at = criterion(new[None])[0]
        a, b = np.where(lower, new, b), np.where(lower, a, new)
        at_a, at_b = np.where(lower, at, at_b), np.where(lower, at_a, at)
    return (left + right) / 2


def _derivatives(products: Products, v: Array, first: Array, second: Array | None) -> tuple[Array, Array, Array]:
    """Gradient (B, m) and Hessian (B, m, m) of the criterion, and the derivatives of the coefficients' covariance (B, m, p, p)."""
    p, size, m = products.p, *first.shape[:2]
    q = np.linalg.inv(v)
    point = products.at(q)
    groups, left, c = products.groups, products.left(point), point.inverse
    weighted = q[:, None] @ first @ q[:, None]
    sums = products.sums(weighted)  # minus the derivatives of S(V^-1)
    both = groups * q - q @ left @ q  # the gradient's matrix
    gradient = np.einsum("bits,bts->bi", first, both)
    # tr(D_i Q D_j K) for K = 2 Q E Q - J Q, as a product of long vectors
    kernel = 2 * q @ left @ q - groups * q
    hessian = first.reshape(size, m, -1) @ (q[:, None] @ first @ kernel[:, None]).reshape(size, m, -1).swapaxes(1, 2)
    hessian = (hessian + hessian.swapaxes(1, 2)) / 2
    if second is not None:
        hessian += np.einsum("bijts,bts->bij", second, both)
    along = (sums[:, :, :p] @ point.fitted[:, None, :, None])[..., 0]
    hessian -= 2 * along @ c @ along.swapaxes(1, 2)
    spread = c[:, None] @ sums[:, :, :p, :p]
    hessian -= spread.reshape(size, m, -1) @ spread.swapaxes(2, 3).reshape(size, m, -1).swapaxes(1, 2)
    return gradient, hessian, spread @ c[:, None]


def _step(hessian: Array, gradient: Array) -> Array:
    """Newton's step; none where the Hessian has no inverse."""
    with np.errstate(all="ignore"):
        determined = np.isfinite(np.linalg.slogdet(hessian)[1])
    safe = np.where(determined[:, None, None], hessian, np.eye(hessian.shape[1]))
    return np.where(determined[:, None], np.linalg.solve(safe, gradient[..., None])[..., 0], 0.0)


def _finish(products: Products, v: Array, first: Array, second: Array | None) -> ReplicateGLS:
    point = products.at(np.linalg.inv(v))
    gradient, hessian, slopes = _derivatives(products, v, first, second)
    size = np.sqrt(np.abs(np.einsum("bii->bi", hessian)))
    standard = hessian / (size[:, :, None] * size[:, None])
    solved = _step(standard, gradient / size)
    positive = np.linalg.eigvalsh(standard)[:, 0] > 1e-10
    converged = positive & (np.abs(solved * gradient / size).sum(axis=1) < DECREMENT)
    covariance = 2 * np.linalg.inv(np.where(positive[:, None, None], standard, np.eye(standard.shape[1])))
    scaled = slopes / size[..., None, None]
    return ReplicateGLS(-point.fitted[:, :-1], point.inverse, scaled, covariance, v, converged)
