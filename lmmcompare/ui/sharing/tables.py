"""How a reader's own table goes along with a link: within it, or stored on this server until it expires or is deleted."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from ...data.table import Table
from ...errors import LmmCompareError, ShareError
from ...share import link, personal_data, table_in_link
from ...share.excluded_rows import EXCLUDED
from ...share.view_parameters import OF_ANY_COLUMN
from ...text.labels import literal
from ...text.numbers import count
from ..kit import address_widgets
from ..kit.copy_field import copy_field
from ..kit.page_elements import explain_error, note, warn
from ..server import table_sources
from ..session import state, view_address
from ..session.state import Analysis

if TYPE_CHECKING:  # slow to import, see `ui.server.table_sources`
    from ...share.store import StoredTable

WITHIN, STORE = "In the link itself", "Stored on this server"
DAYS = {7: "a week", 30: "a month", 90: "three months", 365: "a year"}
KEPT, REFUSED = "tables stored", "storing refused"


def choice(address: Mapping[str, str], analysis: Analysis) -> dict[str, str]:
    """The two ways for a table that this server only holds in memory, and the address with the one that was chosen.

    ``analysis`` is the one that the address opens. The result is empty as long as there is nothing to share: neither way is chosen
    beforehand, as both give rows away.
    """
    note("Your table is in this server's memory only, and soon forgotten. How shall others get it?")
    way = st.segmented_control("The table", [WITHIN, STORE], key="share table", label_visibility="collapsed")
    if way is None:
        note(
            "Either way, whoever gets the link can read the rows. In the link itself they are in every mail, history and log "
            "that the link is in, and cannot be taken back; a stored table can be deleted."
        )
        return {}
    columns = _columns(analysis)
    whole = [str(c) for c in analysis.frame().columns]
    if {*columns} < {*whole} and st.toggle("All its columns, not only those in use", key="share all columns"):
        columns = whole
    table = _within(analysis, columns) if way == WITHIN else _stored(analysis, columns)
    return {**table, **{k: v for k, v in address.items() if k not in (link.UPLOAD, EXCLUDED)}} if table else {}


def _columns(analysis: Analysis) -> list[str]:
    """The columns that the formula uses and those that a panel was set to or shows, where the table has them."""
    there, chosen = set(analysis.frame().columns), address_widgets.details()
    of_panels = [chosen[name] for name in OF_ANY_COLUMN if name in chosen]
    shown = view_address.columns_shown(analysis.formula)
    return [name for name in dict.fromkeys([*analysis.spec.columns, *of_panels, *shown]) if name in there]


def _listed(columns: list[str]) -> str:
    return ", ".join(f"**{literal(name)}**" for name in columns)


def _within(analysis: Analysis, columns: list[str]) -> dict[str, str]:
    """Put these columns into the link, where they fit."""
    frame = analysis.frame()
    try:
        text = table_in_link.encode(frame, columns)
    except LmmCompareError as error:
        explain_error(error)
        return {}
    _warn(analysis, columns)
    partial = len(columns) < frame.shape[1]
    note(
        f"{count(len(frame), 'row')} of {f'the columns {_listed(columns)}' if partial else 'all columns'} in {len(text):,} characters. "
        f"Whoever has the link has these data; {'other columns stay behind, and ' * partial}nothing is stored."
    )
    return {link.INLINE: text}


def _warn(analysis: Analysis, columns: list[str]) -> None:
    """Ask whether the rows are of people, where some columns look like it."""
    result = personal_data.of_persons(analysis.frame(), columns)
    if not result:
        return
    what = ", ".join(f"**{literal(name)}** {holds}" for name, holds in list(result.items())[:5])
    warn(
        f"**Are these data about people?** It seems that {what}. This is a guess from names and values. Share such rows only "
        "where these people, or whoever answers for the data, agree; else share figures and numbers in place of rows."
    )


def _stored(analysis: Analysis, columns: list[str]) -> dict[str, str]:
    """Offer to store these columns of the table; once that is done, its id."""
    keep: StoredTable | None = st.session_state.get(KEPT, {}).get((analysis.table, tuple(columns)))
    if keep is None:
        _offer(analysis, columns)
        return {}
    return {link.STORED: keep.id}


def _offer(analysis: Analysis, columns: list[str]) -> None:
    """Say what would be stored, ask for how long, and do it at the press of the button."""
    try:
        most = table_sources.shared().limits.days
    except ShareError as error:
        explain_error(error)
        return
    offered = [days for days in DAYS if days <= most] or [most]
    st.selectbox("Keep it for", offered, format_func=lambda d: DAYS.get(d, f"{d} days"), key="share days")
    _warn(analysis, columns)
    what = "the whole table" if len(columns) == len(analysis.frame().columns) else _listed(columns)
    note(f"This stores {count(len(analysis.frame()), 'row')} of {what}, for whoever has the link.")
    st.button(
        "Store it and make a link", key="store table", type="primary", on_click=_put, args=(analysis.table, columns)
    )
    refused: ShareError | None = st.session_state.pop(REFUSED, None)
    if refused is not None:
        explain_error(refused)


def _put(name: str, columns: list[str]) -> None:
    table = table_sources.find(name)
    try:
        labels = {name: label for name, label in table.labels.items() if name in columns}
        result = Table(table.frame[columns], table.name, table.notes, labels)
        keep = table_sources.shared().put(result, _client(), st.session_state["share days"])
        st.session_state.setdefault(KEPT, {})[name, tuple(columns)] = keep
    except ShareError as error:
        st.session_state[REFUSED] = error


def _client() -> str:
    """The client's IP address, for the limits on storing; from the proxy's header if the proxy is on the server's network.

    What the client itself sends stands before that, in the same header or in one of its own (HAProxy).
    """
    address = st.context.ip_address
    forwarded = ",".join(st.context.headers.get_all("X-Forwarded-For")).rpartition(",")[2].strip()
    if forwarded and (address is None or _is_near(address)):
        return forwarded[:64]
    return address or "this machine"


def _is_near(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False


def about(key: str) -> None:
    """Of a stored table: to who stored it, until when and its deletion key; to others, the way to delete it."""
    keep = next((k for k in st.session_state.get(KEPT, {}).values() if k.id == key), None)
    if keep is None:
        with st.expander("Delete this table from the server"):
            _deletion(key)
        return
    note(
        f"Stored until {keep.expires.day} {keep.expires:%B %Y}, {keep.size / 1000:,.0f} kB. Whoever has the link has these data. "
        "Keep this key to delete the table sooner: open the link, choose Share, and enter it."
    )
    copy_field(keep.deletion_key, "Deletion key", "Copy key", "copy deletion key")


def _deletion(key: str) -> None:
    given = st.text_input("Deletion key", key="deletion key", max_chars=64).strip()
    if not st.button("Delete it", key="delete table") or not given:
        return
    try:
        deleted = table_sources.shared().delete(key, given)
    except ShareError as error:
        explain_error(error)
        return
    if not deleted:
        explain_error(ShareError("This is not the table's deletion key.", "It was shown when the table was stored."))
        return
    table_sources.forget_stored(key)
    state.open_first("The stored table is deleted. Its link opens no more.")
    st.rerun()
