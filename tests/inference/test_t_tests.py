"""t tests from their definition in SciPy's distributions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lmmcompare.inference.line_band import band_critical
from lmmcompare.inference.multiplicity import critical
from lmmcompare.inference.t_tests import t_quantile, t_tests


def test_statistics_p_values_and_limits() -> None:
    estimate, se, df = np.array([1.5, -0.2, 3.0]), np.array([0.5, 0.4, 2.0]), np.array([2.5, 40.0, np.inf])
    result = t_tests(estimate, se, df, alpha=0.1)
    np.testing.assert_allclose(result["p"][:2], 2 * stats.t.sf(np.abs(estimate / se), df)[:2], rtol=1e-12)
    np.testing.assert_allclose(
        result["p"][2], 2 * stats.norm.sf(1.5), rtol=1e-12
    )  # infinite df: the normal distribution
    low, high = stats.t.interval(0.9, df[:2], estimate[:2], se[:2])
    np.testing.assert_allclose([result["lower"][:2], result["upper"][:2]], [low, high], rtol=1e-9)
    np.testing.assert_allclose(t_quantile(df, 0.1)[2], stats.norm.ppf(0.95), rtol=1e-12)


def test_an_error_of_zero_leaves_the_others_as_they_are() -> None:
    result = t_tests(np.array([1.0, 1.0]), np.array([0.0, 0.5]), np.array([5.0, 5.0]))
    assert result["t"].tolist() == [np.inf, 2.0] and result["p"][0] == 0


def test_below_half_a_degree_of_freedom_an_interval_has_no_end() -> None:
    """R: qt(0.975, c(0.5, 1)); the tests keep their p values: 2 * pt(-2, 0.05)."""
    assert t_quantile(np.array([0.5, 1.0])) == pytest.approx([164.55767348, 12.7062047362])
    rows = t_tests(np.array([2.0, 2.0]), np.ones(2), np.array([0.05, 1.0]))
    assert list(rows["lower"]) == [-np.inf, pytest.approx(2 - 12.7062047362)]
    assert rows["upper"][0] == np.inf
    assert rows["p"][0] == pytest.approx(0.866428758464)
    for adjustment in ("tukey", "dunnettx", "bonferroni", "none"):
        found = critical(np.array([0.1, 5.0, 5.0]), 3, adjustment, 0.05)
        assert np.isinf(found[0]) and np.isfinite(found[1:]).all()
    assert np.isinf(band_critical(0.5, 0.1, 0.05))


def test_what_is_known_without_error_has_no_width_whatever_its_degrees_of_freedom() -> None:
    """A difference of arms at the start is exactly 0: infinity times 0 would be no number."""
    rows = t_tests(np.array([0.0, 2.0]), np.array([0.0, 1.0]), np.array([0.1, 0.1]))
    assert rows["lower"].tolist() == [0.0, -np.inf] and rows["upper"].tolist() == [0.0, np.inf]
