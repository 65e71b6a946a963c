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


@pytest.mark.parametrize(("column", "counted"), [("arm", "With 8 districts"), ("reading", "With 48 schools")])
@pytest.mark.parametrize("shown", ["district", "district:school"])
def test_what_was_assigned_as_a_whole_is_counted_whichever_groups_are_shown(
    column: str, counted: str, shown: str
) -> None:
    """arm is constant in 8 districts, and so in their 48 schools; reading differs between the schools of a district."""
    random = np.random.default_rng(4)
    school = np.repeat(np.arange(48), 5)
    district = school // 6
    frame = pd.DataFrame({"district": district, "school": school % 6, "arm": np.where(district % 2, "new", "usual")})
    frame["reading"] = np.where(school % 2, "aloud", "silent")
    frame["y"] = random.normal(size=240)
    both = compare(f"y ~ {column} + (1 | district / school)", frame, group=shown)
    said = clusters_kept_sentence(both, both.ols.names[1])
    assert (
        counted in said
        and f"no variance between {counted.split()[-1]} is seen" in said
        and "constant in each of these" in said
    )
