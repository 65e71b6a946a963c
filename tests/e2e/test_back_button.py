"""Back leads to where the reader was with one press, from page to page and within one."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.e2e


def test_one_press_for_one_step(visit):
    page = visit.go("/")

    def follow(name: str) -> None:
        page.locator(".st-key-menu a", has_text=name).evaluate("link => link.click()")
        page.wait_for_url(f"**/{name.lower()}*")
        visit.still()

    def back(path: str) -> None:
        page.go_back()
        visit.still()
        assert page.url.partition("?")[0].endswith(path)

    main = page.locator('[data-testid="stMain"]')
    main.evaluate("main => main.scrollTo(0, 900)")
    follow("Compare")
    assert main.evaluate("main => main.scrollTop") == 0  # a page begins at its head
    follow("Simulate")
    back("/compare")
    open_tab = page.locator('[role="tab"][aria-selected="true"]').last
    page.get_by_role("tab", name="Which model?").click()
    page.wait_for_url("**tab=which*")
    visit.still()
    back("/compare")
    assert open_tab.inner_text() == "The numbers" and "tab=" not in page.url
    back("/")
    assert not visit.trouble()
