"""The report: it stands alone, says everything, and whatever a column is called stays text."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.headline import headline
from lmmcompare.export.report import report
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.figures.theme import DARK_PAGE, PAGE
from lmmcompare.inference.error_methods import ErrorMethods
from lmmcompare.simulate.presets import PRESETS
from lmmcompare.tables.coefficients import coefficient_table, with_kenward_roger
from lmmcompare.tables.inference import Inferred, mixed_inference
from lmmcompare.version import VERSION
from tests.helpers import example
from tests.sources import example_source, file_source, simulated_source

MADE = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


class Page(HTMLParser):
    """What a browser would make of a page: its elements, its text, and what stands in its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self.headings: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def snapshot(name: str, formula: str = "", *, reml: bool = True, **view: object) -> Snapshot:
    return Snapshot(example(name, formula, reml), example_source(name), **view)


def figures(page: Page) -> dict[str, dict[str, dict]]:
    return json.loads(page.scripts[0])


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(report(snapshot("cv161703", link="https://example.org/compare?example=cv161703&x=X"), made=MADE))


def test_it_says_the_answer_and_how_it_was_made(page):
    said = page.text
    assert headline(snapshot("cv161703").comparison).title in said
    for part in ("Y ~ X + (1 | ID)", "REML", "All 60 rows", "20 IDs of 3 rows each", f"lmmcompare {VERSION}",
                 "21 November 2026, 09:05 UTC", "Why is my lmer slope half of my lm slope"):  # fmt: skip
        assert part in said, part
    assert {"https://example.org/compare?example=cv161703&x=X"} == {a["href"] for a in page.all("a")}


def test_every_number_of_the_coefficient_table_is_in_it(page):
    table = coefficient_table(snapshot("cv161703").comparison)
    for row in table.rows:
        for cell in row.cells:
            assert cell.main in page.texts or f"{cell.main} " in page.texts


def test_it_stands_alone_and_forbids_the_network(page):
    fetched = [(tag, a) for tag, a in page.elements if {"src", "srcset"} & set(a) or (tag == "link")]
    assert fetched == []
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'") and "unsafe-eval" not in policy and "http" not in policy
    for script in page.scripts[1:]:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in policy
    assert len(page.scripts) == 3 and page.scripts[1].count("plotly.js v") == 1


def test_every_figure_has_room_a_name_and_two_buttons(page):
    found, rooms = figures(page), [a["id"] for a in page.all("div") if a.get("class") == "plot"]
    assert list(found) == rooms
    assert all(len(figure["aria-label"]) > 40 for figure in page.all("figure"))
    buttons = {(b["data-figure"], b["data-save"]) for b in page.all("button")}
    assert buttons == {(name, kind) for name in found for kind in ("svg", "png")}
    for looks in found.values():
        assert all(looks[look]["data"] and looks[look]["layout"]["height"] for look in ("light", "dark"))
        papers = [looks[look]["layout"]["template"]["layout"]["paper_bgcolor"] for look in ("light", "dark")]
        assert papers == [PAGE.background, DARK_PAGE.background]


def test_headings_have_an_order(page):
    assert page.headings.count("h1") == 1 and page.headings[0] == "h1"
    assert all(b <= "h2" or a != "h1" for a, b in zip(page.headings, page.headings[1:], strict=False))


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("dyestuff2", ""), ("pastes", ""), ("oats", ""), ("sleepstudy", "Reaction ~ 0 + Days + (0 + Days | Subject)"),
        ("exam", "normexam ~ standLRT * sex + (standLRT || school)"), ("penicillin", ""),
    ],
)  # fmt: skip
def test_every_kind_of_model_has_a_report(name, formula):
    looked_at = snapshot(name, formula)
    page = Page(report(looked_at, made=MADE))
    assert headline(looked_at.comparison).title in page.text
    assert "scattergl" not in page.scripts[0]  # WebGL would have to compile code, which the policy forbids
    assert "traceback" not in page.text.lower()


def test_simulated_data_come_with_their_truth():
    source = simulated_source(PRESETS[0].settings)
    page = Page(report(Snapshot(compare(source.settings.formula, source.frame), source), made=MADE))
    assert "The true slope" in page.text
    names = {trace.get("name") for trace in figures(page)["lines"]["light"]["data"]}
    assert "Truth" in names or any(
        "truth" in str(t.get("hovertemplate")) for t in figures(page)["lines"]["light"]["data"]
    )


def test_the_readers_view_and_inference_are_in_it():
    comparison = compare("Reaction ~ Days + (Days | Subject)", example_source("sleepstudy").frame)
    chosen = Inferred(
        with_kenward_roger(comparison),
        {("several", "sd", "", ""): (0, 1)},
        True,
        mixed_inference(comparison, ErrorMethods(kenward_roger=True)),
    )
    page = Page(report(Snapshot(comparison, example_source("sleepstudy"), highlight="308", chosen=chosen), made=MADE))
    assert (
        "standard errors and degrees of freedom for few groups after Kenward and Roger" in page.text
        and "p < 0.001" in page.text
    )
    assert "Subject 308" in json.dumps(figures(page)["lines"]["light"]["layout"])


@pytest.mark.parametrize("place", ["outcome", "predictor", "group", "level", "title"])
def test_a_hostile_name_is_text(place):
    rng = np.random.default_rng(1)
    names = {"outcome": "y", "predictor": "x", "group": "g"} | (
        {place: EVIL} if place in ("outcome", "predictor", "group") else {}
    )
    levels = np.repeat([f"{EVIL if place == 'level' else ''}{k}" for k in range(6)], 5)
    x = rng.normal(size=30)
    y = x + np.repeat(rng.normal(size=6), 5) + rng.normal(size=30)
    frame = pd.DataFrame({names["outcome"]: y, names["predictor"]: x, names["group"]: levels})
    formula = "`{outcome}` ~ `{predictor}` + (1 | `{group}`)".format(**names)
    source = file_source(EVIL if place == "title" else "mine.csv", frame)
    page = Page(report(Snapshot(compare(formula, frame), source, link="https://example.org/?a=1&b=<2>"), made=MADE))
    assert len(page.scripts) == 3 and not page.all("img")
    assert not [a for _, a in page.elements if any(key.startswith("on") for key in a)]
    assert "<" not in page.scripts[0]
    assert figures(page)
    assert "alert(1)" in page.text or place == "level"


def test_structured_residuals_are_explained_and_their_names_are_text():
    data = examples.load("sleepstudy").rename(columns={"Days": EVIL})
    formula = f"Reaction ~ `{EVIL}` + (1 | Subject), correlation = ar1(`{EVIL}` | Subject)"
    source = file_source("rows.csv", data)
    page = Page(report(Snapshot(compare(formula, data), source), made=MADE))
    for words in (
        "What the structure of the residuals does",
        "worth for their mean",
        "still alike?",
        "is not corAR1 of nlme",
    ):
        assert words in page.text
    assert len(page.scripts) == 3 and not page.all("img") and "<" not in page.scripts[0]
    assert not [a for _, a in page.elements if any(key.startswith("on") for key in a)]
