"""The Study page: repeats a simulation thousands of times and shows each model's results, updated while it runs."""

import router

router.require()

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from lmmcompare.errors import SettingsError
from lmmcompare.share.study_address import PANELS, StudyChoices
from lmmcompare.simulate.presets import preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.text.labels import literal
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
from lmmcompare.ui.study.state import Request

LONG = 10_000
"""Studies that take some seconds at most."""


def page() -> None:
    settings, wrong = current_settings.current(preset("false-alarms").settings)
    asked = state.current()
    request, refused = state.request(settings, asked)
    term = state.term_of(request, asked)
    controls = Controls(settings, wrong)
    if viewport.narrow():
        on_a_phone(request, asked, refused, term, controls)
    else:
        side_by_side(request, asked, refused, term, controls)
    depth(settings, request, asked, term)


def on_a_phone(
    request: Request, asked: StudyChoices, refused: Mapping[str, SettingsError], term: str, controls: Controls
) -> None:
    """Answer and shares, which stay in sight (style.css); the controls pass beneath them."""
    with st.container():
        with st.container(key="pinned"):
            follow_study(request, lambda status: panels.pinned_summary(status, term))
        notices()
        follow_study(request, lambda status: panels.pinned_words(request, status, term))
        study_controls(request, asked, refused)
        share_button.share("Simulation study")
        with st.container(key="equation"):
            controls.draw(what_matters_first=True)
            controls.seed()
    follow_study(request, lambda status: panels.estimates(status, term))


def side_by_side(
    request: Request, asked: StudyChoices, refused: Mapping[str, SettingsError], term: str, controls: Controls
) -> None:
    """The answer above the pictures, and the controls beside them."""
    notices()
    share_button.share("Simulation study")
    with st.container(key="study-answer"):
        follow_study(request, lambda status: panels.answer(status, term))
    left, right = st.columns([0.57, 0.43], gap="large")
    with left, st.container(key="study-picture"):
        follow_study(request, lambda status: panels.pictures(request, status, term))
        study_controls(request, asked, refused)
    with right, st.container(key="equation"):
        controls.draw()
        controls.seed()


def depth(settings: Settings, request: Request, asked: StudyChoices, term: str) -> None:
    """The tabs: another one is drawn without the page around them."""
    inline = True

    @st.fragment
    def tabs() -> None:
        nonlocal inline
        if not inline and has_edits():  # by a control of the open tab
            st.rerun()
        inline = False
        numbers, curves, groups = st.tabs(list(PANELS.values()), on_change=discard_outdated, key=state.PANEL)
        if numbers.open:
            with numbers:
                panels.save(follow_study(request, lambda status: panels.numbers_panel(status, term)))
        if curves.open:
            with curves:
                study_curves.curve_panel(request, asked, term)
        if groups.open:
            with groups:
                power.groups_panel(request, asked, term)
        current_settings.write_address(settings, **state.write_address(asked))

    tabs()


def follow_study(request: Request, show: Callable[[JobStatus], None]) -> Job:
    """Show the study as it goes on; a long one less often, as what is drawn anew keeps a browser from answering its reader."""
    every = POLL if request.replicates <= LONG else 3 * POLL
    make = partial(snapshots, request.settings, request.replicates, request.models)
    return follow("study", request, make, show, every=every)


def notices() -> None:
    """What of the address could not be used."""
    for words in filter(None, (current_settings.notice(), state.notice())):
        page_elements.note(f"**Note.** {literal(words)}")


page()
