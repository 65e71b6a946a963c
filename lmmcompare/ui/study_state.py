"""What is asked of the Study page beside the settings: how many studies, of which models, which coefficient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import uuid4

import streamlit as st

from ..columns import INTERCEPT
from ..errors import SettingsError
from ..simulate.settings import Settings
from ..simulate.sizes import sizes_of
from ..studies.estimators import ESTIMATORS
from ..studies.models import absent_models
from .study_frames import terms
from .wishes import take

PAGE = "study"
CHOICES = (1_000, 10_000, 100_000)
MOST_ROWS = 200_000_000
"""Rows that one study may simulate in all: some minutes of work."""
ASKED = "study asked"
WRITTEN = "study address"
NOTICE = "study notice"
READER = "study reader"
STOPPED = "study stopped"


@dataclass(frozen=True)
class Asked:
    """What was chosen.

    Parameters
    ----------
    replicates : int
        One of `CHOICES`.
    without : tuple of str
        Models left out.
    term : str
        The coefficient; empty for the first.
    """

    replicates: int = 10_000
    without: tuple[str, ...] = ()
    term: str = ""


@dataclass(frozen=True)
class Request:
    """A study that can be run: what is cached by.

    Parameters
    ----------
    settings : Settings
    replicates : int
    models : tuple of str
    """

    settings: Settings
    replicates: int
    models: tuple[str, ...]


def reader() -> str:
    """Who looks: this session, for `study_jobs`."""
    return str(st.session_state.setdefault(READER, uuid4().hex))


def current() -> Asked:
    """What was chosen; the address has the first word."""
    _adopt_address()
    st.session_state[ASKED] = replace(st.session_state.get(ASKED, Asked()), **take(PAGE))
    asked: Asked = st.session_state[ASKED]
    return asked


def offered(settings: Settings) -> tuple[str, ...]:
    """The models that such data can carry."""
    absent = absent_models(settings)
    return tuple(m for m in ESTIMATORS if m not in absent)


def request(settings: Settings, asked: Asked) -> tuple[Request, dict[str, SettingsError]]:
    """The study to run, and what cannot be done as asked, by control; then the nearest that can be."""
    wrong = {}
    can = offered(settings)
    models = tuple(m for m in can if m not in asked.without)
    if not models:
        wrong["models"] = SettingsError("No model is chosen.", "Choose at least one; all are shown.", setting="models")
        models = can
    rows = int(sizes_of(settings).sum())
    replicates = max(c for c in CHOICES if c == CHOICES[0] or (c <= asked.replicates and c * rows <= MOST_ROWS))
    if replicates < asked.replicates:
        wrong["replicates"] = SettingsError(
            f"{asked.replicates:,} studies of {rows:,} rows would simulate {asked.replicates * rows:,} rows; the most is {MOST_ROWS:,}.",
            f"{replicates:,} are run instead. Take fewer groups or rows for more.",
            setting="replicates",
        )
    return Request(settings, replicates, models), wrong


def term_of(request: Request, asked: Asked) -> str:
    """The coefficient to look at."""
    can = terms(request.settings, request.models)
    return asked.term if asked.term in can else can[0]


def address(asked: Asked) -> dict[str, str]:
    """What was chosen, where it is not what the page opens with."""
    out = {"studies": str(asked.replicates)}
    if asked.without:
        out["without"] = ",".join(asked.without)
    if asked.term:
        out["term"] = asked.term
    return out


def written(asked: Asked) -> dict[str, str]:
    """The address, remembered as this page's own."""
    out = address(asked)
    st.session_state[WRITTEN] = out
    return out


def notice() -> str:
    """What the address asked for and could not have; said once."""
    said: str = st.session_state.pop(NOTICE, "")
    return said


def _adopt_address() -> None:
    found = {k: st.query_params[k][:200] for k in ("studies", "without", "term") if k in st.query_params}
    if not found or found == st.session_state.get(WRITTEN):
        return
    st.session_state[WRITTEN] = found
    asked, said = Asked(), []
    if "studies" in found:
        if found["studies"] in map(str, CHOICES):
            asked = replace(asked, replicates=int(found["studies"]))
        else:
            listed = ", ".join(f"{c:,}" for c in CHOICES)
            said.append(f"The link asks for “{found['studies'][:20]}” studies; {listed} can be had.")
    without = [m for m in found.get("without", "").split(",") if m]
    unknown = [m for m in without if m not in ESTIMATORS]
    if unknown:
        said.append(f"The link leaves out “{unknown[0][:40]}”, which is no model here.")
    asked = replace(asked, without=tuple(m for m in ESTIMATORS if m in without))
    if found.get("term") in (INTERCEPT, "x", "time", "x_mean", "time_mean"):
        asked = replace(asked, term=found["term"])
    st.session_state[ASKED] = asked
    st.session_state[NOTICE] = " ".join(said)
