"""Tables that are written down as Python code."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.read import read, read_text
from lmmcompare.errors import DataError

FRAME = pd.DataFrame({"id": [1, 1, 2, 2], "y": [1.5, -2.0, np.nan, 4.0], "g": ["a", "a", "b", "b"]})


@pytest.mark.parametrize("orient", ["dict", "list", "records"])
def test_what_to_dict_prints_is_the_table(orient):
    frame = read_text(repr(FRAME.to_dict(orient))).frame
    pd.testing.assert_frame_equal(frame, FRAME, check_dtype=False)


@pytest.mark.parametrize(
    "code",
    [
        "import pandas as pd\ndf = pd.DataFrame({'id': np.repeat([1, 2], 2), 'y': [1.5, -2, np.nan, 4], 'g': ['a'] * 2 + ['b'] * 2})",
        ">>> data = {'id': [1, 1, 2, 2], 'y': [1.5, -2.0, float('nan'), 4.0], 'g': list(['a', 'a', 'b', 'b'])}\n"
        ">>> df = pd.DataFrame(data)\n>>> df",
        "df = pd.DataFrame([[1, 1.5, 'a'], [1, -2, 'a'], [2, None, 'b'], [2, 4, 'b']], columns=['id', 'y', 'g'])\nprint(df)",
    ],
)
def test_a_typed_data_frame_is_read(code):
    table = read_text(code)
    pd.testing.assert_frame_equal(table.frame, FRAME, check_dtype=False)
    assert not table.notes


def test_dates_one_value_for_all_rows_and_runs_are_known():
    code = "pd.DataFrame({'t': [pd.Timestamp('2026-01-31'), pd.Timestamp('2026-02-01')], 'x': range(3, 5), 'k': 7})"
    frame = read(code.encode(), "d.py").frame
    assert frame["t"].tolist() == list(pd.to_datetime(["2026-01-31", "2026-02-01"]))
    assert frame["x"].tolist() == [3, 4] and frame["k"].tolist() == [7, 7]


def test_a_changed_column_is_not_changed_and_that_is_said():
    table = read_text("df = pd.DataFrame({'x': [1, 2], 'y': [3, 4]})\ndf['x'] = df['x'] * 2")
    assert table.frame["x"].tolist() == [1, 2]
    assert "df['x'] = df['x'] * 2" in table.notes[0]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("df = pd.DataFrame({'x': np.random.normal(size=10)})", "normal"),
        ("df = pd.DataFrame({'x': __import__('os').listdir('.')})", "listdir"),
        ("df = pd.DataFrame({'x': [1, 2],", "not whole"),
        ("df = pd.DataFrame({'x': [1] * 1000000000})", "rows"),
        ("df = pd.DataFrame({'x': range(10000000000)})", "rows"),
        ("df = pd.DataFrame({'x': [y for y in range(3)]})", "for y in"),
    ],
)
def test_code_that_does_more_or_asks_for_too_much_is_refused(code, problem):
    with pytest.raises(DataError, match=problem):
        read_text(code)


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("df = pd.DataFrame({'id': [1, 2]})\ndf['y'] = [3, 4]\ndf['z'] = 5", {"id": [1, 2], "y": [3, 4], "z": [5, 5]}),
        (
            "a = pd.DataFrame({'x': [1], 'y': [2]})\ndf = pd.concat([a, pd.DataFrame({'x': [3], 'y': [4]})])",
            {"x": [1, 3], "y": [2, 4]},
        ),
        (
            "df = pd.DataFrame({'x': [1, 2], 'y': [3, 4]})\nnew = pd.DataFrame({'x': [8, 9]})",
            {"x": [1, 2], "y": [3, 4]},
        ),
        (
            ">>> df = pd.DataFrame({'g': list('ab'),\n...   'y': [3, 4]})\n>>> df\n   g  y\n0  a  3\n",
            {"g": ["a", "b"], "y": [3, 4]},
        ),
        ("df = pd.DataFrame.from_dict({'x': [1, 2], 'y': [3, 4]})", {"x": [1, 2], "y": [3, 4]}),
    ],
)
def test_lines_that_make_and_extend_tables_are_pandas(code, columns):
    frame = read_text(code).frame
    assert {name: frame[name].tolist() for name in frame} == columns


@pytest.mark.parametrize(
    "code",
    [
        "y = [1, 2]\ny = np.random.normal(size=2)\ndf = pd.DataFrame({'x': [1, 2], 'y': y})",
        "y = [1, 2]\ny[0] = 9\ndf = pd.DataFrame({'x': [1, 2], 'y': y})",
        "y = [1, 2]\ny.reverse()\ndf = pd.DataFrame({'x': [1, 2], 'y': y})",
        "df = pd.DataFrame({'x': np.array([1, 2]) * 2, 'y': np.array([3, 4]) * 2})",
        "df = pd.DataFrame({'x': np.array([1, 2]) + np.array([3, 4])})",
        "df = pd.DataFrame({'x': pd.Series([1, 2], index=[1, 0]), 'y': [1, 2]})",
    ],
)
def test_values_that_are_calculated_or_changed_are_not_taken_for_what_they_were(code):
    with pytest.raises(DataError, match="code is not run here"):
        read_text(code)


@pytest.mark.parametrize(
    "code",
    [
        "df = pd.DataFrame({'dose': pd.Categorical(['low', 'high', 'mid'], categories=['low', 'mid', 'high']), 'y': [1, 2, 3]})",
        "df = pd.DataFrame({'dose': ['low', 'high', 'mid'], 'y': [1, 2, 3]})\n"
        "df['dose'] = pd.Categorical(df['dose'], categories=['low', 'mid', 'high'], ordered=True)",
        "df = pd.DataFrame({'dose': ['low', 'high', 'mid'], 'y': [1, 2, 3]})\n"
        "df['dose'] = df['dose'].astype(pd.CategoricalDtype(['low', 'mid', 'high']))",
    ],
)
def test_categories_stand_in_the_order_that_they_are_given(code):
    column = read_text(code).frame["dose"]
    assert column.cat.categories.tolist() == ["low", "mid", "high"]
    assert column.tolist() == ["low", "high", "mid"]


def test_a_value_that_is_no_category_is_missing_as_in_pandas():
    code = "df = pd.DataFrame({'g': pd.Categorical(['a', 'z'], categories=['a', 'b']), 'y': [1, 2]})"
    assert read_text(code).frame["g"].isna().tolist() == [False, True]


def test_words_and_commands_of_a_notebook_round_code_are_passed_over():
    table = read_text(
        "My code (see below:\n\n%matplotlib inline\ndf = pd.DataFrame({'g': list('ab'), 'y': [1, 2]})\n\nIt fails!"
    )
    assert table.frame["y"].tolist() == [1, 2]
    assert table.notes == ("Passed over, since it is no Python: “My code (see below:”, “It fails!”.",)


def test_columns_zipped_and_a_data_frame_of_julia_are_known():
    zipped = "g = ['a', 'b']\ndf = pd.DataFrame(list(zip(g, [1, 2])), columns=['g', 'y'])"
    julia = 'using DataFrames\ndf = DataFrame(g = ["a", "b"], y = [1, 2])'
    assert (
        read_text(zipped).frame.to_numpy().tolist()
        == read_text(julia).frame.to_numpy().tolist()
        == [["a", 1], ["b", 2]]
    )


def test_names_of_rows_are_a_column():
    assert list(read_text("df = pd.DataFrame({'y': [1, 2]}, index=['a', 'b'])").frame) == ["row", "y"]
    assert list(read_text("df = pd.DataFrame({'y': [1, 2], 'g': 1}, index=[0, 1])").frame) == ["y", "g"]
