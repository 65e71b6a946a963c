"""A mixed model's fit as a linear map of the outcome, row by row.

With ``C = [Z Lambda, X]``, and D the identity for the random effects and 0 for the coefficients, the fitted values are
``C (C'C + D)^-1 C' y``: the mixed model is a penalised regression (Bates et al. 2015, eq. 14). A residual's variance over
new random effects and errors is ``sigma^2 (1 - h_i)`` with h_i the leverage, the diagonal of that matrix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import cho_solve, solve_triangular

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..models import MixedResult

CHUNK = 1_000


def random_columns(result: MixedResult, places: Array) -> Iterator[tuple[int, Array]]:
    """Each covariance block's grouping factor and columns (m, s), centred and scaled as in the fit."""
    columns = result.design.columns
    for block, part in zip(result.blocks, result.fit.problem.random, strict=True):
        raw = [np.ones(len(places)) if k == CONSTANT else columns[k][:][places] for k in block.columns]
        yield block.factor, np.column_stack(raw) @ part.to_units


@dataclass(frozen=True, eq=False)
class Smoother:
    """The fit as a linear map of the outcome, at its variance parameters: ``C (C'C + D)^-1 C'``.

    The columns of the factor with the most levels are eliminated level by level; the others' and the fixed part's, made
    orthonormal, stay.

    Parameters
    ----------
    first, rest : (n, q1), (n, q2 + p) sparse arrays
        C in its two parts.
    inverse : (q1, q1) sparse array
        Of the first part's block of the system.
    carried : (q1, q2 + p) sparse array
        ``inverse`` times the block beside it.
    root : (q2 + p, q2 + p) array
        Lower Cholesky factor of what the elimination leaves.
    blocks : list of (factor, levels, (s, s) array)
        Each covariance block's grouping factor, its number of levels, and what takes its part of the solution,
        (s, levels), to random coefficients in units of sigma.
    """

    first: sparse.csr_array
    rest: sparse.csr_array
    inverse: sparse.csr_array
    carried: sparse.csr_array
    root: Array
    blocks: list[tuple[int, int, Array]]

    @classmethod
    def of(cls, result: MixedResult) -> Smoother:
        """Set up from the rows of a fit."""
        root = sparse.diags_array(result.design.root_weights)  # so that the errors have one variance
        n, problem, factor = result.nobs, result.fit.problem, result.fit.optimum.solution.factor
        parts: list[list[sparse.csr_array]] = [[], []]
        blocks = []
        slices = problem.theta_map.block_slices()
        for (at, z), rows, part in zip(random_columns(result, np.arange(n)), slices, problem.random, strict=True):
            grouping, lower = result.groupings[at], factor[rows, rows]
            levels, size = len(grouping.levels), len(lower)
            index = grouping.codes[:, None] + levels * np.arange(size)
            entries = (z @ lower).ravel(), index.ravel(), size * np.arange(n + 1)
            parts[at > 0].append(sparse.csr_array(root @ sparse.csr_array(entries, shape=(n, levels * size))))
            blocks.append((at, levels, part.to_units @ lower))
        fixed = sparse.csr_array(np.linalg.qr(root @ result.fixed_matrix())[0])
        first = sparse.csr_array(sparse.hstack(parts[0]))
        rest = sparse.csr_array(sparse.hstack([*parts[1], fixed]))
        inverse = _block_inverse(sparse.csr_array(first.T @ first), len(result.groupings[0].levels))
        beside = sparse.csr_array(first.T @ rest)
        carried = sparse.csr_array(inverse @ beside)
        left = (rest.T @ rest - beside.T @ carried).toarray()
        keep = np.arange(left.shape[0] - fixed.shape[1])
        left[keep, keep] += 1.0
        return cls(first, rest, inverse, carried, np.linalg.cholesky(left), blocks)

    def solve(self, first: Array, rest: Array) -> tuple[Array, Array]:
        """``(C'C + D)^-1`` times right sides in two parts, (q1, B) and (q2 + p, B)."""
        second = cho_solve((self.root, True), rest - self.carried.T @ first)
        return self.inverse @ first - self.carried @ second, second

    def leverage(self, places: Array) -> Array:
        """Leverages of some rows, (m,); lme4's ``hatvalues``."""
        result = np.empty(len(places))
        for start in range(0, len(places), CHUNK):
            part = slice(start, start + CHUNK)
            first, rest = self.first[places[part]], self.rest[places[part]]
            own = (first @ self.inverse).multiply(first).sum(axis=1)
            half = solve_triangular(self.root, (rest - first @ self.carried).toarray().T, lower=True)
            result[part] = own + (half**2).sum(axis=0)
        return result

    def draw(self, replicates: int, generator: np.random.Generator) -> tuple[Array, Array, list[Array]]:
        """Residuals and random parts of the fitted values, (n, B), and each block's modes (s, levels, B), if sigma is 1.

        Where rows have weights the first two are those of rows multiplied by the roots of their weights over the mean weight.
        """
        n, q1 = self.first.shape
        q = sum(levels * len(back) for _, levels, back in self.blocks)
        first = generator.standard_normal((q1, replicates))
        rest = np.zeros((self.rest.shape[1], replicates))
        rest[: q - q1] = generator.standard_normal((q - q1, replicates))
        outcome = self.first @ first + self.rest @ rest + generator.standard_normal((n, replicates))
        first, rest = self.solve(self.first.T @ outcome, self.rest.T @ outcome)
        fitted = self.first @ first + self.rest @ rest
        solution, modes, end = np.concatenate([first, rest]), [], 0
        for _, levels, back in self.blocks:
            part = solution[end : end + levels * len(back)].reshape(len(back), levels, replicates)
            modes.append(np.einsum("ab,bjr->ajr", back, part))
            end += levels * len(back)
        return outcome - fitted, fitted, modes


def _block_inverse(inner: sparse.csr_array, levels: int) -> sparse.csr_array:
    """``(inner + I)^-1``, (k x levels) square, where only entries of one level meet."""
    k = inner.shape[0] // levels
    at = np.arange(levels)
    blocks = np.empty((levels, k, k))
    for a in range(k):
        for b in range(k):
            blocks[:, a, b] = inner[a * levels : (a + 1) * levels, b * levels : (b + 1) * levels].diagonal()
    inverse = np.linalg.inv(blocks + np.eye(k))
    index = at[:, None] + levels * np.arange(k)
    rows, columns = np.broadcast_arrays(index[:, :, None], index[:, None, :])
    return sparse.csr_array((inverse.ravel(), (rows.ravel(), columns.ravel())), shape=inner.shape)
