"""A lecturer at the projector with arrow keys, and a phone that follows and guesses."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.e2e


def test_a_phone_follows_the_arrow_keys_and_its_guess_is_on_the_wall(open_tab):
    wall, phone = open_tab(width=1280, height=720), open_tab(width=390, height=844)
    page = wall.go("/compare?example=cv161703")
    page.wait_for_function("window.lmmLecture")  # the script of its keys comes last
    page.keyboard.press("Alt+l")
    page.wait_for_url("**/lecture?**")
    wall.still()
    assert "60 rows of 20 IDs" in page.inner_text("h1")
    fits = page.evaluate("document.querySelector('.st-key-lecture-steps').getBoundingClientRect().bottom")
    assert fits <= 720, "the figure and the way on do not fit the projector"
    link = page.inner_text(".lmm-url")
    seat = phone.page
    seat.goto(f"http://{link}")
    phone.still()
    assert "60 rows of 20 IDs" in seat.inner_text("h1")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        wall.still()
    assert "Guess first" in page.inner_text("h1")
    seat.bring_to_front()  # a page in the background draws nothing, and so no click on it is ever possible
    before, grip = seat.inner_text(".lmm-guess-value"), seat.locator(".lmm-guess circle").nth(1).bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    seat.mouse.move(x, y)
    seat.mouse.down()
    seat.mouse.move(x - 10, y + 30)
    seat.mouse.move(x - 20, y + 60)
    seat.mouse.up()
    phone.still()
    dragged = seat.inner_text(".lmm-guess-value")
    assert dragged != before
    assert (
        dragged in seat.inner_text(".stSelectSlider, .stSlider").splitlines()
    )  # the slider, for the keyboard, stands there too
    seat.get_by_role("button", name="This is my guess").click()
    seat.get_by_text("Your guess is in").wait_for()
    seat.reload()  # the guess is known, and would be no second one
    seat.get_by_text(f"Your guess is in: {dragged}").wait_for(timeout=20_000)
    phone.still()
    seat.get_by_role("button", name="This is my guess").click()
    phone.still()
    page.bring_to_front()
    page.get_by_text("One guess").wait_for()
    page.get_by_role("button", name="Show the answer").click()
    seat.get_by_text(f"You guessed {dragged}").wait_for()
    assert not seat.locator(".lmm-guess").count()  # what is answered cannot be dragged any longer
    assert not wall.trouble() and not phone.trouble()


def test_the_keyboard_stays_on_the_steps_where_there_is_no_next(visit):
    """A button that its own press disables had the focus, and whoever has no mouse was at the page's head again."""
    page = visit.go("/lecture?example=cv161703&step=11")
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.innerText?.includes('Back')")
    visit.still()
    assert page.get_by_role("button", name="Next").is_disabled() and not visit.trouble()
