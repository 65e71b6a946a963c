"""The groups of calls that have no random part: as they name them, for the comparison."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples, read_call
from lmmcompare.errors import FormulaError
from lmmcompare.formula.calls import with_groups


def test_a_call_with_group_dummies_is_the_comparison_whose_dummies_have_its_estimates():
    data = examples.load("sleepstudy")
    slope = compare("feols(Reaction ~ Days | Subject, sleepstudy)", data).no_pooling.params["Days"]
    centred = data[["Reaction", "Days"]] - data.groupby("Subject")[["Reaction", "Days"]].transform("mean")
    np.testing.assert_allclose(
        slope, (centred["Days"] @ centred["Reaction"]) / (centred["Days"] @ centred["Days"]), rtol=1e-12
    )


# call without a random part -> the formula whose comparison has its model; None where nothing names groups
WITH_GROUPS = {
    "lm(y ~ x, d)": None,
    "lm(y ~ x + factor(g), d)": None,
    "lm_robust(y ~ x, d, clusters = g)": "y ~ x + (1 | g)",
    "regress y x i.g, vce(cluster g)": "y ~ x + (1 | g)",
    "lm_robust(y ~ 0 + x + factor(g), d, clusters = g)": "y ~ x + (1 | g)",
    "lm_robust(y ~ x * factor(g), d, clusters = g)": "y ~ x + (x | g)",
    "lm_robust(y ~ factor(g) + x:factor(g), d, clusters = g)": "y ~ x + (x | g)",  # a slope in each group
    "lm_robust(y ~ x * factor(g) + z, d, clusters = g)": "y ~ x + factor(g) + z + x:factor(g) + (1 | g)",  # z is alike in all
    "lm_robust(y ~ x + x:factor(g), d, clusters = g)": "y ~ x + x:factor(g) + (1 | g)",  # no dummies of the groups alone
    "lm_robust(y ~ x + g, d, clusters = g)": "y ~ x + g + (1 | g)",  # a number, and one slope
    "gls(y ~ x, d, correlation = corCompSymm(form = ~ 1 | g))": "y ~ x + (1 | g)",
    "geeglm(y ~ x, id = g, data = d)": "y ~ x + (1 | g)",
}


@pytest.mark.parametrize("text", WITH_GROUPS)
def test_a_call_without_a_random_part_is_compared_by_the_groups_that_it_names(text):
    call, kinds = read_call(text), {"y": True, "x": True, "g": True}
    if WITH_GROUPS[text] is None:
        with pytest.raises(FormulaError, match="no group"):
            with_groups(call, kinds)
        call = with_groups(call, kinds, read_call("lmer(y ~ 1 + (1 | g), d)").spec)
        assert call.formula == "y ~ x + (1 | g)"
    else:
        assert with_groups(call, kinds).formula == WITH_GROUPS[text]


def test_dummies_of_text_are_told_from_a_number_and_offered_as_groups():
    with pytest.raises(FormulaError) as caught:
        with_groups(read_call("lm(y ~ x + g, d)"), {"y": True, "x": True, "g": False})
    assert "y ~ x + (1 | g)" in caught.value.remedy and "g has the groups" in caught.value.remedy


def test_the_dummies_of_a_pasted_call_are_the_dummies_of_its_comparison():
    data = examples.load("sleepstudy")
    call = 'lm_robust(Reaction ~ Days + factor(Subject), data = sleepstudy, clusters = Subject, se_type = "CR2")'
    comparison = compare(call, data)
    dense = np.column_stack([data["Days"], pd.get_dummies(data["Subject"].astype(str)).to_numpy(float)])
    slope = np.linalg.lstsq(dense, data["Reaction"].to_numpy(), rcond=None)[0][0]
    assert comparison.fits["no_pooling"].params["Days"] == pytest.approx(slope, rel=1e-10)
