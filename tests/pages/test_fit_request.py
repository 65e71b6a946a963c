"""A fit that may take long is asked about first; one that was stopped says so; either can be had after all."""

from __future__ import annotations

import pytest
from cachetools.keys import hashkey

from lmmcompare.assess.model_choice import which_model
from lmmcompare.errors import LmmCompareError
from lmmcompare.ui.compare import model_tests
from lmmcompare.ui.server import comparison_cache
from lmmcompare.ui.server.waiting import STOPPED
from lmmcompare.ui.session.fit_request import duration

from .conftest import errors, said


def button(at, label):
    (found,) = [b for b in at.button if b.label == label]
    return found


@pytest.fixture
def anew():
    """Comparisons are fitted anew, as after a start of the server."""
    comparison_cache._WORK.cache_clear()


def test_what_may_take_long_is_asked_about_and_fitted_when_agreed_to(open_page, anew, monkeypatch):
    monkeypatch.setattr(comparison_cache, "LONG", 0.0)
    at = open_page("compare", example="sleepstudy")
    (error,) = errors(at)
    assert "likely to take about 10 seconds" in error
    assert not at.tabs
    button(at, "Fit all models").click().run()
    assert not errors(at) and at.tabs
    at.run()
    assert not errors(at) and at.tabs


def test_a_short_one_is_not_asked_about(open_page, anew):
    at = open_page("compare", example="sleepstudy")
    assert not errors(at) and at.tabs


def test_one_that_was_stopped_says_so_above_the_last_one_until_it_is_fitted_after_all(open_page, anew):
    at = open_page("compare", example="sleepstudy")
    analysis = at.session_state["analysis"]
    formula = "Reaction ~ Days + (1 | Subject)"
    assert analysis.formula != formula
    at.session_state[STOPPED] = {(analysis.table, formula, analysis.reml)}
    at.session_state["analysis"] = type(analysis)(analysis.table, formula, analysis.reml)
    at.run()
    (error,) = errors(at)
    assert "stopped" in error and analysis.formula in said(at) and at.tabs
    button(at, "Fit all models").click().run()
    assert not errors(at) and at.tabs


def test_an_error_of_the_fit_reaches_the_page(open_page, anew, monkeypatch):
    def fail(*_given, **_more):
        raise LmmCompareError("These rows cannot be used.")

    monkeypatch.setattr(comparison_cache, "compare", fail)
    assert "These rows cannot be used." in errors(open_page("compare", example="sleepstudy"))[0]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "10 seconds"),
        (38, "40 seconds"),
        (100, "2 minutes"),
        (3600, "60 minutes"),
        (7300, "2 hours"),
        (9e5, "10 days"),
    ],
)
def test_a_duration_is_said_roughly(seconds, words):
    assert duration(seconds) == words


def test_a_tab_s_long_work_that_was_stopped_says_so_and_is_done_after_all(open_page, monkeypatch):
    asked = []
    monkeypatch.setattr(
        model_tests, "which_model", lambda comparison, ddf: asked.append(comparison) or which_model(comparison, ddf)
    )
    model_tests._tests.cache_clear()
    at = open_page("compare", example="cv161703")
    work = model_tests._tests.__module__, "_tests", hashkey(*at.session_state["analysis"].key, "satterthwaite")
    at.session_state[STOPPED] = {work}  # as Stop does, which is there while the work goes on
    at.session_state[f"depth {len(at.tabs)}"] = "Which model?"
    at.run()
    (error,) = errors(at)
    assert "Testing models against each other" in error and "stopped" in error and not asked
    button(at, "Compute it").click().run()
    assert not errors(at) and len(asked) == 1
