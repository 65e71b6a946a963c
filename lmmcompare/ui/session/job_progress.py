"""Shows a background job on a page: polls it in a fragment while it runs, and draws its progress with a Stop button."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from uuid import uuid4

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ...share.link import FOLDER, kind_of
from ...text.numbers import count
from ..kit.page_elements import note
from ..server import table_sources
from ..server.background_jobs import Job, Jobs, JobStatus, Make
from .pending_edits import discard_outdated
from .state import Analysis

POLL = 0.5
"""Seconds between two polls."""
FIRST_LOOK = 0.8
"""Seconds that a page waits at most for the first result, which usually takes 0.05."""
READER = "reader of jobs"


@st.cache_resource(show_spinner=False)
def jobs_of(place: str) -> Jobs:
    """The jobs of one place on a page, shared by all sessions.

    Each place has a thread of its own, so that long steps in one do not delay short ones in another.
    """
    return Jobs(connected=_is_connected)


def job_key(analysis: Analysis, *more: str) -> Hashable:
    """The key of a job about an analysis; of a table that the server offers, it includes the state of the files."""
    state = table_sources.server_table_state(analysis.table) if kind_of(analysis.table) == FOLDER else None
    return (*analysis.key, state, *more)


def start(place: str, key: Hashable, make: Make) -> None:
    """Start or resume the job of this key at the reader's request."""
    st.session_state.pop(_stopped(place), None)
    _poll(place, key, make)


def job_of(place: str, key: Hashable) -> Job | None:
    """The session's job in this place if it has this key; else None."""
    known, job = st.session_state.get(_job_slot(place), (None, None))
    return job if known == key else None


def is_running(place: str, key: Hashable) -> bool:
    """Whether the session's job of this key is running: neither finished nor stopped."""
    job = job_of(place, key)
    return job is not None and _is_running(place, key, job.status())


def follow(place: str, key: Hashable, make: Make, show: Callable[[JobStatus], None], *, every: float = POLL) -> Job:
    """Show the job of this key, started if need be, and update it by fragment runs, each ``every`` seconds, while it is running.

    It replaces the job shown in this place before. When the session ends, polling ends and the job pauses.
    """
    job = _poll(place, key, make)
    jobs_of(place).wait(job, FIRST_LOOK)
    going, inline = _is_running(place, key, job.status()), True

    def part() -> None:
        nonlocal inline
        status = _poll(place, key, make).status()
        if (
            not inline and _is_running(place, key, status) != going
        ):  # only a run of the page can start or end the polling
            discard_outdated()
            st.rerun()
        inline = False
        show(status)

    st.fragment(part, run_every=every if going else None)()
    return job


def stop_polling(place: str) -> None:
    """Stop polling the job in this place."""
    jobs_of(place).end_lease(_reader())


def progress(place: str, key: Hashable, status: JobStatus, share: float, text: str) -> None:
    """How far it is, with Stop; at its end only the words are left."""
    stopped = _stopped(place)
    with st.container(key=f"progress-{place}", horizontal=True, vertical_alignment="center", gap="small"):
        if status.finished:
            note(text)
            return
        st.progress(min(max(share, 0.0), 1.0), text=text)
        if _is_running(place, key, status):
            st.button(
                "Stop",
                key=f"stop {place}",
                on_click=lambda: st.session_state.update({stopped: key}),
                icon=":material/stop_circle:",
            )
        else:
            st.button("Go on", key=f"go on {place}", on_click=lambda: st.session_state.pop(stopped, None))


def progress_text(done: int, total: int, unit: str, seconds: float) -> str:
    """A job's progress and, if more than five seconds are left, the time that it will take.

    Parameters
    ----------
    unit : str
        What is counted, in the singular.
    seconds : float
        Of work so far.
    """
    text, left = f"{done:,} of {count(total, unit)}", seconds * (total - done) / done if done else 0.0
    if left < 5:
        return text
    return f"{text}, about {count(round(left / 60), 'minute') if left > 90 else f'{left:.0f} seconds'} left"


def _poll(place: str, key: Hashable, make: Make) -> Job:
    jobs, stopped = jobs_of(place), st.session_state.get(_stopped(place)) == key
    job = job_of(place, key) or jobs.find(
        key
    )  # the session holds its job even if it has been removed from the jobs kept
    if job is not None and (job.finished or stopped):
        jobs.end_lease(_reader())
    else:
        if stopped:
            st.session_state.pop(_stopped(place))
        job = jobs.renew_lease(_reader(), key, make)
    st.session_state[_job_slot(place)] = key, job
    return job


def _is_running(place: str, key: Hashable, status: JobStatus) -> bool:
    return not status.finished and st.session_state.get(_stopped(place)) != key


def _reader() -> str:
    """A unique name of this reader that begins with the id of the Streamlit session."""
    if READER not in st.session_state:
        context = get_script_run_ctx()
        st.session_state[READER] = f"{context.session_id if context else ''} {uuid4().hex}"
    return str(st.session_state[READER])


def _is_connected(reader: str) -> bool:
    """Whether the reader's session is connected."""
    return not runtime.exists() or runtime.get_instance().is_active_session(reader.partition(" ")[0])


def _job_slot(place: str) -> str:
    """Key of the session state: the key and the job of this place."""
    return f"job {place}"


def _stopped(place: str) -> str:
    """Key of the session state: the key of the job that the reader has stopped in this place."""
    return f"stopped {place}"
