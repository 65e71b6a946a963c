"""What the panel says of how many groups a study needs."""

from __future__ import annotations

from dataclasses import replace

from lmmcompare.simulate.settings import Settings
from lmmcompare.studies.power_search import GroupsForPower
from lmmcompare.studies.probit import Rejections
from lmmcompare.ui.study.power import Question, _basis, _nothing_to_find


def test_of_the_fewest_groups_their_own_power_is_said() -> None:
    """Where already the fewest have more power than was asked for, "in 80% of studies" is less than they have."""
    result = GroupsForPower(0.8, "ols", "x", 4, 1.0, 2.0, 0.97, 0.01, 4, (Rejections(4, 97, 100, 95),), True)
    question = Question(Settings(), 0.8, "ols", "x")
    assert "in 97% of studies" in _basis(question, result, "slope")
    assert "in 80% of studies" in _basis(question, replace(result, groups=9, power=0.81), "slope")


def test_of_an_effect_of_0_the_control_that_sets_it_is_named() -> None:
    """Without a predictor, and for a contextual effect, "set the slope" was no remedy."""

    def said(settings: Settings, term: str) -> str:
        return _nothing_to_find(Question(settings, 0.8, "random_intercept", term))

    assert "The true slope is 0" in said(Settings(slope=0), "x") and "**Slope**" in said(Settings(slope=0), "x")
    mean = said(Settings(predictor="none", intercept=0), "Intercept")
    assert "The true mean is 0" in mean and "**Intercept**" in mean
    context = said(Settings(), "x_mean")
    assert "contextual effect is 0" in context and "**Correlation with the group's mean of x**" in context
    assert "cannot be set" in said(Settings(predictor="time", dropout=0.2), "time_mean")
