"""The Study page: the same simulation thousands of times, what every model made of it, sharper while one watches."""

import router

router.require()

from collections.abc import Callable

import streamlit as st

from lmmcompare.labels import literal
from lmmcompare.share.study import PANELS
from lmmcompare.simulate.presets import preset
from lmmcompare.ui import sharing, shell, simulated, study_curves, study_groups, study_panels, study_state
from lmmcompare.ui.simulated_controls import Controls
from lmmcompare.ui.study_controls import study_controls
from lmmcompare.ui.study_frames import snapshots
from lmmcompare.ui.study_jobs import Job, Seen
from lmmcompare.ui.study_live import live


def page() -> None:
    settings, wrong = simulated.current(preset("false-alarms").settings)
    asked = study_state.current()
    for said in filter(None, (simulated.notice(), study_state.notice())):
        shell.note(f"**Note.** {literal(said)}")
    sharing.share("Simulation study")
    request, refused = study_state.request(settings, asked)
    term = study_state.term_of(request, asked)

    def study(show: Callable[[Seen], None]) -> Job:
        return live("study", request, lambda: snapshots(request.settings, request.replicates, request.models), show)

    with st.container(key="study-answer"):
        study(lambda seen: study_panels.answer(seen, term))
    left, right = st.columns([0.57, 0.43], gap="large")
    with left, st.container(key="study-picture"):
        study(lambda seen: study_panels.pictures(request, seen, term))
        study_controls(request, asked, refused)
    with right, st.container(key="equation"):
        controls = Controls(settings, wrong)
        controls.draw()
        controls.seed()
    numbers, curves, groups = st.tabs(list(PANELS.values()), on_change="rerun", key=study_state.PANEL)
    if numbers.open:
        with numbers:
            study_panels.save(study(lambda seen: study_panels.numbers_panel(seen, term)))
    if curves.open:
        with curves:
            study_curves.curve_panel(request, asked, term)
    if groups.open:
        with groups:
            study_groups.groups_panel(request, asked, term)
    simulated.write_address(settings, **study_state.written(asked))


page()
