"""Moments against their definitions, in one pass and in several, near zero and far from it."""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare.errors import TooLargeError
from lmmcompare.moments import row_pass
from lmmcompare.moments.row_pass import compute


def make(seed: int, rows: int = 200, groups: int = 7) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    codes = np.append(np.arange(groups), random.integers(0, groups, rows - groups))
    return random.normal(size=(3, rows)) * [[1.0], [50.0], [0.01]] + [[0.0], [1000.0], [-3.0]], codes


@pytest.mark.parametrize("chunk", [16, 1 << 16])
def test_moments_are_what_they_are_called(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_pass, "CHUNK", chunk)
    columns, codes = make(0)
    found = compute(list(columns), codes, 200, 7)
    scaled = (columns - columns.mean(axis=1)[:, None]) / columns.std(axis=1)[:, None]
    np.testing.assert_allclose(found.center, columns.mean(axis=1), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(found.scale, columns.std(axis=1), rtol=1e-12)
    for j in range(7):
        own = scaled[:, codes == j]
        apart = own - own.mean(axis=1)[:, None]
        assert found.n[j] == own.shape[1]
        np.testing.assert_allclose(found.mean[:, j], own.mean(axis=1), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found.within[:, :, j], apart @ apart.T, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(found.within_total + found.between_total, scaled @ scaled.T, rtol=1e-9, atol=1e-9)
    assert (found.n_rows, found.n_groups) == (200, 7)


def test_without_groups_there_is_one() -> None:
    columns, _ = make(1)
    found = compute(list(columns), None, 200)
    np.testing.assert_allclose(found.within[:, :, 0], np.corrcoef(columns) * 200, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.mean, 0, atol=1e-12)


def test_a_far_off_mean_costs_no_more_digits_than_the_data_lost() -> None:
    columns, codes = make(2)
    near = compute(list(columns), codes, 200, 7)
    far = compute([columns[0] + 1e8, columns[1], columns[2]], codes, 200, 7)
    # the shifted column itself is rounded at 1e-8
    np.testing.assert_allclose(far.within, near.within, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(far.mean, near.mean, atol=1e-7)


def test_what_varies_where() -> None:
    _, codes = make(3)
    random = np.random.default_rng(3)
    both, level = random.normal(size=200), random.normal(size=7)
    within = both - (np.bincount(codes, both) / np.bincount(codes))[codes]
    found = compute([both, within, level[codes], np.full(200, 3.3)], codes, 200, 7)
    assert found.varies_within.tolist() == [True, True, False, False]
    assert found.varies_between.tolist() == [True, False, True, False]


def test_further_columns() -> None:
    columns, codes = make(4)
    base = compute(list(columns), codes, 200, 7)
    means = np.array([np.bincount(codes, c) / np.bincount(codes) for c in columns])
    with_means = base.with_group_means([1])
    built = compute([columns[0], columns[1], means[1][codes], columns[2]], codes, 200, 7)
    size = with_means.scale[:, None] * with_means.scale
    np.testing.assert_allclose(
        with_means.within * size[:, :, None], built.within * (built.scale[:, None] * built.scale)[:, :, None], atol=1e-8
    )
    in_units = with_means.center[:, None] + with_means.scale[:, None] * with_means.mean
    np.testing.assert_allclose(in_units, built.center[:, None] + built.scale[:, None] * built.mean, rtol=1e-10)


def test_some_of_the_groups() -> None:
    columns, codes = make(5)
    part = compute(list(columns), codes, 200, 7).keep(np.array([1, 4]))
    assert part.n.tolist() == [np.sum(codes == 1), np.sum(codes == 4)]
    assert part.mean.shape == (3, 2) and part.within.shape == (3, 3, 2)


def test_too_large_is_said_before_it_is_tried() -> None:
    with pytest.raises(TooLargeError, match=r"1,000,000 groups with 50 columns need 20\.4 GB; 2 GB are allowed"):
        compute([np.zeros(10)] * 50, np.zeros(10, dtype=int), 10, 1_000_000)
