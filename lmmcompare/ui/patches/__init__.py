"""What of Streamlit is mended: two faults that lose what a page has drawn, for the version in which they were found.

Each mend says its fault, has a test that fails without it, and a test that fails once Streamlit no longer needs it. With any
other version none is applied, for its inner parts may be others; the log says so.
"""

from __future__ import annotations

import logging
from functools import cache

import streamlit

from . import fragment_messages, message_cache

VERSION = "1.67."
"""The Streamlit that the mends were written for."""


@cache
def apply() -> bool:
    """Mend this process's Streamlit, where it is the version that needs it; does so once, however often it is called."""
    if not streamlit.__version__.startswith(VERSION):
        logging.getLogger(__name__).warning(
            "Streamlit %s is not %sx: its faults with fragments and kept messages are not mended.",
            streamlit.__version__,
            VERSION,
        )
        return False
    fragment_messages.deliver()
    message_cache.name_what_is_kept()
    return True
