"""Wishes: noted by callbacks, granted by the page, forgotten by the run of a fragment."""

from types import SimpleNamespace

import pytest

from lmmcompare.simulate.presets import preset
from lmmcompare.ui import simulated, wishes


@pytest.fixture
def state(monkeypatch):
    """A session of its own."""
    kept = {}
    monkeypatch.setattr(wishes, "st", SimpleNamespace(session_state=kept))
    monkeypatch.setattr(simulated, "st", SimpleNamespace(session_state=kept, query_params={}))
    return kept


def test_each_is_given_once_and_by_page(state):
    wishes.wish("one", "a", 1)
    wishes.wish("one", "b", 2)
    wishes.wish("other", "a", 3)
    assert wishes.take("one") == {"a": 1, "b": 2}
    assert wishes.take("one") == {} and wishes.take("other") == {"a": 3}


def test_the_run_of_a_fragment_forgets_them_all(state):
    wishes.wish("one", "a", 1)
    wishes.forget()
    wishes.forget()
    assert wishes.take("one") == {}


def test_but_for_those_that_only_the_reader_sets(state):
    wishes.wish("one", "a", 1)
    wishes.wish("one", "b", 2)
    wishes.wish("other", "a", 3)
    wishes.forget("one", "a")
    assert wishes.take("one") == {"a": 1} and wishes.take("other") == {}


def test_settings_change_when_the_page_runs(state):
    settings, _ = simulated.current()
    wishes.wish(simulated.PAGE, "slope", 0.9)
    assert simulated.current()[0] == settings.change(slope=0.9)


def test_a_preset_sets_everything_whatever_else_seems_wished(state):
    simulated.current()
    wishes.wish(simulated.PAGE, "slope", 0.9)  # an old value of a control that the preset before has set
    wishes.wish(simulated.PAGE, "preset", "drug")
    assert simulated.current()[0] == preset("drug").settings
