"""Long computations in small steps: each run of a fragment does a few, so that the page answers and Stop is heard.

Nothing runs in the background: the reader's browser asks for the next steps, and when it is gone nobody does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from ...text.numbers import count

STEP = 0.25
"""Seconds of work between two looks at what the reader wants."""
PAUSE = 0.3
"""Seconds from one run of the fragment to the next."""


@dataclass
class Job:
    """A computation that a session has started.

    Parameters
    ----------
    key : Hashable
        What it is about; one about something else is not shown.
    steps : Iterator
        Gives, after each step, how much is done and all that is known.
    total : int
    unit : str
        What is counted, in the singular.
    """

    key: Hashable
    steps: Iterator[tuple[int, Any]]
    total: int
    unit: str
    done: int = 0
    found: Any = None
    running: bool = True
    seconds: float = field(default=0.0)

    def advance(self) -> None:
        """Go on for a moment."""
        start = time.monotonic()
        for done, result in self.steps:
            self.done, self.found = done, result
            if time.monotonic() - start > STEP:
                break
        else:
            self.running = False
        self.running = self.running and self.done < self.total
        self.seconds += time.monotonic() - start

    @property
    def said(self) -> str:
        """How far it is."""
        text = f"{self.done:,} of {count(self.total, self.unit)}"
        left = self.seconds * (self.total - self.done) / self.done if self.done else 0.0
        if not self.running or left < 5:
            return text
        return (
            f"{text}, about {count(round(left / 60), 'minute')} left"
            if left > 90
            else f"{text}, about {left:.0f} seconds left"
        )


def job(name: str, key: Hashable) -> Job | None:
    """The session's job of this name, where it is about this."""
    result: Job | None = st.session_state.get(name)
    return result if result is not None and result.key == key else None


def start(name: str, key: Hashable, steps: Callable[[], Iterator[tuple[int, Any]]], total: int, unit: str) -> None:
    """Begin a job in the place of an earlier one of this name."""
    st.session_state[name] = Job(key, steps(), total, unit)


def stop(name: str) -> None:
    """Leave a job at what it has."""
    st.session_state[name].running = False


def show(name: str, draw: Callable[[Any], None]) -> None:
    """A running job's progress with a Stop button, and what is known so far; runs the page again when it is done."""
    st.fragment(_tick, run_every=PAUSE)(name, draw)


def _tick(name: str, draw: Callable[[Any], None]) -> None:
    result: Job = st.session_state[name]
    bar = st.progress(result.done / result.total, result.said)
    st.button("Stop", key=f"stop {name}", on_click=stop, args=(name,))
    if result.running:
        result.advance()
        bar.progress(result.done / result.total, result.said)
    if not result.running:
        st.rerun()
    draw(result.found)
