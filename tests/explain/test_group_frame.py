"""Every group's part in a coefficient."""

from __future__ import annotations

import pytest

from lmmcompare.comparison.shrinkage import shrinkage
from lmmcompare.explain.group_frame import groups_frame, pooling_weight
from tests.helpers import comparison


def test_what_if_weight_is_the_fitted_one_for_the_group_as_it_is() -> None:
    both = comparison("sleepstudy_unbalanced_ri")
    frame = shrinkage(both.random_intercept)
    row = frame.iloc[0]
    now = pooling_weight(both, int(row["n"]), both.random_intercept.sigma)
    assert now == pytest.approx(row["weight"], rel=1e-9)
    assert pooling_weight(both, 1e9, 1.0) == pytest.approx(1, abs=1e-6)
    assert pooling_weight(comparison("dyestuff2_singular"), 5, 1.0) == 0


def test_group_weights_add_up() -> None:
    frame = groups_frame(comparison("exam_rs"), "standLRT")
    assert frame["weight_ols"].sum() == pytest.approx(1)
    assert frame["weight_mixed"].sum() == pytest.approx(1)
    assert frame["kept"].isna().all(), "with a random slope the weight on a group's own rows is a matrix"
