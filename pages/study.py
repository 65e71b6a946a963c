"""The Study page: repeats a simulation thousands of times and shows each model's results, updated while it runs."""

import router

router.require()

from collections.abc import Callable
from functools import partial

import streamlit as st

from lmmcompare.share.study_address import PANELS
from lmmcompare.simulate.presets import preset
from lmmcompare.ui.kit import page_elements, viewport
from lmmcompare.ui.server.background_jobs import Job, JobStatus
from lmmcompare.ui.session.job_progress import POLL, follow
from lmmcompare.ui.session.pending_edits import discard_outdated, has_edits
from lmmcompare.ui.sharing import share_button
from lmmcompare.ui.simulate import current_settings
from lmmcompare.ui.simulate.controls import Controls
from lmmcompare.ui.study import curves as study_curves
from lmmcompare.ui.study import panels, power, state
from lmmcompare.ui.study.controls import study_controls
from lmmcompare.ui.study.frames import snapshots

LONG = 10_000
"""Studies that take some seconds at most."""


def page() -> None:
    settings, wrong = current_settings.current(preset("false-alarms").settings)
    asked = state.current()
    request, refused = state.request(settings, asked)
    term = state.term_of(request, asked)

    def study(show: Callable[[JobStatus], None]) -> Job:
        # of a long one less often: what is drawn anew keeps a browser from answering its reader
        every = POLL if request.replicates <= LONG else 3 * POLL
        make = partial(snapshots, request.settings, request.replicates, request.models)
        return follow("study", request, make, show, every=every)

    def notices() -> None:
        """What of the address could not be used."""
        for words in filter(None, (current_settings.notice(), state.notice())):
            page_elements.plain_note(words)

    controls = Controls(settings, wrong)
    if viewport.narrow():  # the answer and the shares stay in sight (style.css), and the controls pass beneath them
        with st.container():
            with st.container(key="pinned"):
                study(lambda status: panels.pinned_summary(status, term))
            notices()
            study(lambda status: panels.pinned_words(request, status, term))
            study_controls(request, asked, refused)
            share_button.share("Simulation study")
            with st.container(key="equation"):
                controls.draw(what_matters_first=True)
                controls.seed()
        study(lambda status: panels.estimates(status, term))
    else:
        notices()
        share_button.share("Simulation study")
        with st.container(key="study-answer"):
            study(lambda status: panels.answer(status, term))
        left, right = st.columns([0.57, 0.43], gap="large")
        with left, st.container(key="study-picture"):
            study(lambda status: panels.pictures(request, status, term))
            study_controls(request, asked, refused)
        with right, st.container(key="equation"):
            controls.draw()
            controls.seed()
    inline = True

    @st.fragment
    def depth() -> None:
        """The tabs: another one is drawn without the page around them."""
        nonlocal inline
        if not inline and has_edits():  # by a control of the open tab
            st.rerun()
        inline = False
        numbers, curves, groups = st.tabs(list(PANELS.values()), on_change=discard_outdated, key=state.PANEL)
        if numbers.open:
            with numbers:
                panels.save(study(lambda status: panels.numbers_panel(status, term)))
        if curves.open:
            with curves:
                study_curves.curve_panel(request, asked, term)
        if groups.open:
            with groups:
                power.groups_panel(request, asked, term)
        current_settings.write_address(settings, **state.write_address(asked))

    depth()


page()
