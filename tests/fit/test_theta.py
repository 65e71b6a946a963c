from __future__ import annotations

import numpy as np
import pytest

from lmmcompare.fit.small_cholesky import backward, cholesky, forward, gram, semidefinite_cholesky
from lmmcompare.fit.theta import ThetaMap


def test_theta_fills_each_block_column_by_column() -> None:
    factor = ThetaMap.of([2, 1, 3]).matrix(np.arange(1.0, 11.0))
    expected = np.zeros((6, 6))
    expected[:2, :2] = [[1, 0], [2, 3]]
    expected[2, 2] = 4
    expected[3:, 3:] = [[5, 0, 0], [6, 8, 0], [7, 9, 10]]
    np.testing.assert_array_equal(factor, expected)


@pytest.mark.parametrize("sizes", [[1], [2], [3], [1, 1], [2, 1, 3]])
def test_theta_comes_back_from_its_covariance(sizes: list[int]) -> None:
    theta_map = ThetaMap.of(sizes)
    theta = np.random.default_rng(0).normal(size=len(theta_map.rows))
    theta[theta_map.diagonal] = np.abs(theta[theta_map.diagonal]) + 0.1
    factor = theta_map.matrix(theta)
    np.testing.assert_allclose(theta_map.from_covariance(factor @ factor.T), theta, rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(theta_map.entries(factor), theta)


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_a_singular_covariance_has_a_factor(rank: int) -> None:
    root = np.random.default_rng(rank).normal(size=(3, rank))
    factor = semidefinite_cholesky(root @ root.T)
    np.testing.assert_allclose(factor @ factor.T, root @ root.T, atol=1e-12)
    assert np.array_equal(factor, np.tril(factor))


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_batched_factors_solve(k: int) -> None:
    random = np.random.default_rng(k)
    root = random.normal(size=(4, k, k))
    matrices = root @ root.transpose(0, 2, 1) + np.eye(k)
    lower = cholesky(np.moveaxis(matrices, 0, -1))
    right = random.normal(size=(k, 2, 4))
    for j in range(4):
        np.testing.assert_allclose(lower[:, :, j], np.linalg.cholesky(matrices[j]), rtol=1e-12)
        np.testing.assert_allclose(lower[:, :, j] @ forward(lower, right)[:, :, j], right[:, :, j], atol=1e-12)
        np.testing.assert_allclose(lower[:, :, j].T @ backward(lower, right)[:, :, j], right[:, :, j], atol=1e-12)
    total = sum(right[:, :, j].T @ right[:, :, j] for j in range(4))
    np.testing.assert_allclose(gram(right, right), total, rtol=1e-12)
