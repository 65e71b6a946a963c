"""Whether groups that were assigned as wholes stay in the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.explain.clustered_errors import clusters_kept_sentence


@pytest.mark.parametrize(("spread", "column", "kept"), [(0.3, "arm", True), (9.0, "arm", False), (0.3, "x", False)])
def test_clusters_that_were_assigned_stay_whatever_a_test_of_their_variance_says(spread, column, kept):
    random = np.random.default_rng(15)
    clinic = np.repeat(np.arange(6), 30)
    arm, x = np.where(clinic % 2, "new", "usual"), random.normal(size=180)
    y = 27 + spread * random.normal(size=6)[clinic] + random.normal(0, 4, 180)
    both = compare(f"y ~ {column} + (1 | clinic)", pd.DataFrame({"clinic": clinic, "arm": arm, "x": x, "y": y}))
    term = both.ols.names[1]
    assert bool(clusters_kept_sentence(both, term)) is kept
