"""JSON in every shape and encoding in which pandas writes it: the same table each time, rows' labels and levels kept."""

from __future__ import annotations

import json
import warnings

import pandas as pd
import pytest

from lmmcompare.data.read import read
from lmmcompare.errors import DataError

pytestmark = pytest.mark.usefixtures("by_fork")


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "arm": pd.Categorical(["low", "high", "low", None], categories=["low", "high", "unused"], ordered=True),
            "id": ["01", "1", "02", "2"],
            "day": pd.to_datetime(["2021-01-15"] * 4),
            "y": [1.5, None, 2.0, 3.25],
        }
    )


def written(orient: str | None, table: pd.DataFrame | None = None) -> str:
    options = {"lines": True, "orient": "records"} if orient == "lines" else {"orient": orient} if orient else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (frame() if table is None else table).to_json(date_format="iso", **options)


ORIENTS = [None, "columns", "index", "records", "split", "table", "values", "lines"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("orient", ORIENTS)
def test_every_orient_in_every_encoding(orient, encoding):
    back = read(written(orient).encode(encoding), "a.json").frame
    if orient == "values":
        back.columns = list(frame().columns)
    assert list(back.columns) == ["arm", "id", "day", "y"]
    assert back["id"].tolist() == ["01", "1", "02", "2"]
    assert back["day"].tolist() == [pd.Timestamp("2021-01-15")] * 4
    assert back["y"].tolist()[2:] == [2.0, 3.25] and back["y"].isna().tolist() == [False, True, False, False]
    assert back["arm"].astype(object).where(back["arm"].notna(), None).tolist() == ["low", "high", "low", None]
    if orient == "table":
        assert back["arm"].cat.categories.tolist() == ["low", "high", "unused"]


@pytest.mark.parametrize("orient", [None, "index", "split", "table"])
def test_labels_of_rows_are_a_column(orient):
    named = frame().set_axis(["Ann", "Bob", "Cem", "Dee"])
    back = read(written(orient, named).encode(), "a.json").frame
    assert back.iloc[:, 0].tolist() == ["Ann", "Bob", "Cem", "Dee"] and len(back.columns) == 5


def test_several_levels_of_labels_are_a_column_each():
    named = frame().set_index(["id", frame()["arm"].astype(str)])
    back = read(written("split", named).encode(), "a.json").frame
    assert back["row_1"].tolist() == ["01", "1", "02", "2"] and back["row_2"].tolist()[:3] == ["low", "high", "low"]


@pytest.mark.parametrize("orient", [None, "index"])
def test_levels_that_pandas_writes_as_one_text_are_a_column_each(orient):
    """By rows, the pupils were columns and y and x the rows; by columns, a school was no group."""
    levels = pd.MultiIndex.from_product([["a", "b'c"], [1, 2.5]])
    table = pd.DataFrame({"y": [1.5, 2, 3, 4], "x": [1, 2, 3, 4]}, levels)
    back = read(written(orient, table).encode(), "a.json")
    assert back.frame["row_1"].tolist() == ["a", "a", "b'c", "b'c"] and back.frame["row_2"].tolist() == [1, 2.5] * 2
    assert back.frame["y"].tolist() == [1.5, 2, 3, 4] and list(back.frame) == ["row_1", "row_2", "y", "x"]
    assert "were taken for rows, since there are more of them" in back.notes[0]


@pytest.mark.parametrize("orient", [None, "split", "records"])
def test_columns_of_several_levels_have_one_name_each(orient):
    names = pd.MultiIndex.from_tuples([("y", 1), ("y", 2)])
    back = read(written(orient, pd.DataFrame([[1, 2], [3, 4], [5, 6]], columns=names)).encode(), "a.json")
    assert back.frame.to_dict("list") == {"y_1": [1, 3, 5], "y_2": [2, 4, 6]}
    assert "Names of several levels are one name each: “y_1”, “y_2”." in back.notes


@pytest.mark.parametrize(("rows", "sure"), [(["Ann", "Bob"], False), (["Ann", "Bob", "Cem"], False), ([5, 7], True)])
def test_rows_that_nothing_tells_from_columns(rows, sure):
    """Numbers alone by rows of names: who was a row was a column, without a word."""
    table = pd.DataFrame({"y": [1.5, 2, 3][: len(rows)], "x": [1, 2, 3][: len(rows)]}, rows)
    back = read(written("index", table).encode(), "a.json")
    turned = len(rows) == 2 and not sure  # two by two: what pandas writes unless told otherwise, and it is said
    assert back.frame["row"].tolist() == (["y", "x"] if turned else rows)
    assert any('save it with orient="records"' in note for note in back.notes) != sure
    assert not read(written("index").encode(), "a.json").notes[0].startswith("Nothing")


def test_the_names_of_levels_in_the_tight_shape():
    levels = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["school", "pupil"])
    tight = json.dumps(pd.DataFrame({"y": [1, 2, 3, 4]}, levels).to_dict("tight"))
    back = read(tight.encode(), "a.json").frame
    assert back.to_dict("list") == {"school": ["a", "a", "b", "b"], "pupil": [1, 2, 1, 2], "y": [1, 2, 3, 4]}


@pytest.mark.parametrize("orient", [None, "index", "records", "split", "lines"])
def test_milliseconds_since_1970_are_dates_as_pandas_writes_them(orient):
    options = {"orient": orient} if orient != "lines" else {"orient": "records", "lines": True}
    days = pd.to_datetime(["2021-01-15", None, "1969-12-31", "2024-02-29"])
    times = pd.to_datetime(["2021-01-15 10:00:01", "2021-01-15 11:30:00", None, "2022-01-01 00:00:00"])
    table = pd.DataFrame({"day": days, "start_time": times, "n": [86_400_000, 0, 1, 2], "id": [1580429000000] * 4})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = read(table.to_json(**options).encode(), "a.json")
    assert table.frame["day"].tolist() == days.tolist() and table.frame["start_time"].tolist() == times.tolist()
    assert table.frame["n"].tolist() == [86_400_000, 0, 1, 2] and table.frame["id"].dtype == "int64"
    assert "1970 were read as dates: “day”, “start_time”." in " ".join(table.notes)


def test_years_as_labels_of_rows():
    table = pd.DataFrame({"a": [1.5, 2.5], "b": [3.5, 4.5]}, index=[2019, 2020])
    back = read(written(None, table).encode(), "a.json").frame
    assert back.to_dict("list") == {"row": [2019, 2020], "a": [1.5, 2.5], "b": [3.5, 4.5]}


@pytest.mark.parametrize("text", ['{"a": {"b": {"c": 1}}}', '{"a": {}, "b": {}}', '{"a": {"x": 1}, "b": 2}'])
def test_objects_that_are_no_table(text):
    with pytest.raises(DataError, match="no table was found"):
        read(text.encode(), "a.json")


def test_levels_that_do_not_cover_the_values_are_left():
    schema = '{"schema": {"fields": [{"name": "a", "constraints": {"enum": ["x"]}}]}, "data": [{"a": "x"}, {"a": "y"}]}'
    assert read(schema.encode(), "a.json").frame["a"].tolist() == ["x", "y"]
