"""The data page: pasted text, workbooks, wide tables made long, types and rows changed and taken back."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from streamlit import config

from lmmcompare import examples
from lmmcompare.data.recipe import Recipe
from lmmcompare.data.steps import Retype
from lmmcompare.share import upload_address
from lmmcompare.ui.server import table_sources
from tests.data import made

from .conftest import errors, texts

WIDE = "subject,sex,score_1,score_2,score_3\na,f,3.1,4.2,5.0\nb,m,2.5,,4.1\nc,f,4.4,4.9,6.3\nd,m,1.9,2.8,3.5\n"


@pytest.fixture
def changing(open_page):
    """A page with a table of this text, or an example, and the panel for changes open."""

    def open_one(content: str = "", **address: str):
        at = open_page("data", **address)
        if content:
            at.file_uploader(key="upload").upload("mine.csv", content.encode(), "text/csv").run()
        at.session_state["change"] = True
        return at.run()

    return open_one


def columns(at) -> list[str]:
    return at.dataframe[len(at.dataframe) - 2].value["Column"].tolist()


def press(at, key: str):
    at = at.button(key=key).click().run()
    assert not at.exception, [e.message for e in at.exception]
    return at


def test_pasted_text_is_read(open_page):
    at = open_page("data")
    at.text_area(key="pasted").set_value(
        "person\tday\tscore\n" + "\n".join(f"p{k % 4}\t{k}\t{k * 1.7 % 3:.2f}" for k in range(16))
    )
    at = next(b for b in at.button if b.label == "Read").click().run()
    assert not errors(at)
    assert "16 rows, 3 columns" in texts(at)


@pytest.mark.parametrize(
    ("text", "problem"), [("", "no text to read"), ("just one line", "pasted text"), ("<html></html>", "pasted")]
)
def test_pasted_text_that_is_no_table_stays(open_page, text, problem):
    at = open_page("data", example="drug")
    at.text_area(key="pasted").set_value(text)
    at = next(b for b in at.button if b.label == "Read").click().run()
    (said,) = errors(at)
    assert problem in said and "drug: 40 rows" in texts(at)
    assert at.text_area(key="pasted").value == text
    assert errors(at.run()) == [said]  # as long as the text stands there


def test_a_sheet_of_a_workbook_is_chosen(open_page):
    book = io.BytesIO()
    with pd.ExcelWriter(book) as writer:
        pd.DataFrame({"g": list("aabb"), "y": [1.5, 2, 3, 5]}).to_excel(writer, sheet_name="first", index=False)
        pd.DataFrame({"g": list("ccdd"), "z": [1.5, 2, 3, 5], "x": 1}).to_excel(writer, sheet_name="other", index=False)
    at = open_page("data")
    at.file_uploader(key="upload").upload("two.xlsx", book.getvalue(), "").run()
    assert "two.xlsx, first: 4 rows, 2 columns" in texts(at) and not errors(at)
    sheet = next(s for s in at.selectbox if s.label == "Sheet or table")
    assert sheet.options == ["first", "other"]
    sheet.set_value("other").run()
    assert "two.xlsx, other: 4 rows, 3 columns" in texts(at) and not errors(at)


def test_the_mixed_model_in_a_file_is_suggested(open_page):
    settings = {"dep": "n", "model_terms": [["y"]], "re": [[["Intercept", "group"]]]}
    at = open_page("data")
    at.file_uploader(key="upload").upload("a.omv", made.omv(made.gamlj("gamljmixed", settings)), "").run()
    assert at.query_params["formula"] == "n ~ y + (1 | group)" and not errors(at)
    assert "that was set up in jamovi is suggested" in texts(at)


def test_one_variable_limits_the_upload_everywhere(open_page, monkeypatch):
    before = config.get_option("server.maxUploadSize")
    monkeypatch.setenv("LMMCOMPARE_MAX_MB", "1.5")
    try:
        at = open_page("data")
        box = at.file_uploader(key="upload")
        assert "up to 1.5 MB" in box.label
        assert box.proto.max_upload_size_mb == config.get_option("server.maxUploadSize") == 2
        box.upload("big.csv", b"a,b\n" + b"1,2\n" * 400_000, "text/csv").run()
        assert "1.60 MB; at most 1.50 MB" in errors(at)[0]
    finally:
        config.set_option("server.maxUploadSize", before)


def test_a_wide_table_is_one_click_from_its_comparison(open_page):
    at = open_page("data")
    at.file_uploader(key="upload").upload("wide.csv", WIDE.encode(), "text/csv").run()
    assert "Each row holds a measurement taken 3 times" in texts(at)
    at = press(at, "long offer")
    assert "wide.csv, changed: 11 rows, 4 columns" in texts(at) and columns(at) == ["subject", "sex", "time", "score"]
    assert "4 rows became 11; 1 row without a measurement left out" in texts(at)
    assert at.query_params["formula"] == "score ~ time + (1 | subject)"
    compared = at.switch_page("pages/compare.py").run()
    assert not errors(compared) and "more score per unit of time" in texts(compared)


def test_measurements_that_a_person_picks_and_names(changing):
    at = changing("cold,warm\n1.5,2.5\n2.25,1\n3.125,4\n")
    (box,) = [box for box in at.multiselect if box.label == "Columns that hold measurements"]
    box.set_value(["cold", "warm"]).run()
    assert "3 rows become 6, 2 for each “id”" in texts(at)
    names = {box.label: box for box in at.text_input}
    names["The measurement is called"].set_value("rt")
    names["Its time is called"].set_value("rt")
    at.run()
    assert "Two columns would be called “rt”" in errors(at)[0]
    {box.label: box for box in at.text_input}["Its time is called"].set_value("setting").run()
    at = press(at, "do long")
    assert columns(at) == ["id", "setting", "rt"] and at.query_params["formula"] == "rt ~ setting + (1 | id)"


def test_rows_types_and_names_are_changed_and_taken_back(changing):
    at = changing(example="sleepstudy")
    at.selectbox(key="rows column").set_value("Days").run()
    at.number_input(key="rows low Days").set_value(2.0).run()
    assert "144 of 180 rows kept: “Days” from 2." in texts(at)
    at = press(at, "do rows")
    assert "sleepstudy, changed: 144 rows" in texts(at) and "upload" in at.query_params

    at.selectbox(key="type column").set_value("Days").run()
    at.segmented_control(key="type to Days").set_value("category").run()
    at.selectbox(key="baseline Days").set_value("9").run()
    assert "8 categories, compared with “9”" in texts(at)
    at = press(at, "do type")
    assert (
        at.query_params["formula"] == "Reaction ~ Days + (1 | Subject)"
    )  # a slope for each of 8 days would be too much
    assert not errors(at.switch_page("pages/compare.py").run())
    at = at.switch_page("pages/data.py").run()

    at.session_state["change"] = True
    at.run()
    at.selectbox(key="rename column").set_value("Reaction").run()
    at.text_input(key="rename to").set_value("ms").run()
    at = press(at, "do rename")
    assert columns(at) == ["ms", "Days", "Subject"] and "What was changed" in texts(at)

    at = press(at, "take back 0")
    assert "sleepstudy, changed: 180 rows" in texts(at) and columns(at) == ["ms", "Days", "Subject"]
    at = press(at, "take back 1")
    at = press(at, "take back 0")
    assert "sleepstudy: 180 rows" in texts(at) and "What was changed" not in texts(at)
    assert at.query_params == {"example": "sleepstudy", "formula": examples.get("sleepstudy").formula}
    pd.testing.assert_frame_equal(table_sources.find("sleepstudy").frame, examples.load("sleepstudy"))


def test_a_step_that_a_later_one_needs_stays(changing):
    at = changing(WIDE)
    at = press(at, "long offer")
    at.selectbox(key="rows column").set_value("score").run()
    at.segmented_control(key="rows by score").set_value("present").run()
    at.segmented_control(key="rows by score").set_value("between").run()
    at.number_input(key="rows high score").set_value(5.0).run()
    at = press(at, "do rows")
    at = press(at, "take back 0")
    assert "Step 1: There is no column “score”" in errors(at)[0]
    assert "mine.csv, changed: 10 rows" in texts(at)


def test_values_to_keep(changing):
    at = changing(example="drug")
    at.selectbox(key="rows column").set_value("ID").run()
    at.multiselect(key="rows values ID").set_value(["1", "2"]).run()
    assert "20 of 40 rows kept: “ID” is 1, 2." in texts(at)
    assert "drug, changed: 20 rows" in texts(press(at, "do rows"))


def test_a_filter_that_keeps_nothing_or_everything_is_not_offered(changing):
    at = changing(example="sleepstudy")
    at.selectbox(key="rows column").set_value("Days").run()
    assert "All 180 rows are kept" in texts(at)
    at.number_input(key="rows low Days").set_value(99.0).run()
    assert "0 of 180 rows kept" in texts(at)
    assert "do rows" not in [b.key for b in at.button]


def test_columns_with_odd_names_are_text_everywhere(changing):
    name = "<b>*x*</b> ![a](http://evil/x.png)"
    at = changing(f'"{name}",y_1,y_2\na,1.5,2\nb,2.25,3\nc,3.5,1\n')
    assert not errors(at)
    at.selectbox(key="type column").set_value(name).run()
    at.segmented_control(key=f"type to {name}").set_value("category").run()
    at = press(at, "do type")
    at = press(at, "long offer")
    assert columns(at) == [name, "time", "y"] and "<b>*x*</b>" in texts(at)
    assert not [h for h in at.get("html") if "<b>" in h.proto.body or "<img" in h.proto.body]


def test_what_cannot_be_a_number_is_said(changing):
    at = changing("who,x\n" + "\n".join(f"{'abc'[k % 3]},{'n/k' if k == 4 else k}" for k in range(9)))
    at.selectbox(key="type column").set_value("x").run()
    at.segmented_control(key="type to x").set_value("number").run()
    assert "1 row with “n/k” became missing" in texts(at)
    at = press(at, "do type")
    assert np.isnan(at.dataframe[len(at.dataframe) - 1].value["x"]).sum() == 1
    at.selectbox(key="type column").set_value("who").run()
    at.segmented_control(key="type to who").set_value("number").run()
    assert "No value of “who” is a number, such as “a”" in errors(at)[0]


def test_what_a_large_table_takes_is_said(open_page, upload):
    key = upload(pd.DataFrame({"g": np.arange(400_000) % 50, "y": np.arange(400_000) % 97 / 7}))
    assert "It takes 6 MB in memory." in texts(open_page("data", upload=key))


@pytest.fixture
def timed():
    """Reaction times of 12 persons, one of them "timeout"."""
    rng = np.random.default_rng(3)
    people = pd.DataFrame({"participant": np.repeat([f"p{k}" for k in range(12)], 10), "trial": np.tile(range(10), 12)})
    times = people.assign(
        **{"RT (ms)": rng.normal(500, 50, 120).round(1).astype(str), "age": np.repeat(range(20, 32), 10)}
    )
    times.loc[7, "RT (ms)"] = "timeout"
    return times.to_csv(index=False)


def test_stray_text_is_made_missing_with_one_button(open_page, timed):
    at = open_page("data")
    at.file_uploader(key="upload").upload("times.csv", timed.encode(), "text/csv").run()
    assert "“RT (ms)” holds numbers but for text in 1 row: “timeout”." in texts(at)
    assert "formula" not in at.query_params  # of numbers there are trials only
    assert at.button(key="numbers RT (ms)").label == "Read “RT (ms)” as numbers: 1 row becomes missing"
    at = press(at, "numbers RT (ms)")
    assert "times.csv, changed: 120 rows" in texts(at)
    assert "1 row with “timeout” became missing" in texts(at) and "holds numbers but for text" not in texts(at)
    assert at.query_params["formula"].startswith("`RT (ms)` ~ ")  # suggested afresh
    compared = at.switch_page("pages/compare.py").run()
    assert not errors(compared)
    sidebar = " ".join(part.proto.body for part in compared.sidebar.get("html"))
    assert "12 groups of 10 rows each, before 1 row with missing values is left out" in sidebar
    at = press(compared.switch_page("pages/data.py").run(), "take back 0")
    assert "formula" not in at.query_params


def test_a_formula_of_ones_own_outlives_a_column_read_as_numbers(open_page, timed):
    at = open_page("data")
    at.file_uploader(key="upload").upload("times.csv", timed.encode(), "text/csv").run()
    at.query_params["formula"] = "age ~ trial + (1 | participant)"
    at = press(at.run(), "numbers RT (ms)")
    assert at.query_params["formula"] == "age ~ trial + (1 | participant)"


def test_values_beyond_a_limit_of_detection_are_offered_with_what_may_stand_for_them(open_page):
    values = ["<0.5" if k % 9 == 4 else f"{0.5 + (k * 37 % 60) / 10}" for k in range(60)]
    rows = "".join(f"s{k % 6},{k % 10},{value}\n" for k, value in enumerate(values))
    n = values.count("<0.5")
    at = open_page("data")
    at.file_uploader(key="upload").upload("lead.csv", f"site,depth,lead\n{rows}".encode(), "text/csv").run()
    assert f"In {n} rows the value is beyond a limit of detection" in texts(at)
    assert f"{n} rows become missing" in at.button(key="numbers lead").label
    assert f"{n} rows" in at.button(key="numbers lead limit").label
    at = press(at, "numbers lead half")
    assert f"half of the limit stands for “<0.5” in {n} rows" in texts(at)
    assert upload_address.read(at.query_params["upload"]).steps == Recipe((Retype("lead", "number", ("half",)),))
    assert at.session_state["analysis"].frame()["lead"].min() == 0.25
    at = press(at, "take back 0")
    assert "beyond a limit of detection" in texts(at)


def test_names_in_the_first_row_of_a_group_are_filled_down_with_one_button(open_page):
    rows = "".join(f"{f'site {k // 8}' * (k % 8 == 0)},{k % 8},{k * 7 % 23}.5\n" for k in range(48))
    at = open_page("data")
    at.file_uploader(key="upload").upload("sites.csv", f"site,depth,lead\n{rows}".encode(), "text/csv").run()
    assert "“site” has no value in 42 of 48 rows" in texts(at) and "6 groups of 8 rows each of “site”" in texts(at)
    assert at.button(key="fill down").label == "Fill “site” down: 42 rows"
    at = press(at, "fill down")
    assert "42 rows took the value of the row above" in texts(at)
    assert at.query_params["formula"] == "lead ~ depth + (1 | site)"
    at = press(at, "take back 0")
    assert "“site” has no value in 42 of 48 rows" in texts(at)


def test_many_columns_with_stray_text_are_not_all_named(open_page):
    names = [f"v{k}" for k in range(8)]
    rows = [f"g{k % 5}," + ",".join("out" if k == 3 else f"{(k * 7 + c) % 23}.5" for c in range(8)) for k in range(40)]
    at = open_page("data")
    at.file_uploader(key="upload").upload(
        "many.csv", "\n".join(["g," + ",".join(names), *rows]).encode(), "text/csv"
    ).run()
    assert len({b.label for b in at.button if "as numbers" in b.label}) == 5  # told apart by their labels
    assert "So do 3 more columns; “Column types” below reads them as numbers." in texts(at)


def test_codes_for_missing_values_are_offered_and_never_taken(open_page):
    rows = "".join(f"p{k % 4},{18 + k},{-99 if k == 5 else k / 2}\n" for k in range(40))
    at = open_page("data")
    at.file_uploader(key="upload").upload("ages.csv", f"person,age,score\n{rows}".encode(), "text/csv").run()
    assert "“score” holds −99 in 1 row, far from its other values" in texts(at)
    assert at.button(key="missing score").label == "Read −99 of “score” as missing: 1 row"
    at = press(at, "missing score")
    assert "“score”: -99 became missing in 1 row." in texts(at) and "far from its other values" not in texts(at)
    at = press(at, "take back 0")
    assert "far from its other values" in texts(at)


def test_identifiers_stay_text_and_may_become_numbers(open_page):
    rows = "".join(f"{1 + k // 24}.{1 + k % 12},g{k % 3},{k * 7 % 11}.5\n" for k in range(48))
    at = open_page("data")
    at.file_uploader(key="upload").upload("plots.csv", f"plot,block,y\n{rows}".encode(), "text/csv").run()
    assert "“plot” is kept as text: as numbers its 24 different values would be 22" in texts(at)
    at.query_params["formula"] = "y ~ 1 + (1 | block)"
    at = at.run()
    assert at.button(key="numbers plot").label == "Read “plot” as numbers: 24 different texts become 22 numbers"
    at = press(at, "numbers plot")
    assert "“plot” holds numbers; 24 different texts became 22 numbers." in texts(at)


def choose(at, how: str):
    """Say what the new column is."""
    (box,) = [box for box in at.selectbox if box.label == "What it is"]
    return box.set_value(how).run()


def test_a_new_column_shows_its_values_first_and_is_taken_back(changing):
    at = changing(example="sleepstudy")
    choose(at, "change")
    at.selectbox(key="new of change").set_value("Reaction").run()
    assert at.multiselect(key="new by change Reaction").value == ["Subject"]
    at.selectbox(key="new order change Reaction").set_value("Days").run()
    assert "“Reaction_change” is “Reaction” less the first of its “Subject” by “Days”." in texts(at)
    at = press(at, "do new")
    assert columns(at)[-1] == "Reaction_change" and "sleepstudy, changed: 180 rows, 4 columns" in texts(at)
    assert not errors(at) and not [button for button in at.button if button.key == "do new"]
    at = press(at, "take back 0")
    assert "sleepstudy: 180 rows, 3 columns" in texts(at)


def test_what_is_not_said_yet_is_asked_for_and_is_no_error(changing):
    at = changing(example="sleepstudy")
    choose(at, "cut")
    at.selectbox(key="new of cut").set_value("Days").run()
    assert not errors(at) and "“Days” goes from 0 to 9" in texts(at)
    assert not [button for button in at.button if button.key == "do new"]
    at.text_input(key="new points Days").set_value("2, 5").run()
    assert not errors(at) and "“Days_range” is “Days” cut at 2, 5." in texts(at)


def test_values_stand_ready_to_be_recoded_and_those_left_stay(changing):
    at = changing(example="machines")
    choose(at, "recode")
    at.selectbox(key="new of recode").set_value("Machine").run()
    box = at.text_area(key="new recode Machine")
    assert box.value.split() == ["A", "=", "B", "=", "C", "="] and not errors(at)
    box.set_value("A = old\nB = old\nC = ").run()
    assert "“Machine_new” is “Machine” with A as old, B as old" in texts(at)


def test_rows_are_numbered_in_their_groups_whatever_else_there_is(changing):
    at = changing(example="sleepstudy")
    choose(at, "number")
    assert "“number_in_Subject” is the number of the row in its “Subject” in the table’s order." in texts(at)
    at = press(at, "do new")
    assert columns(at)[-1] == "number_in_Subject" and not errors(at)


def test_without_a_date_it_is_said_how_to_have_one(changing):
    at = changing(example="sleepstudy")
    choose(at, "days")
    assert "No column holds dates." in texts(at) and not errors(at)


def test_within_and_between_is_one_button(open_page):
    at = open_page("data", example="cv161703")
    at = press(at, "within between X")
    assert at.query_params["formula"] == "Y ~ X_within + X_mean + (1 | ID)"
    assert columns(at)[-2:] == ["X_within", "X_mean"]
    compared = at.switch_page("pages/compare.py").run()
    assert not errors(compared)


def test_classes_in_schools_get_both_means(open_page):
    rng = np.random.default_rng(9)
    school, room = np.repeat(np.arange(12), 20), np.tile(np.repeat([1, 2, 3, 4], 5), 12)
    x = rng.normal(size=12)[school] + rng.normal(size=48)[school * 4 + room - 1] + rng.normal(size=240)
    y = x + rng.normal(size=12)[school] + rng.normal(size=48)[school * 4 + room - 1] + rng.normal(size=240)
    frame = pd.DataFrame({"school": [f"s{k}" for k in school], "class": room, "x": x, "y": y})
    at = open_page("data")
    at.file_uploader(key="upload").upload("pupils.csv", frame.to_csv(index=False).encode(), "text/csv").run()
    at = open_page("data", upload=at.query_params["upload"], formula="y ~ x + (1 | school/class)")
    at = press(at, "within between x")
    assert "x_within + x_mean_school_class + x_mean_school" in at.query_params["formula"]
    assert not errors(at.switch_page("pages/compare.py").run())


def upload(open_page, text: str):
    """The page with a table of this text."""
    return open_page("data").file_uploader(key="upload").upload("mine.csv", text.encode(), "text/csv").run()


def test_totals_at_the_end_are_left_out_with_one_button(open_page):
    rows = [f"p{k // 4},{k % 4},{50 + k**1.5:.1f}" for k in range(24)]
    at = upload(open_page, "plant,day,height\n" + "\n".join([*rows, "Total,,2400", "Mean,,100"]))
    assert "“Total”, “Mean”" in texts(at)
    at = press(at, "summary rows")
    assert "24 rows, 3 columns" in texts(at) and not any(b.key == "summary rows" for b in at.button)


def test_dates_that_may_be_either_way_are_read_as_a_person_says(open_page):
    rows = [f"p{k // 4},0{k % 4 + 1}/0{k // 4 + 1}/2024,{50 + k**1.5:.1f}" for k in range(24)]
    at = upload(open_page, "plant,day,height\n" + "\n".join(rows))
    at = press(at, "dates day month, day, year")
    assert table_sources.find(at.session_state["analysis"].table).frame["day"].dt.month.max() == 4
    rows[-1] = "p5,31/12/2024,60.0"  # which tells
    at = upload(open_page, "plant,day,height\n" + "\n".join(rows))
    assert [b.key for b in at.button if "dates day" in (b.key or "")] == ["dates day day, month, year"]
    at = press(at, "dates day day, month, year")
    assert table_sources.find(at.session_state["analysis"].table).frame["day"].iloc[-1] == pd.Timestamp("2024-12-31")
    days = pd.date_range("2024-01-30", periods=12).strftime("%Y%m%d")  # as a weather service writes them
    rows = [f"{200 + station},{day},{station + k / 7:.2f}" for station in range(3) for k, day in enumerate(days)]
    at = press(upload(open_page, "STATIONS_ID,MESS_DATUM,TMK\n" + "\n".join(rows)), "dates MESS_DATUM year, month, day")
    found = table_sources.find(at.session_state["analysis"].table).frame["MESS_DATUM"]
    assert found.max() == pd.Timestamp("2024-02-10")


def test_amounts_of_money_are_numbers_with_one_button(open_page):
    rows = [f'shop {k // 4},{k % 4},"$1,{100 + 7 * k % 24}.50"' for k in range(24)]
    at = upload(open_page, "shop,week,sales\n" + "\n".join(rows))
    at = press(at, "numbers sales")
    frame = table_sources.find(at.session_state["analysis"].table).frame
    assert frame["sales"].tolist() == [1100.5 + 7 * k % 24 for k in range(24)]
    assert at.session_state["analysis"].formula == "sales ~ week + (1 | shop)"


def test_visits_that_letters_order_otherwise_are_put_in_the_order_of_their_numbers(open_page, upload):
    rows = [f"p{p},week {w},{(p * 7 + w) % 5}.5" for p in range(6) for w in (0, 4, 8, 12)]
    table = upload("\n".join(["patient,visit,y", *rows]).encode())
    at = press(open_page("compare", upload=table, formula="y ~ visit + (1 | patient)"), "order visit")
    changed = at.session_state["analysis"].frame()
    assert changed["visit"].cat.categories.tolist() == ["week 0", "week 4", "week 8", "week 12"]
    assert at.session_state["analysis"].formula == "y ~ visit + (1 | patient)"
    assert not [button for button in at.button if button.key == "order visit"]
