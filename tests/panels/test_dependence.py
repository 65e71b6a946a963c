"""The panel on what rows of one group are worth: two correlations of the same residuals have a name each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

import lmmcompare as lc
from lmmcompare.panels.dependence import dependence
from tests.helpers import table


def test_the_correlation_over_pairs_stands_beside_the_estimate_where_they_part() -> None:
    """Over pairs by a plain sum over the rows, with weighted least squares by statsmodels."""
    rng = np.random.default_rng(1)
    size = rng.integers(3, 12, 20)
    group, weight = np.repeat(np.arange(20), size), rng.integers(1, 20, size.sum()).astype(float)
    level = rng.normal(0, 2, 20)
    x = rng.normal(size=len(group)) + 0.3 * level[group]
    y = 30 + level[group] + 0.7 * x + rng.normal(0, 5, len(group)) / np.sqrt(weight)
    frame = pd.DataFrame({"lab": group, "n": weight, "x": x, "y": y})
    residual = smf.wls("y ~ x", frame, weights=weight).fit().resid.to_numpy()
    relative = weight / weight.mean()
    sums, own = np.bincount(group, relative * residual), np.bincount(group, relative)
    squares = (relative * residual**2).sum()
    pairs = (sums**2).sum() - squares
    possible = (own**2).sum() - len(y)
    rho = pairs / possible / (squares / len(y))
    panel = dependence(lc.compare("y ~ x + (1 | lab)", frame, weights="n"))
    assert panel is not None and "by analysis of variance" in panel.words
    assert f"over all pairs of these rows, **{rho:.2f}**" in panel.words


def test_it_is_not_said_twice_where_both_are_one_number() -> None:
    panel = dependence(lc.compare("Reaction ~ Days + (1 | Subject)", table("sleepstudy")))
    assert panel is not None and "over all pairs" not in panel.words
