"""The pulls of the groups add up to the gap, and their weights to 1."""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare.explain.gap_decomposition import attribution, weight_shares
from tests.helpers import comparison


@pytest.mark.parametrize("case", ["cv161703_ri", "sleepstudy_unbalanced_ri", "exam_ri", "insteval_crossed"])
def test_the_pulls_add_up_to_the_gap(case: str) -> None:
    """The gap to the mixed model that was asked for, with all its grouping factors."""
    both = comparison(case)
    term = both.no_pooling.names[0]
    parts = attribution(both, term)
    gap = both.ols.params[term] - both.mixed.params[term]
    size = float(both.mixed.bse[term])
    assert parts["total"].sum() == pytest.approx(gap, rel=1e-8, abs=1e-9 * size)
    np.testing.assert_allclose(parts["within"] + parts["between"], parts["total"])


@pytest.mark.parametrize("model", ["ols", "no_pooling", "random_slope"])
@pytest.mark.parametrize("case", ["cv161703_ri", "sleepstudy_unbalanced_ri", "exam_ri", "insteval_crossed"])
def test_the_shares_of_the_groups_add_up_to_one(case: str, model: str) -> None:
    both = comparison(case)
    assert weight_shares(both, both.no_pooling.names[0], model).sum() == pytest.approx(1, rel=1e-10)
