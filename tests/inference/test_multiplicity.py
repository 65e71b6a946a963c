"""The studentized range, adjusted p values and limits, contrast families, the simultaneous band."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lmmcompare.inference.contrast_families import contrast_family
from lmmcompare.inference.line_band import band_critical
from lmmcompare.inference.multiplicity import adjusted, critical
from lmmcompare.inference.studentized_range import range_quantile, range_tail


@pytest.mark.parametrize("df", [0.7, 1.0, 2.0, 3.7, 9.0, 45.0, 300.0, np.inf])
def test_of_two_means_the_range_is_students_t(df):
    q = np.array([0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0])
    ours = range_tail(q, 2, np.full(len(q), df))
    np.testing.assert_allclose(ours, 2 * stats.t.sf(q / np.sqrt(2), df), rtol=1e-5, atol=1e-17)


@pytest.mark.parametrize(("k", "df"), [(3, 9), (5, 2.5), (12, 30)])
def test_tails_are_those_of_the_double_integral(k, df):
    q = np.array([1.0, 3.0, 5.0, 9.0])
    expected = [stats.studentized_range.sf(one, k, df) for one in q]
    np.testing.assert_allclose(range_tail(q, k, np.full(len(q), float(df))), expected, rtol=1e-6)


def test_quantiles_are_where_the_tail_is():
    df = np.array([2.2, 7.0, 7.0, 33.3, 1e9, np.inf])
    for k in (2, 3.4, 12):
        np.testing.assert_allclose(range_tail(range_quantile(0.05, k, df), k, df), 0.05, rtol=1e-6)


def test_holm_and_bonferroni_are_as_in_r():
    p = np.array([0.01, 0.04, 0.03, np.nan, 0.5])  # p.adjust(c(.01, .04, .03, .5), "holm"): .04 .09 .09 .5
    df = np.full(5, np.inf)
    t = stats.norm.isf(p / 2)
    np.testing.assert_allclose(adjusted(t, df, 1, "holm"), [0.04, 0.09, 0.09, np.nan, 0.5])
    np.testing.assert_allclose(adjusted(t, df, 1, "bonferroni"), [0.04, 0.16, 0.12, np.nan, 1.0])


def test_dunnetts_approximation_is_that_of_emmeans():
    # emmeans 1.8.4: 1 - .pdunnx(c(1, 2, 3, 4), 3, c(10, 20, 30, Inf))[1:3], and of three contrasts
    t, df = np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 30.0])
    np.testing.assert_allclose(adjusted(t, df, 4, "dunnettx"), [0.6334923485, 0.1478912241, 0.0150130042], rtol=1e-7)
    limits = critical(df, 4, "dunnettx", 0.05)
    np.testing.assert_allclose(adjusted(limits, df, 4, "dunnettx"), 0.05, rtol=1e-6)


def test_polynomials_are_the_tables_whole_numbers():
    names, weights = contrast_family("poly", list("abcdef"))
    assert names[:4] == ["linear", "quadratic", "cubic", "quartic"]
    assert weights[1].tolist() == [5, -1, -4, -4, -1, 5] and weights[4].tolist() == [-1, 5, -10, 10, -5, 1]


def test_every_family_names_and_weighs_the_same_difference():
    for family in ("pairwise", "revpairwise", "trt.vs.ctrl", "consec"):
        names, weights = contrast_family(family, ["a", "b", "c"], control=1)
        for name, row in zip(names, weights, strict=True):
            first, second = name.split(" - ")
            assert (row["abc".index(first)], row["abc".index(second)]) == (1, -1) and np.abs(row).sum() == 2


@pytest.mark.parametrize("df", [4.0, 25.0, np.inf])
def test_the_band_lies_between_one_interval_and_scheffes(df):
    one = stats.t.isf(0.025, df)
    scheffe = np.sqrt(2 * stats.f.isf(0.05, 2, df)) if np.isfinite(df) else np.sqrt(stats.chi2.isf(0.05, 2))
    assert band_critical(1.0, df, 0.05) == pytest.approx(one)
    assert band_critical(-1.0, df, 0.05) == pytest.approx(scheffe)
    assert one < band_critical(0.5, df, 0.05) < band_critical(-0.5, df, 0.05) < scheffe


def test_the_band_covers_as_often_as_it_says():
    rng = np.random.default_rng(4)
    n, df, arc = 200_000, 12.0, 1.9
    z = rng.standard_normal((n, 2)) / np.sqrt(rng.chisquare(df, n) / df)[:, None]
    along = np.linspace(0, arc, 200)
    largest = np.zeros(n)
    for angle in along:
        np.maximum(largest, np.abs(z @ [np.cos(angle), np.sin(angle)]), out=largest)
    missed = (largest > band_critical(np.cos(arc), df, 0.05)).mean()
    assert missed == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / n))
