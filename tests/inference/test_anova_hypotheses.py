"""Hypothesis matrices of types II and III against cell means and against least squares on the columns themselves."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from lmmcompare.inference.anova_hypotheses import TermColumns, contained, relatives, type_three, type_two

LEVELS = {"a": 2, "b": 3, "c": 4}
FORMULAS = {  # terms in order; x and w are numbers, w with two columns
    "a": ["a"],
    "a * b": ["a", "b", "ab"],
    "a * b * c": ["a", "b", "c", "ab", "ac", "bc", "abc"],
    "b * x": ["b", "x", "bx"],
    "a + b * w": ["a", "b", "w", "bw"],
    "a * b * x": ["a", "b", "x", "ab", "ax", "bx", "abx"],
    "a + a:b": ["a", "ab"],
    "x + a:x": ["x", "ax"],
}


def build(texts: list[str], intercept: bool = True) -> tuple[list[TermColumns], int]:
    """Terms coded by R's rule: a factor by contrasts where its margin is in the model, else in full."""
    margins = {frozenset(t) for t in texts} | ({frozenset("")} if intercept else set())
    terms, start = [], int(intercept)
    for text in texts:
        choices = []
        for f in text:
            if f in LEVELS:
                choices.append(range(frozenset(text) - {f} in margins, LEVELS[f]))
            else:
                choices.append(range(2 if f == "w" else 1))
        levels = tuple(product(*choices))
        terms.append(TermColumns(tuple(text), tuple(range(start, start + len(levels))), levels))
        start += len(levels)
    return terms, start


def columns(terms: list[TermColumns], p: int, cells: dict[str, np.ndarray], n: int) -> np.ndarray:
    """The model matrix of rows that are given by levels (of a, b, c) and numbers (x, w0, w1)."""
    x = np.ones((n, p))
    for term in terms:
        for column, levels in zip(term.columns, term.levels, strict=True):
            for factor, level in zip(term.factors, levels, strict=True):
                name = f"w{level}" if factor == "w" else factor
                x[:, column] *= cells[name] == level if factor in LEVELS else cells[name]
    return x


def same_space(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether the rows of two matrices span the same space."""
    rank = np.linalg.matrix_rank(np.vstack([a, b]), tol=1e-8)
    return rank == np.linalg.matrix_rank(a, tol=1e-8) == np.linalg.matrix_rank(b, tol=1e-8)


@pytest.mark.parametrize("name", ["a", "a * b", "a * b * c", "a + a:b"])
def test_type_three_of_a_factor_compares_the_means_of_its_levels_over_all_cells(name: str) -> None:
    terms, p = build(FORMULAS[name])
    higher = contained(terms, LEVELS)
    grid = np.array(list(product(*(range(k) for k in LEVELS.values()))))
    cells = dict(zip(LEVELS, grid.T, strict=True))
    x = columns(terms, p, cells, len(grid))
    for term, ours in zip(terms, type_three(terms, higher, LEVELS, p), strict=True):
        if len(term.factors) == 1:
            level = cells[term.factors[0]]
            means = np.array([x[level == k].mean(axis=0) for k in range(LEVELS[term.factors[0]])])
            assert same_space(ours, means[1:] - means[0])


@pytest.mark.parametrize("name", ["b * x", "a * b * x", "x + a:x"])
def test_type_three_of_a_number_is_the_mean_of_its_slopes(name: str) -> None:
    terms, p = build(FORMULAS[name])
    grid = np.array(list(product(*(range(k) for k in LEVELS.values()))))
    cells = dict(zip(LEVELS, grid.T, strict=True))
    one, zero = (columns(terms, p, {**cells, "x": np.full(len(grid), v)}, len(grid)) for v in (1.0, 0.0))
    at = FORMULAS[name].index("x")
    ours = type_three(terms, contained(terms, LEVELS), LEVELS, p)[at]
    assert same_space(ours, (one - zero).mean(axis=0)[None])
    # a factor's own term is not contained in its interactions with numbers: it is tested where these are 0
    for term, rows in zip(terms, type_three(terms, contained(terms, LEVELS), LEVELS, p), strict=True):
        if "x" not in term.factors:
            assert not rows[:, [c for t in terms if "x" in t.factors for c in t.columns]].any()


@pytest.mark.parametrize("name", FORMULAS)
def test_the_highest_terms_are_their_own_coefficients(name: str) -> None:
    terms, p = build(FORMULAS[name])
    for term, rows, above in zip(
        terms, type_three(terms, contained(terms, LEVELS), LEVELS, p), contained(terms, LEVELS), strict=True
    ):
        assert rows.shape == (len(term.columns), p)
        assert np.linalg.matrix_rank(rows) == len(term.columns)
        if not above:
            np.testing.assert_allclose(rows, np.eye(p)[list(term.columns)], atol=1e-12)


def test_without_an_intercept_the_first_factor_is_tested_against_zero() -> None:
    terms = [TermColumns(("a",), (0, 1), ((0,), (1,))), TermColumns(("b",), (2, 3), ((1,), (2,)))]
    for rows, own in zip(type_three(terms, [[], []], LEVELS, 4), ([0, 1], [2, 3]), strict=True):
        np.testing.assert_allclose(rows, np.eye(4)[own], atol=1e-12)


@pytest.mark.parametrize("name", FORMULAS)
def test_type_two_is_the_fall_of_the_sum_of_squares_without_the_higher_terms(name: str) -> None:
    """Against least squares fitted with and without the term, the relatives left out of both."""
    random = np.random.default_rng(1)
    n = 200
    cells = {f: random.integers(0, k, n) for f, k in LEVELS.items()} | {
        k: random.normal(size=n) for k in ("x", "w0", "w1")
    }
    terms, p = build(FORMULAS[name])
    x, y = columns(terms, p, cells, n), random.normal(size=n)
    vcov = np.linalg.inv(x.T @ x)
    beta = vcov @ x.T @ y
    higher = relatives(terms)
    for term, others, rows in zip(terms, higher, type_two(terms, higher, vcov), strict=True):
        out = [c for k in others for c in terms[k].columns]
        big = np.delete(x, out, axis=1)
        small = np.delete(x, out + list(term.columns), axis=1)
        rss = [float(((y - m @ np.linalg.lstsq(m, y)[0]) ** 2).sum()) for m in (small, big)]
        wald = rows @ beta @ np.linalg.solve(rows @ vcov @ rows.T, rows @ beta)
        assert wald == pytest.approx(rss[0] - rss[1], rel=1e-8)


def test_what_contains_what() -> None:
    terms, _ = build(FORMULAS["a * b * x"])
    names = ["".join(t.factors) for t in terms]
    every = {names[k]: [names[i] for i in optima] for k, optima in enumerate(relatives(terms))}
    assert every["a"] == ["ab", "ax", "abx"] and every["x"] == ["ax", "bx", "abx"] and every["abx"] == []
    sas = {names[k]: [names[i] for i in optima] for k, optima in enumerate(contained(terms, LEVELS))}
    assert sas["a"] == ["ab"] and sas["x"] == ["ax", "bx", "abx"] and sas["ax"] == ["abx"]
