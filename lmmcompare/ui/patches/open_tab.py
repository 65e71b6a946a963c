"""A patch of Streamlit: the run of a fragment does not open a tab again that its reader has left since.

Tabs that tell the server which one is open are told in turn by every run which one that was when the run began, and the browser
(Streamlit 1.67) opens it. Who goes on to a third tab before the second one's run has come back is taken back to the second, and
the server is told so. So in the run of a fragment, which leaves the page's tabs where they are, this patch names a tab that there
is not, and the browser leaves the open one alone; a run of the whole page, as after Back, opens the tab that it names.

Related report: streamlit/streamlit#12554, which asked for runs to name the tab.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.Block_pb2 import Block
from streamlit.runtime.scriptrunner import get_script_run_ctx

NO_TAB = 2**31 - 1
"""The place of a tab that there is not."""


@cache
def patch_open_tab() -> None:
    """Have runs of fragments in this process leave the open tab to the browser; patches Streamlit once."""
    block = DeltaGenerator._block

    def leave_open_tab(self: DeltaGenerator, block_proto: Block | None = None, *args: Any, **kwargs: Any) -> Any:
        context = get_script_run_ctx()
        if block_proto is not None and block_proto.tab_container.id and context and context.fragment_ids_this_run:
            block_proto.tab_container.default_tab_index = NO_TAB
        return block(self, block_proto, *args, **kwargs)

    DeltaGenerator._block = leave_open_tab  # type: ignore[method-assign]  # a patch
