"""Who leads and who follows a lecture, by what the address says; where the server keeps none, a lecture goes on alone."""

from __future__ import annotations

import streamlit as st

from ...errors import ShareError
from ...share.lectures import CODE, KEY, Lectures, Place, code_of, new_key
from ..server import table_sources
from ..server.cache import cached

LEAD, FOLLOW, STEP = "lead", "follow", "step"
_KEY, _READER, _LAST = "lecture lead", "lecture reader", "lecture place"
FRESH = 1.0
"""Seconds for which all who follow are given the same look into the database."""


def lectures() -> Lectures:
    """The server's lectures, beside its shared tables; ShareError where it has none."""
    return Lectures(table_sources.shared().database)


def followed() -> str | None:
    """The code of the lecture that this reader follows."""
    code = st.query_params.get(FOLLOW, "")
    return code if CODE.fullmatch(code) else None


def key() -> str:
    """The key of the lecture that this reader leads: the address's, the session's, or a new one."""
    mine = st.query_params.get(LEAD, "")
    if KEY.fullmatch(mine):
        st.session_state[_KEY] = mine
    result: str = st.session_state.setdefault(_KEY, new_key())
    return result


def code() -> str:
    """The code by which this reader's lecture is followed."""
    return code_of(key())


def move(place: Place) -> str:
    """Tell those who follow; gives what to say where they cannot be told."""
    if st.session_state.get(_LAST) == (key(), place):
        return ""
    try:
        lectures().move(key(), place)
    except ShareError as error:
        return str(error)
    st.session_state[_LAST] = key(), place
    return ""


@cached(500, ttl=FRESH)
def find(code: str) -> Place | None:
    """Where a lecture is."""
    return lectures().find(code)


def place(code: str) -> Place | None:
    """The same; None where the server keeps no lectures."""
    try:
        return find(code)
    except ShareError:
        return None


@cached(500, ttl=FRESH)
def guesses(code: str) -> tuple[float, ...]:
    """What the class has guessed."""
    return tuple(lectures().guesses(code).tolist())


def guess(code: str, value: float) -> None:
    """Note this reader's guess; ShareError where it is not taken."""
    reader: str = st.session_state.setdefault(_READER, new_key())
    lectures().guess(code, reader, value)
