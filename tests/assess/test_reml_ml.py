"""REML beside ML, against two fits by themselves and OLS by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare import compare, lmer
from lmmcompare.assess.reml_ml import reml_and_ml, reml_sentence
from tests.helpers import table


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(
    ("data", "formula"),
    [("sleepstudy", "Reaction ~ Days + (Days | Subject)"), ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)")],
)
def test_both_are_the_fits_by_themselves(data: str, formula: str, reml: bool) -> None:
    found = reml_and_ml(compare(formula, table(data), reml))
    for column, method in (("reml", True), ("ml", False)):
        fit = lmer(formula, table(data), reml=method)
        known = [v for c in fit.cov_re.values() for v in np.diag(c)] + [fit.scale]
        np.testing.assert_allclose(found.variances[column], known, rtol=1e-4)


def test_the_numbers_of_ols_have_the_two_divisors() -> None:
    frame = table("cv161703")
    found = reml_and_ml(both := compare("Y ~ X + (1 | ID)", frame))
    residual = frame["Y"] - np.polyval(np.polyfit(frame["X"], frame["Y"], 1), frame["X"])
    assert found.ols == pytest.approx(((residual**2).sum() / 58, (residual**2).sum() / 60))
    assert (
        (found.n, found.p) == (60, 2)
        and found.variances.loc[0, "constant"] == 1
        and found.variances.loc[0, "levels"] == 20
    )
    said = reml_sentence(both, found)
    assert "60 − 2 = 58" in said and "2.15 by REML and 1.98 by ML" in said
