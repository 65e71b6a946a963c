"""What the tests share: the reference fits of R with their data, the running app, and a browser."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, WebSocket, sync_playwright
from streamlit import config
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from lmmcompare.ui.kit import visibility
from tests import effort, helpers  # noqa: F401  effort loads the profile of hypothesis

TESTS = Path(__file__).parent
ROOT = TESTS.parent
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
"""The same names as in scripts/setup. The first is Chromium without a window, which spends a tenth less on a page."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-opt,--no-maglev",
)
"""No page is open for so long that thorough compilation of its scripts pays: without it one takes an eighth less."""
STILL = '[data-testid="stApp"][data-test-script-state="notRunning"]'
BUSY = (
    '[data-testid="stStatusWidget"], [data-testid="stSkeleton"], [data-testid="stSpinner"], [data-stale="true"], '
    '.lmm-chart[aria-busy="true"], .st-key-depth-tabs[aria-busy="true"]'
)
CHANGES = """window.changed = 0;
new MutationObserver(() => { window.changed = performance.now() }).observe(
    document, {subtree: true, childList: true, characterData: true})"""
UNMOVED = """document.addEventListener("DOMContentLoaded", () => {
    const style = document.createElement("style");
    style.textContent = "*, *::before, *::after { animation: none !important; transition: none !important }";
    document.head.append(style);
})"""
"""Without a graphics card, what turns and fades while the page waits takes half of a browser's time."""
AT_REST = """([quiet, still, busy]) =>
    performance.now() - window.changed > 1000 * quiet && document.querySelector(still) && !document.querySelector(busy)"""
TOO_WIDE = """() => Math.max(
    document.documentElement.scrollWidth - innerWidth,
    ...[...document.querySelectorAll('[data-testid="stMain"], [data-testid="stMainBlockContainer"]')].map(
        part => part.scrollWidth - part.clientWidth))"""
EMPTY = "/_stcore/health"
"""A word from the app's server: a tab that goes on from there keeps its process, and the scripts compiled in it."""
QUIET = 0.4
"""Seconds in which nothing may change."""
LIMIT = 120
"""Seconds after which something counts as broken: many, for a machine may be busy with other things."""
UNANSWERED = 10
"""Seconds after which a question to the server counts as one that it does not answer: of a fragment that is gone."""


@pytest.fixture(scope="session")
def components() -> BidiComponentManager:
    """The components of installed packages: an AppTest looks through all packages for them, which is most of its time."""
    manager = BidiComponentManager()
    manager.discover_and_register_components(start_file_watching=False)
    return manager


@pytest.fixture
def app_test(components: BidiComponentManager) -> Callable[..., AppTest]:
    """``app_test("pages/compare.py")``: a page, or app.py by default, as streamlit's AppTest; not run yet.

    Its reader is near what lies below the fold, as a browser would say.
    """
    config.set_option("client.showErrorDetails", "full")  # so that at.exception says which exception it was

    def one(path: str = "app.py") -> AppTest:
        at = AppTest.from_file(ROOT / path, default_timeout=LIMIT)
        at._bidi_component_manager = components
        at.session_state[visibility.KEY] = {"near": True}
        return at

    return one


# ---------------------------------------------------------------------------------------------------- who runs what

FIRST = (
    "tests/export/test_r_code.py",
    "tests/engines/test_clusters.py",
    "tests/pages/",
    "tests/share/",
    "tests/e2e/test_layout.py",
    "tests/e2e/test_study.py",
    "tests/e2e/test_app.py",
    "tests/e2e/test_phone.py",
    "tests/e2e/test_stop.py",
    "tests/e2e/test_why.py",
    "tests/e2e/test_restart.py",
)
"""What takes longest, begun first so that no worker is left alone with it at the end."""
BROWSER = "tests/e2e/"
TOGETHER = {
    "tests/export/test_r_code.py": "scripts",
    "tests/export/test_python_code.py": "scripts",
    "tests/share/test_store": "postgresql",
    "tests/explain/test_identity.py": "random designs",
    "tests/explain/test_sentences.py": "random designs",
}
"""Files that share a server or many fits, which one worker makes then."""
BROWSING = ("gw0", "gw1")
"""The workers that have an app and a browser, where there is a third that has none: the first alone otherwise."""


class Scheduler(LoadFileScheduling):
    """Each file goes to one worker, for what it makes once: fits, scripts run by R, a Spark, a PostgreSQL.

    Of pytest-xdist's own ways, ``loadgroup`` does not hear of its groups under pytest 9.2, and ``loadfile`` knows files only.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((name for start, name in TOGETHER.items() if file.startswith(start)), file)

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Give the first workers the browser's tests while there are any, and the others all else before those.

        They wait as long as they compute, meanwhile another has the processor; and they need an app and a browser each.
        """
        first = node.gateway.id in BROWSING[: max(1, self.numnodes - 1)]
        unit = next((unit for unit in self.workqueue if unit.startswith(BROWSER) == first), None)
        if unit is not None:
            self.workqueue.move_to_end(unit, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduler:
    config.option.loadscopereorder = False
    return Scheduler(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Thousands of tests and all imported modules stay until the end: the garbage collector need not look at them again."""
    gc.disable()
    result = yield
    gc.freeze()
    gc.enable()
    return result


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files by how long they take."""
    items.sort(key=lambda item: next((k for k, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST)))


# ---------------------------------------------------------------------------------------------------- reference fits


@pytest.fixture(scope="session")
def reference() -> Callable[[str], dict[str, Any]]:
    """``reference(case)``: what R found, a fresh dict of tests/reference/<case>.json."""
    return lambda case: deepcopy(helpers.reference(case))


@pytest.fixture(scope="session")
def table() -> Callable[[str], pd.DataFrame]:
    """``table(name)``: a fresh frame of tests/data_files/<name>.csv or .csv.gz, as read_csv reads it."""
    return lambda name: helpers.table(name).copy()


@pytest.fixture(scope="session")
def reference_data() -> Callable[[str], pd.DataFrame]:
    """``reference_data(case)``: a fresh frame that R fitted, with cases.R's factors and derived columns."""
    return lambda case: helpers.data(case).copy()


# ------------------------------------------------------------------------------------------------------ the live app


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(port: int, log: Path) -> Iterator[str]:
    """The app at this port as long as this is entered; its address."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + LIMIT
        while not _answers(f"http://127.0.0.1:{port}/_stcore/health"):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the app did not start; its log says:\n{log.read_text()}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def live_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running app; every worker of pytest-xdist starts its own."""
    with served(free_port(), tmp_path_factory.mktemp("app") / "log.txt") as address:
        yield address


# --------------------------------------------------------------------------------------------------------- a browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless chromium, one for each worker."""
    named = os.environ.get("CHROMIUM")
    path = next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)
    if path is None:
        pytest.fail("no chromium found: run `make test`, which installs it, or set CHROMIUM=/path/to/chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """A person's tab on the live app: go somewhere, wait, and see what broke."""

    page: Page
    base: str
    sent: list[bytes] = field(default_factory=list)
    """What the browser has told the server."""
    received: list[bytes] = field(default_factory=list)
    """What the server has answered."""
    errors: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)
    """Requests to other machines."""
    complaints: list[str] = field(default_factory=list)
    """Errors on the console."""
    asked: float | None = None
    """When the server was last asked for a run, which it has not begun yet."""
    runs: bool = False
    """Whether it has begun one, and not ended it."""

    def __post_init__(self) -> None:
        """Listen to what the page says, and to what the server answers."""
        self._listeners: dict[str, Callable[[Any], None]] = {
            "pageerror": lambda error: self.errors.append(str(error)),
            "request": self._requested,
            "console": self._told,
            "websocket": self._listen,
        }
        for event, listener in self._listeners.items():
            self.page.on(event, listener)  # type: ignore[call-overload]

    def leave(self, place: str) -> None:
        """Leave the app for another address with nothing remembered, so that the next person may have this tab."""
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        if self.page.url.startswith(self.base):
            self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
        self.page.context.clear_cookies()
        self.page.goto(place)

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", self.base.replace("http", "ws"))):
            self.away.append(request.url)

    def _told(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} {message.location['url']}")

    def _listen(self, socket: WebSocket) -> None:
        self.asked, self.runs = None, False
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: str | bytes) -> None:
        self.sent.append(cast(bytes, frame))
        if BackMsg.FromString(cast(bytes, frame)).WhichOneof("type") == "rerun_script":
            self.asked = time.monotonic()

    def _received(self, frame: str | bytes) -> None:
        self.received.append(cast(bytes, frame))
        kind = ForwardMsg.FromString(cast(bytes, frame)).WhichOneof("type")
        if kind == "new_session":
            self.asked, self.runs = None, True
        elif kind == "script_finished":
            self.runs = False

    def go(self, path: str) -> Page:
        """Open a page of the app, such as ``/compare?example=cv161703``, and wait until it stands still."""
        self.page.goto(self.base + path)
        return self.still()

    def still(self) -> Page:
        """Wait until the app stands still, after a click for instance: what was asked has run, and nothing changes."""
        end = time.monotonic() + LIMIT
        self.page.evaluate("window.changed = performance.now()")  # what was clicked may not have been sent yet
        while True:
            self.page.wait_for_function(AT_REST, arg=[QUIET, STILL, BUSY], polling=50)
            if not self.runs and (self.asked is None or time.monotonic() - self.asked > UNANSWERED):
                return self.page
            assert time.monotonic() < end, f"the page at {self.page.url} did not come to rest within {LIMIT} s"
            self.page.wait_for_timeout(50)

    def scroll_to_tabs(self) -> Page:
        """Scroll to Compare's tabs, which are drawn for a reader who is near them."""
        self.page.locator(".st-key-depth-tabs").scroll_into_view_if_needed()
        return self.still()

    def too_wide(self) -> float:
        """By how many pixels the page is wider than its window; 1 is rounding."""
        return float(self.page.evaluate(TOO_WIDE))

    def trouble(self) -> list[str]:
        """Exceptions on the page, errors of its scripts, and its end, since the tab was opened; should be empty."""
        return (
            [shown.inner_text() for shown in self.page.query_selector_all('[data-testid="stException"]')]
            + self.errors
            + [said for said in self.complaints if "fatal error" in said]  # Streamlit's page is dead until reloaded
        )


@pytest.fixture(scope="session")
def idle_tabs() -> dict[bool, list[Page]]:
    """Tabs that no test has, those of phones apart: half of what a page costs is what a new tab does first."""
    return {False: [], True: []}


def new_tab(browser: Browser, **options: Any) -> Page:
    """A tab that shares nothing with another; ``options`` are those of Playwright's contexts."""
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * LIMIT)
    context.add_init_script(UNMOVED)
    context.add_init_script(CHANGES)
    return context.new_page()


@pytest.fixture
def open_tab(browser: Browser, live_app: str, idle_tabs: dict[bool, list[Page]]) -> Iterator[Callable[..., Visit]]:
    """``open_tab(width=1440, height=900, theme="light")``: a tab with nothing remembered, as a `Visit`.

    With ``touch=True`` that of a phone, moved by a finger. With ``new=True`` one that nobody has had or will have: for scripts,
    routes and permissions, which stay with a tab.
    """
    visits: list[tuple[Visit, bool, bool]] = []

    def open_one(
        width: int = 1440, height: int = 900, theme: Any = "light", new: bool = False, touch: bool = False
    ) -> Visit:
        idle = idle_tabs[touch]
        page = new_tab(browser, has_touch=touch, is_mobile=touch) if new or not idle else idle.pop()
        visit = Visit(page, live_app)
        visits.append((visit, new, touch))
        page.bring_to_front()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        return visit

    yield open_one
    for visit, new, touch in visits:
        if new or visit.page.is_closed() or visit.trouble():
            visit.page.context.close()
        else:
            visit.leave(live_app + EMPTY)
            idle_tabs[touch].append(visit.page)


@pytest.fixture
def visit(open_tab: Callable[..., Visit]) -> Visit:
    """One light tab, 1440 px wide."""
    return open_tab()


@pytest.fixture
def new_visit(open_tab: Callable[..., Visit]) -> Visit:
    """The same in a tab of its own."""
    return open_tab(new=True)


@pytest.fixture
def phone(open_tab: Callable[..., Visit]) -> Iterator[Visit]:
    """A tab on a phone, moved by touch."""
    tab = open_tab(width=390, height=844, touch=True)
    yield tab
    assert not tab.trouble()
