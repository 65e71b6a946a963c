"""How long the app takes, seen from a headless browser: the first chart, a large example, a change of a control."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from . import seconds, show
from .library import grouped
from .one_server import app, chromium

CHANGES = 30
STILL = '[data-testid="stApp"][data-test-script-state="notRunning"]'
SWITCH = ".lmm-models button"
CHART = """
    window.chart = () => {
        const plot = document.querySelector('.st-key-lines-figure .js-plotly-plot');
        if (!plot || !plot.querySelector('.scatterlayer .trace')) return '';
        const seen = node => [node.style.opacity, node.querySelector('path.js-line')?.getAttribute('d').slice(0, 60)];
        const name = plot.querySelector('.lmm-name')?.textContent;  // of the group that is marked
        return JSON.stringify([name, [...plot.querySelectorAll('.scatterlayer g.trace')].map(seen).filter(([o]) => o > 0)]);
    };
    const DIAL = '.st-key-dial-wide .js-plotly-plot path.js-line';
    window.dial = () => [...document.querySelectorAll(DIAL)].map(line => line.getAttribute('d')).join();
    window.painted = then => requestAnimationFrame(() => requestAnimationFrame(then));
"""
FIRST = "() => new Promise(done => { const look = () => chart() ? painted(done) : setTimeout(look, 10); look(); })"
CHANGE = """([limit, name]) => {
    const figure = window[name], before = figure();
    const kinds = [name === 'dial' ? 'pointermove' : 'pointerup', 'keydown'];
    window.change = new Promise((done, fail) => {
        const begun = event => {
            const begin = event.timeStamp;
            for (const kind of kinds) removeEventListener(kind, begun, true);
            const look = () => {
                if (figure() !== before) return painted(() => done(performance.now() - begin));
                if (performance.now() - begin > limit) return fail(new Error('the figure did not change'));
                setTimeout(look, 4);
            };
            setTimeout(look);
        };
        for (const kind of kinds) addEventListener(kind, begun, true);
    });
}"""
POINT = """which => {
    const plot = document.querySelector('.st-key-lines-figure .js-plotly-plot'), box = plot.getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout, { x, y } = plot._fullData.find(trace => trace.meta?.part === 'points');
    return [box.x + xaxis._offset + xaxis.d2p(x[which]), box.y + yaxis._offset + yaxis.d2p(y[which])];
}"""


@contextlib.contextmanager
def tab(browser):
    """A tab with nothing remembered."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(CHART)
    context.set_default_timeout(120_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def open_chart(page, address: str) -> None:
    page.goto(address, wait_until="commit")
    wait_for_chart(page)


def wait_for_chart(page) -> None:
    """Until the group lines are painted; an exception that the page shows is ours."""
    page.wait_for_selector(".st-key-lines-figure .js-plotly-plot, [data-testid=stException], .lmm-error")
    for selector in ("[data-testid=stException]", ".lmm-error"):
        if page.query_selector(selector):
            raise RuntimeError("the page shows an error")
    page.evaluate(FIRST)


def first_charts(browser, runs: int) -> list[float]:
    result = []
    for _ in range(runs):
        with tab(browser) as page, app() as (base, begin):
            open_chart(page, f"{base}/compare?example=cv161703")
            result.append(time.perf_counter() - begin)
    return result


def openings(browser, base: str, path: str, runs: int, seen: bool = False) -> list[float]:
    """Seconds until a comparison is painted, in a fresh browser or in one that has ``seen`` the app."""
    result = []
    for _ in range(runs):
        with tab(browser) as page:
            if seen:
                open_chart(page, f"{base}/compare?example=cv161703")
            begin = time.perf_counter()
            open_chart(page, base + path)
            result.append(time.perf_counter() - begin)
    return result


def upload(page, base: str, n: int, groups: int) -> None:
    """Bring a table of ``n`` rows by the data page and open its comparison."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        grouped(n, groups, 0.4).rename(columns={"g": "group"}).to_csv(file, index=False)
        page.goto(f"{base}/data")
        page.set_input_files("input[type=file]", file)
        page.get_by_text(f"{n:,} rows").first.wait_for()
        page.get_by_role("link", name="Compare:").first.click()
        wait_for_chart(page)


def changes(browser, prepare: Callable, act: Callable, runs: int) -> list[float]:
    """Seconds from what a hand does to the painted figure; each time once the page has come to rest."""
    with tab(browser) as page:
        prepare(page)
        page.wait_for_selector(SWITCH)
        page.wait_for_timeout(1000)  # all models are drawn by then, unseen
        result = []
        for k in range(runs + 2):
            page.wait_for_selector(STILL)
            page.wait_for_timeout(300)
            act(page, k)
            if k >= 2:
                result.append(page.evaluate("change") / 1000)
        return result


def switch(page, k: int) -> None:
    """Click on one of two models in turn."""
    page.evaluate(CHANGE, [10_000, "chart"])
    page.locator(SWITCH).nth(1 + k % 2).click()


def mark(page, k: int) -> None:
    """Go to the next group by the keyboard."""
    page.locator(".st-key-lines-figure .lmm-chart").focus()
    page.evaluate(CHANGE, [10_000, "chart"])
    page.keyboard.press("ArrowRight")


def turn(page, k: int) -> None:
    """Drag the dial's handle, which a mouse holds from the first time on, a few steps up and down again."""
    handle = page.locator(".st-key-dial-wide .lmm-dial input")
    if k == 0:
        page.get_by_role("tab", name="Why they differ").click()
        handle.wait_for()
        handle.scroll_into_view_if_needed()
        page.wait_for_selector(STILL)
        page.wait_for_timeout(1000)
    box = handle.bounding_box()
    at = box["x"] + box["width"] * (0.2 + 0.05 * abs(6 - k % 12)), box["y"] + box["height"] / 2
    if k == 0:
        page.mouse.move(*at)
        page.mouse.down()
        page.wait_for_timeout(300)
        at = at[0] + 0.1 * box["width"], at[1]
    page.evaluate(CHANGE, [10_000, "dial"])
    page.mouse.move(*at)


def leave_out(page, k: int) -> None:
    """Tap on a point, which is to be left out: all models are fitted without it, and those left out before."""
    if k == 0:
        page.locator(".st-key-lines-figure").hover()
        page.get_by_role("button", name="Leave points out").first.click()
    at = page.evaluate(POINT, (7 * k + 3) % (180 - CHANGES - 2))  # of those still there
    page.mouse.move(*at)
    page.wait_for_timeout(300)  # for plotly to see what is below it
    page.evaluate(CHANGE, [10_000, "chart"])
    page.mouse.click(*at)


def main(quick: bool = False) -> None:
    """Measure and print."""
    rows, runs, clicks = [], 1 if quick else 3, 8 if quick else CHANGES

    def report(title: str, target: str, measure: Callable[[], list[float]]) -> None:
        try:
            times = measure()
        except Exception as error:  # whatever one part meets, the others are measured
            rows.append([title, f"not measured: {str(error).splitlines()[0][:60]}", "", "", target])
            return
        p95 = seconds(float(np.quantile(times, 0.95))) if len(times) >= 8 else ""
        rows.append([title, seconds(statistics.median(times)), p95, str(len(times)), target])

    with chromium() as browser:
        if browser is None:
            return
        report("start command to first chart", "3 s", lambda: first_charts(browser, runs))
        with app() as (base, _):
            openings(browser, base, "/compare?example=cv161703", 1)
            pshp2 = "/compare?example=pshp2"
            report("pSHP2, first time on this server", "2 s", lambda: openings(browser, base, pshp2, 1, seen=True))
            report("pSHP2, again", "2 s", lambda: openings(browser, base, pshp2, runs, seen=True))
            report("pSHP2, fresh browser", "", lambda: openings(browser, base, pshp2, runs))

            def sleepstudy(page) -> None:
                open_chart(page, f"{base}/compare?example=sleepstudy")

            def table(n: int, groups: int) -> Callable:
                return lambda page: upload(page, base, n, groups)

            for title, target, prepare, act in (
                ("switch a model, 180 points", "p95 60 ms", sleepstudy, switch),
                ("switch a model, 1,000 points", "p95 80 ms", table(1_000, 20), switch),
                ("switch a model, 10,000 rows", "p95 150 ms", table(10_000, 100), switch),
                ("look at a group, 10,000 rows", "p95 150 ms", table(10_000, 100), mark),
                ("turn the dial, 180 points", "p95 60 ms", sleepstudy, turn),
                ("turn the dial, 1,000 points", "p95 80 ms", table(1_000, 20), turn),
                ("turn the dial, 10,000 rows", "p95 150 ms", table(10_000, 100), turn),
                ("leave a point out of 180, refitted", "p95 300 ms", sleepstudy, leave_out),
            ):
                report(title, target, lambda prepare=prepare, act=act: changes(browser, prepare, act, clicks))
    show(
        "App: seen from a headless browser, until the figure of the group lines is painted",
        "The first chart is in a fresh browser, pSHP2 (326,362 rows) in one that has the app's scripts in its cache unless\n"
        "said otherwise, on a warm server. A change is timed from the click or key, of the dial from the move of the mouse, to the\n"
        "second frame after the figure's SVG has it.\n"
        "Of 10,000 rows 3,000 points are drawn.",
        ["", "median", "p95", "runs", "target"],
        rows,
    )
