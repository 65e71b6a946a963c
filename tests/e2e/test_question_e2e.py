"""The question is in the address: Back takes back what was picked, and a reload shows the same."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.e2e


def test_back_and_reload(visit):
    page = visit.go("/compare?example=orthodont&formula=distance+~+age*Sex+%2B+(1+|+Subject)")
    title = page.locator("h1").first

    def pick(part: str, option: str) -> None:
        page.locator(f".st-key-question-{part}").get_by_role("combobox").click()
        page.get_by_role("option", name=option, exact=True).click()
        visit.still()

    def at_age() -> str:
        return page.locator(".st-key-question-at-age").get_by_role("combobox").input_value()

    page.wait_for_url("**each=Sex*")  # of time, at each level
    opening, first = title.inner_text(), page.url
    assert "where Sex is " in opening
    pick("effect-of", "Sex")
    page.wait_for_url("**each=age*")
    at_each_age = title.inner_text()
    assert "where age is 8" in at_each_age
    pick("at-age", "14")
    page.wait_for_url(lambda url: "each=" not in url and "I%28age+-+14%29" in url)
    at_14 = title.inner_text()
    assert "where age is 14" in at_14
    pick("effect-of", "age")
    assert title.inner_text() != at_14
    page.go_back()
    visit.still()
    assert title.inner_text() == at_14
    page.go_back()
    visit.still()
    assert title.inner_text() == at_each_age and at_age() == "each age"
    page.go_back()
    visit.still()
    assert title.inner_text() == opening and page.url == first
    page.go_forward()
    visit.still()
    page.go_forward()
    visit.still()
    assert title.inner_text() == at_14
    page.reload()
    visit.still()
    assert title.inner_text() == at_14 and at_age() == "14"
    assert not visit.trouble()
