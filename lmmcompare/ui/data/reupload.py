"""A file that was chosen is remembered by the page it was chosen on, and sent again when a new server lacks it.

The browser keeps hold of the file in this tab's memory, by its name, until the tab is closed or loaded anew; nothing is
written anywhere. What a server of before was given is sent to the new one through the same upload field, once.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..kit.scripts import component

PLACE = "bring"
"""The container with the upload field."""
_component = component("reupload")


def remember(wanted: Sequence[str] = (), once: str = "") -> None:
    """Remember the files that are chosen from now on; send those of these names again, once for each ``once``."""
    _component(data={"place": PLACE, "wanted": [name for name in wanted if name], "once": once}, key="resending")
