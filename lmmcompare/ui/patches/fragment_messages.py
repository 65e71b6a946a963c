"""What a run has drawn reaches the browser also where the next run is asked for at that moment: a fault of Streamlit mended.

Streamlit (1.67) runs a page in a thread, which hands what it draws to the server's event loop. Where the next request of the
same reader is met after the run has ended and before the loop has come to what it drew, the session takes a new runner, and
drops what the former one sends as outdated. That is right for a run of the whole page, which draws all anew, and wrong for
a fragment's: of two panels that change within some milliseconds, on a busy server more, the first would stay as it was.
Related reports: streamlit/streamlit#9188, #9372.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner, ScriptRunnerEvent


@cache
def deliver() -> None:
    """Let every session of this process hear ended runners out; does so once, however often it is called."""
    ended: WeakKeyDictionary[AppSession, WeakSet[ScriptRunner]] = WeakKeyDictionary()
    create, handle = AppSession._create_scriptrunner, AppSession._handle_scriptrunner_event_on_event_loop

    def create_and_remember(self: AppSession, *args: Any, **kwargs: Any) -> None:
        former = self._scriptrunner
        if former is None:  # it has said its last word, or was stopped for a run of the whole page
            ended.pop(self, None)
        else:  # it refused the request, as it has run: all it drew was handed over before
            ended.setdefault(self, WeakSet()).add(former)
        create(self, *args, **kwargs)

    def hear(
        self: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, *args: Any, **kwargs: Any
    ) -> None:
        current = self._scriptrunner
        if sender is not current and event is not ScriptRunnerEvent.SHUTDOWN and sender in ended.get(self, ()):
            sender = current
        handle(self, sender, event, *args, **kwargs)

    AppSession._create_scriptrunner = create_and_remember  # type: ignore[method-assign]
    AppSession._handle_scriptrunner_event_on_event_loop = hear  # type: ignore[method-assign]
