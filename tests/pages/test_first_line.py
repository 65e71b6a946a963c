"""Whether the first line holds names is chosen where the table is brought, and stays chosen in its address."""

from __future__ import annotations

import pytest

from lmmcompare.data.read import digest_of
from lmmcompare.share import upload_address
from lmmcompare.share.link import place_of
from lmmcompare.ui.server import table_sources
from lmmcompare.ui.session.state import ANALYSIS

from .conftest import errors, texts

ROWS = "".join(f"{'abcdefgh'[k % 8]},{k % 5},{(k * 7) % 11}\n" for k in range(1, 41))
CONTENT = ("unlike,1,2\n" + ROWS).encode()


def control(at):
    return next(w for w in at.button_group if w.label == "The first line holds")


def test_a_first_line_of_data_is_kept_by_one_click(open_page):
    at = open_page("data")
    at.file_uploader(key="upload").upload("scores.csv", CONTENT, "text/csv").run()
    assert "scores.csv: 40 rows, 3 columns" in texts(
        at
    ) and "It is not certain that the first line holds names" in texts(at)
    assert control(at).value is True and control(at).options == ["names of columns: 40 rows", "data: 41 rows"]
    control(at).set_value(False).run()
    assert not errors(at) and "scores.csv: 41 rows, 3 columns" in texts(at) and "not certain" not in texts(at)
    said = upload_address.read(place_of(at.session_state[ANALYSIS].table))
    assert said.reading.header is False and said.digest == digest_of(CONTENT)
    control(at).set_value(True).run()
    assert "scores.csv: 40 rows, 3 columns" in texts(at)


def test_a_file_that_is_brought_again_is_read_as_before(open_page):
    at = open_page("data")
    at.file_uploader(key="upload").upload("scores.csv", CONTENT, "text/csv").run()
    control(at).set_value(False).run()
    table = place_of(at.session_state[ANALYSIS].table)
    table_sources.uploads.clear()
    at = open_page("data", upload=table, formula="column_2 ~ column_3 + (1 | column_1)")
    assert "is no longer on the server" in texts(at)
    at.file_uploader(key="upload").upload("scores.csv", CONTENT, "text/csv").run()
    assert "scores.csv: 41 rows, 3 columns" in texts(at) and "other values" not in texts(at)
    assert at.session_state[ANALYSIS].formula == "column_2 ~ column_3 + (1 | column_1)"
    table_sources.uploads.clear()
    at = open_page("data", upload=table, formula="column_2 ~ column_3 + (1 | column_1)")
    at.file_uploader(key="upload").upload("scores.csv", b"unlike,1,3\n" + CONTENT[11:], "text/csv").run()
    control(at).set_value(False).run()


def test_pasted_cells_too(open_page):
    at = open_page("data")
    at.text_area(key="pasted").set_value(CONTENT.decode())
    next(b for b in at.button if b.label == "Read").click().run()
    assert "pasted text: 40 rows" in texts(at)
    control(at).set_value(False).run()
    assert not errors(at) and "pasted text: 41 rows" in texts(at)


@pytest.mark.parametrize("one", ["yes", "no"])
def test_an_outcome_of_two_words_is_counted_by_one_click(open_page, one):
    rows = "".join(f"{'abcdefgh'[k % 8]},{k % 5},{'yes' if (k * 7) % 11 < 5 else 'no'}\n" for k in range(80))
    at = open_page("data")
    at.file_uploader(key="upload").upload("passed.csv", f"school,hours,passed\n{rows}".encode(), "text/csv").run()
    table = at.session_state[ANALYSIS].table
    at = open_page("data", upload=place_of(table), formula="passed ~ hours + (1 | school)")
    next(b for b in at.button if b.label == f"Count “{one}” as 1").click().run()
    assert not errors(at) and f"true (1) where it was “{one}”" in texts(at)
    assert at.session_state[ANALYSIS].formula == "passed ~ hours + (1 | school)"


def test_what_happened_by_its_name_becomes_the_outcome_by_one_click(open_page):
    rows = "".join(
        f"w{k % 12},{20 + (k * 13) % 60},{'yes' if (k * 7) % 11 < 5 else 'no'},{'ab'[k % 5 > 2]}\n" for k in range(96)
    )
    at = open_page("data")
    at.file_uploader(key="upload").upload("a.csv", f"ward,age,recovered,drug\n{rows}".encode(), "text/csv").run()
    assert at.session_state[ANALYSIS].formula == "age ~ drug + (1 | ward)"
    assert "“recovered” holds “no” and “yes”; it can be the outcome once one of them counts as 1." in texts(at)
    assert not [b.label for b in at.button if b.label == "Count “b” as 1"]  # a drug does not happen
    next(b for b in at.button if b.label == "Count “yes” as 1").click().run()
    assert not errors(at) and at.session_state[ANALYSIS].formula == "recovered ~ drug + (1 | ward)"
    compared = at.switch_page("pages/compare.py").run()
    assert not errors(compared) and "0 and 1" in texts(compared)


def test_quarters_are_dates_by_one_click(open_page):
    rows = "".join(f"F{k // 12},{2018 + k % 12 // 4}-Q{k % 4 + 1},{(k * 37) % 101}\n" for k in range(120))
    at = open_page("data")
    at.file_uploader(key="upload").upload("a.csv", f"firm,quarter,sales\n{rows}".encode(), "text/csv").run()
    next(b for b in at.button if b.label == "Read “quarter” as dates: quarter").click().run()
    assert not errors(at) and "as the first day of each quarter" in texts(at)
    assert at.session_state[ANALYSIS].formula == "sales ~ quarter + (1 | firm)"
    assert at.dataframe[0].value.set_index("Column").loc["quarter", "Holds"] == "dates, 2018-01-01 to 2020-10-01"


def test_in_a_trial_the_product_with_time_is_one_click_away(open_page):
    rows = "".join(
        f"{k // 4},{'drug' if k // 4 % 2 else 'none'},{(0, 2, 4, 8)[k % 4]},{140 - k % 4 * (k // 4 % 2) + k * 37 % 11}\n"
        for k in range(120)
    )
    at = open_page("data")
    at.file_uploader(key="upload").upload("a.csv", f"patient,arm,week,bp\n{rows}".encode(), "text/csv").run()
    assert at.session_state[ANALYSIS].formula == "bp ~ week + (1 | patient)"
    at.button(key="alternative bp ~ week * arm + (1 | patient)").click().run()
    assert not errors(at) and at.session_state[ANALYSIS].formula == "bp ~ week * arm + (1 | patient)"
