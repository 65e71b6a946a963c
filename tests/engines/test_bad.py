"""What can go wrong with an engine's table is told in a sentence: what, where, and what to do."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import lmmcompare
from lmmcompare.engines import table as engine
from lmmcompare.errors import DataError, DesignError, LmmCompareError, TooLargeError
from lmmcompare.moments import groups

from .engines_data import TABLE, relation

FORMULA = "y ~ x + (1 | g)"

# The same sentence as from memory: change of the table, formula.
ALIKE = {
    "an unknown column": ({}, "y ~ weight + (1 | g)"),
    "text as the outcome": ({}, "c ~ x + (1 | g)"),
    "text in a function": ({}, "y ~ log(c) + (1 | g)"),
    "numbers with some text": ({"x": [*map(str, range(399)), "n/k"]}, FORMULA),
    "an outcome with some text": ({"y": [*map(str, range(399)), "n/k"]}, FORMULA),
    "infinite values": ({"x": [np.inf] * 2 + [1.0, 2.0] * 199}, FORMULA),
    "huge values": ({"x": [1e200] + [1.0, 2.0, 3.0] * 133}, FORMULA),
    "a logarithm of 0": ({"x": [0.0] * 3 + [1.0] * 397}, "y ~ log(x) + (1 | g)"),
    "a root of a negative number": ({}, "y ~ sqrt(x) + (1 | g)"),
    "a division by 0": ({"x": [0.0, 2.0] * 200}, "y ~ I(z / x) + (1 | g)"),
    "an overflow": ({"x": [800.0, 2.0] * 200}, "y ~ exp(x) + (1 | g)"),
    "a scaled constant": ({"x": 1.0}, "y ~ scale(x) + (1 | g)"),
    "a constant outcome": ({"y": 2.5}, FORMULA),
    "one level": ({"c": "u"}, "y ~ c + (1 | g)"),
    "too many levels": ({"c": [f"c{k}" for k in range(400)]}, "y ~ c + (1 | g)"),
    "one group": ({"g": 1}, FORMULA),
    "a group for each row": ({"g": range(400)}, FORMULA),
    "nothing complete": ({"x": np.nan}, FORMULA),
    "a curve through few values": ({"x": [1.0, 2.0] * 200}, "y ~ poly(x, 2) + (1 | g)"),
    "lists": ({"l": [[1.0]] * 400}, "y ~ l + (1 | g)"),
    "lists as groups": ({"l": [[1.0]] * 400}, "y ~ x + (1 | l)"),
    "structures": ({"l": [{"a": 1.0}] * 400}, "y ~ l + (1 | g)"),
    "values closer to 0 than squares can be": ({"x": [1e-200, 2e-200] * 200}, FORMULA),
    "one complete row": ({"x": [1.0] + [np.nan] * 399}, FORMULA),
    "dates written otherwise": ({"c": [f"{k % 28 + 1}.{k % 12 + 1}.2020" for k in range(400)]}, "y ~ c + (1 | g)"),
    "dates": ({"x": pd.Timestamp(2020, 1, 1) + pd.to_timedelta(np.arange(400), "D")}, "x ~ z + (1 | g)"),
}


DAYS = pd.Timestamp(2020, 1, 1) + pd.to_timedelta(np.arange(400), "D")

# The same of weights and offsets: change of the table, weights or offset.
KNOWN_ALIKE = {
    "unknown weights": ({}, {"weights": "weight"}),
    "negative weights": ({}, {"weights": "y"}),
    "weights of text": ({}, {"weights": "c"}),
    "weights of numbers with some text": ({"w": [*map(str, range(399)), "n/k"]}, {"weights": "w"}),
    "weights that are levels": ({}, {"weights": "factor(c)"}),
    "weights of several columns": ({}, {"weights": "poly(z, 2)"}),
    "no weight above 0": ({"w": 0.0}, {"weights": "w"}),
    "one weight above 0": ({"w": [1.0] + [0.0] * 399}, {"weights": "w"}),
    "infinite weights": ({"w": [np.inf] + [1.0] * 399}, {"weights": "w"}),
    "weights that are no number": ({"w": [1.0] + [0.0] * 399}, {"weights": "log(w)"}),
    "weights of dates": ({"w": DAYS}, {"weights": "w"}),
    "weights of dates as text": ({"w": DAYS.strftime("%Y-%m-%d")}, {"weights": "w"}),
    "an offset of text": ({}, {"offset": "c"}),
    "an offset of levels": ({}, {"offset": "factor(c)"}),
    "an offset of several columns": ({}, {"offset": "poly(z, 2)"}),
    "an offset that is no number": ({"w": 0.0}, {"offset": "log(w)"}),
    "an offset of dates": ({"w": DAYS}, {"offset": "w"}),
}
ENGINES = pytest.mark.parametrize(
    "of", [relation, lambda frame: pl.from_pandas(frame).lazy()], ids=["duckdb", "polars"]
)


def same_sentence(frame: pd.DataFrame, given: object, formula: str = FORMULA, **known: str) -> None:
    with pytest.raises(LmmCompareError) as memory:
        lmmcompare.compare(formula, frame, **known)
    with pytest.raises(LmmCompareError) as asked:
        lmmcompare.compare(formula, given, **known)
    assert (type(asked.value), str(asked.value)) == (type(memory.value), str(memory.value))


@pytest.mark.parametrize("what", ALIKE)
@ENGINES
def test_the_sentence_is_the_one_from_memory(what: str, of) -> None:
    change, formula = ALIKE[what]
    frame = TABLE.assign(**change)
    same_sentence(frame, of(frame), formula)


@pytest.mark.parametrize("what", KNOWN_ALIKE)
@ENGINES
def test_weights_and_offsets_are_refused_as_from_memory(what: str, of) -> None:
    change, known = KNOWN_ALIKE[what]
    frame = TABLE.assign(**change)
    same_sentence(frame, of(frame), **known)


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("formula", [FORMULA, "y ~ weight + (1 | g)"])
@ENGINES
def test_few_rows_are_refused_as_from_memory(rows: int, formula: str, of) -> None:
    frame = TABLE.head(rows)
    same_sentence(frame, of(frame), formula)


def refused(kind: type[LmmCompareError], data: object, *said: str, formula: str = FORMULA) -> str:
    with pytest.raises(kind) as error:
        lmmcompare.compare(formula, data)
    for words in said:
        assert words in str(error.value)
    assert error.value.remedy
    return str(error.value)


def test_what_is_no_table() -> None:
    refused(DataError, [1, 2, 3], "A list is no table", "DuckDB")


def test_a_curve_that_needs_quantiles() -> None:
    refused(DesignError, relation(TABLE), "bs(z", "quantiles", formula="y ~ bs(z, df=4) + (1 | g)")


def test_a_column_of_lists() -> None:
    data = pa.Table.from_pandas(TABLE).append_column("l", pa.array([[1.0]] * 400))
    refused(DataError, data, "“l” holds neither numbers, text nor dates", formula="y ~ l + (1 | g)")


# ----------------------------------------------------------------------------------------------------------- files
def test_no_file(tmp_path: Path) -> None:
    refused(DataError, tmp_path / "none*.parquet", "There is no file", "none*.parquet")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.csv").write_text("y,g\n1,a\n")
    refused(DataError, tmp_path / "texts", "no Parquet file in the folder", "*.csv")
    refused(DataError, "table.docx", "neither Parquet nor CSV")


def test_a_folder_of_parts(tmp_path: Path) -> None:
    for k in range(2):
        (tmp_path / f"year={k}").mkdir()
        TABLE.iloc[k::2].to_parquet(tmp_path / f"year={k}" / "part.parquet")
    assert lmmcompare.compare(FORMULA, tmp_path).design.n == lmmcompare.compare(FORMULA, TABLE).design.n


def test_text_in_one_file_and_numbers_in_another(tmp_path: Path) -> None:
    TABLE.to_parquet(tmp_path / "a.parquet")
    TABLE.assign(x=TABLE["x"].astype(str)).to_parquet(tmp_path / "b.parquet")
    refused(
        DataError, tmp_path / "*.parquet", "“x” holds text in one file and numbers in another", "a.parquet", "b.parquet"
    )


def test_text_far_down_a_csv_file(tmp_path: Path) -> None:
    frame = pd.concat([TABLE] * 80, ignore_index=True)
    frame["x"] = frame["x"].astype(object)
    frame.loc[31_000, "x"] = "broken"
    frame.to_csv(tmp_path / "table.csv", index=False)
    refused(DataError, tmp_path / "table.csv", "broken")


def test_a_file_that_is_cut_off(tmp_path: Path) -> None:
    TABLE.to_parquet(tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[: len(whole) // 2])
    refused(DataError, tmp_path / "a.parquet", "DuckDB", "a.parquet")


@pytest.mark.parametrize("locked", ["folder", "folder/a.parquet"])
def test_what_may_not_be_read(locked: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o755)
    TABLE.to_parquet(tmp_path / "folder" / "a.parquet")
    (tmp_path / locked).chmod(0)
    code = f"""
import os, lmmcompare, duckdb, lmmcompare.engines
if os.getuid() == 0: os.setuid(65534)  # root may read everything
try: lmmcompare.compare("{FORMULA}", "{tmp_path}/folder/a.parquet")
except lmmcompare.LmmCompareError as error: print(error)"""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.is_relative_to(tempfile.gettempdir()) and folder != Path(tempfile.gettempdir()):
            folder.chmod(0o755)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    (tmp_path / locked).chmod(0o755)
    assert "DuckDB may not read the table" in result.stdout, result.stderr
    assert "Ask for permission" in result.stdout


# --------------------------------------------------------------------------------------------------------- engines
def test_an_engine_that_goes_away() -> None:
    connection = duckdb.connect()
    data = connection.from_df(TABLE)
    connection.close()
    refused(DataError, data, "DuckDB went away while it was asked", "Start it again")


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (PermissionError("[Errno 13] Permission denied: 's3://a'"), DataError, "may not read the table"),
        (TimeoutError("Timed out trying to connect to tcp://10.0.0.1:8786"), DataError, "went away"),
        (ConnectionRefusedError(111, "Connection refused"), DataError, "went away"),
        (MemoryError(), TooLargeError, "not enough memory"),
        (RuntimeError("Failed to cast column “x”"), DataError, "one kind of values in one place"),
        (ValueError("what is this?" + "x" * 9_000), DataError, "could not read the table: what is this?"),
    ],
)
def test_an_engines_own_words(error: Exception, kind: type[LmmCompareError], said: str) -> None:
    with pytest.raises(kind) as found, engine.readable_errors("Spark"):
        raise error
    assert str(found.value).startswith("Spark ") and said in str(found.value)
    assert len(str(found.value)) < 500 and found.value.__cause__ is error


def test_too_many_groups_are_counted_before_the_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MAX_BYTES", 500)
    refused(TooLargeError, relation(TABLE), "12 groups with 2 columns need", "fewer levels")


def test_a_table_that_changes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = duckdb.connect()
    connection.register("given", TABLE)
    connection.execute("create table t as select * from given")
    fetch = engine.fetch

    def insert(frame):
        found = fetch(frame)
        connection.execute("insert into t select * from t limit 40")
        return found

    monkeypatch.setattr("lmmcompare.engines.sample.fetch", insert)
    refused(DataError, connection.table("t"), "The table changed while DuckDB was reading it")


def test_names_are_data_and_not_sql() -> None:
    name = 'x"; drop table t; --'
    frame = TABLE.rename(columns={"x": name, "g": "a'b"})
    formula = f"y ~ `{name}` + (1 | `a'b`)"
    ours = lmmcompare.compare(formula, frame).mixed.params
    pd.testing.assert_series_equal(lmmcompare.compare(formula, relation(frame)).mixed.params, ours, rtol=1e-9)


def test_importing_lmmcompare_reads_no_engine() -> None:
    code = "import sys, lmmcompare; print(*({'duckdb', 'polars', 'pyspark', 'dask.dataframe', 'lmmcompare.engines'} & {*sys.modules}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not found.stdout.strip()
