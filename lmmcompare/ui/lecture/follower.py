"""The lecture page of a follower: the lecturer's step or one's own, and the guess."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ...errors import ShareError
from ...panels.lecture import guess_panel
from ...share.lectures import Place
from ...text.numbers import number
from ..kit import page_elements
from ..kit.panel import figure
from ..kit.scripts import component
from . import roles
from .lecturer import Lecture, draw, sentence

LOOK = 2.0
"""Seconds between two polls of the lecturer's step."""
GUESS = "guess"
"""Key of the slider, for guessing by keyboard, until it is set from elsewhere."""
_WITH, _OWN, _GIVEN, _TIMES_SET = (
    "follow the lecturer",
    "own step",
    "guess given",
    "times the guess was set from elsewhere",
)


def follower_page(lecture: Lecture, code: str) -> int:
    """Draw a follower's page; returns its step."""
    place = roles.place(code)
    follows = st.toggle("Follow the lecturer", value=True, key=_WITH, persist_state="session")
    last = len(lecture.steps) - 1
    if place is None:
        page_elements.note(
            "The lecture has not begun, or is over, or its address is mistyped. Meanwhile, step through it by yourself."
        )
    at = min(place.step, last) if place is not None and follows else _own_step(last)
    _watch(code, place)
    step = lecture.steps[at]
    sentence(step.sentence)
    if step.kind == "guess":
        _guess(lecture, code, place)
    else:
        panel = lecture.panel(at)
        for block in panel.figures:
            figure(panel, block, lecture.analysis.key)
    return at


@st.fragment(run_every=LOOK)
def _watch(code: str, place: Place | None) -> None:
    """Rerun the page when the lecturer has changed the step."""
    if roles.place(code) != place:
        st.rerun()


def _own_step(last: int) -> int:
    """Draw the buttons Back and Next; returns the follower's own step."""
    with st.container(horizontal=True, horizontal_alignment="center", gap="medium"):
        at = min(int(st.session_state.get(_OWN, 0)), last)
        for label, by in (("Back", -1), ("Next", 1)):
            st.button(label, on_click=_set_step, args=(at + by,), disabled=not 0 <= at + by <= last, type="tertiary")
    return at


def _set_step(at: int) -> None:
    st.session_state[_OWN] = at


def _guess(lecture: Lecture, code: str, place: Place | None) -> None:
    """Draw the figure with the line to drag, and the guess or its verdict."""
    asked = lecture.question
    if asked is None:
        return
    question, given = st.session_state.get(_GIVEN, (None, None))
    if question != lecture.address():
        given = roles.own_guess(code)
        st.session_state[_GIVEN] = lecture.address(), given
    places = asked.places

    def let_go(step: int) -> None:
        _begin_slider()
        st.session_state[_slider()] = places[min(max(step, 0), len(places) - 1)]

    watch_guess_line(let_go)

    def picture(value: float | None, revealed: bool) -> None:
        draw(
            lecture,
            guess_panel(lecture.comparison, lecture.picture, lecture.view.term, asked, value, revealed=revealed),
        )

    if place is not None and place.revealed:
        picture(given, True)
        page_elements.paragraph(asked.verdict(given))
        return
    value: float | None = st.session_state.get(_slider())
    if value is None or value not in places:
        begin = asked.ols if given is None else given
        value = min(places, key=lambda at: abs(at - begin))
    # in every run: a browser may skip the first of two, and its slider would begin at the left
    st.session_state[_slider()] = value

    page_elements.note("Drag the dotted line to where you expect the mixed model’s.")
    picture(value, False)
    st.select_slider(
        "Or by the slider", places, format_func=lambda at: number(at, decimals=asked.decimals), key=_slider()
    )
    if st.button("This is my guess", key="give guess", type="primary"):
        try:
            roles.guess(code, value)
            given = value
            st.session_state[_GIVEN] = lecture.address(), given
        except ShareError as error:
            page_elements.explain_error(error)
    if given is not None:
        page_elements.paragraph(
            f"Your guess is in: **{number(given, decimals=asked.decimals)}**. It may be changed until the answer is shown."
        )


def _slider() -> str:
    """Key of the slider."""
    times = st.session_state.get(_TIMES_SET, 0)
    return f"{GUESS} {times}" if times else GUESS


def _begin_slider() -> None:
    """Have a new slider in the old one's place, to be set: what the browser still sends of the old one is no guess.

    It sends that with each request until it has drawn the new value; a reader's 0.52 became the 1.20 at which the slider begins.
    """
    st.session_state[_TIMES_SET] = st.session_state.get(_TIMES_SET, 0) + 1


_component = component("guess")
_KEY = "guess line"


def watch_guess_line(on_release: Callable[[int], None]) -> None:
    """Call ``on_release`` with the step of the slope at which the line is released; and know the reader of a page loaded anew."""

    def set_reader() -> None:
        roles.set_reader(str(st.session_state[_KEY]["reader"] or ""))
        st.session_state.pop(_GIVEN, None)  # what the reader has given is looked up
        _begin_slider()

    _component(
        key=_KEY,
        data={"reader": roles.reader()},
        on_step_change=lambda: on_release(int(st.session_state[_KEY]["step"] or 0)),
        on_reader_change=set_reader,
    )
