"""How soon the first chart is there, beside an app of Streamlit that holds a chart and nothing else: seconds, processor time, bytes.

The two take turns, so that both meet the same machine; of each the median counts, and their ratio.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from collections import defaultdict
from pathlib import Path

from . import seconds, show
from .browser import tab
from .one_server import app, chromium

APPS = {"ours": ("app.py", "/compare?example=cv161703"), "bare": ("benchmarks/bare.py", "/")}
TARGETS = {"start command": 1.1, "warm server, cold browser": 1.0, "warm server, warm browser": 0.8}
DRAWN = "until it answers the hand"
"""Of our first chart a preview is seen until plotly.js has drawn it; the bare app's is seen once it is drawn."""
MOST_BYTES = 3_700_000
PAINTED = """
    const note = (marks, name) => new MutationObserver((_, observer) => {
        if (!document.querySelector(marks)) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => { window[name] = Date.now() / 1000; }));
    }).observe(document, { subtree: true, childList: true });
    const drawn = '.js-plotly-plot .scatterlayer .trace path';
    note(`.lmm-preview path, ${drawn}`, 'paintedAt');
    note(drawn, 'drawnAt');
"""
"""Notes in the page when the frame with one mark of a chart has been handed over to be shown, and when that with plotly.js' drawing:
asked from here, a busy page would answer later than that; and so would its next frame, which waits for what runs meanwhile."""


def processor_time(*roots: int) -> float:
    """Seconds of these processes and of all that they have started."""
    children, used = defaultdict(list), {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        children[int(fields[1])].append(int(folder.name))
        used[int(folder.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    result, waiting = 0.0, list(roots)
    while waiting:
        process = waiting.pop()
        result += used.get(process, 0.0)
        waiting += children[process]
    return result


class Measured:
    """Times of opening a page, by what was measured and whose page it was."""

    def __init__(self) -> None:
        self.clock: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.processor: dict[tuple[str, str], list[float]] = defaultdict(list)

    def open(self, page, address: str, what: str, whose: str, since: float | None = None) -> None:
        """Open a page until its chart is painted; of the processor all counts that this process has started."""
        before, begin = processor_time(os.getpid()), time.time()
        if since is not None:
            begin -= time.perf_counter() - since
        self.clock[what, whose].append(painted(page, address) - begin)
        page.wait_for_function("window.drawnAt")
        self.clock[f"{what}, {DRAWN}", whose].append(page.evaluate("window.drawnAt") - begin)
        self.processor[what, whose].append(processor_time(os.getpid()) - before)

    def rows(self, what: str, target: float) -> list[list[str]]:
        """The measured times of one opening, until the chart is seen and until it answers the hand."""
        ratio, *times = self._ratio(what)
        work = [statistics.median(self.processor[what, whose]) for whose in APPS]
        seen = [what, *times, f"{ratio} (target {target:g})", f"{work[0] / work[1]:.2f}"]
        ratio, *times = self._ratio(f"{what}, {DRAWN}")
        runs = str(len(self.clock[what, "ours"]))
        return [[*seen, runs], [f"{what}, {DRAWN}", *times, ratio, "", runs]]

    def _ratio(self, what: str) -> tuple[str, str, str]:
        ours, bare = (statistics.median(self.clock[what, whose]) for whose in APPS)
        return f"{ours / bare:.2f}", seconds(ours), seconds(bare)


@contextlib.contextmanager
def watched_tab(browser):
    """A tab that notes when a chart has been painted."""
    with tab(browser) as page:
        page.add_init_script(PAINTED)
        yield page


def painted(page, address: str) -> float:
    """Open a page in a `watched_tab`; when its first chart was painted, as `time.time` says."""
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.paintedAt")
    return page.evaluate("window.paintedAt")


def bytes_of(browser, base: str) -> int:
    """What a browser that has nothing yet is sent until the page is still."""
    with watched_tab(browser) as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        sent: list[int] = []
        session.on("Network.dataReceived", lambda event: sent.append(event["encodedDataLength"]))
        session.on(
            "Network.webSocketFrameReceived",
            lambda event: sent.append(len(event["response"]["payloadData"]) * 3 // 4),  # base64
        )
        painted(page, base + APPS["ours"][1])
        page.wait_for_timeout(2_000)
        return sum(sent)


def main(quick: bool = False) -> None:
    """Measure and print."""
    runs, measured = 2 if quick else 7, Measured()
    start, cold, warm = TARGETS
    with chromium() as browser:
        if browser is None:
            return
        for k in range(runs):
            for whose in sorted(APPS, reverse=bool(k % 2)):
                script, path = APPS[whose]
                with watched_tab(browser) as page, app(script) as (base, begin):
                    measured.open(page, base + path, start, whose, since=begin)
        with app(APPS["ours"][0]) as (ours, _), app(APPS["bare"][0]) as (bare, _):
            bases = {"ours": ours, "bare": bare}
            for k in range(runs + 1):  # the first warms the servers
                for whose in sorted(APPS, reverse=bool(k % 2)):
                    with watched_tab(browser) as page:
                        address = bases[whose] + APPS[whose][1]
                        measured.open(page, address, cold, whose)
                        page.wait_for_timeout(1_000)
                        page.goto("about:blank")
                        measured.open(page, address, warm, whose)
            for times in (measured.clock, measured.processor):
                for what, whose in list(times):
                    times[what, whose] = times[what, whose][not what.startswith(start) :]
            size = bytes_of(browser, ours)
    show(
        "App: until the first chart is painted, beside a bare app of Streamlit with one chart",
        f"Seconds by the clock, and the ratio of the processor time that server and browser took. Of the\n"
        f"start command it is that from the first request on. Of ours a preview is seen before plotly.js has drawn it, which the second\n"
        f"line of each times. A cold browser is sent {size / 1e6:.2f} MB (target {MOST_BYTES / 1e6:g}).",
        ["", "ours", "bare", "ratio", "processor", "runs"],
        [row for what, target in TARGETS.items() for row in measured.rows(what, target)],
    )
