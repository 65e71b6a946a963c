"""The lecture page: its steps, its address, and those who follow and guess."""

from __future__ import annotations

from re import sub

import pytest

from lmmcompare.share.lectures import Lectures, Place, code_of, new_key
from lmmcompare.share.store_database import Database
from lmmcompare.share.store_engine import address
from lmmcompare.simulate import link
from lmmcompare.simulate.presets import PRESETS
from lmmcompare.ui.lecture import roles

from .conftest import charts, errors, texts

ADDRESS = {"example": "cv161703", "formula": "Y ~ X + (1 | ID)"}


@pytest.fixture(autouse=True)
def room(tmp_path, monkeypatch):
    """The server's lectures, in a database of this test's own."""
    made = Lectures(Database(address(f"sqlite:///{tmp_path / 'store.sqlite'}")))
    monkeypatch.setattr(roles, "lectures", lambda: made)
    roles.find.cache_clear()
    roles.guesses.cache_clear()
    return made


def press(at, label):
    next(b for b in at.button if b.label == label).click()
    at.run()
    assert not errors(at)


def test_a_lecture_steps_and_its_address_says_where_it_is(open_page, room):
    at = open_page("lecture", example="cv161703")
    assert not errors(at) and "60 rows of 20 IDs" in texts(at) and len(charts(at)) == 1
    press(at, "Next")
    assert "OLS draws one line for all" in texts(at)
    address = {name: value if isinstance(value, str) else value[0] for name, value in at.query_params.items()}
    key = address["lead"]
    assert address["step"] == "2" and room.find(code_of(key)).step == 1
    again = open_page("lecture", **address)
    assert "OLS draws one line for all" in texts(again)
    assert key in again.query_params["lead"]


def test_the_truth_of_simulated_data_is_not_told_before_the_guess(open_page):
    settings = PRESETS[0].settings
    at = open_page("lecture", simulated=link.encode(settings), formula=settings.formula)
    told = []
    for _ in range(12):
        told.append(
            (
                any("truth" in str(chart.spec["layout"].get("annotations")) for chart in charts(at)),
                "Guess first" in texts(at),
                any(trace.get("mode") == "markers" for chart in charts(at) for trace in chart.spec["data"]),
            )
        )
        if any(b.label == "Next" and b.disabled for b in at.button):
            break
        press(at, "Next")
    guess = [guessed for _, guessed, _ in told].index(True)
    assert not any(truth for truth, *_ in told[: guess + 1]) and told[guess + 1][0] and told[-1][0]
    assert told[guess][2], "nobody has guessed yet, and what is to be guessed about has left the screen"


@pytest.mark.parametrize("step", ["0", "-3", "999", "x", "²"])
def test_any_step_of_an_address_opens_a_lecture(open_page, step):
    at = open_page("lecture", example="dyestuff", step=step, lead="<script>")
    assert not errors(at) and charts(at)


def test_who_follows_sees_the_lecturers_step_and_guesses(open_page, room):
    key = new_key()
    room.move(key, Place(4, False, ADDRESS))
    at = open_page("lecture", follow=code_of(key))
    assert not errors(at) and "where will the mixed model" in texts(at)
    at.select_slider(key="guess").set_value(
        at.select_slider(key="guess").options and at.select_slider(key="guess").value
    )
    at.button(key="give guess").click().run()
    assert "Your guess is in" in texts(at) and len(room.guesses(code_of(key))) == 1
    room.move(key, Place(4, True, ADDRESS))
    roles.find.cache_clear()
    at.run()
    assert "The mixed model says 0.64" in sub(r"\s+", " ", texts(at)) and "give guess" not in [b.key for b in at.button]


def test_a_guess_given_before_is_not_replaced_by_where_the_slider_began(open_page, room):
    """A page loaded anew learns late who its reader is; until the browser has drawn the guess it sends the slider's first value."""
    key, reader = new_key(), new_key()
    room.move(key, Place(4, False, ADDRESS))
    at = open_page("lecture", follow=code_of(key))
    began, given = at.select_slider(key="guess").value, 0.5
    room.guess(code_of(key), reader, given)
    at.session_state["lecture reader"] = reader  # as `watch_guess_line` has it when the browser tells
    del at.session_state["guess given"]
    at.session_state["times the guess was set from elsewhere"] = 1
    at.select_slider(key="guess").set_value(began).run()
    assert (
        at.select_slider(key="guess 1").value == pytest.approx(given, abs=0.05) != began
    )  # the nearest place of the slider
    at.button(key="give guess").click().run()
    assert room.guess_of(code_of(key), reader) == pytest.approx(given, abs=0.05)


def test_who_gave_no_guess_is_not_said_to_have_guessed(open_page, room):
    key = new_key()
    room.move(key, Place(4, False, ADDRESS))
    at = open_page("lecture", follow=code_of(key))
    room.move(key, Place(4, True, ADDRESS))
    roles.find.cache_clear()
    at.run()
    assert "The mixed model says 0.64" in sub(r"\s+", " ", texts(at)) and "You guessed" not in texts(at)


def test_who_follows_may_go_on_alone(open_page, room):
    key = new_key()
    room.move(key, Place(1, False, ADDRESS))
    at = open_page("lecture", follow=code_of(key).upper())  # as a phone writes what is typed
    at.toggle(key="follow the lecturer").set_value(False).run()
    assert "60 rows of 20 IDs" in texts(at)
    press(at, "Next")
    press(at, "Next")
    assert "By itself, ID" in texts(at)


@pytest.mark.parametrize("code", ["aaaaaaaa", "not a code"])
def test_a_lecture_that_is_over_or_never_was_is_said_to_its_follower(open_page, code):
    at = open_page("lecture", follow=code, **ADDRESS)
    assert not errors(at) and "has not begun, or is over" in texts(at)
