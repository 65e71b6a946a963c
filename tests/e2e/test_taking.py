"""The tab “Export” in a browser: what is clicked arrives as a file."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.e2e.axe import OF_COLOURS, objections

pytestmark = pytest.mark.e2e


def arrived(page, click) -> tuple[str, bytes]:
    """The name and the content of the file that a click brings."""
    with page.expect_download() as waiting:
        click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_everything_arrives_and_the_report_shows_the_view(visit):
    visit.go("/compare?example=cv161703&mark=20&tab=take")
    page = visit.scroll_to_tabs()
    name, content = arrived(page, page.get_by_role("button", name="Everything in one ZIP").click)
    assert name == "cv161703.zip"
    with ZipFile(BytesIO(content)) as found:
        report = found.read("cv161703/report.html").decode()
    assert "mark=20" in report and visit.base in report
    page.get_by_role("radio", name="Python").click()
    visit.still()
    assert "lmmcompare" in page.locator(".st-key-depth-tabs [data-testid=stCode]").inner_text()
    assert objections(page) == []
    page.emulate_media(color_scheme="dark")
    visit.still()
    assert objections(page, OF_COLOURS) == []
    assert visit.trouble() == []


def test_the_camera_saves_the_format_chosen_in_the_colours_of_paper_from_a_dark_page_too(visit):
    visit.go("/compare?example=cv161703&tab=take")
    page = visit.scroll_to_tabs()
    figure = page.locator(".st-key-lines-figure")

    def saved(kind: str) -> bytes:
        page.get_by_role("radio", name=kind).click()
        visit.still()
        figure.hover()
        name, content = arrived(page, figure.get_by_role("button", name="Download plot").click)
        assert name == f"lmmcompare-lines.{kind.lower()}"
        return content

    content = saved("PNG")
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20]) >= 2102  # the width: 178 mm at 300 dots per inch
    colours, backgrounds = [], []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        visit.still()
        content = saved("SVG")
        assert content.startswith(b"<svg")
        colours.append(set(re.findall(rb"rgba?\([^)]*\)|#[0-9A-Fa-f]{6}\b", content)))
        visit.still()
        backgrounds.append(figure.locator(".js-plotly-plot").evaluate("plot => plot._fullLayout.paper_bgcolor"))
    assert colours[0] == colours[1]
    assert backgrounds[0] != backgrounds[1]  # the page's own stay as the page is
    page.emulate_media(color_scheme="light")
    assert visit.trouble() == []


def test_the_inference_is_chosen_below_the_table_which_is_saved_with_it(visit):
    page = visit.go("/compare?example=sleepstudy")
    page.get_by_role("button", name="Degrees of freedom, intervals, p values").click()
    page.get_by_role("radio", name="Kenward–Roger").click()
    page.get_by_text("after Kenward and Roger").first.wait_for()
    visit.still()
    assert page.get_by_role("radio", name="Profile").is_visible()  # what was opened stays, though all is drawn anew
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Copy or save the table").click()
    name, content = arrived(page, page.get_by_role("button", name="Save as CSV").click)
    lines = content.decode().splitlines()
    assert name == "coefficients.csv" and lines[0].startswith("model,term,estimate,se,df")
    assert any(line.startswith("random_slope,Days,10.467") for line in lines)
    assert visit.trouble() == []
