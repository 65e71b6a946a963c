"""What the figures of a study get: bins, ranges, and axes that stay while it goes on."""

import numpy as np
import pytest

from lmmcompare.design.coefficients import INTERCEPT
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies import study
from lmmcompare.ui.study import frames, state
from lmmcompare.ui.study.state import StudyChoices
from tests.effort import first

CLASH = preset("clash").settings
TELLING = ["clash", "chapter7", "slopes", "heavy-tails", "trial-dropout", "few-groups"]
"""With a contextual effect, without predictors, with slopes, with estimates far out, with missing rows, with wide ones."""
NAMES = [*TELLING, *(p.name for p in PRESETS if p.name not in TELLING)]


def looks(settings, replicates, models=None):
    return list(frames.snapshots(settings, replicates, models or state.possible_models(settings)))


def test_the_last_look_is_the_study_itself():
    last = looks(CLASH, 300, ("ols", "within_between"))[-1]
    same = study(CLASH, 300, CLASH.seed, models=("ols", "within_between"))
    assert last.done == 300 and last.table.equals(same)


@pytest.mark.parametrize("name", first(NAMES, len(TELLING)))
def test_the_axes_stay_and_hold_what_comes(name):
    settings = preset(name).settings
    found = looks(settings, 800)
    for term in frames.terms(settings, found[0].study.plan.models):
        first, last = found[0], found[-1]
        assert last.axes[term] is first.axes[term]
        axes, part = last.axes[term], last.part(term)
        low, high = axes.estimate
        assert low < part["truth"].iloc[0] < high
        assert frames.BINS[0] <= axes.bins <= frames.BINS[1]
        bins = frames.histograms(last, term).groupby("model")["count"].sum()
        assert (bins / part.set_index("model")["replicates"] > 0.985).all()  # a few far out are cut off
        ranges = frames.summary(last, term)
        assert ranges[["low", "high", "claimed_low", "claimed_high"]].stack().between(low, high).all()
        for measure in ("rejection", "coverage"):
            limits = getattr(axes, measure)
            assert part[measure].between(*limits).all()


def test_histograms_and_ranges_are_those_of_the_estimates():
    last = looks(CLASH, 500, ("ols", "random_intercept"))[-1]
    estimates = last.study.distribution().set_index(["model", "term"])["estimate"]
    ranges = frames.summary(last, "x").set_index("model")
    bins = frames.histograms(last, "x")
    for model in ("ols", "random_intercept"):
        own = estimates.loc[(model, "x")].to_numpy()
        np.testing.assert_allclose(ranges.loc[model, "mean"], own.mean(), rtol=1e-12)
        np.testing.assert_allclose(ranges.loc[model, ["low", "high"]].astype(float), np.quantile(own, [0.025, 0.975]))
        mine = bins[bins["model"] == model]
        counted = [
            ((own >= left) & (own < right)).sum() for left, right in zip(mine["left"], mine["right"], strict=True)
        ]
        assert mine["count"].tolist() == counted


def test_a_coefficient_that_means_something_else_is_left_out():
    last = looks(CLASH, 100)[-1]
    assert "within_between" not in set(last.part(INTERCEPT)["model"])
    assert last.elsewhere(INTERCEPT) == ["within_between"] and last.elsewhere("x") == []


def test_terms_are_those_that_a_model_has():
    assert frames.terms(CLASH, ("ols", "within_between")) == ["x", "x_mean", INTERCEPT]
    assert frames.terms(CLASH, ("no_pooling",)) == ["x"]
    assert frames.terms(preset("chapter7").settings, ("ols",)) == [INTERCEPT]


def test_too_much_is_cut_down_and_said():
    settings = Settings(2000, 100)
    request, wrong = state.request(settings, StudyChoices(100_000))
    assert request.replicates == 1_000
    assert "100,000 studies of 200,000 rows would simulate 20,000,000,000 rows; the most is 200,000,000" in str(
        wrong["replicates"]
    )
    request, wrong = state.request(CLASH, StudyChoices(100_000, without=("ols",)))
    assert request.replicates == 100_000 and not wrong and "ols" not in request.models
    request, wrong = state.request(CLASH, StudyChoices(without=state.possible_models(CLASH)))
    assert request.models == state.possible_models(CLASH) and "No model is chosen" in str(wrong["models"])
