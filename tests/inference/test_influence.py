"""Leaving a group out at the fitted variances, against generalised least squares on the remaining rows."""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare.inference.influence import leave_one_group_out
from tests.helpers import comparison, data


@pytest.mark.parametrize("case", ["cv161703_ri", "sleepstudy_rs", "exam_rs"])
def test_each_column_is_gls_without_that_group(case: str) -> None:
    both, frame = comparison(case), data(case)
    fit, group = both.mixed, both.group
    found = leave_one_group_out(fit.fit, both.moments, fit.columns)
    covariance = fit.cov_re[group].to_numpy()
    X = np.column_stack([np.ones(len(frame)) if k == -1 else both.design.columns[k][:] for k in fit.columns])
    Z = np.column_stack([np.ones(len(frame)) if k == -1 else both.design.columns[k][:] for k in fit.random_columns])
    y, codes = both.design.columns[-1][:], np.asarray(both.design.grouping.codes)
    for left_out in (0, 3, len(found[0]) - 1):
        xx, xy = 0.0, 0.0
        for j in set(codes) - {left_out}:
            rows = codes == j
            V = fit.scale * np.eye(rows.sum()) + Z[rows] @ covariance @ Z[rows].T
            xx = xx + X[rows].T @ np.linalg.solve(V, X[rows])
            xy = xy + X[rows].T @ np.linalg.solve(V, y[rows])
        np.testing.assert_allclose(found[:, left_out], np.linalg.solve(xx, xy), rtol=1e-8, atol=1e-10)


def test_a_group_that_alone_tells_a_coefficient_leaves_it_unknown() -> None:
    import pandas as pd

    from lmmcompare import compare

    rng = np.random.default_rng(2)
    g = np.repeat(list("abcdef"), 4)
    frame = pd.DataFrame({"g": g, "x": np.where(g == "c", rng.normal(size=24), 0.0), "y": rng.normal(size=24)})
    both = compare("y ~ x + (1 | g)", frame)
    found = leave_one_group_out(both.mixed.fit, both.moments, both.mixed.columns)
    assert np.isnan(found[:, 2]).all() and np.isfinite(np.delete(found, 2, axis=1)).all()
