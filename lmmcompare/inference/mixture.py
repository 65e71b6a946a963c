"""The likelihood of a mixed model whose random effects have mass points instead of a normal distribution.

With ``R_j'R_j = Z_j'Z_j`` and ``c_j = R_j^-T Z_j'(y_j - X_j beta)``, ``|y_j - X_j beta - Z_j u|^2`` is ``|c_j - R_j u|^2`` plus
a term that does not depend on u. So the work is of the order of groups times mass points, whatever the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..fit.criterion import LOG_2PI
from ..fit.problem import Problem

CONCAVE = 0.1
"""D is made to bend by this share at least of what it would if a point had only its own groups."""
LARGEST = 100.0
"""Exponents are kept below this; a place so much better than the mixture gets a mass in any case."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """The parameters of the likelihood: mass points, masses, coefficients and sigma, in centred and scaled columns.

    Parameters
    ----------
    points : (m, k) array
    log_masses : (m,) array
    beta : (q,) array
        Coefficients of the columns that have no random effects.
    """

    points: Array
    log_masses: Array
    beta: Array
    log_sigma: float

    @property
    def precision(self) -> float:
        """One over the residual variance."""
        return float(np.exp(-2 * self.log_sigma))


class Groups:
    """The groups' cross-products, and the mixture likelihood computed from them.

    Parameters
    ----------
    problem : Problem
        By maximum likelihood, with one grouping factor.
    known : (p,) array
        Values of the coefficients that are held fixed; 0 for those in ``free``.
    free : (q,) int array
        Positions of the coefficients that are estimated.
    """

    def __init__(self, problem: Problem, known: Array, free: Array) -> None:
        fixed = np.append(-known, 1.0)
        self.root, self.n = problem.root, problem.n
        self.x, self.y = problem.projected[:, free], np.tensordot(problem.projected, fixed, axes=([1], [0]))
        self.xx, self.xy = problem.remaining[np.ix_(free, free)], problem.remaining[free] @ fixed
        self.yy = float(fixed @ problem.remaining @ fixed)
        self.gram = np.einsum("abj,acj->jbc", self.root, self.root)

    @property
    def n_groups(self) -> int:
        """The number of groups."""
        return len(self.gram)

    def residual(self, beta: Array) -> Array:
        """The projected residuals ``c_j`` of the module's docstring, (k, J)."""
        return self.y - np.tensordot(self.x, beta, axes=([1], [0]))

    def remaining(self, beta: Array) -> float:
        """The sum of squared residuals orthogonal to the random-effects columns."""
        return float(self.yy - 2 * beta @ self.xy + beta @ self.xx @ beta)

    def deviations(self, points: Array, beta: Array) -> Array:
        """Projected residuals ``c_j - R_j u`` of each group at each mass point u, (k, J, m)."""
        return self.residual(beta)[:, :, None] - np.tensordot(self.root, points, axes=([1], [1]))

    def kernel(self, points: Array, at: Mixture) -> Array:
        """Log-likelihood of each group at each mass point, up to a constant common to all points, (J, m)."""
        deviations = self.deviations(points, at.beta)
        return -0.5 * at.precision * np.einsum("ajm,ajm->jm", deviations, deviations)

    def totals(self, at: Mixture) -> Array:
        """Log-likelihood of each group under the mixture, up to the same constant as in `kernel`, (J,)."""
        return log_sum(self.kernel(at.points, at) + at.log_masses)[0]

    def loglik(self, at: Mixture) -> float:
        """The log-likelihood, in centred and scaled columns."""
        return float(self.totals(at).sum()) + self._rest(at)

    def _rest(self, at: Mixture) -> float:
        return -self.remaining(at.beta) * at.precision / 2 - self.n * (at.log_sigma + LOG_2PI / 2)

    def gradient(self, at: Mixture) -> tuple[float, Array]:
        """The log-likelihood and its gradient (d,).

        The gradient is in the points, the logits of which the masses are the softmax, the coefficients and log sigma.
        """
        totals, weights, square, pull = self._pulls(at)
        precision, k = at.precision, len(self.root)
        points = self.root.transpose(1, 0, 2).reshape(k, -1) @ pull.reshape(k * self.n_groups, -1)
        masses = weights.sum(axis=0) - self.n_groups * np.exp(at.log_masses)
        beta = np.tensordot(self.x, pull.sum(axis=2), axes=([0, 2], [0, 1])) + self.xy - self.xx @ at.beta
        sigma = precision * (np.vdot(weights, square) + self.remaining(at.beta)) - self.n
        gradient = np.concatenate([precision * points.T.ravel(), masses, precision * beta, [sigma]])
        return float(totals.sum()) + self._rest(at), gradient

    def information(self, at: Mixture) -> Array:
        """Information as the outer products of the groups' scores, plus that of the part common to all groups, (d, d)."""
        _, weights, square, pull = self._pulls(at)
        points = np.einsum("abj,ajm->jmb", self.root, pull).reshape(self.n_groups, -1)
        beta = np.einsum("aqj,aj->jq", self.x, pull.sum(axis=2))
        sigma = (weights * square).sum(axis=1) - len(self.root) / at.precision
        masses = weights - np.exp(at.log_masses)
        scores = np.column_stack([at.precision * points, masses, at.precision * beta, at.precision * sigma])
        result: Array = scores.T @ scores
        result[-1 - len(at.beta) : -1, -1 - len(at.beta) : -1] += at.precision * self.xx
        result[-1, -1] += 2 * at.precision * self.remaining(at.beta)
        return result

    def complete_information(self, at: Mixture) -> Array:
        """Complete-data information of points and logits, as if the groups' mass points were observed, (d, d)."""
        m, k = at.points.shape
        _, weights = log_sum(self.kernel(at.points, at) + at.log_masses)
        result = np.zeros((m * (k + 1) + len(at.beta) + 1,) * 2)
        own = np.arange(m * k).reshape(m, k)
        result[own[:, :, None], own[:, None, :]] = at.precision * np.einsum("jm,jbc->mbc", weights, self.gram)
        logits = m * k + np.arange(m)
        result[logits, logits] = weights.sum(axis=0)
        return result

    def _pulls(self, at: Mixture) -> tuple[Array, Array, Array, Array]:
        """`totals`, posterior masses and squared deviations (J, m), and `deviations` times the posterior masses (k, J, m)."""
        pull = self.deviations(at.points, at.beta)
        square = np.einsum("ajm,ajm->jm", pull, pull)
        totals, weights = log_sum(at.log_masses - 0.5 * at.precision * square)
        pull *= weights
        return totals, weights, square, pull

    def rise(self, points: Array, at: Mixture, totals: Array) -> tuple[Array, Array]:
        """The directional derivative D(u) of the log-likelihood towards a mass at u, and each group's term in it.

        Parameters
        ----------
        points : (m, k) array
        totals : (J,) array
            Its `totals`.

        Returns
        -------
        (m,), (J, m) arrays
        """
        weights = np.exp(np.minimum(self.kernel(points, at) - totals[:, None], LARGEST))
        return weights.sum(axis=0) - self.n_groups, weights

    def towards_peak(self, points: Array, at: Mixture, weights: Array) -> Array:
        """Newton steps towards maxima of D, (m, k); where D is not concave enough a multiple of the mean shift is added."""
        pull = at.precision * np.einsum("abj,ajm->mbj", self.root, self.deviations(points, at.beta))
        weighted = weights.T[:, None] * pull
        slope = weighted.sum(axis=2)[:, :, None]
        shift = at.precision * np.tensordot(weights, self.gram, axes=([0], [0]))
        bend = shift - weighted @ pull.transpose(0, 2, 1)
        least = np.linalg.eigvals(np.linalg.solve(shift, bend)).real.min(axis=1)
        return np.linalg.solve(bend + np.maximum(CONCAVE - least, 0.0)[:, None, None] * shift, slope)[:, :, 0]


def log_sum(a: Array) -> tuple[Array, Array]:
    """Logarithm of the sum of exponentials of each row, and each one's share in it."""
    largest = a.max(axis=1, keepdims=True)
    share = np.exp(a - largest)
    total = share.sum(axis=1, keepdims=True)
    share /= total
    return (largest + np.log(total))[:, 0], share
