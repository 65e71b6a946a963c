"""Following a job on a page: what there is of it is shown at once, and again while there is more to come; progress and Stop."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import streamlit as st

from ..kit.shell import note
from ..server import comparison_cache
from ..server.background_jobs import Job, JobStatus, Make
from ..session.pending_edits import drop_old
from . import state

POLL = 0.5
"""Seconds between two looks."""
FIRST_LOOK = 0.8
"""Seconds that a page waits for something to show at first; as a rule there is something after 0.05."""


def live(place: str, key: Hashable, make: Make, show: Callable[[JobStatus], None]) -> Job:
    """Show the job of this key, begun if need be, and show it again while it goes on, without the rest of the page.

    What was followed in this place before is left. A session that is gone looks no more, and its job stands still.
    """
    job = _look(place, key, make)
    comparison_cache.study_jobs(place).wait(job, FIRST_LOOK)
    going, inline = _is_going(place, key, job.status()), True

    def part() -> None:
        nonlocal inline
        sentence = _look(place, key, make).status()
        if (
            not inline and _is_going(place, key, sentence) != going
        ):  # to look again, or no longer, takes a run of the page
            drop_old()
            st.rerun()
        inline = False
        show(sentence)

    st.fragment(part, run_every=POLL if going else None)()
    return job


def leave(place: str) -> None:
    """Follow nothing in this place any more."""
    comparison_cache.study_jobs(place).leave(state.reader())


def progress(place: str, key: Hashable, status: JobStatus, share: float, text: str) -> None:
    """How far it is, with Stop; at its end only the words are left."""
    stopped = _stopped(place)
    with st.container(key=f"progress-{place}", horizontal=True, vertical_alignment="center", gap="small"):
        if status.finished:
            note(text)
            return
        st.progress(min(max(share, 0.0), 1.0), text=text)
        if _is_going(place, key, status):
            st.button(
                "Stop",
                key=f"stop {place}",
                on_click=lambda: st.session_state.update({stopped: key}),
                icon=":material/stop_circle:",
            )
        else:
            st.button("Go on", key=f"go on {place}", on_click=lambda: st.session_state.pop(stopped, None))


def _look(place: str, key: Hashable, make: Make) -> Job:
    jobs, reader = comparison_cache.study_jobs(place), state.reader()
    if st.session_state.get(_stopped(place)) == key:
        jobs.leave(reader)
        result = jobs.find(key)
        if result is not None:
            return result
        st.session_state.pop(_stopped(place))
    return jobs.look(reader, key, make)


def _is_going(place: str, key: Hashable, status: JobStatus) -> bool:
    return not status.finished and st.session_state.get(_stopped(place)) != key


def _stopped(place: str) -> str:
    """Where it is kept which job the reader has stopped."""
    return f"{state.STOPPED} {place}"
