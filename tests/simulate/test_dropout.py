"""Drop-out by the outcome: who leaves, that nothing else is changed, and what it does to estimates."""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare.simulate.design import design
from lmmcompare.simulate.dropout import complete, draw_rows, groups_of_table
from lmmcompare.simulate.outcome import outcomes
from lmmcompare.simulate.presets import preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.table import table
from lmmcompare.studies.batch_run import draw_rows as rows_of_plan
from lmmcompare.studies.estimators import ESTIMATORS
from lmmcompare.studies.plan import Plan
from lmmcompare.studies.residual_structures import estimates

TRIAL = Settings(
    40, 4, dropout=0.2, dropout_by="outcome", predictor="binary", varies="between", autocorrelation=0.5, seed=3
)


def test_each_group_keeps_its_first_rows_and_its_predictor() -> None:
    drawn, y = draw_rows(TRIAL, range(5))
    full = design(complete(TRIAL), range(5))
    whole = outcomes(complete(TRIAL), full, range(5)).reshape(5, 40, 4)
    x = full.x.reshape(5, 40, 4)
    assert drawn.sizes.tolist() == TRIAL.group_sizes.tolist()
    ends = np.cumsum(drawn.sizes)
    for b in range(5):
        used = set()
        for first, end in zip(ends - drawn.sizes, ends, strict=True):
            own = int(np.flatnonzero(whole[b, :, 0] == y[b, first])[0])
            used.add(own)
            np.testing.assert_array_equal(y[b, first:end], whole[b, own, : end - first])
            np.testing.assert_array_equal(drawn.x[b, first:end], x[b, own, : end - first])
        assert len(used) == 40


def test_replicates_are_the_same_in_any_batch() -> None:
    for one, other in zip(draw_rows(TRIAL, range(2, 4)), draw_rows(TRIAL, range(6)), strict=True):
        left, right = (d if isinstance(d, np.ndarray) else d.x for d in (one, other))
        np.testing.assert_array_equal(left, right[2:4])


def test_those_leave_whose_last_outcome_was_low() -> None:
    drawn, y = draw_rows(TRIAL.change(slope=0), range(300))
    first = y[:, drawn.time == 0]
    leaves = drawn.sizes == 1
    assert first[:, leaves].mean() < first[:, ~leaves].mean() - 0.8
    by_chance, free = draw_rows(TRIAL.change(slope=0, dropout_by="chance"), range(300))
    assert abs(free[:, by_chance.time == 0][:, leaves].mean() - free[:, by_chance.time == 0][:, ~leaves].mean()) < 0.1


def test_a_tables_groups_have_their_own_effects() -> None:
    """With next to no noise a group's rows lie at its random intercept."""
    settings = TRIAL.change(sigma=1e-3, tau0=2, slope=0)
    drawn, own = groups_of_table(settings)
    y = table(settings)["y"].to_numpy()
    np.testing.assert_allclose(y, settings.intercept + own[0, drawn.codes], atol=0.01)


@pytest.mark.parametrize("kind", ["ols", "random_intercept", "ar1", "us"])
def test_what_is_missing_by_the_outcome_misleads_models_without_its_correlation(kind: str) -> None:
    """Of 400 trials without change: OLS finds a rise, a random intercept too much; serial and free correlation do neither."""
    settings = preset("trial-dropout").settings
    rows = rows_of_plan(Plan.of(settings, 400, 1), range(400))
    known = ESTIMATORS.get(kind)
    result = known(rows.moments(), 400) if known else estimates(kind, rows.x, rows.y, rows.design.sizes)
    slope = result.estimate[result.usable, 1]
    z = slope.mean() / (slope.std() / np.sqrt(len(slope)))
    rejected = (np.abs(slope) > result.reach()[result.usable, 1]).mean()  # 0 lies outside of the 95% interval
    assert len(slope) > 390
    if kind in ("ar1", "us"):
        assert abs(z) < 3.5 and rejected < 0.1
    else:
        assert rejected > 0.12
        assert bool(z > 5) is (kind == "ols")


@pytest.mark.parametrize("by", ["outcome", "chance"])
def test_complete_cases_mislead_where_leaving_depends_on_what_was_measured(by: str) -> None:
    """Those who stay began too well and fall back towards the mean; where they leave by chance nothing is amiss."""
    settings = preset("trial-dropout").settings.change(dropout_by=by)
    rows = rows_of_plan(Plan.of(settings, 600, 1), range(600))
    for kind in ("us", "complete_cases"):
        estimate = estimates(kind, rows.x, rows.y, rows.design.sizes).estimate - [settings.intercept, 0.0]
        level, trend = estimate.mean(axis=0) / (estimate.std(axis=0) / np.sqrt(len(estimate)))
        if kind == "complete_cases" and by == "outcome":
            assert level > 10 and trend < -3.5
        else:
            assert abs(level) < 3.5 and abs(trend) < 3.5
