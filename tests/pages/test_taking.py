"""The tab “Export”: it opens for every kind of table, makes nothing until asked, and gives every file."""

from __future__ import annotations

import json
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from streamlit.proto.DownloadButton_pb2 import DownloadButton
from streamlit.runtime.context import ContextProxy

from lmmcompare.errors import DataError
from lmmcompare.export import archive
from lmmcompare.ui.compare import export

from .conftest import charts, errors, texts

FILES = {
    "cv161703.zip", "cv161703-report.html", "cv161703-tables.xlsx", "cv161703-tables.zip", "cv161703-results.json", "cv161703.R",
    "cv161703.py", "cv161703.ipynb", "cv161703.csv", "cv161703-references.bib",
    "cv161703-table.docx",
}  # fmt: skip


@pytest.fixture
def files(monkeypatch):
    """File name to what makes it, as the buttons of the page hand them to the browser."""
    found = {}

    def download_button(label, data, file_name, *_, **__):
        assert callable(data)  # nothing is made before it is asked for
        found[file_name] = data
        return False

    monkeypatch.setattr(export.st, "download_button", download_button)
    monkeypatch.setattr(ContextProxy, "url", "https://example.org/compare")
    return found


def opened(open_page, **address):
    at = open_page("compare", tab="take", **address)
    assert not errors(at)
    return at


def test_the_files_draw_the_models_that_the_page_draws(open_page, monkeypatch):
    """With structured residuals too: the report had left their model out of its picture."""
    made = []

    def snapshot(*args):
        made.append(taken(*args))
        return made[-1]

    taken = export._snapshot
    monkeypatch.setattr(export, "_snapshot", snapshot)
    structured = {
        "example": "sleepstudy",
        "formula": "Reaction ~ Days + (1 | Subject), correlation = ar1(Days | Subject)",
    }
    opened(open_page, **structured)
    assert made[-1].models == ("ols", "random_intercept", "structured")
    opened(open_page, **structured, models="structured")
    assert made[-1].models == ("structured",)


def test_every_file_is_offered_and_made_when_asked(open_page, files):
    at = opened(open_page, example="cv161703", mark="20", zero="0")
    assert set(files) >= FILES
    made = {name: make() for name, make in files.items() if name in FILES}
    assert all(len(content) > 100 for content in made.values())
    report = made["cv161703-report.html"].decode()
    assert "example=cv161703" in report and "mark=20" in report  # the link opens the same view again
    assert "ID 20" in report
    with ZipFile(BytesIO(made["cv161703.zip"])) as found:
        assert {"cv161703/report.html", "cv161703/code.R"} <= set(found.namelist())
    assert "Everything in one file" in texts(at)


def test_every_file_is_of_the_coefficient_and_the_inference_that_the_page_shows(open_page, files):
    """The coefficient chosen is not the first of the formula; degrees of freedom are Kenward and Roger's."""
    opened(open_page, example="oats", term="N[T.0.2cwt]", df="kenward-roger")
    with ZipFile(BytesIO(files["oats.zip"]())) as found:
        text = {
            name.removeprefix("oats/"): found.read(name).decode()
            for name in found.namelist()
            if name[-4:] not in ("xlsx", "docx")
        }
    term = "N[T.0.2cwt]"
    assert (
        text["methods.txt"]
        .split("\n\n")[1]
        .startswith("The coefficient of N [0.2cwt] (compared with 0.0cwt) where V is Golden.rain:")
    )
    assert f"lc.explain(comparison, '{term}')" in text["code.py"] and "kenward_roger=True" in text["code.py"]
    assert 'ddf = "Kenward-Roger"' in text["code.R"] and term in text["code.R"].splitlines()[1]
    assert term in text["notebook.ipynb"] and f"Coefficient: {term}" in text["README.txt"]
    page = pd.read_csv(BytesIO(text["page_numbers.csv"].encode()))
    assert set(page.loc[page["chosen"] == "yes", "name"]) == {term}
    assert json.loads(text["results.json"])["model"]["coefficient"] == term


def test_rows_left_out_by_hand_are_said_and_left_out_by_the_scripts(open_page, files):
    opened(open_page, example="sleepstudy", excluded="1-2,57")
    assert "data[-c(1, 2, 57), , drop = FALSE]" in files["sleepstudy-changed.R"]()
    assert "belenky2003" in files["sleepstudy-changed-references.bib"]()
    with ZipFile(BytesIO(files["sleepstudy-changed.zip"]())) as found:
        words = found.read("sleepstudy-changed/methods.txt").decode()
        rows = pd.read_csv(found.open("sleepstudy-changed/sleepstudy-changed.csv"))
    said = (
        "The data are the example sleepstudy of lmmcompare (Belenky et al., 2003). The table was changed first, in this order: "
        "(1) 3 rows left out by hand: numbers 1, 2, 57."
    )
    assert words.startswith(said) and len(rows) == 180


def test_the_one_with_everything_comes_first(open_page):
    at = opened(open_page, example="cv161703")
    buttons = [b.proto for b in at.get("download_button") if isinstance(b.proto, DownloadButton)]
    taken = [b for b in buttons if b.label != "Save as CSV, every digit"]
    assert taken[0].label == "Everything in one ZIP" and taken[0].type == "primary"
    assert {b.type for b in taken[1:]} == {"secondary"}


@pytest.mark.parametrize("language", ["R", "Python"])
def test_code_is_shown_on_request(open_page, language):
    at = opened(open_page, example="cv161703")
    before = [c.value for c in at.code]
    at.segmented_control(key="take code").set_value(language).run()
    (code,) = [c for c in at.code if c.value not in before]
    assert code.language == language.lower() and "Y ~ X + (1 | ID)" in code.value


def test_the_methods_paragraph_is_shown_on_request(open_page):
    at = opened(open_page, example="cv161703")
    at.toggle(key="take methods").set_value(True).run()
    assert any("mixed" in c.value for c in at.code)
    assert not errors(at)


def test_an_uploaded_table_is_taken_without_its_address(open_page, upload, files):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"g": np.repeat(list("abcdef"), 5), "x": rng.normal(size=30)}).assign(
        y=lambda d: d["x"] + rng.normal(size=30)
    )
    key = upload(frame, "my <b>table.csv")
    opened(open_page, upload=key, formula="y ~ x + (1 | g)")
    report = files["my-b-table-report.html"]().decode()
    assert key not in report and "Open this comparison again" not in report


def test_simulated_data_are_taken_with_their_truth(open_page, files):
    at = open_page("simulate", preset="clash")
    at.switch_page("pages/compare.py").run()
    at.session_state[f"depth {len(at.tabs)}"] = "Export"
    at.run()
    assert not errors(at)
    report = files["simulated-data-report.html"]().decode()
    assert "The true slope" in report


def test_what_cannot_be_made_says_why(open_page, files, monkeypatch):
    def refuse(_):
        raise DataError("This cannot be written.", "Rename it.")

    opened(open_page, example="cv161703")
    monkeypatch.setattr(archive, "workbook_file", refuse)
    assert files["cv161703-tables.xlsx"]() == "This file could not be made. This cannot be written. Rename it.\n"


def test_the_camera_saves_what_the_reader_chose(open_page):
    at = opened(open_page, example="cv161703")

    def formats():
        return {chart.config["toImageButtonOptions"]["format"] for chart in charts(at)}

    assert formats() == {"svg"}
    at.segmented_control(key="camera saves").set_value("PNG").run()
    assert formats() == {"png"}
