"""The store, on SQLite and on PostgreSQL."""

from __future__ import annotations

import logging
import random
import secrets
import string
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import LargeBinary, inspect, select

from lmmcompare.__main__ import main
from lmmcompare.data.read import read
from lmmcompare.data.table import Table
from lmmcompare.errors import ShareError
from lmmcompare.share.store import DAY, Store
from lmmcompare.share.store_content import to_bytes
from lmmcompare.share.store_engine import address, configuration, engine, writing
from lmmcompare.share.store_limits import HOUR, Limits
from lmmcompare.share.store_quota import Usage
from lmmcompare.share.store_schema import metadata, shared_tables

START = 1_800_000_000
MANY = replace(Limits(), writes_per_hour=1_000_000)
SMALL = Table(
    pd.DataFrame({"y": [1.5, 2.5, np.nan], "n": [1, 2, 3], "g": ["a", None, "b"]}),
    "small.csv",
    ("Note.",),
    {"y": "Reaction\x00time"},
)


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now: float = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_store(database: str, clock: Clock) -> Iterator[Callable[..., Store]]:
    """``open_store(limits)``: one more store of the same database."""
    opened: list[Store] = []

    def one(limits: Limits = MANY) -> Store:
        opened.append(Store.open(database, limits, clock))
        return opened[-1]

    yield one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[..., Store]) -> Store:
    return open_store()


def noise(size: int, seed: int = 0) -> Table:
    """A table that takes about this many bytes and cannot be compressed."""
    return Table(pd.DataFrame({"x": np.random.default_rng(seed).normal(size=size // 8)}), "noise.csv")


def same(found: Table | None, table: Table) -> bool:
    assert found is not None
    pd.testing.assert_frame_equal(found.frame, table.frame, check_exact=True)
    return (found.name, found.notes, found.labels) == (table.name, table.notes, table.labels)


# ------------------------------------------------------------------------------------------------ keeping and finding


def test_a_table_comes_back_as_it_was(store: Store, open_store: Callable[..., Store]) -> None:
    table = read("Y;grün;ID\n1,5;<b>x</b>;1\n2,5;;2\n".encode(), "Tabelle\x00ü.csv")
    kept = store.put(table, "someone")
    assert same(store.get(kept.id), table)
    assert same(open_store().get(kept.id), table)  # another process
    assert kept.expires == datetime.fromtimestamp(START + 90 * DAY, UTC)
    assert store.usage() == store.usage("someone") == Usage(1, kept.size)
    assert store.usage("another") == Usage(0, 0)


def test_ids_are_long_and_never_the_same(store: Store) -> None:
    kept = [store.put(SMALL, "someone") for _ in range(20)]
    tokens = {k.id for k in kept} | {k.deletion_key for k in kept}
    assert len(tokens) == 40 and all(len(token) >= 22 for token in tokens)  # 22 characters of 64 kinds: 132 bits


def malformed(n: int) -> Iterator[str]:
    """Texts that are no ids, some of them nearly."""
    draw = random.Random(1)
    alphabet = string.printable + "\x00äé漢\ud800'\"%_-"
    yield from (
        "",
        "A" * 21,
        "A" * 23,
        "A" * 22 + "\n",
        "é" * 22,
        "٣" * 22,
        "A" * 21 + "\x00",
        "' OR 1=1 --",
        "A" * 999_999,
    )
    for _ in range(n // 2):
        yield "".join(draw.choices(alphabet, k=draw.choice([1, 5, 21, 22, 23, 60])))
    for _ in range(n // 2):
        token = list(secrets.token_urlsafe(16))
        token[draw.randrange(22)] = draw.choice("\x00 %'.=+/é")
        yield "".join(token)


def test_malformed_ids_find_nothing(store: Store) -> None:
    kept = store.put(SMALL, "someone")
    assert all(store.get(id) is None for id in malformed(10_000))
    assert not any(store.delete(kept.id, key) for key in malformed(1_000))
    assert not any(store.delete(id, kept.deletion_key) for id in malformed(1_000))
    assert store.get(secrets.token_urlsafe(16)) is None  # well formed, but nobody's
    assert store.get(kept.id) is not None


def test_only_the_key_deletes(store: Store) -> None:
    kept, other = store.put(SMALL, "someone"), store.put(SMALL, "someone")
    for key in (other.deletion_key, kept.id, secrets.token_urlsafe(16), kept.deletion_key[:-1], ""):
        assert not store.delete(kept.id, key)
    assert same(store.get(kept.id), SMALL)
    assert store.delete(kept.id, kept.deletion_key)
    assert store.get(kept.id) is None and not store.delete(kept.id, kept.deletion_key)
    assert same(store.get(other.id), SMALL)


# --------------------------------------------------------------------------------------------------------- expiry


@pytest.mark.parametrize(("days", "kept_days"), [(1, 1), (30, 30), (0, 1), (-5, 1), (10_000, 365)])
def test_a_table_expires(store: Store, clock: Clock, days: int, kept_days: int) -> None:
    kept = store.put(SMALL, "someone", days)
    assert kept.expires.timestamp() == START + kept_days * DAY
    clock.now = START + kept_days * DAY - 1
    assert store.get(kept.id) is not None and store.sweep() == 0
    clock.now += 1
    assert store.get(kept.id) is None  # at once, not when it is swept
    assert store.usage().tables == 1
    assert store.sweep() == 1
    assert store.usage() == Usage(0, 0)


def test_putting_and_opening_sweep(store: Store, open_store: Callable[..., Store], clock: Clock) -> None:
    store.put(SMALL, "someone", days=1)
    clock.now += DAY
    kept = store.put(SMALL, "another", days=1)
    assert store.usage().tables == 1 and store.get(kept.id) is not None
    clock.now += DAY
    assert open_store().usage().tables == 0


def test_the_command_line_sweeps(
    store: Store, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LMMCOMPARE_STORE", database)
    store._clock = lambda: 0.0  # of 1970, so that the table has expired by now
    store.put(SMALL, "someone")
    assert main(["sweep"]) == 0
    assert capsys.readouterr().out == "Expired tables are deleted; 0 tables with 0 MB kept.\n"
    assert store.usage().tables == 0
    with monkeypatch.context() as patched:

        def fail(_store: Store) -> int:
            raise ShareError("The server's store of tables does not answer.", "Try again in a minute.")

        patched.setattr(Store, "sweep", fail)  # opening goes on without, so that what is stored can be read
        assert main(["sweep"]) == 2 and not capsys.readouterr().out
    monkeypatch.setenv("LMMCOMPARE_STORE", "mysql://somewhere")
    assert main(["sweep"]) == 2
    assert "python -m lmmcompare: Sharing is switched off" in capsys.readouterr().err


# --------------------------------------------------------------------------------------------------------- limits


def test_a_client_may_not_write_too_often(open_store: Callable[..., Store], clock: Clock) -> None:
    store = open_store(Limits(writes_per_hour=3))
    kept = store.put(SMALL, "someone")
    clock.now += 600
    for _ in range(2):
        store.put(SMALL, "someone")
    assert store.delete(kept.id, kept.deletion_key)  # does not allow another
    with pytest.raises(ShareError, match=r"3 tables .* Try again in 51 minutes"):
        open_store(store.limits).put(SMALL, "someone")
    store.put(SMALL, "another")
    clock.now = START + HOUR
    store.put(SMALL, "someone")
    with pytest.raises(ShareError, match="Try again in 11 minutes"):
        store.put(SMALL, "someone")


@pytest.mark.parametrize(
    ("limit", "second", "said"),
    [
        ("table_bytes", "another", r"takes 0.0\d* MB compressed; at most 0.0\d* MB .* Leave out"),
        ("client_bytes", "someone", r"from your address take 0.0\d* MB; .* at most 0.1\d* MB are allowed. Delete"),
        ("total_bytes", "another", "store is full. Try again"),
    ],
)
def test_what_is_stored_is_limited(open_store: Callable[..., Store], limit: str, second: str, said: str) -> None:
    kept = open_store().put(noise(80_000), "someone")
    room = 0.9 if limit == "table_bytes" else 1.9
    store = open_store(replace(MANY, **{limit: int(room * kept.size)}))
    with pytest.raises(ShareError, match=said):
        store.put(noise(80_000), second)
    assert store.usage() == Usage(1, kept.size)
    store.put(SMALL, second)  # there is room for a small one
    assert same(store.get(kept.id), noise(80_000))
    if limit != "table_bytes":
        assert store.delete(kept.id, kept.deletion_key)
        store.put(noise(80_000), second)


@pytest.mark.parametrize("limit", ["client_bytes", "total_bytes", "writes_per_hour"])
def test_two_processes_together_hold_the_limits(open_store: Callable[..., Store], limit: str) -> None:
    size = len(to_bytes(noise(9_000).frame)) + 50
    limits = replace(MANY, **{limit: 9 if limit == "writes_per_hour" else int(9.5 * size)})
    stores = [open_store(limits), open_store(limits)]
    together = threading.Barrier(4)
    refused: list[str] = []

    def write(store: Store, seed: int) -> None:
        together.wait()
        for k in range(5):
            try:
                store.put(noise(9_000, seed + k), "someone")
            except ShareError as error:
                refused.append(error.problem)

    threads = [threading.Thread(target=write, args=(stores[k % 2], 10 * k)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (stores[0].usage().tables, len(refused)) == (9, 11)
    assert not any("does not answer" in problem for problem in refused)


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Limits.from_environment() == Limits()
    values = {"TABLE_MB": "0.5", "CLIENT_MB": "7", "TOTAL_MB": "1e3", "WRITES_PER_HOUR": " 5 ", "DAYS": "10"}
    for name, value in values.items():
        monkeypatch.setenv(f"LMMCOMPARE_STORE_{name}", value)
    assert Limits.from_environment() == Limits(500_000, 7_000_000, 1_000_000_000, 5, 10)
    monkeypatch.setenv("LMMCOMPARE_STORE_DAYS", "1e12")
    assert Limits.from_environment().days == 36_500
    for bad in ("many", "0", "-1", "nan", "inf"):
        monkeypatch.setenv("LMMCOMPARE_STORE_DAYS", bad)
        with pytest.raises(ShareError, match=f"LMMCOMPARE_STORE_DAYS is “{bad}”. Set it"):
            Store.open("sqlite:////nowhere/at/all")


# --------------------------------------------------------------------------------------------------------- secrecy


def test_no_id_is_in_a_log_an_error_or_the_database(
    database: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sqlalchemy.engine", "sqlalchemy.pool", "alembic", "psycopg", "lmmcompare"):
        caplog.set_level(logging.DEBUG, name)
    store = Store.open(database, Limits(writes_per_hour=2))
    client = "203.0.113.77"
    kept = [store.put(SMALL, client) for _ in range(2)]
    with pytest.raises(ShareError) as refused:
        store.put(SMALL, client)
    store.get(kept[0].id)
    store.delete(kept[0].id, kept[1].deletion_key)
    store.delete(kept[1].id, kept[1].deletion_key)
    with store.database.engine.begin() as connection:  # the worst failure: the statement itself is wrong
        connection.exec_driver_sql("ALTER TABLE shared_tables RENAME COLUMN name TO gone")
    failures = []
    for act in (lambda: store.get(kept[0].id), lambda: store.put(SMALL, client + "8")):
        with pytest.raises(ShareError, match="does not answer") as failed:
            act()
        failures += [str(failed.value), repr(failed.value)]
    with store.database.engine.connect() as connection:
        held = [
            bytes(value) if isinstance(value, bytes) else str(value).encode()
            for table in ("shared_tables", "recent_writes")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
            for value in row
        ]
    store.close()
    assert "INSERT INTO shared_tables" in caplog.text and "parameters hidden" in caplog.text  # the log was on
    shown = "\n".join([caplog.text, *failures, str(refused.value), repr(kept)])
    for secret in [client, *(token for k in kept for token in (k.id, k.deletion_key))]:
        assert secret not in shown
        assert not any(secret.encode() in value for value in held)


# ------------------------------------------------------------------------------------------- which database, and when


def test_sqlite_waits_for_the_disk(tmp_path: Path) -> None:
    with engine(address(f"sqlite:///{tmp_path / 'store.sqlite'}")).connect() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert pragmas == ["wal", 2]  # 2 is FULL: a commit returns when it would survive a loss of power


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("postgresql://u:p@host:5433/db", "postgresql+psycopg"),
        ("postgres://u:p@host/db?sslmode=require", "postgresql+psycopg"),
        ("postgresql+psycopg://host/db", "postgresql+psycopg"),
        ("sqlite:////var/lib/store.sqlite", "sqlite"),
        ("sqlite:///store.sqlite", "sqlite"),
    ],
)
def test_addresses_as_people_write_them(text: str, driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMMCOMPARE_STORE", text)
    assert address().drivername == address(text).drivername == driver


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/var/lib/store.sqlite", "is not the address of a database"),
        ("secret words", "is not the address of a database"),
        ("postgresql://u:secret@host:port/db", "is not the address of a database"),
        ("mysql://u:secret@host/db", "names a database of another kind, “mysql”"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_other_addresses_switch_sharing_off(text: str, why: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ShareError, match="Sharing is switched off on this server: LMMCOMPARE_STORE ") as error:
        Store.open(text)
    assert why in error.value.problem and "secret" not in str(error.value) + caplog.text


def test_the_default_is_a_file_of_the_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LMMCOMPARE_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    Store.open().close()
    path = tmp_path / "lmmcompare" / "store.sqlite"
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    monkeypatch.setenv("HOME", "/home/ada")
    assert address().database == "/home/ada/.local/share/lmmcompare/store.sqlite"


@pytest.mark.parametrize("what", ["a folder", "a text", "no folder", "no server"])
def test_a_store_that_cannot_be_opened_says_so(what: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "store.sqlite"
    if what == "a folder":
        path.mkdir()
    elif what == "a text":
        path.write_text("This is not a database. " * 100)
    elif what == "no folder":
        tmp_path.joinpath("file").write_text("")
        path = tmp_path / "file" / "store.sqlite"
    url = f"sqlite:///{path}" if what != "no server" else f"postgresql://ada:sesame@/db?host={tmp_path}"
    with pytest.raises(ShareError, match="Sharing is switched off on this server: ") as error:
        Store.open(url)
    assert error.value.remedy and str(tmp_path) not in str(error.value) and "sesame" not in caplog.text
    assert "cannot be opened" in caplog.text


# ------------------------------------------------------------------------------------------------------- the schema


def test_the_migrated_schema_is_the_one_in_the_code(store: Store) -> None:
    with store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    columns = {c["name"]: c["type"] for c in inspect(store.database.engine).get_columns("shared_tables")}
    assert isinstance(columns["id_hash"], LargeBinary)


def test_a_store_of_the_first_revision_is_brought_up_with_its_tables(database: str, clock: Clock) -> None:
    made = engine(address(database))
    with writing(made) as connection:
        command.upgrade(configuration(connection), "first")
        values = {"id_hash": b"i", "key_hash": b"k", "client_hash": b"c", "expires": START + 1, "size": 1}
        values |= {"name": "n", "notes": ["a"], "labels": {}, "content": to_bytes(SMALL.frame)}
        connection.execute(shared_tables.insert().values(values))
    store = Store.open(database, MANY, clock)
    with store.database.engine.connect() as connection:
        (row,) = connection.execute(select(shared_tables)).mappings()
    assert dict(row) == values
    kept = store.put(SMALL, "someone")
    assert same(store.get(kept.id), SMALL)
    with writing(made) as connection:
        command.downgrade(configuration(connection), "base")
    assert "shared_tables" not in inspect(made).get_table_names()
    made.dispose()
    store.close()


def test_a_store_of_a_newer_version_is_left_alone(store: Store, database: str) -> None:
    kept = store.put(SMALL, "someone")
    with store.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of the future'")
    with pytest.raises(ShareError, match="switched off"):
        Store.open(database)
    assert same(store.get(kept.id), SMALL)
