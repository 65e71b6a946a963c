"""Groups that differ in residual scatter are not taken for groups whose slopes differ; slopes that do differ are."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import bartlett
from statsmodels.stats.oneway import anova_oneway

from lmmcompare import compare
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.assess.scatter_by_group import equal_means, equal_variances, scatter_sentence
from lmmcompare.text.numbers import p_value


def scattered(*, slopes: float, spread: float) -> pd.DataFrame:
    """30 groups of 12 rows."""
    rng = np.random.default_rng(1)
    groups, rows = 30, 12
    frame = pd.DataFrame({"g": np.repeat([f"g{i:02d}" for i in range(groups)], rows), "x": rng.normal(size=360)})
    sd, noise = np.exp(spread * rng.normal(size=groups)), rng.normal(size=groups * rows)
    slope = 0.84 + slopes * np.sin(np.arange(groups))
    frame["y"] = np.repeat(slope, rows) * frame["x"] + np.repeat(rng.normal(size=groups), rows)
    frame["y"] += noise * np.repeat(sd, rows)
    return frame


def test_the_tests_are_those_of_others() -> None:
    rng = np.random.default_rng(4)
    samples = [rng.normal(size=n) * (1 + n / 4) + n / 9 for n in (6, 9, 14, 20)]
    n = np.array([len(s) for s in samples])
    means, variances = np.array([s.mean() for s in samples]), np.array([s.var(ddof=1) for s in samples])
    welch = anova_oneway(samples, use_var="unequal").pvalue
    assert equal_means(means, variances / n, n - 1) == pytest.approx(welch, rel=1e-9)
    assert equal_variances(variances, n - 1) == pytest.approx(bartlett(*samples).pvalue, rel=1e-9)


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)"])
def test_scatter_that_differs_is_not_a_slope_that_does(formula: str) -> None:
    both = compare(formula, scattered(slopes=0.0, spread=0.6))
    (said,) = (r.sentence for r in remarks(both) if "scatter" in r.sentence)
    lines = [
        np.polyfit(own["x"], own["y"], 1, full=True)[1][0] / 10
        for _, own in scattered(slopes=0, spread=0.6).groupby("g")
    ]
    told = re.search(r"goes from ([\d.]+) to ([\d.]+)", said)
    assert told and [float(t) for t in told.groups()] == pytest.approx(np.sqrt([min(lines), max(lines)]), rel=5e-3)
    assert (
        p_value(0.2702437) in said
    )  # of Welch’s formula in R, from summary(lm(y ~ x)) by group; varIdent in nlme: AIC 1,232.3, 1,234.2 with slopes


def test_slopes_that_differ_are_left_alone() -> None:
    for spread in (0.0, 0.4):
        both = compare("y ~ x + (1 | g)", scattered(slopes=0.8, spread=spread))
        assert both.by_ml["random_intercept"].aic - both.by_ml["random_slope"].aic > 10
        assert not scatter_sentence(both)
    assert not scatter_sentence(compare("y ~ x + (1 | g)", scattered(slopes=0.0, spread=0.0)))
