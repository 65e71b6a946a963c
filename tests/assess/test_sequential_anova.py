"""summary(lm) and anova(lm), with and without dummies of group, as R prints them (reference/least_squares.json)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.assess.sequential_anova import RESIDUALS, sequential_anova
from lmmcompare.errors import DesignError
from lmmcompare.models import OLSResult
from tests.helpers import reference, table

CASES: dict[str, Any] = reference("least_squares")
KINDS = ("ols", "dummies")
RTOL = 1e-8  # least squares on both sides


@cache
def fit(case: str, kind: str) -> OLSResult:
    known = CASES[case]
    rows = table(known["data"]).copy()
    for name in known["factors"]:
        rows[name] = pd.Categorical(rows[name].astype(str), categories=[str(v) for v in np.unique(rows[name])])
    both = lmmcompare.compare(known["formula"], rows)
    return both.ols if kind == "ols" else both.no_pooling


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES)
def test_the_whole_fit_is_rs_summary(case: str, kind: str) -> None:
    ours, known = fit(case, kind), CASES[case][kind]
    assert ours.sigma == pytest.approx(known["sigma"], rel=RTOL)
    assert ours.rsquared == pytest.approx(known["r2"], rel=RTOL, abs=1e-12)
    assert ours.rsquared_adj == pytest.approx(known["adj_r2"], rel=RTOL, abs=1e-12)
    np.testing.assert_allclose(ours.residual_quantiles, known["residuals"], rtol=1e-7, atol=1e-9)
    if known["F"]:
        np.testing.assert_allclose([ours.fvalue, ours.df_model, ours.df_resid], known["F"], rtol=RTOL)
        assert ours.f_pvalue == pytest.approx(known["F_p"], rel=1e-6)
    else:
        assert ours.df_model == 0 and np.isnan(ours.fvalue) and np.isnan(ours.f_pvalue)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES)
def test_the_anova_table_is_rs(case: str, kind: str) -> None:
    ours = sequential_anova(fit(case, kind)).set_index("term")
    known = pd.DataFrame({k: np.atleast_1d(v) for k, v in CASES[case][kind]["anova"].items()}).set_index("term")
    assert set(ours.index) == set(known.index) and ours.index[-1] == RESIDUALS
    theirs = known.loc[ours.index].astype(
        float
    )  # R puts dummies before interactions; where they are balanced all is the same
    assert ours["df"].tolist() == theirs["df"].tolist()
    for name in ("sum_sq", "mean_sq", "F", "p"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-6 if name == "p" else RTOL, err_msg=name)


@pytest.mark.parametrize("case", ["dragons", "cv161703", "penicillin", "oats", "dyestuff"])
def test_every_dummy_is_rs(case: str) -> None:
    ours = lmmcompare.models.NoPoolingResult.treatment_contrasts(fit(case, "dummies"))  # type: ignore[arg-type]
    known = CASES[case]["dummies"]
    theirs = pd.DataFrame(known["coefficients"], index=known["terms"], columns=["estimate", "se", "t", "p"])
    ours.index = pd.Index([_r_name(name) for name in ours.index])
    assert set(ours.index) == set(theirs.index)
    for name in theirs.columns:
        # where the estimate is 0 but for rounding, so is t
        np.testing.assert_allclose(
            ours[name], theirs.loc[ours.index, name], rtol=1e-6, atol=1e-10 if name != "p" else 0
        )


def _r_name(name: str) -> str:
    return "(Intercept)" if name == "Intercept" else name.replace("[T.", "").replace("]", "")


def test_what_is_a_combination_of_terms_before_it_has_no_row() -> None:
    frame = pd.DataFrame({"g": [0, 0, 1, 1, 2, 2], "x": [1.0, 2, 2, 4, 3, 1], "y": [1.0, 2, 4, 3, 5, 4]})
    frame["z"] = 2.0 * frame["g"]  # constant within groups: the dummies take what it leaves
    both = lmmcompare.compare("y ~ x + z + (1 | g)", frame)
    found = sequential_anova(both.no_pooling).set_index("term")
    assert found["df"].to_dict() == {"x": 1, "z": 1, "g": 1, RESIDUALS: 2}
    total = ((frame["y"] - frame["y"].mean()) ** 2).sum()
    assert found["sum_sq"].sum() == pytest.approx(total)


def test_clustered_errors_have_no_sums_of_squares() -> None:
    with pytest.raises(DesignError, match="know nothing of standard errors clustered by “ID”"):
        sequential_anova(lmmcompare.lm("Y ~ X", table("cv161703"), cluster="ID"))
