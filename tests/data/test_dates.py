"""Dates in files are dates in the table; periods and formats of Stata, SPSS and SAS too; what stays text is said."""

from __future__ import annotations

import datetime
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pyreadstat
import pytest

from lmmcompare.data.change_type import as_category, as_text
from lmmcompare.data.columns import describe
from lmmcompare.data.read import read, read_text
from lmmcompare.data.relation_to_groups import relation
from lmmcompare.data.steps import Retype
from lmmcompare.data.suggest import suggest
from lmmcompare.errors import DataError
from lmmcompare.share.table_in_link import decode, encode
from tests.data import made

pytestmark = pytest.mark.usefixtures("by_fork")


def csv(cells: list[str]):
    return read(("day;x\n" + "".join(f"{cell};1\n" for cell in cells)).encode(), "a.csv")


@pytest.mark.parametrize(
    ("cells", "moments", "note"),
    [
        (
            ["2026/11/02 3:04:05 PM GMT+1", "2026/11/03 12:04:05 AM GMT+1"],
            ["2026-11-02 15:04:05", "2026-11-03 00:04:05"],
            "as they are written (GMT+1)",
        ),
        (
            ["11/2/2026 15:04:05", "11/22/2026 9:04:05"],
            ["2026-11-02 15:04:05", "2026-11-22 09:04:05"],
            "month, day, year",
        ),
        (["02.11.2026 15:04", "03.11.2026 07:04"], ["2026-11-02 15:04", "2026-11-03 07:04"], "day, month, year"),
        # summer time began between them: 47 hours apart, not 48
        (
            ["2026/03/28 3:04:05 PM GMT+1", "", "2026/03/30 3:04:05 PM GMT+2"],
            ["2026-03-28 14:04:05", "NaT", "2026-03-30 13:04:05"],
            "universal time",
        ),
        (
            ["31/12/2024 10:00 GMT+5:30", "30/12/2024 10:00 GMT-3"],
            ["2024-12-31 04:30", "2024-12-30 13:00"],
            "universal",
        ),
        (["2024/11/02 3:04 PM MEZ", "2024/06/02 3:04 PM MESZ"], ["2024-11-02 15:04", "2024-06-02 15:04"], "differ"),
        (
            ["11/22/2026 13:04 PM", "11/22/2026 1:04 p.m."],
            ["NaT", "2026-11-22 13:04"],
            "1 row with “11/22/2026 13:04 PM”",
        ),
    ],
)
def test_times_of_day_of_forms(cells, moments, note):
    column = csv(cells).frame["day"]
    frame, words = Retype("day", "date").apply(column.to_frame())
    pd.testing.assert_index_equal(
        pd.DatetimeIndex(frame["day"]), pd.to_datetime(moments), exact=False, check_names=False
    )
    assert note in words


def test_dates_with_times_are_told_from_other_text():
    cells = [f"2026/11/0{day} 3:04:05 PM GMT+1" for day in range(1, 8)]
    assert describe(csv(cells).frame)[0].kind == "date"


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["2021-01-15", "2021-02-15"], "Read as dates: “day”."),
        (["2021-01-15 12:30", "", "2021-02-15T00:00:01.5"], "Read as dates"),
        (["2021-01-15T12:30:00Z", "2021-02-15T12:30:00Z"], "universal time (UTC): “day”"),
        (["2021-01-15", ".", "NA"], "2 cells were read as missing"),
    ],
)
def test_iso_dates_are_dates(cells, note):
    table = csv(cells)
    assert note in " ".join(table.notes)
    expected = [pd.Timestamp(cell.rstrip("Z")) if len(cell) > 2 else pd.NaT for cell in cells]
    pd.testing.assert_series_equal(table.frame["day"], pd.Series(expected, name="day", dtype="datetime64[us]"))


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["15.01.2021", "01.02.2021"], "Dates were read as text: “day”"),
        (["2021-02-30", "2021-01-01"], "Dates were read as text"),
        (["2021-01-15T12:30:00Z", "2021-02-15T12:30:00"], "Dates were read as text"),
        (["2021-01-15", "2021-01-15 00:00"], "Dates were read as text"),  # two texts, one moment
        (["2021-01-15", "soon"], ""),
    ],
)
def test_other_dates_stay_text(cells, note):
    table = csv(cells)
    assert table.frame["day"].tolist() == cells and note in " ".join(table.notes)


def test_moments_of_arrow_keep_their_nanoseconds_and_zones_are_said():
    fine = pa.array([1, 2, None], pa.timestamp("ns"))
    zoned = pa.array([datetime.datetime(2020, 7, 1, 12, tzinfo=datetime.UTC)] * 3, pa.timestamp("s", "Europe/Berlin"))
    sink = io.BytesIO()
    parquet.write_table(pa.table({"fine": fine, "zoned": zoned}), sink)
    table = read(sink.getvalue(), "a.parquet")
    assert table.frame["fine"].nunique() == 2
    assert table.frame["zoned"].iloc[0] == pd.Timestamp("2020-07-01 12:00") and "(UTC): “zoned”" in " ".join(
        table.notes
    )


STATA = {"%td": 21000.0, "%tdDD/NN/CCYY": 21000.0, "%d": 21000.0, "%tc": 1.9e12, "%tcDD/NN/CCYY_HH:MM": 1.9e12, "%tw": 3019.0,
         "%tm": 700.0, "%tq": -3.0, "%th": 101.0}  # fmt: skip


def test_dates_and_periods_of_stata_are_as_pandas_reads_them(tmp_path):
    frame = pd.DataFrame({f"v{k}": [value, np.nan, value + 1000] for k, value in enumerate(STATA.values())})
    formats = dict(zip(frame, STATA, strict=True))
    content = made.stats(pyreadstat.write_dta, frame, variable_format=formats)
    expected = pd.read_stata(io.BytesIO(content))
    table = read(content, "a.dta")
    for name in frame:
        pd.testing.assert_series_equal(table.frame[name], expected[name].dt.as_unit("us"))
    assert "as months were read as such, each by its first day" in " ".join(table.notes)
    plain = made.stats(pyreadstat.write_dta, frame, variable_format=dict.fromkeys(frame, "%9.0g"))
    assert read(plain, "a.dta").frame["v0"].tolist()[0] == 21000


def test_dates_that_sas_and_spss_show_in_other_ways():
    frame = pd.DataFrame({"month": [21915.0, np.nan], "sex": [1.0, 2.0], "pay": [5.0, 7.5]})
    forms = {"month": "MONYY7", "sex": "SEXF8", "pay": "DOLLAR8"}
    table = read(made.stats(pyreadstat.write_xport, frame, variable_format=forms), "a.xpt")
    assert table.frame["month"].iloc[0] == pd.Timestamp("2020-01-01") and pd.isna(table.frame["month"].iloc[1])
    notes = " ".join(table.notes)
    assert "catalogue" in notes and "sex (SEXF)" in notes and "DOLLAR" not in notes
    seconds = (datetime.date(2020, 1, 1) - datetime.date(1582, 10, 14)).total_seconds()
    table = read(
        made.stats(pyreadstat.write_sav, frame.assign(month=[seconds, np.nan]), variable_format={"month": "MOYR8"}), "a"
    )
    assert table.frame["month"].iloc[0] == pd.Timestamp("2020-01-01")


def frame() -> pd.DataFrame:
    days = pd.to_datetime(["2021-01-15", "2021-02-15", "2021-03-15"] * 4)
    return pd.DataFrame({"patient": np.repeat(list("abcd"), 3), "visit": days, "score": np.arange(12) ** 1.5})


def test_dates_go_through_the_rest():
    infos = {info.name: info for info in describe(frame())}
    assert infos["visit"].is_date and infos["visit"].words == "dates, 2021-01-15 to 2021-03-15"
    assert relation(frame(), "visit", "patient").varies == "within"
    assert suggest(frame()).predictors == ("visit",)
    assert as_text(frame()["visit"]).iloc[0] == "2021-01-15"
    assert as_category(frame()["visit"]).categories.tolist() == ["2021-01-15", "2021-02-15", "2021-03-15"]
    assert Retype("visit", "text").apply(frame())[0]["visit"].iloc[1] == "2021-02-15"
    with pytest.raises(DataError, match="holds dates"):
        Retype("visit", "number").apply(frame())


@pytest.mark.parametrize("unit", ["us", "ns"])
def test_dates_travel_in_a_link(unit):
    dated = pd.DataFrame(
        {"day": pd.Series(pd.to_datetime(["2021-01-15 12:30", None, "1890-01-01"], format="ISO8601")).dt.as_unit(unit)}
    )
    pd.testing.assert_frame_equal(decode(encode(dated, ["day"])), dated)


def test_an_order_that_a_person_names_is_taken():
    either = pd.DataFrame({"day": ["01/02/2024", "03/04/2024"]})
    with pytest.raises(DataError, match="day and month apart"):
        Retype("day", "date").apply(either)
    for order, expected in (
        ("day, month, year", ["2024-02-01", "2024-04-03"]),
        ("month, day, year", ["2024-01-02", "2024-03-04"]),
    ):
        changed, words = Retype("day", "date", (order,)).apply(either)
        assert as_text(changed["day"]).tolist() == expected and order in words
    with pytest.raises(DataError, match="no order"):
        Retype("day", "date", ("year first",)).apply(either)
    with pytest.raises(DataError, match="is a date"):
        Retype("day", "date", ("year, month, day",)).apply(either)


@pytest.mark.parametrize(
    ("cells", "days", "words"),
    [
        (["Jan 1 2000", "Feb 29 2000"], ["2000-01-01", "2000-02-29"], "month in words"),
        (["January 1, 2000", "Sept. 3rd, 2001"], ["2000-01-01", "2001-09-03"], "month in words"),
        (["1 January 2000", "", "31st may 2001"], ["2000-01-01", "NaT", "2001-05-31"], "month in words"),
        (["01JAN2000", "12-Feb-2000"], ["2000-01-01", "2000-02-12"], "month in words"),
        (["Jan 2000", "June, 2001"], ["2000-01-01", "2001-06-01"], "the first day of each month"),
        (["Dec-69", "Jan-00", "Jul-68"], ["1969-12-01", "2000-01-01", "2068-07-01"], "the first day of each month"),
        (["2000M1", "2000M12"], ["2000-01-01", "2000-12-01"], "the first day of each month"),
        (["2000-Q1", "2000-Q4"], ["2000-01-01", "2000-10-01"], "the first day of each quarter"),
        (["Q2 1999", "q3 1999"], ["1999-04-01", "1999-07-01"], "the first day of each quarter"),
    ],
)
def test_months_in_words_months_and_quarters_are_dates_when_asked_for(cells, days, words):
    table = csv(cells)
    assert any("Dates were read as text: “day”" in note for note in table.notes)
    after, sentence = Retype("day", "date").apply(table.frame)
    assert after["day"].astype(str).fillna("NaT").tolist() == days and words in sentence


def test_what_is_like_a_date_but_no_day_of_the_calendar_becomes_missing_with_a_word():
    after, sentence = Retype("day", "date").apply(csv(["Feb 30 2000", "Feb 29 2000", "Feb 28 2000"]).frame)
    assert after["day"].isna().tolist() == [True, False, False] and "1 row with “Feb 30 2000”" in sentence


@pytest.mark.parametrize(
    "cells",
    [
        ["May", "June", "July"],
        ["Q1", "Q2", "Q3"],
        ["Mar 12", "Mar 13", "Mar 14"],
        ["M1", "M2", "M3"],
        ["1.0.102", "1.0.103", "1.0.99"],
        ["2021.13.1", "2021.14.1", "2021.15.1"],
        ["1.2-21", "1.3-21", "1.4-21"],
    ],
)
def test_without_a_day_and_a_year_it_is_no_date(cells):
    assert describe(csv(cells).frame)[0].kind != "date"


@pytest.mark.parametrize(
    ("numbers", "moments"),
    [
        ([20240131, 20240201, 20231231], ["2024-01-31", "2024-02-01", "2023-12-31"]),
        ([2024013123, 2024020100, None], ["2024-01-31 23:00", "2024-02-01", None]),
        ([202401312359, 202402010000], ["2024-01-31 23:59", "2024-02-01"]),
        ([20240031, 20240131, 20240201], None),  # no such month
        ([2024013124, 2024020100], None),  # no such hour
        ([1503960366, 1624580081, 2022484408], None),
    ],
)
def test_numbers_that_are_days_are_found_and_no_outcome(numbers, moments):
    frame = pd.DataFrame({"day": numbers})
    assert describe(frame)[0].are_days == (moments is not None)
    if moments is not None:
        days = Retype("day", "date").apply(frame)[0]["day"]
        pd.testing.assert_index_equal(
            pd.DatetimeIndex(days),
            pd.DatetimeIndex(pd.to_datetime(pd.Series(moments), format="mixed")),
            exact=False,
            check_names=False,
        )
        measured = {"day": numbers * 4, "y": np.arange(4.0 * len(numbers)) ** 1.5}
        assert suggest(pd.DataFrame(measured)).outcome == "y"


def test_dates_as_text_are_named_where_nothing_else_explains():
    """Fitbit's steps by the hour: “No other column is numeric or has few categories.”"""
    hours = [f"4/{12 + k // 24}/2016 {k % 12 + 1}:00:00 {'AP'[k % 24 > 11]}M" for k in range(60)]
    steps = np.random.default_rng(1).integers(0, 900, 120)
    found = suggest(
        pd.DataFrame({"Id": np.repeat([1503960366, 1624580081], 60), "ActivityHour": hours * 2, "StepTotal": steps})
    )
    assert found.predictors == () and found.reasons["predictors"].endswith("Read as dates, “ActivityHour” may be it.")


def test_the_version_of_a_program_is_no_date():
    """PsychoPy's 2023.2.3 was February 3."""
    table = read_text("psychopyVersion\ty\n2023.2.3\t1\n2023.2.1\t2\n2022.2.5\t3\n")
    assert not any("Dates" in note for note in table.notes) and describe(table.frame)[0].kind != "date"


def test_a_date_in_words_read_as_dates_is_the_time_of_a_panel():
    months = [f"{name} 1 {year}" for year in (2000, 2001) for name in ("Jan", "Apr", "Jul", "Oct")]
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"symbol": np.repeat(["A", "B", "C", "D", "E", "F"], 8), "date": months * 6})
    assert describe(frame)[1].kind == "date" and not describe(frame)[1].is_date
    frame["price"] = (50 + 10 * rng.normal(size=6).repeat(8) + rng.normal(size=48)).round(2)
    after, _ = Retype("date", "date").apply(frame)
    assert suggest(after).formula == "price ~ date + (1 | symbol)"
