"""Sums by size, by gap and by visit are what loops over groups and rows give."""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare.moments.group_serial_sums import by_gap_and_group
from lmmcompare.moments.serial_sums import FEW, by_gap, products
from lmmcompare.moments.size_sums import by_size, by_size_and_level
from lmmcompare.moments.visit_sums import by_visit, differences, from_first

RNG = np.random.default_rng(0)
SIZES = [1, 3, 2, 3, 5, 1]
CODES = np.repeat(np.arange(6), SIZES)
TIME = np.concatenate([np.sort(RNG.choice(9, n, replace=False)) for n in SIZES]).astype(float)
LEVELS = RNG.integers(0, 2, len(CODES))
VALUES = RNG.normal(size=(3, len(CODES)))
FIRST = np.diff(CODES, prepend=-1) != 0


def test_sums_by_size() -> None:
    n = np.array(SIZES, dtype=float)
    mean = np.array([VALUES[:, g == CODES].mean(axis=1) for g in range(6)]).T
    found = by_size(n, mean, np.eye(3))
    assert found.size.tolist() == [1, 2, 3, 5] and found.groups.tolist() == [2, 1, 2, 1]
    for size, between in zip(found.size, found.between, strict=True):
        expected = sum(n[g] * np.outer(mean[:, g], mean[:, g]) for g in range(6) if n[g] == size)
        np.testing.assert_allclose(between, expected)


def test_sums_by_size_and_level() -> None:
    found = by_size_and_level(VALUES, CODES, 6, LEVELS, 2, np.eye(3))
    totals = np.zeros((6, 2, 3))
    for g, level, row in zip(CODES, LEVELS, VALUES.T, strict=True):
        totals[g, level] += row
    at = found.size.tolist().index(3.0)
    expected = sum(np.einsum("aq,br->abqr", totals[g], totals[g]) for g in (1, 3))
    np.testing.assert_allclose(found.totals[at], expected)
    np.testing.assert_allclose(found.own[1], VALUES[:, LEVELS == 1] @ VALUES[:, LEVELS == 1].T)


def test_sums_by_gap_and_by_group() -> None:
    sums = by_gap(VALUES, FIRST, TIME, LEVELS, 2)
    groups = by_gap_and_group(sums, VALUES[:2], VALUES, CODES, FIRST, TIME, LEVELS)
    weights = RNG.normal(size=len(sums.tables))
    keys = list(zip(sums.gap, sums.before, sums.now, strict=True))
    total, by_group = np.zeros((3, 3)), np.zeros((6, 3, 3))
    for k in range(len(CODES)):
        now = VALUES[:, k]
        if FIRST[k]:
            part = weights[LEVELS[k]] * np.outer(now, now)
        else:
            at = keys.index((TIME[k] - TIME[k - 1], LEVELS[k - 1], LEVELS[k]))
            change, mixed, earlier = weights[2:].reshape(3, -1)[:, at]
            before = VALUES[:, k - 1]
            step = now - before
            part = change * np.outer(step, step) + mixed * (np.outer(step, before) + np.outer(before, step))
            part = part + earlier * np.outer(before, before)
        total += part
        by_group[CODES[k]] += part
    np.testing.assert_allclose(np.tensordot(weights, sums.tables, axes=1), total, atol=1e-12)
    np.testing.assert_allclose(groups.total(weights), by_group[:, :2].transpose(1, 2, 0), atol=1e-12)
    slope = RNG.normal(size=(2, 3, 6))
    step = 1e-6 * RNG.normal(size=len(weights))
    change = (slope * (groups.total(weights + step) - groups.total(weights))).sum()
    assert groups.weight_slopes(slope) @ step == pytest.approx(change, rel=1e-6)


@pytest.mark.parametrize("n_keys", [1, 5, FEW + 20])
def test_products_by_key_are_the_same_however_many_keys_there_are(n_keys: int) -> None:
    key = RNG.integers(0, n_keys, 400)
    left, right = RNG.normal(size=(2, 400)), RNG.normal(size=(3, 400))
    found = products(left, right, key, n_keys)
    for k in range(n_keys):
        np.testing.assert_allclose(found[k], left[:, key == k] @ right[:, key == k].T, atol=1e-12)


def test_what_a_group_has_follows_from_what_a_complete_one_has() -> None:
    seen = RNG.random((20, 6)) < 0.5
    seen[seen.sum(axis=1) == 0, 3] = True
    whole = RNG.normal(size=6)
    for own, matrix in zip(seen, differences(seen), strict=True):
        rows = matrix @ from_first(whole)
        np.testing.assert_allclose(rows[own], from_first(whole[own]), atol=1e-14)
        assert not rows[~own].any()


def test_sums_by_pattern_of_visits() -> None:
    order = RNG.permutation(len(CODES))
    visits = TIME.astype(int)
    found = by_visit(VALUES[:, order], CODES[order], 6, visits[order], 9)
    assert found.groups.sum() == 6
    weights = RNG.normal(size=(9, 9))
    weights = weights + weights.T
    expected = np.zeros((3, 3))
    for g in range(6):
        own = np.flatnonzero(g == CODES)
        own = own[np.argsort(visits[own])]
        rows = VALUES[:, own].copy()
        rows[:, 1:] -= VALUES[:, own[:1]]
        expected += rows @ weights[np.ix_(visits[own], visits[own])] @ rows.T
    np.testing.assert_allclose(
        np.tensordot(weights[found.earlier, found.later], found.tables, axes=1), expected, atol=1e-12
    )
