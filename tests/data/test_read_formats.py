"""One table in every format reads back equal; value labels, titles, dates and all that files have besides values."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import math
import time
import zipfile
from decimal import Decimal
from inspect import signature

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pyreadstat
import pytest
import xlsxwriter

import lmmcompare
from lmmcompare.data import columns
from lmmcompare.data.columns import describe
from lmmcompare.data.read import Table, read, read_text
from lmmcompare.data.readers import hidden_cells
from lmmcompare.data.readers.child_process import reader_of
from lmmcompare.data.readers.compression import STREAMS
from lmmcompare.data.readers.file_types import KINDS
from lmmcompare.data.suggest import suggest
from lmmcompare.design.levels import factorize
from lmmcompare.errors import DataError
from tests.data import made

pytestmark = pytest.mark.usefixtures("by_fork")

nan = math.nan


def said(table: Table) -> str:
    return " ".join(table.notes)


def values(frame: pd.DataFrame, name: str) -> list:
    return [None if pd.isna(value) else value for value in frame[name].tolist()]


@pytest.mark.parametrize("name", made.good())
def test_the_same_table_in_every_format(name):
    stages: list[tuple[str, float]] = []
    table = read(made.good()[name], name, progress=lambda *stage: stages.append(stage))
    frame, expected = table.frame, made.frame()
    if name in ("table.por", "old.dta"):  # written without umlauts, the one in capitals
        frame = frame.rename(columns=str.lower)
        expected["note"] = ["Aerger", "blue", "red", "bold"]
    if str(frame["n"].dtype) == "category":
        assert values(frame, "n") == ["low", "middle", "high", "none"]
        assert list(frame["n"].cat.categories) == ["none", "low", "middle", "high"]  # by their codes
        expected["n"] = values(frame, "n")
    assert list(frame.columns) == list(made.NAMES)
    for column in made.NAMES:
        assert values(frame, column) == values(expected, column), column
    assert frame["y"].dtype == "float64" and str(frame["n"].dtype) in ("int64", "category")
    assert all(0 <= share <= 1 and words for words, share in stages) and len(stages) >= 2


def test_every_kind_but_text_and_archives_has_a_reader_that_takes_what_it_is_given():
    unread = {kind for kind in KINDS if not KINDS[kind].reader}
    assert unread == {"text", "zip", *STREAMS}
    for kind in KINDS.keys() - unread:
        content, limits, *further = signature(reader_of(kind)).parameters
        assert (content, limits) == ("content", "limits")
        assert {*further} <= {"kind", "sheet", "header", "catalogue"}


def test_every_end_of_a_name_is_offered():
    offered = {end for kind in KINDS.values() for end in kind.extensions}
    assert {name.lower().rpartition(".")[2] for name in made.good()} <= offered


@pytest.mark.parametrize(
    ("name", "called", "note"),
    [
        ("table.xlsx", "table.csv", "“table.csv” is an Excel workbook, unlike its name; it was read as such."),
        ("table.csv", "table.xlsx", "“table.xlsx” is a text file"),
        ("table.sav", "table.dta", "“table.dta” is an SPSS file"),
        ("table.zip", "table.csv", "“table.csv” is a zip archive"),
        ("table.zip", "table", None),
        ("table.parquet", "table.unheard", None),
    ],
)
def test_the_content_counts_more_than_the_name(name, called, note):
    table = read(made.good()[name], called)
    assert len(table.frame) == 4
    assert (note in said(table)) if note else "unlike its name" not in said(table)


# Excel


def test_titles_and_blank_rows_above_the_header():
    content = made.xlsx([("Trial of 2020",), (), ("", "", ""), *((None, *row) for row in (made.NAMES, *made.ROWS))])
    table = read(content, "a.xlsx")
    assert list(table.frame.columns) == list(made.NAMES) and "Left out above the header: “Trial of 2020”" in said(table)


def test_sheets():
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        book.add_worksheet("read me").write(0, 0, "Made in 2020")
        for name, value in (("first", 1), ("second", 2)):
            page = book.add_worksheet(name)
            page.write_column(0, 0, ["a", value, value])
            page.write_column(0, 1, ["b", value, value])
        book.add_chartsheet("chart")
    content = sink.getvalue()
    table = read(content, "a.xlsx")
    assert table.frame["a"].tolist() == [1, 1]
    assert "The sheet “first” was read; the workbook also has “read me”, “second”." in said(table)
    assert table.sheets == ("read me", "first", "second")
    assert read(content, "a.xlsx", sheet="second").frame["a"].tolist() == [2, 2]
    with pytest.raises(DataError, match=r"no sheet “third”.*“read me”, “first”, “second”"):
        read(content, "a.xlsx", sheet="third")


def test_only_values_are_read_from_formulas():
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["a", "b"])
        page.write_formula(1, 0, "=1+1", None, 2)
        page.write_formula(1, 1, '=HYPERLINK("http://example.org","x")', None, "x")
        page.write_formula(2, 0, "=1/0", None, "#DIV/0!")
        page.write_string(2, 1, "=cmd|' /C calc'!A0")
    frame = read(sink.getvalue(), "a.xlsx").frame
    assert values(frame, "a") == [2, None] and values(frame, "b") == ["x", "=cmd|' /C calc'!A0"]


def test_dates_merged_cells_and_numbers_as_text():
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        page = book.add_worksheet()
        day, moment = book.add_format({"num_format": "dd.mm.yyyy"}), book.add_format({"num_format": "d.m.yy hh:mm"})
        page.write_row(0, 0, ["g", "day", "at", "comma", "mixed", "flag"])
        for k in range(1, 5):
            page.write_datetime(k, 1, datetime.datetime(2020, 1, k), day)
            page.write_datetime(k, 2, datetime.datetime(2020, 1, k, 12, 30), moment)
            page.write_string(k, 3, f"{k},5")
            page.write(k, 4, 2.125 if k < 4 else "1,5")
            page.write_boolean(k, 5, k > 2)
        page.merge_range(1, 0, 2, 0, "one")
        page.merge_range(3, 0, 4, 0, "two")
    table = read(sink.getvalue(), "a.xlsx")
    assert values(table.frame, "g") == ["one", "one", "two", "two"] and "Merged cells" in said(table)
    assert values(table.frame, "day")[0] == pd.Timestamp("2020-01-01")
    assert values(table.frame, "at")[0] == pd.Timestamp("2020-01-01 12:30")
    assert values(table.frame, "comma") == [1.5, 2.5, 3.5, 4.5] and "Commas mark the decimals in “comma”" in said(table)
    assert 2125 not in values(table.frame, "mixed")  # beside “1,5”, 2.125 is not two thousand
    assert values(table.frame, "flag") == [False, False, True, True]


def test_a_sheet_without_names():
    table = read(made.xlsx([(1, 2.5), (3, 4.5)]), "a.xlsx")
    assert table.frame.to_numpy().tolist() == [[1, 2.5], [3, 4.5]] and "holds values, not names" in said(table)


# Parquet and Feather


def test_the_types_of_arrow():
    day = datetime.date(2020, 1, 31)
    table = pa.table(
        {
            "dictionary": pa.array(["z", None, "a"]).dictionary_encode(),
            "numbers": pa.array([3, 3, 5]).dictionary_encode(),
            "decimal": pa.array([Decimal("1.25"), None, Decimal("-3.50")]),
            "gaps": pa.array([1, None, 3], pa.int32()),
            "huge": pa.array([2**53 + 1, None, 1], pa.int64()),
            "beyond": pa.array([2**64 - 1, 1, 2], pa.uint64()),
            "half": pa.array(np.array([0.5, 1, 2], np.float16)),
            "flag": pa.array([True, None, False]),
            "day": [day, None, day],
            "midnight": pa.array([datetime.datetime(2020, 1, 31)] * 3),
            "moment": pa.array([datetime.datetime(2020, 1, 31, 12, 30)] * 3, pa.timestamp("s")),
            "lasting": pa.array([datetime.timedelta(seconds=90)] * 3),
            "nothing": pa.nulls(3),
            "blank": ["x", "", "NA"],
            "bytes": pa.array([b"x", b"y", b"z"]),
            "list": [[1], [2], []],
            "struct": [{"a": 1}] * 3,
            "raw": pa.array([b"\xff\xfe", b"", b""]),
        }
    )
    expected = {
        "dictionary": ["z", None, "a"], "numbers": [3, 3, 5], "decimal": [1.25, None, -3.5], "gaps": [1.0, None, 3.0],
        "huge": [str(2**53 + 1), None, "1"], "beyond": [str(2**64 - 1), "1", "2"], "half": [0.5, 1.0, 2.0],
        "flag": [True, None, False], "day": [pd.Timestamp(day), None, pd.Timestamp(day)],
        "midnight": [pd.Timestamp(day)] * 3, "moment": [pd.Timestamp("2020-01-31 12:30")] * 3,
        "lasting": [90 / 86_400] * 3, "nothing": [None] * 3, "blank": ["x", None, "NA"],
        "bytes": ["x", "y", "z"],
    }  # fmt: skip
    for write in (parquet.write_table, feather.write_feather):
        sink = io.BytesIO()
        write(table, sink)
        back = read(sink.getvalue(), "a")
        assert {name: values(back.frame, name) for name in back.frame} == expected
        assert "left out: “list”, “struct”, “raw”" in said(back) and "rounded" in said(back)
        assert "numbers of days: “lasting”" in said(back)
        assert list(back.frame["dictionary"].cat.categories) == ["z", "a"]


def test_arrow_streams_and_doubled_names():
    table = pa.table([pa.array([1, 2]), pa.array([3, 4]), pa.array([5, 6])], names=["x", "x", ""])
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    back = read(sink.getvalue(), "a.arrow")
    assert back.frame.to_dict("list") == {"x": [1, 2], "x_2": [3, 4], "column_3": [5, 6]}
    assert "twice" in said(back) and "Blank" in said(back)


FREQUENCIES = ["Y-DEC", "Y-MAR", "Q-DEC", "Q-FEB", "M", "W-SUN", "W-WED", "W-THU", "D", "h", "min", "s"]


def test_periods_of_pandas_are_the_moments_at_which_they_begin(tmp_path):
    """As pandas tells these; in a Parquet file of any size too, where months were numbers from 600 on."""
    when = pd.DatetimeIndex(["2019-12-31 23:59", None, "2064-02-29 12:01"])
    periods = {freq: when.to_period(freq) for freq in [*FREQUENCIES, "2M"]}
    expected = {freq: periods[freq].start_time.tolist() for freq in FREQUENCIES}
    path = tmp_path / "a.parquet"
    pd.DataFrame(periods).to_parquet(path)
    back = read(path.read_bytes(), "a.parquet")
    assert {freq: [v or pd.NaT for v in values(back.frame, freq)] for freq in FREQUENCIES} == expected
    assert "at which they begin" in said(back) and "counted from 1970: “2M (2M)”" in said(back)
    assert {freq: column.tolist() for freq, column in lmmcompare.read(path).df()[FREQUENCIES].items()} == expected


def test_what_pandas_writes_comes_back():
    frame = pd.DataFrame(
        {
            "arm": pd.Categorical(["low", "high", "low"], categories=["low", "high"], ordered=True),
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "text": pd.array(["x", None, "ü"], dtype="string"),
        },
        index=pd.Index([7, 8, 9], name="row id"),
    )
    sink = io.BytesIO()
    frame.to_parquet(sink)
    back = read(sink.getvalue(), "a.parquet").frame
    assert list(back.columns) == ["arm", "whole", "text", "row id"]
    assert list(back["arm"].cat.categories) == ["low", "high"]
    assert values(back, "whole") == [1.0, None, 3.0] and values(back, "text") == ["x", None, "ü"]


# SPSS, Stata, SAS


def test_value_labels():
    frame = pd.DataFrame(
        {
            "agree": [1.0, 5, 3, 3, nan] * 8,  # labels at the ends only: stays numbers
            "arm": [2.0, 1, 2, 1, 1] * 8,
            "twice": [1.0, 2, 3, 1, 2] * 8,
            "nearly": [1.0] * 20 + [2.0] * 19 + [7.0],
            "income": [*range(1000, 1039), 9999.0],
            "refused": [1.0, 9, 2, 2, 1] * 8,
        }
    )
    labels = {
        "agree": {1: "not at all", 5: "fully", 9: "no answer"},
        "arm": {2: "treated", 1: "control", 3: "never used"},
        "twice": {1: "yes", 2: "yes", 3: "no"},
        "nearly": {1: "one", 2: "two"},
        "income": {9999: "refused"},
    }
    content = made.stats(
        pyreadstat.write_sav, frame, variable_value_labels=labels,
        missing_ranges={"refused": [9]}, column_labels={"arm": "Arm of the trial"},
    )  # fmt: skip
    table = read(content, "a.sav")
    back = table.frame
    assert back[
        "agree"
    ].dtype == "float64" and "“agree” stays as it is, since few of its values have labels: 1 = not at all" in said(
        table
    )
    assert back["income"].dtype == "int64" and "9999 = refused" in said(table)
    assert list(back["arm"].cat.categories) == ["control", "treated", "never used"]  # its place is kept
    assert values(back, "arm")[:3] == ["treated", "control", "treated"]
    assert list(back["twice"].cat.categories) == ["yes (1)", "yes (2)", "no (3)"]
    assert list(back["nearly"].cat.categories) == ["one", "two", "7"] and "by their number: “nearly”" in said(table)
    assert values(back, "refused")[:3] == [1.0, None, 2.0]
    assert dict(table.labels) == {"arm": "Arm of the trial"}


def test_labels_of_text_and_of_stata():
    frame = pd.DataFrame({"sex": ["f", "m", ""], "x": [1, 2, 2]})
    sav = made.stats(pyreadstat.write_sav, frame, variable_value_labels={"sex": {"m": "male", "f": "female"}})
    assert values(read(sav, "a.sav").frame, "sex") == ["female", "male", None]
    dta = made.stats(pyreadstat.write_dta, frame, variable_value_labels={"x": {1: "no", 2: "yes"}})
    assert values(read(dta, "a.dta").frame, "x") == ["no", "yes", "yes"]


def test_dates_of_statistics_programs_are_dates():
    frame = pd.DataFrame({"day": [datetime.date(2020, 1, 31), None], "x": [1.0, 2.0]})
    for write in (pyreadstat.write_sav, pyreadstat.write_dta, pyreadstat.write_xport):
        assert values(read(made.stats(write, frame), "a").frame, "day") == [pd.Timestamp("2020-01-31"), None]


def test_the_words_of_a_sas_catalogue():
    content = (made.FOLDER / "catalogue.zip").read_bytes()
    table = read(content, "catalogue.zip")
    assert values(table.frame, "arm") == ["treated", "control", "treated", "control"]
    assert list(table.frame["arm"].cat.categories) == ["control", "treated", "never used"]
    assert values(table.frame, "sex") == ["female", "male", "male", "female"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    alone = read(parts["coded.sas7bdat"], "coded.sas7bdat")
    assert values(alone.frame, "arm") == [2, 1, 2, 1] and "zip archive with it" in said(alone)
    with pytest.raises(DataError, match=r"holds the words of formats, but no table.*one zip archive"):
        read(parts["coded.sas7bcat"], "coded.sas7bcat")
    together = read(parts["coded.sas7bdat"], "coded.sas7bdat", catalogue=parts["coded.sas7bcat"])
    hidden = read(parts["coded.sas7bdat"], "../.coded.sas7bdat", catalogue=parts["coded.sas7bcat"])
    pd.testing.assert_frame_equal(hidden.frame, together.frame)
    assert together.frame.equals(table.frame) and together.name == "coded.sas7bdat" and not together.notes
    assert together.digest != alone.digest  # a table of other values
    with pytest.raises(DataError, match=r"catalogue of formats in “coded\.sas7bdat” cannot be read"):
        read(parts["coded.sas7bdat"], "coded.sas7bdat", catalogue=b"no catalogue")


@pytest.mark.parametrize("release", [120, 121])
def test_files_of_a_newer_stata(release):
    content = f"<stata_dta><header><release>{release}</release>".encode() + bytes(200)
    with pytest.raises(
        DataError, match=r"newer than what is read here\. In Stata: saveold \"name.dta\", version\(14\)"
    ):
        read(content, "a.dta")


# JSON


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([{"a": 1, "b": "x"}, {"b": "y", "c": None, "a": 2}], {"a": [1, 2], "b": ["x", "y"], "c": [None, None]}),
        ([{"a": 1.5}, {}, {"a": "2"}], {"a": [1.5, 2.0]}),
        ({"a": [1, 2], "b": ["x", None]}, {"a": [1, 2], "b": ["x", None]}),
        ({"data": [{"a": 1, "b": 2}]}, {"a": [1], "b": [2]}),
        ({"results": [{"a": 1, "b": 2}]}, {"a": [1], "b": [2]}),
        ({"columns": ["a", "b"], "index": [0], "data": [[1, True]]}, {"a": [1], "b": [True]}),
        ([["a", "b"], [1, "1,5"], [2, "2,5"]], {"a": [1, 2], "b": [1.5, 2.5]}),
        ([{"a": 2**70}, {"a": 1}], {"a": [float(2**70), 1.0]}),
        ([{"a": nan}, {"a": math.inf}], {"a": [None, math.inf]}),
        ([{"a": 1, "n": {"b": 2}}, {"a": 2, "n": None}], {"a": [1, 2]}),
    ],
)
def test_json_shapes(found, expected):
    frame = read(json.dumps(found).encode(), "a.json").frame
    assert {name: values(frame, name) for name in frame} == expected


def test_several_tables_in_json_as_r_writes_a_list_of_data_frames():
    content = b'{"a": [{"g": "x", "y": 1}], "b": [{"z": 2}, {"z": 3}]}'
    table = read(content, "a.json")
    assert table.sheets == ("a", "b") and values(table.frame, "y") == [1] and "the file also has “b”" in said(table)
    assert values(read(content, "a.json", sheet="b").frame, "z") == [2, 3]
    with pytest.raises(DataError, match=r"no table “c”\. It has “a”, “b”"):
        read(content, "a.json", sheet="c")
    with pytest.raises(DataError, match=r"serializeJSON.*toJSON\(d\)"):
        read(b'{"type": "list", "attributes": {}, "value": []}', "a.json")


def test_json_says_what_it_left_out():
    assert "left out: “n”" in said(read(b'[{"a": 1, "n": [1]}]', "a.json"))
    assert "stands twice in a record; its last value was taken: “a”" in said(read(b'[{"a": 1, "a": 2}]', "a.json"))

    mixed = read(
        b'[{"rt": 5, "r": "f"}, {"rt": 6, "r": {"q": 3}}, {"rt": 7, "r": "j"}, {"rt": 8, "r": null}]', "a.json"
    )
    assert values(mixed.frame, "r") == ["f", None, "j", None]
    assert "are missing, among single values: “r (1)”" in said(mixed) and "left out" not in said(mixed)


# pasted text

TIBBLE = "# A tibble: 9 x 2\n  g         y\n  <chr> <dbl>\n1 a       1.5\n2 b       2\n# i 7 more rows\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("g\ty\na\t1,5\nb\t2,5\n", {"g": ["a", "b"], "y": [1.5, 2.5]}),
        ("g,y\na,1.5\n", {"g": ["a"], "y": [1.5]}),
        ("  g   y\n1 a 1.5\n2 b  NA\n", {"row": [1, 2], "g": ["a", "b"], "y": [1.5, None]}),
        ('      mpg cyl\n"Mazda RX4" 21 6\n', {"row": ["Mazda RX4"], "mpg": [21], "cyl": [6]}),
        (TIBBLE, {"row": [1, 2], "g": ["a", "b"], "y": [1.5, 2.0]}),
        ('[{"g": "a", "y": 1}]', {"g": ["a"], "y": [1]}),
        (made.frame()[["group", "y"]].head(2).to_string(), {"row": [0, 1], "group": ["a", "a"], "y": [1.5, 2.25]}),
    ],
)  # fmt: skip
def test_pasted(text, expected):
    frame = read_text(text).frame
    assert {name: values(frame, name) for name in frame} == expected


def test_pasted_text_that_does_not_line_up():
    with pytest.raises(DataError, match="Line 3 of “pasted text” has 4 cells, not 3"):
        read_text("g y z\na 1 2\nthe b 2 3\n")
    with pytest.raises(DataError, match="“pasted text” is empty"):
        read_text("  \n")


# packed, and what the rest of the app makes of the types


def test_packed_twice_is_refused_and_one_table_is_taken():
    inner = made.good()["table.xlsx"]
    assert read(made.zipped({"a/b.xlsx": inner, "__MACOSX/._b.xlsx": b"x", ".DS_Store": b""}), "a.zip").name == "b.xlsx"
    assert read(gzip.compress(made.good()["table.parquet"]), "t.parquet.gz").name == "t.parquet"
    with pytest.raises(DataError, match="inside an archive"):
        read(gzip.compress(made.good()["table.csv.gz"]), "a.gz")
    with pytest.raises(DataError, match=r"2 files: “a.md”, “b.md”"):
        read(made.zipped({"a.md": "a,b\n1,2\n", "b.md": "a,b\n1,2\n"}), "a.zip")


def test_files_of_r_in_an_archive():
    content = made.zipped({"d.rds": made.good()["table.rds"], "many.RData": made.more()["many.RData"]})
    table = read(content, "data.zip")
    assert table.sheets == ("d.rds", "many.RData") and len(table.frame) == 4
    assert list(read(content, "data.zip", sheet="many.RData").frame.columns) == list(made.NAMES)


def test_several_tables_in_an_archive():
    parts = {
        "read me.md": "x",
        "a/pupils.csv": "id,y\n1,2\n",
        "a/schools.txt": "school size\na 1\n",
        "d.parquet": made.good()["table.parquet"],
    }
    table = read(made.zipped(parts), "study.zip")
    assert table.sheets == ("a/pupils.csv", "a/schools.txt", "d.parquet") and list(table.frame.columns) == ["id", "y"]
    assert "“pupils.csv” was read; the archive also has “a/schools.txt”, “d.parquet”" in said(table)
    assert list(read(made.zipped(parts), "study.zip", sheet="a/schools.txt").frame.columns) == ["school", "size"]
    assert len(read(made.zipped(parts), "study.zip", sheet="d.parquet").frame) == 4
    with pytest.raises(DataError, match=r"no table “x”.*“a/pupils.csv”"):
        read(made.zipped(parts), "study.zip", sheet="x")


def test_categories_go_through_the_rest():
    frame = pd.DataFrame(
        {
            "school": pd.Categorical([f"s{k % 8}" for k in range(80)]),
            "flag": [k % 3 == 0 for k in range(80)],
            "arm": pd.Categorical(["low", "high"] * 40, categories=["low", "high", "unused"]),
            "score": np.random.default_rng(1).normal(size=80) + np.arange(80) % 8,
        }
    )
    sink = io.BytesIO()
    frame.to_parquet(sink)
    back = read(sink.getvalue(), "a.parquet").frame
    kinds = {info.name: info.kind for info in describe(back)}
    assert kinds == {"school": "categorical", "flag": "binary", "arm": "binary", "score": "numeric"}
    assert suggest(back).group == "school" and suggest(back).outcome == "score"
    codes, levels = factorize(back["arm"])
    assert list(levels) == ["low", "high"] and codes.tolist() == [0, 1] * 40
    assert list(factorize(back["flag"])[1]) == [False, True] == list(factorize(frame["flag"])[1])
    assert columns.describe(frame)[1].kind == "binary"  # bool, from a frame that Python code hands over


def test_hours_beyond_a_day_are_numbers_of_days_and_times_of_day_are_text():
    """Excel keeps 30:00:00 as 1.25 days, OpenDocument as PT30H00M00S; both show hours and minutes."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        page, shown = book.add_worksheet(), book.add_format({"num_format": "[h]:mm"})
        page.write_row(0, 0, ["g", "lasted", "noon"])
        for k, days in enumerate((0.25, 1.25, None), start=1):
            page.write(k, 0, "a")
            page.write(k, 1, days, shown)
            page.write(k, 2, 0.5, book.add_format({"num_format": "hh:mm"}))
    table = read(sink.getvalue(), "a.xlsx")
    assert values(table.frame, "lasted") == [0.25, 1.25, None] and values(table.frame, "noon") == ["12:00:00"] * 3
    assert "numbers of days: “lasted”" in said(table)


def test_a_sheet_with_blanks_between_its_cells_as_gnumeric_writes_it():
    with zipfile.ZipFile(io.BytesIO(made.ods())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = (
        parts["content.xml"]
        .replace(b"<table:table-cell", b"\n   <table:table-cell")
        .replace(b"</table:table-row>", b"\n  </table:table-row>\n")
    )
    frame = read(made.zipped({**parts, "content.xml": content}), "a.ods").frame
    assert values(frame, "note") == values(made.frame(), "note") and values(frame, "y") == values(made.frame(), "y")


def test_letters_that_spss_portable_loses_are_said():
    """Groups that differ in such a letter alone are one in what any program reads of it."""
    content = made.good()["table.por"].replace(b"Aerger", b"\xc4xrger")
    table = read(content, "a.por")
    assert "accents are lost" in said(table) and "“NOTE”" in said(table) and "name.sav" in said(table)
    assert "accents" not in said(read(made.good()["table.por"], "a.por"))


def test_ranges_without_an_end_are_said_in_words():
    data = pd.DataFrame({"low": [-5.0, 0, 5], "high": [1.0, 98, 99], "both": [7.0, 8, 9]})
    ranges = {
        "low": [{"lo": float("-inf"), "hi": 0}],
        "high": [{"lo": 98, "hi": float("inf")}],
        "both": [7, {"lo": 8, "hi": 9}],
    }
    table = read(made.stats(pyreadstat.write_sav, data, missing_ranges=ranges), "a.sav")
    assert table.missing_codes["low"] == "0 or less" and table.missing_codes["high"] == "98 or more"
    assert table.missing_codes["both"] in ("7, 8 to 9", "8 to 9, 7") and table.frame.notna().sum().tolist() == [1, 1, 0]


def test_missing_values_that_spss_portable_declares_are_said():
    """pspp's EXPORT wrote the file, of one value, a range, a range without an end, both, and three values."""
    table = read((made.FOLDER / "missing.por").read_bytes(), "a.por")
    assert table.missing_codes == {
        "A": "9",
        "B": "97 to 99",
        "C": "0 or less",
        "E": "1 or less, 4",
        "F": "1",
        "G": "1, 2, 3",
    }
    assert "declares to be missing are missing: “A (9)”, “B (97 to 99)”, “C (0 or less)” and 3 more." in said(table)
    assert table.frame["B"].isna().tolist() == [True, True, True, False]
    assert values(table.frame, "E") == [None, 2, 3, None]
    assert "declares" not in said(read(made.good()["table.por"], "a.por"))


def test_portable_text_that_is_missing_is_no_category():
    table = read((made.FOLDER / "labels.por").read_bytes(), "a.por")
    assert table.missing_codes == {"Y": "-999", "SEX": "2", "SES": "9, 97", "CODE": "zz"}
    assert values(table.frame, "SES") == ["low", None, None, "mid+", "high", "mid"]
    assert list(table.frame["SES"].cat.categories) == ["low", "mid", "mid+", "high"]


def test_the_letters_of_missing_values_are_said():
    """Stata's .a to .z are missing as . is, and were so without a word."""
    data = pd.DataFrame({"y": [1, "a", "b", 4], "n": [1, 2, "a", 1], "t": ["a", "b", "", "z"]}, dtype=object)
    options = {
        "missing_user_values": {"y": ["a", "b"], "n": ["a"]},
        "variable_value_labels": {"n": {1: "control", 2: "treated", "a": "refused"}},
    }
    table = read(made.stats(pyreadstat.write_dta, data, **options), "a.dta")
    assert values(table.frame, "y") == [1, None, None, 4] and values(table.frame, "t") == ["a", "b", None, "z"]
    assert values(table.frame, "n") == ["control", "treated", None, "control"]
    assert table.missing_codes == {"y": ".a, .b", "n": ".a = refused"}
    assert "missing are missing: “y (.a, .b)”, “n (.a = refused)”." in said(table)


def test_formulas_without_a_result_are_said():
    """calamine gives a blank for an error, and for a formula that a program wrote and nobody calculated."""
    results = ["#DIV/0!", 2.5, "#N/A", 1, "", ""]
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        book.add_worksheet("other").write_formula(0, 0, "=1/0", None, "#VALUE!")
        page = book.add_worksheet("data & more")
        page.write_row(0, 0, ["g", "y"])
        for k, result in enumerate(results, start=1):
            page.write_row(k, 0, ["a"])
            page.write_formula(k, 1, "=B1/2", None, result)
    table = read(sink.getvalue(), "a.xlsx", sheet="data & more")
    assert values(table.frame, "y") == [None, 2.5, None, 1, None, None]
    assert "2 cells are errors and missing: “#DIV/0!”, “#N/A”." in said(table)
    assert "2 formulas have no result in the file and are missing: open it in Excel" in said(table)
    other = said(read(made.xlsx(), "a.xlsx"))
    assert "error" not in other and "formula" not in other


def test_errors_in_a_workbook_of_excel_95_are_said_to_be_untold():
    """errors.xls is by Gnumeric's export to Excel 5.0/95: errors in y of rows 2 and 3, and in g of row 4."""
    table = read((made.FOLDER / "errors.xls").read_bytes(), "errors.xls")
    assert values(table.frame, "y")[:5] == [1.5, None, None, 6, 7.5] and values(table.frame, "g")[3] is None
    assert "A cell that is an error, such as #DIV/0!" in said(table)
    assert not read(made.good()["table.xls"], "table.xls").frame["n"].isna().any()


def test_hidden_rows_and_columns_are_read_and_named():
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        page = book.add_worksheet("data")
        for k in range(9):
            page.write_row(k + 2, 1, [k, k / 2, k % 3] if k else ["id", "y", "g"])
        for k in (5, 6, 40):  # the last has no cells
            page.set_row(k, None, None, {"hidden": True})
        page.set_column(2, 2, None, None, {"hidden": True})
        page.set_column(0, 0, None, None, {"hidden": True})
    table = read(sink.getvalue(), "a.xlsx")
    assert table.frame["y"].tolist() == [k / 2 for k in range(1, 9)]
    assert "Hidden in the sheet, as a filter leaves them, are 2 rows and the column “y”: read like" in said(table)
    assert "Hidden" not in said(read(made.xlsx(), "a.xlsx"))


def test_hidden_places_that_lie_beyond_a_sheet_and_on_each_other_cost_no_time():
    """Each of 20,000 tags names two million columns: one after the other they would take an hour, and as numbers all memory."""
    tags = (
        b'<col min="1" max="2000000" hidden="1"/>' * 20_000 + b'<col min="' + b"9" * 5_000 + b'" max="1" hidden="1"/>'
    )
    rows = b'<row r="999999999" hidden="1">' + b'<row r="3" hidden="1">' * 2
    parts = {
        "xl/workbook.xml": b'<sheets><sheet name="a" r:id="rId1"/></sheets>',
        "xl/_rels/workbook.xml.rels": b'<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>',
        "xl/worksheets/sheet1.xml": b"<cols>" + tags + b"</cols>" + rows,
    }
    begin = time.process_time()
    told = hidden_cells.notes(made.zipped(parts), "a", (1, 2), 9, ["y", "g"])
    assert time.process_time() - begin < 5  # a fifth of a second
    assert told == [
        "Hidden in the sheet, as a filter leaves them, are 1 row and the columns “y”, “g”: read like the others."
    ]


def test_rows_that_a_filter_hides_in_an_opendocument_sheet():
    with zipfile.ZipFile(io.BytesIO(made.ods())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    rows = parts["content.xml"].split(b"<table:table-row>")
    columns = b'<table:table-column table:style-name="a" table:number-columns-repeated="2"/>'
    columns += b'<table:table-column table:visibility="collapse"/>'
    hidden = [rows[0] + columns, *rows[1:]]
    parts["content.xml"] = (
        b"<table:table-row>".join(hidden[:2])
        + b'<table:table-row table:visibility="filter">'
        + (b"<table:table-row>".join(hidden[2:]))
    )
    table = read(made.zipped(parts), "a.ods")
    assert len(table.frame) == 4 and "are 1 row and the column “n”" in said(table)


def test_labels_of_rows_without_a_name_in_parquet():
    """Schools in pandas' index were left out with the numbers of rows."""
    table = pd.DataFrame({"y": [1.5, 2, 3, 4]})

    def back(index) -> Table:
        sink = io.BytesIO()
        table.set_axis(pd.Index(index)).to_parquet(sink)
        return read(sink.getvalue(), "a.parquet")

    named = back(["a", "a", "b", "b"])
    assert named.frame.to_dict("list") == {"y": [1.5, 2, 3, 4], "row_1": ["a", "a", "b", "b"]}
    assert values(back([7, 7, 8, 8]).frame, "row_1") == [7, 7, 8, 8]
    assert list(back([0, 1, 2, 3]).frame) == ["y"] and not back([0, 1, 2, 3]).notes
    selected = back([1, 5, 3, 9])
    assert list(selected.frame) == ["y"] and "Numbers of rows, which a selection" in said(selected)


def test_a_hidden_sheet_is_read_when_asked_for():
    """A list to choose from stood before the data, out of sight."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        hidden, page = book.add_worksheet("lists"), book.add_worksheet("data")
        for k, row in enumerate((["a", "b"], [1, 2])):
            hidden.write_row(k, 0, row)
            page.write_row(k, 0, ["g", "y"] if not k else ["x", 3])
        page.activate()
        hidden.hide()
    table = read(sink.getvalue(), "a.xlsx")
    assert list(table.frame) == ["g", "y"] and table.sheets == ("lists", "data")
    assert list(read(sink.getvalue(), "a.xlsx", sheet="lists").frame) == ["a", "b"]
