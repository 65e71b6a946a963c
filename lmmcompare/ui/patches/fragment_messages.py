"""A patch of Streamlit: messages of a finished run are delivered although the next run of the session has been requested.

Streamlit (1.67) runs a script in a thread, which queues its messages on the server's event loop. If the session's next request
arrives after the run has ended but before the loop has sent its messages, the session creates a new script runner and drops
the messages of the old one as outdated. That is right for a run of the whole page, which draws everything anew, and wrong for
a run of a fragment: of two panels that change within milliseconds (longer on a busy server), the first would not be updated.
Related reports: streamlit/streamlit#9188, #9372.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner, ScriptRunnerEvent


@cache
def patch_fragment_messages() -> None:
    """Have every session of this process deliver the messages of ended script runners; patches Streamlit once."""
    ended: WeakKeyDictionary[AppSession, WeakSet[ScriptRunner]] = WeakKeyDictionary()
    create, handle = AppSession._create_scriptrunner, AppSession._handle_scriptrunner_event_on_event_loop

    def create_and_remember(self: AppSession, *args: Any, **kwargs: Any) -> None:
        former = self._scriptrunner
        if former is None:  # all its messages were delivered, or it was stopped for a run of the whole page
            ended.pop(self, None)
        else:  # it had ended and so refused the request: all its messages are queued already
            ended.setdefault(self, WeakSet()).add(former)
        create(self, *args, **kwargs)

    def deliver_or_drop(
        self: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, *args: Any, **kwargs: Any
    ) -> None:
        current = self._scriptrunner
        if sender is not current and event is not ScriptRunnerEvent.SHUTDOWN and sender in ended.get(self, ()):
            sender = current
        handle(self, sender, event, *args, **kwargs)

    AppSession._create_scriptrunner = create_and_remember  # type: ignore[method-assign]  # a patch
    AppSession._handle_scriptrunner_event_on_event_loop = deliver_or_drop  # type: ignore[method-assign]  # a patch
