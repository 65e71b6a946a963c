"""A patch of Streamlit: no dialog says "Page not found" over the first page.

Where an address names no page, Streamlit (1.67) opens the first one and a dialog over it; so it does at the first page's own name, which
is no address of its own ("/start"). The first page says itself that there is no such page, and leads on (`ui.session.unknown_page`).

Related report: streamlit/docs#954, of readers who make nothing of that dialog.
"""

from __future__ import annotations

from streamlit.commands import navigation
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext


def patch_unknown_page() -> None:
    """Have Streamlit tell the browser nothing of an address that names no page."""

    def say_nothing(ctx: ScriptRunContext) -> None:
        pass

    navigation.send_page_not_found = say_nothing
