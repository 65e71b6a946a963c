"""A progress bar for a terminal, and a line now and then for a log file."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 30
SELDOM = 30.0
"""Seconds between two lines where there is no terminal."""


class Bar:
    """How far a study is, and how long it may still take.

    Parameters
    ----------
    quiet : bool
        Say nothing.
    """

    def __init__(self, total: int, stream: TextIO, *, quiet: bool = False) -> None:
        self.total, self.stream, self.quiet = total, stream, quiet
        self.terminal = stream.isatty()
        self.began = self.shown_at = time.monotonic()
        self.before: int | None = None

    def show(self, done: int) -> None:
        """Show the number of replicates done; those done at the first call do not count towards the speed."""
        now = time.monotonic()
        if self.before is None:
            self.before = done
            if done and not self.quiet:
                print(f"Going on after {done:,} of {self.total:,} replicates.", file=self.stream)
        if self.quiet or not (self.terminal or now - self.shown_at >= SELDOM):
            return
        self.shown_at = now
        share, new = done / self.total, done - self.before
        left = f", {_duration((self.total - done) * (now - self.began) / new)} left" if new else ""
        text = f"{share:4.0%}  {done:,} of {self.total:,} replicates{left}"
        if self.terminal:
            full = int(share * WIDTH)
            print(f"\r[{'#' * full}{'-' * (WIDTH - full)}] {text}\033[K", end="", file=self.stream, flush=True)
        else:
            print(text, file=self.stream, flush=True)

    def close(self) -> None:
        """End the line."""
        if self.terminal and not self.quiet:
            print(file=self.stream)


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
