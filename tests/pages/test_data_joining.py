"""The data page with several tables: sheets and files shown, joined by a button, taken back, brought again after a restart."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from lmmcompare.ui.server import table_sources, uploads
from tests.data.test_join import pupils, schools

from .conftest import errors, texts


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def files(*frames: tuple[str, pd.DataFrame]) -> list[tuple[str, bytes, str]]:
    return [(name, csv(frame), "text/csv") for name, frame in frames]


BOTH = (("schools.csv", schools()), ("pupils.csv", pupils()))


def bring(at, *frames: tuple[str, pd.DataFrame]):
    return at.file_uploader(key="upload").set_value(files(*frames)).run()


def press(at, key: str):
    at = at.button(key=key).click().run()
    assert not at.exception, [e.message for e in at.exception]
    return at


def test_files_of_one_study_are_joined_by_one_button_and_taken_back(open_page):
    at = bring(open_page("data"), *BOTH)
    assert not errors(at) and "pupils.csv: 8 rows, 5 columns" in texts(at)  # the finer, whichever came first
    assert "2 tables at hand" in texts(at) and "“schools.csv”, 5 rows × 7 columns" in texts(at)
    assert "7 of 8 rows find their row in “schools.csv” by “school”" in texts(at)
    at = press(at, "join 0")
    assert "pupils.csv, changed: 8 rows, 10 columns" in texts(at) and "joined already" in texts(at)
    reloaded = open_page("data", **at.query_params)
    assert "pupils.csv, changed: 8 rows, 10 columns" in texts(reloaded)
    at = press(at, "take back 0")
    assert "pupils.csv: 8 rows, 5 columns" in texts(at) and at.button(key="join 0")


def test_sheets_of_one_workbook(open_page):
    book = io.BytesIO()
    with pd.ExcelWriter(book) as writer:
        for name, frame in BOTH:
            frame.to_excel(writer, sheet_name=name.removesuffix(".csv"), index=False)
    at = open_page("data")
    at.file_uploader(key="upload").upload("study.xlsx", book.getvalue(), "").run()
    assert "study.xlsx, pupils: 8 rows, 5 columns" in texts(at) and "“schools”, 5 rows × 7 columns" in texts(at)
    at = press(at, "join 0")
    assert not errors(at) and "study.xlsx, pupils, changed: 8 rows, 10 columns" in texts(at)


def test_a_second_file_beside_the_first(open_page):
    at = bring(open_page("data"), BOTH[1])
    assert "tables at hand" not in texts(at)
    at = bring(at, BOTH[0])
    assert "schools.csv: 5 rows, 7 columns" in texts(at) and "“pupils.csv” is the finer table" in texts(at)
    at = press(at, "join 0")
    assert "pupils.csv, changed: 8 rows, 10 columns" in texts(at)


def test_keys_that_a_person_picks_and_what_is_refused(open_page):
    at = bring(open_page("data"), ("pupils.csv", pupils()), ("b.csv", pd.concat([schools(), schools()])))
    assert "Cannot be joined." in texts(at) and "more than once here too" in texts(at)
    at.session_state["change"] = True
    at.run()
    at.multiselect(key="join keys b.csv").set_value(["school"]).run()
    assert "more than once here too" in errors(at)[0]
    at.multiselect(key="join keys b.csv").set_value(["name"]).run()
    assert "more than once in “b.csv”" in errors(at)[0]


def restart(monkeypatch) -> None:
    """A server that knows of no upload."""
    fresh = uploads.Uploads()
    monkeypatch.setattr(table_sources, "uploads", lambda: fresh)
    monkeypatch.setattr(uploads, "uploads", lambda: fresh)


@pytest.mark.parametrize("together", [True, False])
def test_both_files_bring_a_joined_table_back_after_a_restart(open_page, monkeypatch, together):
    at = press(bring(open_page("data"), *BOTH), "join 0")
    address = dict(at.query_params)
    restart(monkeypatch)
    at = open_page("data", **address)
    assert "The table of this page is not here" in texts(at)
    if not together:
        at = bring(at, BOTH[1])
        assert "“pupils.csv” is here, but not “schools.csv”" in errors(at)[-1]
    at = bring(at, *BOTH)
    assert not errors(at) and "pupils.csv, changed: 8 rows, 10 columns" in texts(at)
    assert at.query_params["formula"] == address["formula"]


def test_without_what_was_joined(open_page, monkeypatch):
    at = press(bring(open_page("data"), *BOTH), "join 0")
    address = dict(at.query_params)
    restart(monkeypatch)
    at = bring(open_page("data", **address), BOTH[1])
    at = next(b for b in at.button if b.label == "Go on without the joined tables").click().run()
    assert not errors(at) and "pupils.csv: 8 rows, 5 columns" in texts(at) and "is left out" in texts(at)
