"""A free covariance by visit, fitted to many replicates at once by REML; groups may leave early, in each replicate as many.

Over the groups with the first k visits, ``M[t, s] = sum_j w_jt w_js'`` with ``w = (x, y)``. Every sum that V, the covariance of
visits, asks for is one of ``S(A) = sum_ts A_ts M[t, s]`` over these patterns, A made of the inverse of V's first k rows and columns:
``S(V^-1)`` gives the coefficients, ``S(V^-1 D_i V^-1)`` and its like the exact derivatives in the parameters. The cost does not depend
on the number of groups. As in a single fit (`residual.unstructured`) a group is its row at the first visit and the differences of the
others from that, so that groups which lie far apart cost no digits; both in units of the outcome's mean square there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array

NEWTON_STEPS = 5
CLOSE = 1e-6
"""A Newton step that promises no more than this in any replicate leaves about the square of it, and is the last."""
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
    converged : (B,) bool array
        Whether the Newton decrement at the end is small and the Hessian positive definite.
    """

    beta: Array
    vcov: Array
    slopes: Array
    uncertainty: Array
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
    """What is known at a covariance: its inverses by pattern, the coefficients, and the inverse of the weighted sums."""

    precisions: list[Array]  # (B, k, k) each
    fitted: Array  # (B, q): (-beta, 1)
    inverse: Array  # (B, p, p): (X'V^-1 X)^-1


class Products:
    """The products of all visits' rows, M, (B, k, k, q, q), for each number k of visits that groups have.

    Parameters
    ----------
    rows : (B, J, T, q) array
        Each group's rows by visit, the outcome last; what stands after its last visit is not looked at.
    sizes : (J,) array
        Visits of each group, the same in all replicates; some group has all T.
    """

    def __init__(self, rows: Array, sizes: Array) -> None:
        self.groups, self.visits, q = rows.shape[1:]
        self.p = q - 1
        present, self.counts = np.unique(sizes, return_counts=True)
        self.sizes = present.tolist()
        self.m: list[Array] = []
        for k in self.sizes:
            flat = rows[:, sizes == k, :k].reshape(len(rows), -1, k * q)
            by_visit = (flat.swapaxes(1, 2) @ flat).reshape(len(rows), k, q, k, q)
            self.m.append(by_visit.transpose(0, 1, 3, 2, 4).reshape(len(rows), k * k, q * q))

    def sums(self, of_patterns: list[Array]) -> Array:
        """``S(A)`` of (B, m, k, k) matrices, one for each pattern, added up: (B, m, q, q)."""
        q = self.p + 1
        parts = (a.reshape(*a.shape[:2], -1) @ m for a, m in zip(of_patterns, self.m, strict=True))
        total: Array = sum(parts, np.zeros(()))
        return total.reshape(*total.shape[:2], q, q)

    def at(self, v: Array) -> _Point:
        """Coefficients and the rest at a covariance, (B, T, T)."""
        p, precisions = self.p, [np.linalg.inv(v[:, :k, :k]) for k in self.sizes]
        total = self.sums([q[:, None] for q in precisions])[:, 0]
        inverse = np.linalg.inv(total[:, :p, :p])
        beta = (inverse @ total[:, :p, p, None])[..., 0]
        return _Point(precisions, np.concatenate([-beta, np.ones((len(beta), 1))], axis=1), inverse)

    def left(self, point: _Point) -> list[Array]:
        """``sum_j r_j r_j' + X_j C X_j'`` by visit, (B, k, k) for each pattern: what ``J_k V`` is in expectation."""
        p = self.p
        spread = np.einsum("ba,bc->bac", point.fitted, point.fitted)
        spread[:, :p, :p] += point.inverse
        flat = spread.reshape(len(spread), -1, 1)
        return [(m @ flat).reshape(-1, k, k) for m, k in zip(self.m, self.sizes, strict=True)]

    def slope(self, point: _Point, left: list[Array]) -> Array:
        """The criterion's derivative in V, (B, T, T): ``J_k Q - Q E Q`` added up over patterns, E as `left` has it."""
        result = np.zeros((len(point.fitted), self.visits, self.visits))
        for k, n, q, e in zip(self.sizes, self.counts, point.precisions, left, strict=True):
            result[:, :k, :k] += n * q - q @ e @ q
        return result


def fit_unstructured(rows: Array, sizes: Array) -> ReplicateGLS:
    """A variance for each visit and a covariance for each two, by EM and then Newton steps.

    Parameters
    ----------
    rows, sizes
        As `Products` has them; columns of comparable size.
    """
    products = Products(_in_units(rows, sizes), sizes)
    visits = products.visits
    covariance = np.broadcast_to(np.eye(visits), (len(rows), visits, visits))
    for _ in range(EM_STEPS):
        point = products.at(covariance)
        slope = products.slope(point, products.left(point))
        new = covariance - covariance @ slope @ covariance / products.groups
        diagonal = np.einsum("btt->bt", new)
        change = np.abs(new - covariance) / np.sqrt(diagonal[:, :, None] * diagonal[:, None])
        covariance = new
        if change.max() < NEAR:
            break
    at = [(a, b) for a in range(visits) for b in range(a + 1)]
    first = np.zeros((len(at), visits, visits))
    for i, (a, b) in enumerate(at):
        first[i, a, b] = first[i, b, a] = 1.0
    for _ in range(NEWTON_STEPS):
        gradient, hessian, _ = _derivatives(products, covariance, first)
        step = _step(hessian, gradient)
        moved = covariance - np.einsum("bi,its->bts", step, first)
        fine = np.linalg.eigvalsh(moved)[:, 0] > 0
        covariance = np.where(fine[:, None, None], moved, covariance)
        if np.abs(step * gradient).sum(axis=1)[fine].max(initial=0.0) < CLOSE:
            break
    return _finish(products, covariance, first)


def _in_units(rows: Array, sizes: Array) -> Array:
    """First visits and differences from them, those of each replicate in units of their own; rows after a last visit are 0."""
    observed = (np.arange(rows.shape[2]) < sizes[:, None])[:, :, None]
    result = np.where(observed, rows, 0.0)
    result[:, :, 1:] -= np.where(observed[:, 1:], result[:, :, :1], 0.0)
    for part in (result[:, :, :1], result[:, :, 1:]):
        size = np.sqrt((part[..., -1] ** 2).sum(axis=(1, 2)) / max(1, observed[:, : part.shape[2]].sum()))
        part /= np.where(size > 0, size, 1.0)[:, None, None, None]
    return result


def _derivatives(products: Products, v: Array, first: Array) -> tuple[Array, Array, Array]:
    """Gradient (B, m) and Hessian (B, m, m) of the criterion, and the derivatives of the coefficients' covariance (B, m, p, p).

    ``first`` are V's derivatives, (m, T, T).
    """
    p, size, m = products.p, len(v), len(first)
    point = products.at(v)
    left, c, weighted, hessian = products.left(point), point.inverse, [], np.zeros((size, m, m))
    for k, n, q, e in zip(products.sizes, products.counts, point.precisions, left, strict=True):
        own = first[:, :k, :k]
        weighted.append(q[:, None] @ own @ q[:, None])
        # tr(D_i Q D_j K) for K = 2 Q E Q - J Q, as a product of long vectors
        kernel = 2 * q @ e @ q - n * q
        hessian += own.reshape(m, -1) @ (q[:, None] @ own @ kernel[:, None]).reshape(size, m, -1).swapaxes(1, 2)
    sums = products.sums(weighted)  # minus the derivatives of S(V^-1)
    gradient = np.einsum("its,bts->bi", first, products.slope(point, left))
    hessian = (hessian + hessian.swapaxes(1, 2)) / 2
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


def _finish(products: Products, v: Array, first: Array) -> ReplicateGLS:
    point = products.at(v)
    gradient, hessian, slopes = _derivatives(products, v, first)
    size = np.sqrt(np.abs(np.einsum("bii->bi", hessian)))
    standard = hessian / (size[:, :, None] * size[:, None])
    solved = _step(standard, gradient / size)
    positive = np.linalg.eigvalsh(standard)[:, 0] > 1e-10
    converged = positive & (np.abs(solved * gradient / size).sum(axis=1) < DECREMENT)
    covariance = 2 * np.linalg.inv(np.where(positive[:, None, None], standard, np.eye(standard.shape[1])))
    scaled = slopes / size[..., None, None]
    return ReplicateGLS(-point.fitted[:, :-1], point.inverse, scaled, covariance, converged)
