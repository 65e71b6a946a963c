"""Patches of four Streamlit faults that lose or cover parts of a page, or its reader's place in it, for the version that has them.

Each patch describes its fault and has a test that fails without it; those of messages have one that fails once Streamlit no longer
needs them. With any other version of Streamlit, whose internals may differ, no patch is applied and a warning is logged.
"""

from __future__ import annotations

import logging
from functools import cache

import streamlit

from . import fragment_messages, message_cache, open_tab, unknown_page

VERSION = "1.67."
"""Prefix of the Streamlit versions that the patches were written for."""


@cache
def apply() -> bool:
    """Apply the patches to this process, once; returns whether Streamlit is the version that they are for."""
    if not streamlit.__version__.startswith(VERSION):
        logging.getLogger(__name__).warning(
            "Streamlit %s is not %sx: its faults with fragments, kept messages, tabs and unknown pages are not mended.",
            streamlit.__version__,
            VERSION,
        )
        return False
    fragment_messages.patch_fragment_messages()
    message_cache.patch_message_cache()
    open_tab.patch_open_tab()
    unknown_page.patch_unknown_page()
    return True
