"""The running app in a browser, as a person meets it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.e2e


def figure(page, key: str = "lines-figure") -> dict[str, Any]:
    """What plotly has drawn under a key: axis ranges, and each trace's name and points."""
    return page.evaluate(
        """key => {
            const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`);
            return {
                x: plot._fullLayout.xaxis.range, y: plot._fullLayout.yaxis.range,
                traces: plot._fullData.filter(t => t.visible === true && t.opacity !== 0).map(
                    t => `${t.name}|${t.mode}|${(t.x || []).length}|${t.line ? t.line.color : ""}`),
            };
        }""",
        key,
    )


def error(page) -> str:
    return page.locator(".lmm-error").first.inner_text()


def formula_box(page):
    return page.get_by_label("Formula", exact=True)


def type_formula(visit, text: str):
    box = formula_box(visit.page)
    box.fill(text)
    box.press("Enter")
    return visit.still()


def drop(visit, content: bytes, name: str = "mine.csv"):
    with visit.page.expect_response(lambda answer: "/_stcore/upload_file/" in answer.url):
        visit.page.locator('input[type="file"]').set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": content}
        )
    return visit.still()


@pytest.fixture(scope="module")
def schools() -> bytes:
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(15), 6)
    hours = rng.normal(5, 2, 90)
    frame = pd.DataFrame(
        {"school": [f"s{k:02d}" for k in g], "score": hours + 2 * g + rng.normal(size=90), "hours": hours}
    )
    return frame.to_csv(index=False).encode()


def test_cv161703_shows_both_slopes_in_words_table_and_picture(visit):
    page = visit.go("/compare?example=cv161703")
    assert page.locator("h1").inner_text() == "OLS says 1.18 more Y per unit of X. The mixed model says 0.64."
    heads = page.locator(".lmm-table thead th").all_inner_texts()
    row = (
        page.locator(".lmm-table tr", has=page.get_by_role("rowheader", name="X", exact=True))
        .locator("td")
        .all_inner_texts()
    )
    by_model = {head.split("\n")[0]: cell for head, cell in zip(heads, row, strict=True)}
    assert by_model["OLS"].startswith("1.18 (0.13)")
    assert by_model["Random intercept"].startswith("0.64 (0.12)")
    drawn = figure(page)
    assert drawn["x"][0] <= 0 and drawn["x"][1] >= 8  # so that the intercepts can be seen
    texts = page.locator(".st-key-lines-figure .annotation-text").all_text_contents()
    assert any("OLS 1.18" in t for t in texts) and any("0.64" in t for t in texts)
    heard = described(page)
    assert len(heard) >= 3 and all(len(text.strip()) > 40 for text in heard)
    assert not visit.trouble()


def described(page) -> list[str]:
    """What a screen reader hears of each figure."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.lmm-chart')].map(
            n => [n, ...n.querySelectorAll('[aria-label]')].map(m => m.getAttribute('aria-label') || '').join(' '))"""
    )


def test_a_pill_changes_the_lines_and_not_the_axes_by_keyboard_and_mouse(visit):
    page = visit.go("/compare?example=cv161703")
    before = figure(page)
    pills = page.get_by_role("group", name="Models drawn").get_by_role("button")
    for _ in range(60):
        page.keyboard.press("Tab")
        if pills.first.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Tab")
    dummies = page.get_by_role("button", name=re.compile("ID dummies")).first
    assert dummies.evaluate("node => node === document.activeElement")
    for key, pressed in (("Enter", "true"), ("Space", "false")):
        page.keyboard.press(key)
        visit.still()
        assert dummies.get_attribute("aria-pressed") == pressed
        assert (figure(page)["traces"] == before["traces"]) == (pressed == "false")
        assert dummies.evaluate("node => node === document.activeElement")  # the place is kept
    dummies.click()
    visit.still()
    after = figure(page)
    assert after["traces"] != before["traces"]
    assert (after["x"], after["y"]) == (before["x"], before["y"])
    dummies.click()
    visit.still()
    assert figure(page) == before
    assert not visit.trouble()


def test_a_typo_keeps_the_text_and_points_at_the_place(visit):
    page = visit.go("/compare?example=cv161703")
    typed = "Y ~ X + (1 | ID"
    type_formula(visit, typed)
    assert formula_box(page).input_value() == typed
    lines = page.locator(".lmm-error pre").inner_text().split("\n")
    assert lines[0] == typed and lines[1].strip() == "^"
    assert lines[1].index("^") >= typed.index("(")
    said = page.locator('[data-testid="stSidebar"] .lmm-error').bounding_box()
    assert (
        said["y"] + said["height"] <= page.viewport_size["height"]
    )  # the formula is the last that a laptop's sidebar shows
    assert "1.18 more Y per unit of X" in page.locator("h1").inner_text()  # the last good comparison stays
    type_formula(visit, "Y ~ __import__('os').system('id') + (1 | ID)")
    assert len(error(page)) > 30  # code is only text that is no formula
    type_formula(visit, "Y ~ 1 + (1 | ID)")
    assert page.locator(".lmm-error").count() == 0
    heard = page.locator('[role="status"].lmm-hidden', has_text=page.inner_text("h1"))
    heard.wait_for(state="attached", timeout=10_000)  # in a sidebar nobody would hear that the answer is another
    assert not visit.trouble()


def test_an_upload_is_described_fitted_and_shared(visit, open_tab, schools):
    page = visit.go("/data")
    drop(visit, schools)
    assert "mine.csv: 90 rows, 3 columns" in page.inner_text("h1")
    page.get_by_role("link", name=re.compile("Compare: score ~ hours")).click()
    visit.still()
    slope = re.search(r"(\d\.\d+) more score per unit of hours|mixed model says (\d\.\d+)", page.inner_text("h1"))
    assert slope, page.inner_text("h1")
    assert page.locator(".lmm-table").count() == 1
    other = open_tab()
    shared = other.go(page.url.removeprefix(visit.base))
    assert shared.inner_text("h1") == page.inner_text("h1")
    assert not visit.trouble() + other.trouble()


def test_a_page_chosen_on_a_phone_is_seen(open_tab):
    tab = open_tab(width=390, height=844)
    page = tab.go("/compare?example=sleepstudy")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.locator(".st-key-menu").get_by_role("link", name="Shrinkage").click()
    tab.still()
    assert "How far each Subject is pulled" in page.inner_text("h1") and "example=sleepstudy" in page.url
    place = page.locator(".st-key-menu").bounding_box()
    assert place is None or place["x"] + place["width"] <= 0  # the sidebar has gone away from over the page
    assert not tab.trouble()


def test_reload_and_a_shared_link_give_the_same_view(visit, open_tab):
    page = visit.go("/compare?example=sleepstudy&formula=Reaction~Days%2B(1|Subject)&method=ml&mark=308&zero=1")
    seen = page.inner_text("h1"), formula_box(page).input_value(), figure(page)
    assert page.locator(".st-key-lines-figure .lmm-name").text_content() == "Subject 308"
    page.reload()
    visit.still()
    assert (page.inner_text("h1"), formula_box(page).input_value(), figure(page)) == seen
    other = open_tab()
    shared = other.go(page.url.removeprefix(visit.base))
    assert (shared.inner_text("h1"), formula_box(shared).input_value(), figure(shared)) == seen
    assert "maximum likelihood (ML)" in shared.inner_text("body")


def test_a_link_to_a_page_finds_its_server_at_the_first_try(new_visit):
    page, asked = new_visit.page, []
    page.on("request", lambda request: "/_stcore/health" in request.url and asked.append(request.url))
    new_visit.go("/shrinkage?example=drug")
    assert asked == [f"{new_visit.base}/_stcore/health"]
    page.locator(".st-key-menu").get_by_role("link", name="Compare").click()
    new_visit.still()
    assert page.url.startswith(f"{new_visit.base}/compare?")


def test_a_column_name_cannot_call_out(visit):
    """Markdown in widget labels and HTML in figures: a name stays a name."""
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(8), 5)
    x = rng.normal(size=40)
    hostile = "![x](http://203.0.113.1/x.png)", '<img src="http://203.0.113.1/y.png">', "[a](http://203.0.113.1/)"
    frame = pd.DataFrame(dict(zip(hostile, (g, x, x + g + rng.normal(size=40)), strict=True)))
    drop_page = visit.go("/data")
    drop(visit, frame.to_csv(index=False).encode())
    formula = f"`{hostile[2]}` ~ `{hostile[1]}` + (`{hostile[1]}` | `{hostile[0]}`)"
    table = re.search(r"upload=([\w-]+)", drop_page.url)
    assert table
    for path in ("compare", "shrinkage"):
        page = visit.go(f"/{path}?upload={table[1]}&formula={quote(formula)}")
        assert page.locator(".lmm-error").count() == 0
        for tab in page.get_by_role("tab").all():
            tab.click()
            visit.still()
        assert page.locator('img[src*="203.0.113.1"]').count() == 0
        for link in page.locator('a[href^="http://203.0.113.1"]').all():  # Markdown's autolink hides nothing
            assert "http://203.0.113.1" in link.inner_text()
        assert hostile[0] in page.inner_text("body")
    assert not visit.away
    assert not visit.trouble()
