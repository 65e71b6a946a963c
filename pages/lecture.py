"""The lecture page: one figure with large text and one sentence, stepped through by the arrow keys, and followed on phones."""

import router

router.require()

import streamlit as st

from lmmcompare.ui.compare.fitted_comparison import fitted_or_last
from lmmcompare.ui.kit import page_elements
from lmmcompare.ui.lecture import roles
from lmmcompare.ui.lecture.follower import follower_page
from lmmcompare.ui.lecture.lecturer import AT, Lecture, lecturer_page
from lmmcompare.ui.session import address_history, state, views

ADOPTED = "address of the lecture"
BARE = """<style>
html:root { font-size: clamp(100%, min(1.5vw, 2.5vh), 44px); }
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], [data-testid="stHeader"] { display: none; }
.stApp [data-testid="stMainBlockContainer"] { padding-top: 0.5rem; padding-bottom: 0.5rem; max-width: none; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.5rem; }
</style>"""
"""Of more weight than style.css, which comes later in the document."""


def page() -> None:
    page_elements.html(BARE)
    _adopt()
    result = fitted_or_last(controls=False)  # the sidebar with them is not shown here
    if result is None:
        return
    analysis, comparison = result
    lecture = Lecture(analysis, comparison, views.current_view(comparison))
    code = roles.followed_code()
    if code is not None:
        at = follower_page(lecture, code)
        reader = {roles.FOLLOW: code}
    else:
        at = _step(len(lecture.steps))
        lecturer_page(lecture, at)
        reader = {roles.LEAD: roles.key(), roles.STEP: str(at + 1)}
    address = lecture.address() | reader
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)
    address_history.remember(state.ADDRESS, address)
    address_history.remember(roles.STEP, {roles.STEP: str(at + 1)})


def _adopt() -> None:
    """Adopt the lecturer's analysis and view."""
    code = roles.followed_code()
    place = roles.place(code) if code is not None else None
    if place is not None and st.session_state.get(ADOPTED) != place.address:
        st.query_params.from_dict({**place.address, roles.FOLLOW: str(code)})
        st.session_state[ADOPTED] = place.address


def _step(n_steps: int) -> int:
    """The step: the address's where the reader has gone to it, or that of the keys."""
    asked = st.query_params.get(roles.STEP, "")
    if asked.isdecimal() and len(asked) < 4 and address_history.is_newly_opened(roles.STEP, {roles.STEP: asked}):
        st.session_state[AT] = int(asked) - 1
        address_history.remember(roles.STEP, {roles.STEP: asked})
    return min(max(int(st.session_state.get(AT, 0)), 0), n_steps - 1)


page()
