"""Whether groups that were assigned as wholes stay in the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.explain.clustered_errors import clusters_kept_sentence, few_groups


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
        and f"a test sees no variance between {counted.split()[-1]}" in said
        and "constant in each of these" in said
    )


@pytest.mark.parametrize(
    ("treated", "said"), [(8, ""), (5, "degrees of freedom)"), (3, "with fewer than 5 their intervals are rough too")]
)
def test_the_caution_goes_by_degrees_of_freedom_however_many_groups_there_are(treated: int, said: str) -> None:
    """Of a mean of m and one of 25 - m groups; the degrees of freedom of HC2 in Bell and McCaffrey's way, written out here."""
    x = (np.arange(25) < treated).astype(float)
    design = np.column_stack([np.ones(25), x])
    weight, residual = np.linalg.pinv(design)[1], np.eye(25) - design @ np.linalg.pinv(design)
    form = residual @ np.diag(weight**2 / np.diag(residual)) @ residual
    df = np.trace(form) ** 2 / np.trace(form @ form)
    frame = pd.DataFrame({"g": np.repeat(np.arange(25), 4), "x": np.repeat(x, 4)})
    frame["y"] = np.random.default_rng(treated).normal(size=100)
    found = few_groups(compare("y ~ x + (1 | g)", frame), "x")
    assert (df < 10) == bool(said) and (df < 5) == ("rough" in said)
    assert said in found and bool(found) == bool(said)
    if said:
        assert "As few of the 25 g groups tell this coefficient" in found and f"CR2 has {df:.1f}" in found
