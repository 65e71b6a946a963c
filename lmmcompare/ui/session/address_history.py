"""Tells an address that the reader has opened from an outdated one that the browser still sends.

A page writes its own address. Until that has reached the browser, requests (a click, the next run of a fragment) carry the
previous address; to open it would undo the click before. An address from a link, or from the browser's history, is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

REMEMBERED = 20
"""Number of addresses remembered; an outdated address is never older than that."""


@dataclass(slots=True)
class _Visit:
    """A visit of one page: the addresses that it has had, the newest last."""

    page: str = ""
    addresses: list[dict[str, str]] = field(default_factory=list)


def is_newly_opened(kind: str, address: Mapping[str, str]) -> bool:
    """Whether the reader has opened this address.

    It is news until it is remembered, which is done once all of it has been adopted: a run may be interrupted by the next one anywhere, as
    where a browser tells the width of its window at once.

    Parameters
    ----------
    kind : str
        Key of the session state under which this kind of address is remembered.
    """
    visit, context = _visit(kind), get_script_run_ctx()
    if context and (context.is_history_navigation or context.page_script_hash != visit.page):
        visit.page, visit.addresses = context.page_script_hash, visit.addresses[-1:]
    return address not in visit.addresses


def is_history() -> bool:
    """Whether this run was requested by the browser's Back or Forward button."""
    context = get_script_run_ctx()
    return bool(context and context.is_history_navigation)


def repeated_parameters() -> tuple[str, ...]:
    """The parameters that the address gives twice with different values; `st.query_params` knows the last of each."""
    return tuple(name for name in st.query_params if len({*st.query_params.get_all(name)}) > 1)


def remember(kind: str, address: Mapping[str, str]) -> None:
    """Record this address as the page's current one."""
    visit = _visit(kind)
    visit.addresses = [*(had for had in visit.addresses if had != address), dict(address)][-REMEMBERED:]


def _visit(kind: str) -> _Visit:
    result: _Visit = st.session_state.setdefault(kind, _Visit())
    return result
