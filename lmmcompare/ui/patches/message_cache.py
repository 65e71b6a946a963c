"""A patch of Streamlit: a cached message is sent as a reference only if the browser certainly has it in its cache.

A browser caches large messages, such as figures, and evicts each after a number of runs that did not use it. Streamlit (1.67)
sends a reference to what the browser listed as cached when it requested the run. If an earlier run ends in between, because
the reader clicks faster than a slow connection answers, the browser may have evicted the message by then: "Cached ForwardMsg
MISS", and the page does not respond until it is reloaded. Reported as streamlit/streamlit#11357.
So this patch records which messages were sent on each connection, in order, and refers only to those not yet evicted.
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
"""Safety margin, in runs: messages are taken to be evicted so many runs before the browser does it."""


class Sent:
    """The messages sent on one connection, by hash, each with the number of runs that had ended when it was last sent.

    Parameters
    ----------
    max_age : int
        Number of ended runs, none of which sent the message, after which it is sent in full again.
    """

    def __init__(self, max_age: int) -> None:
        self._max_age = max_age
        self._ended = 0
        self._last: dict[str, int] = {}

    def shortest(self, message: ForwardMsg) -> ForwardMsg:
        """Return the message, or a reference to it if the browser has it; to be called for every message in sending order."""
        if message.metadata.cacheable:
            known = message.hash in self._last
            self._last[message.hash] = self._ended
            return create_reference_msg(message) if known else message
        if message.WhichOneof("type") == "script_finished":
            self._ended += 1
            self._last = {name: at for name, at in self._last.items() if self._ended - at <= self._max_age}
        return message


@cache
def patch_message_cache() -> None:
    """Have this process send references only for messages that the browser has cached; patches Streamlit once."""
    sent: WeakKeyDictionary[SessionClient, Sent] = WeakKeyDictionary()
    send = Runtime._send_message

    def send_shortest(self: Runtime, session_info: ActiveSessionInfo, msg: ForwardMsg) -> None:
        browser = session_info.client
        if browser not in sent:  # a reload or a new connection starts with an empty cache
            sent[browser] = Sent(config.get_option("global.maxCachedMessageAge") - SPARE)
        send(self, session_info, sent[browser].shortest(msg))

    Runtime._send_message = send_shortest  # type: ignore[method-assign]  # a patch
    script_run_context.create_reference_msg = lambda msg: msg  # type: ignore[attr-defined]  # a patch
