"""Tables of SQLite's databases: the first with rows, or the one that is asked for; nothing that the file computes."""

from __future__ import annotations

import sqlite3

import pandas as pd
import pytest

from lmmcompare.data.read import read
from lmmcompare.errors import DataError


def database(*statements: str) -> bytes:
    connection = sqlite3.connect(":memory:")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    return connection.serialize()


VISITS = (
    "CREATE TABLE notes (text)",
    'CREATE TABLE visits (person TEXT, day TEXT, "y 1" REAL, n INTEGER, photo BLOB)',
    "INSERT INTO visits VALUES ('007', '2024-01-31', 1.5, 1, x'00'), ('7', '2024-02-01', NULL, 2, NULL)",
    "CREATE TABLE schools (name, size)",
    "INSERT INTO schools VALUES ('Ährental', 9007199254740993)",
)


def test_the_first_table_with_rows_is_read_and_the_others_are_named():
    table = read(database(*VISITS), "study.db")
    assert table.sheets == ("notes", "visits", "schools") and table.sheet == "visits"
    assert list(table.frame) == ["person", "day", "y 1", "n"] and table.frame["person"].tolist() == ["007", "7"]
    assert table.frame["day"].tolist() == [pd.Timestamp("2024-01-31"), pd.Timestamp("2024-02-01")]
    assert table.frame["y 1"].isna().tolist() == [False, True] and table.frame["n"].dtype == "int64"
    assert "The table “visits” was read; the database also has “notes”, “schools”." in table.notes
    assert "Columns of bytes were left out: “photo”." in table.notes


def test_another_table_is_read_when_it_is_asked_for():
    frame = read(database(*VISITS), "study.db", sheet="schools").frame
    assert frame["name"].tolist() == ["Ährental"] and frame["size"].tolist() == [2**53 + 1]
    with pytest.raises(DataError, match="no table “people”"):
        read(database(*VISITS), "study.db", sheet="people")


def test_nothing_is_computed():
    table = read(
        database(
            "CREATE TABLE t (g, y, z GENERATED ALWAYS AS (abs(y)) VIRTUAL)",
            "INSERT INTO t VALUES ('a', 1)",
            "CREATE VIEW v AS SELECT randomblob(100000000) AS x",
            "CREATE VIRTUAL TABLE w USING fts5(x)",
        ),
        "a.db",
    )
    assert list(table.frame) == ["g", "y"] and table.sheets[0] == "t" and not {"v", "w"} & {*table.sheets}


def test_a_database_whose_log_is_elsewhere(tmp_path):
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (g, y)")
    connection.execute("INSERT INTO t VALUES ('a', 1)")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    table = read((tmp_path / "a.db").read_bytes(), "a.db")
    connection.close()
    assert table.frame["y"].tolist() == [1] and any("(-wal), which is not read" in note for note in table.notes)


@pytest.mark.parametrize("content", [database("CREATE TABLE t (x)"), b"SQLite format 3\0" + bytes(200)])
def test_a_database_without_rows_and_a_damaged_one_are_refused(content):
    with pytest.raises(DataError, match=r"without a table that has rows|is damaged"):
        read(content, "a.db")
