"""A wide table on a phone: pasted and changed by keyboard, nothing wider than the screen, nothing that axe objects to."""

from __future__ import annotations

import pytest

from tests.e2e.axe import objections

pytestmark = pytest.mark.e2e

WIDE = "subject\tscore_1\tscore_2\tscore_3\n" + "\n".join(f"s{k}\t{k % 3}.5\t{k % 4}.25\t{k}" for k in range(8))


def faults(tab) -> list[str]:
    """What axe objects to, and how many pixels the page is too wide."""
    wide = tab.too_wide()
    return objections(tab.page) + [f"{wide} px too wide"] * (wide > 1)


def test_a_wide_table_by_keyboard_on_a_phone(open_tab):
    tab = open_tab(width=390, height=844, theme="dark")
    page = tab.go("/data")
    page.get_by_role("tab", name="File").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Cells of").focus()
    page.keyboard.insert_text("subject")
    asked = len(tab.sent)
    page.keyboard.press("Control+Enter")
    tab.still()
    assert "has one column only" in page.locator(".lmm-error").inner_text()
    assert len(tab.sent) == asked + 1  # a page that has become longer has not become wider
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(WIDE)
    page.keyboard.press("Control+Enter")
    tab.still()
    assert "pasted text: 8 rows, 4 columns" in page.inner_text("h1")
    page.get_by_text("Change the table").click()
    tab.still()
    assert faults(tab) == []
    page.get_by_role("button", name="One row per measurement").first.focus()
    page.keyboard.press("Enter")
    tab.still()
    assert "pasted text, changed: 24 rows, 3 columns" in page.inner_text("h1")
    page.get_by_role("tab", name="Column types").click()
    tab.still()  # the tab before has a "Column" of its own, which is in sight for a moment
    column = page.get_by_role("combobox", name="Column", exact=True).locator("visible=true").first
    column.evaluate(
        "box => box.scrollIntoView({ block: 'center' })"
    )  # a list that opens at the window's edge scrolls, which closes it
    column.click()
    page.get_by_role("option", name="time").click()
    tab.still()
    assert faults(tab) == []
    page.get_by_role("button", name="Take back").focus()
    page.keyboard.press("Enter")
    tab.still()
    assert "pasted text: 8 rows, 4 columns" in page.inner_text("h1")
    assert tab.trouble() == []
