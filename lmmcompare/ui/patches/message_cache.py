"""A figure that the browser has already is named, not sent again, and only where the browser surely has it still: a fault mended.

A browser keeps what is large, such as figures, until some runs have ended without it. Streamlit (1.67) sends the name alone
of what the browser said it had when it asked for the run. Where a former run ends in between, because somebody clicks faster
than a slow line answers, the browser may have let go of it: "Cached ForwardMsg MISS", and the page is dead until reloaded.
Reported as streamlit/streamlit#11357.
So we count what each browser was in fact sent, in the order in which it gets it, and name only what is younger than it keeps.
"""

from __future__ import annotations

from functools import cache
from weakref import WeakKeyDictionary

from streamlit import config
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.forward_msg_cache import create_reference_msg
from streamlit.runtime.scriptrunner_utils import script_run_context
from streamlit.runtime.session_manager import ActiveSessionInfo, SessionClient

SPARE = 2
"""Runs by which we take the browser to forget earlier than it does."""


class Sent:
    """What one browser has been sent on one connection, by name, with the runs that had ended by then.

    Parameters
    ----------
    kept : int
        After how many ends of runs without it a message is sent whole again.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._ended = 0
        self._last: dict[str, int] = {}

    def shortest(self, message: ForwardMsg) -> ForwardMsg:
        """The message, or its name alone; to be asked of each message in the order in which they are sent."""
        if message.metadata.cacheable:
            known = message.hash in self._last
            self._last[message.hash] = self._ended
            return create_reference_msg(message) if known else message
        if message.WhichOneof("type") == "script_finished":
            self._ended += 1
            self._last = {name: at for name, at in self._last.items() if self._ended - at <= self._kept}
        return message


@cache
def name_what_is_kept() -> None:
    """Let this process name what each browser surely has, and nothing else; does so once, however often it is called."""
    sent: WeakKeyDictionary[SessionClient, Sent] = WeakKeyDictionary()
    send = Runtime._send_message

    def send_shortest(self: Runtime, session_info: ActiveSessionInfo, msg: ForwardMsg) -> None:
        browser = session_info.client
        if browser not in sent:  # a page that is loaded anew, and one that lost its connection, begins with nothing
            sent[browser] = Sent(config.get_option("global.maxCachedMessageAge") - SPARE)
        send(self, session_info, sent[browser].shortest(msg))

    Runtime._send_message = send_shortest  # type: ignore[method-assign]
    script_run_context.create_reference_msg = lambda msg: msg  # type: ignore[attr-defined]
