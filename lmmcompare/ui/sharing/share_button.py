"""The Share button: the page's link to copy, as a QR code, for slides; and how a table of one's own goes along."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st

from ...errors import ShareError
from ...share import link
from ...share.qr import qr_svg
from ...share.view_parameters import Choices
from ...text.numbers import count
from ..kit.copy_field import copy_field
from ..kit.page_elements import explain_error, note
from ..session import state
from . import tables

OPENED, LARGE = "share this", "large code"


@st.fragment
def share(title: str, display: state.Analysis | None = None) -> None:
    """The button, and what it opens: the page's link under this title, as the address is at that moment.

    ``display`` is the analysis that the page shows; where it is not the one asked for, which cannot be fitted, it is shared.
    """
    if st.context.is_embedded:  # on a slide there is nothing to share
        return
    opened = st.popover(
        "Share", icon=":material/share:", type="tertiary", key=OPENED, on_change="rerun", width="content"
    )
    if LARGE in st.session_state:
        _large(st.session_state.pop(LARGE))
    if not opened.open:
        return
    address = {k: v for k, v in st.query_params.to_dict().items() if k != link.TYPED}  # a slip is nobody else's
    if display is not None and display != st.session_state.get(state.ANALYSIS):
        view, _ = Choices.from_address(address)
        address = link.make(display.table, display.formula, display.reml, view)
    with opened:
        if link.UPLOAD in address:
            address = tables.choice(address, display or state.current())
        if address:
            _panel(address, title)


def _panel(address: Mapping[str, str], title: str) -> None:
    """The link with its length, what is to know of its table, and its other forms."""
    page = st.context.url or ""
    url = link.url(page, address)
    if len(url) > link.MAX_URL:
        explain_error(
            ShareError(f"The link would have {len(url):,} characters; servers refuse such.", "Shorten the formula.")
        )
        return
    copy_field(url, "Link to this page", "Copy link", "copy link", first=True)
    note(only_here(page) or _length(len(url), address))
    if link.STORED in address:
        tables.about(address[link.STORED])
    code, slides = st.tabs(["QR code", "For slides"])
    with code:
        _qr_code(url)
    with slides:
        note(
            "HTML that shows this page within a slide or a web page, without menus; its controls are folded away at the left."
        )
        copy_field(link.embed_snippet(page, address, title), "HTML for slides", "Copy HTML", "copy snippet")


def only_here(page: str) -> str:
    """What to say of an address that no other machine can open; empty for one that others can."""
    host = urlsplit(page).hostname or ""
    with suppress(ValueError):
        host = "localhost" if ip_address(host).is_loopback else host
    if host != "localhost":
        return ""
    return (
        "**This address opens on this computer only.** For others, open the app by this computer’s name or address in the "
        "network, and share from there."
    )


def _length(characters: int, address: Mapping[str, str]) -> str:
    if characters > link.MAIL_URL:
        return (
            f"The link has {characters:,} characters. Browsers take it; some programs for mail and chat cut links after "
            f"{link.MAIL_URL:,}, so try it once."
        )
    if link.STORED in address:
        return f"The link ({count(characters, 'character')}) holds everything but the table."
    if link.FOLDER in address:
        return f"The link ({count(characters, 'character')}) holds everything but the table, which this server offers."
    return f"The whole state is in the link ({count(characters, 'character')}); it opens the same on any machine."


def _qr_code(url: str) -> None:
    try:
        image = qr_svg(url)
    except ShareError as error:
        note(str(error))
        return
    st.image(image, width=260, alt="QR code of the link")
    with st.container(horizontal=True, gap="medium"):
        st.button(
            "Show it large",
            key="show it large",
            type="tertiary",
            icon=":material/open_in_full:",
            on_click=_enlarge,
            args=(image,),
        )
        st.download_button(
            "Save it (SVG)",
            image,
            "lmmcompare-qr.svg",
            "image/svg+xml",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )


def _enlarge(image: str) -> None:
    """Close the popover, which would cover the page."""
    st.session_state[OPENED], st.session_state[LARGE] = False, image


@st.dialog("Scan to open this page", width="large")
def _large(image: str) -> None:
    """The code as large as a room needs."""
    with st.container(key="large-code"):
        st.image(image, width="stretch", alt="QR code of the link")
