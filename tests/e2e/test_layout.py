"""Every page at every size: no text lies on another or is cut off, nothing is wider than the window, a phone's page is short."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

# (width, height, pixels of the page's text); 960 x 600 is 1440 x 900 at 150% zoom
SIZES = (
    (1440, 900, 24),
    (1024, 768, 15),
    (960, 600, 15),
    (768, 1024, 15),
    (390, 844, 15),
    (320, 640, 15),
)
PAGES = (
    "/",
    "/stories",
    "/data?example=drug",
    "/simulate",
    "/study?preset=slopes&studies=1000",
    "/shrinkage?example=sleepstudy",
    "/lecture?example=cv161703&step=6",
    "/compare?example=cv161703",
    "/compare?example=sleepstudy&tab=why",
    "/compare?example=drug&tab=errors",
    "/compare?example=sleepstudy&tab=trust",
    "/compare?example=hsb82&formula=mAch~sector*ses%2Bmeanses%2B(1|school)",
)
TEXT_SIZE = """size => {
    const id = "text size", style = document.getElementById(id) ?? document.createElement("style");
    style.id = id;
    style.textContent = size === 15 ? "" : `html { font-size: ${size}px !important }`;
    document.head.append(style);
}"""
# The rectangles of all text that can be seen, cut to what their scrolling ancestors show; mathematics puts signs on letters.
LOOK = Path(__file__).with_name("overlaps.js").read_text()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_overlaps_or_is_cut_off_at_any_size(open_tab, path):
    tab = open_tab(theme="dark" if PAGES.index(path) % 2 else "light")
    page = tab.go(path)
    for width, height, size in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(TEXT_SIZE, size)
        tab.still()
        result = page.evaluate(LOOK)
        where = f"{path} at {width} x {height}, text of {size} px"
        assert not result["overlaps"], f"{where}: {result['overlaps'][:5]}"
        assert not result["cut"], f"{where}: {result['cut'][:5]}"
        assert result["wide"] <= 1, where
        if path == "/compare?example=cv161703" and width == 390:
            assert result["screens"] < 4.2, where
    assert not tab.trouble()


def test_text_that_overlaps_would_be_seen(open_tab):
    page = open_tab().go("/")
    page.evaluate(
        "() => { const h = document.querySelector('h1'), n = h.cloneNode(true); n.style.position = 'fixed';"
        " const r = h.getBoundingClientRect(); n.style.left = r.left + 5 + 'px'; n.style.top = r.top + 5 + 'px';"
        " document.body.append(n); }"
    )
    assert page.evaluate(LOOK)["overlaps"]
