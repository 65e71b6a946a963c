"""Lines above the header, and more than one line of names: titles, units, long names, names over two lines."""

from __future__ import annotations

import io

import numpy as np
import pytest
import xlsxwriter

from lmmcompare.data.csv_dialect import SAMPLE_BYTES
from lmmcompare.data.read import read
from lmmcompare.data.readers.header_lines import header_lines, header_row
from lmmcompare.errors import DataError

ROWS = [[f"p{k // 4}", str(k % 4), f"{20 + k * 1.5:.1f}"] for k in range(24)]
NAMES = ["plant", "day", "height"]


def lines(*rows: list[str], separator: str = ",") -> bytes:
    return "".join(separator.join(row) + "\n" for row in rows).encode()


def expected(table) -> bool:
    return (
        list(table.frame) == NAMES
        and table.frame["plant"].tolist() == [row[0] for row in ROWS]
        and np.allclose(table.frame["height"], [float(row[2]) for row in ROWS])
    )


@pytest.mark.parametrize(
    "title",
    [
        [["Report of the trial"]],
        [["Report of the trial"], ["Created: 2024-03-01"], []],
        [["Report (made by hand)"], ["in short"], ["2024"]],
        [["Report of the trial", "", ""], ["", "", ""]],
        [["Report of the trial", " spring 2025"]],
        [["Report of the trial", " spring 2025"], ["by A", " B"], []],
        [["Report of the trial", " spring", " three", " schools"]],
        [["Report of the trial", " spring", " 3", " schools"], [], ["by A", " B", " C", " D"]],
        [["Report of the trial", " spring", " 3"]],
        [["Report of the trial"] * 3],
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_titles_above_the_header_are_left_out(title, separator):
    table = read(lines(*title, NAMES, *ROWS, separator=separator), "a.csv")
    assert expected(table) and any("Left out above the header: “Report" in note for note in table.notes)


def test_cells_of_a_title_are_kept_apart():
    table = read(b"#1.2\n2\t3\n" + lines(NAMES, *ROWS, separator="\t"), "a.gct")  # as GTEx writes it
    assert expected(table) and any("“#1.2”, “2 3”" in note for note in table.notes)


def test_a_word_above_cells_that_all_stand_in_quotes_is_a_title():
    text = "Activities\nDate,Calories Burned,Steps\n" + "".join(
        f'"{k:02}-03-2024","2,{k:03}","8,518"\n' for k in range(1, 9)
    )
    table = read(text.encode(), "a.csv")  # as Fitbit exports it
    assert list(table.frame) == ["Date", "Calories Burned", "Steps"] and len(table.frame) == 8
    assert any("Left out above the header: “Activities”" in note for note in table.notes)


@pytest.mark.parametrize("below", [["a,1,2", "b,3,4"], ["a, 1, 2", "b, 3, 4"], ["x,NA,NA", "b,3,4", "c,5,6"]])
def test_blanks_after_the_commas_of_names_make_no_title(below):
    table = read("\n".join(["plot, height, weight", *below]).encode(), "a.csv")
    assert list(table.frame) == ["plot", "height", "weight"] and len(table.frame) == len(below)


def test_a_header_without_the_name_of_the_rows_is_no_title():
    numbered = [[str(k), *row] for k, row in enumerate(ROWS, 1)]
    for first in (numbered[0], ["first", "p0", "NA", "NA"]):
        table = read(lines(NAMES, first, *numbered[1:]), "a.csv")
        assert list(table.frame) == ["row", *NAMES] and len(table.frame) == len(ROWS)


@pytest.mark.parametrize(
    "below",
    [
        [["Source: the trial of 2024"]],
        [[], ["Source"], ["2024"]],
        [[], ["Made by hand", " checked"], [], []],
        [["```"]],
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_remarks_below_the_rows_are_left_out_and_said(below, separator):
    table = read(lines(NAMES, *ROWS, *below, separator=separator), "a.csv")
    assert expected(table) and any("Left out below the rows: “" in note for note in table.notes)


@pytest.mark.parametrize("end", ["p6", "p6,1", "p6,1,", "p6,1,5,7"])
def test_the_last_row_of_a_file_that_was_cut_off_is_no_remark(end):
    content = lines(NAMES, *ROWS) + end.encode()
    if end.count(",") == 2:
        assert len(read(content, "a.csv").frame) == len(ROWS) + 1
    else:
        with pytest.raises(DataError, match=f"Line {len(ROWS) + 2} of"):
            read(content, "a.csv")


def test_where_rows_begin_with_several_words_a_short_line_is_no_remark():
    rows = [[f"New {row[0]}", *row[1:]] for row in ROWS]
    with pytest.raises(DataError, match="as expected"):
        read(lines(NAMES, *rows, ["New p6", "1"]), "a.csv")


@pytest.mark.parametrize("end", [b"\x1a", b"\0\0\0", b"\r\n\x1a"])
def test_signs_that_end_a_file_are_passed_over(end):
    assert expected(read(lines(NAMES, *ROWS) + end, "a.csv"))


def test_a_line_that_is_uneven_below_a_title_is_named():
    with pytest.raises(DataError, match="Line 8 of"):
        read(lines(["A title"], [], NAMES, *ROWS[:4], ["p9", "1", "2", "3"], *ROWS[4:]), "a.csv")


def test_prose_is_no_table():
    prose = b"Dear all,\nthis is no table, as you see.\nIt has commas, some, here, and there.\nYours\n"
    with pytest.raises(DataError):
        read(prose, "a.csv")


def test_units_below_the_names_are_labels():
    table = read(lines(NAMES, ["", "(days)", "(cm)"], *ROWS), "a.csv")
    assert expected(table) and table.labels == {"day": "(days)", "height": "(cm)"} and table.further_lines == 1
    as_said = read(lines(NAMES, ["", "(days)", "(cm)"], *ROWS), "a.csv", header=True)
    assert len(as_said.frame) == len(ROWS) + 1 and as_said.further_lines == 0


def test_the_three_lines_of_qualtrics():
    ids = ['"{""ImportId"":""QID1""}"', '"{""ImportId"":""QID2""}"', '"{""ImportId"":""QID3_TEXT""}"']
    table = read(lines(NAMES, ["Which plant?", "Which day?", '"How high, in cm?"'], ids, *ROWS), "a.csv")
    assert expected(table) and table.further_lines == 2
    assert table.labels == {"plant": "Which plant?", "day": "Which day?", "height": "How high, in cm?"}


def test_the_questions_of_a_long_survey_are_labels_too():
    """Beyond the bytes that tell the dialect they were taken for two more rows, and every answer for text."""
    names = [f"Q{k}" for k in range(800)]
    asked = [f"How much do you agree with statement {k}? {'It is a long one. ' * 16}".strip() for k in range(800)]
    ids = [f'"{{""ImportId"":""QID{k}""}}"' for k in range(800)]
    answers = [[str((k + row) % 5 + 1) for k in range(800)] for row in range(12)]
    content = "\n".join(",".join(line) for line in (names, asked, ids, *answers)).encode()
    assert len(content) > SAMPLE_BYTES
    table = read(content, "a.csv")
    assert table.further_lines == 2 and table.labels["Q799"] == asked[799]
    assert table.frame.shape == (12, 800) and set(table.frame.dtypes) == {np.dtype("int64")}


def workbook(*rows: list) -> bytes:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink) as book:
        sheet = book.add_worksheet()
        for k, row in enumerate(rows):
            sheet.write_row(k, 0, row)
    return sink.getvalue()


def test_names_over_two_lines_of_a_workbook():
    rows = [[k, f"s{k // 6}", 40 + k, 41.5 + k, 44 + k, 46.5 + k] for k in range(1, 25)]
    first, second = ["pupil", "school", "pre", "", "post", ""], ["", "", "maths", "reading", "maths", "reading"]
    table = read(workbook(["A title"], first, second, *rows), "a.xlsx")
    assert list(table.frame) == ["pupil", "school", "pre maths", "pre reading", "post maths", "post reading"]
    assert table.frame.to_numpy().tolist() == rows
    table = read(workbook(["pupil", "score"], ["number", "points"], *[[k, k * 1.5] for k in range(9)]), "a.xlsx")
    assert table.labels == {"pupil": "number", "score": "points"} and len(table.frame) == 9


@pytest.mark.parametrize(
    "first_row",
    [
        ["p0", "0", "NA"],
        ["p0", "NA", "NA"],
        ["p0", "0", "none yet"],
        ["p0", "late", "0.5"],
        ["p0", "NA", "<0.1"],  # text above one column alone may be a value
    ],
)
def test_a_row_of_data_stays(first_row):
    assert len(read(lines(NAMES, first_row, *ROWS), "a.csv").frame) == len(ROWS) + 1


def test_text_that_is_found_again_below_is_data():
    rows = [["a", "lost", "lost"], ["b", "1", "2"], ["c", "3", "4"], ["d", "5", "6"], ["e", "lost", "7"]]
    assert header_lines(["id", "x", "y"], rows).further == 0
    assert header_lines(["id", "x", "y"], [["a", "cm", "kg"], *rows[1:]]).further == 1
    assert header_lines(["id", "x"], [["a", "b"], ["c", "d"], ["e", "f"]]).further == 0  # no numbers to tell by


def test_where_the_header_stands():
    assert header_row([["t", "", ""], ["", "", ""], ["a", "b", ""], ["1", "2", "3"]]) == 2
    assert header_row([["a", "b"]]) == 0 and header_row([["a"], ["b"]]) == 0


def test_a_second_line_tells_columns_of_one_name_apart():
    """Each of two columns called before had the label of the last one, and nothing told them apart."""
    rows = [[str(k // 3), *(str(k + j) for j in range(4))] for k in range(12)]
    head = ["school", "before", "before", "after", "after"]
    table = read(lines(head, ["", "maths", "reading", "maths", "reading"], *rows), "a.csv")
    assert list(table.frame) == ["school", "before maths", "before reading", "after maths", "after reading"]
    assert table.frame["before reading"].tolist() == list(range(1, 13)) and table.labels == {}
    assert any("columns that had one name, such as “after maths”" in note for note in table.notes)
    mixed = read(lines(head[:3], ["no.", "cm", "mm"], *[row[:3] for row in rows]), "a.csv")
    assert list(mixed.frame) == ["school", "before cm", "before mm"] and mixed.labels == {"school": "no."}


def test_the_rule_of_markdown_says_nothing():
    text = "| school | y |\n|:---|---:|\n" + "".join(f"| s{k // 3} | {k}.5 |\n" for k in range(12))
    table = read(text.encode(), "a.md")
    assert table.frame["y"].tolist() == [k + 0.5 for k in range(12)] and table.labels == {}
    assert not any("---" in note for note in table.notes)


@pytest.mark.parametrize("title", [[], [["Study 3"]]])
@pytest.mark.parametrize("of_excel", [False, True])
def test_names_that_stand_twice_take_what_stands_above_them(title, of_excel):
    rows = [*title, ["", "", "pre", "", "post", ""], ["id", "arm", "height", "weight", "height", "weight"]]
    rows += [["1", "a", 150, 60, 151, 61], ["2", "b", 160, 65, 161, 66], ["3", "a", 155, 58, 155, 59]]
    content = workbook(*rows) if of_excel else lines(*([str(cell) for cell in row] for row in rows), separator="\t")
    table = read(content, "a.xlsx" if of_excel else "a.tsv")
    assert list(table.frame) == ["id", "arm", "pre height", "pre weight", "post height", "post weight"]
    assert any("“pre height”" in note for note in table.notes)
    assert any("Left out above" in note for note in table.notes) == bool(title)


@pytest.mark.parametrize("of_excel", [False, True])
def test_names_that_stand_among_the_rows_once_more_are_no_row(of_excel):
    rows = [["id", "y"], ["a", 1.5], ["a", 2.5], ["id", "y"], ["b", 3.5]]
    content = workbook(*rows) if of_excel else lines(*([str(cell) for cell in row] for row in rows))
    table = read(content, "a.xlsx" if of_excel else "a.csv")
    assert table.frame["y"].tolist() == [1.5, 2.5, 3.5]
    assert "1 row with the names of the columns once more left out." in table.notes


SCHOOLS = [[str(k), *(f"{k}.{j}" for j in range(8))] for k in range(1, 20)]
MADE = ["id", *(f"{school} {wave} {what}" for school in "AB" for wave in ("pre", "post") for what in "hw")]


@pytest.mark.parametrize("id_at", [0, 1, 2])
def test_three_lines_of_names(id_at):
    above = [["", "A", "", "", "", "B", "", "", ""], ["", *["pre", "", "post", ""] * 2], ["", *"hwhwhwhw"]]
    above[id_at][0] = "id"
    table = read(lines(*above, *SCHOOLS), "a.csv")
    assert list(table.frame) == MADE and table.frame["B post w"].tolist() == [float(row[8]) for row in SCHOOLS]
    assert any("above the names make" in note for note in table.notes)


def test_three_lines_of_merged_names_in_a_workbook():
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 2, 0, "id")
        page.merge_range(0, 1, 0, 4, "school A")
        page.merge_range(1, 1, 1, 2, "pre")
        page.merge_range(1, 3, 1, 4, "post")
        page.write_row(2, 1, "hwhw")
        for k, row in enumerate(SCHOOLS, start=3):
            page.write_row(k, 0, list(map(float, row[:5])))
    table = read(sink.getvalue(), "a.xlsx")
    assert list(table.frame) == ["id", "pre h", "pre w", "post h", "post w"]
    assert "Left out above the header: “school A”." in table.notes


@pytest.mark.parametrize("settings", [[["Device", "ABC"]], [["Device", "ABC"], ["Serial", "123"], ["Operator", "J"]]])
def test_settings_above_a_blank_line_are_no_names(settings):
    """As a spreadsheet saves them: every line as wide as the widest."""
    padded = [[*row, ""] for row in settings]
    table = read(lines(*padded, ["", "", ""], NAMES, *ROWS), "a.csv")
    assert expected(table) and any("Left out above the header: “Device,ABC”" in note for note in table.notes)


def test_a_table_above_another_one_is_no_settings():
    wider = [["a", "b", "c", "d"], *([str(k)] * 4 for k in range(9))]
    table = read(lines(*([*row, ""] for row in (NAMES, *ROWS)), ["", "", "", ""], *wider), "a.csv")
    assert list(table.frame)[:3] == NAMES


def test_the_second_line_of_surveymonkey():
    """Items below questions, and nothing below a respondent's number; answers in words tell no numbers from names."""
    first = ["Respondent ID", "IP Address", "How satisfied are you?", "", "Class"]
    second = ["", "", "Teaching", "Room", "Open-Ended Response"]
    answers = [[f"1000{k}", "1.2.3.4", ("Agree", "Disagree")[k % 2], "Agree", f"c{k % 3}"] for k in range(12)]
    table = read(lines(first, second, *answers), "a.csv")
    assert list(table.frame) == [*first[:2], "How satisfied are you? Teaching", "How satisfied are you? Room", "Class"]
    assert len(table.frame) == 12 and table.frame["Respondent ID"].dtype == "int64"


def test_a_row_that_fills_a_column_without_a_name_stays_a_row():
    rows = [["", "x", "1"], *([f"p{k}", "x", str(k)] for k in range(2, 9))]
    assert len(read(lines(["person", "", "y"], *rows), "a.csv").frame) == 8
