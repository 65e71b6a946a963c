"""The Share button: the page's link to copy, as a QR code, for slides; and how a table of one's own goes along."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ..errors import ShareError
from ..numbers import count
from ..share import link
from ..share.qr import qr_svg
from . import sharing_tables
from .copying import copy_field
from .shell import explain_error, note


@st.fragment
def share(title: str) -> None:
    """The button, and what it opens: the page's link under this title, as the address is at that moment."""
    if st.context.is_embedded:  # on a slide there is nothing to share
        return
    with st.container(key="share", horizontal=True, horizontal_alignment="right"):
        opened = st.popover("Share", icon=":material/share:", type="tertiary", key="share this", on_change="rerun")
    if not opened.open:
        return
    address = st.query_params.to_dict()
    with opened:
        if link.UPLOAD in address:
            address = sharing_tables.choice(address)
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
    note(_length(len(url), address))
    if link.STORED in address:
        sharing_tables.about(address[link.STORED])
    code, slides = st.tabs(["QR code", "For slides"])
    with code:
        _qr_code(url)
    with slides:
        note("HTML that shows this page within a slide or a web page, without bars and menus.")
        copy_field(link.embed_snippet(page, address, title), "HTML for slides", "Copy HTML", "copy snippet")


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
    note("Its full-screen button makes it large enough for a room.")
    st.download_button(
        "Save the QR code (SVG)", image, "lmmcompare-qr.svg", "image/svg+xml", on_click="ignore", type="tertiary",
        icon=":material/download:",
    )  # fmt: skip
