"""The lecture page of the lecturer: one figure, one sentence, the position, and the code for followers."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ...comparison.comparison import Comparison
from ...comparison.picture import Picture
from ...errors import ShareError
from ...explain.dial import Dial
from ...explain.lecture import Step, steps
from ...explain.lecture_guess import GuessQuestion, guess_question
from ...panels.dial import has_dial
from ...panels.lecture import guesses_panel, step_panel
from ...panels.panel import FigureBlock, Panel
from ...share import link
from ...share.lectures import Place
from ...share.qr import qr_svg
from ...text.labels import rich
from ..compare.explanation import dial_of_term
from ..compare.inference import effects_shown
from ..kit import page_elements, viewport
from ..kit.panel import figure
from ..session import view_address
from ..session.state import Analysis
from ..session.views import View, picture_of
from ..sharing.share_button import only_here
from . import roles
from .keys import stepping_keys

LOOK = 2.0
"""Seconds between two polls of the class's guesses."""
AT, _REVEALED = "lecture at", "lecture revealed"


class Lecture:
    """A lecture on the session's analysis: its steps, and their panels."""

    def __init__(self, analysis: Analysis, comparison: Comparison, view: View) -> None:
        self.analysis, self.comparison, self.view = analysis, comparison, view
        self.picture: Picture = picture_of(analysis, View(view.x, view.term, False, None, modifier=view.modifier))
        turns = has_dial(comparison, self.picture, view.x, view.term)
        self.dial: Dial | None = dial_of_term(*analysis.key, view.term) if turns else None
        self.steps: list[Step] = steps(
            comparison, self.picture, view.term, self.dial, effects_shown(analysis, comparison, view)
        )
        self.question: GuessQuestion | None = guess_question(comparison, self.picture, view.term)

    def panel(self, at: int) -> Panel:
        """The panel of one step."""
        return step_panel(
            self.comparison, self.picture, self.view.term, self.steps[at], self.dial, self.analysis.settings
        )

    def address(self) -> dict[str, str]:
        """The parameters of the lecture's address, without step and reader."""
        view = self.view
        choices = view_address.of_comparison(self.comparison, view.term, view.x, view.highlight, view.zero)
        return link.make(self.analysis.table, self.analysis.formula, self.analysis.reml, choices)


def sentence(text: str) -> None:
    """The one sentence of a step."""
    page_elements.html(f'<h1 class="lmm-lecture">{rich(text)}</h1>')


def draw(lecture: Lecture, panel: Panel) -> None:
    """The first figure of a panel."""
    figure(panel, next(panel.figures), lecture.analysis.key)


def lecturer_page(lecture: Lecture, at: int) -> None:
    """The lecturer's page at one step."""
    last = len(lecture.steps) - 1
    revealed = _is_revealed(lecture)
    trouble = roles.move(Place(at, revealed, lecture.address()))

    def go(by: int) -> None:
        st.session_state[AT] = min(max(at + by, 0), last)

    stepping_keys(go)
    step, panel = lecture.steps[at], lecture.panel(at)
    asked = lecture.question if step.kind == "guess" else None
    sentence(step.sentence)
    if viewport.narrow():  # in a hand: the way on stays at the window's end (style.css), what is for others comes last
        for block in panel.figures:
            _picture(lecture, panel, block, asked)
        with _bar():
            _back_and_next(at, last, go, f"{at + 1} of {last + 1}")
            _answer_button(lecture, asked, revealed)
        with st.expander("Let others follow"):
            _code()
        _leave(lecture)
        if trouble:
            page_elements.note(trouble)
        return
    picture, *beside = panel.figures
    left, right = st.columns([0.6, 0.4] if beside else [0.8, 0.2], gap="medium")
    with left:
        _picture(lecture, panel, picture, asked)
    with right:
        for bars in beside:
            figure(panel, bars, lecture.analysis.key)
        if not beside:
            _code()
        _answer_button(lecture, asked, revealed)
        if trouble or at == 0:
            page_elements.note(
                trouble or "Arrow keys step, Alt+Enter fills the screen. On the Compare page Alt+L opens its lecture."
            )
    with _bar():
        dots = "".join(f'<i class="{"on" if k == at else ""}"></i>' for k in range(last + 1))
        _back_and_next(at, last, go, f'<span class="lmm-dots">{dots}</span>')
        _leave(lecture)


def _picture(lecture: Lecture, panel: Panel, block: FigureBlock, asked: GuessQuestion | None) -> None:
    """Draw a figure of the step, or in its place the guesses, once there are any."""
    if asked is None:
        figure(panel, block, lecture.analysis.key)
    else:
        _guesses(lecture, asked, panel, block)


def _bar() -> DeltaGenerator:
    """The row of what the lecturer needs at every step."""
    return st.container(
        horizontal=True, horizontal_alignment="center", vertical_alignment="center", key="lecture-steps"
    )


def _back_and_next(at: int, last: int, go: Callable[[int], None], where: str) -> None:
    """The two buttons, and between them where the lecture is, as HTML."""
    st.button("Back", icon=":material/arrow_back:", on_click=go, args=(-1,), disabled=at == 0, type="tertiary")
    page_elements.html(f'<p class="lmm-where" aria-label="Step {at + 1} of {last + 1}">{where}</p>', width="content")
    st.button("Next", icon=":material/arrow_forward:", on_click=go, args=(1,), disabled=at == last, type="tertiary")


def _answer_button(lecture: Lecture, asked: GuessQuestion | None, revealed: bool) -> None:
    """The button that ends the guessing."""
    if asked is not None and not revealed:
        st.button("Show the answer", key="reveal", type="primary", on_click=_reveal, args=(lecture,))


def _leave(lecture: Lecture) -> None:
    st.page_link("pages/compare.py", label="Leave", icon=":material/close:", query_params=lecture.address())


def _is_revealed(lecture: Lecture) -> bool:
    """Whether the answer to this comparison's question has been shown."""
    return st.session_state.get(_REVEALED) == lecture.address()


def _reveal(lecture: Lecture) -> None:
    st.session_state[_REVEALED] = lecture.address()


@st.fragment(run_every=LOOK)
def _guesses(lecture: Lecture, asked: GuessQuestion, step: Panel, picture: FigureBlock) -> None:
    """Draw the class's guesses, updated while they arrive; until then the picture that the question is about."""
    try:
        guesses = roles.guesses(roles.code())
    except ShareError as error:
        page_elements.explain_error(error)
        guesses = ()
    revealed = _is_revealed(lecture)
    panel = guesses_panel(lecture.comparison, lecture.view.term, asked, np.array(guesses), revealed=revealed)
    page_elements.paragraph(panel.lead)
    if guesses or revealed:
        draw(lecture, panel)
    else:
        figure(step, picture, lecture.analysis.key)


def _code() -> None:
    """Draw the followers' link as a QR code and as text."""
    page = st.context.url or ""
    url = link.url(page, {roles.FOLLOW: roles.code()})
    try:
        image = qr_svg(url)
    except ShareError as error:
        page_elements.note(str(error))
        return
    st.image(image, width="stretch", alt="QR code of the link by which others follow")
    page_elements.html(
        f'<p class="lmm-note lmm-url">{escape(url.removeprefix("https://").removeprefix("http://"))}</p>'
    )
    page_elements.note(only_here(page) or "Whoever opens it follows, and guesses along.")
