"""Every tab of the compare page holds something, its figures are as high as they ask for, and it is no wider than the window."""

from __future__ import annotations

import pytest

from tests.e2e.pictures import as_high_as_asked

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("width", "path", "figures"),
    [
        (390, "/compare?example=sleepstudy", 12),
        pytest.param(
            1440, "/compare?example=pastes&formula=strength~1%2B(1|batch)%2B(1|cask)", 8, marks=pytest.mark.slow
        ),  # a wide window's figures are measured in test_layout.py
    ],
)
def test_every_tab_holds_something_that_fits(open_tab, path, width, figures):
    tab = open_tab(width=width)
    page = tab.go(path)
    heights = as_high_as_asked(tab)
    for name in page.get_by_role("tab").all_inner_texts():
        page.get_by_role("tab", name=name, exact=True).click()
        tab.still()
        assert page.locator('[role="tabpanel"]:visible').inner_text().strip(), name
        heights |= as_high_as_asked(tab)
        assert tab.too_wide() <= 1, name
    assert len(heights) >= figures and len(set(heights.values())) >= 5, heights
    assert not tab.trouble()


STRIP = "() => document.querySelector('.st-key-depth-tabs [role=tablist]').getBoundingClientRect().top"
FOLLOW = f"""() => {{
    const look = () => {{ window.places.add(Math.round(({STRIP})())); requestAnimationFrame(look); }};
    window.places = new Set();
    look();
}}"""
"""Where the tabs' strip stands in any frame from now on."""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_strip_of_tabs_stays_where_it_is_while_another_opens(open_tab, width, height):
    tab = open_tab(width=width, height=height)
    page = tab.go("/compare?example=cv161703&tab=trust")
    tab.scroll_to_tabs()
    page.locator('[data-testid="stMain"]').evaluate(f"main => main.scrollTop += ({STRIP})() - 60")
    tab.still()
    page.evaluate(FOLLOW)
    for name in ("Which model?", "Errors and intervals", "Export"):
        page.get_by_role("tab", name=name, exact=True).evaluate("tab => tab.click()")  # Playwright would scroll to it
        tab.still()
    places = page.evaluate("[...window.places]")
    assert max(places) - min(places) <= 1, places
    assert not tab.trouble()
