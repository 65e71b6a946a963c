"""The server starts anew while somebody looks at an upload: nothing else is opened in its place, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Visit, free_port, served

pytestmark = pytest.mark.e2e

ROWS = "\n".join(f"s{k // 5},{(k * 7) % 11 + k // 5},{k % 5 + 0.5 * (k // 5)}" for k in range(60))
FILE = {"name": "mine & ours.csv", "mimeType": "text/csv", "buffer": f"school,score,hours\n{ROWS}\n".encode()}
FORMULA = "score ~ hours + (1 | school)"
AT_REST = '[data-testid="stApp"][data-test-connection-state="CONNECTED"]'


def choose(tab, content=FILE):
    with tab.page.expect_response(lambda answer: "/_stcore/upload_file/" in answer.url):
        tab.page.locator('input[type="file"]').set_input_files(content)
    return tab.still()


def looked_at(page):
    """The answer, the formula, the marked group, and how the mixed models are fitted."""
    return (
        page.inner_text("h1"),
        page.get_by_label("Formula", exact=True).input_value(),
        [t for t in page.locator(".st-key-lines-figure .lmm-name").all_text_contents() if "s3" in t],
        page.get_by_role("radio", name="ML", exact=True).get_attribute("aria-checked"),
    )


def compared(tab):
    """The upload on the compare page, with settings of its own."""
    tab.go("/data")
    page = choose(tab)
    address = re.sub(r".*\?", "", page.url)
    page = tab.go(f"/compare?{address}&method=ml&mark=s3")
    return page, looked_at(page)


def the_browser_sends_the_file_again_by_itself(tab: Visit) -> Iterator[None]:
    tab.go("/data")
    page = choose(tab)
    page.get_by_role("link", name=re.compile("Compare: score ~ hours")).click()
    tab.still()
    before, key = page.inner_text("h1"), re.search(r"upload=([\w-]+)", page.url)[1]
    yield
    page.wait_for_function("key => !location.search.includes(key)", arg=key)  # with no click at all
    tab.still()
    assert page.inner_text("h1") == before
    assert page.get_by_label("Formula", exact=True).input_value() == FORMULA
    assert "example=" not in page.url


def a_page_loaded_anew_names_the_table_keeps_the_rest_and_takes_the_file_up_again(tab: Visit) -> Iterator[None]:
    page, before = compared(tab)
    assert before[2] and before[3] == "true"
    yield
    page.get_by_role("heading", name="The table of this page is not here").wait_for()  # this tab was given no file
    page = tab.still()
    said = page.inner_text("body")
    assert "“mine & ours.csv” (60 rows, 3 columns) is no longer on the server" in said and FORMULA in said
    for name in ("Shrinkage", "Data", "Compare"):  # a click leads to no other data either
        page.locator(".st-key-menu").get_by_role("link", name=name).click()
        tab.still()
        assert "mine & ours.csv" in page.inner_text(".lmm-error") and "upload=" in page.url
    choose(tab)
    assert looked_at(page) == before


def what_was_changed_in_an_example_is_changed_again(tab: Visit) -> Iterator[None]:
    page = tab.go("/data?example=drug")
    page.get_by_text("Change the table").click()
    tab.still()
    page.get_by_role("tab", name="Names").click()
    tab.still()
    page.get_by_role("combobox", name="Columns to leave out").click()
    page.get_by_role("option", name="ID", exact=True).click()
    tab.still()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave out").click()
    tab.still()
    before = page.inner_text("h1")
    assert "drug, changed" in before
    yield
    page.wait_for_selector(AT_REST)
    page.reload()
    tab.still()
    assert page.inner_text("h1") == before


READERS = (
    the_browser_sends_the_file_again_by_itself,
    a_page_loaded_anew_names_the_table_keeps_the_rest_and_takes_the_file_up_again,
    what_was_changed_in_an_example_is_changed_again,
)
"""What each of three readers does before the server starts anew, up to `yield`, and finds afterwards."""


def test_no_reader_loses_anything(tmp_path: Path, open_tab: Callable[..., Visit]) -> None:
    port, readers = free_port(), []
    with served(port, tmp_path / "first.txt") as base:
        for reader in READERS:
            tab = open_tab()
            tab.base = base
            readers.append((tab, reader(tab)))
            next(readers[-1][1])
    with served(port, tmp_path / "second.txt"):
        for tab, goes_on in readers:
            tab.page.bring_to_front()
            next(goes_on, None)
            assert not tab.trouble(), goes_on.__name__
