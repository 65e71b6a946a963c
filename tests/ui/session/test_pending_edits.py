"""Wishes: a control that says, when the page runs, something else than it was drawn with; old values are none."""

from types import SimpleNamespace

import pytest

from lmmcompare.simulate.presets import preset
from lmmcompare.ui.session import pending_edits
from lmmcompare.ui.simulate import current_settings


@pytest.fixture
def state(monkeypatch):
    """A session of its own, in which what a control says is what the browser has sent last."""
    kept = {}
    monkeypatch.setattr(pending_edits, "st", SimpleNamespace(session_state=kept))
    monkeypatch.setattr(current_settings, "st", SimpleNamespace(session_state=kept, query_params={}))
    return kept


def draw(page="one", **values):
    for name, value in values.items():
        pending_edits.bind_edit(page, f"key {name}", value, lambda said, name=name: {name: said})


def say(state, **values):
    state.update({f"key {name}": value for name, value in values.items()})


def test_a_button_is_granted_once_and_by_page(state):
    pending_edits.add_edit("one", "a", 1)
    pending_edits.add_edit("one", "b", 2)
    pending_edits.add_edit("other", "a", 3)
    assert pending_edits.pop_edits("one") == {"a": 1, "b": 2}
    assert pending_edits.pop_edits("one") == {} and pending_edits.pop_edits("other") == {"a": 3}


def test_a_click_is_granted_once_by_page_and_though_a_fragments_run_has_brought_it(state):
    draw(a=1, b=2)
    draw("other", c=3)
    assert pending_edits.pop_edits("one") == pending_edits.pop_edits("other") == {}
    say(state, a=5, c=6)
    pending_edits.discard_outdated()  # the fragment has found the study's end, and asks for the page
    assert pending_edits.pop_edits("one") == {"a": 5}
    assert pending_edits.pop_edits("other") == {"c": 6}
    assert (
        pending_edits.pop_edits("one") == pending_edits.pop_edits("other") == {}
    )  # as where that run was broken off before it drew anything
    draw(a=5, b=2)
    say(state, a=1)
    assert pending_edits.pop_edits("one") == {"a": 1}


def test_a_click_that_was_taken_back_is_none(state):
    draw(a=1)
    say(state, a=5)
    pending_edits.discard_outdated()
    say(state, a=1)
    assert pending_edits.pop_edits("one") == {}


def test_a_click_may_go_back_to_what_was_before_the_server_set_it(state):
    draw(a=1, b=2)
    draw(a=9, b=2)
    say(state, a=1)
    assert pending_edits.pop_edits("one") == {"a": 1}
    draw(a=1, b=2)
    draw(a=9, b=2)
    say(state, a=1)
    pending_edits.discard_outdated()
    assert pending_edits.pop_edits("one") == {}  # what the fragment has asked for is nobody's click …
    draw(a=9, b=2)
    say(state, a=1)
    assert pending_edits.pop_edits("one") == {"a": 1}  # … and the click's own run follows


@pytest.mark.parametrize("click", ["control", "other page", "button", None])
def test_old_values_undo_nothing(state, click):
    draw(a=1, b=2, c=3)
    draw("other", d=4)
    draw(a=8, b=9, c=3)  # as a preset does
    say(state, a=1, b=2)  # the browser has not drawn it yet
    if click == "control":
        say(state, c=5)
    if click == "other page":
        say(state, d=5)
    if click == "button":
        pending_edits.add_edit("one", "c", 5)
    assert pending_edits.pop_edits("one") == ({"c": 5} if click in ("control", "button") else {})
    assert pending_edits.pop_edits("other") == ({"d": 5} if click == "other page" else {})
    draw(a=8, b=9, c=3)
    say(state, a=1, b=2)  # still not
    assert pending_edits.pop_edits("one") == {}
    draw(a=8, b=9, c=3)
    say(state, a=8, b=9)
    assert pending_edits.pop_edits("one") == {}


def test_one_old_value_undoes_nothing_where_a_fragment_asks_for_the_page(state):
    draw(a=1)
    draw(a=8)
    say(state, a=1)
    pending_edits.discard_outdated()
    assert pending_edits.pop_edits("one") == {}


def test_a_click_is_seen_until_the_page_has_run(state):
    draw(a=1)
    assert not pending_edits.has_edits()
    say(state, a=5)
    assert pending_edits.has_edits()
    assert pending_edits.pop_edits("one") == {"a": 5} and not pending_edits.has_edits()
    pending_edits.add_edit("one", "a", 6)
    assert pending_edits.has_edits()
    assert pending_edits.pop_edits("one") == {"a": 6} and not pending_edits.has_edits()


def test_what_is_only_out_of_date_is_no_edit_where_a_tab_is_opened(state):
    draw(a=1)
    draw(a=8)
    say(state, a=1)
    pending_edits.discard_outdated()
    assert not pending_edits.has_edits()


def test_controls_that_are_gone_wish_nothing(state):
    draw(a=1)
    state.pop("key a")
    assert pending_edits.pop_edits("one") == {}
    draw(a=2)
    assert pending_edits.pop_edits("one") == {}


def test_settings_change_when_the_page_runs(state):
    settings, _ = current_settings.current()
    pending_edits.add_edit(current_settings.PAGE, "slope", 0.9)
    assert current_settings.current()[0] == settings.change(slope=0.9)


def test_a_preset_sets_everything_whatever_else_seems_wished(state):
    current_settings.current()
    pending_edits.add_edit(current_settings.PAGE, "slope", 0.9)  # a click just before it
    pending_edits.add_edit(current_settings.PAGE, "preset", "drug")
    assert current_settings.current()[0] == preset("drug").settings
