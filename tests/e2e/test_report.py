"""The report as its reader opens it: from a file, without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from lmmcompare import compare, examples
from lmmcompare.export.report import report
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import of_example, of_file

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
        "cv161703": Snapshot(compare("Y ~ X + (1 | ID)", rows), of_example("cv161703"), zero=True, highlight="20", link="http://127.0.0.1/"),
        "dyestuff": Snapshot(compare("Yield ~ 1 + (1 | Batch)", examples.load("dyestuff")), of_example("dyestuff")),
        "hostile": Snapshot(compare(formula, hostile), of_file(f"{EVIL}.csv", hostile)),
    }  # fmt: skip
    for name, snapshot in looked_at.items():
        (place / f"{name}.html").write_text(report(snapshot), encoding="utf-8")
    return {name: place / f"{name}.html" for name in looked_at}


@pytest.fixture
def read(browser: Browser, files: dict[str, Path]) -> Iterator[Callable[..., Page]]:
    """``read("cv161703", width=1200, theme="light")``: the report in a tab without a network, all figures drawn."""
    contexts = []

    def open_one(name: str, width: int = 1200, theme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.wrong = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.wrong.append(message.text))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.goto(files[name].as_uri())
        page.wait_for_function(DRAWN)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("name", "theme"), [("cv161703", "light"), ("dyestuff", "dark"), ("hostile", "dark")])
def test_it_opens_from_a_file_and_asks_for_nothing(read, files, name, theme):
    page = read(name, theme=theme)
    assert page.asked == [files[name].as_uri()]
    assert page.wrong == []
    assert page.evaluate("window.harm") is None and page.locator("main img").count() == 0
    violations = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert not violations, [(v["id"], [n["html"][:150] for n in v["nodes"]][:3]) for v in violations]


def test_it_fits_a_phone(read):
    page = read("cv161703", width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [390, 768, 1024, 1440])
def test_no_table_is_cut_off(read, width):
    """Every cell lies within the table's own room, whether columns stand beside or below each other."""
    page = read("cv161703", width=width)
    cut = """() => [...document.querySelectorAll('.lmm-table')].flatMap(room => [...room.querySelectorAll('td, th')]
      .filter(cell => cell.getBoundingClientRect().right > room.getBoundingClientRect().right + 1))
      .map(cell => cell.textContent)"""
    assert page.evaluate(cut) == []
    heads = page.evaluate("[...document.querySelectorAll('.lmm-table td[data-head]')].map(cell => cell.dataset.head)")
    assert {"OLS", "Random intercept", "Within–between"} <= set(heads)


def test_figures_follow_the_readers_colours_and_are_light_on_paper(read):
    page = read("cv161703", theme="dark")
    text = "() => getComputedStyle(document.querySelector('#lines .xtitle')).fill"
    assert page.evaluate(text) == "rgb(250, 250, 250)"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(text) == "rgb(26, 28, 35)"
    assert page.evaluate("document.querySelector('#lines .main-svg').clientWidth") == 680
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(text) == "rgb(250, 250, 250)"
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"() => ({text})() === 'rgb(26, 28, 35)'")


@pytest.mark.parametrize(("kind", "first"), [("SVG", b"<svg"), ("PNG", b"\x89PNG")])
def test_a_figure_is_saved_by_keyboard(read, kind, first):
    page = read("cv161703", theme="dark")
    for figure in ("lines", "gap"):
        button = page.locator(f"button[data-figure={figure}][data-save={kind.lower()}]")
        button.focus()
        with page.expect_download() as waiting:
            button.press("Enter")
        assert waiting.value.suggested_filename == f"cv161703-{figure}.{kind.lower()}"
        content = Path(waiting.value.path()).read_bytes()
        assert content.startswith(first) and len(content) > 5_000
        if kind == "SVG":
            assert b"rgb(26, 28, 35)" in content and b"<image" not in content  # for a light document, and no pixels
    assert page.wrong == []
