"""Correlated residuals of many replicates as one array against `gls`, one data set after another, and against exact theory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t, ttest_ind

import lmmcompare
from lmmcompare.simulate.design import design
from lmmcompare.simulate.outcome import outcomes
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies.batch_run import draw_rows
from lmmcompare.studies.models import absent_models
from lmmcompare.studies.plan import Plan
from lmmcompare.studies.residual_structures import STRUCTURES, estimates
from tests.effort import examples
from tests.studies.test_estimators import tables

CORRELATION = {"cs": "cs(1 | group)", "ar1": "ar1(place | group)", "us": "us(place | group)"}
CORRELATION["complete_cases"] = CORRELATION["us"]
DESIGNS = {
    "trend": Settings(20, 6, tau0=0, predictor="time", autocorrelation=0.7),
    "negative": Settings(20, 6, tau0=0, predictor="binary", varies="between", exchangeable=-0.15),
    "both, far from 0": Settings(20, 6, x_mean=50, intercept=1e4, sigma=30, tau0=20, autocorrelation=-0.4),
    "a mean": Settings(14, 3, predictor="none", exchangeable=0.3),
    "dropout": Settings(30, 5, tau0=1, predictor="time", autocorrelation=0.5, dropout=0.12),
    "groups far apart": Settings(24, 4, tau0=1e6, predictor="time", dropout=0.1),
    "dropout of two arms": Settings(30, 4, predictor="binary", varies="between", exchangeable=0.3, dropout=0.15),
}


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("name", DESIGNS)
def test_replicates_as_one_array_are_gls_one_by_one(name: str, structure: str) -> None:
    settings, size = DESIGNS[name], 20
    rows = draw_rows(Plan.of(settings, size, settings.seed), range(size))
    result = estimates(structure, rows.x, rows.y, rows.design.sizes)
    assert result.usable.all()
    tolerance = 1e-6
    for b, table in enumerate(tables(settings, False, range(examples(size, fewest=5)))):
        table = table.assign(place=rows.design.time)
        if structure == "complete_cases":
            table = table[np.repeat(rows.design.sizes == settings.size, rows.design.sizes)]
        single = lmmcompare.gls(f"y ~ {settings.x_name or 1}", table, correlation=CORRELATION[structure]).table()
        np.testing.assert_allclose((result.estimate[b] - single["estimate"]) / single["se"], 0, atol=tolerance)
        np.testing.assert_allclose(result.se[b], single["se"], rtol=tolerance)
        np.testing.assert_allclose(result.df[b], single["df"], rtol=10 * tolerance)


@pytest.mark.parametrize("structure", ["cs", "us"])
def test_two_arms_under_compound_symmetry_are_a_t_test_of_the_means_of_groups(structure: str) -> None:
    """With one variance for all rows GLS weighs the rows of a group alike; us has weights of its own, so only cs is that test."""
    settings = DESIGNS["negative"]
    rows = draw_rows(Plan.of(settings, 5, 1), range(5))
    assert rows.x is not None
    result = estimates(structure, rows.x, rows.y, rows.design.sizes)
    means, arm = rows.y.reshape(5, 20, 6).mean(axis=2), rows.x.reshape(5, 20, 6)[:, :, 0] == 1
    exact = [ttest_ind(m[a], m[~a]).pvalue for m, a in zip(means, arm, strict=True)]
    p = 2 * t.sf(np.abs(result.estimate / result.se), result.df)[:, 1]
    assert np.allclose(p, exact, atol=1e-6) is (structure == "cs")


def test_a_replicate_without_variation_is_left_out_and_harms_no_other() -> None:
    rows = draw_rows(Plan.of(DESIGNS["trend"], 3, 1), range(3))
    assert rows.x is not None
    x = rows.x.copy()
    x[1] = 4.0
    for structure in STRUCTURES:
        whole, without = (estimates(structure, at, rows.y, rows.design.sizes) for at in (rows.x, x))
        assert without.usable.tolist() == [True, False, True]
        np.testing.assert_allclose(without.estimate[[0, 2]], whole.estimate[[0, 2]], rtol=1e-10)


def test_designs_that_a_structure_is_not_fitted_to_are_explained() -> None:
    assert {*STRUCTURES} <= {*absent_models(Settings(3, 4, varies="between"))}
    by_visit = {"us", "complete_cases"}
    assert {*STRUCTURES} & {*absent_models(Settings(15, 8, spread=0.8))} == by_visit
    assert {*STRUCTURES} & {*absent_models(Settings(20, 12))} == by_visit
    assert {*STRUCTURES} & {*absent_models(Settings(20, 6, dropout=0.3))} == by_visit
    assert {*STRUCTURES} & {*absent_models(Settings(6, 6, predictor="time"))} == by_visit
    assert {*STRUCTURES} & {*absent_models(Settings(20, 6))} == {"complete_cases"}
    assert not {*STRUCTURES} & {*absent_models(Settings(40, 6, dropout=0.1))}


@pytest.mark.parametrize(("r", "sizes"), [(-0.2, 6), (-0.1, 6), (0.4, 6), (-0.25, [2, 3, 5, 1, 4])])
def test_any_two_residuals_of_a_group_correlate_as_set(r: float, sizes: int | list[int]) -> None:
    settings = Settings(5, sizes, tau0=0, sigma=2, slope=0, exchangeable=r)
    drawn = design(settings)
    y = outcomes(settings, drawn, range(40_000))
    own = drawn.codes[:, None] == drawn.codes
    truth = 4 * np.where(own, r + (1 - r) * np.eye(len(own)), 0.0)
    assert np.abs(np.cov(y.T) - truth).max() < 0.12  # five standard errors of a variance of 4


def test_rows_are_more_certain_where_they_offset_each_other() -> None:
    """Moulton's factor below 1: the variance of a group's mean is (1 + 5 r) / 6."""
    settings = DESIGNS["negative"].change(groups=40)
    rows = draw_rows(Plan.of(settings, 400, 1), range(400))
    means = rows.y.reshape(400, 40, 6).mean(axis=2)
    expected = settings.slope * rows.x.reshape(400, 40, 6)[:, :, 0] if rows.x is not None else 0.0
    assert (means - expected).var() == pytest.approx((1 - 5 * 0.15) / 6, rel=0.06)
