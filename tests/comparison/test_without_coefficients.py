"""Models whose mean is taken to be 0: random effects alone, as lme4 1.1-31 fits them to sleepstudy."""

from __future__ import annotations

import numpy as np
import pytest

import lmmcompare
from lmmcompare.assess.hypotheses import anova
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.headline import headline
from lmmcompare.export.archive import archive
from lmmcompare.export.r_code import r_code
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.models.prediction import predict_interval
from lmmcompare.tables.coefficients import coefficient_table
from lmmcompare.tables.table import to_frame
from tests.helpers import table
from tests.sources import example_source

LME4 = {
    "y ~ 0 + (1 | Subject)": (-955.28490895, [34.6217, 44.2591], [36.21547, 36.21547, 36.21547]),
    "y ~ 0 + (Days | Subject)": (-892.086447779, [54.1016, 11.9267, -0.77117, 25.5918], [-52.32567, -31.58294, -10.84021]),
    "y ~ 0 + (1 | Subject) + (1 | Days)": (-913.3763470, [36.5590, 30.1886, 31.4292], None),
}  # fmt: skip
"""Log-likelihood (REML and ML are the same), standard deviations with correlations, and the first rows' fitted values."""


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return lmmcompare.compare("Reaction ~ 0 + (1 | Subject)", example_source("sleepstudy").frame)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("formula", LME4)
def test_they_are_fitted_as_by_lme4(formula: str, reml: bool) -> None:
    frame = table("sleepstudy").assign(y=lambda d: d["Reaction"] - 300)
    loglik, spread, fitted = LME4[formula]
    result = lmmcompare.compare(formula, frame, reml=reml)
    assert result.mixed.llf == pytest.approx(loglik, abs=2e-7)
    values = result.variances().query("model == @result.formula_model")["value"]
    np.testing.assert_allclose(values, spread, rtol=2e-5)
    if fitted:
        np.testing.assert_allclose(result.mixed.predict(frame.head(3)), fitted, rtol=1e-5)
    assert not result.terms and result.coefficients().empty and anova(result.mixed).empty
    population = predict_interval(result.mixed, frame.head(3), level="population")
    assert (population["estimate"] == 0).all() and (population["se"] == 0).all()


def test_the_summary_says_that_there_is_none(comparison: Comparison) -> None:
    assert "No coefficients" in comparison.mixed.summary()


@pytest.mark.parametrize("kenward_roger", [True, False])
@pytest.mark.parametrize("intervals", ["Wald", "profile"])
def test_every_inference_has_nothing_to_say(comparison: Comparison, kenward_roger: bool, intervals: str) -> None:
    inferred = lmmcompare.infer(comparison, kenward_roger=kenward_roger, intervals=intervals)
    assert inferred.within().empty


def test_the_headline_says_why_nothing_is_compared(comparison: Comparison) -> None:
    result = headline(comparison)
    assert "no coefficient" in result.title and "44.3" in result.reason


def test_the_table_has_every_model_with_its_spread(comparison: Comparison) -> None:
    frame = to_frame(coefficient_table(comparison))
    assert frame.shape[1] == len(comparison.fits) and "44.3" in frame.to_string()


def test_what_can_be_taken_away_is_there_or_says_why(comparison: Comparison) -> None:
    snapshot = Snapshot(comparison, example_source("sleepstudy"))
    assert archive(snapshot)
    with pytest.raises(lmmcompare.LmmCompareError, match="lmer\\(Reaction ~ 0"):
        r_code(snapshot)
