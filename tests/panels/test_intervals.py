"""What the panel of three kinds of intervals says of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import lmmcompare as lc
from lmmcompare.assess.intervals import profiles
from lmmcompare.panels.intervals import intervals_by_method


@pytest.mark.parametrize(("groups", "covered"), [(4, 0.786), (20, 0.933)])
def test_profiles_of_few_groups_are_said_to_be_too_narrow(groups: int, covered: float) -> None:
    """Of groups alike the likelihood ratio is that of their means: J log(1 + t^2 / (J - 2)), whose coverage t tells."""
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(groups), 8)
    frame = pd.DataFrame({"g": g, "arm": g % 2, "y": 3 * rng.normal(size=groups)[g] + rng.normal(size=len(g))})
    both = lc.compare("y ~ arm + (1 | g)", frame)
    (own,) = [p.row for p in profiles(both.mixed) if p.row["name"] == "arm"]
    reach = np.sqrt((groups - 2) * np.expm1(stats.chi2.ppf(0.95, 1) / groups))
    assert (own["upper"] - own["lower"]) / 2 == pytest.approx(reach * both.mixed.bse["arm"], rel=1e-4)
    assert 1 - 2 * stats.t.sf(reach, groups - 2) == pytest.approx(covered, abs=6e-4)
    assert ("too narrow for coefficients that compare g groups" in intervals_by_method(both).lead) == (groups < 20)
