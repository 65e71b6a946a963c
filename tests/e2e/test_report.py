"""The report as its reader opens it: from a file, without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from lmmcompare import compare, examples
from lmmcompare.export.report import report
from lmmcompare.export.snapshot import Snapshot
from tests.e2e.axe import OF_COLOURS, objections
from tests.sources import example_source, file_source

pytestmark = pytest.mark.e2e

EVIL = "</script><script>window.harm = 1</script><img src=x onerror='window.harm = 1'>"
DRAWN = "() => [...document.querySelectorAll('.plot')].every(d => d.querySelector('.main-svg .plot, .main-svg .cartesianlayer'))"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports as files: of an example, of one without predictors, and of a table whose every name is hostile."""
    place = tmp_path_factory.mktemp("reports")
    rows = examples.load("cv161703")
    hostile = rows.assign(ID=EVIL + rows["ID"].astype(str)).rename(columns=lambda name: f"{name}{EVIL}")
    formula = f"`Y{EVIL}` ~ `X{EVIL}` + (1 | `ID{EVIL}`)"
    looked_at = {
        "cv161703": Snapshot(compare("Y ~ X + (1 | ID)", rows), example_source("cv161703"), zero=True, highlight="20", link="http://127.0.0.1/"),
        "dyestuff": Snapshot(compare("Yield ~ 1 + (1 | Batch)", examples.load("dyestuff")), example_source("dyestuff")),
        "hostile": Snapshot(compare(formula, hostile), file_source(f"{EVIL}.csv", hostile)),
    }  # fmt: skip
    for name, snapshot in looked_at.items():
        (place / f"{name}.html").write_text(report(snapshot), encoding="utf-8")
    return {name: place / f"{name}.html" for name in looked_at}


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """A tab without a network, which keeps what it was asked for and what went wrong."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.asked, page.wrong = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: page.wrong.append(message.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    yield page
    context.close()


@pytest.fixture
def read(tab: Page, files: dict[str, Path]) -> Callable[..., Page]:
    """``read("cv161703", theme="light")``: the report, opened anew, all figures drawn."""

    def open_one(name: str, theme: str = "light") -> Page:
        tab.asked, tab.wrong = [], []
        tab.bring_to_front()
        tab.set_viewport_size({"width": 1200, "height": 900})
        tab.emulate_media(color_scheme=theme)
        tab.goto(files[name].as_uri())
        tab.wait_for_function(DRAWN)
        return tab

    return open_one


@pytest.mark.parametrize(("name", "theme"), [("cv161703", "light"), ("dyestuff", "dark"), ("hostile", "dark")])
def test_it_opens_from_a_file_and_asks_for_nothing(read, files, name, theme):
    page = read(name, theme=theme)
    assert page.asked == [files[name].as_uri()]
    assert page.wrong == []
    assert page.evaluate("window.harm") is None and page.locator("main img").count() == 0
    assert objections(page, OF_COLOURS if theme == "dark" else ()) == []


def test_no_table_is_cut_off_and_it_fits_a_phone(read):
    """Every cell lies within the table's own room, whether columns stand beside or below each other."""
    page = read("cv161703")
    cut = """() => [...document.querySelectorAll('.lmm-table')].flatMap(room => [...room.querySelectorAll('td, th')]
      .filter(cell => cell.getBoundingClientRect().right > room.getBoundingClientRect().right + 1))
      .map(cell => cell.textContent)"""
    for width in (1440, 1024, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(cut) == [], width
    page.wait_for_function("() => document.documentElement.scrollWidth <= 390")  # once the figures have followed
    heads = page.evaluate("[...document.querySelectorAll('.lmm-table td[data-head]')].map(cell => cell.dataset.head)")
    assert {"OLS", "Random intercept", "Within–between"} <= set(heads)
    unnamed = """() => [...document.querySelectorAll('.lmm-table td[data-head]:not(.none)')]
      .filter(cell => parseFloat(getComputedStyle(cell).paddingLeft) < 100).map(cell => cell.parentNode.textContent)"""
    assert page.evaluate(unnamed) == []  # a model's name stands in the room at the left of its number


def test_figures_follow_the_readers_colours_and_are_light_on_paper(read):
    page = read("cv161703", theme="dark")
    text = "() => getComputedStyle(document.querySelector('#lines .xtitle')).fill"
    assert page.evaluate(text) == "rgb(250, 250, 250)"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(text) == "rgb(26, 28, 35)"
    assert page.evaluate("document.querySelector('#lines .main-svg').clientWidth") == 680
    assert page.locator("details:not([open]):not(.code)").count() == 0
    page.emulate_media(media="print")
    assert page.locator(".code:visible").count() == 0 and page.locator(".on-paper:visible").count() == 1
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(text) == "rgb(250, 250, 250)"
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"() => ({text})() === 'rgb(26, 28, 35)'")


def test_a_figure_is_saved_by_keyboard(read):
    page = read("cv161703", theme="dark")
    for figure, kind, first in (("lines", "SVG", b"<svg"), ("gap", "PNG", b"\x89PNG"), ("lines", "PNG", b"\x89PNG")):
        button = page.locator(f"button[data-figure={figure}][data-save={kind.lower()}]")
        button.focus()
        with page.expect_download() as waiting:
            button.press("Enter")
        assert waiting.value.suggested_filename == f"cv161703-{figure}.{kind.lower()}"
        content = Path(waiting.value.path()).read_bytes()
        assert content.startswith(first) and len(content) > 5_000
        assert kind == "SVG" or int.from_bytes(content[16:20]) >= 2102  # the width: 178 mm at 300 dots per inch
        if kind == "SVG":
            assert b"rgb(26, 28, 35)" in content and b"<image" not in content  # for a light document, and no pixels
    assert page.wrong == []
