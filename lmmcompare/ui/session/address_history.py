"""Whether an address is where the reader has gone, or only where the browser still believes the page to be.

A page writes its address. Until the browser has heard of that, a click, or the next turn of a fragment, comes with the
address of before, and taken for a wish that would undo the click before. Those of a link and of going back are wishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

REMEMBERED = 20
"""Addresses that are remembered: more than a browser can be late by."""


@dataclass(slots=True)
class _Visit:
    """A stay on one page: the addresses that it has had, the newest last."""

    page: str = ""
    had: list[dict[str, str]] = field(default_factory=list)


def is_news(kind: str, address: Mapping[str, str]) -> bool:
    """Whether the reader has gone to this address, which is told once.

    Parameters
    ----------
    kind : str
        What the address is of: each has its own.
    address : mapping of str to str
    """
    visit, context = _visit(kind), get_script_run_ctx()
    if context and (context.is_history_navigation or context.page_script_hash != visit.page):
        visit.page, visit.had = context.page_script_hash, visit.had[-1:]
    if address in visit.had:
        return False
    remember(kind, address)
    return True


def is_history() -> bool:
    """Whether the reader has gone back or forth in the browser's history."""
    context = get_script_run_ctx()
    return bool(context and context.is_history_navigation)


def repeated() -> tuple[str, ...]:
    """The parameters that the address gives twice with different values; `st.query_params` knows the last of each."""
    return tuple(name for name in st.query_params if len({*st.query_params.get_all(name)}) > 1)


def remember(kind: str, address: Mapping[str, str]) -> None:
    """Remember that the page has this address now."""
    visit = _visit(kind)
    visit.had = [*(had for had in visit.had if had != address), dict(address)][-REMEMBERED:]


def _visit(kind: str) -> _Visit:
    result: _Visit = st.session_state.setdefault(kind, _Visit())
    return result
