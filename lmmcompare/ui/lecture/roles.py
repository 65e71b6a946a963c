"""The lecturer's and followers' roles, from the address, and their exchange through the server's database, if it has one."""

from __future__ import annotations

import streamlit as st

from ...errors import ShareError
from ...share.lectures import KEY, Lectures, Place, code_of, new_key
from ..server import table_sources
from ..server.cache import cached

LEAD, FOLLOW, STEP = "lead", "follow", "step"
_KEY, _READER, _LAST = "lecture lead", "lecture reader", "lecture place"
LONGEST = 40
"""Most characters of a code that are looked at."""
FRESH = 1.0
"""Seconds for which followers share one query of the database."""


def lectures() -> Lectures:
    """The server's lectures, beside its shared tables; ShareError where it has none."""
    return Lectures(table_sources.shared().database)


def followed_code() -> str | None:
    """The code of the lecture that this reader follows, which may have been typed: of any other text there is no lecture."""
    return st.query_params.get(FOLLOW, "")[:LONGEST].strip().lower() or None


def key() -> str:
    """The key of the lecture that this reader leads: the address's, the session's, or a new one."""
    mine = st.query_params.get(LEAD, "")
    if KEY.fullmatch(mine):
        st.session_state[_KEY] = mine
    result: str = st.session_state.setdefault(_KEY, new_key())
    return result


def code() -> str:
    """The code of this reader's lecture, for its followers."""
    return code_of(key())


def move(place: Place) -> str:
    """Store the lecture's place for its followers; returns an error message if the server cannot, else an empty string."""
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
    """The place of a lecture; None if there is none of this code. ShareError where the server keeps no lectures."""
    return lectures().find(code)


def place(code: str) -> Place | None:
    """`find`, with None where the server keeps no lectures."""
    try:
        return find(code)
    except ShareError:
        return None


@cached(500, ttl=FRESH)
def guesses(code: str) -> tuple[float, ...]:
    """The class's guesses."""
    return tuple(lectures().guesses(code).tolist())


def reader() -> str:
    """What this reader's guesses are known by: no other reader has it."""
    result: str = st.session_state.setdefault(_READER, new_key())
    return result


def set_reader(text: str) -> None:
    """Take up what the browser knows its reader by, from before the page was loaded anew."""
    if KEY.fullmatch(text):
        st.session_state[_READER] = text


def guess(code: str, value: float) -> None:
    """Store this reader's guess; ShareError where it is refused."""
    lectures().guess(code, reader(), value)


def own_guess(code: str) -> float | None:
    """The guess that this reader has given; None if there is none, or where the server keeps no lectures."""
    try:
        return lectures().guess_of(code, reader())
    except ShareError:
        return None
