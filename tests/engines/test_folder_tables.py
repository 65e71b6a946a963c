"""Tables that an administrator offers: what is listed, what is never reached, small ones whole and large ones by sample."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.engines import folder_tables as module
from lmmcompare.engines.folder_tables import open_table
from lmmcompare.engines.server_tables import VARIABLE, ServerTable, server_tables
from lmmcompare.errors import DataError

FORMULA = "y ~ x + (1 | g)"
Offered = Callable[[Path | str], dict[str, ServerTable]]


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(12), 10)
    x = rng.normal(size=120) + group / 4
    return pd.DataFrame({
        "g": [f"school {k}" for k in group], "x": x, "y": x + group / 3 + rng.normal(size=120),
        "day": pd.Timestamp("2026-11-21"),
    })  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, frame: pd.DataFrame) -> Path:
    """A folder with a table of each kind, and with what must not be offered."""
    home = tmp_path / "offered"
    (home / "parts").mkdir(parents=True)
    frame.to_parquet(home / "one.parquet")
    frame.to_csv(home / "one.csv", index=False)
    frame.iloc[:60].to_parquet(home / "parts" / "a.parquet")
    frame.iloc[60:].to_parquet(home / "parts" / "b.parquet")
    outside = tmp_path / "secret.csv"
    frame.to_csv(outside, index=False)
    (home / "link.csv").symlink_to(outside)
    (home / "lured").mkdir()
    frame.to_parquet(tmp_path / "secret.parquet")
    (home / "lured" / "a.parquet").symlink_to(tmp_path / "secret.parquet")
    (home / ".hidden.csv").write_text("a,b\n1,2\n")
    (home / "*.csv").write_text("a,b\n1,2\n")
    (home / "notes.md").write_text("not a table")
    return home


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Offered:
    """The tables that are offered where the environment names these places."""

    def found(places: Path | str) -> dict[str, ServerTable]:
        monkeypatch.setenv(VARIABLE, str(places))
        return server_tables()

    return found


@pytest.fixture
def database(tmp_path: Path, frame: pd.DataFrame) -> Path:
    path = tmp_path / "school.duckdb"
    with duckdb.connect(path) as connection:
        connection.register("given", frame)
        connection.execute("""CREATE TABLE "the ""first"" one" AS SELECT * FROM given""")
        connection.execute("CREATE TABLE nested AS SELECT [1, 2] AS parts FROM given")
    return path


def test_only_tables_inside_the_folder_are_listed(offered: Offered, folder: Path) -> None:
    found = offered(folder)
    assert list(found) == ["one.csv", "one.parquet", "parts"]
    assert found["one.parquet"].size == (folder / "one.parquet").stat().st_size
    assert found["parts"].size == sum(p.stat().st_size for p in (folder / "parts").iterdir())


def test_what_is_not_there_or_not_readable_is_left_out(offered: Offered, tmp_path: Path) -> None:
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(b"not a database")
    assert offered(os.pathsep.join([str(tmp_path / "nowhere"), str(broken), ""])) == {}
    assert offered("") == {}


def test_nothing_is_offered_where_the_environment_names_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert server_tables() == {}


@pytest.mark.parametrize("name", ["one.csv", "one.parquet", "parts"])
def test_a_small_table_is_read_whole(offered: Offered, folder: Path, frame: pd.DataFrame, name: str) -> None:
    opened = open_table(offered(folder)[name])
    assert opened.n == len(opened.rows) == 120 and not opened.is_sample
    assert set(opened.rows["day"].astype(str).str[:10]) == {"2026-11-21"}
    expected = compare(FORMULA, frame).mixed
    np.testing.assert_allclose(compare(FORMULA, opened.data).mixed.params, expected.params, rtol=1e-9)


def test_rows_come_in_the_order_in_which_they_are_stored(offered: Offered, tmp_path: Path) -> None:
    """Where several threads handed them over as they came, blank cells filled down took other rows' values."""
    rows = "SELECT k, k % 20 AS g FROM range(250_000) t(k)"
    with duckdb.connect(tmp_path / "long.duckdb") as connection:
        connection.execute(f"CREATE TABLE numbered AS {rows}")
        connection.execute(f"COPY ({rows}) TO '{tmp_path}/long.parquet' (ROW_GROUP_SIZE 20_000)")
    found = offered(os.pathsep.join([str(tmp_path), str(tmp_path / "long.duckdb")]))
    assert list(found) == ["long.parquet", "long: numbered"]
    for table in found.values():
        assert (np.diff(open_table(table).rows["k"]) == 1).all(), table.name


def test_of_a_large_table_the_engine_sums_and_a_sample_stands_for_its_rows(
    offered: Offered, folder: Path, frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 100)
    monkeypatch.setattr(module, "ROWS", 50)
    opened = open_table(offered(folder)["parts"])
    assert opened.is_sample and opened.n == 120 and len(opened.rows) == 50
    assert isinstance(opened.data, str)
    expected = compare(FORMULA, frame).mixed
    np.testing.assert_allclose(compare(FORMULA, opened.data).mixed.params, expected.params, rtol=1e-9)


def test_tables_of_a_database(
    offered: Offered, database: Path, frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = offered(database)
    assert list(found) == ["school: nested", 'school: the "first" one']
    for limit in (module.IN_MEMORY, 1):
        monkeypatch.setattr(module, "IN_MEMORY", limit)
        opened = open_table(found['school: the "first" one'])
        if isinstance(
            opened.place, module.DatabaseTable
        ):  # by itself a folder where it was started, which may be read only
            (room,) = opened.place.connection.execute("SELECT current_setting('temp_directory')").fetchone()
            assert room == tempfile.gettempdir()
        expected = compare(FORMULA, frame).mixed
        np.testing.assert_allclose(compare(FORMULA, opened.data).mixed.params, expected.params, rtol=1e-9)
    with pytest.raises(DataError, match="no column of numbers or text"):
        open_table(found["school: nested"])


def test_a_database_that_took_anothers_place_is_opened_though_the_other_is_still_read(
    offered: Offered, database: Path, frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a fit does while it goes on; DuckDB keeps one database for a path, and gave the old rows for the new ones."""
    monkeypatch.setattr(module, "IN_MEMORY", 1)
    (table,) = (table for name, table in offered(database).items() if "first" in name)
    before = open_table(table)
    newer = database.with_name("newer")
    with duckdb.connect(newer) as connection:
        connection.register("given", frame.assign(y=frame["y"] + 1000).iloc[:60])
        connection.execute("""CREATE TABLE "the ""first"" one" AS SELECT * FROM given""")
    newer.replace(database)
    after = open_table(table)
    assert (before.n, after.n) == (120, 60) and after.rows["y"].min() > 900 > before.rows["y"].max()
    assert compare(FORMULA, after.data).ols.nobs == 60 and list(offered(database)) == [table.name]


def test_readers_of_a_database_ask_at_the_same_time(
    offered: Offered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 1)
    with duckdb.connect(tmp_path / "long.duckdb") as connection:
        connection.execute(
            "CREATE TABLE sines AS SELECT k % 20 AS g, sin(k) AS x, sin(3 * k) AS y FROM range(300_000) t(k)"
        )
    (table,) = offered(tmp_path / "long.duckdb").values()
    opened = open_table(table)
    with ThreadPoolExecutor(4) as readers:
        fits = list(readers.map(lambda _: compare(FORMULA, opened.data).ols.params, range(8)))
    k = np.arange(300_000.0)
    slope = np.polyfit(np.sin(k), np.sin(3 * k), 1)
    np.testing.assert_allclose(fits, np.tile(slope[::-1], (8, 1)), rtol=1e-8)


def test_a_table_that_went_away_is_said(offered: Offered, folder: Path) -> None:
    table = offered(folder)["one.parquet"]
    table.path.unlink()
    with pytest.raises(DataError, match="There is no file"):
        open_table(table)
    with pytest.raises(DataError, match="DuckDB"):
        open_table(ServerTable("x: y", folder / "gone.duckdb", "y", 0))
