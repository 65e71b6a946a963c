"""The Study page's state beside the simulation settings: number of studies, models, and coefficient."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from ...errors import SettingsError
from ...share.study_address import PANELS, PARAMETERS, REPLICATES, StudyChoices
from ...simulate.settings import Settings
from ...studies.models import OFFERED, absent_models, usually_left_out
from ..session import address_history
from ..session.pending_edits import pop_edits
from .frames import terms

PAGE = "study"
MOST_ROWS = 200_000_000
"""Rows that one study may simulate in all: some minutes of work."""
PANEL = "study tabs"
ASKED = "study asked"
ADDRESS = "study address"
NOTICE = "study notice"


@dataclass(frozen=True)
class Request:
    """A study that can be run, which is the key of its cached results."""

    settings: Settings
    replicates: int
    models: tuple[str, ...]


def current() -> StudyChoices:
    """The session's choices, after adopting the address if the reader has opened a new one."""
    _adopt_address()
    st.session_state[ASKED] = replace(st.session_state.get(ASKED, StudyChoices()), **pop_edits(PAGE))
    asked: StudyChoices = st.session_state[ASKED]
    if PANEL not in st.session_state:  # as after a visit to another page
        st.session_state[PANEL] = PANELS[asked.panel]
    return asked


def possible_models(settings: Settings) -> tuple[str, ...]:
    """The models that such data can carry."""
    absent = absent_models(settings)
    return tuple(m for m in OFFERED if m not in absent)


def models_left_out(settings: Settings, asked: StudyChoices) -> tuple[str, ...]:
    """The models left out."""
    return usually_left_out(settings) if asked.without is None else asked.without


def request(settings: Settings, asked: StudyChoices) -> tuple[Request, dict[str, SettingsError]]:
    """The study to run, and the errors in the choices, by control; if there are any, the nearest study that can be run."""
    wrong = {}
    can = possible_models(settings)
    left_out = models_left_out(settings, asked)
    models = tuple(m for m in can if m not in left_out)
    if not models:
        wrong["models"] = SettingsError("No model is chosen.", "Choose at least one; all are shown.", setting="models")
        models = can
    rows = int(settings.group_sizes.sum())
    replicates = max(c for c in REPLICATES if c == REPLICATES[0] or (c <= asked.replicates and c * rows <= MOST_ROWS))
    if replicates < asked.replicates:
        wrong["replicates"] = SettingsError(
            f"{asked.replicates:,} studies of {rows:,} rows would simulate {asked.replicates * rows:,} rows; the most is {MOST_ROWS:,}.",
            f"{replicates:,} are run instead. Take fewer groups or rows for more.",
            setting="replicates",
        )
    return Request(settings, replicates, models), wrong


def term_of(request: Request, asked: StudyChoices) -> str:
    """The coefficient to look at."""
    can = terms(request.settings, request.models)
    return asked.term if asked.term in can else can[0]


def write_address(asked: StudyChoices) -> dict[str, str]:
    """Write the address, and record it as this page's own."""
    panel = next((name for name, title in PANELS.items() if title == st.session_state.get(PANEL)), "numbers")
    st.session_state[ASKED] = replace(asked, panel=panel)
    out: dict[str, str] = st.session_state[ASKED].to_address()
    address_history.remember(ADDRESS, out)
    return out


def notice() -> str:
    """Notices on parts of the address that could not be used, for as long as the study opened instead is shown."""
    display, words = st.session_state.get(NOTICE, (None, ""))
    return words if display == st.session_state[ASKED] else ""


def _adopt_address() -> None:
    result = {k: v for k, v in st.query_params.to_dict().items() if k in PARAMETERS}
    if not result or not address_history.is_newly_opened(ADDRESS, result):
        return
    asked, words = StudyChoices.from_address(result)
    st.session_state[ASKED] = asked
    st.session_state[PANEL] = PANELS[asked.panel]
    st.session_state[NOTICE] = asked, " ".join(words)
    address_history.remember(ADDRESS, result)
